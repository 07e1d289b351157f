"""Limits cut for count noise and to what letters could ever use, by hand."""

from dataclasses import replace
from math import exp, hypot
from statistics import NormalDist

import numpy as np
import pytest

from cases import at_once
from planner.cases import bundle, dealer, problem
from renotify.planner.adjusted_limits import trimmed, with_margins

Z90 = 1.2815515655446004


def case(**changes):
    return problem(
        [bundle(hours=2, kits={"P": 1})], [dealer(hours=[20], P=3), dealer("e", hours=None)],
        {("b", "d"): 50, ("b", "e"): 10}, supply={"P": [7, 100]}, mail=[119, 120, 5], wait=1, **changes,
    )  # fmt: skip


@at_once("changes", [{"count_spread": 1.0}, {"parts_quantile": 0.9}])
def test_without_noise_or_a_quantile_nothing_is_cut(changes):
    made = case(**changes)
    assert with_margins(made) is made


def test_hours_and_pools_are_cut_so_that_the_noisy_count_still_fits():
    cut = with_margins(case(parts_quantile=0.9, count_spread=0.5))
    # two weeks of 20 hours, visits of 2 hours: m + z sqrt(0.5 x 2 x m) = 40, and 20 / 40 of it a week
    mean = 2 * cut.hours[0, 0]
    assert mean + Z90 * (0.5 * 2 * mean) ** 0.5 == pytest.approx(40)
    assert cut.hours[1].tolist() == [float("inf")] * 5
    # the pool and the shelf of three together: 10 kits in week 0, 103 in week 1, letters counted at their response's quantile
    kits = cut.supply[0, 0] + 3
    # sixty visits at most: of 103 kits they are short 0.0006 times as often as the one time in ten, so week 1 is hardly a new chance
    beyond = (103 - 60) / hypot((0.5 * 60) ** 0.5, (exp(0.15) - 1) * 60)
    chances = 1 + (1 - 10 / 103) * NormalDist().cdf(-beyond) / 0.1
    z = NormalDist().inv_cdf(1 - 0.1 / chances)
    mean = kits / exp(0.15 * Z90)
    assert mean + hypot((exp(0.15 * z) - 1) * mean, z * (0.5 * mean) ** 0.5) == pytest.approx(10)


def held_at_ninety(owners, supply):
    return problem(
        [bundle(kits={"P": 1}, response=[0.5])], [dealer()], {("b", "d"): owners}, supply={"P": supply},
        parts_quantile=0.9, parts_count_spread=1, response_spread=0,
    )  # fmt: skip


def test_kits_that_come_when_nobody_is_left_to_ask_take_none_from_the_weeks_before():
    """Thirteen owners ask for 6.5 kits, which ten cover nine times in ten; ten more in week 3 are no new chance to be short."""
    ten, late = held_at_ninety(13, [10] * 4), held_at_ninety(13, [10, 10, 10, 20])
    assert with_margins(ten).supply[0, 0] == pytest.approx(
        6.686, abs=0.001
    )  # m + 1.2816 sqrt(m) = 10
    assert with_margins(late).supply[0, 0] == pytest.approx(6.686, abs=0.001)
    # of sixty owners 30 kits may be asked for: week 3 is a new chance for half of its 20, z = 1.5011
    asked_for = with_margins(held_at_ninety(60, [10, 10, 10, 20]))
    assert asked_for.supply[0, 0] == pytest.approx(6.25, abs=0.01)


def test_kits_on_a_shelf_that_its_own_owners_cannot_ask_for_leave_the_pool_as_it_is():
    """Ten visits at most at dealer d; e has no owner: of 13 kits on the shelves ten make the count noisier, three and e's do not."""
    made = problem(
        [bundle(kits={"P": 1})], [dealer(P=10), dealer("e")], {("b", "d"): 10}, supply={"P": [20]},
        parts_quantile=0.9, parts_count_spread=1, response_spread=0,
    )  # fmt: skip
    more = replace(made, stock=made.stock + np.array([[3, 40]]))
    assert with_margins(more).supply.tolist() == with_margins(made).supply.tolist()


def test_a_pool_smaller_than_its_margin_is_empty():
    tiny = replace(case(parts_quantile=0.99, count_spread=9.0))
    assert with_margins(tiny).supply[0, 0] == 0


def test_limits_beyond_any_use_are_cut_to_it():
    cut = trimmed(replace(case(), hours=case().hours * 100))
    assert cut.hours[0].tolist() == [2 * 50 + 1.0] * 5
    assert cut.supply[0].tolist() == [7, 60, 60, 60]
    assert cut.mail_capacity.tolist() == [119, float("inf"), 5, 5]
