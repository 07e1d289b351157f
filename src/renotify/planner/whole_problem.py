"""A follow-up's first problem as it stands today: what was learned, what limits it now, and the horizon that it has now."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from renotify.planner.from_ledger import Framed
from renotify.planner.learning import Learned
from renotify.planner.problem import NO_DATE, Floats, Problem, stated_pieces
from renotify.planner.visits_since import with_visits_of_today


def whole_problem(first: Problem, today: Framed, learned: Learned, passed: int) -> Problem:
    """Return the follow-up's first problem with what was learned and changed since, to replay the plan from its first week.

    ``passed`` are the weeks that have passed. Planning bundles that only today's plan has are added without owners, but for owners of whom
    a visit stands today: each is in the bundle of today.
    """
    first = with_limits_of_today(first, today.problem, passed)
    known = {bundle.name: bundle for bundle in today.bundles}
    missing = [b for b, name in enumerate(today.problem.bundles) if name not in first.bundles]
    now = today.problem
    parts = {part: p for p, part in enumerate(now.parts)}
    kits = np.array(
        [
            now.kits[parts[part], missing] if part in parts else np.zeros(len(missing))
            for part in first.parts
        ]
    ).reshape(len(first.parts), len(missing))
    names = (*first.bundles, *(now.bundles[b] for b in missing))
    width = max(first.response.shape[1], now.response.shape[1])
    response = np.zeros((len(names), width))
    response[: len(first.bundles), : first.response.shape[1]] = first.response
    rates = np.zeros(len(names))
    for b, name in enumerate(names):
        if name in known:
            response[b] = np.resize([*known[name].still_asking, *[0.0] * width], width)
            rates[b] = known[name].still_coming
    owners = np.concatenate([first.owners, np.zeros((len(missing), len(first.dealers)), np.int64)])
    at, background = first.background_at, first.background
    if learned.hazard is not None:
        at = np.argwhere(owners > 0)
        weekly = np.round(owners[tuple(at.T)] * rates[at[:, 0]], 6)
        background = np.repeat(weekly[:, None], first.weeks, axis=1)
    whole = replace(
        first,
        bundles=names,
        risk=np.concatenate([first.risk, now.risk[missing]]),
        labour=np.concatenate([first.labour, now.labour[missing]]),
        response=response,
        first_week=np.concatenate([first.first_week, np.zeros(len(missing), np.int64)]),
        mail_by=np.concatenate([first.mail_by, np.full(len(missing), NO_DATE)]),
        owners=owners,
        kits=np.concatenate([first.kits, kits], axis=1),
        pieces=stated_pieces([*first.printed, *now.printed[missing]]),
        background_at=at,
        background=background,
    )
    walk_ins = {name: float(rates[b]) for b, name in enumerate(names) if name in known}
    return learned.with_spread(with_visits_of_today(whole, now, walk_ins), today.bundles)


def with_limits_of_today(first: Problem, now: Problem, passed: int) -> Problem:
    """Return a problem in the horizon that it has today, with what the mail house takes and how long owners wait from now on.

    ``now`` begins ``passed`` weeks later. Weeks beyond the first horizon have the hours and the new kits of ``now``; a dealer or part
    that ``now`` does not have keeps the hours of its last week, and no new kits.
    """
    weeks, wait = passed + now.weeks, now.wait_bound
    beyond = max(weeks - first.weeks, 0)
    through = (
        now.weeks - beyond - 1
    )  # the last week of the first horizon, as today counts; before the first of today: -1
    hours = _repeated(first.hours[:, : first.weeks], weeks + wait)
    at = {code: place for place, code in enumerate(now.dealers)}
    known = [(d, at[code]) for d, code in enumerate(first.dealers) if code in at]
    supply = _repeated(first.supply, weeks)
    if beyond:
        for d, place in known:
            hours[d, first.weeks :] = now.hours[place, through + 1 :]
        parts = {part: place for place, part in enumerate(now.parts)}
        for p, part in enumerate(first.parts):
            if part in parts and np.isfinite(supply[p]).all():
                line = now.supply[parts[part]]
                before = line[through] if through >= 0 else 0.0
                supply[p, first.weeks :] += np.maximum(line[through + 1 :] - before, 0.0)
    mail = _repeated(first.mail_capacity[None, :], weeks)[0]
    mail[passed:] = now.mail_capacity
    return replace(
        first,
        weeks=weeks,
        hours=hours,
        supply=supply,
        mail_capacity=mail,
        wait_bound=wait,
        parts_quantile=now.parts_quantile,
        least_wave=now.least_wave,
        background=_repeated(first.background, weeks),
        first_week=np.minimum(first.first_week, weeks),
        mail_by=np.where(first.mail_by < weeks, first.mail_by, NO_DATE),
    )


def _repeated(lines: Floats, weeks: int) -> Floats:
    """Return each line [n, T] cut to so many weeks, or with its last value repeated. [n, weeks]"""
    if not lines.shape[1]:
        return np.zeros((len(lines), weeks))
    at = np.minimum(np.arange(weeks), lines.shape[1] - 1)
    repeated: Floats = lines[:, at].copy()
    return repeated
