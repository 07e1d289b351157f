"""Chance by seed: every concern draws from a stream of its own; a change in one moves no other."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def stream(seed: int, concern: str) -> np.random.Generator:
    """Return the stream of one concern; seed and name decide its numbers."""
    return np.random.default_rng([seed, zlib.crc32(concern.encode())])


def spread(total: int, weights: Sequence[float] | Floats) -> Ints:
    """Return whole numbers in the proportion of the weights that add up to ``total``."""
    share = np.asarray(weights, np.float64)
    exact = total * share / share.sum()
    whole: Ints = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def pick(rng: np.random.Generator, weights: Floats, count: int) -> Ints:
    """Return ``count`` indices drawn by weight, with replacement."""
    edges = np.cumsum(weights)
    drawn: Ints = np.searchsorted(edges, rng.random(count) * edges[-1], side="right")
    return drawn


def by_year(table: Mapping[str, float], years: Ints) -> Floats:
    """Look up a number for each model year; 0 for a year that the table does not name."""
    out = np.zeros(len(years))
    for year, value in table.items():
        out[years == int(year)] = value
    return out


def threshold(shares: Floats) -> Floats:
    """Return the standard normal quantile of each share; few shares repeat many times."""
    known, at = np.unique(shares, return_inverse=True)
    normal = NormalDist()
    quantiles = [normal.inv_cdf(float(np.clip(share, 1e-12, 1 - 1e-12))) for share in known]
    return np.asarray(quantiles)[at]


def first_notice_days(rng: np.random.Generator, weeks: Floats, curve: Mapping[str, Any]) -> Ints:
    """Return days from letter to repair by a first notice's curve, within ``weeks`` of it."""
    scale, shape = float(curve["scale_weeks"]), float(curve["shape"])
    reached = 1 - np.exp(-((np.maximum(weeks - 1, 0.2) / scale) ** shape))
    drawn = -np.log1p(-rng.random(len(weeks)) * reached)
    by_curve = 1 + scale * drawn ** (1 / shape)
    by_chance = rng.random(len(weeks)) * weeks
    walked_in = rng.random(len(weeks)) < float(curve["walk_in"])
    days: Ints = np.minimum(7 * np.where(walked_in, by_chance, by_curve), 7 * weeks - 1).astype(
        np.int64
    )
    return days
