"""What is decided once the risk is: the last week of letters, small waves, and a smooth load at the dealers (decision 0034).

The study's later stages after risk, as one pass over the chosen draft and no second program. The last week comes earlier only by
letters that come earlier, and the load is smoothed only by letters of equal worth that change places: neither gives up any exposure.
Small waves are joined where a follow-up asks for it; that may cost exposure, and the plan says how much.
"""

from __future__ import annotations

from itertools import combinations, pairwise, permutations

import numpy as np

from renotify.planner.dealer_groups import backlog, ungrouped
from renotify.planner.fill import Fill, priority
from renotify.planner.letter_plan import Letters
from renotify.planner.problem import NO_DATE, Flags, Floats, Ints, Problem
from renotify.planner.two_level import Draft
from renotify.planner.wave_sizes import joined_waves, with_letters

LATE_DECISIONS = 300_000  # bundles x dealers x weeks up to which the pass costs a tenth of a second
ROUNDS = 4  # exchanges tried between two weeks of a bundle
EASE = 1e-7  # hours: rounding that a full week may show


def late_stages(made: Draft) -> Draft:
    """The draft with its last week as early as its limits allow, small waves joined, and the dealers' load smoothed."""
    small = made.problem.decisions <= LATE_DECISIONS
    if small:
        _advance_last_week(made.fill)
    made = joined_waves(made)
    return joined_waves(_smoothed(made)) if small else made


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


# A smooth load


def _smoothed(made: Draft) -> Draft:
    """The draft with letters of one bundle exchanged between dealers where that evens out the weekly hours of both.

    Each week keeps its letters of each bundle, so the mail house, the pools and the exposure see no difference. So they do where letters of
    two bundles that differ in nothing but their hours (two models of one recall) change places at one dealer. Dealers with
    kits of their own on the shelf, and bundles with a lawful date, stay out.
    """
    load = _Load(made.problem, made.remedy)
    moved = 0
    for b in np.flatnonzero((made.problem.mail_by == NO_DATE) & load.weekly.any(axis=1)).tolist():
        weeks = np.flatnonzero(load.letters[b].any(axis=0)).tolist()
        for first, second in pairwise(weeks):
            moved += load.exchange(b, first, second)
    alike = _alike(made.problem)
    for _ in range(ROUNDS):
        of_round = 0
        for b, other in alike:
            weeks = np.flatnonzero(load.letters[[b, other]].any(axis=(0, 1))).tolist()
            for first, second in combinations(weeks, 2):
                of_round += load.exchange_at_a_dealer(b, other, first, second)
        moved += of_round
        if not of_round:
            break
    return with_letters(made, load.letters) if moved else made


def _alike(problem: Problem) -> list[tuple[int, int]]:
    """Pairs of bundles without a lawful date that differ in nothing but the hours of their visits, the longer first."""
    kinds: dict[tuple[object, ...], list[int]] = {}
    for b in np.flatnonzero((problem.mail_by == NO_DATE) & problem.response.any(axis=1)).tolist():
        own = (problem.risk[b], problem.response[b].tobytes(), problem.first_week[b])
        key = (*own, problem.printed[b], problem.kits[problem.binding, b].tobytes())
        kinds.setdefault(key, []).append(b)
    return [
        (longer, shorter)
        for alike in kinds.values()
        for longer, shorter in permutations(alike, 2)
        if problem.labour[longer] > problem.labour[shorter]
    ]


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

    def exchange_at_a_dealer(self, b: int, other: int, first: int, second: int) -> int:
        """Exchanges letters of two bundles between two weeks at each dealer while its squares of load fall; returns how many moved."""
        moved = 0
        for gone, come in ((b, other), (other, b)):
            change = self._later(gone, first, second) - self._later(come, first, second)
            while True:
                asked = (self.letters[gone, :, first] > 0) & (self.letters[come, :, second] > 0)
                asked &= self._free_shelf(gone) & self._free_shelf(come)
                dealers = np.flatnonzero(self._gains(change, asked) < -EASE)
                if not len(dealers):
                    break
                self._move(gone, dealers, first, second, change)
                self._move(come, dealers, second, first, 0.0 * change)
                moved += 2 * len(dealers)
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
