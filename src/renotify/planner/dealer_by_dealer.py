"""A plan made better dealer by dealer, at prices for what all of them share (decision 0112).

Where hours are few a dealer takes whole jobs and no fractions of them: the linear program sends 0.4 letters a week, and rounding sends
none. Each dealer's own best letters are found by a small linear program of its hours and shelf, in which the mail house and the pool
have the prices of the master; its letters are made whole a few at a time, and it is solved anew around them. A dealer may use what it
uses already and what nobody uses. At full prices dealers give up what is worth more elsewhere, and take it up in the next pass; in the
last one prices are lower, so that nothing is left over. (Lagrangian decomposition: Geoffrion 1974; diving: Achterberg 2007.)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from renotify.planner.dealer_groups import ungrouped
from renotify.planner.polish import drawn
from renotify.planner.problem import NO_DATE, Flags, Floats, Ints, Problem
from renotify.planner.solver import OneByOne, Program
from renotify.planner.two_level import Draft, Guide, Master, draft
from renotify.planner.whole_letters import most_alone

PASSES = (1.05, 1.0, 0.95, 0.9)  # of the master's prices
RAISED = 0.1  # share of a dealer's fractions that are made whole before it is solved anew
WHOLE = 1e-6  # of a letter: rounding that a solver may show
EASE = 1e-7  # hours and kits: the same
GAIN = 1e-9  # of what a dealer's letters are worth: less is rounding


def dealt_by_dealer(made: Draft, master: Master) -> Draft:
    """The plan with the letters of one dealer after the other found anew, at the prices of a master.

    Plans with lawful dates stay as they are: their interim notices follow other rules.
    """
    if (made.problem.mail_by != NO_DATE).any():
        return made
    shares = _Shares(made, master)
    for part in PASSES:
        shares.priced_at(part)
        # where letters are worth least hours are fewest, and whole letters lose most
        for d in np.argsort(shares.worth, kind="stable").tolist():
            shares.better(d)
    return draft(made.problem, Guide.of_letters(shares.letters))


class _Prices:
    """What a place at the mail house and a kit of the pool cost in each week, by a master. [T]; by part [T]"""

    def __init__(self, problem: Problem, master: Master, parts: list[int]) -> None:
        rows, prices = master.variables.rows, master.solution.prices
        self.place = np.zeros(problem.weeks)
        self.place[np.isfinite(problem.mail_capacity)] = np.maximum(prices[rows["mail"]], 0.0)
        self.kit: dict[int, Floats] = {}
        for p in parts:
            price = np.maximum(prices[rows[f"pool {p}"]], 0.0)
            if not problem.away[
                p
            ]:  # of a kit that is used from a week on: here it is of each week in which it is in use
                price = np.maximum.accumulate(price[::-1])[::-1]
                price = price - np.append(price[1:], 0.0)
            self.kit[p] = price


class _Shares:
    """What each dealer uses of what all share, and what nobody uses; letters [B, D, T]."""

    def __init__(self, made: Draft, master: Master) -> None:
        problem = made.problem
        self.problem, self.letters = problem, made.remedy.astype(np.int32)
        self.parts = [
            int(p) for p in problem.binding if problem.away[p] or problem.may_run_short(int(p))
        ]
        self.prices = _Prices(problem, master, self.parts)
        self.own = {p: problem.stock[p][:, None] - problem.background_use(p) for p in self.parts}
        self.drawn = {p: drawn(problem, p, self.letters) for p in self.parts}
        self.spare = {p: problem.pool(p) - self.drawn[p].sum(axis=0) for p in self.parts}
        self.places = problem.mail_capacity - problem.printed @ self.letters.sum(axis=1)
        self.dealer = _OneDealer(problem, self.parts)

    def priced_at(self, part: float) -> None:
        """Sets prices to a part of the master's, and finds what each dealer's letters are worth beyond them."""
        problem = self.problem
        self.letter = problem.value - part * problem.printed[:, None] * self.prices.place
        self.kit = {p: part * price for p, price in self.prices.kit.items()}
        self.dealer.priced_at(self.letter, self.kit)
        self.worth = np.einsum("bt,bdt->d", self.letter, self.letters)
        for p in self.parts:
            self.worth -= self.drawn[p] @ self.kit[p]

    def better(self, d: int) -> None:
        """Finds a dealer's letters anew, and keeps what is better at these prices."""
        problem, before = self.problem, self.letters[:, d]
        pool = {p: self.drawn[p][d] + np.maximum(self.spare[p], 0.0) for p in self.parts}
        for p in self.parts:
            if not problem.away[p]:  # a kit that later weeks need is not there before
                pool[p] = np.minimum.accumulate(pool[p][::-1])[::-1]
        own = {p: self.own[p][d] for p in self.parts}
        letters = self.dealer.letters(d, own, pool, self.places + problem.printed @ before)
        draws = {p: np.maximum(0.0, self.dealer.used(letters, p) - own[p]) for p in self.parts}
        worth = float((self.letter * letters).sum())
        worth -= sum(float(draws[p] @ self.kit[p]) for p in self.parts)
        if worth <= self.worth[d] + GAIN * max(1.0, abs(self.worth[d])):
            return
        self.places -= problem.printed @ (letters - before)
        for p in self.parts:
            self.spare[p] -= draws[p] - self.drawn[p][d]
            self.drawn[p][d] = draws[p]
        self.letters[:, d], self.worth[d] = letters, worth


class _OneDealer:
    """The program of one dealer: letters [B, T] within its hours, and kits beyond its shelf at the pool's prices.

    Its coefficients are those of every dealer; what differs are the limits.
    """

    def __init__(self, problem: Problem, parts: list[int]) -> None:
        bundles, weeks = len(problem.bundles), problem.weeks
        groups = ungrouped(problem)
        self.problem, self.parts = problem, parts
        self.most = most_alone(groups)
        self.wait = groups.dealer_wait
        self.free = groups.dealer_hours[:, :weeks] - groups.background_hours
        self.hours = _from_week_on(problem.labour[:, None] * problem.cumulative)
        self.kits = {p: _from_week_on(problem.kernel(p)) for p in parts}
        self.bundle, self.week = np.divmod(np.arange(bundles * weeks), weeks)
        self.printed = problem.printed[self.bundle]
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
        solver, rows, owners = self.solver, self.rows, self.problem.owners[:, d]
        solver.high[self.x] = most = self.most[:, d].ravel()
        solver.high[self.queue] = self.wait[d]
        solver.row_high[rows["owners"]] = owners
        solver.row_low[rows["hours"]] = -self.free[d]
        solver.row_high[rows["mail"]] = np.where(
            np.isfinite(places), places, owners @ self.problem.printed
        )
        for p in self.parts:
            solver.high[self.drawn[p]] = pool[p]
            solver.row_high[rows[f"kits {p}"]] = own[p]
        kits = {p: own[p] + pool[p] for p in self.parts}
        return self._made_whole(most, lambda whole, at: self._fits(d, whole, at, kits, places))

    def _made_whole(self, most: Floats, fits: Callable[[Floats, Ints], Flags]) -> Ints:
        """The dealer's letters by its program, made whole: the largest fractions first, and the rest solved anew around them. [B, T]"""
        found = self.solver.begun()[self.x]
        whole, may = np.floor(found + WHOLE), np.flatnonzero(most > 0)
        while True:
            rest = found - whole
            over = np.argsort(-rest, kind="stable")[: int((rest > WHOLE).sum())]
            before = whole.sum()
            for at in over[:, None]:
                whole[at] += fits(whole, at)
                if whole.sum() - before >= RAISED * len(over):
                    break
            may = may[(whole[may] + 1 <= most[may]) & fits(whole, may)]
            if not len(may):
                break
            high = whole.copy()
            high[may] = most[may]
            found = self.solver.again(self.x, whole, high)[self.x]
            if whole.sum() == before and (found - whole <= WHOLE).all():
                break
            whole = np.maximum(whole, np.floor(found + WHOLE))
        return whole.astype(np.int64).reshape(len(self.problem.bundles), -1)

    def _fits(
        self, d: int, whole: Floats, at: Ints, kits: dict[int, Floats], places: Floats
    ) -> Flags:
        """Whether one more letter at each place keeps every limit of the dealer beside the ``whole`` ones. [len(at)]"""
        net = (whole @ self.hours - np.cumsum(self.free[d]))[None, :] + self.hours[at]
        waiting = net - np.minimum.accumulate(np.minimum(net, 0.0), axis=1)
        fits: Flags = (waiting <= self.wait[d] + EASE).all(axis=1)
        for p in self.parts:
            fits &= (whole @ self.kits[p] + self.kits[p][at] <= kits[p] + EASE).all(axis=1)
        by_bundle = np.bincount(self.bundle, whole, len(self.problem.bundles))
        fits &= (by_bundle + 1 <= self.problem.owners[:, d] + EASE)[self.bundle[at]]
        pieces = np.bincount(self.week, whole * self.printed, self.problem.weeks)
        fits &= pieces[self.week[at]] + self.printed[at] <= places[self.week[at]] + EASE
        return fits


def _from_week_on(use: Floats) -> Floats:
    """What a letter of each bundle and week has used by each week, by its use [B, T] after so many weeks. [B * T, T]"""
    bundles, weeks = use.shape
    used = np.zeros((bundles, weeks, weeks))
    for week in range(weeks):
        used[:, week, week:] = use[:, : weeks - week]
    return used.reshape(bundles * weeks, weeks)
