"""How many more letters one part's or tool's kits allow: dealers' shelves and the national pool, (7) to (9)."""

from __future__ import annotations

import numpy as np

from renotify.planner.apportion import apportion
from renotify.planner.dealer_groups import DealerGroups
from renotify.planner.labour_limit import lag
from renotify.planner.problem import Flags, Floats, Ints

EASE = 1e-7  # kits: rounding that an emptied pool may show
NONE = 1e-12  # kits: less is no use of them
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
        short = (use > NONE) & (self.pool[week:] + EASE < use * float(room.sum()))
        weeks = short.nonzero()[0]  # in the others the pool has enough for all
        if not len(weeks):
            return room
        use, pool = use[weeks], self.pool[week:][weeks]
        alone = float(np.maximum(0.0, np.floor((pool + EASE) / use)).min())
        stocked = self._stocked(room)
        spare = self.spare[np.ix_(week + weeks, stocked)]
        given = (spare > 0).any(axis=0)  # the other shelves leave it all to the pool
        if not given.any():
            return apportion(np.array([alone]), room, np.zeros(len(room), np.int64))
        asked = _Asked(use, pool, self.shelf[stocked[given]], spare[:, given])
        over = asked.slack(room)
        if over >= -EASE:
            return room
        covered = np.minimum(asked.covered(len(room)), room)
        rest = apportion(np.array([alone]), room - covered, np.zeros(len(room), np.int64))
        return asked.last_letters(room, asked.together(room, covered + rest, over))

    def of_pool(self, b: int, week: int) -> float:
        """Letters of bundle b in a week that the pool covers by itself; inf where they draw on no week of it."""
        use = self._kernel(b, week, None)
        some = use > NONE
        fits = (self.pool[week:][some] + EASE) / use[some]
        return float(np.floor(max(0.0, fits.min(initial=np.inf))))

    def alone(self, b: int, week: int, dealers: int) -> Floats:
        """Letters of bundle b in a week that each dealer's own shelf and the whole pool cover; inf where they use none. [D]"""
        covered = np.full(dealers, self.of_pool(b, week))
        use = self._kernel(b, week, None)
        some = use > NONE
        there = np.maximum(self.spare[week:][some], 0.0) + self.pool[week:][some, None]
        fits = ((there + EASE) / use[some, None]).min(axis=0, initial=np.inf)
        covered[self.shelf] = np.floor(np.maximum(fits, 0.0))
        return covered

    def together(self, b: int, week: int, groups: DealerGroups) -> Floats:
        """Letters of bundle b in a week that the shelves of each group's dealers and the whole pool cover together. [G]"""
        use = self._kernel(b, week, None)
        some = use > NONE
        shelves = np.zeros((len(groups.group), int(some.sum())))
        shelves[self.shelf] = np.maximum(self.spare[week:][some], 0.0).T
        there = groups.total(shelves) + self.pool[week:][some]
        fits: Floats = ((there + EASE) / use[some]).min(axis=1, initial=np.inf)
        return np.floor(np.maximum(fits, 0.0))

    def _kernel(self, b: int, week: int, later: int | None) -> Floats:
        use = self.use[b] if later is None else lag(self.use[b], later - week)
        return use[: self.weeks - week]

    def _stocked(self, sent: Ints) -> Ints:
        """Places in ``shelf`` of dealers who get letters and still have a kit of their own."""
        return ((sent[self.shelf] > 0) & ~self.empty).nonzero()[0]

    def take(self, b: int, week: int, sent: Ints, later: int | None) -> None:
        """Subtracts the letters' kits from shelves and pool: a shelf gives first, the pool the rest."""
        use = self._kernel(b, week, later)
        stocked = self._stocked(sent)
        asked = _Asked(use, self.pool[week:], self.shelf[stocked], self.spare[week:, stocked])
        self.pool[week:] -= asked.drawn(sent)
        if len(stocked):
            left = asked.spare - use[:, None] * sent[asked.shelf]
            self.spare[week:, stocked] = left
            used = (left.max(axis=0) <= 0).nonzero()[0]
            before = self.spare[:week, stocked[used]].max(axis=0, initial=-np.inf)
            self.empty[stocked[used]] = before <= 0


class _Asked:
    """What letters of one bundle and week use of shelves and pool in some weeks [S], and what there is; ``shelf`` [N] are dealers."""

    def __init__(self, use: Floats, pool: Floats, shelf: Ints, spare: Floats) -> None:
        self.use, self.pool = use, pool
        self.shelf, self.spare = shelf, spare

    def drawn(self, sent: Ints) -> Floats:
        """Kits that letters draw on the pool: a shelf gives first, the pool the rest. [S]"""
        from_shelf = sent[self.shelf]
        drawn: Floats = self.use * float(sent.sum() - from_shelf.sum())
        if len(from_shelf):
            after = self.spare - self.use[:, None] * from_shelf
            drawn = drawn + (np.minimum(self.spare, 0.0) - np.minimum(after, 0.0)).sum(axis=1)
        return drawn

    def slack(self, sent: Ints) -> float:
        """Kits that the pool has left in its worst week that these letters draw on; below 0 it has too few."""
        drawn = self.drawn(sent)
        return float((self.pool - drawn).min(where=drawn > 0, initial=np.inf))

    def covered(self, dealers: int) -> Ints:
        """Letters that each dealer's own shelf covers in full, without the pool. [D]"""
        covered = np.zeros(dealers, np.int64)
        letters = ((self.spare + EASE) / self.use[:, None]).min(axis=0)
        covered[self.shelf] = np.floor(np.maximum(letters, 0.0)).astype(np.int64)
        return covered

    def together(self, room: Ints, granted: Ints, over: float) -> Ints:
        """More letters than ``granted``, apportioned, as far as shelves and pool cover them together.

        ``over`` is the slack of all of ``room``. A shelf may be short in late weeks only and still spare the pool in those where it
        binds. The pool's slack is concave in the number of letters, so that where the line between two numbers meets 0 there is slack left.
        """
        want, one = room - granted, np.zeros(len(room), np.int64)
        low, high, best = 0.0, float(want.sum()), granted
        slack = self.slack(granted)
        for _ in range(CHORDS):
            share = slack / (slack - over) if np.isfinite(slack) else 0.5
            more = low + np.floor((high - low) * share)
            if more <= low + high // 1000:
                break
            tried = granted + apportion(np.array([more]), want, one)
            left = self.slack(tried)
            if left >= -EASE:
                low, slack, best = more, left, tried
            else:
                high, over = more, left
        return best

    def last_letters(self, room: Ints, granted: Ints) -> Ints:
        """Adds letters that a shelf's last kits and the pool's serve together, for a few dealers only."""
        half = self.shelf[(granted < room)[self.shelf]]
        for d in half if len(half) <= FEW else ():
            while granted[d] < room[d]:
                granted[d] += 1
                if self.slack(granted) < -EASE:
                    granted[d] -= 1
                    break
        return granted
