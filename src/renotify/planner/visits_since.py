"""A plan's first problem with the visits that stand today: who has booked since, and whose visit was called off (decision 0126)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from renotify.planner.booked_owners import without_visit
from renotify.planner.problem import Floats, Ints, Problem


def with_visits_of_today(whole: Problem, now: Problem, walk_ins: Mapping[str, float]) -> Problem:
    """Return a follow-up's first problem in which an owner is in the bundle of booked owners whose visit stands ``now``, and no other is.

    ``walk_ins``: the share of a planning bundle's owners that comes in a week without a letter. The kits of visits that were called off
    since are free again, those of visits booked since are set aside: on their dealer's shelf as far as it holds more or less today, in the
    pool beyond that.
    """
    place = {name: b for b, name in enumerate(whole.bundles)}
    pairs = [
        (b, place[without_visit(name)])
        for name, b in place.items()
        if without_visit(name) != name and without_visit(name) in place
    ]
    owners = _owners(whole, now, pairs)
    called_off = np.zeros_like(owners)  # more owners without a visit than there were
    for _, other in pairs:
        called_off[other] = owners[other] - whole.owners[other]
    if not called_off.any():
        return whole
    stock, supply = _kits(whole, now, called_off)
    at, background = _walk_ins(whole, owners, np.argwhere(called_off != 0), walk_ins)
    return replace(
        whole, owners=owners, stock=stock, supply=supply, background_at=at, background=background
    )


def _owners(whole: Problem, now: Problem, pairs: list[tuple[int, int]]) -> Ints:
    """Owners of whom those of each pair of bundles, booked and not, are divided as they are now. [B, D]"""
    owners = whole.owners.copy()
    today = {name: b for b, name in enumerate(now.bundles)}
    mine, theirs = _same(whole.dealers, now.dealers)
    for b, other in pairs:
        both = whole.owners[b] + whole.owners[other]
        booked = np.zeros_like(both)
        if whole.bundles[b] in today:
            booked[mine] = now.owners[today[whole.bundles[b]], theirs]
        owners[b] = np.minimum(booked, both)
        owners[other] = both - owners[b]
    return owners


def _kits(whole: Problem, now: Problem, called_off: Ints) -> tuple[Floats, Floats]:
    """The shelves [P, D] and the pool [P, T] with the kits of visits that were called off, or booked (below 0), since."""
    freed = whole.kits @ called_off  # [P, D]
    change = np.zeros_like(freed)
    parts, of_today = _same(whole.parts, now.parts)
    mine, theirs = _same(whole.dealers, now.dealers)
    change[np.ix_(parts, mine)] = (
        now.stock[np.ix_(of_today, theirs)] - whole.stock[np.ix_(parts, mine)]
    )
    on_shelf = np.clip(change, np.minimum(freed, 0.0), np.maximum(freed, 0.0))
    in_pool = (freed - on_shelf).sum(axis=1)
    return np.maximum(whole.stock + on_shelf, 0.0), np.maximum(whole.supply + in_pool[:, None], 0.0)


def _walk_ins(
    whole: Problem, owners: Ints, moved: Ints, rates: Mapping[str, float]
) -> tuple[Ints, Floats]:
    """The walk-ins of the (bundle, dealer) pairs ``moved`` [n, 2] anew, those of the others as they were."""
    weekly = dict(zip(map(tuple, whole.background_at.tolist()), whole.background, strict=True))
    for b, d in moved.tolist():
        rate = rates.get(whole.bundles[b], 0.0)
        weekly[b, d] = np.full(whole.weeks, round(float(owners[b, d]) * rate, 6))
    asked = {pair: line for pair, line in sorted(weekly.items()) if line.any()}
    at = np.array([*asked], np.int64).reshape(-1, 2)
    return at, np.array([*asked.values()], float).reshape(len(at), whole.weeks)


def _same(mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[list[int], list[int]]:
    """The places of what stands in both, in each."""
    at = {code: place for place, code in enumerate(theirs)}
    both = [(place, at[code]) for place, code in enumerate(mine) if code in at]
    return [own for own, _ in both], [other for _, other in both]
