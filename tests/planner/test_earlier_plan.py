"""A plan that starts from an earlier one never removes less: more kits make no plan worse, proven or not (decision 0147)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from planner.cases import bundle, dealer, problem
from planner.hostile_problems import hostile
from planner.lumpy_problems import lumpy
from renotify.errors import BadInput, Refused
from renotify.planner import plan_by_policy, two_level
from renotify.planner.earlier_plan import letters_of_document
from renotify.planner.letter_plan import LetterPlan, exposure_removed, to_json
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify
from renotify.planner.problem import Problem
from renotify.planner.replan import replan

ROUNDING = 1e-9
# most of them are unproven; of number 6 ten kits more, and one on each shelf, take 0.0048 vehicle-weeks from a plan made anew
HOSTILE = (0, 1, 2, 3, 4)
LUMPY = (1, 10, 11, 20)
MORE = {  # kits of every part: at the pool, and on each dealer's shelf
    "ten": {"supply": 10}, "one": {"supply": 1}, "on shelves": {"stock": 1},
}  # fmt: skip
CASES = [
    *[(hostile, seed, tuple(MORE)) for seed in HOSTILE],
    *[(lumpy, seed, tuple(MORE)) for seed in LUMPY],
    (hostile, 6, ("ten",)),  # two seconds a plan
    pytest.param(hostile, 6, ("one", "on shelves"), marks=pytest.mark.slow),
]


def pair(**changes):
    """Two kits; the graver owner's visit takes both (3), the other two owners' one each (2 and 2 vehicle-weeks)."""
    two = [bundle("grave", risk=3, kits={"P": 2}), bundle("light", risk=2, kits={"P": 1})]
    supply = changes.pop("supply", {"P": [2]})
    owners = {("grave", "d"): 1, ("light", "d"): 2}
    return problem(two, [dealer()], owners, weeks=1, supply=supply, **changes)


LIGHT = np.array([[[0]], [[2]]], np.int32)


@pytest.fixture
def greedy_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planner whose only draft is the greedy one, riskiest first: its plans are far from proven."""
    monkeypatch.setattr(
        plan_by_policy, "draft", lambda problem, _guide: two_level.draft(problem, None)
    )
    monkeypatch.setattr(plan_by_policy, "_branched", lambda _problem, _masters, best, **_: best)


def test_a_plan_is_not_below_the_letters_that_it_starts_from(greedy_alone) -> None:
    assert plan(pair()).objective == 3.0
    started = plan(pair(), start=LIGHT)
    assert started.objective == 4.0
    assert started.messages[0] == (
        "It starts from the letters of the plan before, cut to today's limits and topped up: they remove 1.00 vehicle-weeks of risk more"
        " than every draft made anew."
    )


def test_what_more_kits_leave_over_is_used_beside_the_letters_of_the_start(greedy_alone) -> None:
    started = plan(pair(supply={"P": [4]}), start=LIGHT)
    assert started.objective == 7.0  # both light ones and the grave one


def test_letters_that_todays_limits_do_not_hold_are_cut(greedy_alone) -> None:
    started = plan(pair(supply={"P": [1]}), start=LIGHT)
    assert started.objective == 2.0
    assert not verify(started.problem, started)


def test_letters_of_weeks_and_owners_that_are_no_more_are_left_out(greedy_alone) -> None:
    late = np.zeros((2, 1, 3), np.int32)
    late[1, 0] = [0, 2, 5]
    assert plan(pair(), start=late).objective == 3.0  # the horizon is one week
    assert plan(pair(), start=np.array([[[0]], [[9]]], np.int32)).letters.sum() == 2


def test_a_start_is_found_by_the_names_of_bundles_and_dealers_in_any_order(greedy_alone) -> None:
    two = [bundle("light", risk=2, kits={"P": 1}), bundle("grave", risk=3, kits={"P": 2})]
    listed = problem(
        two, [dealer()], {("light", "d"): 2, ("grave", "d"): 1}, weeks=1, supply={"P": [2]}
    )
    document = to_json(plan(pair(), start=LIGHT))
    found = letters_of_document(document, listed, "plan.json")
    assert found[:, 0, 0].tolist() == [2, 0]
    assert plan(listed, start=found).objective == 4.0


def test_interim_notices_ask_nobody_in_and_second_letters_do() -> None:
    """Three letters in week 0, two of them interim; one of their second letters in week 1, the other past the horizon."""
    document = {
        "letters": [{"bundle": "grave", "dealer": "d", "week": 0, "count": 3}],
        "interim": [{"bundle": "grave", "dealer": "d", "week": 0, "count": 2}],
        "owed": [
            {"bundle": "grave", "dealer": "d", "week": 1, "count": 1},
            {"bundle": "grave", "dealer": "d", "week": None, "count": 1},
        ],
    }
    assert letters_of_document(document, pair(), "plan.json").tolist() == [[[1, 1]], [[0, 0]]]


@pytest.mark.parametrize("kind", ["bundle", "dealer"])
def test_a_plan_of_another_problem_is_no_start(kind: str) -> None:
    row = {"bundle": "grave", "dealer": "d", "week": 0, "count": 1} | {kind: "other"}
    with pytest.raises(
        BadInput,
        match=f"plan.json is the plan of another problem: its letters name the {kind} 'other'",
    ) as refused:
        letters_of_document({"letters": [row]}, pair(), "plan.json")
    assert "or leave --start out" in refused.value.hint


@pytest.mark.parametrize("document", [{}, {"weeks": 1, "bundles": [], "letters": []}])
def test_what_is_no_plan_is_no_start(document) -> None:
    with pytest.raises(BadInput, match=r"plan\.json is not the document of a plan"):
        letters_of_document(document, pair(), "plan.json")


@pytest.mark.parametrize("policy", ["greedy", "all-at-once", "uniform:3"])
def test_a_policy_of_a_rule_alone_reads_no_start(policy: str) -> None:
    with pytest.raises(Refused, match=f"The policy {policy} reads no start"):
        plan(pair(), policy, start=LIGHT)


def test_a_replan_is_not_below_what_it_keeps(greedy_alone) -> None:
    """Ten light letters of week 2: a greedy plan gives two of the ten kits to the grave owner, and so many may move by the churn limit."""
    two = [bundle("grave", risk=3, kits={"P": 2}), bundle("light", risk=2, kits={"P": 1})]
    case = problem(
        two, [dealer()], {("grave", "d"): 1, ("light", "d"): 10}, weeks=3, supply={"P": [10]}
    )
    last = np.zeros((2, 1, 3), np.int32)
    last[1, 0, 2] = 10
    assert plan(replace(case, first_week=np.array([2, 2]))).objective == 3 + 8 * 2
    again = replan(case, last)
    assert again.plan.objective == 20.0
    assert (again.moved, again.plan.letters[1, 0, 2]) == (0, 10)


def test_second_letters_of_the_last_plan_are_part_of_the_start(greedy_alone) -> None:
    """The two light owners had interim notices; their letters with a remedy are planned for week 2, where both kits are."""
    two = [bundle("grave", risk=3, kits={"P": 2}), bundle("light", risk=2, kits={"P": 1})]
    case = problem(
        two, [dealer()], {("grave", "d"): 1, ("light", "d"): 2}, weeks=3, supply={"P": [0, 0, 2]}
    )
    second = np.zeros((2, 1, 3), np.int32)
    second[1, 0, 2] = 2
    assert replan(case, np.zeros((2, 1, 3), np.int32)).plan.objective == 3.0
    assert replan(case, np.zeros((2, 1, 3), np.int32), second=second).plan.objective == 4.0


def test_small_waves_of_the_start_that_are_joined_already_cost_nothing_more(greedy_alone) -> None:
    """One owner a dealer and kits for one week each: two letters make a wave, and the start has both in week 1."""
    case = problem(
        [bundle("a", risk=1, kits={"P": 1})], [dealer("d"), dealer("e")], {("a", "d"): 1, ("a", "e"): 1},
        weeks=4, supply={"P": [1, 2]}, least_wave=2,
    )  # fmt: skip
    start = np.zeros((1, 2, 4), np.int32)
    start[0, :, 1] = 1
    assert plan(case, start=start).objective == 6.0


@pytest.mark.parametrize(("kind", "seed", "kits"), CASES)
def test_more_kits_never_make_a_plan_worse(
    kind: Callable[[int], Problem], seed: int, kits: tuple[str, ...]
) -> None:
    """Of every part at the pool, and of every part on each dealer's shelf; nothing else changes."""
    before = plan(kind(seed))
    of_all, letters = before.problem, before.remedy_letters
    for name in kits:
        more = replace(
            of_all, **{where: getattr(of_all, where) + one for where, one in MORE[name].items()}
        )
        after = plan(more, start=letters)
        assert waiting(after) <= waiting(before)
        if waiting(after) == waiting(before):
            assert after.objective >= before.objective * (1 - ROUNDING)
        assert after.objective == pytest.approx(exposure_removed(more, after.remedy_letters))
        assert not [one for one in verify(more, after) if not one.late]


def waiting(made: LetterPlan) -> int:
    """Owners whose first notice asks them nowhere: it goes before any letter's worth."""
    return 0 if made.interim is None else int(made.interim.sum())
