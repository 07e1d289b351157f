"""Ten kits more through the commands: no plan, draft or re-plan removes less than the plan in force (decision 0147)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from corridors import one_recall
from corridors import world as w
from corridors.one_recall import by_week
from renotify.planner import plan_by_policy, two_level
from small_world import Desk, World

KITS = 50.0  # of the pool, by one_recall
STARTED = "It starts from the letters of the plan before, cut to today's limits and topped up: "


@pytest.fixture
def planned(desk: Desk) -> Desk:
    one_recall.frozen(desk)
    assert by_week(desk.do("plan", "small", on=w.NOTICE)) == {0: 4, 1: 4, 2: 4}
    return desk


@pytest.fixture
def poor_planner(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planner whose drafts made anew keep every limit and send each letter a week later than need be."""

    def a_week_late(problem: Any, _guide: Any) -> Any:
        late = replace(problem, first_week=np.minimum(problem.first_week + 1, problem.weeks - 1))
        return replace(two_level.draft(late, None), problem=problem)

    monkeypatch.setattr(plan_by_policy, "draft", a_week_late)
    monkeypatch.setattr(plan_by_policy, "_branched", lambda _problem, _masters, best, **_: best)
    monkeypatch.setattr(plan_by_policy, "greedy_unless_beaten", lambda *_: None)
    monkeypatch.setattr(plan_by_policy, "late_stages", lambda made: made)


def ten_more(desk: Desk, where: str) -> None:
    """Load ten kits more: at the pool in the first week, or on the dealer's shelf."""
    world = World(desk.folder / f"more-{where}")
    if where == "pool":
        world.supply(w.PIPE, {w.MONDAYS[0]: KITS + 10})
    else:
        world.count(w.EAST, w.PIPE, w.NOTICE, 10)
    desk.do("load", world.write(), on=w.NOTICE)


@pytest.mark.parametrize("where", ["pool", "shelf"])
@pytest.mark.parametrize(
    "command", [("plan",), ("replan",), ("plan", "--as", "beside")], ids=" ".join
)
def test_ten_kits_more_lose_nothing_whoever_plans(
    planned: Desk, poor_planner, where: str, command: tuple[str, ...]
) -> None:
    """Four letters a week from the first on; made anew by a poor planner each would go a week later."""
    ten_more(planned, where)
    verb, *rest = command
    again = planned.do(verb, "small", *rest, on=w.NOTICE)
    assert by_week(again) == {0: 4, 1: 4, 2: 4}
    told = [one for one in again["messages"] if one.startswith(STARTED)]
    # two of the three weeks are promised to the mail house: a re-plan has four letters of week 2 to lose, one week each
    assert len(told) == 1


def test_without_a_plan_in_force_there_is_nothing_to_start_from(desk: Desk, poor_planner) -> None:
    one_recall.frozen(desk)
    assert by_week(desk.do("plan", "small", on=w.NOTICE)) == {1: 4, 2: 4, 3: 4}


def test_a_plain_policy_is_its_rule_whatever_is_in_force(planned: Desk) -> None:
    assert by_week(
        planned.do("plan", "small", "--policy", "uniform:6", on=w.NOTICE)
    ) == dict.fromkeys(range(6), 2)
