"""Random answers of silent owners by a posterior: what its intervals are held against."""

from __future__ import annotations

import numpy as np

from renotify.planner.problem import Floats, Ints
from renotify.planner.response_posterior import Posterior, of_letter


def future_answers(
    posterior: Posterior,
    silent: Ints,
    age: Ints,
    horizon: int,
    *,
    seed: int = 2013,
    draws: int = 2000,
) -> Floats:
    """Random answers in each of the next ``horizon`` weeks from silent owners, by cohort. [draws, horizon]

    ``silent`` [c] owners, ``age`` [c] weeks since their letter (negative: mailed so many weeks ahead).
    """
    chance = np.random.default_rng(seed).random(draws) * (1 - 1e-12)
    drawn = np.searchsorted(np.cumsum(posterior.weight) / posterior.weight.sum(), chance)
    rng = np.random.default_rng(seed + 1)
    steady = posterior.shock[drawn, None] ** -2.0
    shocks = rng.standard_gamma(np.broadcast_to(steady, (draws, horizon))) / steady
    weeks = np.maximum(np.asarray(age)[:, None] + np.arange(horizon + 1), 0).astype(float)
    staying = np.log1p(-np.minimum(of_letter(posterior.theta[drawn], weeks), 1 - 1e-15))
    hazards = -np.diff(staying, axis=2) * posterior.factor[drawn, None, None]
    hazards += posterior.hazard[drawn, None, None]
    chance = -np.expm1(-hazards * shocks[:, None, :])
    left = np.broadcast_to(np.asarray(silent, np.int64), chance.shape[:2])
    total = np.zeros((draws, horizon))
    for week in range(horizon):
        came = rng.binomial(left, chance[:, :, week])
        total[:, week] = came.sum(axis=1)
        left = left - came
    return total
