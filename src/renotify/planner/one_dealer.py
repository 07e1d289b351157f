"""The letters of one dealer by a small linear program, in fractions and made whole (decisions 0112 and 0113).

What all dealers share has prices; a dealer's hours, shelf and owners are limits. The program of one dealer is that of the next but for
its limits, so that each is solved from where the last one ended. (Diving: Achterberg 2007.)
"""

from __future__ import annotations

import numpy as np

from renotify.planner.dealer_groups import ungrouped
from renotify.planner.problem import Flags, Floats, Ints, Problem
from renotify.planner.solver import OneByOne, Program
from renotify.planner.whole_letters import most_alone

WHOLE = 1e-6  # of a letter: rounding that a solver may show
EASE = 1e-7  # hours and kits: the same


def shared_parts(problem: Problem) -> list[int]:
    """Parts and tools whose pool may run short."""
    return [int(p) for p in problem.binding if problem.away[p] or problem.may_run_short(int(p))]


class OneDealer:
    """The program of one dealer: letters [B, T] within its hours, and kits of ``parts`` beyond its shelf at the pool's prices.

    Its coefficients are those of every dealer; what differs are the limits. ``raised``: share of its fractions that are made whole before
    it is solved anew.
    """

    def __init__(self, problem: Problem, parts: list[int], raised: float = 1.0) -> None:
        bundles, weeks = len(problem.bundles), problem.weeks
        groups = ungrouped(problem)
        self.problem, self.parts, self.raised = problem, parts, raised
        self.most = most_alone(groups)
        self.wait = groups.dealer_wait
        self.free = groups.dealer_hours[:, :weeks] - groups.background_hours
        self.hours = _from_week_on(problem.labour[:, None] * problem.cumulative)
        self.kits = {p: _from_week_on(problem.kernel(p)) for p in parts}
        self.bundle, self.week = np.divmod(np.arange(bundles * weeks), weeks)
        self.printed = problem.printed[self.bundle]
        of_bundle = (self.bundle[:, None] == np.arange(bundles)).astype(float)
        of_week = (self.week[:, None] == np.arange(weeks)) * self.printed[:, None]
        # owners, places at the mail house and kits that a letter takes
        self.use = np.concatenate([of_bundle, of_week, *self.kits.values()], axis=1)
        program = Program()
        self.x = program.columns(0.0, np.zeros(bundles * weeks))
        self.queue = program.columns(0.0, np.zeros(weeks))
        self.drawn = {p: program.columns(0.0, np.zeros(weeks)) for p in parts}
        self.rows = self._rows(program)
        self.solver = OneByOne(program)

    def _rows(self, program: Program) -> dict[str, Ints]:
        """Owners, hours, kits of each part and places at the mail house; their limits come with the dealer."""
        weeks, inf = self.problem.weeks, np.inf
        rows = {
            "owners": program.rows(
                -inf, np.zeros(len(self.problem.bundles)), (len(self.problem.bundles),)
            )
        }
        program.put(rows["owners"][self.bundle], self.x, 1.0)
        rows["hours"] = program.rows(0.0, inf, (weeks,))
        program.put(rows["hours"], self.queue, 1.0)
        program.put(rows["hours"][1:], self.queue[:-1], -1.0)
        asked = np.diff(self.hours, axis=1, prepend=0.0)
        program.put(rows["hours"], self.x[:, None], -asked)
        for p in self.parts:
            rows[f"kits {p}"] = program.rows(-inf, np.zeros(weeks), (weeks,))
            program.put(rows[f"kits {p}"], self.x[:, None], self.kits[p])
            program.put(rows[f"kits {p}"], self.drawn[p], -1.0)
        rows["mail"] = program.rows(-inf, np.zeros(weeks), (weeks,))
        program.put(rows["mail"][self.week], self.x, self.printed)
        return rows

    def priced_at(self, letter: Floats, kit: dict[int, Floats]) -> None:
        """Sets what a letter is worth [B, T] and what a kit of the pool costs, by part. [T]"""
        self.solver.gain[self.x] = letter.ravel()
        for p in self.parts:
            self.solver.gain[self.drawn[p]] = -kit[p]

    def used(self, letters: Ints, p: int) -> Floats:
        """Kits of a part that letters [B, T] use. [T]"""
        used: Floats = letters.ravel() @ self.kits[p]
        return used

    def letters(
        self, d: int, own: dict[int, Floats], pool: dict[int, Floats], places: Floats
    ) -> Ints:
        """The dealer's letters with ``own`` kits on the shelf, so many of the pool, and so many places at the mail house. [B, T]"""
        self._limited(d, own, pool, places)
        kits = [own[p] + pool[p] for p in self.parts]
        left = np.concatenate([self.problem.owners[:, d], places, *kits])
        return self._made_whole(self.most[:, d].ravel(), _Left(self, d, left))

    def ceiling(
        self, d: int, own: dict[int, Floats], pool: dict[int, Floats], places: Floats
    ) -> float:
        """What the dealer's letters are worth at most within the same limits."""
        self._limited(d, own, pool, places)
        self.solver.begun()
        return self.solver.ceiling()

    def _limited(
        self, d: int, own: dict[int, Floats], pool: dict[int, Floats], places: Floats
    ) -> None:
        """Sets the limits of the program to those of a dealer."""
        solver, rows, owners = self.solver, self.rows, self.problem.owners[:, d]
        solver.high[self.x] = self.most[:, d].ravel()
        solver.high[self.queue] = self.wait[d]
        solver.row_high[rows["owners"]] = owners
        solver.row_low[rows["hours"]] = -self.free[d]
        solver.row_high[rows["mail"]] = np.where(
            np.isfinite(places), places, owners @ self.problem.printed
        )
        for p in self.parts:
            # no dealer draws more than its letters could use, or than its shelf lacks
            most = self.kits[p].max(axis=1).reshape(len(owners), -1).max(axis=1) @ owners
            solver.high[self.drawn[p]] = np.minimum(pool[p], most + np.maximum(0.0, -own[p]))
            solver.row_high[rows[f"kits {p}"]] = own[p]

    def _made_whole(self, most: Floats, left: _Left) -> Ints:
        """The dealer's letters by its program, made whole: the largest fractions first, and the rest solved anew around them. [B, T]"""
        found = self.solver.begun()[self.x]
        whole, may = np.floor(found + WHOLE), np.flatnonzero(most > 0)
        left.take(whole)
        while True:
            rest = found - whole
            over = np.argsort(-rest, kind="stable")[: int((rest > WHOLE).sum())]
            raised = 0
            for at in over.tolist():
                if left.hold(at):
                    left.take_one(at)
                    whole[at] += 1
                    raised += 1
                if raised >= self.raised * len(over):
                    break
            may = may[(whole[may] + 1 <= most[may]) & left.hold(may)]
            if not len(may):
                break
            high = whole.copy()
            high[may] = most[may]
            found = self.solver.again(self.x, whole, high)[self.x]
            if not raised and (found - whole <= WHOLE).all():
                break
            more = np.maximum(np.floor(found + WHOLE) - whole, 0.0)
            left.take(more)
            whole += more
        return whole.astype(np.int64).reshape(len(self.problem.bundles), -1)


class _Left:
    """What a dealer's whole letters leave of its limits: hours, and ``left`` owners, places at the mail house and kits by week."""

    def __init__(self, dealer: OneDealer, d: int, left: Floats) -> None:
        self._hours, self._use = dealer.hours, dealer.use
        self._net = -np.cumsum(dealer.free[d])  # hours asked for so far, less those that there were
        self._wait, self._left = dealer.wait[d] + EASE, left + EASE

    def hold(self, at: Ints | int) -> Flags:
        """Whether one letter more at each place keeps every limit. [len(at)]"""
        net = self._net + self._hours[at]
        waiting = net - np.minimum.accumulate(np.minimum(net, 0.0), axis=-1)
        held: Flags = (waiting <= self._wait).all(axis=-1) & (self._use[at] <= self._left).all(
            axis=-1
        )
        return held

    def take(self, letters: Floats) -> None:
        """Take up so many letters. [B * T]"""
        self._net += letters @ self._hours
        self._left -= letters @ self._use

    def take_one(self, at: int) -> None:
        """Take up the letter of a place."""
        self._net += self._hours[at]
        self._left -= self._use[at]


def _from_week_on(use: Floats) -> Floats:
    """What a letter of each bundle and week has used by each week, by its use [B, T] after so many weeks. [B * T, T]"""
    bundles, weeks = use.shape
    used = np.zeros((bundles, weeks, weeks))
    for week in range(weeks):
        used[:, week, week:] = use[:, : weeks - week]
    return used.reshape(bundles * weeks, weeks)
