"""One part's kits: what dealers' shelves still cover and what the national pool still holds, (7) to (9)."""

from __future__ import annotations

import numpy as np

from renotify.planner.market import Market
from renotify.planner.problem import Floats, Ints
from renotify.planner.workshop import lag

EASE = 1e-7  # kits: rounding that an emptied pool may show


class Store:
    """Kits of one part or tool; arrays are [T] for the pool and [T, D'] for dealers with a shelf."""

    def __init__(self, market: Market, p: int) -> None:
        problem = market.problem
        self.weeks = problem.weeks
        self.use = problem.kernel(p)
        stock, walk_in = problem.stock[p], problem.background_use(p)
        self.shelf = np.flatnonzero(stock > 0)
        self.spare = (
            stock[self.shelf, None] - walk_in[self.shelf]
        ).T  # own kits not yet spoken for
        self.pool = market.pool(p) - np.maximum(0.0, walk_in - stock[:, None]).sum(axis=0)
        self.empty = self._dry()

    def _dry(self) -> Ints:
        """Shelves that hold nothing for any week: only the pool can serve their dealers. [D']"""
        dry: Ints = self.spare.max(axis=0, initial=-np.inf) <= 0
        return dry

    def allowed(self, b: int, week: int, room: Ints, later: int | None) -> Ints:
        """The part of ``room`` [D] letters that kits cover: own shelf first, then the pool, dealt out."""
        from renotify.planner.fill import deal

        use = self._kernel(b, week, later)
        most = use.max(initial=0.0)
        if most <= 0:
            return room
        covered = np.minimum(self._covered(use, week, room), room)
        asked = room - covered
        pool = self._pool_letters(use, week)
        if asked.sum() <= pool:
            return room
        return covered + deal(np.array([pool]), asked, np.zeros(len(room), np.int64))

    def _kernel(self, b: int, week: int, later: int | None) -> Floats:
        use = self.use[b] if later is None else lag(self.use[b], later - week)
        return use[: self.weeks - week]

    def _pool_letters(self, use: Floats, week: int) -> float:
        """Letters that the pool alone can serve in full from ``week`` on."""
        drawn = use > 1e-12
        letters = (self.pool[week:][drawn] + EASE) / use[drawn]
        return float(max(0.0, np.floor(letters.min(initial=np.inf))))

    def _covered(self, use: Floats, week: int, room: Ints) -> Ints:
        """Letters that each dealer's own shelf covers in full, without the pool. [D]"""
        covered = np.zeros(len(room), np.int64)
        stocked = np.flatnonzero((room[self.shelf] > 0) & ~self.empty)
        if len(stocked):
            drawn = use > 1e-12
            letters = (self.spare[week:, stocked][drawn] + EASE) / use[drawn, None]
            covered[self.shelf[stocked]] = np.floor(np.maximum(letters.min(axis=0), 0.0)).astype(
                np.int64
            )
        return covered

    def take(self, b: int, week: int, sent: Ints, later: int | None) -> None:
        """Writes the letters' kits down: a shelf gives first, the pool the rest."""
        use = self._kernel(b, week, later)
        stocked = np.flatnonzero((sent[self.shelf] > 0) & ~self.empty)
        from_shelf = sent[self.shelf[stocked]]
        self.pool[week:] -= use * (sent.sum() - from_shelf.sum())
        if len(stocked):
            before = self.spare[week:, stocked]
            after = before - use[:, None] * from_shelf
            self.pool[week:] += np.minimum(after, 0.0).sum(axis=1) - np.minimum(before, 0.0).sum(
                axis=1
            )
            self.spare[week:, stocked] = after
            self.empty[stocked] = self.spare[:, stocked].max(axis=0) <= 0
