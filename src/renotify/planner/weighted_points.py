"""Points that stand for a belief after data: adaptive importance sampling, without chance and without derivatives.

The same evenly spread points are moved and turned, round by round, until they lie where the belief lies; their weights then make
sums over them exact to a percent or two, whatever the shape of the belief. Where the data are far from what was thought before,
they are let in little by little (tempering).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from renotify.planner.problem import Floats

POINTS = 600
TAILS = 6  # degrees of freedom of the Student t that the points are spread by: wider than any normal belief
ENOUGH = 3  # done where the points are worth a third of their number
LEAST = 12  # a round may cost so many of them: a twelfth of their number tells where to go next
ROUNDS = 30
HALVINGS = 12
FIRST = 1e-9  # of the data are always let in


@dataclass(frozen=True, eq=False)
class WeightedPoints:
    """``points`` [n, d] with ``weight`` [n] that add up to 1, the ``log_evidence`` of the data, and where the next search may begin."""

    points: Floats
    weight: Floats
    log_evidence: float
    centre: Floats  # [d]
    root: Floats  # [d, d], lower triangular: root @ root.T is the covariance


@cache
def _spread(dimensions: int) -> tuple[Floats, Floats]:
    """Evenly spread points of a Student t in each dimension, and their log density. [n, d], [n]"""
    from scipy.special import stdtrit

    golden = 2.0  # the root of g^(d+1) = g + 1: steps of its powers fill the unit cube evenly (Roberts 2018)
    for _ in range(50):
        golden = (1 + golden) ** (1 / (dimensions + 1))
    steps = golden ** -np.arange(1.0, dimensions + 1)
    spread: Floats = stdtrit(TAILS, (0.5 + np.outer(np.arange(1, POINTS + 1), steps)) % 1)
    density: Floats = -(TAILS + 1) / 2 * np.log1p(spread**2 / TAILS).sum(axis=1)
    return spread, density


def search(
    belief: Callable[[Floats], tuple[Floats, Floats]], centre: Floats, root: Floats
) -> WeightedPoints:
    """Find the points of a belief: ``belief`` gives the log prior and the log likelihood of points [n, d], each [n].

    ``centre`` [d] and ``root`` [d, d] say where the search begins: the prior's, or those of a belief nearby.
    """
    spread, density = _spread(len(centre))
    share = 0.0  # of the data that are let in
    for _ in range(ROUNDS):
        points = centre + spread @ root.T
        prior, data = belief(points)
        before = prior - density
        weight, top = _weights(before + data)
        if _worth(weight) > POINTS / ENOUGH:
            break
        towards = weight
        if _worth(weight) < POINTS / LEAST:
            share = _let_in(before, data, share)
            towards, _ = _weights(before + share * data)
        centre, root = _moments(points, towards)
    volume = float(np.log(np.diag(root)).sum())
    return WeightedPoints(points, weight, top - np.log(POINTS) + volume, centre, root)


def moments(points: Floats, log_weight: Floats) -> tuple[Floats, Floats]:
    """Return centre [d] and root [d, d] of weighted points."""
    return _moments(points, _weights(log_weight)[0])


def normal_points(mean: Floats, sd: Floats) -> tuple[Floats, Floats]:
    """Return evenly spread points of independent normals and their log weight. [n, d], [n]"""
    spread, density = _spread(len(mean))
    near = np.clip(spread, -4.0, 4.0)
    return mean + near * sd, -0.5 * (near**2).sum(axis=1) - density


def _weights(log_weight: Floats) -> tuple[Floats, float]:
    """Weights that add up to 1, and the log of what they added up to."""
    top = float(log_weight.max())
    weight: Floats = np.exp(log_weight - top)
    total = float(weight.sum())
    return weight / total, top + float(np.log(total))


def _worth(weight: Floats) -> float:
    """How many equal points the weighted ones are worth."""
    return 1.0 / float(weight @ weight)


def _let_in(before: Floats, data: Floats, share: float) -> float:
    """The largest share of the data, from the last one on, that leaves the points worth enough."""
    low, high = max(share, FIRST), 1.0
    for _ in range(HALVINGS):
        middle = (low * high) ** 0.5
        enough = _worth(_weights(before + middle * data)[0]) >= POINTS / LEAST
        low, high = (middle, high) if enough else (low, middle)
    return low


def _moments(points: Floats, weight: Floats) -> tuple[Floats, Floats]:
    centre: Floats = weight @ points
    off = points - centre
    covariance: Floats = (off * weight[:, None]).T @ off
    root = np.linalg.cholesky(covariance + 1e-14 * np.eye(len(centre))).astype(np.float64)
    return centre, root
