"""No letter waits while one goes that is worth less there and needs at least as much: what rounding leaves of it is set right.

A program's letters have no such pair, but whole letters are dealt out bundle by bundle, and what one dealer refuses goes to the next.
Of a plan with tens of thousands of letters one or two then stand in another's place.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from renotify.planner.letter_plan import Letters, exposure_removed
from renotify.planner.problem import NO_DATE, Flags, Ints, Problem
from renotify.planner.two_level import Draft, completed

EASE = 1e-12  # hours and kits: rounding of sums
ROUNDS = 3  # what is placed anew may wait again
MOST_DECISIONS = 1_000_000  # above, filling the plan anew takes most of a second, for some ten letters of four million
GAIN = 1e-9  # vehicle-weeks of risk


def graver_first(made: Draft) -> Draft:
    """The plan with the graver letter in the place of the other, which goes as soon as limits allow then; as it is where that is no gain.

    A letter waits that goes later, or never. Plans with lawful dates, whose notices follow other rules, and of more
    than MOST_DECISIONS stay as they are.
    """
    problem = made.problem
    if (problem.mail_by != NO_DATE).any() or problem.decisions > MOST_DECISIONS:
        return made
    pairs = list(_pairs(problem))
    for _ in range(ROUNDS):
        after = _once(made, pairs)
        if after is made:
            break
        made = after
    return made


def _once(made: Draft, pairs: list[tuple[int, int]]) -> Draft:
    problem, letters = made.problem, made.remedy.copy()
    left = problem.owners - letters.sum(axis=2)
    for one, other in pairs:
        _exchanged(problem, letters, left, one, other)
    if (letters == made.remedy).all():
        return made
    after = completed(problem, letters, reach=0)
    gain = exposure_removed(problem, after.remedy) - exposure_removed(problem, made.remedy)
    return after if gain > GAIN else made


def needs_no_more(problem: Problem) -> Flags:
    """Whether a letter of a bundle uses no more pieces, no more hours in any week, and no more kits by any, than one of another. [B, B]

    Hours of a week that are not used are lost, and kits are kept.
    """
    uses = [problem.labour[:, None] * np.diff(problem.cumulative, axis=1, prepend=0.0)]
    uses += [problem.kernel(int(p)) for p in problem.binding]
    held: Flags = problem.printed[:, None] <= problem.printed[None, :]
    for use in uses:
        for one in range(len(held)):
            held[one] &= (use[one] <= use + EASE).all(axis=1)
    np.fill_diagonal(held, val=False)
    return held


def _pairs(problem: Problem) -> Iterator[tuple[int, int]]:
    """Bundles of which the first may take any place of the second, those worth most first."""
    found = np.argwhere(needs_no_more(problem))
    best = problem.value.max(axis=1, initial=0.0)
    order = np.argsort(-(best[found[:, 0]] - best[found[:, 1]]), kind="stable")
    yield from ((int(one), int(other)) for one, other in found[order])


def _exchanged(problem: Problem, letters: Letters, left: Ints, one: int, other: int) -> None:
    """Puts waiting letters of ``one`` in the places of ``other`` at the same dealer; these are taken back, to be placed anew."""
    weeks = problem.weeks
    value = np.concatenate([problem.value, np.zeros((len(problem.value), 1))], axis=1)
    gain = value[one][:, None] - value[one][None, :]
    loss = value[other][:, None] - value[other][None, :]
    better = np.triu(gain > loss + GAIN, 1)[:weeks]  # [early, late], the last week is never
    better[: problem.first_week[one]] = False
    waits = np.concatenate([letters[one], left[one][:, None]], axis=1) > 0
    places = (letters[other] > 0) & ((waits.astype(float) @ better.T.astype(float)) > 0)
    for dealer, early in np.argwhere(places).tolist():
        for late in range(weeks, early, -1):
            if not better[early, late]:
                continue
            there = left[one, dealer] if late == weeks else letters[one, dealer, late]
            moved = int(min(there, letters[other, dealer, early]))
            if moved <= 0:
                continue
            letters[one, dealer, early] += moved
            letters[other, dealer, early] -= moved
            left[other, dealer] += moved
            if late == weeks:
                left[one, dealer] -= moved
            else:
                letters[one, dealer, late] -= moved
