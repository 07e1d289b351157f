"""What was learned is not taken back by one more answer: what tells is a count of answers, which only grows."""

from __future__ import annotations

import numpy as np

from cases import at_once
from renotify.planner.pooled_response import Pooled, pooled
from renotify.planner.response_posterior import ENOUGH, Cohort, prior_of
from renotify.plans.response import StatedResponse

STATED = prior_of(StatedResponse(0.3, 4.0, 1.2))


def found(of_six: list[int]) -> Pooled:
    """Three bundles stated at 30 %; of the six oldest letters of the first so many owners answered in each week."""
    groups = {
        "K1": [Cohort(3, np.zeros(3, int)), Cohort(13, np.array([1, 0, 0, 2])), Cohort(6, np.array(of_six))],
        "K1+K2": [Cohort(1, np.zeros(1, int)), Cohort(10, np.array([3, 1, 1, 1, 0, 1]))],
        "K2": [Cohort(4, np.zeros(1, int)), Cohort(2, np.zeros(2, int))],
    }  # fmt: skip
    return pooled(groups, dict.fromkeys(groups, STATED), dict.fromkeys(groups, 0.002))


def test_one_late_answer_more_moves_what_was_learned_and_does_not_take_it_back() -> None:
    """A repair five weeks after its letter leaves the share in the end wider than before: who was learned from stays learned from."""
    before, after = found([1, 1, 0, 0, 1]), found([1, 1, 0, 0, 2])
    assert before.is_informative
    assert after.is_informative
    assert after.own["K1"].told == before.own["K1"].told + 1 == 14
    shares = [one.own["K1"].interval()[0] for one in (before, after)]
    assert shares[0] < shares[1] < shares[0] + 0.08


@at_once(("answered", "tells"), [(ENOUGH - 1, False), (ENOUGH, True), (ENOUGH + 1, True)])
def test_five_answers_tell_however_late_they_came(answered: int, tells: bool) -> None:
    for weeks in ([answered, 0, 0], [0, 0, answered], [1, answered - 2, 1]):
        one = pooled({"": [Cohort(40, np.array(weeks))]}, {"": prior_of(StatedResponse())})
        assert one.is_informative == tells


def test_where_nobody_answers_what_is_stated_is_held_against_the_silence() -> None:
    """Stated at 7 % of 100 letters within many weeks: that five should have come and none did tells; of 40 letters it does not."""
    prior = {"": prior_of(StatedResponse(0.07, 1.0, 1.0))}
    silence = np.zeros(8, int)
    assert pooled({"": [Cohort(100, silence)]}, prior).is_informative
    few = pooled({"": [Cohort(40, silence)]}, prior).own[""]
    assert not few.is_informative
    assert few.summary().startswith("Too few owners have answered so far to tell")
