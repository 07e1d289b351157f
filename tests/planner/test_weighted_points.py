"""Points that stand for a belief: what sums over them give, where the belief is far from where the search begins."""

from __future__ import annotations

import numpy as np
import pytest

from cases import at_once
from renotify.planner.weighted_points import moments, normal_points, search

START = np.zeros(3), np.eye(3)


@at_once("sd", [1.0, 0.1, 0.001])
def test_a_narrow_belief_far_away_is_found_with_its_evidence(sd: float) -> None:
    """Prior normal(0, 1), data normal(3, sd) in each of three dimensions: the posterior and its evidence are known."""

    def belief(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        prior = -0.5 * (points**2).sum(axis=1) - 1.5 * np.log(2 * np.pi)
        return prior, -0.5 * (((points - 3) / sd) ** 2).sum(axis=1)

    found = search(belief, *START)
    shrunk = 1 / (1 + sd**2)
    mean = found.weight @ found.points
    assert mean == pytest.approx(np.full(3, 3 * shrunk), abs=0.15 * sd)
    spread = np.sqrt(found.weight @ (found.points - mean) ** 2)
    assert spread == pytest.approx(np.full(3, sd * np.sqrt(shrunk)), rel=0.1)
    other = search(lambda points: (belief(points)[0], belief(points)[1] + 5), *START)
    assert other.log_evidence - found.log_evidence == pytest.approx(5)


def test_evidence_prefers_the_belief_that_the_data_fit() -> None:
    def at(place: float):
        def belief(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            prior = -0.5 * (points**2).sum(axis=1)
            return prior, -0.5 * (((points - place) / 0.5) ** 2).sum(axis=1)

        return belief

    near, far = search(at(0.0), *START), search(at(2.0), *START)
    assert near.log_evidence - far.log_evidence == pytest.approx(3 * 0.5 * 4 / 1.25, abs=0.1)


def test_normal_points_have_the_mean_and_the_spread_that_were_asked_for() -> None:
    points, log_weight = normal_points(np.array([1.0, -2.0]), np.array([0.5, 3.0]))
    centre, root = moments(points, log_weight)
    assert centre == pytest.approx([1.0, -2.0], abs=0.05)
    assert np.sqrt(np.diag(root @ root.T)) == pytest.approx([0.5, 3.0], rel=0.05)


def test_the_same_belief_gives_the_same_points() -> None:
    def belief(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return -0.5 * (points**2).sum(axis=1), -np.abs(points).sum(axis=1)

    assert np.array_equal(search(belief, *START).points, search(belief, *START).points)
