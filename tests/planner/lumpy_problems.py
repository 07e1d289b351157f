"""Made-up planning problems in which every letter is a lump: few owners a dealer, long jobs, several kits a visit, few kits.

Problems of a thousand owners a bundle forgive a letter that is rounded away; of these one letter is a percent and more of the plan.
All is drawn from one seed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from renotify.planner.problem import Problem
from renotify.planner.problem_json import from_json

# bundles, dealers and weeks of the problems of a round of ten
SIZES = (
    (2, 8, 8), (3, 10, 10), (5, 15, 12), (5, 15, 12), (5, 15, 12), (4, 20, 12),
    (6, 25, 12), (5, 40, 12), (8, 30, 16), (10, 60, 20),
)  # fmt: skip


def _response(rng: np.random.Generator) -> list[float]:
    weeks = int(rng.integers(1, 4))
    share = rng.choice([0.3, 0.5, 0.8, 0.99])
    each = rng.dirichlet(np.ones(weeks)) * share
    return [round(float(one), 5) for one in each]


def _bundle(rng: np.random.Generator, number: int, weeks: int, parts: list[str]) -> dict[str, Any]:
    kits = {part: int(rng.choice([1, 1, 2, 4])) for part in parts if rng.random() < 0.65}
    return {
        "id": f"b{number}",
        "risk": float(rng.choice([0.5, 1.0, 3.0, 7.5, 10.0])),
        "hours": float(rng.choice([0, 1, 1, 2, 7, 14])),
        "kits": kits,
        "response": _response(rng),
        "first_week": int(rng.choice([0, 0, 0, 2, weeks // 2])),
        "pieces": int(rng.choice([1, 1, 2])),
    }


def _dealer(rng: np.random.Generator, number: int, parts: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": f"d{number}",
        "stock": {part: int(rng.choice([0, 0, 0, 1, 3])) for part in parts},
    }
    if rng.random() < 0.75:
        made["hours"] = [
            int(one) for one in rng.choice([0, 1, 1, 2, 2, 5, 10], int(rng.integers(1, 12)))
        ]
    return made


def lumpy_document(seed: int) -> dict[str, Any]:
    """A problem's document: the sizes change from seed to seed, a round of ten has each of SIZES."""
    rng = np.random.default_rng(seed)
    bundles, dealers, weeks = SIZES[seed % len(SIZES)]
    parts = [f"P{p}" for p in range(int(rng.integers(1, 4)))]
    owners = rng.integers(0, int(rng.choice([2, 4, 6])), (bundles, dealers))
    everybody = int(owners.sum())
    supply = {
        part: np.cumsum(
            rng.integers(0, max(2, everybody // 12), int(rng.integers(1, weeks)))
        ).tolist()
        for part in parts
    }
    mail = None if rng.random() < 0.4 else int(max(2, everybody // int(rng.integers(3, 8))))
    return {
        "weeks": weeks,
        "bundles": [_bundle(rng, b, weeks, parts) for b in range(bundles)],
        "dealers": [_dealer(rng, d, parts) for d in range(dealers)],
        "owners": [
            {"bundle": f"b{b}", "dealer": f"d{d}", "count": int(owners[b, d])}
            for b, d in np.argwhere(owners).tolist()
        ],
        "supply": supply,
        "mail_capacity": mail,
        "wait_bound": int(rng.integers(0, 3)),
    }


def lumpy(seed: int) -> Problem:
    """The problem of a seed."""
    return from_json(lumpy_document(seed))
