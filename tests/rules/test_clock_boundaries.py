"""Every clock at its last day in time and the day after, with the days of the calendar worked out beside it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from cases import at_once
from renotify import rules
from renotify.errors import Inconsistent, UnknownName
from renotify.rules import clocks
from renotify.rules.pack import all_rows
from renotify.values.calendar import Quarter, is_business_day

DAY = timedelta(days=1)
MEMO_DAY = date(2013, 2, 26)
PACK = rules.load(MEMO_DAY)

# The amount and unit of each clock as the citation has it
LAW = {
    "letters": (60, "calendar"),
    "letters_first_warning": (45, "calendar"),
    "letters_last_warning": (55, "calendar"),
    "preclearance": (5, "business"),
    "report_573": (5, "business"),
    "report_573_amendment": (5, "business"),
    "dealer_notice_electronic": (3, "business"),
    "dealer_notice": (5, "business"),
    "distributor_notice": (5, "business"),
    "lessee_copy": (10, "calendar"),
    "schedule_slip": (14, "calendar"),
    "filing_copy": (5, "calendar"),
    "quarterly_report": (1, "reports"),
    "quarterly_count": (6, "reports"),
    "annual_count": (0, "reports"),
    "remedy_reasonable_time": (60, "calendar"),
    "free_remedy": (10, "years"),
    "free_remedy_tires": (5, "years"),
    "retention": (5, "years"),
    "retention_records": (5, "years"),
    "retention_lessee_list": (1, "years"),
    "retention_disclosure": (5, "years"),
    "move_update": (95, "calendar"),
    "address_match": (180, "calendar"),
    "imb_serial": (45, "calendar"),
    "reimbursement_period": (10, "calendar"),
    "reimbursement_claim": (60, "calendar"),
    "reimbursement_plan": (2, "years"),
    "recheck": (24, "hours"),
    "touch_at_most_every": (21, "calendar"),
    "touch_at_least_every": (35, "calendar"),
    "communications_monthly": (5, "business"),
    "report_573_remainder": (5, "business"),
    "inconsequentiality": (5, "business"),
    "inconsequentiality_not_filed": (
        30,
        "calendar",
    ),  # the end of the 30 days itself: 573.6(c)(8)(iv)
    "letters_ordered": (60, "calendar"),
    "reimbursement_begins": (-1, "years"),
    "acceleration_ends": (-30, "calendar"),
}
SINCE = {  # and what came later
    "rental_grounded": ("2016-06-01", 24, "hours"),
    "rental_grounded_large": ("2016-06-01", 48, "hours"),
    "lookup_refresh": ("2014-08-20", 7, "calendar"),
    "lookup_history": ("2014-08-20", 15, "years"),
    "free_remedy": ("2015-12-04", 15, "years"),
    "retention_records": ("2024-10-15", 10, "years"),
    "address_match": ("2022-10-01", 3, "month_ends"),
}


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_the_pack_has_these_clocks_with_these_amounts_and_no_others():
    found = {name: PACK.clock(name) for name in PACK.rows["clocks"]}
    assert {name: (row.amount, row.unit) for name, row in found.items()} == LAW


@at_once("name", SINCE)
def test_a_later_rule_is_in_force_from_its_day_on(name):
    since, amount, unit = SINCE[name]
    row = rules.load(day(since)).clock(name)
    assert (row.amount, row.unit) == (amount, unit)
    before = rules.load(day(since) - DAY).rows["clocks"].get(name)
    assert before is None or (before.amount, before.unit) != (amount, unit)


def test_a_house_rule_warns_and_a_rule_of_law_blocks():
    for name, row in PACK.rows["clocks"].items():
        policy = row.verified == "HOUSE" or name == "address_match"
        assert row.severity == ("should" if policy else "must"), name


DUE = [
    # 60 calendar days of 577.7(a)(1), over the end of February in a common and in a leap year
    ("letters", "2013-01-01", "2013-03-02"),
    ("letters", "2012-01-01", "2012-03-01"),
    ("letters", "2009-01-16", "2009-03-17"),
    ("letters", "2012-11-01", "2012-12-31"),
    # the sixtieth day is a Saturday: no roll-forward is stated in the rule
    ("letters", "2013-02-26", "2013-04-27"),
    # five business days over Christmas, observed on a Friday, and over New Year
    ("preclearance", "2010-12-17", "2010-12-27"),
    ("preclearance", "2010-12-23", "2011-01-03"),
    # started on a Saturday, and Monday is Washington's Birthday
    ("report_573", "2013-02-16", "2013-02-25"),
    ("report_573", "2013-02-15", "2013-02-25"),
    # over Thanksgiving: Friday, Monday, Tuesday; then Wednesday and Thursday
    ("dealer_notice_electronic", "2013-11-27", "2013-12-03"),
    ("dealer_notice", "2013-11-27", "2013-12-05"),
    ("distributor_notice", "2013-07-03", "2013-07-11"),
    # ten days are ten days, weekends or not
    ("lessee_copy", "2012-12-24", "2013-01-03"),
    ("reimbursement_period", "2012-02-20", "2012-03-01"),
    ("filing_copy", "2013-12-29", "2014-01-03"),
    ("schedule_slip", "2013-02-15", "2013-03-01"),
    # 95 days are 3 in March, 30, 31 and 30 in April to June, and 1 in July
    ("move_update", "2013-03-28", "2013-07-01"),
    # 180 days before the memo's day
    ("address_match", "2012-08-30", "2013-02-26"),
    ("imb_serial", "2013-01-12", "2013-02-26"),
    ("touch_at_most_every", "2013-02-05", "2013-02-26"),
    ("touch_at_least_every", "2013-01-22", "2013-02-26"),
    ("lookup_refresh", "2015-02-26", "2015-03-05"),
    # a CASS database released on 1 October 2022 expires at the year's end; the list is mailed in January
    ("address_match", "2022-10-01", "2023-01-31"),
    ("address_match", "2023-11-01", "2024-02-29"),
    # a day before the event
    ("reimbursement_begins", "2013-02-26", "2012-02-26"),
    ("acceleration_ends", "2013-03-31", "2013-03-01"),
    # issued in February: five business days after the month's end
    ("communications_monthly", "2013-02-28", "2013-03-07"),
    # years end on the same day; one that began on 29 February is not cut short
    ("free_remedy", "2004-02-29", "2014-03-01"),
    ("free_remedy", "2016-02-29", "2031-03-01"),
    ("free_remedy_tires", "2008-02-29", "2013-03-01"),
    ("retention", "2011-02-28", "2016-02-28"),
    ("retention_records", "2012-02-29", "2017-03-01"),
    ("retention_records", "2024-10-15", "2034-10-15"),
    ("lookup_history", "2015-03-01", "2030-03-01"),
    ("reimbursement_plan", "2011-02-26", "2013-02-26"),
]


@at_once(("clock", "start", "last"), DUE, ids=lambda value: value)
def test_the_last_day_in_time_is_the_one_worked_out_by_hand(clock, start, last):
    assert clocks.due(clock, day(start)) == day(last)


def test_the_day_on_which_a_clock_starts_does_not_count():
    for name, (amount, unit) in LAW.items():
        if unit == "calendar":
            assert clocks.due(name, MEMO_DAY) == MEMO_DAY + amount * DAY, name


def test_a_clock_of_business_days_ends_on_one_and_counts_as_many():
    for name, (amount, unit) in LAW.items():
        if unit != "business":
            continue
        for shift in range(14):
            start = date(2012, 12, 20) + shift * DAY
            end = clocks.due(name, start)
            between = [start + n * DAY for n in range(1, (end - start).days + 1)]
            assert sum(map(is_business_day, between)) == amount
            assert is_business_day(end)


@at_once(
    ("quarter", "due"),
    [
        ("2010Q4", "2011-01-31"),  # 30 January 2011 is a Sunday
        ("2011Q1", "2011-05-02"),  # 30 April is a Saturday
        ("2011Q2", "2011-08-01"),  # 30 July is a Saturday
        ("2011Q3", "2011-10-31"),  # 30 October is a Sunday
        ("2011Q4", "2012-01-30"),  # a Monday
        ("2012Q1", "2012-04-30"),
        ("2012Q2", "2012-07-30"),
        ("2012Q3", "2012-10-30"),
        ("2012Q4", "2013-01-30"),
        ("2013Q4", "2014-01-30"),
    ],
)
def test_three_years_of_quarterly_reports_fall_due_as_573_7_d_says(quarter, due):
    assert clocks.quarterly_due(Quarter.parse(quarter), MEMO_DAY) == day(due)


def kinds(first: str, on: str) -> list[str]:
    return [report.kind for report in clocks.reports_due(Quarter.parse(first), day(on))]


def test_the_campaign_whose_sixth_report_fell_due_before_the_act_is_the_last_that_ended_so():
    """Six quarters from 2020Q1 end with 2021Q2; the seventh would fall due on 1 November 2021.

    Six quarters from 2020Q2 end with 2021Q3; the seventh falls due on 31 January 2022, under the Act.
    """
    assert kinds("2020Q1", "2026-11-23") == ["quarterly"] * 6
    assert kinds("2020Q2", "2026-11-23") == ["quarterly"] * 8 + ["annual"] * 3


def test_what_is_owed_is_known_only_from_the_day_of_the_act_on():
    assert kinds("2021Q3", "2021-11-14") == ["quarterly"] * 6
    assert kinds("2021Q3", "2021-11-15") == ["quarterly"] * 8 + ["annual"] * 3


def test_the_six_reports_of_the_memo_s_recall_have_these_days():
    reports = clocks.reports_due(Quarter.parse("2012Q4"), MEMO_DAY)
    assert [(report.period, report.due.isoformat()) for report in reports] == [
        ("2012Q4", "2013-01-30"),
        ("2013Q1", "2013-04-30"),
        ("2013Q2", "2013-07-30"),
        ("2013Q3", "2013-10-30"),
        ("2013Q4", "2014-01-30"),
        ("2014Q1", "2014-04-30"),
    ]


def test_annual_reports_cover_four_quarters_each_and_follow_without_a_gap():
    annual = [
        r
        for r in clocks.reports_due(Quarter.parse("2022Q1"), day("2026-11-23"))
        if r.kind == "annual"
    ]
    assert [report.period for report in annual] == [
        "2024Q1-2024Q4", "2025Q1-2025Q4", "2026Q1-2026Q4",
    ]  # fmt: skip
    # 30 January 2025 is a Thursday, 2026 a Friday, 2027 a Saturday
    assert [report.due.isoformat() for report in annual] == [
        "2025-01-30",
        "2026-01-30",
        "2027-02-01",
    ]


def test_a_clock_of_hours_or_reports_has_no_day_on_which_it_ends():
    for name, (_, unit) in LAW.items():
        if unit in {"hours", "reports"}:
            with pytest.raises(Inconsistent, match=f"{name} counts {unit}"):
                clocks.due(name, MEMO_DAY)
        if unit != "hours":
            with pytest.raises(Inconsistent, match="not hours"):
                PACK.clock(name).due_at(datetime(2013, 2, 26))  # noqa: DTZ001


def test_only_calendar_and_business_days_can_be_asked_for_as_days():
    for name, (amount, unit) in LAW.items():
        if unit in {"calendar", "business"}:
            assert PACK.clock(name).days == amount
        else:
            with pytest.raises(Inconsistent, match="not days"):
                PACK.clock(name).days  # noqa: B018 -- the property refuses


# The pack of a day


def test_part_577_begins_on_its_first_day_and_not_on_the_day_before():
    assert clocks.letters_due(day("1976-12-30")) == day("1977-02-28")
    with pytest.raises(UnknownName, match="1976-12-29"):
        clocks.letters_due(day("1976-12-29"))


def holds(table, row, on):
    return rules.load(on).rows[table].get(row.id) == row


def test_each_row_is_in_its_pack_on_its_first_and_last_day_and_not_beside_them():
    for table, rows in all_rows().items():
        for row in rows:
            assert holds(table, row, row.effective_from)
            assert not holds(table, row, row.effective_from - DAY)
            if row.effective_to:
                assert holds(table, row, row.effective_to)
                assert not holds(table, row, row.effective_to + DAY)


def test_every_count_of_reports_has_one_row_on_every_day_without_a_gap():
    for clock in ("quarterly_count", "annual_count"):
        for shift in range(-3, 4):
            assert rules.load(day("2021-11-15") + shift * DAY).clock(clock).unit == "reports"


def test_a_change_of_the_law_gives_the_pack_another_digest_and_a_quiet_day_the_same():
    before, after = rules.load(day("2021-11-14")), rules.load(day("2021-11-15"))
    assert before.digest != after.digest
    assert (
        rules.load(day("2021-11-13")).digest
        == before.digest
        == rules.load(day("2016-06-01")).digest
    )
    assert rules.load(day("2022-09-30")).digest == after.digest
