"""A recall from its first quarter to its last annual report: every report counted by hand from the rows that were loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from folder import Folder, make_vin
from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.errors import BadInput, Refused
from renotify.ledger import intake, stated_days
from renotify.ledger.kinds import DayWord
from renotify.ledger.session import open_session
from renotify.reports import as_filed, nhtsa13
from renotify.reports.deadlines import deadlines, state_day
from renotify.reports.quarterly import annual, boundary_in_doubt, quarterly
from renotify.reports.schedule import schedule

AFTER = date(2027, 3, 1)  # the day on which all files were loaded
VIN = [make_vin(number) for number in range(20)]
MAKER = "Made-up Motor Engineering & Manufacturing, Inc."


@pytest.fixture(scope="module")
def recall(request, new_ledger, tmp_path_factory):
    """Twenty vehicles of FUE, told from 1 to 15 February 2022; the follow-up letters of 2023 are no notification."""
    place = tmp_path_factory.mktemp("schedule")
    folder = Folder(place / "in").dealer()
    told = {"filed_date": date(2022, 1, 3), "first_notice_date": date(2022, 2, 1), "remedy_available_date": date(2022, 2, 1)}  # fmt: skip
    folder.campaign("FUE", nhtsa_campaign_number="22V111000", manufacturer=MAKER, subject="Fuel pump", **told)  # fmt: skip
    folder.campaign("OLD", nhtsa_campaign_number="13V222000", **dict.fromkeys(told, date(2013, 2, 1)))  # fmt: skip
    folder.campaign("SVC", campaign_type="service_campaign", **dict.fromkeys(told))
    for vin in VIN:
        folder.vehicle(vin, "FUE")
    for number, vin in enumerate(VIN):
        day = date(2022, 2, 1 + min(number, 14))
        folder.add("mail_events", vin=vin, campaign_code="FUE", kind="mailed", mailed_date=day)
    _what_happened(folder)
    with new_ledger(request, place, "sqlite") as url, open_session(url) as session:
        intake.load(session, [folder.write()], on=AFTER)
        yield session


REPAIRED = {
    0: date(2022, 2, 20), 1: date(2022, 3, 31), 2: date(2022, 4, 1), 3: date(2023, 10, 2), 4: date(2025, 5, 5),
    5: date(2026, 12, 31),
}  # fmt: skip


def _what_happened(folder):
    for number, day in REPAIRED.items():
        folder.repair(VIN[number], "FUE", day)
    folder.repair(VIN[6], "FUE", date(2022, 6, 30), "inspected_ok")
    folder.status(VIN[7], "exported", date(2022, 5, 2))
    folder.status(VIN[8], "stolen", date(2022, 8, 1)).status(VIN[8], "registered", date(2024, 4, 1))
    folder.status(VIN[9], "scrapped", date(2022, 11, 11))
    folder.status(VIN[10], "total_loss", date(2023, 4, 3))
    folder.add("mail_events", vin=VIN[11], campaign_code="FUE", kind="returned", mailed_date=date(2022, 2, 12),
               returned_date=date(2023, 2, 1), return_code="SKIP_TRACE_EXHAUSTED")  # fmt: skip
    folder.add("population", campaign_code="FUE", vin=VIN[12], removed_date=date(2023, 7, 1))


# repaired, inspected, [export, theft, scrapping, failure to receive, other], removed: by hand from the rows above
COUNTED = {
    "2022Q1": (2, 0, [0, 0, 0, 0, 0], 0),
    "2022Q2": (3, 1, [1, 0, 0, 0, 0], 0),
    "2022Q3": (3, 1, [1, 1, 0, 0, 0], 0),
    "2022Q4": (3, 1, [1, 1, 1, 0, 0], 0),
    "2023Q1": (3, 1, [1, 1, 1, 1, 0], 0),
    "2023Q2": (3, 1, [1, 1, 1, 1, 1], 0),
    "2023Q3": (3, 1, [1, 1, 1, 1, 1], 1),
    "2023Q4": (4, 1, [1, 1, 1, 1, 1], 1),
    "2024Q1-2024Q4": (4, 1, [1, 0, 1, 1, 1], 1),  # the stolen vehicle is registered again
    "2025Q1-2025Q4": (5, 1, [1, 0, 1, 1, 1], 1),
    "2026Q1-2026Q4": (6, 1, [1, 0, 1, 1, 1], 1),
}
DUE = {  # 30 April 2022 and 2023, 30 July 2022 and 2023, 30 October 2022 and 30 January 2027 are no business days
    "2022Q1": date(2022, 5, 2), "2022Q2": date(2022, 8, 1), "2022Q3": date(2022, 10, 31), "2022Q4": date(2023, 1, 30),
    "2023Q1": date(2023, 5, 1), "2023Q2": date(2023, 7, 31), "2023Q3": date(2023, 10, 30), "2023Q4": date(2024, 1, 30),
    "2024Q1-2024Q4": date(2025, 1, 30), "2025Q1-2025Q4": date(2026, 1, 30), "2026Q1-2026Q4": date(2027, 2, 1),
}  # fmt: skip


def made(session, period, on=None):
    room = annual if "-" in period else quarterly
    return room(session, "FUE", period, on=on or DUE[period])


@pytest.mark.parametrize(("number", "period"), [*enumerate(COUNTED, 1)])
def test_each_report_of_the_schedule_holds_the_cumulative_figures_of_its_last_day(recall, number, period):  # fmt: skip
    filed = made(recall, period)
    repaired, inspected, lost, removed = COUNTED[period]
    assert (filed["repaired"], filed["inspected_ok"], [*filed["unreachable"].values()]) == (repaired, inspected, lost)  # fmt: skip
    assert (filed["INVOLVED"], filed["TTLREMEDIED"], filed["TTLUNREACH"], filed["TTLREMOVED"]) == (
        20, repaired + inspected, sum(lost), removed,
    )  # fmt: skip
    assert filed["open"] == 20 - repaired - inspected - sum(lost) - removed
    assert filed["RPTNO"] == (number if number <= 8 else number - 8)
    assert (filed["MFGTXT"], filed["ODATE"], filed["ODATEEND"]) == (MAKER, date(2022, 2, 1), date(2022, 2, 15))  # fmt: skip
    assert (filed["due"], filed["SUBMDATE"]) == (DUE[period], DUE[period])
    assert all("fell from" in message for message in filed["messages"])


def test_the_figure_that_falls_in_the_first_year_is_told(recall):
    (message,) = made(recall, "2024Q1-2024Q4")["messages"]
    assert message.startswith("TTLUNREACH fell from 5 to 4")


def test_the_schedule_lists_the_eight_quarters_and_three_years_with_their_days(recall):
    owed = schedule(recall, date(2022, 4, 1), "22V111000")
    assert {one["period"]: one["due"] for one in owed} == DUE
    assert [one["kind"] for one in owed] == ["quarterly"] * 8 + ["annual"] * 3
    assert [one["number"] for one in owed] == [*range(1, 9), 1, 2, 3]
    assert {one["doubt"] for one in owed} == {""}


def test_a_recall_that_began_near_the_change_of_what_is_owed_says_so():
    began = date(2020, 5, 4)
    near = Campaign("NEA", CampaignType.SAFETY_RECALL, "Lexus", "Pump", first_notice_date=began)
    assert boundary_in_doubt(near, AFTER).startswith(
        "NEA began in 2020Q2, near the change of the number of reports on 2021-11-15: 8 quarterly reports and 3 annual reports are"
        " counted here"
    )
    assert boundary_in_doubt(replace(near, first_notice_date=date(2013, 2, 1)), AFTER) == ""


def test_a_recall_of_2013_owes_six_quarters_and_no_year(recall):
    owed = schedule(recall, AFTER, "OLD")
    assert [one["period"] for one in owed] == ["2013Q1", "2013Q2", "2013Q3", "2013Q4", "2014Q1", "2014Q2"]  # fmt: skip
    filed = annual(recall, "OLD", "2014Q3-2015Q2", on=AFTER)
    assert (filed["RPTNO"], filed["messages"][0]) == (
        None, "No annual report is owed for 2014Q3-2015Q2 (49 USC 30118(f)).",
    )  # fmt: skip


def test_a_year_that_is_none_of_the_three_names_those_that_are_owed(recall):
    filed = annual(recall, "FUE", "2024Q2-2025Q1", on=AFTER)
    owed = "2024Q1-2024Q4, 2025Q1-2025Q4 and 2026Q1-2026Q4"
    assert filed["RPTNO"] is None
    assert filed["messages"][0] == f"No annual report is owed for 2024Q2-2025Q1: those owed are of {owed} (49 USC 30118(f))."  # fmt: skip


def test_all_recalls_are_listed_together_and_service_campaigns_owe_nothing(recall):
    assert [one["campaign"] for one in schedule(recall, AFTER)] == ["FUE"] * 11 + ["OLD"] * 6
    with pytest.raises(Refused, match="SVC is a service campaign"):
        schedule(recall, AFTER, "SVC")


def test_a_report_that_was_filed_is_closed_in_the_schedule_and_in_the_deadlines(recall):
    period, on = "2024Q1-2024Q4", date(2025, 2, 3)
    name = f"FUE:quarterly_report:{period}"
    state_day(recall, name, DayWord.DONE, on)
    (row,) = [one for one in schedule(recall, on, "FUE") if one["period"] == period]
    assert (row["filed"], row["state"], row["id"]) == (
        on,
        "late",
        name,
    )  # 30 January was the last day
    (clock,) = [one for one in deadlines(recall, on) if one["id"] == name]
    assert (clock["state"], clock["what"]) == ("late", f"annual report {period}")
    state_day(recall, name, DayWord.WITHDRAWN, on)
    assert not stated_days.stated(recall).rows


def test_the_annual_line_is_nhtsa_s_own_layout(recall):
    line = nhtsa13.line(made(recall, "2024Q1-2024Q4"))
    assert line == (  # the name is cut at the 40 characters of MFGTXT
        "Made-up Motor Engineering & Manufacturin\t22V111000\tFUE\tFuel pump\t20220201\t20220215\t1\t2024-1 to 2024-4"
        "\t20\t5\t4\t1\t20250130\r\n"
    )


def test_what_nhtsa_publishes_of_a_year_is_loaded_closes_its_clock_and_is_compared(
    recall, tmp_path
):
    period, on = "2025Q1-2025Q4", date(2026, 2, 20)
    filed = made(recall, period)
    path = tmp_path / "FLAT_RCL_Annual_Rpts.txt"
    path.write_text(nhtsa13.line(filed | {"TTLREMEDIED": 7, "SUBMDATE": date(2026, 1, 28)}))
    intake.load(recall, [path], on=on)
    (row,) = [one for one in schedule(recall, on, "FUE") if one["period"] == period]
    assert (row["filed"], row["state"]) == (date(2026, 1, 28), "ok")
    assert row["closes"].startswith("NHTSA's annual file, loaded; or renotify deadlines --filed")
    assert as_filed.in_ledger(recall, filed)["TTLREMEDIED"] == 7
    again = made(recall, period)
    assert again["messages"] == [
        *filed["messages"],
        "NHTSA has on file for 2025-1 to 2025-4, submitted 2026-01-28: TTLREMEDIED 7 where the ledger has 6.",
    ]
    path.write_text(nhtsa13.line(filed | {"SUBMDATE": date(2026, 2, 2)}))  # corrected
    intake.load(recall, [path], on=on)
    assert made(recall, period)["messages"] == filed["messages"]


@pytest.mark.parametrize(
    ("period", "error", "says"),
    [
        ("2024Q1-2024Q3", BadInput, "not a year of four quarters"),
        ("2024Q1", BadInput, "is one quarter"),
        ("2028Q1-2028Q4", Refused, "has not begun"),
    ],
)  # fmt: skip
def test_what_is_no_year_or_has_not_begun_is_refused(recall, period, error, says):
    with pytest.raises(error, match=says):
        annual(recall, "FUE", period, on=AFTER)
