"""Prices for what all dealers share, and the ceiling of every plan that they prove (decision 0113).

At any prices, what each dealer's letters are worth at most beyond what they use, and all that there is at its prices, are together a
ceiling of the whole plan: nobody's hours are lent to another, as a master of groups lends them. A master of few groups has nearly the
prices of the dealers. (Lagrangian relaxation: Geoffrion 1974.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from renotify.planner.one_dealer import OneDealer, shared_parts
from renotify.planner.problem import Floats, Problem
from renotify.planner.two_level import Master


@dataclass(frozen=True, eq=False)
class Prices:
    """What places at the mail house, and kits that the pool has given by each week, cost by week: the first row, and one by part."""

    problem: Problem
    parts: list[int]
    each: Floats  # [1 + len(parts), T]

    @classmethod
    def of_master(cls, master: Master) -> Prices:
        """Return the prices of the rows of a master."""
        problem = master.groups.problem
        rows, prices = master.variables.rows, master.solution.prices
        parts = shared_parts(problem)
        each = np.zeros((1 + len(parts), problem.weeks))
        each[0, np.isfinite(problem.mail_capacity)] = np.maximum(prices[rows["mail"]], 0.0)
        for row, p in enumerate(parts, 1):
            price = np.maximum(prices[rows[f"pool {p}"]], 0.0)
            if not problem.away[
                p
            ]:  # of a kit that is used from a week on: here it is of each week in which it is in use
                price = np.maximum.accumulate(price[::-1])[::-1]
                price = price - np.append(price[1:], 0.0)
            each[row] = price
        return cls(problem, parts, each)

    def times(self, part: float) -> Prices:
        """Return the same prices, each of them so many times."""
        return replace(self, each=part * self.each)

    @property
    def letter(self) -> Floats:
        """What a letter is worth beyond its place at the mail house. [B, T]"""
        beyond: Floats = self.problem.value - self.problem.printed[:, None] * self.each[0]
        return beyond

    @property
    def kit(self) -> dict[int, Floats]:
        """What a kit of the pool costs, by part. [T]"""
        return dict(zip(self.parts, self.each[1:], strict=True))


def ceiling_by_dealer(prices: Prices) -> float:
    """What no plan without lawful dates removes more than, by each dealer's own program at prices for what all share.

    What each is worth at most is proven by the prices of its own limits.
    """
    problem, dealer = prices.problem, OneDealer(prices.problem, prices.parts)
    pool = {p: problem.pool(p) for p in prices.parts}
    own = {p: problem.stock[p][:, None] - problem.background_use(p) for p in prices.parts}
    there = np.stack([problem.mail_capacity, *pool.values()])
    ceiling = float((prices.each * np.where(np.isfinite(there), there, 0.0)).sum())
    dealer.priced_at(prices.letter, prices.kit)
    # each is solved from where the last one ended: that of nearly the same hours
    for d in np.argsort(dealer.free.sum(axis=1), kind="stable").tolist():
        of_dealer = {p: own[p][d] for p in prices.parts}
        ceiling += dealer.ceiling(d, of_dealer, pool, problem.mail_capacity)
    return ceiling
