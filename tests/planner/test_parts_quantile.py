"""Parts at 90 % mean 90 %: a part that binds is short in some week in at most one of ten runs, chance in counts included."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from planner.cases import bundle, dealer, problem
from renotify.planner.adjusted_limits import with_margins
from renotify.planner.plan_by_policy import plan
from renotify.planner.problem import Problem

RUNS = 4_000
NOISE = 3 * (0.1 * 0.9 / RUNS) ** 0.5  # three standard errors of a share of one in ten
CURVE = [0.06, 0.04, 0.02, 0.01]
Z90 = 1.2815515655446004


def binding(kits: tuple[float, float] = (1, 1), shelf: float = 0, **changes: object) -> Problem:
    """Two bundles of many owners at three dealers, and a pool of six kits a week that is far too small for all."""
    places = ("d1", "d2", "d3")
    return problem(
        [bundle(name, response=CURVE, kits={"P": each}) for name, each in zip("AB", kits, strict=True)],
        [dealer(name, P=shelf) for name in places], {(b, d): 150 for b in "AB" for d in places},
        supply={"P": [6, 12, 18, 24, 30, 36]}, weeks=6, parts_quantile=0.9, **changes,
    )  # fmt: skip


def share_of_runs_short(made: Problem, seed: int = 11) -> float:
    """Replay the plan: a common lognormal factor of response, a Poisson count of each week's visits, shelves before the pool."""
    letters = plan(made, "optimal").remedy_letters
    mean = np.zeros(letters.shape)
    for k, share in enumerate(CURVE):
        mean[:, :, k:] += share * letters[:, :, : made.weeks - k]
    chance = np.random.default_rng(seed)
    factor = np.exp(made.response_spread * chance.standard_normal(RUNS))
    visits = chance.poisson(factor[:, None, None, None] * mean)
    asked = np.cumsum(np.einsum("b,rbdt->rdt", made.kits[0], visits), axis=2)
    drawn = np.maximum(asked - made.stock[0][:, None], 0).sum(axis=1)
    return float((drawn > made.supply[0] + 1e-9).any(axis=1).mean())


@pytest.mark.parametrize(
    "stated", [{}, {"kits": (1, 2)}, {"shelf": 3}, {"response_spread": 0.0}], ids=str
)
def test_a_part_that_binds_is_short_in_one_run_of_ten_at_most(stated: dict[str, object]) -> None:
    assert share_of_runs_short(binding(parts_count_spread=1.0, **stated)) <= 0.10 + NOISE


def test_without_count_noise_it_is_short_far_more_often() -> None:
    assert share_of_runs_short(binding()) > 0.2


def test_the_pool_is_cut_by_the_kits_of_an_average_visit_and_hours_are_not() -> None:
    """As many visits of one kit as of two: (1 + 4) / (1 + 2) kits a visit weigh the noise. One cap for all weeks is one chance."""
    stated = binding(kits=(1, 2), shelf=2, parts_count_spread=1.0, response_spread=0.0)
    one_cap = replace(
        stated, hours=np.full_like(stated.hours, 10.0), supply=np.full_like(stated.supply, 36.0)
    )
    cut = with_margins(one_cap)
    mean = cut.supply[0, -1] + 3 * 2
    assert mean + Z90 * (5 / 3 * mean) ** 0.5 == pytest.approx(36 + 3 * 2)
    assert (cut.hours == 10.0).all()


def test_kits_of_an_inspection_that_takes_one_now_and_then_come_whole() -> None:
    stated = binding(kits=(0.4, 0.4), parts_count_spread=1.0, response_spread=0.0)
    cut = with_margins(replace(stated, supply=np.full_like(stated.supply, 36.0))).supply[0, -1]
    assert cut + Z90 * cut**0.5 == pytest.approx(36)


def test_response_and_counts_are_independent_and_leave_room_together() -> None:
    """m + sqrt(((f - 1) m)^2 + (z m^(1/2))^2) = 36, and letters are counted at f times their mean."""
    stated = binding(parts_count_spread=1.0)
    cut = with_margins(replace(stated, supply=np.full_like(stated.supply, 36.0))).supply[0, -1]
    factor = np.exp(0.15 * Z90)
    mean = cut / factor
    assert mean + np.hypot((factor - 1) * mean, Z90 * mean**0.5) == pytest.approx(36)


def test_a_pool_that_doubles_is_half_a_chance_more() -> None:
    stated = replace(binding(parts_count_spread=1.0, response_spread=0.0))
    cut = with_margins(replace(stated, supply=np.array([[18.0, *[36.0] * 5]]))).supply[0, -1]
    z = NormalDist().inv_cdf(1 - 0.1 / (1 + 0.5))
    assert cut + z * cut**0.5 == pytest.approx(36)
