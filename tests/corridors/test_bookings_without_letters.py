"""A dealer that no letter sends anybody to, and at which two visits are booked: workload and notice tell the same of it.

East's owner is on the list; West has no vehicle of it, and two of another recall come: one of East's, and one of its own.
"""

from __future__ import annotations

import csv

import pytest

from corridors import world as w
from small_world import Desk, World, follow_up_file, vin

LISTED, OTHER, OWN = vin(1), vin(2), vin(3)


@pytest.fixture
def planned(desk: Desk) -> Desk:
    world = World(desk.folder / "input").dealer(w.EAST).dealer(w.WEST, "W")
    world.capacity(w.WEST, {w.MONDAYS[0]: 2.0})
    world.campaign(w.A).labour(w.A, 2.0).campaign(w.C).labour(w.C, 1.5)
    world.vehicle(LISTED, w.A, dealer=w.EAST).vehicle(OTHER, w.C, dealer=w.EAST)
    world.vehicle(OWN, w.C, dealer=w.WEST)
    for one in (OTHER, OWN):
        world.appointment(one, w.WEST, w.C, day=w.MONDAYS[1])
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {"name": "spring", "campaigns": (w.A,)}
    response = {"share": w.SHARE, "scale_weeks": 1.0, "shape": 1.0, "background_per_week": 0}
    desk.do("followup", "new", follow_up_file(desk.folder / "spring.toml", response, **stated), on=w.NOTICE)  # fmt: skip
    desk.do("plan", "spring", on=w.NOTICE)
    return desk


def test_the_workload_has_the_weeks_of_its_book(planned: Desk) -> None:
    rows = planned.do("workload", "spring", on=w.NOTICE)["rows"]
    west = {row["week"]: row for row in rows if row["dealer"] == w.WEST}
    assert list(west) == [day.isoformat() for day in w.MONDAYS]
    came = west[w.MONDAYS[1].isoformat()]
    assert (came["booked_visits"], came["booked_hours"], came["hours"], came["capacity"]) == (
        2,
        3.0,
        3.0,
        2.0,
    )
    assert sum(row["appointments"] for row in west.values()) == 2
    alone = planned.do("workload", "spring", "--dealer", w.WEST, on=w.NOTICE)["rows"]
    assert alone == list(west.values())


def test_its_notice_tells_what_the_workload_has(planned: Desk) -> None:
    rows = planned.do("workload", "spring", on=w.NOTICE)["rows"]
    written = planned.do("notices", "spring", on=w.NOTICE)
    (file,) = (planned.folder / written["folder"]).rglob("weeks.csv")
    with file.open(encoding="utf-8") as lines:
        told = {(row["dealer_code"], row["week"]): row for row in csv.DictReader(lines)}
    worked = {(row["dealer"], row["week"]): row for row in rows}
    assert (w.WEST, w.MONDAYS[1].isoformat()) in told
    for place, week in told.items():
        assert place in worked
        assert float(week["hours"]) == pytest.approx(worked[place]["hours"], abs=0.01)
        assert float(week["booked_hours"]) == worked[place]["booked_hours"]
