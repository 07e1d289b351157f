"""Shares of owners, and differences of shares, each with its interval.

The interval of a share is Wilson's score interval; that of a difference of two independent shares is Newcombe's, which joins the two
score intervals (Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10). A difference over strata is that of Mantel and Haenszel
with the variance of Sato (Biometrics 45 (1989) 1323-1324), which holds for a few large strata and for many small ones. That variance is
worth nothing where nobody on a side answers, or everybody does: then the strata count as one, and the interval is Newcombe's.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.9  # of every interval
POWER = 0.8  # with which a least difference is seen

Ints = NDArray[np.int64]


class Estimate(NamedTuple):
    """A share, or a difference of two shares, and its interval."""

    value: float
    low: float
    high: float


def _z(level: float) -> float:
    return NormalDist().inv_cdf(0.5 + level / 2)


def share(count: int, of: int, level: float = LEVEL) -> Estimate:
    """Return the share ``count / of`` with its score interval. ``of`` is at least 1."""
    z2, p = _z(level) ** 2, count / of
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = sqrt(z2 * (p * (1 - p) / of + z2 / (4 * of * of))) / (1 + z2 / of)
    return Estimate(p, max(middle - half, 0.0), min(middle + half, 1.0))


def difference(first: Estimate, second: Estimate) -> Estimate:
    """Return ``second - first``, of two independent shares (:func:`share`) of one level."""
    value = second.value - first.value
    below = sqrt((second.value - second.low) ** 2 + (first.high - first.value) ** 2)
    above = sqrt((second.high - second.value) ** 2 + (first.value - first.low) ** 2)
    return Estimate(value, value - below, value + above)


def difference_over_strata(
    count: Ints, of: Ints, count_other: Ints, of_other: Ints, level: float = LEVEL
) -> Estimate:
    """Return the difference ``count / of - count_other / of_other`` within strata, weighted over them. Arrays [strata].

    Every stratum has owners on both sides, and there is at least one.
    """
    a, n, b, m = (np.asarray(one, float) for one in (count, of, count_other, of_other))
    if _one_sided(a, n) or _one_sided(b, m):
        sides = [
            share(int(one.sum()), int(all_of.sum()), level) for one, all_of in ((b, m), (a, n))
        ]
        return difference(*sides)
    both = n + m
    weight = float(np.sum(n * m / both))
    value = float(np.sum((a * m - b * n) / both)) / weight
    p = (n**2 * b - m**2 * a + n * m * (m - n) / 2) / both**2
    q = (a * (m - b) + b * (n - a)) / (2 * both)
    half = _z(level) * sqrt(max(value * float(np.sum(p)) + float(np.sum(q)), 0.0)) / weight
    return Estimate(value, value - half, value + half)


def _one_sided(count: NDArray[np.float64], of: NDArray[np.float64]) -> bool:
    """Whether nobody of a side answers, or everybody."""
    return float(count.sum()) in {0.0, float(of.sum())}


def least_difference(of_all: float, first: int, second: int, level: float = LEVEL) -> float | None:
    """Return the difference that the interval of two groups leaves zero out of in four of five times (``POWER``).

    ``of_all``: the share of both together; where it is 0 or 1 the counts do not tell how they vary, and nothing can be said (None).
    ``first``, ``second``: how many each group has, at least 1.
    """
    if not 0 < of_all < 1:
        return None
    spread = sqrt(of_all * (1 - of_all) * (1 / first + 1 / second))
    return (_z(level) + NormalDist().inv_cdf(POWER)) * spread
