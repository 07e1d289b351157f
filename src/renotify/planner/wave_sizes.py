"""Waves below the least size: joined with others where a follow-up asks for it, and what is said of it (decisions 0034 and 0091)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from renotify.planner.fill import Fill, priority
from renotify.planner.letter_plan import Letters, exposure_removed
from renotify.planner.problem import NO_DATE, Ints, Problem
from renotify.planner.two_level import Draft
from renotify.values.english import counted

LONGEST_DELAY = 4  # weeks that letters may wait for a larger wave
MEAN_DELAY = (
    2  # weeks that the letters of several small waves wait on average for one of the least size
)
NEAR = f"within {LONGEST_DELAY} weeks"


def with_letters(made: Draft, letters: Letters) -> Draft:
    """Return the draft with other letters, which keep every limit; its interim notices stay."""
    fill = Fill(made.problem)
    fill.replay(letters)
    fill.mail -= made.problem.printed @ made.interim.sum(axis=1)
    return replace(made, remedy=fill.letters, fill=fill)


def pieces_by_week(problem: Problem, mailed: Letters) -> Ints:
    """Pieces that the mail house prints in each week for vehicles ``mailed`` [B, D, T]. [T]"""
    pieces: Ints = problem.printed @ mailed.sum(axis=1, dtype=np.int64)
    return pieces


def most_printed(problem: Problem) -> float:
    """Most pieces that the mail house prints in any week."""
    return float(problem.mail_capacity.max(initial=0.0))


# Joining


def joined_waves(made: Draft) -> Draft:
    """The draft with waves below the least size joined with one before, a larger one after it, or with other small ones.

    No wave goes later by more than LONGEST_DELAY weeks. One with interim notices stays, and no letter crosses a lawful date.
    Where the mail house prints less than the least size in every week none is joined: it would wait for nothing.
    """
    problem = made.problem
    if not problem.least_wave or most_printed(problem) < problem.least_wave:
        return made
    while True:
        before = made
        made = _joined_with_each_other(_joined_one_by_one(made, _neighbours))
        made = _joined_one_by_one(made, _large_enough)
        if made is before:
            return made


def _waves(made: Draft) -> tuple[Ints, list[int]]:
    """Pieces by week, and the weeks of waves below the least size."""
    pieces = pieces_by_week(made.problem, made.remedy + made.interim)
    return pieces, _small(made.problem, pieces)


def _small(problem: Problem, pieces: Ints) -> list[int]:
    return np.flatnonzero((pieces > 0) & (pieces < problem.least_wave)).tolist()


def _joined_one_by_one(made: Draft, others: Callable[[Problem, Ints, int], list[int]]) -> Draft:
    """The draft with small waves, the smallest first, in ``others`` near them, in one of these or several, where all of it fits."""
    stays: set[int] = set()
    while True:
        pieces, small = _waves(made)
        small = [week for week in small if week not in stays]
        if not small:
            return made
        week = min(small, key=lambda w: (pieces[w], w))
        stays.add(week)
        made = _without_week(made, week, others(made.problem, pieces, week)) or made


def _neighbours(_problem: Problem, pieces: Ints, week: int) -> list[int]:
    """The wave before a small one, and the next one after it if that is larger and near."""
    waves = np.flatnonzero(pieces)
    after = waves[(waves > week) & (waves <= week + LONGEST_DELAY)][:1]
    return [*waves[waves < week][-1:].tolist(), *after[pieces[after] > pieces[week]].tolist()]


def _large_enough(problem: Problem, pieces: Ints, week: int) -> list[int]:
    """Waves near a small one, the nearest first: those before it, and those after it that are of the least size with its letters."""
    waves = np.flatnonzero(pieces)
    before = waves[(waves < week) & (waves >= week - LONGEST_DELAY)][::-1]
    after = waves[(waves > week) & (waves <= week + LONGEST_DELAY)]
    large = pieces[after] > pieces[week]
    large &= pieces[after] + pieces[week] >= problem.least_wave
    return [*before.tolist(), *after[large].tolist()]


def _joined_with_each_other(made: Draft) -> Draft:
    """The draft with runs of small waves in the last week of the run, where together they reach the least size.

    Of a run no letter waits more than LONGEST_DELAY weeks, nor all of them more than MEAN_DELAY on average.
    """
    stays: set[int] = set()
    while True:
        pieces, small = _waves(made)
        small = [week for week in small if week not in stays]
        if not small:
            return made
        made = _joined_run(made, small[0], pieces, small) or made
        stays.add(small[0])


def _joined_run(made: Draft, week: int, pieces: Ints, small: list[int]) -> Draft | None:
    """The draft with the shortest run of small waves from a week on that makes one of the least size; None where none does."""
    for last in [w for w in small if week < w <= week + LONGEST_DELAY]:
        run = np.array([w for w in small if week <= w <= last])
        if pieces[run].sum() < made.problem.least_wave or _waits_long(pieces, run):
            continue
        joined: Draft | None = made
        for one in run[:-1].tolist():
            joined = _without_week(joined, one, [last]) if joined else None
        if joined:
            return joined
    return None


def _waits_long(pieces: Ints, run: Ints) -> bool:
    """Whether the letters of a run of waves would wait longer for the last of them than MEAN_DELAY weeks on average."""
    return bool((pieces[run] * (run[-1] - run)).sum() > MEAN_DELAY * pieces[run].sum())


def _without_week(made: Draft, week: int, others: list[int]) -> Draft | None:
    """The draft with a week's letters in other weeks, in the order of these; None where some find no room there."""
    problem, left = made.problem, made.remedy[:, :, week].astype(np.int64)
    pieces = int(problem.printed @ left.sum(axis=1))
    if not others or made.interim[:, :, week].any() or made.fill.mail[others].sum() < pieces:
        return None
    rest = made.remedy.copy()
    rest[:, :, week] = 0
    without = with_letters(made, rest)
    for other in others:
        for b in priority(problem).tolist():
            if left[b].any() and _may_move(without.fill, b, week, other):
                left[b] -= without.fill.place(b, other, left[b])
    return None if left.any() else without


def _may_move(fill: Fill, b: int, week: int, other: int) -> bool:
    """Whether letters of a bundle may go out in another week: one that is open, on the same side of a lawful date."""
    date = int(fill.problem.mail_by[b])
    across = date != NO_DATE and (week <= date) != (other <= date)
    return bool(fill.groups.mailable[b, other]) and not across


# What is said


def joined_words(before: Draft, after: Draft) -> list[str]:
    """How many small waves were joined, and what that costs."""
    problem = before.problem
    if not problem.least_wave:
        return []
    gone = pieces_by_week(problem, before.remedy + before.interim) > 0
    gone &= pieces_by_week(problem, after.remedy + after.interim) == 0
    if not gone.any():
        return []
    cost = exposure_removed(problem, before.remedy) - exposure_removed(problem, after.remedy)
    price = "at no cost" if cost <= 0 else f"for {cost:,.1f} vehicle-weeks of risk"
    waves = counted(gone.sum(), "wave")
    return [
        f"{waves} of fewer than {counted(problem.least_wave, 'piece')} joined another week's, {price}."
    ]


def small_waves(problem: Problem, asking: Letters, mailed: Letters, *, joins: bool) -> list[str]:
    """The waves of ``mailed`` letters that stay below the least size, and for each reason why; ``asking`` are those with a remedy.

    ``joins``: whether :func:`joined_waves` made them; a plain policy joins none.
    """
    pieces = pieces_by_week(problem, mailed)
    weeks = _small(problem, pieces)
    if not weeks:
        return []
    interim = pieces_by_week(problem, mailed) - pieces_by_week(problem, asking)
    by_reason: dict[str, list[str]] = {}
    for week in weeks:
        named = f"{problem.week_words(week)} ({pieces[week]:,})"
        why = (
            _why_small(problem, pieces, week, interim[week] > 0)
            if joins
            else "The policy joins none"
        )
        by_reason.setdefault(why, []).append(named)
    least = counted(problem.least_wave, "piece")
    head = f"{counted(len(weeks), 'wave')} {'stays' if len(weeks) == 1 else 'stay'} below the least of {least}"
    reasons = "; ".join(f"{reason}: {', '.join(named)}" for reason, named in by_reason.items())
    return [f"{head}. {reasons[0].upper()}{reasons[1:]}."]


def _why_small(problem: Problem, pieces: Ints, week: int, has_interim: bool) -> str:
    """Why a small wave is joined with no other."""
    most = most_printed(problem)
    if most < problem.least_wave:
        return f"the mail house prints no more than {most:,.0f} in a week"
    if has_interim:
        return "interim notices among them keep their dates"
    near = pieces[max(0, week - LONGEST_DELAY) : week + LONGEST_DELAY + 1]
    if (near > 0).sum() == 1:
        return f"no other wave {NEAR}"
    if near.sum() < problem.least_wave:
        return f"all waves {NEAR} are fewer together"
    others = _large_enough(problem, pieces, week)
    before, after = [w for w in others if w < week], [w for w in others if w > week]
    reasons = []
    if others:
        which = "a wave before it" if before else "a larger wave after it"
        which += " or a larger one after it" if before and after else ""
        reasons.append(f"limits and dates leave no room for all its letters in {which} {NEAR}")
    if why := _why_in_no_run(problem, pieces, week):
        reasons.append(why)
    elif not after:
        reasons.append(f"no wave follows {NEAR}")
    return ", and ".join(reasons)


def _why_in_no_run(problem: Problem, pieces: Ints, week: int) -> str:
    """Why a small wave is in no run of small ones that waits for its last; nothing where none is near."""
    small = [w for w in _small(problem, pieces) if abs(w - week) <= LONGEST_DELAY]
    runs = [
        np.array(small[i : j + 1])
        for i in range(len(small))
        for j in range(i + 1, len(small))
        if small[i] <= week <= small[j] <= small[i] + LONGEST_DELAY
    ]
    if not runs:
        return ""
    enough = [run for run in runs if pieces[run].sum() >= problem.least_wave]
    if not enough:
        return f"with the small waves {NEAR} it would still be too small"
    if all(_waits_long(pieces, run) for run in enough):
        return f"with small waves the letters would wait more than {MEAN_DELAY} weeks on average"
    return "limits and dates leave no room for a run of small waves in the last of them"
