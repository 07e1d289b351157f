"""Reports as pages: NHTSA's figures as of a day and as known by an instant, each with its vehicles."""

from __future__ import annotations

from typing import Any

import pytest

from two_dealers import PMP, REPAIRED, SVC
from web.analyst.reading_pages import page, rows_behind

OF_PMP = f"/analyst/reports/{PMP}/2012Q4/"


def test_reports_owed_stand_with_their_days(site: Any) -> None:
    from renotify.reports.schedule import schedule
    from web.conftest import DAY

    with site.ledger() as session:
        owed = schedule(session, DAY)
    (rows,) = page(site.client("ana"), "/analyst/reports/").tables.values()
    assert {(row["Campaign"], row["Period"]) for row in rows} == {
        (one["campaign"], one["period"]) for one in owed
    }


def test_a_quarter_s_figures_open_the_vehicles_that_they_count(site_on_both: Any) -> None:
    browser = site_on_both.client("rex")
    shown = page(browser, OF_PMP)
    fields = {
        row["NHTSA's field"]: row["As it would be filed"]
        for row in shown.tables["NHTSA's 13 fields"]
    }
    counted = {
        name: fields[name] for name in ("INVOLVED", "TTLREMEDIED", "TTLUNREACH", "TTLREMOVED")
    }
    assert counted == {"INVOLVED": "11", "TTLREMEDIED": "1", "TTLUNREACH": "1", "TTLREMOVED": "1"}
    behind = [address for address in shown.addresses if address.startswith("/analyst/vehicles/")]
    for query, number in (("status=open", 8), ("status=repaired", 1), ("status=removed", 1)):
        address = next(one for one in behind if query in one and "as_of=2012-12-31" in one)
        assert rows_behind(browser, address) == number


def test_as_of_an_earlier_day_the_repair_was_not_done(site: Any) -> None:
    shown = page(site.client("ana"), f"{OF_PMP}?as_of=2012-05-31")  # the repair is of June 1
    assert (
        "11 vehicles involved, 0 remedied, 10 open" in shown.text
    )  # one was removed in May, the export is of July


def test_as_known_before_anything_was_loaded_there_is_nothing(site: Any) -> None:
    text = page(site.client("ana"), f"{OF_PMP}?known_at=2012-12-31").text
    assert "0 vehicles involved, 0 remedied, 0 open" in text


def test_the_vins_behind_the_figures_are_a_file_that_is_logged(site: Any) -> None:
    lines = site.client("ana").get(f"{OF_PMP}vehicles/").content.decode().splitlines()
    assert len(lines) == 12
    assert any(REPAIRED in line and "TTLREMEDIED" in line for line in lines)
    assert ("ana", "exported", f"report {PMP} 2012Q4") in site.readings()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"/analyst/reports/{SVC}/2012Q4/", "is a service campaign"),
        (f"/analyst/reports/{PMP}/2014Q1/", "has not begun"),
        (f"/analyst/reports/{PMP}/never/", "never"),
        ("/analyst/reports/XXX/2012Q4/", "XXX"),
        (f"{OF_PMP}?as_of=soon", "Write a day as 2013-02-26"),
    ],
)
def test_what_cannot_be_reported_is_said_in_words(site: Any, address: str, said: str) -> None:
    assert said in page(site.client("ana"), address, status=422).text


@pytest.mark.parametrize("asked", [f"{PMP}/2012Q5", "12V000/2012Q4", f"{PMP}/2012"])
def test_what_is_mistyped_is_said_at_once_and_not_counted_for_ever(site: Any, asked: str) -> None:
    answer = site.client("ana").get(f"/analyst/reports/{asked}/")
    assert answer.status_code == 422
    assert "Being counted" not in answer.content.decode()


def test_the_form_leads_to_the_report(site: Any) -> None:
    answer = site.client("ana").get(
        f"/analyst/reports/?campaign={PMP}&period=2012Q4&as_of=2012-11-30"
    )
    assert answer["Location"] == f"{OF_PMP}?as_of=2012-11-30"


@pytest.mark.parametrize(("by", "rows"), [("campaign", 3), ("area", 5), ("dealer", 5)])
def test_progress_opens_the_vehicles_of_its_place(site: Any, by: str, rows: int) -> None:
    browser = site.client("ana")
    shown = page(browser, f"/analyst/reports/progress/?by={by}")
    (table,) = shown.tables.values()
    assert len(table) == rows
    assert sum(int(row["Open"]) for row in table) == 12
    if by == "area":
        assert rows_behind(browser, f"/analyst/vehicles/?campaign={PMP}&status=open&area=E") == 5


def test_progress_by_something_else_is_refused(site: Any) -> None:
    assert site.client("ana").get("/analyst/reports/progress/?by=colour").status_code == 400


def test_nobody_else_opens_reports(site: Any) -> None:
    for name in ("east_area", "east_service", "carla", "stranger"):
        for address in (
            "/analyst/reports/",
            OF_PMP,
            f"{OF_PMP}vehicles/",
            "/analyst/reports/progress/",
        ):
            assert site.client(name).get(address).status_code == 403, (name, address)
