"""``dealer`` and ``area``: the first lines say what to do, every line fits 80 characters, and files have what the screen has."""

from __future__ import annotations

import csv
from datetime import date

import pytest

import two_dealers as w
from renotify.cli import desks
from renotify.desks.booked_visits import VISITS
from small_world import Desk

DAY = date(2013, 3, 11)


def test_a_dealers_day_begins_with_what_to_do(office: Desk) -> None:
    lines = office.run("dealer", "day", w.EAST, "--on", DAY).out.splitlines()
    assert lines[0].startswith("Made-up Dealer D0001 (D0001), 2013-03-11: 1 visit booked")
    steps = [line for line in lines if line[:2] in {"1.", "2.", "3."}]
    assert steps[0] == f"1. {w.EAST_BOTH} is not to be driven: have them picked up."
    assert steps[1] == f"2. Kits of 1 visit are short (BOLT): {w.EAST_BOTH}."
    assert "   renotify parts order --dealer D0001" in lines
    assert steps[2].startswith(
        "3. Do not deliver 1 vehicle in stock before it is repaired, by law:"
    )


def test_the_day_before_says_which_visits_of_the_next_days_lack_a_kit(office: Desk) -> None:
    """The visit of March 11 lacks a BOLT: its desk hears so on the Sunday before, and a week earlier, and not eight days before."""
    for day, told in (("2013-03-10", True), ("2013-03-04", True), ("2013-03-03", False)):
        said = office.run("dealer", "day", w.EAST, "--on", day).out.replace("\n", " ")
        assert ("of the next days" in said and "(BOLT), the first on 2013-03-11" in said) is told, (
            day
        )


@pytest.mark.parametrize(
    "command",
    [("dealer", "day", w.EAST), ("dealer", "week", w.EAST), ("area", "month", "E"), ("answer", w.EAST_BOTH, "--lang", "es")],
)  # fmt: skip
def test_text_fits_80_characters(
    office: Desk, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = office.run(*command, "--on", DAY).out.splitlines()
    unbroken = (
        "The list behind a figure:",
        "Vehicles booked:",
        "1 vehicle of PMP: renotify stock holds",
    )  # notes, and commands to copy
    assert [line for line in lines if len(line) > 80 and not line.startswith(unbroken)] == []


def test_80_characters_show_which_vehicle_is_not_to_be_driven(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    visit = {
        "day": date(2013, 3, 11), "time": "09:00", "vin": w.EAST_BOTH, "campaigns": "BLG+PMP", "warning": "do not drive",
        "takes": "2 to 3 hours", "kits_state": "on_the_shelf", "kits_from": date(2013, 3, 11), "vehicle": "2008 Lexus IS 250",
        "also_open": "CLB",
    }  # fmt: skip
    empty = {name: [] for name in ("kits", "holds", "instructions", "notices", "may_come")}
    desks._tables({"visits": [visit], **empty})
    said = capsys.readouterr()
    assert "do not drive" in said.out
    assert "also_open" in said.out + said.err  # named as not shown


def test_a_dealers_week_is_one_document(office: Desk) -> None:
    told = office.do("dealer", "week", w.EAST, on=DAY)
    assert set(told) == {
        "headline", "to_do", "dealer", "name", "area", "on", "from", "to", "visits", "kits", "weeks", "may_come", "holds", "instructions",
        "notices", "without_word", "over", "beside", "lists",
    }  # fmt: skip
    assert (told["from"], told["to"]) == ("2013-03-11", "2013-03-17")
    (bolt, pump) = told["kits"]
    assert (bolt["part_no"], bolt["needed"], bolt["on_hand"], bolt["lacking_visits"]) == ("BOLT", 2, 0, 1)  # fmt: skip
    assert (pump["part_no"], pump["needed"], pump["on_hand"], pump["lacking_visits"]) == ("PUMP", 1, 1, 0)  # fmt: skip


def test_the_lists_behind_a_day_and_a_month_can_be_asked_for(office: Desk) -> None:
    lists = office.do("dealer", "day", w.EAST, on=DAY)["lists"]
    assert lists == {
        "booked": f"renotify vehicles --visit-dealer {w.EAST} --visit-since 2013-03-11 --visit-before 2013-03-12",
        "open": f"renotify vehicles --status open --dealer {w.EAST}",
    }
    listed = office.do(*lists["booked"].split()[1:], on=DAY)
    assert listed["vehicles"] == 1
    month = office.do("area", "month", "E", on=DAY)
    behind = month["lists"]["open"]
    assert behind.endswith("--status open --as-of 2013-03-11 --area E")
    assert office.do(*behind.split()[1:], on=DAY)["total"] == month["open"] == 6


def test_a_notice_without_a_receipt_is_acknowledged_by_its_command(office: Desk) -> None:
    office.do("notices", "spring", "--out", "out", on=w.NOTICE)
    assert office.do("dealer", "day", w.EAST, on=DAY)["notices"] == []  # a draft was sent to nobody
    office.do("notices", "spring", "--sent", on=w.NOTICE)
    (notice,) = office.do("dealer", "day", w.EAST, on=DAY)["notices"]
    assert (notice["follow_up"], notice["sent_on"]) == ("spring", str(w.NOTICE))
    assert notice["command"] == "renotify notices spring --acknowledge RECEIPTS.csv"
    receipts = office.folder / "RECEIPTS.csv"
    receipts.write_text(f"code,acknowledged_at,receipt\n{w.EAST},2013-03-01,R-1\n")
    office.do("notices", "spring", "--acknowledge", receipts, on=DAY)
    assert office.do("dealer", "day", w.EAST, on=DAY)["notices"] == []


def test_visits_go_to_a_file(office: Desk) -> None:
    told = office.do("dealer", "day", w.EAST, "--out", "day.csv", on=DAY)
    assert told["file"] == "day.csv"
    with (office.folder / "day.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert list(row) == VISITS.names
    assert (row["vin"], row["takes"]) == (w.EAST_BOTH, "2.5 hours")


def test_a_workbook_has_a_sheet_a_table(office: Desk) -> None:
    from zipfile import ZipFile

    office.do("area", "month", "E", "--out", "month.xlsx", on=DAY)
    with ZipFile(office.folder / "month.xlsx") as book:
        names = book.read("xl/workbook.xml").decode()
    assert [name for name in ("dealers", "reasons", "trend", "notices") if f'name="{name}"' in names] == [
        "dealers", "reasons", "trend", "notices",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("dealer", "day", "D9"), "There is no dealer D9."),
        (("area", "month", "X"), "There is no area X."),
        (("dealer", "day", w.EAST, "--out", "day.doc"), "day.doc names no kind of file"),
        (("dealer", "day", w.EAST, "--out", "nowhere/day.xlsx"), "There is no folder nowhere."),
    ],
)
def test_what_cannot_be_shown_or_written_is_refused(
    office: Desk, command: tuple[str, ...], says: str
) -> None:
    answer = office.run(*command, "--on", DAY)
    assert answer.code in {1, 2}
    assert says in answer.err


def test_an_areas_month_ranks_its_dealers(office: Desk) -> None:
    """East's one booked visit lacks its bolts, and 40 days ago a vehicle came into stock."""
    told = office.do("area", "month", "E", on=DAY)
    (dealer,) = told["dealers"]
    assert (dealer["dealer"], dealer["visits_without_kits"], dealer["holds_overdue"]) == (w.EAST, 1, 1)  # fmt: skip
    assert {row["about"] for row in told["reasons"]} >= {"kits", "holds"}
    assert told["headline"].startswith("Area E, the four weeks from 2013-03-11: 1 dealer of 1 needs help.")  # fmt: skip
