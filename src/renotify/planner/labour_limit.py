"""Each dealer's hours: how many more letters its backlog window can take (constraints (5) and (6)).

Served first in, first out within V weeks means: for all s <= t the hours asked for in s..t fit into
the hours of s..t+V. With A[t] the hours asked for so far, C[t] the hours so far and W[t] the backlog
that may wait, this is  A[t] - C[t] - W[t] <= A[s-1] - C[s-1]  for all s <= t.
A letter adds h F[t - w] to A[t]; all pairs (s, t) are kept exactly, for all dealers at once.
"""

from __future__ import annotations

import numpy as np

from renotify.planner.dealer_groups import DealerGroups
from renotify.planner.problem import Floats, Ints

EASE = 1e-7  # hours: rounding that a full week may show


def lag(kernel: Floats, weeks: int) -> Floats:
    """The kernel of moving a letter ``weeks`` earlier: what it then uses sooner. [T]"""
    moved = kernel.copy()
    if weeks < len(kernel):
        moved[weeks:] -= kernel[: len(kernel) - weeks]
    return moved


def _weeks_to_settle(use: Floats) -> Ints:
    """Weeks from a letter of each bundle after which it asks for nothing more. [B]"""
    changing = np.diff(use, axis=1, prepend=0.0) != 0
    last: Ints = np.where(changing.any(axis=1), use.shape[1] - changing[:, ::-1].argmax(axis=1), 1)
    return last


def _least_ahead(slack: Floats) -> Floats:
    """The least of each week and all after it. [T, D]"""
    ahead: Floats = np.minimum.accumulate(slack[::-1], axis=0)[::-1]
    return ahead


def _tightest(s: int, use: Floats, idle: Floats, full: Floats) -> Floats:
    """Letters that fit every window starting at row ``s``. [D]"""
    burden = use[s:] - (use[s - 1] if s else 0.0)
    some = (burden > 1e-12).nonzero()[0]
    slack = idle[s] - full[s:][some] + EASE
    fits: Floats = (slack / burden[some, None]).min(axis=0, initial=np.inf)
    return fits


class LabourLimit:
    """Hours of all dealers, week by week; arrays are [T, D] so that weeks are contiguous."""

    def __init__(self, groups: DealerGroups) -> None:
        problem = groups.problem
        self.weeks = problem.weeks
        self.use = problem.labour[:, None] * problem.cumulative
        self.span = _weeks_to_settle(self.use)
        self.limited = np.flatnonzero(groups.limited)
        hours = groups.hours[self.limited].T
        spare = np.cumsum(groups.background_hours[self.limited].T - hours, axis=0)
        self.full = spare - groups.wait[self.limited].T  # A - C - W
        self.idle = np.zeros_like(spare)  # A[s-1] - C[s-1]
        self.idle[1:] = spare[:-1]
        self.least = np.minimum.accumulate(self.idle, axis=0)  # of all windows that start by week s
        self.slack = np.zeros_like(spare)  # of all windows that end in week t or later
        self.known = self.weeks  # ``slack`` holds from this week on

    def allowed(self, b: int, week: int, room: Ints, later: int | None) -> Ints:
        """The part of ``room`` [D] letters of bundle b that the windows take."""
        use = self.use[b] if later is None else lag(self.use[b], later - week)
        width = int(min(self.span[b] + (0 if later is None else later - week), self.weeks - week))
        use = use[:width]
        if not use.any() or not len(self.limited):
            return room
        asked = room[self.limited]
        tested = asked.nonzero()[0]
        tested = self._refused(week, use, tested, asked[tested])
        if len(tested):
            fits = np.floor(np.maximum(self._exactly(week, use, tested), 0.0))
            room = room.copy()
            at = self.limited[tested]
            room[at] = np.minimum(room[at], fits.astype(np.int64))
        return room

    def _refused(self, week: int, use: Floats, at: Ints, asked: Ints) -> Ints:
        """The dealers of ``at`` whose windows may not take what is asked of them; the rest surely do.

        Every window is charged with all that it could see: first with the most that a letter ever uses, then with the most up to its week.
        """
        doubted = self._slack(week)[at] + EASE < use.max() * asked
        at, asked = at[doubted], asked[doubted]
        slack = self.least[week : week + len(use), at] - self._full(week, len(use), at)
        most = np.maximum.accumulate(use)
        over = (slack + EASE < most[:, None] * asked).any(axis=0)
        refused: Ints = at[over]
        return refused

    def _slack(self, week: int) -> Floats:
        """The least slack of all windows that end in a week or later. [D]

        Letters keep it up from their own week on; a pass that begins anew at an earlier one finds it here.
        """
        if week < self.known:
            self.slack = _least_ahead(self.least - self.full)
            self.known = 0
        now: Floats = self.slack[week]
        return now

    def _idle(self, week: int, width: int, at: Ints) -> Floats:
        """idle[s] for windows starting at or before ``week`` (row 0) and at each week after it."""
        idle = self.idle[week : week + width, at]
        idle[0] = self.least[week, at]
        return idle

    def _full(self, week: int, width: int, at: Ints) -> Floats:
        """full[t] from ``week`` on; the last row stands for every week after which nothing changes."""
        full = self.full[week : week + width, at]
        full[-1] = self.full[week + width - 1 :, at].max(axis=0)
        return full

    def _exactly(self, week: int, use: Floats, at: Ints) -> Floats:
        """Letters that fit all windows (s, t): (idle[s] - full[t]) / (use[t] - use[s-1])."""
        width = len(use)
        idle, full = self._idle(week, width, at), self._full(week, width, at)
        fits = _tightest(0, use, idle, full)
        open_ = (fits >= 1).nonzero()[0]  # the first window alone shuts most full dealers out
        if len(open_):
            idle, full = idle[:, open_], full[:, open_]
            later = fits[open_]
            for s in range(1, width):
                np.minimum(later, _tightest(s, use, idle, full), out=later)
            fits[open_] = later
        return fits

    def take(self, b: int, week: int, sent: Ints, later: int | None) -> None:
        """Adds the letters' hours to the backlog."""
        use = self.use[b] if later is None else lag(self.use[b], later - week)
        use = use[: self.weeks - week]
        at = sent[self.limited].nonzero()[0]
        added = use[:, None] * sent[self.limited[at]]
        full, idle = self.full[week:, at] + added, self.idle[week:, at]
        idle[1:] += added[:-1]
        least = np.minimum.accumulate(idle, axis=0)
        if week:
            np.minimum(least, self.least[week - 1, at], out=least)
        self.full[week:, at], self.idle[week:, at], self.least[week:, at] = full, idle, least
        if week >= self.known:
            self.slack[week:, at] = _least_ahead(least - full)
        self.known = week if week >= self.known else self.weeks
