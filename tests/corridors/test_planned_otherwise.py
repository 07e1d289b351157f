"""Kits and labour times that are loaded after a plan was made: what is counted by the plan says so, until a re-plan has heard of them."""

from __future__ import annotations

import pytest

from corridors import world as w
from small_world import Desk, World, follow_up_file, vin

RESPONSE = {"share": 0.5, "scale_weeks": w.HALF_LIFE, "shape": 1.0, "background_per_week": 0}
PIPE, SHIM = "PIPE", "SHIM"


@pytest.fixture
def planned(desk: Desk) -> Desk:
    """Four vehicles, an hour and one pipe each; a shim is on sale, and no campaign takes it."""
    world = World(desk.folder / "input").dealer(w.EAST).campaign(w.A).labour(w.A, 1.0)
    for part in (PIPE, SHIM):
        world.part(part).supply(part, {w.MONDAYS[0]: 90.0})
    world.takes(w.A, PIPE, 1, take_rate=1.0)
    for number in range(4):
        world.vehicle(vin(number), w.A, dealer=w.EAST)
    desk.do("load", world.write(), on=w.NOTICE)
    file = follow_up_file(
        desk.folder / "spring.toml",
        RESPONSE,
        **(w.SETTINGS | {"name": "spring", "campaigns": (w.A,), "rest_weeks": 0}),
    )
    desk.do("followup", "new", file, on=w.NOTICE)
    desk.do("plan", "spring", on=w.NOTICE)
    return desk


def behind(desk: Desk) -> dict[str, list[str]]:
    return {
        row["part_no"]: row["planned_otherwise"]
        for row in desk.do("parts", "pool", on=w.FIRST_LETTER)
    }


def test_kits_that_the_plan_does_not_know_are_named_until_it_is_made_again(planned: Desk) -> None:
    assert behind(planned) == {PIPE: [], SHIM: []}
    more = World(planned.folder / "more").takes(w.A, SHIM, 2, take_rate=1.0)
    planned.do("load", more.write(), on=w.FIRST_LETTER)
    assert behind(planned) == {PIPE: [], SHIM: ["spring"]}
    said = " ".join(planned.run("parts", "pool", "--on", w.FIRST_LETTER).out.split())
    assert (
        "SHIM: campaign_parts have other kits a visit than the plan of spring reckons with" in said
    )
    planned.do("replan", "spring", on=w.FIRST_LETTER)
    assert behind(planned) == {PIPE: [], SHIM: []}


def test_a_list_that_has_ended_is_behind_nothing(planned: Desk) -> None:
    more = World(planned.folder / "more").takes(w.A, SHIM, 2, take_rate=1.0)
    planned.do("load", more.write(), on=w.FIRST_LETTER)
    planned.do("followup", "end", "spring", "--because", "another way", on=w.FIRST_LETTER)
    assert behind(planned)[SHIM] == []


def test_hours_that_the_plan_does_not_know_are_named_until_it_is_made_again(planned: Desk) -> None:
    def said() -> list[str]:
        sentences = planned.do("workload", "spring", on=w.FIRST_LETTER)["sentences"]
        return [one for one in sentences if one.startswith("Labour times")]

    assert said() == []
    planned.do("load", World(planned.folder / "more").labour(w.A, 2.5).write(), on=w.FIRST_LETTER)
    (one,) = said()
    assert one == (
        "Labour times of 9LA have other hours now than the plan of spring reckons with; hours of visits that are not booked are by the"
        " plan. Next: renotify replan spring."
    )
    planned.do("replan", "spring", on=w.FIRST_LETTER)
    assert said() == []
