"""The plain policies: what teams do today. They see the first weeks, and some the mail house; no more.

Each is a function of the Problem to letters, turn by turn. What a plain policy breaks is reported by
the verifier in the plan's messages. ``greedy`` keeps every limit and is therefore no plain policy:
:func:`renotify.planner.two_level.draft` fills it without a master. Owners whose turn falls past the horizon are held, and so are those
of whom no answer is expected and to whom no letter is owed by a day, as who has a visit booked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from renotify.errors import WrongUse
from renotify.planner.adjusted_limits import trimmed, with_margins
from renotify.planner.fill import Fill, fill_to_quota
from renotify.planner.letter_plan import Letters
from renotify.planner.problem import Ints, Problem

EASE = 1e-6  # kits: rounding that a used-up pool may show
# The week of each bundle's letters [B], and these [B, D]; no bundle has two turns in one week.
Turns = Iterator[tuple[Ints, Ints]]
PLAIN = ("all-at-once", "oldest-first", "zip-order")


def no_letters(problem: Problem) -> Letters:
    """An empty plan. [B, D, T]"""
    return np.zeros((len(problem.bundles), len(problem.dealers), problem.weeks), np.int32)


def uniform(problem: Problem, spread: int) -> Turns:
    """All owners in equal weekly parts over ``spread`` weeks from the first week of their bundles.

    Owners are assigned to the weeks in turn, bundle after bundle of one first week and in it dealer after dealer, so that neither small
    dealers nor small bundles all fall into one week.
    """
    last = np.zeros_like(problem.owners)
    for first in np.unique(problem.first_week):
        own = np.flatnonzero(problem.first_week == first)
        last[own] = np.cumsum(problem.owners[own]).reshape(len(own), len(problem.dealers))
    end, start = last, last - problem.owners
    for turn in range(spread):
        sent = (end - 1 - turn) // spread - (start - 1 - turn) // spread
        yield problem.first_week + turn, sent


def bundle_age(problem: Problem) -> Ints:
    """Rank of each bundle from oldest: its ``order`` where stated, else first week, then name. [B]"""
    age = problem.first_week if problem.order is None else problem.order
    by_age = np.lexsort((np.array(problem.bundles), problem.first_week, age))
    rank = np.empty(len(by_age), np.int64)
    rank[by_age] = np.arange(len(by_age))
    return rank


def dealer_rank(problem: Problem) -> Ints:
    """Rank of each dealer by ZIP where stated, then by dealer code. [D]"""
    zips = problem.dealers if problem.zips is None else problem.zips
    by_zip = np.lexsort((np.array(problem.dealers), np.array(zips)))
    rank = np.empty(len(by_zip), np.int64)
    rank[by_zip] = np.arange(len(by_zip))
    return rank


def oldest_first(problem: Problem) -> Turns:
    """Mail-house tranches, oldest bundle first; without a mail-house limit all at once."""
    bundle = np.repeat(bundle_age(problem), len(problem.dealers))
    dealer = np.tile(np.argsort(np.argsort(problem.dealers)), len(problem.bundles))
    return _tranches(problem, np.lexsort((dealer, bundle)))


def zip_order(problem: Problem) -> Turns:
    """Mail-house tranches, dealers in ZIP order; without a mail-house limit all at once."""
    bundle = np.repeat(bundle_age(problem), len(problem.dealers))
    dealer = np.tile(dealer_rank(problem), len(problem.bundles))
    return _tranches(problem, np.lexsort((bundle, dealer)))


def _tranches(problem: Problem, queue: Ints) -> Turns:
    """Each week the head of the queue of (bundle, dealer) pairs that may be mailed, up to capacity."""
    waiting = problem.owners.reshape(-1)[queue]
    first, printed = (
        np.repeat(of_bundle, len(problem.dealers))[queue]
        for of_bundle in (problem.first_week, problem.printed)
    )
    for week in range(problem.weeks):
        ready = np.where(first <= week, waiting, 0)
        pieces = ready * printed
        room = min(problem.mail_capacity[week], float(pieces.sum()))
        before = np.cumsum(pieces) - pieces
        sent = np.clip((int(room) - before) // printed, 0, ready)
        waiting = waiting - sent
        of_week = np.zeros(problem.owners.size, np.int64)
        of_week[queue] = sent
        yield np.full(len(problem.bundles), week), of_week.reshape(problem.owners.shape)
        if not waiting.any():
            break


def _turns(problem: Problem, policy: str) -> Turns:
    """The turns of a plain policy by its name; an unknown name raises WrongUse with the list."""
    problem = replace(problem, owners=np.where(problem.decided[:, None], problem.owners, 0))
    if policy.startswith("uniform:"):
        spread = policy.removeprefix("uniform:")
        if not spread.isdecimal() or int(spread) < 1:
            raise WrongUse(f"The policy {policy!r} needs a number of weeks.", "Say uniform:8.")
        return uniform(problem, int(spread))
    if policy == "all-at-once":
        return uniform(problem, 1)
    known = {"oldest-first": oldest_first, "zip-order": zip_order}
    if policy not in known:
        raise WrongUse(
            f"There is no policy {policy!r}.",
            "Choose optimal, exact, greedy, uniform:N, all-at-once, oldest-first or zip-order.",
        )
    return known[policy](problem)


def letters_of(problem: Problem, policy: str) -> Letters:
    """Letters of a plain policy by its name, [B, D, T]; an unknown name raises WrongUse with the list."""
    letters = no_letters(problem)
    for week, sent in _turns(problem, policy):
        within = np.flatnonzero(week < problem.weeks)
        letters[within, :, week[within]] = sent[within]
    return letters


def weekly_letters_of(problem: Problem, policy: str) -> Ints:
    """The same of all dealers together, without the memory of every dealer's. [B, T]"""
    weekly = np.zeros((len(problem.bundles), problem.weeks), np.int64)
    for week, sent in _turns(problem, policy):
        within = np.flatnonzero(week < problem.weeks)
        weekly[within, week[within]] = sent[within].sum(axis=1)
    return weekly


def within_limits(problem: Problem, letters: Letters) -> Letters:
    """A plain policy's letters cut to every limit, week by week, oldest bundle first: who finds no room waits for a week that has some."""
    fill = Fill(trimmed(with_margins(problem)))
    oldest = np.argsort(bundle_age(problem))
    quota = np.cumsum(letters, axis=2, dtype=float)
    fill_to_quota(fill, quota, np.arange(len(problem.dealers)), lambda _week: oldest)
    return fill.letters


def within_national_limits(problem: Problem, weekly: Ints) -> bool:
    """Whether ``weekly`` letters [B, T] keep what the nation has: the mail house's weeks, and the kits of pool and shelves together.

    A policy that breaks these keeps no dealer's limits either, so that nothing is lost by leaving it out.
    """
    if (problem.printed @ weekly > problem.mail_capacity).any():
        return False
    for p in problem.binding:
        use = problem.kernel(int(p))
        drawn = problem.background_use(int(p)).sum(axis=0)
        for b in np.flatnonzero(use.any(axis=1) & weekly.any(axis=1)):
            drawn = drawn + np.convolve(weekly[b], use[b])[: problem.weeks]
        if (drawn > problem.supply[p] + problem.stock[p].sum() + EASE).any():
            return False
    return True
