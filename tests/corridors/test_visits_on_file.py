"""Visits that a dealer had on file before the list was frozen, and which a later file says were booked after it: they are nobody's answer.

By files and commands only. Of 160 owners with a letter 40 had a visit on file at the freeze; of the 120 others 24 answer in the two weeks
after their letter, and nobody in the three months that follow: 20 %.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from corridors import world as w
from small_world import Desk, World, follow_up_file, vin, write_csv

ON_FILE, WITHOUT = range(40), range(40, 160)
ANSWER = WITHOUT[:24]
WAITING = range(160, 164)  # of the second wave, which is never released
SHARE = len(ANSWER) / len(WITHOUT)
MAILED = w.FIRST_LETTER + timedelta(days=1)
READ = MAILED + timedelta(weeks=14)
VISIT = MAILED + timedelta(weeks=4)


def visits(world: World, *, booked_on: bool, status: str = "booked") -> World:
    """The same forty appointments; of twenty a later file says that they were made before the letter, of twenty that it was after it."""
    for number in ON_FILE:
        days = -3 if number < len(ON_FILE) / 2 else 10
        said = MAILED + timedelta(days=days) if booked_on else None
        world.appointment(vin(number), w.EAST, w.A, day=VISIT, booked_on=said, status=status)
    return world


@pytest.fixture(scope="module")
def told(shared_desk: Desk) -> Desk:
    desk = shared_desk
    world = World(desk.folder / "input").dealer(w.EAST).campaign(w.A).labour(w.A, 1.0)
    for number in (*ON_FILE, *WITHOUT):
        world.vehicle(vin(number), w.A, dealer=w.EAST)
    for number in WAITING:
        world.vehicle(vin(number), w.A, dealer=w.EAST, owner=None)
        world.owner(vin(number), as_of=w.LONG_AGO)
    desk.do("load", visits(world, booked_on=False).write(), on=w.NOTICE)
    stated = w.SETTINGS | {
        "name": "spring",
        "campaigns": (w.A,),
        "mail_house_letters_per_week": len(ON_FILE) + len(WITHOUT),
        "horizon_weeks": 26,
    }
    # what is stated pulls the learned share nowhere
    response = {"share": SHARE, "scale_weeks": 2.0, "shape": 1.0, "background_per_week": 0}
    file = follow_up_file(desk.folder / "spring.toml", response, **stated)
    assert desk.do("followup", "new", file, on=w.NOTICE)
    # a voluntary letter waits while a visit stands (decision 0126): the next file calls the visits off, and a later one has them again
    called_off = visits(World(desk.folder / "called-off"), booked_on=False, status="cancelled")
    desk.do("load", called_off.write(), on=w.NOTICE)
    desk.do("plan", "spring", on=w.NOTICE)
    out = desk.do("mail", "release", "spring", 1, "--out", "out", on=w.FIRST_LETTER)
    assert out["printed"] == len(ON_FILE) + len(WITHOUT)
    pieces = desk.sql("select piece_id from piece where state = 'printed'")
    rows = [{"piece_id": piece, "status": "accepted", "mailed_date": MAILED} for (piece,) in pieces]
    desk.do("mail", "accept", "spring", 1, write_csv(desk.folder / "evidence.csv", rows), on=MAILED)
    later = visits(World(desk.folder / "later"), booked_on=True)
    for place, number in enumerate(ANSWER):
        day = MAILED + timedelta(days=5 if place % 2 else 12)
        later.appointment(
            vin(number), w.EAST, w.A, day=day + timedelta(weeks=1), status="done", booked_on=day
        )
    desk.do("load", later.write(), on=VISIT)
    return desk


def test_who_had_a_visit_on_file_at_the_freeze_answers_no_letter_whatever_a_later_file_says(
    told: Desk,
) -> None:
    (kept,) = told.sql(
        f"select count(*), count(booked_on) from appointment where start like '{VISIT}%'"
    )
    assert kept == (len(ON_FILE), len(ON_FILE))  # the later file was taken
    (every,) = told.do("report", "outreach", "spring", "--by", "language", on=READ)["classes"]
    assert (every["mailed"], every["answered"], every["share"]) == (
        len(WITHOUT),
        len(ANSWER),
        SHARE,
    )


def test_the_share_that_is_learned_is_that_of_those_whom_the_letter_asked_in(told: Desk) -> None:
    """With their forty visits as answers it would be 64 of 160, with those after the letter alone 44 of 140."""
    said = " ".join(told.do("replan", "spring", on=READ)["messages"])
    found = re.search(r"about ([\d.]+) % of owners answer a letter \(([\d.]+) to ([\d.]+) %", said)
    assert found, said
    mean, low, high = (float(one) for one in found.groups())
    assert low < 100 * SHARE < high < 100 * 44 / 140
    assert mean == pytest.approx(100 * SHARE, abs=1.5)
    assert f"Learned from {len(WITHOUT)} letters; stated 20.0 %." in said
