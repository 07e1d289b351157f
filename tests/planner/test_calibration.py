"""The response forecast on 200 simulated waves each: of 100 intervals of 90 % 85 to 97 hold, in any number and weather.

Truths are drawn from what is believed before any answer is seen, or lie outside the model: a background four times the stated one, or a
fifth of the owners on a scale of nine weeks where 7 % on six are stated. Six weeks are seen, eight are foretold.
"""

from __future__ import annotations

import numpy as np
import pytest

from renotify.planner.problem import Floats, Ints
from renotify.planner.response_posterior import (
    PRIOR,
    Cohort,
    fit,
    future_answers,
    prior_of,
    share_answered,
)
from renotify.plans.response import StatedResponse

COHORTS, SEEN, AHEAD, DRAWS = 200, 6, 8, 200
LETTERS = (30, 150, 3_000, 100_000)
MINUTES = pytest.mark.slow  # the other numbers of letters, in the long run
FEW_AND_MOST = [30, *(pytest.param(n, marks=MINUTES) for n in LETTERS[1:3]), 100_000]
BETWEEN = [
    *(pytest.param(n, marks=MINUTES) for n in (30, 150)),
    3_000,
    pytest.param(100_000, marks=MINUTES),
]
SHOCK = 0.2  # log-scale sd of what a week does to all who might come in it
STATED = 0.001  # bookings an owner and week without a letter
SLOWER = prior_of(StatedResponse(share=0.2, scale_weeks=9.0)).mean


def waves(
    rng: np.random.Generator, letters: int, truths: Floats, background: float, shock: float
) -> Ints:
    """Weekly first answers of waves with a curve each. [waves, weeks]"""
    share = share_answered(truths, np.arange(SEEN + AHEAD + 1.0), background)
    hazards = -np.diff(np.log1p(-share), axis=1)
    hazards *= np.exp(shock * rng.standard_normal(hazards.shape))
    left, came = np.full(len(truths), letters), np.zeros(hazards.shape, np.int64)
    for week in range(came.shape[1]):
        came[:, week] = rng.binomial(left, -np.expm1(-hazards[:, week]))
        left = left - came[:, week]
    return came


def coverage(
    letters: int,
    *,
    shock: float = 0.0,
    truth: Floats | None = None,
    background: float = 0.0,
    stated: float = 0.0,
    cohorts: int = COHORTS,
) -> float:
    """The share of waves whose answers in the weeks ahead lie within the 90 % interval."""
    rng = np.random.default_rng([letters, round(10 * shock), cohorts])
    drawn = PRIOR.mean + PRIOR.sd * rng.standard_normal((cohorts, 3))
    truths = drawn if truth is None else np.tile(truth, (cohorts, 1))
    held = 0
    for seed, came in enumerate(waves(rng, letters, truths, background, shock)):
        wave = Cohort(letters, came[:SEEN])
        posterior = fit([wave], PRIOR, stated)
        ahead = future_answers(
            posterior, np.array([wave.silent]), np.array([SEEN]), AHEAD, seed=seed, draws=DRAWS
        )
        low, high = np.quantile(ahead.sum(axis=1), [0.05, 0.95])
        held += low <= came[SEEN:].sum() <= high
    return held / cohorts


@pytest.mark.parametrize("letters", FEW_AND_MOST)
def test_nine_of_ten_truths_lie_within_the_intervals(letters: int) -> None:
    assert 0.85 <= coverage(letters) <= 0.97


@pytest.mark.parametrize("letters", BETWEEN)
def test_they_do_where_weeks_are_better_and_worse_than_the_curve(letters: int) -> None:
    assert 0.85 <= coverage(letters, shock=SHOCK) <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("letters", LETTERS)
def test_they_do_where_four_times_as_many_come_without_a_letter_as_stated(letters: int) -> None:
    assert coverage(letters, background=4 * STATED, stated=STATED) >= 0.85


@pytest.mark.slow
@pytest.mark.parametrize("shock", [0.0, SHOCK])
@pytest.mark.parametrize("letters", LETTERS)
def test_they_do_where_three_times_as_many_answer_more_slowly_than_stated(
    letters: int, shock: float
) -> None:
    """One truth, met again and again: an interval that covers it may do so each time."""
    found = coverage(letters, shock=shock, truth=SLOWER, background=STATED, stated=STATED)
    assert found >= 0.85


@pytest.mark.parametrize(
    "wrong",
    [{"background": 4 * STATED}, {"truth": SLOWER, "background": STATED}],
    ids=["background", "response"],
)
def test_what_is_stated_wrongly_is_no_trap(wrong: dict) -> None:
    assert coverage(3_000, stated=STATED, cohorts=60, **wrong) >= 0.85
