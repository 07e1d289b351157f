from datetime import date, datetime, timedelta

import pytest

from cases import at_once
from renotify import rules
from renotify.errors import Inconsistent
from renotify.rules import clocks
from renotify.values.calendar import Quarter, is_business_day

TODAY = date(2026, 11, 23)
PACK = rules.load(TODAY)


def kinds(first, on):
    return [report.kind for report in clocks.reports_due(Quarter.parse(first), on)]


@at_once(
    ("quarter", "due"),
    [
        ("2026Q3", "2026-10-30"),
        ("2026Q4", "2027-02-01"),
        ("2027Q1", "2027-04-30"),
        ("2027Q4", "2028-01-31"),
    ],
)
def test_quarterly_reports_are_due_as_the_regulation_says(quarter, due):
    assert clocks.quarterly_due(Quarter.parse(quarter), TODAY) == date.fromisoformat(due)


def test_before_the_act_of_2021_six_quarters_are_owed():
    reports = clocks.reports_due(Quarter.parse("2013Q1"), date(2013, 2, 26))
    assert [report.period for report in reports][::5] == ["2013Q1", "2014Q2"]
    assert {report.kind for report in reports} == {"quarterly"}


def test_since_the_act_of_2021_eight_quarters_and_three_years_are_owed():
    reports = clocks.reports_due(Quarter.parse("2026Q3"), TODAY)
    assert [report.kind for report in reports] == ["quarterly"] * 8 + ["annual"] * 3
    assert reports[7].period == "2028Q2"
    assert reports[8] == ("annual", "2028Q3-2029Q2", date(2029, 7, 30))
    assert all(is_business_day(report.due) for report in reports)


def test_a_campaign_that_ended_under_the_old_law_stays_ended():
    assert kinds("2013Q1", TODAY) == ["quarterly"] * 6


def test_a_campaign_under_way_when_the_law_changed_goes_on():
    assert kinds("2020Q2", date(2021, 6, 1)) == ["quarterly"] * 6
    assert kinds("2020Q2", TODAY) == ["quarterly"] * 8 + ["annual"] * 3


def test_the_day_decides_between_regulation_and_statute():
    assert rules.load(date(2021, 11, 14)).clock("quarterly_count").amount == 6
    assert rules.load(date(2021, 11, 15)).clock("quarterly_count").amount == 8


def test_owner_letters_are_due_sixty_days_after_the_report():
    assert clocks.letters_due(date(2013, 1, 1)) == date(2013, 3, 2)


def test_mailing_waits_five_business_days_for_nhtsa():
    assert clocks.due("preclearance", date(2026, 11, 20)) == date(2026, 11, 30)


def test_drafts_of_a_day_off_count_as_of_the_next_business_day():
    """577.5(a). Sunday 22 February 2026: as of Monday, so from Monday a week later; of Friday before, from Friday."""
    for submitted, first in (
        (20, date(2026, 2, 27)),
        (21, date(2026, 3, 2)),
        (22, date(2026, 3, 2)),
        (23, date(2026, 3, 2)),
    ):
        assert clocks.letters_from(date(2026, 2, submitted), TODAY) == first


def test_the_first_day_for_letters_and_the_last_day_for_their_drafts_are_one_count():
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(400)]
    for submitted in days:
        first = clocks.letters_from(submitted, TODAY)
        assert clocks.drafts_due(first, TODAY) >= submitted
        assert clocks.drafts_due(first - timedelta(days=1), TODAY) < submitted


def test_urgent_dealer_notices_are_due_in_three_or_five_business_days():
    friday = date(2026, 7, 2)  # the third is the observed holiday
    assert clocks.due("dealer_notice_electronic", friday) == date(2026, 7, 8)
    assert clocks.due("dealer_notice", friday) == date(2026, 7, 10)


def test_a_slip_is_told_from_the_fifteenth_day_on():
    assert clocks.due("schedule_slip", date(2026, 3, 1)) == date(2026, 3, 15)


def test_rental_vehicles_stand_after_one_day_or_two():
    received = datetime(2026, 11, 23, 9, 30)  # noqa: DTZ001 -- a local instant
    large = PACK.clock("rental_grounded_large")
    assert large.more_than == 5000
    assert PACK.clock("rental_grounded").due_at(received).day == 24
    assert large.due_at(received).day == 25


@at_once(
    ("clock", "due"),
    [
        ("lessee_copy", "2026-12-03"),
        ("filing_copy", "2026-11-28"),
        ("move_update", "2027-02-26"),
        ("free_remedy", "2041-11-23"),
        ("free_remedy_tires", "2031-11-23"),
        ("retention", "2031-11-23"),
        ("lookup_refresh", "2026-11-30"),
        ("reimbursement_period", "2026-12-03"),
    ],
)
def test_every_clock_runs(clock, due):
    assert clocks.due(clock, TODAY) == date.fromisoformat(due)


NO_LATER = {"reimbursement_plan": date(2026, 2, 28), "reimbursement_begins": date(2023, 2, 28)}
NOT_CUT_SHORT = {
    "free_remedy": date(2039, 3, 1), "free_remedy_tires": date(2029, 3, 1), "retention": date(2029, 3, 1),
    "retention_records": date(2029, 3, 1), "retention_lessee_list": date(2025, 3, 1), "retention_disclosure": date(2029, 3, 1),
    "lookup_history": date(2039, 3, 1),
}  # fmt: skip


def test_of_years_from_the_29th_of_february_the_careful_day_counts():
    """Every clock of the pack that counts years, by the law of that day: what is kept or open is not cut short, what is to be done is not
    late (573.6(c)(8)(i): the plan is updated every two years), and what begins no later than a year before does not begin late.
    """
    pack = rules.load(date(2024, 2, 29))
    rows = {row.id: row for row in pack.rows["clocks"].values()}
    days = {name: row.due(date(2024, 2, 29)) for name, row in rows.items() if row.unit == "years"}
    assert days == NO_LATER | NOT_CUT_SHORT


def test_a_clock_of_another_unit_refuses_to_run_as_days():
    with pytest.raises(Inconsistent):
        PACK.clock("rental_grounded").due(TODAY)
    with pytest.raises(Inconsistent):
        PACK.clock("quarterly_count").days  # noqa: B018 -- the property refuses
    with pytest.raises(Inconsistent):
        PACK.clock("letters").due_at(datetime(2026, 1, 1))  # noqa: DTZ001
    assert PACK.clock("letters").days == 60


@pytest.mark.parametrize(
    ("start", "on", "until"),
    [
        (date(2024, 1, 2), date(2024, 10, 14), date(2029, 1, 2)),  # the five years of then
        (date(2024, 1, 2), date(2024, 10, 15), date(2034, 1, 2)),
        (date(2019, 10, 15), date(2024, 10, 15), date(2029, 10, 15)),  # kept on that very day
        (date(2019, 10, 14), date(2024, 10, 15), date(2024, 10, 14)),  # it was free before
        (date(2025, 3, 1), date(2025, 3, 1), date(2035, 3, 1)),
    ],
)
def test_records_that_are_still_kept_in_october_2024_are_kept_ten_years(start, on, until):
    assert clocks.kept("retention_records", start, on)[1] == until


def test_a_campaign_of_before_the_look_up_is_shown_in_it_since_there_is_one():
    begun = date(2010, 2, 1)
    assert clocks.kept("lookup_history", begun, date(2014, 8, 19)) is None
    assert clocks.kept("lookup_history", begun, date(2014, 8, 20))[1] == date(2025, 2, 1)


def test_a_free_remedy_that_had_ended_after_ten_years_runs_to_the_fifteenth_since_the_act():
    """Sold on 3 May 2004: ten years ended before December 2015, fifteen in 2019."""
    sold = date(2004, 5, 3)
    assert clocks.kept("free_remedy", sold, date(2015, 12, 3))[1] == date(2014, 5, 3)
    assert clocks.kept("free_remedy", sold, date(2015, 12, 4))[1] == date(2019, 5, 3)


def test_a_recall_near_the_change_of_the_number_of_reports_is_in_doubt():
    """The seventh report of 2020Q1 fell due on 1 November 2021, that of 2020Q2 on 31 January 2022: the law of 15 November lies between."""
    change = date(2021, 11, 15)
    in_doubt = {
        quarter: clocks.counted_otherwise(Quarter.parse(quarter), TODAY)
        for quarter in ("2019Q3", "2019Q4", "2020Q1", "2020Q2", "2020Q3", "2020Q4")
    }
    assert in_doubt == {
        "2019Q3": None, "2019Q4": change, "2020Q1": change, "2020Q2": change, "2020Q3": change, "2020Q4": None,
    }  # fmt: skip
    assert [len(clocks.reports_due(Quarter.parse(one), TODAY)) for one in ("2020Q1", "2020Q2")] == [
        6,
        11,
    ]
    assert clocks.counted_otherwise(Quarter.parse("2020Q1"), date(2021, 11, 14)) is None
