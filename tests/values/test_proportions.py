"""Shares and their differences: published figures, pencil and paper, and intervals that hold on simulated owners."""

from __future__ import annotations

import numpy as np
import pytest

from renotify.values.proportions import (
    difference,
    difference_over_strata,
    least_difference,
    share,
)

SEED = 577


@pytest.mark.parametrize(
    ("of_one", "of_other", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((5, 56), (0, 29), -0.0381, 0.1926)],
)  # fmt: skip
def test_a_difference_has_the_interval_that_newcombe_publishes(of_one, of_other, low, high):
    """Table II of the paper, method 10, at 95 %."""
    found = difference(share(*of_other, level=0.95), share(*of_one, level=0.95))
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(("count", "of"), [(0, 5), (5, 5), (1, 1)])
def test_a_share_of_none_or_all_keeps_within_its_bounds(count, of):
    found = share(count, of)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high


def test_a_difference_over_one_stratum_is_the_plain_one():
    found = difference_over_strata([30], [100], [20], [100])
    assert found.value == pytest.approx(0.10)
    variance = 0.3 * 0.7 / 100 + 0.2 * 0.8 / 100
    assert found.high - found.value == pytest.approx(1.6449 * variance**0.5, rel=1e-4)


def test_strata_are_weighted_by_what_they_can_tell():
    """Weights n m / N: 10 x 10 / 20 = 5 and 10 x 40 / 50 = 8; differences 0.2 and 0.1."""
    found = difference_over_strata([4, 3], [10, 10], [2, 8], [10, 40])
    assert found.value == pytest.approx((5 * 0.2 + 8 * 0.1) / 13)


def test_two_arms_of_the_demo_tell_one_point_eight_and_those_of_the_memo_less_than_a_half():
    assert least_difference(0.07, 3240, 3240, level=0.95) == pytest.approx(0.018, abs=5e-4)
    assert least_difference(0.07, 52_000, 52_000, level=0.95) == pytest.approx(0.0044, abs=1e-4)


@pytest.mark.parametrize("effect", [0.0, 0.03])
def test_intervals_of_ninety_per_cent_hold_a_planted_difference_nine_times_in_ten(effect):
    drawn = np.random.default_rng(SEED).binomial(600, [[0.07], [0.07 + effect]], (2, 400))
    found = [difference(share(int(a), 600), share(int(b), 600)) for a, b in drawn.T]
    assert 0.86 <= np.mean([one.low <= effect <= one.high for one in found]) <= 0.94


@pytest.mark.parametrize("effect", [0.0, 0.05])
def test_intervals_over_many_small_strata_hold_a_planted_difference_nine_times_in_ten(effect):
    """150 strata of one to four letters, and one to six that wait, with shares of their own."""
    random = np.random.default_rng(SEED)
    n, m = random.integers(1, 5, 150), random.integers(1, 7, 150)
    base = random.uniform(0.02, 0.20, 150)
    held = []
    for _ in range(400):
        found = difference_over_strata(
            random.binomial(n, base + effect), n, random.binomial(m, base), m
        )
        held.append(found.low <= effect <= found.high)
    assert 0.86 <= np.mean(held) <= 0.94


@pytest.mark.parametrize(
    ("counts", "value"),
    [((0, 100, 0, 100), 0.0), ((40, 40, 40, 40), 0.0), ((2, 2, 0, 2), 1.0), ((0, 10, 5, 10), -0.5)],
)
def test_where_nobody_of_a_side_answers_or_everybody_the_interval_is_newcombe_s(counts, value):
    """Sato's variance is 0 there, as if two letters told everything. Of none in 100, 2.6 % are possible: z^2 / (n + z^2)."""
    count, of, other, of_other = counts
    found = difference_over_strata(
        [count - count // 2, count // 2],
        [of / 2] * 2,
        [other - other // 2, other // 2],
        [of_other / 2] * 2,
    )
    assert found.value == value
    assert found == difference(share(other, of_other), share(count, of))
    assert found.low < value or value == -1
    if counts == (0, 100, 0, 100):
        assert found.high == pytest.approx(2.7055 / 102.7055, rel=1e-3)


@pytest.mark.parametrize("of_all", [0.0, 1.0])
def test_no_least_difference_is_told_where_all_do_alike(of_all):
    assert least_difference(of_all, 100, 100) is None
