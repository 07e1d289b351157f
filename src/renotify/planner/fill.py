"""Whole letters that keep every limit, for all dealers at once.

The master says how many letters of a bundle a group of dealers should have had by each week; the
fill apportions them to dealers. Every batch of letters is cut to the limits of its week before it is
written down: the owners left, the mail house, each dealer's backlog window (5)-(6), and the kits
(7)-(9), where a dealer's own shelf is used before the national pool. The plan is
therefore feasible and integer by construction, whatever the master's quotas are.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from renotify.planner.apportion import EASE, apportion
from renotify.planner.dealer_groups import ungrouped
from renotify.planner.kit_limit import KitLimit
from renotify.planner.labour_limit import LabourLimit
from renotify.planner.letter_plan import Letters
from renotify.planner.problem import NO_DATE, Flags, Floats, Ints, Problem

LEFT_SHORT = 0.02  # of a letter: what a solver may leave of a whole one, all groups together
DEALS = 4  # rounds in which one week's refused letters are offered to other dealers
MOST_NARROW = 16_000  # owners of a bundle at a dealer up to which letters are kept in 16 bits
Quota = NDArray[np.float64]  # [B, G, T] letters a group should have had by the end of each week


class Fill:
    """A plan in the making: letters so far, and what they leave of each limit."""

    def __init__(self, problem: Problem) -> None:
        groups = ungrouped(problem)
        self.problem = problem
        self.groups = groups
        bundles, dealers = problem.owners.shape
        narrow = np.int16 if problem.owners.max(initial=0) <= MOST_NARROW else np.int32
        in_memory = np.zeros((bundles, problem.weeks, dealers), narrow)  # a week's lie together
        self.letters: Letters = in_memory.swapaxes(1, 2)
        self.left = problem.owners.copy()
        self.mail = problem.mail_capacity.copy()
        self.labour = LabourLimit(groups)
        self.kits_left = {int(p): KitLimit(groups, int(p)) for p in problem.binding}
        self.needs = [
            [p for p in self.kits_left if problem.kits[p, b] > 0]
            for b in range(len(problem.bundles))
        ]

    def place(self, b: int, week: int, want: Ints) -> Ints:
        """Sends as many of ``want`` [D] letters of bundle b in a week as the limits allow; returns how many. [D]"""
        room = self.printable(b, week, np.minimum(want, self.left[b]))
        room = self._allowed(b, week, room, None)
        self._write(b, week, room, None)
        return room

    def advance(self, b: int, week: int, later: int) -> Ints:
        """Moves letters of bundle b from a later week to ``week`` as far as the limits allow."""
        want = self.printable(b, week, self.letters[b, :, later].astype(np.int64))
        moved = self._allowed(b, week, want, later)
        self._write(b, week, moved, later)
        return moved

    def replay(self, letters: Letters) -> None:
        """Takes over the letters of a plan that keeps every limit."""
        for b, week in np.argwhere(letters.any(axis=1)).tolist():
            self._write(b, week, letters[b, :, week].astype(np.int64), None)

    def printable(self, b: int, week: int, want: Ints) -> Ints:
        """The part of ``want`` [D] vehicles of bundle b whose pieces the mail house can still print in a week. [D]"""
        if not np.isfinite(self.mail[week]):
            return want
        if not self.prints(b, week):
            return np.zeros_like(want)
        room = np.array([self.mail[week] / self.problem.printed[b]])
        return apportion(room, want, np.zeros(len(want), np.int64))

    def prints(self, b: int, week: int) -> bool:
        """Whether the mail house can still print one vehicle's pieces of bundle b in a week."""
        return bool(self.mail[week] + EASE >= self.problem.printed[b])

    def _allowed(self, b: int, week: int, room: Ints, later: int | None) -> Ints:
        """The part of ``room`` that hours and kits allow in a week, or moved there from a later one."""
        for p in self.needs[b]:
            if room.any():
                room = self.kits_left[p].allowed(b, week, room, later)
        return self.labour.allowed(b, week, room, later) if room.any() else room

    def _write(self, b: int, week: int, sent: Ints, later: int | None) -> None:
        total = int(sent.sum() * self.problem.printed[b])
        if not total:
            return
        self.letters[b, :, week] += sent.astype(self.letters.dtype)
        self.mail[week] -= total
        if later is None:
            self.left[b] -= sent
        else:
            self.letters[b, :, later] -= sent.astype(self.letters.dtype)
            self.mail[later] += total
        self.labour.take(b, week, sent, later)
        for p in self.needs[b]:
            self.kits_left[p].take(b, week, sent, later)


def priority(problem: Problem) -> Ints:
    """Bundles by what a letter of the first week is worth for its scarcest burden, riskiest first. [B]"""
    worth = problem.value.max(axis=1, initial=0.0)
    return np.lexsort((np.arange(len(worth)), -worth, -problem.risk))


def whole_quota(quota: Quota, forgiven: float = LEFT_SHORT) -> Quota:
    """A quota in whole letters: rounded down cumulatively over the groups, ``forgiven`` of a letter made up for. [B, G, T]

    No bundle has more letters by any week than the program gave it, so that none takes a kit that is kept for a graver one: one
    letter of four kits that was half a letter took thirteen of the gravest. Rounded down group by group, a solver's 2.9999 would
    cost one letter of the gravest risk in each group and each week.
    """
    whole = np.floor(np.cumsum(quota, axis=1) + forgiven)
    return np.diff(whole, axis=1, prepend=0.0)


def fill_to_quota(
    fill: Fill,
    quota: Quota,
    group: Ints,
    rank: Callable[[int], Ints],
    sent: Floats | None = None,
    forgiven: float = LEFT_SHORT,
) -> None:
    """First pass: week by week, each group's letters up to its cumulative quota.

    What the limits of a group's dealers refuse is dealt to the other dealers in the same week, so that no lower risk takes the
    kits and the mail house first. ``sent`` [B, G, T] are letters written before this pass; they count against the quota.
    ``forgiven``: what a whole letter of the quota may lack.
    """
    groups = quota.shape[1]
    target = whole_quota(quota, forgiven)
    had = np.zeros(quota.shape[:2])
    for week in range(fill.problem.weeks):
        if sent is not None:
            had += sent[:, :, week]
        for b in rank(week):
            due = target[b, :, week] - had[b]
            if (due <= 0).all() or not fill.prints(int(b), week) or not fill.left[b].any():
                continue
            want = fill.left[b] * (due > 0)[group]
            want = apportion(np.maximum(due, 0.0), want, group)
            placed = fill.place(int(b), week, want)
            placed = placed + _dealt_again(
                fill, int(b), week, int(due.sum() - placed.sum()), placed < want
            )
            had[b] += np.bincount(group, placed, minlength=groups)


def _dealt_again(fill: Fill, b: int, week: int, rest: int, full: Flags) -> Ints:
    """Letters that full dealers refused, dealt to the others in the same week; returns how many. [D]"""
    placed = np.zeros(len(full), np.int64)
    one = np.zeros(len(full), np.int64)
    for _ in range(DEALS):
        want = apportion(np.array([float(max(rest, 0))]), np.where(full, 0, fill.left[b]), one)
        if not want.any():
            break
        sent = fill.place(b, week, want)
        placed += sent
        rest -= int(sent.sum())
        full = full | (sent < want)
    return placed


def top_up(
    fill: Fill, rank: Callable[[int], Ints], enough: Callable[[int], bool] | None = None
) -> bool:
    """Further pass without quota: the owners left, as early as the limits still allow.

    ``enough`` is asked after each week whether to stop there; False if the pass was stopped.
    """
    for week in range(fill.problem.weeks):
        for b in rank(week):
            if fill.groups.mailable[b, week] and fill.prints(int(b), week) and fill.left[b].any():
                fill.place(int(b), week, fill.left[b])
        if enough is not None and enough(week):
            return False
    return True


def pull_forward(fill: Fill, rank: Callable[[int], Ints], reach: int) -> int:
    """Moves letters up to ``reach`` weeks earlier where the limits allow; returns how many were moved."""
    moved = 0
    for week in range(fill.problem.weeks - 1):
        for b in rank(week):
            last = _last_source_week(fill, int(b), week, reach)
            for later in range(week + 1, last):
                if fill.prints(int(b), week) and fill.letters[b, :, later].any():
                    moved += int(fill.advance(int(b), week, later).sum())
    return moved


def _last_source_week(fill: Fill, b: int, week: int, reach: int) -> int:
    """Letters from weeks before this one may be moved to ``week``; none crosses a lawful date."""
    if not fill.groups.mailable[b, week]:
        return week
    last = min(week + 1 + reach, fill.problem.weeks)
    date = int(fill.problem.mail_by[b])
    return last if date == NO_DATE or week > date else min(last, date + 1)
