"""A visit booked for two recalls, of which another dealer does the first before the day, and then the second.

One vehicle, booked at East for recalls A (2 hours, a pipe) and C (1 hour, a cover) on Wednesday of the second week. West repairs A on
Friday of the first week: from then on every place counts a visit for C alone. West does C, too: the visit is over. Two more vehicles of
East are open for A, and one for C.
"""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

import pytest

from corridors import world as w
from small_world import Desk, World, follow_up_file, vin

BOOKED, BESIDE, LATER, COVER_ONLY = (vin(number) for number in range(1, 5))
BEFORE, AFTER_A, AFTER_C = date(2013, 3, 7), date(2013, 3, 8), date(2013, 3, 9)
VISIT = date(2013, 3, 13)
HOURS, LEFT = {w.A: 2.0, w.C: 1.0}, {BEFORE: (w.A, w.C), AFTER_A: (w.C,), AFTER_C: ()}
PART = {w.A: w.PIPE, w.C: w.COVER}
DAYS = tuple(LEFT)


@pytest.fixture(scope="module")
def told(shared_desk: Desk) -> dict[date, dict[str, Any]]:
    """What each place says before, after the first repair, and after the second."""
    desk = shared_desk
    world = World(desk.folder / "input").dealer(w.EAST).dealer(w.WEST, "W")
    world.capacity(w.EAST, dict.fromkeys(w.MONDAYS, 10.0))
    for code, part in PART.items():
        world.campaign(code).labour(code, HOURS[code]).part(part).takes(code, part, 1)
        world.supply(part, {w.MONDAYS[0]: 5})
    world.vehicle(BOOKED, w.A, w.C, dealer=w.EAST).vehicle(BESIDE, w.A, dealer=w.EAST)
    world.vehicle(LATER, w.A, dealer=w.EAST).vehicle(COVER_ONLY, w.C, dealer=w.EAST)
    world.appointment(BOOKED, w.EAST, w.A, w.C, day=VISIT)
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {"name": "done", "campaigns": (w.A, w.C), "horizon_weeks": 6}
    response = {"share": w.SHARE, "scale_weeks": 1.0, "shape": 1.0, "background_per_week": 0}
    desk.do("followup", "new", follow_up_file(desk.folder / "done.toml", response, **stated), on=w.NOTICE)  # fmt: skip
    desk.do("plan", "done", "--policy", "uniform:3", on=w.NOTICE)
    desk.do("mail", "release", "done", 1, "--out", "out", on=w.FIRST_LETTER)
    found = {BEFORE: places(desk, BEFORE)}
    for day, code in ((AFTER_A, w.A), (AFTER_C, w.C)):
        repaired = World(desk.folder / code).repair(BOOKED, code, day, dealer=w.WEST)
        desk.do("load", repaired.write(), on=day)
        found[day] = places(desk, day)
    return found


def places(desk: Desk, on: date) -> dict[str, Any]:
    written = desk.do("notices", "done", "--out", f"notices-{on}", on=on)
    (file,) = (desk.folder / written["folder"]).rglob("weeks.csv")
    with file.open(encoding="utf-8") as lines:
        weeks = [row for row in csv.DictReader(lines) if row["dealer_code"] == w.EAST]
    return {
        "orders": desk.do("parts", "order", on=on),
        "workload": desk.do("workload", "done", on=on)["rows"],
        "notice": weeks,
        "desk": desk.do("dealer", "week", w.EAST, on=on),
        "visit": desk.do("dealer", "day", w.EAST, on=VISIT),
        "answer": desk.do("answer", BOOKED, on=on),
        "list": desk.do("vehicles", "--booked", on=on)["rows"],
        "vehicle": desk.do("report", "vehicle", BOOKED, on=on),
        "rehearsal": desk.do("rehearse", "done", "--runs", 20, on=on),
    }


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_kits_are_ordered_for_what_is_left(told: dict[date, dict[str, Any]], on: date) -> None:
    own = [row for row in told[on]["orders"] if row["dealer_code"] == w.EAST]
    booked = {row["part_no"]: row["order"] for row in own if row["booked"]}
    assert booked == {PART[code]: 1 for code in LEFT[on]}
    (visit,) = told[on]["visit"]["visits"] or [{"lacking": ""}]
    assert visit["lacking"] == ", ".join(sorted(booked))


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_workload_and_notice_have_the_hours_of_what_is_left(
    told: dict[date, dict[str, Any]], on: date
) -> None:
    hours, visits = sum(HOURS[code] for code in LEFT[on]), int(bool(LEFT[on]))
    (week,) = (one for one in told[on]["workload"] if one["week"] == w.MONDAYS[1].isoformat())
    assert (week["booked_visits"], week["booked_hours"]) == (visits, hours)
    notice = {one["week"]: float(one["booked_hours"]) for one in told[on]["notice"]}
    assert notice.get(w.MONDAYS[1].isoformat(), 0.0) == hours


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_the_desk_of_the_day_has_what_is_left_and_says_when_nothing_is(
    told: dict[date, dict[str, Any]], on: date
) -> None:
    left = LEFT[on]
    visits = told[on]["visit"]["visits"]
    assert [(one["campaigns"], one["hours"]) for one in visits] == (
        [("+".join(left), sum(HOURS[code] for code in left))] if left else []
    )
    said = [one["says"] for one in told[on]["visit"]["to_do"] if one["about"] == "eligibility"]
    over = f"{BOOKED} is booked for {VISIT}, and all of it ({w.A}+{w.C}) is done: tell its owner, and cancel the visit."
    assert said == ([] if left else [over])


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_who_calls_is_told_what_the_visit_is_for(
    told: dict[date, dict[str, Any]], on: date
) -> None:
    booking = told[on]["answer"]["booking"]
    assert (booking or {"campaigns": []})["campaigns"] == list(LEFT[on])
    said = told[on]["answer"]["visit"]
    assert [one.partition(" at ")[0] for one in said[:1]] == (
        [f"Booked for {', '.join(LEFT[on])}"] if LEFT[on] else []
    )


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_lists_and_rehearsals_count_what_is_left(
    told: dict[date, dict[str, Any]], on: date
) -> None:
    assert [(row["vin"], row["campaign"]) for row in told[on]["list"]] == [(BOOKED, code) for code in LEFT[on]]  # fmt: skip
    assert told[on]["rehearsal"]["analyst"]["booked"] == bool(LEFT[on])
