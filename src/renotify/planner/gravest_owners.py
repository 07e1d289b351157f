"""How long the gravest owners wait for their letters, what holds them back, and what can be done for them.

What holds them back is what would be short if all of them, and nobody else, were written to as soon as they may be: letters of less
risk give way to them already. Owners with a lawful date are told by their interim notices (:mod:`renotify.planner.explain_plan`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from renotify.planner.adjusted_limits import with_margins
from renotify.planner.dealer_groups import backlog, ungrouped
from renotify.planner.explain_plan import EXCESS, NAMED, span
from renotify.planner.letter_plan import Letters, ShortKits, Waiting
from renotify.planner.problem import NO_DATE, Flags, Floats, Ints, Problem
from renotify.values.english import counted, series

GRAVEST = 0.1  # share of the owners that the bundles of the highest risk may hold together
MOST = 0.5  # a highest risk that more than this share of the owners bear is nobody's in particular
LONG_WAIT = 2  # weeks after the first in which a letter may go
EVER_MORE = 2.0**40  # kits: no part is short of more
MEANWHILE = (
    'Until then an interim notice, which asks nobody in, can warn them: a follow-up of kind "interim" of their campaigns sends it where'
    " kits or hours do not suffice."
)


def gravest_words(
    problem: Problem, letters: Letters
) -> tuple[list[str], tuple[ShortKits, ...], tuple[Waiting, ...]]:
    """How long the gravest wait in a plan of letters with a remedy [B, D, T], what can be done, the kits that are short if all are
    written to at once, and who waits by bundle; nothing where none waits long.
    """
    gravest = gravest_bundles(problem)
    weeks = np.arange(problem.weeks)[None, :] - problem.first_week[:, None]
    late = np.where(weeks >= LONG_WAIT, letters.sum(axis=1, dtype=np.int64), 0)
    held = problem.owners.sum(axis=1) - letters.sum(axis=(1, 2), dtype=np.int64)
    waiting = gravest & (late.any(axis=1) | (held > 0))
    if not waiting.any():
        return [], (), ()
    of_all = int(problem.owners[gravest].sum())
    count = int(late[waiting].sum() + held[waiting].sum())
    families = list(_families(problem, waiting, late, held))
    more = f" and {counted(len(families) - NAMED, 'more bundle')}" if len(families) > NAMED else ""
    named = ", ".join(families[:NAMED])
    first = np.unique(problem.first_week[waiting])
    waits = (
        f"Of the {counted(of_all, 'gravest owner')} {count:,} {'waits' if count == 1 else 'wait'}"
    )
    short = _short_kits(problem, gravest)
    said = f"{waits}: {named}{more}; their letters may go from {span(problem, first)} on."
    counts = np.where(waiting, late.sum(axis=1) + held, 0)
    return [said, _what_it_takes(problem, gravest, short)], short, tuple(_waiting(problem, counts))


def _waiting(problem: Problem, counts: Ints) -> Iterator[Waiting]:
    """Who waits of each bundle, models and pieces together, by the first week that is late for them. ``counts`` [B]"""
    names = np.array([name.partition(":")[0] for name in problem.bundles], object)
    for name in sorted(set(names[counts > 0])):
        own = (names == name) & (counts > 0)
        for first in np.unique(problem.first_week[own]).tolist():
            count = int(counts[own & (problem.first_week == first)].sum())
            yield Waiting(name, first + LONG_WAIT, count)


def gravest_bundles(problem: Problem) -> Flags:
    """The bundles of the highest risk that together hold at most ``GRAVEST`` of the owners, or those of the highest risk alone. [B]

    Bundles with a lawful date, and those whose letters remove no risk, are none of them; nor is any where most bear the highest risk.
    Owners of whom nobody is expected to answer, as those whose visit is booked, are not counted.
    """
    owners = problem.owners.sum(axis=1)
    told = (owners > 0) & (problem.mail_by == NO_DATE) & problem.value.any(axis=1)
    everybody = owners[problem.response.any(axis=1)].sum()
    risks = np.unique(problem.risk[told])[::-1]
    holds = np.array([owners[told & (problem.risk >= risk)].sum() for risk in risks])
    within = int((holds <= GRAVEST * everybody).sum())
    if not len(risks) or (not within and holds[0] > MOST * everybody):
        return np.zeros(len(owners), bool)
    grave: Flags = told & (problem.risk >= risks[max(within - 1, 0)])
    return grave


def _families(problem: Problem, waiting: Flags, late: Ints, held: Ints) -> Iterator[str]:
    """Who waits until when, those of the highest risk first; models and pieces of a bundle together."""
    names = np.array([name.partition(":")[0] for name in problem.bundles], object)
    of_risk = sorted({(-problem.risk[b], names[b]) for b in np.flatnonzero(waiting)})
    for risk, name in of_risk:
        own = waiting & (names == name) & (problem.risk == -risk)
        until = np.flatnonzero(late[own].any(axis=0))
        never = int(held[own].sum())
        who = f"of {name} (risk {-risk:g})"
        past = f"{never:,} {'' if len(until) else who + ' '}past the horizon"
        told = [f"{late[own].sum():,} {who} until {span(problem, until)}"] if len(until) else []
        yield " and ".join([*told, *([past] if never else [])])


def _what_it_takes(problem: Problem, gravest: Flags, short: Sequence[ShortKits]) -> str:
    """What is short if all of the gravest are written to as soon as they may be, and what can warn them meanwhile."""
    for_visits = [*_kits(short), *_hours(problem, gravest)]
    takes = [*for_visits, *_places(problem, gravest)]
    lacking = _lacking_anyway(problem, short)
    if not takes and lacking:
        return f"They wait for what {lacking}. {MEANWHILE}"
    if not takes:
        return "Nothing is short for them alone: letters that remove more risk by the same kits and hours go first."
    meanwhile = f" {MEANWHILE}" if for_visits else ""
    anyway = f" That is beyond what {lacking}." if lacking else ""
    return f"To write to all of them at once takes {'; '.join(takes)}.{anyway}{meanwhile}"


def _short_kits(problem: Problem, gravest: Flags) -> tuple[ShortKits, ...]:
    """The parts of which kits are missing: those that traffic lacks without a new letter, and those that the letters need more.

    Most for the letters first.
    """
    needed = np.full(problem.supply.shape, -np.inf)
    before = needed.copy()
    for p in problem.binding:
        own, walk_in = problem.stock[p][:, None], problem.background_use(int(p))
        alone = np.maximum(0.0, walk_in - own).sum(axis=0)
        asked = walk_in + _at_once(problem, gravest, problem.kernel(int(p)))
        drawn = np.maximum(0.0, asked - own).sum(axis=0)
        needed[p], before[p] = (
            np.where(drawn - alone > EXCESS, use, -np.inf) for use in (drawn, alone)
        )
    anyway, more = (_fewest_more(problem, use) for use in (before, needed))
    lacks = before - with_margins(problem).supply > EXCESS
    by = span(problem, np.unique(problem.first_week[gravest])[:1])
    return tuple(
        ShortKits(
            problem.parts[p],
            int(anyway[p]),
            span(problem, np.flatnonzero(lacks[p])) if anyway[p] else "",
            int(more[p] - anyway[p]),
            by,
        )
        for p in np.argsort(anyway - more, kind="stable").tolist()
        if more[p] > 0
    )


def _kits(short: Sequence[ShortKits]) -> Iterator[str]:
    """The kits that the letters need, most first."""
    asked = [one for one in short if one.for_letters]
    if not asked:
        return
    first, *others = asked[:NAMED]
    named = [
        f"{counted(first.for_letters, 'more kit')} of {first.part}",
        *(f"{one.for_letters:,} of {one.part}" for one in others),
    ]
    rest = f", and some of {counted(len(asked) - NAMED, 'more part')}" if len(asked) > NAMED else ""
    yield f"{series(named)}{rest} by {first.by}"


def _lacking_anyway(problem: Problem, short: Sequence[ShortKits]) -> str:
    """The kits that are missing whether or not a letter is sent, most first; blank where none is."""
    lacking = sorted(
        (one for one in short if one.without_letters), key=lambda one: -one.without_letters
    )
    if not lacking:
        return ""
    who = "walk-ins and answers to letters that are out" if problem.letters_out else "walk-ins"
    named = series(
        [
            f"{counted(one.without_letters, 'kit')} of {one.part} in {one.weeks}"
            for one in lacking[:NAMED]
        ]
    )
    rest = (
        f", and some of {counted(len(lacking) - NAMED, 'more part')}"
        if len(lacking) > NAMED
        else ""
    )
    return f"{who} alone lack: {named}{rest}"


def _fewest_more(problem: Problem, needed: Floats) -> Ints:
    """The fewest whole kits of each part, there from the first week on, with which its pool has what is ``needed`` [P, T]. [P]

    The margin for chance grows with the pool, so it takes more than what is missing now.
    """

    def lacks(more: Floats) -> Floats:
        pools = with_margins(replace(problem, supply=problem.supply + more[:, None])).supply
        worst: Floats = (needed - pools).max(axis=1, initial=-np.inf)
        return worst

    low = np.ceil(np.maximum(lacks(np.zeros(len(needed))) - EXCESS, 0.0))
    high = low.copy()
    while ((short := lacks(high) > EXCESS) & (high < EVER_MORE)).any():
        low, high = np.where(short, high, low), np.where(short, 2 * high, high)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        enough = lacks(middle) <= EXCESS
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high.astype(np.int64)


def _at_once(problem: Problem, gravest: Flags, use: Floats) -> Floats:
    """What the gravest ask of a limit if all are written to in their first week; one letter of each asks use [B, T]. [D, T]"""
    asked = np.zeros((len(problem.dealers), problem.weeks))
    for b in np.flatnonzero(gravest & use.any(axis=1)):
        first = problem.first_week[b]
        asked[:, first:] += problem.owners[b][:, None] * use[b, : problem.weeks - first]
    return asked


def _hours(problem: Problem, gravest: Flags) -> Iterator[str]:
    """The dealers whose hours do not suffice."""
    groups = ungrouped(with_margins(problem))
    weekly = np.diff(problem.cumulative, axis=1, prepend=0.0)
    asked = _at_once(problem, gravest, problem.labour[:, None] * weekly)
    there = groups.dealer_hours[:, : problem.weeks]
    over = backlog(problem.background_hours + asked, there) - groups.dealer_wait
    worst = np.where(asked.any(axis=1), over.max(axis=1), 0.0)
    full = np.flatnonzero(worst > EXCESS)
    if len(full):
        most = int(np.argmax(worst))
        yield (
            f"technician hours at {counted(len(full), 'dealer')}, the most at {problem.dealers[most]} ({worst[most]:,.1f})"
        )


def _places(problem: Problem, gravest: Flags) -> Iterator[str]:
    """The pieces that the mail house cannot print in their first weeks."""
    pieces = np.zeros(problem.weeks)
    each = problem.printed * problem.owners.sum(axis=1)
    np.add.at(pieces, problem.first_week[gravest], each[gravest])
    over = pieces - problem.mail_capacity
    if over.max(initial=0.0) > EXCESS:
        week = int(np.argmax(over))
        yield f"{counted(over[week], 'more piece')} of the mail house in {problem.week_words(week)}"
