"""Made-up planning problems of stated sizes, for the planner's tests and its benchmark.

The shape follows the planner study, sections 3 and 4: dealers of uneven size, about 590 owners a
dealer on the memo's five campaigns, letters answered by 12 to 35 % of owners on a scale of 2 to 4.5
weeks, parts that arrive over months, a little background traffic. Everything is drawn from one
seed; nothing here is a real figure of any maker.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from renotify.planner.problem import NO_DATE, Floats, Ints, Problem

RESPONSE_WEEKS = 13


def _responses(rng: np.random.Generator, bundles: int) -> Floats:
    """Cure-Weibull shares by week after the letter. [B, 13]"""
    share = rng.uniform(0.12, 0.35, bundles)[:, None]
    scale = rng.uniform(2.0, 4.5, bundles)[:, None]
    shape = rng.uniform(0.9, 1.5, bundles)[:, None]
    reached = share * (1 - np.exp(-((np.arange(1, RESPONSE_WEEKS + 1)[None, :] / scale) ** shape)))
    weekly: Floats = np.diff(reached, axis=1, prepend=0.0)
    return weekly


def _owners(rng: np.random.Generator, bundles: int, dealers: int, mean: float) -> Ints:
    size = rng.lognormal(0.0, 0.6, dealers)
    scope = rng.lognormal(0.0, 0.7, bundles)
    scope *= mean * bundles / scope.sum()
    counts: Ints = rng.poisson(scope[:, None] * (size / size.mean())[None, :]).astype(np.int64)
    return counts


def _kits(rng: np.random.Generator, bundles: int, parts: int) -> Floats:
    """Each bundle needs one part, every third bundle two. [P, B]"""
    kits = np.zeros((parts, bundles))
    kits[np.arange(bundles) % parts, np.arange(bundles)] = 1.0
    for b in range(2, bundles, 3):
        kits[rng.integers(parts), b] = 1.0
    return kits


def made_up(
    campaigns: int = 5,
    dealers: int = 235,
    weeks: int = 26,
    *,
    seed: int = 2013,
    parts: float = 1.0,
    labour: float = 1.0,
    owners_per_cell: float | None = None,
) -> Problem:
    """A follow-up of two bundles a campaign; ``parts`` scales the early kits, ``labour`` the hours.

    1 and 1 is the ample instance, 0.5 and 0.75 the tight one (study, section 4).
    """
    rng = np.random.default_rng(seed)
    bundles, part_count = 2 * campaigns, max(1, campaigns * 6 // 5)
    mean = owners_per_cell if owners_per_cell is not None else 590 / 10 if campaigns <= 5 else 27.0
    owners = _owners(rng, bundles, dealers, mean)
    response = _responses(rng, bundles)
    visit = rng.uniform(0.7, 3.5, bundles)
    kits = _kits(rng, bundles, part_count)
    asked = owners * response.sum(axis=1)[:, None]  # [B, D] owners who will ask in the end
    busy = (visit[:, None] * asked).sum(axis=0)
    rate = 0.002 * asked
    background = np.repeat(rate.reshape(-1, 1), weeks, axis=1)
    at = np.stack(np.divmod(np.arange(bundles * dealers), dealers), axis=1)
    months = np.arange(1, weeks + 1) / weeks
    demand = (kits @ asked).sum(axis=1)
    early = np.clip(0.12 + parts * 2.4 * months, 0, None) * (0.8 if parts == 1 else 1.0)
    supply = np.floor(demand[:, None] * np.minimum(early, 1.25)[None, :])
    hours = labour * (busy / (0.55 * weeks) * rng.lognormal(0.0, 0.25, dealers) + 1.0)
    return Problem(
        weeks=weeks,
        bundles=tuple(f"B{b:03d}" for b in range(bundles)),
        dealers=tuple(f"D{d:05d}" for d in range(dealers)),
        risk=rng.choice([1.0, 2.0, 3.0, 5.0], bundles),
        labour=visit,
        response=response,
        first_week=rng.integers(0, 3, bundles),
        mail_by=np.full(bundles, NO_DATE),
        owners=owners,
        hours=np.repeat(np.round(hours, 1)[:, None], weeks + 2, axis=1),
        mail_capacity=np.full(weeks, float(np.ceil(owners.sum() / 6))),
        wait_bound=2,
        parts=tuple(f"P{p:03d}" for p in range(part_count)),
        kits=kits,
        stock=rng.poisson(0.04 * (kits @ asked)).astype(float),
        supply=supply,
        away=np.zeros(part_count, np.int64),
        background_at=at,
        background=background,
        order=rng.permutation(bundles).astype(np.int64),
        zips=tuple(f"{z:05d}" for z in rng.integers(1001, 99951, dealers)),
        areas=tuple(f"A{a}" for a in rng.integers(1, 5, dealers)),
    )


def with_two_letters(problem: Problem, share: float = 0.3, seed: int = 2013) -> Problem:
    """The problem with a share of each bundle's vehicles in a bundle of their own whose vehicles get two letters each."""
    two = np.random.default_rng(seed).binomial(problem.owners, share)
    names = (*problem.bundles, *(f"{name}:2 letters" for name in problem.bundles))
    twice = {
        name: np.concatenate([getattr(problem, name)] * 2)
        for name in ("risk", "labour", "response", "first_week", "mail_by")
    }
    return replace(
        problem,
        bundles=names,
        owners=np.concatenate([problem.owners - two, two]),
        kits=np.concatenate([problem.kits] * 2, axis=1),
        pieces=np.repeat([1, 2], len(problem.bundles)),
        order=None,
        **twice,
    )


def tight() -> Problem:
    """The shipped tight instance: 5 campaigns, 235 dealers, 26 weeks, few early kits, short hours.

    Its gravest bundles open three weeks after the mild ones and take the same kits: who spends every
    kit as it comes has few left for them.
    """
    problem = made_up(parts=0.5, labour=0.75)
    kits = np.zeros((len(problem.parts), len(problem.bundles)))
    by_risk = np.argsort(problem.risk, kind="stable")
    kits[np.arange(len(by_risk)) % (len(by_risk) // 2), by_risk] = 1.0
    asked = kits @ (problem.owners * problem.response.sum(axis=1)[:, None]).sum(axis=1)
    weeks = np.arange(1, problem.weeks + 1) / problem.weeks
    confirmed = np.minimum(0.12 + 1.2 * weeks, 1.25)
    return replace(
        problem,
        kits=kits,
        first_week=np.where(problem.risk >= np.median(problem.risk), 3, 0),
        supply=np.floor(asked[:, None] * confirmed[None, :]),
    )
