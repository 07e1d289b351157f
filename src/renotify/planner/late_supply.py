"""Promised supply that may be late: a plan holds when it comes in its weeks and when it slips, and says what that costs.

The letters of a plan draw the same kits in every scenario, and a pool whose promised kits slip never has more than one whose kits
come in time. So the rows of all scenarios are those of the latest one, (8) with that supply, and nothing else is to be kept.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.parts.confirmed_supply import Late
from renotify.parts.pool_book import PoolBook
from renotify.planner.letter_plan import KITS, LetterPlan
from renotify.planner.plan_by_policy import FEASIBLE, STARTED, plan
from renotify.planner.plan_check import broken, verify
from renotify.planner.problem import Problem
from renotify.values.english import counted, percent, series

NAMED = 3  # parts named; the rest is only counted


def late(settings: FollowUpSettings) -> Late:
    """Return how late promised supply may come for a follow-up's plans to hold."""
    return Late(settings.slip_weeks, settings.share_of_promised)


def in_time(problem: Problem, book: PoolBook) -> Problem | None:
    """Return the problem with promised supply in its weeks; none where nothing is promised that may be late."""
    lines = [
        book.parts[part].free_as_promised if part in book.parts else line
        for part, line in zip(problem.parts, problem.supply, strict=True)
    ]
    supply = np.array(lines).reshape(problem.supply.shape)
    same = np.array_equal(supply, problem.supply)
    return None if same else replace(problem, supply=supply)


def price_of_lateness(
    settings: FollowUpSettings, trusting: Problem | None, made: LetterPlan, policy: str
) -> list[str]:
    """Say what it costs that a plan holds when promised supply is late, beside one that counts on it in its weeks.

    Nothing where nothing is promised, or where the policy does not heed kits.
    """
    said = lateness_words(settings, trusting, policy)
    if not said or trusting is None:
        return said
    start = made.remedy_letters[: len(trusting.bundles)] if policy in STARTED else None
    counting = plan(trusting, policy, start=start)  # with kits sooner it removes no less
    without = counting.objective
    cost = max(without - made.objective, 0.0)
    share = cost / without if without > 0 else 0.0
    bought = _what_it_buys(made.problem, counting)
    return [
        f"{said[0]} That costs {counted(cost, 'vehicle-week')} of risk ({percent(share)}){bought}."
    ]


def lateness_words(settings: FollowUpSettings, trusting: Problem | None, policy: str) -> list[str]:
    """Say that a plan holds when promised supply is late, where any is promised and the policy heeds kits."""
    if trusting is None or policy not in FEASIBLE:
        return []
    part = settings.share_of_promised
    comes = "it comes" if part == 1 else f"{percent(part, 0)} of it comes"
    sentence = (
        f"Promised supply may slip: every limit holds when it comes in its weeks, and when {comes}"
        f" {counted(settings.slip_weeks, 'week')} late."
    )
    return [sentence]


def _what_it_buys(late: Problem, counting: LetterPlan) -> str:
    """The kits that would be missing with the letters of a plan that counts on promised supply, if that came late."""
    found = verify(late, replace(counting, problem=late))
    short = [one for one in broken(found) if one.limit == KITS]
    if not short:
        return "; a plan that counts on it would be short of no kit either"
    named = [f"{counted(ceil(one.over), 'kit')} of {one.what}" for one in short]
    rest = [f"kits of {counted(len(named) - NAMED, 'more part')}"] if len(named) > NAMED else []
    then = f"then, {late.parts_chance}, be" if late.parts_chance else "then be"
    return f", and spares who asks: a plan that counts on it would {then} short of {series([*named[:NAMED], *rest])}"
