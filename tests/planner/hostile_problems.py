"""Made-up planning problems that are hard on purpose: small dealers with long jobs and waits, and small problems of every feature at once.

All is drawn from one seed. Numbers are as odd as a document may state them: nobody or millions of owners, jobs of 22 hours where a
dealer has one hour a week, a mail house that stands still, kits in fractions, tools, lawful dates, walk-ins that fill a dealer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from renotify.planner.problem import Problem
from renotify.planner.problem_json import from_json

FEWER_THAN = 1_000  # letter decisions of a hostile problem
Drawn = np.random.Generator


def _shares(rng: Drawn, longest: int, shares: list[float]) -> list[float]:
    """Answers by week after the letter, cut to four digits."""
    each = rng.dirichlet(np.ones(int(rng.integers(1, longest + 1)))) * rng.choice(shares)
    return [int(float(one) * 10_000) / 10_000 for one in each]


def small_dealers_document(seed: int, dealers: int = 60, weeks: int = 20) -> dict[str, Any]:
    """Ten bundles at dealers with up to three owners of each: the gravest open late, jobs take up to 14 hours of one to five a week."""
    rng = np.random.default_rng(seed)
    bundles = []
    for b in range(10):
        late = bool(rng.random() < 0.4)
        kits = {"P": int(rng.choice([1, 2, 5] if late else [1, 3, 4, 7]))}
        if rng.random() < 0.2:
            kits = {}
        if rng.random() < 0.4:
            kits["Q"] = int(rng.choice([1, 2, 5]))
        bundles.append(
            {
                "id": f"b{b}",
                "risk": float(rng.choice([7.5, 10, 25] if late else [0.5, 1, 2])),
                "hours": float(rng.choice([0.5, 1, 3.5, 14])),
                "kits": kits,
                "response": _shares(rng, 3, [0.07, 0.3, 0.55, 1.0]),
                "first_week": int(rng.integers(2, weeks // 2)) if late else 0,
                "pieces": int(rng.choice([1, 1, 2])),
            }
        )
    shops: list[dict[str, Any]] = []
    for d in range(dealers):
        shop: dict[str, Any] = {"id": f"d{d}", "stock": {}}
        if rng.random() < 0.85:
            shop["hours"] = rng.choice([1, 1, 1, 2, 5, 0], int(rng.integers(1, 5))).tolist()
        if rng.random() < 0.3:
            shop["stock"] = {"P": int(rng.integers(1, 5))}
        shops.append(shop)
    owners = rng.integers(0, 4, (10, dealers))
    everybody = int(owners.sum())
    made: dict[str, Any] = {
        "weeks": weeks,
        "bundles": bundles,
        "dealers": shops,
        "owners": _rows(owners),
        "supply": {
            part: np.cumsum(rng.integers(0, everybody // 8, int(rng.integers(1, weeks)))).tolist()
            for part in "PQ"
        },
        "wait_bound": int(rng.integers(0, 16 if rng.random() < 0.5 else 3)),
    }
    if rng.random() < 0.6:
        made["mail_capacity"] = max(2, everybody // int(rng.integers(2, 9)))
    return made


def small_dealers(seed: int, dealers: int = 60, weeks: int = 20) -> Problem:
    """The problem of small dealers of a seed."""
    return from_json(small_dealers_document(seed, dealers, weeks))


def few_hours_document(
    seed: int, bundles: int = 5, dealers: int = 235, weeks: int = 26
) -> dict[str, Any]:
    """Dealers of half an hour to eight hours a week with hundreds of owners: a letter every few weeks, jobs of up to 14 hours, few kits."""
    rng = np.random.default_rng([seed, 5])
    parts = [f"K{p}" for p in range(4)]
    halves = 0.5 ** np.arange(8)
    owners = rng.integers(10, 201, (bundles, dealers))
    everybody = int(owners.sum())
    arrive = rng.integers(0, 3, (4, weeks)) == 2
    return {
        "weeks": weeks,
        "bundles": [
            {
                "id": f"b{b}",
                "risk": float(rng.choice([1, 2, 3, 5.5, 8])),
                "hours": float(rng.choice([0.5, 1.5, 2, 7, 14])),
                "kits": {
                    parts[p]: 1
                    for p in rng.choice(4, int(rng.choice([1, 1, 2])), replace=False).tolist()
                },
                "response": (
                    rng.choice([0.07, 0.1, 0.15]) * halves / halves.sum()
                ).round(5).tolist(),
                "first_week": int(rng.choice([0, 0, 2, 3])),
            }
            for b in range(bundles)
        ],
        "dealers": [
            {
                "id": f"d{d}",
                "hours": [float(rng.choice([0.5, 1, 2, 4, 8]))],
                "stock": {part: int(rng.choice([0, 0, 1])) for part in parts},
            }
            for d in range(dealers)
        ],
        "owners": _rows(owners),
        "supply": {
            part: np.cumsum(arrive[p] * rng.integers(1, everybody // 100, weeks)).tolist()
            for p, part in enumerate(parts)
        },
        "mail_capacity": everybody // 8,
        "wait_bound": 2,
    }  # fmt: skip


def few_hours(seed: int, bundles: int = 5, dealers: int = 235, weeks: int = 26) -> Problem:
    """The problem of few hours of a seed."""
    return from_json(few_hours_document(seed, bundles, dealers, weeks))


def _rows(owners: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> list[dict[str, Any]]:
    return [
        {"bundle": f"b{b}", "dealer": f"d{d}", "count": int(owners[b, d])}
        for b, d in np.argwhere(owners).tolist()
    ]


def _size(rng: Drawn) -> tuple[int, int, int]:
    """Bundles, dealers and weeks, most of them close below the bound."""
    weeks = int(rng.choice([1, 4, 8, 12, 20, 30, 60]))
    bundles = int(rng.integers(1, 13))
    most = max(1, (FEWER_THAN - 1) // (weeks * bundles))
    return bundles, max(1, min(most, int(rng.integers(max(1, most // 2), most + 1)))), weeks


def _hostile_bundle(rng: Drawn, number: int, weeks: int) -> dict[str, Any]:
    first = int(rng.integers(0, weeks)) if rng.random() < 0.4 else 0
    dated = rng.random() < 0.15
    return {
        "id": f"b{number}",
        "risk": float(rng.choice([0, 0.5, 1, 1, 2, 5, 7.5, 25])),
        "hours": float(rng.choice([0, 0.5, 1, 3.5, 7, 14, 22])),
        "kits": {part: float(rng.choice([0.6, 1, 1, 2, 4, 7])) for part in "PQ" if rng.random() < 0.6},
        "tools": {"jack": float(rng.choice([0.3, 1]))} if rng.random() < 0.3 else {},
        "first_week": first,
        "mail_by_week": int(rng.integers(first, weeks + 2)) if dated else None,
        "response": _shares(rng, 14, [0.0, 0.07, 0.3, 0.8, 1.0]),
        "pieces": int(rng.choice([1, 1, 1, 2, 5])),
    }  # fmt: skip


def hostile_document(seed: int) -> dict[str, Any]:
    """A problem of fewer than FEWER_THAN letter decisions with any of the features that a document may state."""
    rng = np.random.default_rng([seed, 11])
    bundles, dealers, weeks = _size(rng)
    most = int(rng.choice([2, 4, 8, 60, 3_000_000]))
    owners = rng.integers(0, most, (bundles, dealers))
    everybody = int(owners.sum())
    each_week = rng.integers(0, max(2, everybody // int(rng.integers(2, 20))), (2, weeks))
    shops = [
        {
            "id": f"d{d}",
            "hours": None if rng.random() < 0.2 else (
                rng.choice([0, 0, 1, 1, 2, 5, 20], int(rng.integers(1, weeks + 1))) * (1 + most // 50)
            ).tolist(),
            "stock": {part: int(rng.choice([0, 0, 1, 3])) for part in "PQ"},
            "tools": {"jack": int(rng.integers(0, 3))},
        }
        for d in range(dealers)
    ]  # fmt: skip
    walk_ins = [
        {"bundle": f"b{b}", "dealer": f"d{d}", "per_week": rng.uniform(0, 0.5, int(rng.integers(1, weeks + 1))).tolist()}
        for b, d in np.argwhere(owners).tolist() if rng.random() < 0.2
    ]  # fmt: skip
    mail = rng.choice([0, 1, 1, 1, 2], weeks) * max(1, everybody // int(rng.integers(2, 15)))
    made: dict[str, Any] = {
        "weeks": weeks,
        "bundles": [_hostile_bundle(rng, b, weeks) for b in range(bundles)],
        "dealers": shops,
        "owners": _rows(owners),
        "supply": {"P": np.cumsum(each_week[0]).tolist(), "Q": np.cumsum(each_week[1]).tolist()},
        "mail_capacity": mail.tolist() if rng.random() < 0.6 else None,
        "wait_bound": int(rng.integers(0, 16 if rng.random() < 0.4 else 3)),
        "background": walk_ins,
        "tools": {"jack": {"weeks": int(rng.integers(1, 4)), "pool": [int(rng.integers(0, 9))]}},
        "response_spread": float(rng.choice([0.0, 0.15, 0.4])),
    }
    if rng.random() < 0.3:
        made |= {
            "parts_quantile": 0.9,
            "parts_count_spread": 1.0,
            "count_spread": float(rng.choice([0, 1])),
        }
    if rng.random() < 0.2:
        made["least_wave"] = int(rng.integers(1, 30))
    return made


def hostile(seed: int) -> Problem:
    """The hostile problem of a seed."""
    return from_json(hostile_document(seed))
