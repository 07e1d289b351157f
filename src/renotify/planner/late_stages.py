"""What is decided once the risk is: the last week of letters, small waves, and a smooth load at the dealers (decision 0034).

The study's later stages after risk, as one pass over the chosen draft and no second program. The last week comes earlier only by
letters that come earlier, and the load is smoothed only by letters of one bundle that change places: neither gives up any exposure.
Small waves are joined where a follow-up asks for it; that may cost exposure, and the plan says how much.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from renotify.planner.dealer_groups import backlog, ungrouped
from renotify.planner.fill import Fill, priority
from renotify.planner.letter_plan import Letters, exposure_removed
from renotify.planner.problem import NO_DATE, Flags, Floats, Ints, Problem
from renotify.planner.two_level import Draft
from renotify.values.english import counted

LATE_DECISIONS = 300_000  # bundles x dealers x weeks up to which the pass costs a tenth of a second
ROUNDS = 4  # exchanges tried between two weeks of a bundle
LONGEST_DELAY = 4  # weeks that letters may wait for a larger wave
MEAN_DELAY = (
    2  # weeks that the letters of several small waves wait on average for one of the least size
)
EASE = 1e-7  # hours: rounding that a full week may show


def late_stages(made: Draft) -> Draft:
    """The draft with its last week as early as its limits allow, small waves joined, and the dealers' load smoothed."""
    small = made.problem.owners.size * made.problem.weeks <= LATE_DECISIONS
    if small:
        _advance_last_week(made.fill)
    made = joined_waves(made)
    return _smoothed(made) if small else made


def _with_letters(made: Draft, letters: Letters) -> Draft:
    """The draft with other letters, which keep every limit; its interim notices stay."""
    fill = Fill(made.problem)
    fill.replay(letters)
    fill.mail -= made.problem.printed @ made.interim.sum(axis=1)
    return replace(made, remedy=fill.letters, fill=fill)


# The last week


def _advance_last_week(fill: Fill) -> None:
    """Moves the letters of the last week to earlier ones, for as long as that empties it; a letter with a lawful date stays."""
    undated = [b for b in priority(fill.problem).tolist() if fill.problem.mail_by[b] == NO_DATE]
    weeks = np.flatnonzero(fill.letters.any(axis=(0, 1)))[::-1].tolist()
    for last in weeks[:-1]:
        for b in undated:
            for week in np.flatnonzero(fill.groups.mailable[b, :last]).tolist():
                if fill.letters[b, :, last].any() and fill.mail[week] >= fill.problem.printed[b]:
                    fill.advance(b, week, last)
        if fill.letters[:, :, last].any():
            return


# Small waves


def pieces_by_week(problem: Problem, mailed: Letters) -> Ints:
    """Pieces that the mail house prints in each week for vehicles ``mailed`` [B, D, T]. [T]"""
    pieces: Ints = problem.printed @ mailed.sum(axis=1, dtype=np.int64)
    return pieces


def joined_waves(made: Draft) -> Draft:
    """The draft with waves below the least size joined with the one before, a larger one after it, or with other small ones.

    No wave goes later by more than LONGEST_DELAY weeks. One with interim notices stays, and no letter crosses a lawful date.
    """
    if not made.problem.least_wave:
        return made
    return _joined_with_each_other(_joined_with_neighbours(made))


def _waves(made: Draft) -> tuple[Ints, list[int]]:
    """Pieces by week, and the weeks of waves below the least size."""
    pieces = pieces_by_week(made.problem, made.remedy + made.interim)
    small = np.flatnonzero((pieces > 0) & (pieces < made.problem.least_wave))
    return pieces, small.tolist()


def _joined_with_neighbours(made: Draft) -> Draft:
    """The draft with small waves, the smallest first, in the week before, a larger one after it, or both, where all of it fits."""
    stays: set[int] = set()
    while True:
        pieces, small = _waves(made)
        small = [week for week in small if week not in stays]
        if not small:
            return made
        week = min(small, key=lambda w: (pieces[w], w))
        waves = np.flatnonzero(pieces)
        after = waves[(waves > week) & (waves <= week + LONGEST_DELAY)][:1]
        after = after[pieces[after] > pieces[week]]
        near = [*waves[waves < week][-1:].tolist(), *after.tolist()]
        joined = _without_week(made, week, near)
        stays.add(week)
        made = joined or made


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
        total, waits = pieces[run].sum(), (pieces[run] * (last - run)).sum()
        if total < made.problem.least_wave or waits > MEAN_DELAY * total:
            continue
        joined: Draft | None = made
        for one in run[:-1].tolist():
            joined = _without_week(joined, one, [last]) if joined else None
        if joined:
            return joined
    return None


def _without_week(made: Draft, week: int, others: list[int]) -> Draft | None:
    """The draft with a week's letters in other weeks, in the order of these; None where some find no room there."""
    if made.interim[:, :, week].any() or not others:
        return None
    problem, left = made.problem, made.remedy[:, :, week].astype(np.int64)
    rest = made.remedy.copy()
    rest[:, :, week] = 0
    without = _with_letters(made, rest)
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


def small_waves(problem: Problem, mailed: Letters) -> list[str]:
    """The waves that stay below the least size, and for each reason why."""
    pieces = pieces_by_week(problem, mailed)
    weeks = np.flatnonzero((pieces > 0) & (pieces < problem.least_wave))
    if not len(weeks):
        return []
    by_reason: dict[str, list[str]] = {}
    for week in weeks.tolist():
        named = f"{problem.week_words(week)} ({pieces[week]:,})"
        by_reason.setdefault(_why_small(problem, pieces, week), []).append(named)
    least = counted(problem.least_wave, "piece")
    head = f"{counted(len(weeks), 'wave')} {'stays' if len(weeks) == 1 else 'stay'} below the least of {least}"
    reasons = "; ".join(f"{reason}: {', '.join(named)}" for reason, named in by_reason.items())
    return [f"{head}. {reasons[0].upper()}{reasons[1:]}."]


def _why_small(problem: Problem, pieces: Ints, week: int) -> str:
    """Why a small wave is joined with no other."""
    near = pieces[max(0, week - LONGEST_DELAY) : week + LONGEST_DELAY + 1]
    if (near > 0).sum() == 1:
        return f"no other wave within {LONGEST_DELAY} weeks"
    if near.max() < problem.least_wave and near.sum() < problem.least_wave:
        return f"all waves within {LONGEST_DELAY} weeks are fewer together"
    before = "limits and dates leave no room for all its letters in a week before"
    if pieces[week : week + LONGEST_DELAY + 1].sum() < problem.least_wave:
        return f"{before}, and with those of all waves within {LONGEST_DELAY} weeks after it the wave would still be too small"
    return f"{before}, nor in a larger wave within {LONGEST_DELAY} weeks, and in a smaller one most would wait for few"


# A smooth load


def _smoothed(made: Draft) -> Draft:
    """The draft with letters of one bundle exchanged between dealers where that evens out the weekly hours of both.

    Each week keeps its letters of each bundle, so the mail house, the pools and the exposure see no difference. Dealers with
    kits of their own on the shelf, and bundles with a lawful date, stay out.
    """
    load = _Load(made.problem, made.remedy)
    moved = 0
    for b in np.flatnonzero((made.problem.mail_by == NO_DATE) & load.weekly.any(axis=1)).tolist():
        weeks = np.flatnonzero(load.letters[b].any(axis=0)).tolist()
        for first, second in pairwise(weeks):
            moved += load.exchange(b, first, second)
    return _with_letters(made, load.letters) if moved else made


class _Load:
    """The hours that letters and background ask of each dealer, week by week, and the letters themselves."""

    def __init__(self, problem: Problem, letters: Letters) -> None:
        groups = ungrouped(problem)
        self.problem = problem
        self.letters = letters.copy()
        self.hours = groups.dealer_hours[:, : problem.weeks]
        self.wait = groups.dealer_wait
        asked = np.diff(problem.cumulative, axis=1, prepend=0.0)
        self.weekly = problem.labour[:, None] * asked
        self.load = problem.background_hours.copy()
        for b, week in np.argwhere(letters.any(axis=1)).tolist():
            share = self.weekly[b, : problem.weeks - week]
            self.load[:, week:] += letters[b, :, week, None] * share
        self.scale = 1.0 / np.maximum(self.load.mean(axis=1), 1e-9) ** 2

    def exchange(self, b: int, first: int, second: int) -> int:
        """Exchanges letters of two weeks between dealers while the squares of load over mean load fall; returns how many moved."""
        later = self._later(b, first, second)
        moved = 0
        for _ in range(ROUNDS):
            back = self._gains(later, self._may_wait(b, first, second))
            ahead = self._gains(-later, self._free_shelf(b) & (self.letters[b, :, second] > 0))
            back, ahead = (
                np.where(back <= ahead, back, np.inf),
                np.where(ahead < back, ahead, np.inf),
            )
            to_second, to_first = np.argsort(back, kind="stable"), np.argsort(ahead, kind="stable")
            pairs = int((back[to_second] + ahead[to_first] < -1e-9).sum())
            if not pairs:
                break
            self._move(b, to_second[:pairs], first, second, later)
            self._move(b, to_first[:pairs], second, first, -later)
            moved += 2 * pairs
        return moved

    def _later(self, b: int, first: int, second: int) -> Floats:
        """What one letter changes in a dealer's hours that goes out in the second week instead of the first. [T]"""
        weeks = self.problem.weeks
        change = np.zeros(weeks)
        change[second:] += self.weekly[b, : weeks - second]
        change[first:] -= self.weekly[b, : weeks - first]
        return change

    def _free_shelf(self, b: int) -> Flags:
        """Dealers without a shelf of the bundle's kits. [D]"""
        free = np.ones(len(self.problem.dealers), bool)
        for kits, stock in zip(self.problem.kits, self.problem.stock, strict=True):
            if kits[b] > 0:
                free &= stock <= 0
        return free

    def _may_wait(self, b: int, first: int, second: int) -> Flags:
        """Dealers with a letter that may wait: none of a lower risk goes out there in the meantime. [D]"""
        lower = np.flatnonzero(self.problem.risk < self.problem.risk[b])
        passed = self.letters[lower, :, first:second].any(axis=(0, 2))
        free: Flags = self._free_shelf(b) & ~passed & (self.letters[b, :, first] > 0)
        return free

    def _gains(self, change: Floats, asked: Flags) -> Floats:
        """What a change of hours adds to each dealer's squares of load; infinite where not asked or over the hours. [D]"""
        gains = np.full(len(self.load), np.inf)
        at = np.flatnonzero(asked)
        gains[at] = (2 * self.load[at] @ change + change @ change) * self.scale[at]
        over = backlog(self.load[at] + change, self.hours[at]) > self.wait[at] + EASE
        gains[at[over.any(axis=1)]] = np.inf
        return gains

    def _move(self, b: int, dealers: Ints, week: int, to: int, change: Floats) -> None:
        self.letters[b, dealers, week] -= 1
        self.letters[b, dealers, to] += 1
        self.load[dealers] += change
