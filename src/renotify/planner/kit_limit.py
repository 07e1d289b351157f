"""How many more letters one part's or tool's kits allow: dealers' shelves and the national pool, (7) to (9)."""

from __future__ import annotations

import numpy as np

from renotify.planner.apportion import apportion
from renotify.planner.dealer_groups import DealerGroups
from renotify.planner.labour_limit import lag
from renotify.planner.problem import Flags, Floats, Ints

EASE = 1e-7  # kits: rounding that an emptied pool may show
CHORDS = 4  # numbers of letters tried where shelves and pool serve them together
FEW = 12  # dealers whose last kits are tried letter by letter


class KitLimit:
    """Kits of one part or tool; arrays are [T] for the pool and [T, D'] for dealers with a shelf."""

    def __init__(self, groups: DealerGroups, p: int) -> None:
        problem = groups.problem
        self.weeks = problem.weeks
        self.use = problem.kernel(p)
        stock, walk_in = problem.stock[p], problem.background_use(p)
        self.shelf = np.flatnonzero(stock > 0)
        self.spare = (
            stock[self.shelf, None] - walk_in[self.shelf]
        ).T  # own kits not yet spoken for
        self.empty: Flags = self.spare.max(axis=0, initial=-np.inf) <= 0  # nothing left in any week
        self.pool = problem.pool(p) - np.maximum(0.0, walk_in - stock[:, None]).sum(axis=0)

    def allowed(self, b: int, week: int, room: Ints, later: int | None) -> Ints:
        """The part of ``room`` [D] letters that kits cover: own shelf first, then the pool, apportioned. [D]"""
        use = self._kernel(b, week, later)
        if use.max(initial=0.0) <= 0:
            return room
        pool = self._pool_letters(use, week)
        if pool >= room.sum():
            return room
        if not len(self._stocked(room)):
            return apportion(np.array([pool]), room, np.zeros(len(room), np.int64))
        over = self._slack(use, week, room)
        if over >= -EASE:
            return room
        covered = np.minimum(self._covered(use, week, room), room)
        rest = apportion(np.array([pool]), room - covered, np.zeros(len(room), np.int64))
        granted = self._together(use, week, room, covered + rest, over)
        return self._last_letters(use, week, room, granted)

    def _kernel(self, b: int, week: int, later: int | None) -> Floats:
        use = self.use[b] if later is None else lag(self.use[b], later - week)
        return use[: self.weeks - week]

    def _fits(self, use: Floats, week: int, sent: Ints) -> bool:
        """Whether the pool covers what these letters draw on it."""
        return self._slack(use, week, sent) >= -EASE

    def _slack(self, use: Floats, week: int, sent: Ints) -> float:
        """Kits that the pool has left in its worst week that these letters draw on; below 0 it has too few."""
        drawn = self._draw(use, week, sent)
        return float((self.pool[week:] - drawn).min(where=drawn > 0, initial=np.inf))

    def _draw(self, use: Floats, week: int, sent: Ints) -> Floats:
        """Kits that letters draw on the pool from ``week`` on: a shelf gives first, the pool the rest."""
        stocked = self._stocked(sent)
        from_shelf = sent[self.shelf[stocked]]
        drawn: Floats = use * float(sent.sum() - from_shelf.sum())
        if len(stocked):
            before = self.spare[week:, stocked]
            after = before - use[:, None] * from_shelf
            drawn = drawn + (np.minimum(before, 0.0) - np.minimum(after, 0.0)).sum(axis=1)
        return drawn

    def _stocked(self, sent: Ints) -> Ints:
        """Places in ``shelf`` of dealers who get letters and still have a kit of their own."""
        return ((sent[self.shelf] > 0) & ~self.empty).nonzero()[0]

    def _pool_letters(self, use: Floats, week: int) -> float:
        """Letters that the pool alone can serve in full from ``week`` on."""
        drawn = use > 1e-12
        letters = (self.pool[week:][drawn] + EASE) / use[drawn]
        return float(max(0.0, np.floor(letters.min(initial=np.inf))))

    def _covered(self, use: Floats, week: int, room: Ints) -> Ints:
        """Letters that each dealer's own shelf covers in full, without the pool. [D]"""
        covered = np.zeros(len(room), np.int64)
        stocked = self._stocked(room)
        if len(stocked):
            drawn = use > 1e-12
            letters = (self.spare[week:, stocked][drawn] + EASE) / use[drawn, None]
            whole = np.floor(np.maximum(letters.min(axis=0), 0.0))
            covered[self.shelf[stocked]] = whole.astype(np.int64)
        return covered

    def _together(self, use: Floats, week: int, room: Ints, granted: Ints, over: float) -> Ints:
        """More letters than ``granted``, apportioned, as far as shelves and pool cover them together.

        ``over`` is the slack of all of ``room``. A shelf may be short in late weeks only and still spare the pool in those where it
        binds. The pool's slack is concave in the number of letters, so that where the line between two numbers meets 0 there is slack left.
        """
        want, one = room - granted, np.zeros(len(room), np.int64)
        low, high, best = 0.0, float(want.sum()), granted
        slack = self._slack(use, week, granted)
        for _ in range(CHORDS):
            share = slack / (slack - over) if np.isfinite(slack) else 0.5
            more = low + np.floor((high - low) * share)
            if more <= low + high // 1000:
                break
            tried = granted + apportion(np.array([more]), want, one)
            left = self._slack(use, week, tried)
            if left >= -EASE:
                low, slack, best = more, left, tried
            else:
                high, over = more, left
        return best

    def _last_letters(self, use: Floats, week: int, room: Ints, granted: Ints) -> Ints:
        """Adds letters that a shelf's last kits and the pool's serve together, for a few dealers only."""
        half = self.shelf[(granted < room)[self.shelf] & ~self.empty]
        for d in half if len(half) <= FEW else ():
            while granted[d] < room[d]:
                granted[d] += 1
                if not self._fits(use, week, granted):
                    granted[d] -= 1
                    break
        return granted

    def take(self, b: int, week: int, sent: Ints, later: int | None) -> None:
        """Subtracts the letters' kits from shelves and pool."""
        use = self._kernel(b, week, later)
        self.pool[week:] -= self._draw(use, week, sent)
        stocked = self._stocked(sent)
        if len(stocked):
            self.spare[week:, stocked] -= use[:, None] * sent[self.shelf[stocked]]
            self.empty[stocked] = self.spare[:, stocked].max(axis=0) <= 0
