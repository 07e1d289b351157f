"""Checks a plan against constraints (1) to (9) from the problem's raw data alone.

It shares no code with the planner beyond the Problem type and the LetterPlan's arrays: responses are
convolved here week by week, hours are served here first in first out as a queue, kits are counted
here shelf by shelf. An error in the planner's algebra is therefore not repeated here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renotify.planner import letter_plan
from renotify.planner.letter_plan import BrokenLimit, LetterPlan, Letters
from renotify.planner.problem import Problem
from renotify.values.english import counted

SLACK = 1e-6  # of the larger side: what floating point may leave over
Floats = NDArray[np.float64]
OWNERS, MAIL_HOUSE, FIRST_DATE = "(1) owners", "(2) mail house", "(3) first date"
WAIT, PARTS, TOOLS = "(6) wait", "(8) parts", "(9) tools"


@dataclass(frozen=True)
class Breach:
    """A constraint that a plan breaks, and by how much where; as text one sentence."""

    constraint: str
    finding: str
    late: bool = (
        False  # a lawful week is missed: no fault of a plan where the mail house is too small
    )
    what: str = ""  # the part or tool, the dealer, the week of the mail house
    week: str = ""  # of kits: the week in which most are missing
    times: float = 0.0  # used over what there is, where that is most exceeded; inf: there is none
    over: float = 0.0  # the pieces, kits or hours beyond what there is, where they are most

    def __str__(self) -> str:
        return f"{self.constraint}: {self.finding}"


def _over(used: Floats, limit: Floats) -> Floats:
    """By how much ``used`` exceeds ``limit``, rounding forgiven; 0 where it does not."""
    with np.errstate(invalid="ignore"):
        excess = used - limit
    excess = np.where(np.isfinite(limit), excess, 0.0)
    return np.where(excess > SLACK * np.maximum(1.0, np.abs(used)), excess, 0.0)


def _times(used: float, limit: float) -> float:
    return float(used / limit) if limit > 0 else float("inf")


def _requests(problem: Problem, asking: Letters, b: int) -> Floats:
    """(4) The requests [D, T] that the remedy letters of bundle b cause."""
    letters: Floats = asking[b].astype(float)
    requests: Floats = np.zeros_like(letters)
    for k in range(min(problem.response.shape[1], problem.weeks)):
        requests[:, k:] += problem.response[b, k] * letters[:, : problem.weeks - k]
    return requests


def _owners(problem: Problem, plan: LetterPlan) -> Iterator[Breach]:
    sent = plan.letters.sum(axis=2)
    for b, d in np.argwhere(sent > problem.owners):
        yield Breach(
            OWNERS,
            f"{counted(sent[b, d], 'letter')} for the {counted(problem.owners[b, d], 'owner')} of"
            f" {problem.bundles[b]} at {problem.dealers[d]}.",
        )
    if (plan.letters < 0).any():
        yield Breach(OWNERS, "a number of letters is negative.")
    for b in np.flatnonzero(problem.mail_by >= 0):
        late = problem.owners[b] - plan.letters[b, :, : problem.mail_by[b] + 1].sum(axis=1)
        if late.any():
            name, week = problem.bundles[b], problem.mail_by[b]
            misses = "misses its" if late.sum() == 1 else "miss their"
            yield Breach(
                OWNERS,
                f"{counted(late.sum(), 'first notice')} of {name} {misses} last lawful week, {week}.",
                late=True,
            )


def _second_letters(plan: LetterPlan) -> Iterator[Breach]:
    if plan.interim is None:
        return
    second = np.zeros_like(plan.letters) if plan.second is None else plan.second
    if (plan.interim > plan.letters).any() or (plan.interim < 0).any():
        yield Breach(OWNERS, "more interim letters than letters.")
    if (np.cumsum(second, axis=2) > np.cumsum(plan.interim, axis=2)).any():
        yield Breach(OWNERS, "a second letter goes out before its interim one.")


def _mail_house(problem: Problem, plan: LetterPlan) -> Iterator[Breach]:
    each = np.ones(len(problem.bundles)) if problem.pieces is None else problem.pieces
    pieces = (plan.mailed.sum(axis=1, dtype=np.int64) * each[:, None]).sum(axis=0).astype(float)
    over = _over(pieces, problem.mail_capacity)
    for w in np.flatnonzero(over):
        yield Breach(
            MAIL_HOUSE,
            f"{problem.week_words(w)} has {counted(pieces[w], 'piece')},"
            f" {over[w]:,.0f} more than its capacity of {problem.mail_capacity[w]:,.0f}.",
            what=problem.week_words(w),
            times=_times(pieces[w], problem.mail_capacity[w]),
            over=float(min(over[w], pieces[w])),  # what the letters of this plan are beyond it
        )


def _first_date(problem: Problem, plan: LetterPlan) -> Iterator[Breach]:
    for b in range(len(problem.bundles)):
        early = int(plan.mailed[b, :, : problem.first_week[b]].sum())
        if early:
            yield Breach(
                FIRST_DATE,
                f"{counted(early, 'letter')} of {problem.bundles[b]} {'goes' if early == 1 else 'go'} out"
                f" before its first week, {problem.first_week[b]}.",
            )


def _queue(load: Floats, hours: Floats) -> Floats:
    """(5) Hours still waiting at the end of each week when hours are served first in, first out."""
    waiting = np.zeros(len(load))
    queue = np.zeros_like(load)
    for t in range(load.shape[1]):
        waiting = np.maximum(0.0, waiting + load[:, t] - hours[:, t])
        queue[:, t] = waiting
    return queue


def _walk_in(problem: Problem, each: Floats, *, margin: bool = False) -> Floats:
    """Hours or kits that background traffic asks for, ``each`` [B] a visit, with what is kept beyond the mean or without. [D, T]"""
    shape = (len(problem.dealers), problem.weeks)
    asked, week = np.zeros(shape), np.arange(problem.weeks)
    traffic = problem.background
    if margin and len(problem.background_margin):
        traffic = traffic + problem.background_margin
    for b in np.flatnonzero(each):
        rows = np.flatnonzero(problem.background_at[:, 0] == b)
        place = problem.background_at[rows, 1, None] * problem.weeks + week
        requests = (each[b] * traffic[rows]).ravel()
        each_week = np.bincount(place.ravel(), weights=requests, minlength=asked.size)
        asked += each_week.reshape(shape)
    return asked


def _background(problem: Problem) -> tuple[Floats, Floats]:
    load = _walk_in(problem, problem.labour)
    return load, _queue(load, problem.hours[:, : problem.weeks])


def _labour(problem: Problem, load: Floats) -> Iterator[Breach]:
    """(5) and (6): whoever asks in week t is served by week t + V; background's own excess is its own."""
    before, queue_before = _background(problem)
    queue = _queue(before + load, problem.hours[:, : problem.weeks])
    ahead = np.zeros_like(queue)
    for j in range(1, problem.wait_bound + 1):
        ahead += problem.hours[:, j : j + problem.weeks]
    there = np.maximum(ahead, queue_before)
    over = _over(queue, there)
    for d in np.flatnonzero(over.any(axis=1)):
        weeks, worst = np.flatnonzero(over[d]), int(over[d].argmax())
        own = problem.hours[d, worst]  # all of it is worked where hours are left over
        yield Breach(
            WAIT,
            f"dealer {problem.dealers[d]} is {over[d].max():,.1f} hours over in"
            f" {problem.week_words(worst)} ({problem.week_words(weeks[0], weeks[-1])}); owners there wait more"
            f" than {counted(problem.wait_bound, 'week')}.",
            what=problem.dealers[d],
            times=_times(queue[d, worst] + own, there[d, worst] + own),
            over=float(over[d].max()),
        )


def _in_use(asked: Floats, away: int) -> Floats:
    """Kits in use at the end of each week: for good (a part), or for ``away`` weeks (a tool)."""
    out = np.zeros_like(asked)
    held = np.zeros(len(asked))
    for t in range(asked.shape[1]):
        held = held + asked[:, t]
        if away and t >= away:
            held = held - asked[:, t - away]
        out[:, t] = held
    return out


def _planned_requests(problem: Problem, requests: Floats, letters: Floats, share: Floats) -> Floats:
    """Requests at the parts quantile: the response scaled, but never beyond one request a letter."""
    if problem.parts_quantile is None:
        return requests
    from scipy.special import ndtri

    scale = np.exp(problem.response_spread * ndtri(problem.parts_quantile))
    reached = np.minimum(np.cumsum(share) * scale, max(1.0, share.sum()))
    weekly = np.diff(reached, prepend=0.0)
    planned = np.zeros_like(requests)
    for k in range(min(len(weekly), problem.weeks)):
        planned[:, k:] += weekly[k] * letters[:, : problem.weeks - k]
    return planned


def _draw(problem: Problem, p: int, asked: Floats, walk_in: Floats) -> tuple[Floats, Floats]:
    """(7) Kits each week drawn on the national pool, [T]: in all, and by background alone."""
    own = problem.stock[p][:, None]
    away = int(problem.away[p])
    total = np.maximum(0.0, _in_use(asked + walk_in, away) - own)
    alone = np.maximum(0.0, _in_use(walk_in, away) - own)
    return total.sum(axis=0), alone.sum(axis=0)


def _asked(problem: Problem, asking: Letters, p: int) -> Floats:
    """The planned kits of a part or tool that letters ask for. [D, T]"""
    asked = np.zeros((len(problem.dealers), problem.weeks))
    for b in np.flatnonzero(problem.kits[p]).tolist():
        requests = _requests(problem, asking, b)
        if problem.away[p] == 0:
            requests = _planned_requests(problem, requests, asking[b], problem.response[b])
        asked += problem.kits[p, b] * requests
    return asked


def _kits(problem: Problem, asking: Letters, within: Floats) -> Iterator[Breach]:
    """(7) and (8), and (9) for loan tools, part by part: the kits of all would fill the memory of many plans.

    ``within`` [P, T] is the supply that a plan may use: what is confirmed, or less where some is kept for chance.
    """
    for p, name in enumerate(problem.parts):
        if not np.isfinite(problem.supply[p]).any():
            continue
        walk_in = _walk_in(problem, problem.kits[p], margin=problem.away[p] == 0)
        drawn, alone = _draw(problem, p, _asked(problem, asking, p), walk_in)
        over = _over(drawn, np.maximum(within[p], alone))
        if over.any():
            t = int(over.argmax())
            kept = problem.supply[p, t] - within[p, t]
            chance = f", {kept:,.1f} of them kept for chance" if kept > 0.05 else ""
            often = (
                f" {problem.parts_chance}" if problem.parts_chance and not problem.away[p] else ""
            )
            yield Breach(
                PARTS if problem.away[p] == 0 else TOOLS,
                f"{name} is {over[t]:,.1f} kits short in {problem.week_words(t)}"
                f" (needed {drawn[t]:,.1f} by then{often}, {problem.supply[p, t]:,.1f} confirmed{chance}).",
                what=name,
                week=problem.week_words(t),
                times=_times(drawn[t], within[p, t]),
                over=float(over[t]),
            )


def verify(problem: Problem, plan: LetterPlan, within: Problem | None = None) -> list[Breach]:
    """Each constraint, and dealer or part, that the plan breaks; none when it keeps all.

    ``within``: the same problem with pools and hours cut to what a plan may use, where some is kept for chance (None: all of it).
    """
    limits = within or problem
    shape = (len(problem.bundles), len(problem.dealers), problem.weeks)
    if plan.letters.shape != shape:
        return [Breach(OWNERS, f"the plan is shaped {plan.letters.shape}, the problem {shape}.")]
    asking, load = plan.remedy_letters, np.zeros(shape[1:])
    for b in range(len(problem.bundles)):
        load += problem.labour[b] * _requests(problem, asking, b)
    return [
        *_owners(problem, plan),
        *_second_letters(plan),
        *_mail_house(problem, plan),
        *_first_date(problem, plan),
        *_labour(limits, load),
        *_kits(problem, asking, limits.supply),
    ]


_LIMITS = {
    MAIL_HOUSE: letter_plan.MAIL_HOUSE,
    PARTS: letter_plan.KITS,
    TOOLS: letter_plan.KITS,
    WAIT: letter_plan.HOURS,
}


def broken(found: Sequence[Breach]) -> tuple[BrokenLimit, ...]:
    """Return the limits among breaches that a plan's own letters break; a lawful week that is missed is none of them."""
    return tuple(
        BrokenLimit(_LIMITS.get(one.constraint, letter_plan.DAYS), one.what, round(one.over, 3))
        for one in found
        if not one.late and (one.over > 0 or one.constraint not in _LIMITS)
    )
