"""At the command line: vehicles held for a refused owner row, and letters that came back."""

from __future__ import annotations

from datetime import date

from small_world import Desk, World, vin

VIN = vin(1)


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
        {"vin": VIN, "role": "owner", "as_of": "2012-11-01", "file": "owners.csv", "row": 3}
    ]
    assert "the owner on record stands" in desk.run("owners", "settle", VIN).out
    assert desk.run("owners", "settle", VIN).code == 1
    assert "No vehicle is held" in desk.run("owners", "refused").out


def test_the_work_on_letters_of_a_follow_up_nobody_made_is_refused(tmp_path):
    desk = Desk(f"sqlite:///{tmp_path}/held.sqlite3", tmp_path / "desk")
    for command in (("work", "spring"), ("trace", "spring", "--to", "V"), ("resend", "spring")):
        refused = desk.run("mail", *command)
        assert refused.code == 1
        assert "There is no follow-up 'spring'" in refused.err
