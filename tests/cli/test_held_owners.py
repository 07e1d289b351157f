"""At the command line: vehicles held for a refused owner row, those that nobody has any more, and letters that came back."""

from __future__ import annotations

from datetime import date

import pytest

from cases import at_once
from renotify.ledger.session import open_session
from renotify.mailing import resending
from small_world import Desk, World, follow_up_file, vin

VIN = vin(1)
NOTICE = date(2013, 2, 26)


def test_a_held_vehicle_is_listed_by_file_and_row_and_let_go_by_a_person(tmp_path):
    desk = Desk(f"sqlite:///{tmp_path}/held.sqlite3", tmp_path / "desk")
    world = World(tmp_path / "in").campaign("9LA").dealer("D0001")
    world.vehicle(VIN, "9LA", dealer="D0001", owner=None).owner(VIN, as_of=date(2009, 5, 1))
    world.owner(VIN, as_of=date(2012, 11, 1), name1="ANASTASIA MADEUP", end_date=date(2000, 1, 1))
    said = desk.run("load", world.write(), "--on", "2013-02-26").out
    assert "See: renotify owners refused." in said
    listed = desk.run("owners", "refused").out
    assert VIN in listed
    assert "owners.csv" in listed
    assert "MADEUP" not in listed
    assert desk.run("owners", "refused", "--json").json == [
        {
            "vin": VIN,
            "role": "owner",
            "as_of": "2012-11-01",
            "field": "end_date",
            "file": "owners.csv",
            "row": 3,
        }
    ]
    assert "the owner on record stands" in desk.run("owners", "settle", VIN).out
    assert desk.run("owners", "settle", VIN).code == 1
    assert "No vehicle is held" in desk.run("owners", "refused").out


def test_the_work_on_letters_of_a_follow_up_nobody_made_is_refused(tmp_path):
    desk = Desk(f"sqlite:///{tmp_path}/held.sqlite3", tmp_path / "desk")
    with open_session(desk.ledger):
        pass  # an empty one
    for command in (("work", "spring"), ("trace", "spring", "--to", "V"), ("resend", "spring")):
        refused = desk.run("mail", *command)
        assert refused.code == 1
        assert "There is no follow-up 'spring'" in refused.err


def test_letters_sent_again_are_in_a_wave_whose_number_a_re_plan_changes(tmp_path, monkeypatch):
    """It was told to release wave 22, and after the re-plan of the same Monday there was no wave 22."""
    done = {
        "follow_up": "spring",
        "wave": 22,
        "pieces": 6,
        "spent": 0,
        "week": "2013-03-18",
        "put_off": [],
        "warnings": [],
    }
    monkeypatch.setattr(resending, "resend", lambda *_: done)
    desk = Desk(f"sqlite:///{tmp_path}/again.sqlite3", tmp_path / "desk")
    with open_session(desk.ledger):
        pass
    said = desk.run("mail", "resend", "spring", "--on", "2013-03-18").out
    assert "Next: renotify mail release spring 22" in said
    assert "A re-plan numbers the waves that are not released anew" in said
    assert "renotify followup show spring says which is that of 2013-03-18" in said


GAVE_UP, NEVER_KNOWN, LEASED, SOLD_ON, IN_STOCK, REFUSED, KEPT = (
    vin(number) for number in range(2, 9)
)


@pytest.fixture(scope="module")
def searching(tmp_path_factory) -> Desk:
    """Seven open vehicles on the day of the notice: who gave one up, leased it, sold it, or has it."""
    folder = tmp_path_factory.mktemp("searching")
    world = World(folder / "in").campaign("9LA").dealer("D0001").dealer("D0002")
    for one in (GAVE_UP, NEVER_KNOWN, LEASED, SOLD_ON, IN_STOCK, REFUSED, KEPT):
        world.vehicle(one, "9LA", dealer="D0001", owner="KIM MADEUP" if one == KEPT else None)
    over = {"end_date": date(2012, 12, 31), "name1": "PAT MADEUP"}
    world.owner(GAVE_UP, as_of=date(2007, 5, 1), **over)
    world.owner(LEASED, as_of=date(2007, 5, 1), role="lessee", **over)
    world.owner(SOLD_ON, as_of=date(2007, 5, 1)).in_stock(SOLD_ON, "D0002", "used", date(2012, 3, 1), date(2012, 4, 2))  # fmt: skip
    world.owner(IN_STOCK, as_of=date(2007, 5, 1)).in_stock(IN_STOCK, "D0002", "used", date(2012, 3, 1))  # fmt: skip
    world.owner(REFUSED, as_of=date(2007, 5, 1), **over)
    world.owner(REFUSED, as_of=date(2013, 1, 2), end_date=date(2000, 1, 1))
    desk = Desk(f"sqlite:///{folder}/searching.sqlite3", folder / "desk")
    desk.do("load", world.write(), on=NOTICE)
    return desk


def test_vehicles_that_nobody_has_any_more_are_a_work_list_with_what_to_do(searching):
    rows = searching.do("owners", "unknown", on=NOTICE)
    assert [(row["vin"], row["reason"], row["role"], row["dealer_code"]) for row in rows] == sorted([
        (GAVE_UP, "no_current_owner", "owner", "D0001"), (NEVER_KNOWN, "no_owner", "", "D0001"),
        (LEASED, "no_current_owner", "", "D0001"), (SOLD_ON, "no_current_owner", "", "D0002"),
    ])  # fmt: skip
    told = {row["vin"]: row["what_to_do"] for row in rows}
    assert "renotify owners settle VIN --not-found" in told[GAVE_UP]
    assert "ask the dealer who bought it" in told[SOLD_ON]
    assert told[NEVER_KNOWN] == told[LEASED]
    assert "Nobody who bought it is on record" in told[LEASED]
    said = searching.run("owners", "unknown", "--vehicles", "unknown.csv", "--on", NOTICE).out
    written = (searching.folder / "unknown.csv").read_text(encoding="utf-8")
    assert written.count("\n") == 5
    assert "MADEUP" not in said + written


def test_before_the_day_the_owner_gave_it_up_the_vehicle_is_not_on_the_list(searching):
    rows = searching.do("owners", "unknown", on=date(2012, 12, 30))
    assert {row["vin"] for row in rows} == {NEVER_KNOWN, SOLD_ON}


@at_once(
    ("vehicle", "why"),
    [
        (KEPT, "is not among the open vehicles that nobody holds"),
        (IN_STOCK, "is not among the open vehicles that nobody holds"),
        (SOLD_ON, "ask the dealer who bought it"),
        (NEVER_KNOWN, "Nobody who bought it is on record"),
        (LEASED, "Nobody who bought it is on record"),
        (REFUSED, "A newer owner row"),
    ],
)
def test_a_search_is_not_ended_where_no_last_purchaser_may_be_written_to(searching, vehicle, why):
    refused = searching.run("owners", "settle", GAVE_UP, vehicle, "--not-found", "--on", NOTICE)
    assert refused.code == 1
    assert why in refused.err
    assert searching.sql("select count(*) from owner_search") == [(0,)]


def test_a_search_needs_a_vehicle_and_refused_rows_are_settled_one_by_one(searching):
    assert searching.run("owners", "settle", "--not-found").code == 2
    assert searching.run("owners", "settle", KEPT, GAVE_UP).code == 2
    assert "No ended search" in searching.run("owners", "settle", KEPT, "--withdrawn").err


def test_after_a_search_the_last_purchaser_is_on_the_list_and_gets_the_letter(searching):
    """Of the seven vehicles KEPT is written to; GAVE_UP too once its search has ended, in a list of its own: KEPT has a letter planned."""

    def frozen(name):
        settings = follow_up_file(searching.folder / f"{name}.toml", {"share": 0.5}, name=name, kind="follow_up_voluntary",
                                  campaigns=["9LA"], notice_date=NOTICE)  # fmt: skip
        listed = searching.do("followup", "new", settings, on=NOTICE)
        return listed["listed"], listed["left_out"]

    assert frozen("before") == (
        1, {"in_dealer_stock": 1, "no_current_owner": 3, "no_owner": 1, "owner_row_refused": 1},
    )  # fmt: skip
    settled = ("owners", "settle", GAVE_UP.lower(), "--not-found")
    assert searching.do(*settled, on=NOTICE) == {"settled": 1, "withdrawn": False}
    assert searching.do(*settled, on=NOTICE)["settled"] == 0  # said again: nothing new
    assert GAVE_UP not in {row["vin"] for row in searching.do("owners", "unknown", on=NOTICE)}
    assert frozen("after")[0] == 1
    holder = searching.do("explain", GAVE_UP, on=NOTICE)["holder"]
    assert holder["records"] == [{"role": "owner", "as_of": "2007-05-01"}]
    assert "is the last purchaser known" in holder["sentence"]
    taken_back = searching.do("owners", "settle", GAVE_UP, "--withdrawn", on=NOTICE)
    assert taken_back == {"settled": 1, "withdrawn": True}
    assert GAVE_UP in {row["vin"] for row in searching.do("owners", "unknown", on=NOTICE)}
    listed = searching.folder / "found_nobody.csv"
    listed.write_text(f"vin\n{GAVE_UP}\n", encoding="utf-8")
    assert searching.do("owners", "settle", "--file", listed, "--not-found", on=NOTICE)["settled"] == 1  # fmt: skip
    assert GAVE_UP not in {row["vin"] for row in searching.do("owners", "unknown", on=NOTICE)}
