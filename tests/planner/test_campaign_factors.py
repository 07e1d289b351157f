"""The factors of many campaigns: a precision matrix over weeks says what one over campaigns does, and draws follow it."""

from __future__ import annotations

import numpy as np
import pytest

from cases import at_once
from renotify.planner.campaign_factors import (
    Factors,
    _log_determinant,
    _precision,
    _solved,
    drawn,
)
from renotify.planner.pooled_response import pooled
from renotify.planner.response_posterior import Cohort

SEED = 2013


def precision(curves: int, campaigns: int, weeks: int) -> tuple[np.ndarray, np.ndarray]:
    """Diagonals and products over weeks whose difference is a precision matrix."""
    rng = np.random.default_rng(SEED)
    shared = rng.random((curves, campaigns, weeks))
    return shared.sum(axis=(1, 2))[:, None] + rng.random((curves, campaigns)), shared


@at_once(("campaigns", "weeks"), [(30, 4), (4, 30), (5, 5), (1, 3)])
def test_more_campaigns_than_weeks_are_solved_as_few_are(campaigns: int, weeks: int) -> None:
    alone, shared = precision(3, campaigns, weeks)
    slope = np.random.default_rng(SEED).standard_normal((3, campaigns))
    matrix = np.stack([np.diag(a) - s @ s.T for a, s in zip(alone, shared, strict=True)])
    assert _precision(alone, shared) == pytest.approx(matrix)
    by_hand = np.stack([np.linalg.inv(m) @ s for m, s in zip(matrix, slope, strict=True)])
    assert _solved(alone, shared, slope) == pytest.approx(by_hand)
    assert _log_determinant(alone, shared) == pytest.approx(np.log(np.linalg.det(matrix)))


def test_draws_have_the_spread_that_the_precision_says_and_each_its_own_chance() -> None:
    alone, shared = precision(2, 3, 2)
    found = Factors(np.array([[0.0, 1, 2], [3, 4, 5]]), alone, shared, np.zeros(2))
    curve = np.repeat([0, 1], 20_000)
    off = np.log(drawn(found, curve, SEED)) - found.centre[curve]
    for one in (0, 1):
        spread = np.linalg.inv(_precision(alone, shared)[one])
        assert np.cov(off[curve == one].T) == pytest.approx(spread, abs=0.03 * spread.max())
    assert len(np.unique(off[:, 0])) == len(curve)


def test_many_campaigns_are_found_as_each_few_of_their_curves_are(monkeypatch) -> None:
    """How many curves are worked on at a time changes no number."""
    rng = np.random.default_rng(SEED)
    waves = {f"C{g}": [Cohort(500, rng.binomial(500, 0.02, 6))] for g in range(5)}
    whole = pooled(waves)
    for limit in ("NEAR", "FEW_MATRICES"):
        monkeypatch.setattr(f"renotify.planner.campaign_factors.{limit}", 1)
    apart = pooled(waves)
    for name in waves:
        assert apart.of(name).factor == pytest.approx(whole.of(name).factor, rel=1e-9)


def test_two_campaigns_among_hundreds_of_tiny_ones_keep_their_own_factors() -> None:
    """Two campaigns of 1,000 owners and 200 of one who has not answered; six weeks, one answering three times as often."""
    few = [Cohort(1, np.zeros(6, int))]
    waves = {"even": [Cohort(1000, np.full(6, 20))], "eager": [Cohort(1000, np.full(6, 60))]}
    found = pooled(waves | {f"few{g}": few for g in range(200)})
    even, eager = (found.of(name).factor for name in ("even", "eager"))
    assert float(np.mean(eager)) == pytest.approx(3 * float(np.mean(even)), rel=0.2)
