"""What more kits, hours and places at the mail house buy where few decisions are contested, in whole letters (decision 0080).

The relief of :mod:`renotify.planner.relief` is a linear program's, in which half a letter is worth half of one. Where a letter is no
fraction of anything the plan itself is made again under more of each limit, from its own letters on. What it then removes is what at
least is bought: it is a plan that keeps every limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from renotify.planner.adjusted_limits import trimmed, with_margins
from renotify.planner.letter_plan import Letters, exposure_removed
from renotify.planner.problem import NO_DATE, Problem
from renotify.planner.relief import RELIEF_PARTS, Gain, gain_of, more_kits, more_pieces
from renotify.planner.told_apart import told_apart
from renotify.planner.two_level import Draft, completed, draft
from renotify.planner.wave_sizes import joined_waves
from renotify.planner.whole_letters import contested, in_whole_letters
from renotify.values.english import counted

WHOLE_RELIEF = 2_000  # contested decisions up to which relief is told in whole letters
# contested decisions up to which branch and bound looks for more than what fits beside the plan's own letters
SEARCHED = 100
NEAR = 2e-2  # share of the best within which that search ends, at its root


def is_told_in_letters(made: Draft) -> bool:
    """Whether relief of a plan is told in whole letters: few decisions are contested, and no date is a lawful one."""
    problem = made.problem
    if problem.cells > WHOLE_RELIEF or (problem.mail_by != NO_DATE).any():
        return False
    return contested(told_apart(problem)) <= WHOLE_RELIEF


def what_more_buys(problem: Problem, made: Draft) -> list[str]:
    """A sentence a limit of which a little more buys something: pieces of the mail house, hours, then parts, those worth most first."""
    return [*_mail(problem, made), *_hours(problem, made), *_parts(problem, made)]


def _bought(relieved: Problem, made: Draft) -> Gain:
    """What the plan under more of a limit has more than the one that was made."""
    more = trimmed(with_margins(relieved))
    after = completed(more, made.remedy)
    apart = told_apart(more)
    if contested(apart) <= SEARCHED:
        search = in_whole_letters(apart, after.remedy, nodes=1, close=NEAR)
        after = max(after, draft(more, search.guide), key=_worth)
    after = joined_waves(after)  # as those of the plan itself are
    exposure = _worth(after) - _worth(made)
    return gain_of(relieved, exposure, _weekly(made.remedy), _weekly(after.remedy), at_least=True)


def _worth(made: Draft) -> float:
    return exposure_removed(made.problem, made.remedy)


def _weekly(letters: Letters) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Letters so far, of all dealers together. [B, T]"""
    return np.cumsum(letters.sum(axis=1, dtype=np.float64), axis=1)


def _mail(problem: Problem, made: Draft) -> Iterator[str]:
    pieces = problem.printed @ made.remedy.sum(axis=1, dtype=np.int64)
    left = problem.mail_capacity - pieces
    full = np.flatnonzero(np.isfinite(left) & (left < problem.printed.max()))
    if not len(full):
        return
    week, more = int(full[0]), problem.mail_capacity.copy()
    extra = more_pieces(problem, week)
    more[week] += extra
    gain = _bought(replace(problem, mail_capacity=more), made)
    if gain.is_one:
        yield (
            f"The mail house binds in {counted(len(full), 'week')}, first in {problem.week_words(week)}:"
            f" {counted(extra, 'more piece')} there {gain}."
        )


def _hours(problem: Problem, made: Draft) -> Iterator[str]:
    if not np.isfinite(problem.hours).any():
        return
    gain = _bought(replace(problem, hours=problem.hours + 1.0), made)
    if gain.is_one:
        yield f"Technician hours bind: one more hour a week at each dealer {gain}."


def _parts(problem: Problem, made: Draft) -> Iterator[str]:
    found = []
    for p in problem.binding.tolist():
        if not problem.may_run_short(p):
            continue
        extra, more = more_kits(problem, p), problem.supply.copy()
        more[p] += extra
        gain = _bought(replace(problem, supply=more), made)
        if gain.is_one:
            found.append((-gain.exposure, p, extra, gain))
    for _, p, extra, gain in sorted(found, key=lambda one: one[:2])[:RELIEF_PARTS]:
        part = problem.parts[p]
        yield f"{part} binds: {counted(extra, 'more kit')} of {part} in {problem.week_words(0)} {gain}."
