"""The sheet to file from: every item of 573.7(b) once, with its value as typed, in PDF, CSV, JSON and Excel; the fields are data."""

from __future__ import annotations

import csv
import json
import subprocess
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.ledger import artifacts, tables
from renotify.ledger.status import Count
from renotify.reports import portal_sheet
from renotify.reports.owner_notification import FirstNotices
from renotify.reports.quarterly import Counted, report
from renotify.reports.reporting_period import ReportingPeriod
from renotify.rules.pack import all_rows
from renotify.rules.row import NAME_FROM

RECALL = Campaign(
    "FUE, FUF", CampaignType.SAFETY_RECALL, "Lexus", "Fuel pump", nhtsa_campaign_number="22V111000", filed_date=date(2022, 1, 3),
    first_notice_date=date(2022, 2, 1), manufacturer="Made-up Motors",
)  # fmt: skip
LOST = {"export": 20, "theft": 5, "scrapping": 10, "failure_to_receive": 4, "other": 1}
COUNT = Count(
    "FUE", "", "", involved=1300, repaired=700, inspected_ok=30, removed=10, open=520, **LOST
)
TOLD = FirstNotices(date(2022, 2, 1), date(2022, 2, 15), 1290, 0)


def made(period: str = "2022Q2", count: Count = COUNT) -> dict:
    end = ReportingPeriod.parse(period).last.end
    on = date(2025, 1, 13) if "-" in period else date(2022, 7, 5)
    return report(RECALL, ReportingPeriod.parse(period), Counted(count, None, TOLD, end), on)


TYPED = {
    "Manufacturer name": "Made-up Motors", "NHTSA campaign number": "22V111000", "Manufacturer campaign number": "FUE, FUF",
    "Recall subject": "Fuel pump", "Report quarter": "2022-2", "Report number": "2",
    "Owner notification begin date": "02/01/2022", "Owner notification end date": "02/15/2022",
    "Involved population": "1300", "Total removed": "10",
    "Inspected and repaired": "700", "Inspected and determined not to need repair": "30", "Total remedied": "730",
    "Export": "20", "Theft": "5", "Scrapping": "10", "Failure to receive notification": "4", "Other reasons": "1",
    "Other reasons, specified": "total loss", "Total unreachable": "40",
}  # fmt: skip


def test_every_field_stands_once_as_it_is_typed() -> None:
    assert [(one.field, one.typed) for one in portal_sheet.entries(made())] == [*TYPED.items()]


def test_the_five_items_asked_of_a_maker_of_vehicles_are_all_there_in_their_order() -> None:
    cited = [one.citation for one in portal_sheet.entries(made())]
    items = [number for text in cited for number in range(1, 8) if f"573.7(b)({number})" in text]
    assert items == sorted(items)
    assert set(items) == {1, 2, 3, 4, 5}


def test_a_year_names_its_period_instead_of_a_quarter() -> None:
    typed = {one.field: one.typed for one in portal_sheet.entries(made("2024Q1-2024Q4"))}
    assert set(TYPED) - set(typed) == {"Report quarter"}
    assert (typed["Reporting period"], typed["Report number"]) == ("2024-1 to 2024-4", "1")


def test_nothing_is_specified_where_no_vehicle_is_lost_for_another_reason() -> None:
    none = portal_sheet.entries(made(count=COUNT._replace(other=0, open=521)))
    (specified,) = [one for one in none if one.field == "Other reasons, specified"]
    assert (specified.value, specified.typed) == (None, "")


def test_where_each_name_is_from_is_told_and_no_name_claims_the_portal() -> None:
    rows = all_rows()["reports"]
    assert {row.name_from for row in rows} <= set(NAME_FROM) - {"portal"}
    removed = next(one for one in portal_sheet.entries(made()) if one.field == "Total removed")
    assert removed.not_known.startswith("what NHTSA counts as removed was not read")


@pytest.fixture
def written(sqlite_session, tmp_path):
    return portal_sheet.write(sqlite_session, made(), tmp_path / "file"), sqlite_session


def test_the_files_are_named_by_code_and_period_and_recorded(written) -> None:
    paths, session = written
    assert [path.name for path in paths] == [
        "portal-FUE-2022Q2.pdf",
        "portal-FUE-2022Q2.csv",
        "portal-FUE-2022Q2.json",
        "portal-FUE-2022Q2.xlsx",
    ]
    held = tables.read(session, "artifact", "path", "sha256").to_pylist()
    assert {one["path"]: one["sha256"] for one in held} == {
        str(p): artifacts.digest(p) for p in paths
    }


def test_csv_and_json_hold_numbers_as_numbers_and_days_as_days(written) -> None:
    _, table, document, _ = written[0]
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["field"]: row["value"] for row in csv.DictReader(file)}
    fields = {
        one["field"]: one["value"] for one in json.loads(document.read_text("utf-8"))["fields"]
    }
    assert (fields["Involved population"], rows["Involved population"]) == (1300, "1300")
    assert (
        fields["Owner notification end date"] == rows["Owner notification end date"] == "2022-02-15"
    )
    assert [*rows] == [*fields] == [*TYPED]


def test_the_workbook_has_numbers_to_count_with_days_to_sort_by_and_what_to_look_at(
    sqlite_session, tmp_path
) -> None:
    unnumbered = made() | {"messages": ["No NHTSA campaign number is on file."]}
    path = portal_sheet.write(sqlite_session, unnumbered, tmp_path)[3]
    book = openpyxl.load_workbook(path)
    value = {row[1].value: row[2] for row in book["fields"].iter_rows(min_row=2)}
    assert [*value] == [*TYPED]
    assert (value["Involved population"].value, value["Report quarter"].value) == (1300, "2022-2")
    assert value["Owner notification end date"].value == datetime.fromisoformat("2022-02-15")
    assert value["Owner notification end date"].number_format == "yyyy-mm-dd"
    looked_at = [row[0].value for row in book["before filing"].iter_rows()]
    assert looked_at == ["look at", "No NHTSA campaign number is on file."]


def test_the_page_shows_each_value_beside_its_field(written) -> None:
    text = read_back(written[0][0])
    for field, value in TYPED.items():
        assert any(field in line and value in line for line in text.splitlines()), field
    assert (
        "1,300 involved = 730 remedied + 40 unreachable + 10 removed + 520 vehicles not yet remedied"
        in text
    )
    assert "Due August 1, 2022" in text  # 30 July 2022 is a Saturday
    assert "The portal's form stands behind NHTSA's login and was not seen" in text


def read_back(path: Path) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    )
    return done.stdout.replace("’", "'")
