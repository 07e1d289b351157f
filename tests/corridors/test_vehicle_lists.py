"""From the files to the list behind a figure: which vehicles, why they are still open, and that each count opens its own rows."""

from __future__ import annotations

import csv
import shlex
from datetime import date, timedelta
from typing import Any

import pytest

from corridors import world as w
from corridors.test_second_notices import evidence
from corridors.walk import Walk
from opened_counts import opened
from renotify.cli import list_vehicles
from renotify.vehicle_lists import held_by
from renotify.vehicle_lists.list_columns import BESIDE, COLUMNS, PERSONAL
from small_world import Desk, World, follow_up_file, vin

NEVER_LISTED, WRITTEN, BACK, BOOKED, STOCKED, DONE, EXPORTED, LEASED = (vin(n) for n in range(1, 9))
EARLIER = date(2012, 12, 3)
MAILED, RETURNED, LATER = date(2013, 3, 7), date(2013, 3, 25), date(2013, 4, 2)


@pytest.fixture(scope="module")
def listed(shared_desk: Desk) -> Desk:
    """One recall. Two letters mailed, of which one came back; a visit booked; a vehicle in stock; one that came into it after the list."""
    desk = shared_desk
    world = World(desk.folder / "input").campaign(w.A, involved=8).dealer(w.EAST).labour(w.A, 2.0)
    world.dealer(w.WEST, "W", state="TX", zip="75001")
    for one in (WRITTEN, BACK, DONE, EXPORTED):
        world.vehicle(one, w.A, dealer=w.EAST, model=w.SMALL)
    world.vehicle(STOCKED, w.A, dealer=w.WEST, model=w.LARGE, model_year=2008, owner=None)
    world.in_stock(STOCKED, w.WEST, "used", w.LONG_AGO)
    world.vehicle(BOOKED, w.A, dealer=w.WEST, model=w.LARGE, model_year=2007, owner="=1+1")
    world.vehicle(LEASED, w.A, dealer=w.WEST, model=w.LARGE, owner=None, model_year=2007)
    world.owner(LEASED, role="lessor", name1="MADE-UP BANK", city="Dallas", state="TX", zip="75001")
    world.owner(LEASED, role="lessee", city="Tampa", state="FL", zip="33602", language="fr")
    world.repair(DONE, w.A, w.LONG_AGO, dealer=w.EAST).status(EXPORTED, "exported", w.LONG_AGO)
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {"name": "first", "campaigns": (w.A,), "horizon_weeks": 4}
    file = follow_up_file(desk.folder / "first.toml", {"share": 0.5}, **stated)
    desk.do("followup", "new", file, on=w.NOTICE)
    desk.do("plan", "first", "--policy", "all-at-once")
    desk.do("mail", "release", "first", 1, on=w.FIRST_LETTER)
    evidence(desk, "first", [WRITTEN, BACK], MAILED)
    later = World(desk.folder / "later")
    later.vehicle(NEVER_LISTED, w.A, dealer=w.EAST, model=w.SMALL)
    later.appointment(BOOKED, w.WEST, w.A, day=LATER)
    came_back = {"mailed_date": MAILED, "returned_date": RETURNED, "return_code": "UTF"}
    later.add("mail_events", vin=BACK, campaign_code=w.A, kind="returned", **came_back)
    long_ago = {"mailed_date": EARLIER, "returned_date": date(2012, 12, 20), "return_code": "UTF"}
    later.add("mail_events", vin=DONE, campaign_code=w.A, kind="mailed", mailed_date=EARLIER)
    later.add("mail_events", vin=DONE, campaign_code=w.A, kind="returned", **long_ago)
    desk.do("load", later.write(), on=date(2013, 3, 26))
    return desk


def ask(desk: Desk, *options: object) -> Any:
    return desk.do("vehicles", *options, on=LATER)


def vins(desk: Desk, *options: object) -> set[str]:
    return {row["vin"] for row in ask(desk, *options)["rows"]}


def test_every_open_vehicle_says_why_it_still_is(listed: Desk) -> None:
    rows = ask(listed, "--campaign", w.A)["rows"]
    assert {row["vin"]: (row["status"], row["reason"]) for row in rows} == {
        NEVER_LISTED: ("open", "in_no_follow_up"),
        WRITTEN: ("open", "no_answer"),
        BACK: ("open", "letter_returned"),
        BOOKED: ("open", "visit_booked"),
        STOCKED: ("open", "in_dealer_stock"),
        LEASED: ("open", "in_the_mail"),
        DONE: ("repaired", ""),
        EXPORTED: ("unreachable", "export"),
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--status", "open", "--model", "gs 350"), {BOOKED, STOCKED, LEASED}),
        (("--year", "2007"), {BOOKED, LEASED}),
        (("--year", "2007-2008", "--not-booked"), {LEASED, STOCKED}),
        (("--reason", "letter_returned", "--reason", "export"), {BACK, EXPORTED}),
        (("--owner-state", "fl"), {LEASED}),  # who drives it
        (("--owner-state", "TX"), {LEASED}),  # the bank holds it, too, and has a letter
        (("--owner-zip", "750"), {LEASED}),
        (("--owner-state", "TX", "--owner-zip", "336"), set()),  # nobody is there
        (("--owner-zip", "336"), {LEASED}),
        (("--language", "fr"), {LEASED}),
        (("--dealer-state", "TX", "--status", "open"), {BOOKED, STOCKED, LEASED}),
        (("--dealer-zip", "750", "--booked"), {BOOKED}),
        (("--area", "W"), {BOOKED, STOCKED, LEASED}),
        (("--dealer", w.WEST, "--owner-state", "MA"), {BOOKED}),
        (("--follow-up", "first", "--wave", "1", "--piece", "accepted"), {WRITTEN, BACK}),
        (("--follow-up", "first", "--piece", "any"), {WRITTEN, BACK, BOOKED, LEASED}),
        (("--follow-up", "first", "--left-out", "any"), {STOCKED, DONE, EXPORTED}),
        (("--follow-up", "first", "--left-out", "in_dealer_stock"), {STOCKED}),
        (("--never-contacted", "--status", "open"), {NEVER_LISTED, STOCKED}),
        (("--never-contacted", "--status", "repaired"), set()),  # somebody wrote, though the letter came back
        (("--contacted-before", EARLIER, "--status", "repaired"), set()),
        (("--contacted-since", EARLIER, "--status", "repaired"), {DONE}),
        (("--contacted-since", MAILED), {WRITTEN, BACK}),
        (("--contacted-before", MAILED, "--status", "open"), {NEVER_LISTED, STOCKED, BOOKED, LEASED}),
        (("--address-older-than", (LATER - date(2012, 12, 1)).days), set()),
        (("--address-older-than", (LATER - date(2012, 12, 1)).days - 1, "--model", w.LARGE), {BOOKED, LEASED}),
        (("--visit-since", LATER), {BOOKED}),
        (("--visit-dealer", w.WEST, "--visit-since", LATER), {BOOKED}),
        (("--visit-dealer", w.WEST, "--visit-before", LATER), set()),
        (("--visit-dealer", w.EAST), set()),  # it is booked, elsewhere
        (("--visit-since", LATER + timedelta(days=1)), set()),
        (("--visit-before", LATER), set()),
        (("--visit-before", LATER + timedelta(days=1)), {BOOKED}),
        (("--as-of", w.LONG_AGO.replace(day=4), "--status", "repaired"), set()),
    ],
)  # fmt: skip
@pytest.mark.parametrize("most", [100_000, 0], ids=["looked up", "all read"])
def test_a_filter_keeps_exactly_its_vehicles(
    listed: Desk,
    options: tuple[object, ...],
    expected: set[str],
    most: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(held_by, "MOST_LOOKED_UP", most)
    found = ask(listed, "--campaign", w.A, *options)
    assert {row["vin"] for row in found["rows"]} == expected
    assert (found["total"], found["vehicles"]) == (len(expected), len(expected))
    again = shlex.split(found["command"])
    assert again[:2] == ["renotify", "vehicles"]
    assert vins(listed, *again[2:]) == expected  # the command that it names lists the same


def test_each_column_says_what_was_loaded(listed: Desk) -> None:
    names = [*COLUMNS, *(name for name in BESIDE if name not in PERSONAL)]
    asked = ("--follow-up", "first", "--columns", ",".join(names), "--campaign", w.A)
    rows = {row["vin"]: row for row in ask(listed, *asked)["rows"]}
    known = {
        "vin": BOOKED, "campaign": w.A, "status": "open", "model": w.LARGE, "year": 2007, "dealer": w.WEST,
        "dealer_state": "TX", "dealer_zip": "75001", "area": "W", "bundle": w.A, "left_out": "", "planned_dealer": w.WEST,
        "week": "2013-03-04", "wave": 1, "reason": "visit_booked", "booked": LATER.isoformat(), "owner_state": "MA",
        "last_contact": w.FIRST_LETTER.isoformat(), "mailed": None, "returned": None,
    }  # fmt: skip
    assert {name: rows[BOOKED][name] for name in known} == known
    came_back = ("piece", "mailed", "returned", "last_contact", "booked", "reason")
    assert [rows[BACK][name] for name in came_back] == [
        "accepted", MAILED.isoformat(), RETURNED.isoformat(), MAILED.isoformat(), None, "letter_returned",
    ]  # fmt: skip
    assert rows[STOCKED]["left_out"] == "in_dealer_stock"
    assert rows[DONE]["since"] == w.LONG_AGO.isoformat()
    assert rows[LEASED]["language"] == "fr"
    assert all(set(row) == set(names) for row in rows.values())


def test_groups_are_counted_with_the_largest_first(listed: Desk) -> None:
    found = ask(listed, "--status", "open", "--by", "model,state")
    assert [(r["model"], r["owner_state"], r["count"]) for r in found["rows"]] == [
        (w.SMALL, "MA", 3), (w.LARGE, "FL", 1), (w.LARGE, "MA", 1), (w.LARGE, None, 1),
    ]  # fmt: skip
    assert found["total"] == 6
    by_year = ask(listed, "--by", "year")["rows"]
    assert [(r["year"], r["count"]) for r in by_year] == [(2006, 5), (2007, 2), (2008, 1)]


def test_rows_are_sorted_and_cut_and_the_total_counts_all(listed: Desk) -> None:
    found = ask(listed, "--sort", "-year,vin", "--first", 2, "--columns", "vin,year")
    assert (found["total"], len(found["rows"])) == (8, 2)
    assert [row["year"] for row in found["rows"]] == [2008, 2007]
    latest = ask(listed, "--sort", "-last_contact", "--first", 2, "--columns", "vin,dealer,reason")
    assert {row["vin"] for row in latest["rows"]} == {WRITTEN, BACK}
    assert {row["reason"] for row in latest["rows"]} == {"no_answer", "letter_returned"}


def test_names_leave_for_the_recall_alone_and_it_is_kept_to_whom(listed: Desk) -> None:
    refused = listed.run("vehicles", "--columns", "vin,name1")
    assert (refused.code, refused.out) == (1, "")
    assert "--owners-to" in refused.err
    other = listed.run("vehicles", "--booked", "--owners-to", "a broker", "--purpose", "sales")
    assert (other.code, other.out) == (1, "")
    assert listed.run("vehicles", "--by", "name1").code == 2
    before = listed.sql("select count(*) from disclosure")[0][0]
    found = ask(listed, "--booked", "--owners-to", "the call centre", "--purpose", "recall")
    assert [(row["name1"], row["city"]) for row in found["rows"]] == [("=1+1", "Boston")]
    kept = listed.sql("select recipient, purpose, vehicles from disclosure order by id")
    assert kept[before:] == [("the call centre", "recall", 1)]


def test_only_the_columns_that_are_named_leave(listed: Desk) -> None:
    to = ("--owners-to", "me", "--purpose", "recall")
    (row,) = ask(listed, "--owner-state", "FL", "--columns", "vin,name1", *to)["rows"]
    assert set(row) == {"vin", "name1"}
    (row,) = ask(listed, "--owner-state", "FL", *to)["rows"]
    assert set(row) >= {"name1", "addr1", "phone", "owner_zip"}


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_a_file_has_every_row_with_its_type_and_text_stays_text(listed: Desk, ending: str) -> None:
    file = listed.folder / f"list.{ending}"
    said = ask(listed, "--out", file, "--owners-to", "me", "--purpose", "recall", "--sort", "vin")
    assert (said["total"], said["file"]) == (8, str(file))
    rows = read(file)
    assert len(rows) == 8
    (booked,) = [row for row in rows if row["vin"] == BOOKED]
    assert booked["name1"] == "=1+1"
    if ending != "csv":
        assert booked["year"] == 2007
        assert str(booked["booked"])[:10] == LATER.isoformat()


def read(file: Any) -> list[dict[str, Any]]:
    if file.suffix == ".csv":
        return list(csv.DictReader(file.open(encoding="utf-8")))
    if file.suffix == ".parquet":
        from pyarrow.parquet import read_table

        return read_table(file).to_pylist()
    from openpyxl import load_workbook

    sheet = load_workbook(file).active
    assert (sheet.freeze_panes, bool(sheet.auto_filter.ref)) == ("A2", True)
    head, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


@pytest.mark.parametrize(
    "options",
    [
        ("--owner-state", "wy"),
        ("--reason", "theft"),
        ("--reason", "letter_spoiled"),
        ("--reason", "in_dealer_stock", "--status", "repaired"),
        ("--reason", "", "--status", "open"),
    ],
)
def test_a_value_that_is_known_and_that_no_row_has_lists_nothing(
    listed: Desk, options: tuple[str, ...]
) -> None:
    assert ask(listed, *options)["total"] == 0


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--model", "GS350"), 1, "Did you mean GS 350"),
        (("--status", "opne"), 2, "Known are open"),
        (("--wave", "1"), 2, "--follow-up NAME"),
        (("--columns", "wave"), 2, "--follow-up NAME"),
        (("--columns", "color"), 2, "There is no column"),
        (("--by", "modle"), 2, "Did you mean model?"),
        (("--campaign", "AAA"), 1, "AAA"),
        (("--follow-up", "second"), 1, "second"),
        (("--out", "list.doc"), 2, ".xlsx"),
        (("--year", "07"), 2, "2006-2008"),
        (("--by", "model", "--sort", "year"), 2, "--by counts groups"),
        (("--year", "2008-2006"), 2, "write 2006-2008"),
        (("--reason", "leter_returned"), 1, "Did you mean letter_returned"),
        (("--reason", "foo"), 1, "Known are export, "),
        (
            ("--follow-up", "first", "--left-out", "unreachable_exprt"),
            1,
            "Did you mean unreachable_export",
        ),
        (
            ("--follow-up", "first", "--left-out", "foo"),
            1,
            "Known are any, in_dealer_stock, repaired, unreachable_export.",
        ),
        (("--follow-up", "first", "--wave", "99"), 1, "Known are 1."),
        (("--owner-state", "ZZ"), 1, "No owner's state is 'ZZ'."),
        (("--language", "xx"), 1, "Known are en, es, fr."),
        (("--language", "xx"), 1, "No owner asked for the language 'xx'."),
    ],
)
def test_what_cannot_be_listed_is_refused_with_what_can(
    listed: Desk, options: tuple[str, ...], code: int, words: str
) -> None:
    answer = listed.run("vehicles", *options)
    assert (answer.code, answer.out) == (code, "")
    assert words in answer.err


def test_a_day_that_changes_no_status_says_so_and_names_what_does(listed: Desk) -> None:
    before = w.LONG_AGO.replace(day=4)  # the day before the one repair
    told = (
        f"Statuses, letters and visits are as known now: --on {before} is the day of owners and addresses only."
        f" Statuses as they stood then: --as-of {before}."
    )
    repaired = ("--campaign", w.A, "--status", "repaired")
    on_day = listed.do("vehicles", *repaired, on=before)
    assert (on_day["total"], on_day["note"]) == (1, told)
    printed = listed.run("vehicles", *repaired, "--on", before).out
    assert " ".join(printed.split()).endswith(told)
    as_of = listed.do("vehicles", *repaired, "--as-of", before, on=before)
    assert (as_of["total"], "note" in as_of) == (0, False)
    assert "note" not in listed.do("vehicles", *repaired)  # no day was given
    assert (
        " ".join(listed.run("vehicles", "--help").out.split()).count("it does not change a status")
        == 1
    )


def test_the_command_that_repeats_an_answer_keeps_its_day(listed: Desk) -> None:
    recorded = date(2012, 12, 1)  # the day of every address
    older = ("--campaign", w.A, "--address-older-than", 30, "--model", w.LARGE)
    for day, total in ((recorded + timedelta(days=30), 0), (recorded + timedelta(days=31), 2)):
        found = listed.do("vehicles", *older, on=day)
        assert found["total"] == total
        words = shlex.split(found["command"])
        assert words[words.index("--on") + 1] == day.isoformat()
        assert listed.do(*words[1:])["total"] == total
    assert "--on" not in listed.do("vehicles", *older)["command"]


def test_each_figure_of_the_status_is_the_length_of_its_list(walk: Walk) -> None:
    for counted in walk.desk.do("status", "--by", "dealer", on=w.NOTICE):
        of_it = ("--campaign", counted["campaign"], "--dealer", counted["dealer"])
        asked = (*of_it, "--as-of", w.NOTICE, "--by", "status")
        by_status = walk.desk.do("vehicles", *asked, on=w.NOTICE)["rows"]
        found = {row["status"]: row["count"] for row in by_status}
        names = ("open", "repaired", "inspected_ok", "removed")
        assert {name: found.get(name, 0) for name in names} == {
            name: counted[name] for name in names
        }
        assert found.get("unreachable", 0) == sum(counted["unreachable"].values())


def test_a_list_of_booked_visits_says_which_are_past_and_opens_them(listed: Desk) -> None:
    """Booked for April 2: on that day it is to come, on the 3rd nobody has said what became of it."""
    today = listed.run("vehicles", "--booked", "--on", LATER).out
    assert "whose day is before" not in today
    tomorrow = LATER + timedelta(days=1)
    for line in (("--booked",), ("--booked", "--by", "campaign")):
        said = listed.run("vehicles", *line, "--on", tomorrow).out
        flat = " ".join(said.split())
        assert (
            f"Of these 1 has a visit whose day is before {tomorrow} and which nobody has reported"
            in flat
        )
        assert f"\nrenotify vehicles --visit-before {tomorrow}\n" in said
        assert f"--visit-before {tomorrow}" in listed.do("vehicles", *line, on=tomorrow)["note"]
    assert {row["vin"] for row in ask(listed, "--visit-before", tomorrow)["rows"]} == {BOOKED}
    assert "whose day" not in listed.run("vehicles", "--not-booked", "--on", tomorrow).out


def test_groups_that_are_not_shown_are_counted(
    listed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = "2 more groups: --first N shows them, --out FILE.csv"
    assert more in listed.run("vehicles", "--by", "status", "--first", 1, "--on", LATER).out
    monkeypatch.setattr(list_vehicles, "GROUPS", 1)
    assert more in listed.run("vehicles", "--by", "status", "--on", LATER).out
    assert len(ask(listed, "--by", "status")["rows"]) == 3  # a file and JSON have all
    assert "more group" not in listed.run("vehicles", "--by", "status", "--first", 3).out


def test_each_count_of_the_page_of_a_follow_up_opens_as_many_rows(listed: Desk) -> None:
    """Of its day, and of one before the second load, the mailing and the return: statuses, letters and areas as they stood then."""
    for day in (LATER, w.FIRST_LETTER):
        opens = listed.do("summary", "first", "--out", listed.folder / "page.html", on=day)["opens"]
        vehicles = [one for one in opens if one["command"].startswith("renotify vehicles")]
        for one in vehicles:
            assert one["count"] in opened(listed, one["command"]), one
        found = {one["what"]: one["count"] for one in vehicles}
        when = "Apr 2" if day == LATER else "Mar 5"
        mailed = (
            {f"letters mailed by {when}": 2, f"letter that came back by {when}": 1}
            if day == LATER
            else {}
        )
        # one exported and one repaired long ago; five letters, of the leased one two; an eighth vehicle came into the recall later
        expected = {
            f"involved in {w.A}": 8 if day == LATER else 7, f"repaired in {w.A}": 1, f"unreachable in {w.A}": 1,
            f"repair done by {when}": 1, f"out of reach by {when}": 1, f"letters released by {when}": 5, **mailed,
        }  # fmt: skip
        assert found | expected == found
        assert ("open in area E" in found, "open in area W" in found) == (True, True)
