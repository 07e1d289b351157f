"""The quarterly report from counts already taken: its figures, its number, its restatement, and each message."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

import two_dealers as w
from renotify.campaigns.campaign import Campaign, CampaignType, Remedy
from renotify.errors import Refused, UnknownName
from renotify.ledger.session import Session
from renotify.ledger.status import Count
from renotify.reports import quarterly as room
from renotify.reports.owner_notification import FirstNotices
from renotify.reports.quarterly import Counted, initiated, quarterly, quarterly_vehicles
from renotify.reports.reporting_period import ReportingPeriod
from renotify.values.calendar import Quarter

RECALL = Campaign(
    "PMP", CampaignType.SAFETY_RECALL, "Lexus", "Fuel pump", nhtsa_campaign_number="13V001000", filed_date=date(2012, 12, 28),
    first_notice_date=date(2013, 1, 21), remedy_available_date=date(2013, 1, 7), involved=1300,
    manufacturer="Made-up Motor Corporation",
)  # fmt: skip
Q1, Q2 = Quarter(2013, 1), Quarter(2013, 2)
FILED = date(2013, 7, 15)


LOST = {"export": 20, "theft": 5, "scrapping": 10, "failure_to_receive": 4, "other": 1}


def counts(**stated: int) -> Count:
    found = {"involved": 1300, "repaired": 700, "inspected_ok": 30, "removed": 10, "open": 520}
    return Count("PMP", "", "", **(found | LOST | stated))


def counted(now: Count | None = None, before: Count | None = None) -> Counted:
    told = FirstNotices(date(2013, 1, 21), date(2013, 6, 3), told=1290, untold=0)
    return Counted(now or counts(), before, told, as_of=date(2013, 6, 30))


def report(campaign: Campaign, quarter: Quarter, counted: Counted, on: date) -> dict:
    return room.report(campaign, ReportingPeriod(quarter, quarter), counted, on)


def made(**changed: object) -> dict:
    return report(replace(RECALL, **changed), Q2, counted(), FILED)


# ---- figures


def test_remedied_are_repaired_and_inspected_and_unreachable_are_the_sum_of_their_categories() -> (
    None
):
    filed = made()
    assert (filed["INVOLVED"], filed["TTLREMEDIED"], filed["TTLUNREACH"], filed["TTLREMOVED"]) == (
        1300, 700 + 30, 20 + 5 + 10 + 4 + 1, 10,
    )  # fmt: skip
    assert (
        filed["INVOLVED"]
        == filed["TTLREMEDIED"] + filed["TTLUNREACH"] + filed["TTLREMOVED"] + filed["open"]
    )
    assert filed["unreachable"] == LOST
    assert (filed["ODATE"], filed["ODATEEND"]) == (date(2013, 1, 21), date(2013, 6, 3))
    assert (filed["SUBMDATE"], filed["as_of"], filed["due"]) == (
        FILED, date(2013, 6, 30), date(2013, 7, 30),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("quarter", "number", "written"),
    [
        (Q1, 1, "2013-1"), (Q2, 2, "2013-2"), (Quarter(2013, 4), 4, "2013-4"), (Quarter(2014, 1), 5, "2014-1"),
        (Quarter(2016, 3), 15, "2016-3"),
    ],
)  # fmt: skip
def test_reports_are_numbered_from_the_quarter_of_the_first_notice(
    quarter: Quarter, number: int, written: str
) -> None:
    filed = report(RECALL, quarter, counted(), date(2017, 1, 2))
    assert (filed["RPTNO"], filed["RPTQTR"]) == (number, written)


@pytest.mark.parametrize(
    ("notice", "remedy", "first"),
    [
        (date(2013, 3, 31), None, Quarter(2013, 1)),
        (date(2013, 4, 1), None, Quarter(2013, 2)),
        (date(2013, 3, 31), date(2013, 4, 1), Quarter(2013, 2)),  # told before the remedy was there
        (
            date(2013, 4, 1),
            date(2013, 3, 31),
            Quarter(2013, 2),
        ),  # the remedy was there before anybody was told
        (None, date(2013, 3, 31), None),
    ],
)
def test_a_campaign_begins_when_owners_hear_that_the_remedy_is_there(
    notice: date | None, remedy: date | None, first: Quarter | None
) -> None:
    campaign = replace(RECALL, first_notice_date=notice, remedy_available_date=remedy)
    assert initiated(campaign) == first


def test_a_campaign_of_several_remedies_begins_with_the_first_of_them() -> None:
    first = Remedy("IS 250", remedy_available_date=date(2013, 4, 1))
    later = Remedy("IS 350", remedy_available_date=date(2013, 7, 1))
    told = replace(RECALL, first_notice_date=date(2013, 1, 21), remedy_available_date=None)
    assert initiated(replace(told, remedies=(later, first, Remedy("LX 470")))) == Quarter(2013, 2)


@pytest.mark.parametrize(
    ("quarter", "due"),
    [
        (Quarter(2012, 4), date(2013, 1, 30)),
        (Q1, date(2013, 4, 30)),
        (Quarter(2013, 3), date(2013, 10, 30)),
        (Quarter(2015, 4), date(2016, 2, 1)),  # 30 January 2016 was a Saturday
        (Quarter(2022, 2), date(2022, 8, 1)),  # 30 July 2022 was a Saturday
    ],
)
def test_a_report_is_due_thirty_days_after_its_quarter_or_on_the_next_business_day(
    quarter: Quarter, due: date
) -> None:
    assert report(RECALL, quarter, counted(), date(2023, 1, 3))["due"] == due


# ---- restatement


def test_each_cumulative_figure_is_set_against_the_quarter_before() -> None:
    before = counts(involved=1301, repaired=600, removed=10)
    filed = report(RECALL, Q2, counted(before=before), FILED)
    assert {row["figure"]: (row["before"], row["now"], row["change"], row["decrease"]) for row in filed["restated"]} == {
        "INVOLVED": (1301, 1300, -1, True),
        "TTLREMEDIED": (630, 730, 100, False),
        "TTLUNREACH": (40, 40, 0, False),
        "TTLREMOVED": (10, 10, 0, False),
    }  # fmt: skip


def test_a_first_report_restates_nothing() -> None:
    assert made()["restated"] == []


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (counts(), []),
        (counts(repaired=699), []),
        (counts(repaired=701), ["TTLREMEDIED fell from 731 to 730"]),
        (counts(involved=2300, removed=1011), ["INVOLVED fell from 2,300 to 1,300", "TTLREMOVED fell from 1,011 to 10"]),
    ],
)  # fmt: skip
def test_a_cumulative_figure_that_falls_needs_a_reason(before: Count, said: list[str]) -> None:
    messages = report(RECALL, Q2, counted(before=before), FILED)["messages"]
    assert [message.partition(" since")[0] for message in messages] == said
    assert all("is a correction, and needs a reason." in message for message in messages)


# ---- messages


def test_a_report_with_nothing_to_look_at_has_no_message() -> None:
    assert made()["messages"] == []


@pytest.mark.parametrize(
    ("on", "provisional"),
    [(date(2013, 6, 29), True), (date(2013, 6, 30), True), (date(2013, 7, 1), False)],
)
def test_a_quarter_is_provisional_to_its_last_day(on: date, *, provisional: bool) -> None:
    messages = report(RECALL, Q2, counted(), on)["messages"]
    assert ("2013Q2 has not ended: these figures are provisional." in messages) is provisional


def test_without_nhtsa_s_number_the_line_cannot_be_filed_yet() -> None:
    filed = made(nhtsa_campaign_number="")
    assert filed["CAMPNO"] == ""
    assert filed["messages"] == [
        "No NHTSA campaign number is on file: CAMPNO is blank, fill it before filing."
    ]


def test_without_a_first_notice_day_and_number_are_blank() -> None:
    filed = made(first_notice_date=None)
    assert (filed["ODATE"], filed["RPTNO"]) == (None, None)
    assert filed["messages"] == [
        "No day of the first owner notification is on file: ODATE and RPTNO are blank."
    ]


@pytest.mark.parametrize(
    ("quarter", "owed"), [(Q1, True), (Quarter(2014, 2), True), (Quarter(2014, 3), False)]
)
def test_the_six_quarters_of_the_regulation_are_owed(quarter: Quarter, *, owed: bool) -> None:
    messages = report(RECALL, quarter, counted(), date(2015, 1, 5))["messages"]
    said = [
        f"No quarterly report is owed for {quarter}: the 6 owed cover 2013Q1 to 2014Q2 (49 CFR 573.7(a), 49 USC 30118(f))."
    ]
    assert messages == ([] if owed else said)


@pytest.mark.parametrize("quarter", [Quarter(2023, 4), Quarter(2024, 1)])
def test_the_statute_of_2021_owes_eight_quarters(quarter: Quarter) -> None:
    recall = replace(RECALL, first_notice_date=date(2022, 2, 1), remedy_available_date=None)
    messages = report(recall, quarter, counted(), date(2024, 6, 3))["messages"]
    owed = quarter == Quarter(2023, 4)
    assert [message.partition(" (")[0] for message in messages] == (
        []
        if owed
        else ["No quarterly report is owed for 2024Q1: the 8 owed cover 2022Q1 to 2023Q4"]
    )


@pytest.mark.parametrize(
    ("stated", "told"), [(None, False), (1300, False), (1299, True), (214570, True)]
)
def test_a_stated_population_that_the_ledger_does_not_hold_is_told(
    stated: int | None, *, told: bool
) -> None:
    messages = made(involved=stated)["messages"]
    assert messages == (
        [(f"The campaign states {stated:,} vehicles involved and the ledger holds 1,300: correct the ledger, or amend the report of"
         " 49 CFR 573.6(c)(3).")] if told else []
    )  # fmt: skip


# ---- from the ledger, on both stores


@pytest.mark.parametrize(
    ("quarter", "remedied", "unreachable", "removed"),
    [("2012Q1", 0, 0, 0), ("2012Q2", 1, 0, 1), ("2012Q3", 1, 1, 1)],
)
def test_a_quarter_counts_what_had_happened_by_its_last_day(
    planned_session: Session, quarter: str, remedied: int, unreachable: int, removed: int
) -> None:
    # removed on 1 May, repaired on 1 June, exported on 1 July 2012
    filed = quarterly(planned_session, w.PMP, quarter, on=w.NOTICE)
    assert (filed["TTLREMEDIED"], filed["TTLUNREACH"], filed["TTLREMOVED"]) == (
        remedied, unreachable, removed,
    )  # fmt: skip
    assert filed["as_of"] == Quarter.parse(quarter).end
    changes = {row["figure"]: row["change"] for row in filed["restated"]}
    if quarter == "2012Q2":
        assert changes == {"INVOLVED": 0, "TTLREMEDIED": 1, "TTLUNREACH": 0, "TTLREMOVED": 1}
    if quarter == "2012Q3":
        assert changes == {"INVOLVED": 0, "TTLREMEDIED": 0, "TTLUNREACH": 1, "TTLREMOVED": 0}


def test_asked_as_of_a_day_before_the_quarter_nothing_has_changed_since(
    planned_session: Session,
) -> None:
    filed = quarterly(planned_session, w.PMP, "2012Q3", on=w.NOTICE, as_of=date(2012, 5, 15))
    assert (filed["TTLREMEDIED"], filed["TTLREMOVED"]) == (0, 1)
    assert {row["change"] for row in filed["restated"]} == {0}


def test_the_first_quarter_is_not_refused_and_the_one_before_is(planned_session: Session) -> None:
    assert quarterly(planned_session, w.STP, "2012Q4", on=w.NOTICE)["RPTNO"] == 1
    with pytest.raises(Refused, match="STP began in 2012Q4"):
        quarterly(planned_session, w.STP, "2012Q3", on=w.NOTICE)


def test_a_quarter_begins_on_its_first_day(planned_session: Session) -> None:
    assert quarterly(planned_session, w.PMP, "2013Q2", on=date(2013, 4, 1))["as_of"] == date(
        2013, 4, 1
    )
    with pytest.raises(Refused, match="2013Q2 has not begun on 2013-03-31"):
        quarterly(planned_session, w.PMP, "2013Q2", on=date(2013, 3, 31))


def test_each_vehicle_stands_behind_one_figure_or_is_open(planned_session: Session) -> None:
    behind = quarterly_vehicles(planned_session, w.STP, as_of=w.NOTICE).to_pylist()
    assert behind == [
        {"vin": vin, "figure": figure, "reason": reason}
        for vin, figure, reason in sorted(
            [(w.EAST_BOTH, "", "open"), (w.INSPECTED, "TTLREMEDIED", "inspected_ok"), (w.USED_IN_STOCK, "", "open")]
        )
    ]  # fmt: skip
    with pytest.raises(UnknownName):
        quarterly_vehicles(planned_session, "XXX", as_of=w.NOTICE)
