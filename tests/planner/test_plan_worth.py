"""What a plan is worth beside rules of thumb: counted by hand on a few letters, all within the same limits."""

from __future__ import annotations

import numpy as np
import pytest

from planner.cases import bundle, dealer, problem
from renotify.planner import plan_worth as room
from renotify.planner.broken_limits import broken_limits
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_worth import PLAN, RISKIEST, RULES, plan_worth


def shared_part():
    """Twenty owners of risk 3 who can come at once and two of risk 9 from week 1 on; both need the one part, of which there are ten."""
    return problem(
        [
            bundle("now", risk=3, hours=2, kits={"P": 1}, order=1),
            bundle("grave", risk=9, hours=5, kits={"P": 1}, first_week=1, order=2),
        ],
        [dealer()],
        {("now", "d"): 20, ("grave", "d"): 2},
        weeks=4,
        supply={"P": [10]},
    )


def by_rule(case):
    return {one.rule: one for one in plan_worth(case, plan(case).remedy_letters)}


def test_the_plan_keeps_kits_for_the_gravest_and_a_rule_of_thumb_spends_them():
    """Everybody answers in the letter's week, so a letter of week 0 removes 4 weeks: eight of risk 3 and, a week later, two of risk 9."""
    found = by_rule(shared_part())
    ours, riskiest = found[PLAN], found[RISKIEST]
    assert ours.risk_removed == pytest.approx(8 * 3 * 4 + 2 * 9 * 3)
    assert riskiest.risk_removed == pytest.approx(10 * 3 * 4)
    possible = 20 * 3 * 4 + 2 * 9 * 3
    assert ours.share == pytest.approx(ours.risk_removed / possible)
    assert (ours.without_letter, riskiest.without_letter) == (12, 12)
    assert (ours.gravest_wait, riskiest.gravest_wait) == (0.0, None)
    assert (ours.peak_hours, riskiest.peak_hours) == (8 * 2, 10 * 2)


def test_every_rule_is_told_in_its_own_words_and_keeps_the_limits(monkeypatch):
    case, seen = shared_part(), []
    monkeypatch.setattr(room, "_worth", lambda _case, rule, letters: seen.append((rule, letters)))
    plan_worth(case, plan(case).remedy_letters)
    assert [rule for rule, _ in seen] == [PLAN, RISKIEST, *RULES.values()]
    assert [broken_limits(case, letters) for _, letters in seen] == [""] * len(seen)


def test_hours_of_owners_who_come_without_a_letter_count_in_the_busiest_week():
    case = problem(
        [bundle(hours=2, response=[0.5, 0.25])], [dealer()], {("b", "d"): 8},
        background=[{"bundle": "b", "dealer": "d", "per_week": [0.0, 3.0, 0.0, 0.0]}],
    )  # fmt: skip
    ours, *_ = plan_worth(case, plan(case).remedy_letters)
    assert ours.peak_hours == pytest.approx(2 * (8 * 0.25 + 3))  # week 1: 2 answers and 3 walk-ins


def test_weeks_that_the_gravest_wait_are_from_the_first_in_which_they_may_be_written_to():
    case = shared_part()
    letters = np.zeros((2, 1, 4), np.int64)
    letters[case.bundles.index("grave"), 0, [2, 3]] = 1
    ours, *_ = plan_worth(case, letters)
    assert ours.gravest_wait == pytest.approx((1 + 2) / 2)


def test_nothing_is_said_of_a_plan_without_letters_or_too_large_for_a_page(monkeypatch):
    case = shared_part()
    assert plan_worth(case, np.zeros((2, 1, 4), np.int64)) == ()
    monkeypatch.setattr(room, "MOST_CELLS", 7)
    assert plan_worth(case, plan(case).remedy_letters) == ()
