"""The weeks of a follow-up played in many runs at once: who asks, who finds kits, and when the visit is done.

A bundle's response has a common factor, weekly counts are Poisson. A kit is reserved when the owner calls, from the dealer's shelf
first, then from the pool, oldest request first; an owner who finds none waits for it, and a share never returns. Hours are worked
first in, first out, in whole jobs: a visit counts in the week in which the last of its hours is worked. Runs lie side by side on
arrays; visits lie flat, one a place, whatever run they are of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from renotify.planner.apportion import apportion
from renotify.planner.letter_plan import Letters
from renotify.planner.problem import Flags, Floats, Ints, Problem

TAIL = 20  # weeks after the last mailing week in which answers still come
LOST = 0.2  # share of owners turned away who never return: an assumption
EASE = 1e-6  # hours: rounding of running totals
Rng = np.random.Generator


@dataclass(frozen=True, eq=False)
class Visits:
    """Visits of the owners who stay, one a place [N]: run, bundle, dealer, the week they asked in, and the week their kits were there.

    ``ready`` is the number of weeks played where kits never came.
    """

    run: Ints
    bundle: Ints
    dealer: Ints
    asked: Ints
    ready: Ints


@dataclass(frozen=True, eq=False)
class Answered:
    """How requests were answered: the visits of owners who stay, and how many were turned away.

    ``away`` and ``lost`` [R, B, T + tail] count owners who found no kit in the week they asked, and of these those who never return;
    ``lacking`` [R, P, T + tail] counts for each part the owners who found too few of it (``away`` by part).
    """

    visits: Visits
    away: Ints
    lost: Ints
    lacking: Ints


@dataclass(frozen=True, eq=False)
class Worked:
    """Visits as the dealers worked them. ``done`` [N] is the week, or the number of weeks played where it was not.

    ``visit``, ``booked``, ``week`` [S] are the bookings: which visit, the week booked, the week its turn came (or the number of
    weeks played). A visit whose owner did not come has several. ``waiting`` [R, D, T + tail] are the hours left over from the week before.
    """

    done: Ints
    visit: Ints
    booked: Ints
    week: Ints
    waiting: Floats


def requests(problem: Problem, letters: Letters, factors: Floats, rng: Rng) -> Ints:
    """Random requests [R, B, D, T + tail] of letters [B, D, T] and walk-ins; ``factors`` [R, B] multiply the response.

    Of one ``rng`` walk-ins and the owners who would answer are the same whatever the letters: plans are compared by these alone.
    """
    coming = walk_ins(problem, len(factors), rng)
    return coming + answers(problem, letters, factors, rng)


def answers(problem: Problem, letters: Letters, factors: Floats, rng: Rng) -> Ints:
    """The requests of letters alone, drawn apart from those of walk-ins.

    Answers are drawn before it is known who is written to when: a Poisson number of each bundle and dealer, each at a place among its
    owners, so many weeks after the letter. Owners are written to in that order, so a place says the week of the letter; who gets none is
    dropped. So the requests of each week are Poisson of the mean that the letters bring.
    """
    bundles, dealers, weeks = letters.shape
    shares = problem.response[:, : weeks + TAIL]
    owners = np.maximum(problem.owners, letters.sum(axis=2))
    mean = factors[:, :, None] * (shares.sum(axis=1)[:, None] * owners)[None]
    number = rng.poisson(mean)
    cell = np.repeat(np.arange(number.size), number.reshape(-1))
    of_run, own = np.divmod(cell, bundles * dealers)
    place = rng.random(len(cell)) * owners.reshape(-1)[own]
    asked = _week_of_letter(letters, own, place) + _weeks_after(shares, own // dealers, rng)
    asking = np.zeros((len(factors), bundles * dealers, weeks + TAIL), np.int64)
    there = asked < weeks + TAIL
    np.add.at(asking, (of_run[there], own[there], asked[there]), 1)
    return asking.reshape(len(factors), bundles, dealers, weeks + TAIL)


def _week_of_letter(letters: Letters, own: Ints, place: Floats) -> Ints:
    """The week of the letter at a place among the owners of cell ``own`` [N] of bundles and dealers; past all weeks where there is none."""
    weeks = letters.shape[2]
    until = np.cumsum(letters.reshape(-1, weeks), axis=1)
    found: Ints = np.zeros(len(own), np.int64)
    for week in range(weeks):
        found += until[own, week] <= place
    return np.where(found < weeks, found, weeks + TAIL)


def _weeks_after(shares: Floats, bundle: Ints, rng: Rng) -> Ints:
    """Weeks from the letter to the answer, drawn for answers of bundles [N] by ``shares`` [B, K] of owners in each week."""
    until = np.cumsum(shares, axis=1) / np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
    drawn, after = rng.random(len(bundle)), np.zeros(len(bundle), np.int64)
    for week in range(shares.shape[1] - 1):
        after += until[bundle, week] <= drawn
    return after


def walk_ins(problem: Problem, runs: int, rng: Rng) -> Ints:
    """The requests of owners who come without a letter."""
    rates = _walk_in_rates(problem)
    return rng.poisson(np.broadcast_to(rates, (runs, *rates.shape))).astype(np.int64)


def _walk_in_rates(problem: Problem) -> Floats:
    rates = np.zeros((len(problem.bundles), len(problem.dealers), problem.weeks + TAIL))
    np.add.at(rates[:, :, : problem.weeks], tuple(problem.background_at.T), problem.background)
    return rates


def limited_parts(problem: Problem) -> list[int]:
    """Parts whose supply is limited, in the order of the problem; loan tools are not among them."""
    return [int(p) for p in problem.binding if problem.away[p] == 0]


def arrivals(problem: Problem, weeks: int, late: int = 0) -> Floats:
    """Kits that reach the pool in each week [P, weeks], of the limited parts.

    What is confirmed for week 0 is taken as there; each later delivery comes ``late`` weeks after its week.
    """
    supply = problem.supply[limited_parts(problem)].reshape(-1, problem.weeks)
    confirmed = np.diff(supply, axis=1, prepend=0.0)
    found = np.zeros((len(confirmed), weeks + late))
    found[:, :1] = confirmed[:, :1]
    found[:, 1 + late : problem.weeks + late] += confirmed[:, 1:]
    return found[:, :weeks]


class _KitStock:
    """Kits of all runs, week by week; dealers and runs lie flat [R * D]. ``coming`` [R or 1, P, T + tail] reach the pool."""

    def __init__(self, problem: Problem, runs: int, coming: Floats) -> None:
        self.problem = problem
        self.coming = coming
        self.run = np.repeat(np.arange(runs), len(problem.dealers))
        self.parts = limited_parts(problem)
        self.shelf = {p: np.tile(problem.stock[p], runs) for p in self.parts}
        self.pool = {p: np.zeros(runs) for p in self.parts}
        self.needs = [
            [p for p in self.parts if problem.kits[p, b] > 0] for b in range(len(problem.bundles))
        ]

    def receive(self, week: int) -> None:
        """Kits of a week arrive in the pool."""
        for i, p in enumerate(self.parts):
            self.pool[p] += self.coming[:, i, week]

    def _own(self, p: int, b: int, asked: Ints) -> Ints:
        kits = self.problem.kits[p, b]
        own: Ints = np.minimum(asked, np.floor(self.shelf[p] / kits + 1e-9).astype(np.int64))
        return own

    def enough(self, p: int, b: int, asked: Ints) -> Ints:
        """The part of ``asked`` [R * D] visits for which part p suffices: own shelf first, then a fair share of the pool."""
        own = self._own(p, b, asked)
        share = np.maximum(self.pool[p], 0.0) / self.problem.kits[p, b]
        return own + apportion(share, asked - own, self.run)

    def suffices(self, b: int, asked: Ints) -> Ints:
        """The part of ``asked`` [R * D] visits for which every kit is there."""
        for p in self.needs[b]:
            asked = self.enough(p, b, asked)
        return asked

    def take(self, b: int, granted: Ints) -> None:
        """Takes the kits of whole visits."""
        for p in self.needs[b]:
            kits = self.problem.kits[p, b]
            own = self._own(p, b, granted)
            self.shelf[p] -= kits * own
            self.pool[p] -= kits * np.bincount(self.run, granted - own, len(self.pool[p]))


class _Rows:
    """Visits as they are found: counts [R, D] of a bundle, a week asked and a week ready."""

    def __init__(self, runs: int, dealers: int) -> None:
        self.shape = (runs, dealers)
        self.found: list[Ints] = []

    def add(self, b: int, asked: int, ready: int, count: Ints) -> None:
        at = np.flatnonzero(count)
        if len(at):
            run, dealer = np.divmod(np.repeat(at, count[at]), self.shape[1])
            same = (np.full(len(run), value) for value in (b, asked, ready))
            self.found.append(np.stack([run, dealer, *same]))

    def visits(self) -> Visits:
        """All of them, in the order in which they were found."""
        rows = np.concatenate([np.zeros((5, 0), np.int64), *self.found], axis=1)
        run, dealer, bundle, asked, ready = rows
        return Visits(run, bundle, dealer, asked, ready)


class _Answering:
    """Requests of all runs on their way to a kit: :func:`answered` week by week."""

    def __init__(self, problem: Problem, asking: Ints, rng: Rng, coming: Floats) -> None:
        self.runs, bundles, self.dealers, self.weeks = asking.shape
        self.asking, self.rng = asking, rng
        self.stock = _KitStock(problem, self.runs, coming)
        self.rows = _Rows(self.runs, self.dealers)
        self.away, self.lost = (
            np.zeros((self.runs, bundles, self.weeks), np.int64) for _ in range(2)
        )
        self.lacking = np.zeros((self.runs, len(self.stock.parts), self.weeks), np.int64)
        self.queue: list[tuple[int, int, Ints]] = []  # (bundle, week asked, owners waiting)

    def play(self) -> Answered:
        """Each week those who wait come before those who ask anew."""
        for week in range(self.weeks):
            self.stock.receive(week)
            waiting, self.queue = self.queue, []
            for b, since, count in waiting:
                self._wait(b, since, count - self._grant(b, since, week, count))
            for b in range(self.asking.shape[1]):
                asked = self.asking[:, b, :, week].reshape(-1)
                if asked.any():
                    self._ask(b, week, asked)
        for b, since, count in self.queue:
            self.rows.add(b, since, self.weeks, count)
        return Answered(self.rows.visits(), self.away, self.lost, self.lacking)

    def _ask(self, b: int, week: int, asked: Ints) -> None:
        refused = asked - self.stock.suffices(b, asked)
        if refused.any():
            for i, p in enumerate(self.stock.parts):
                if p in self.stock.needs[b]:
                    self.lacking[:, i, week] += self._by_run(asked - self.stock.enough(p, b, asked))
            gone = self.rng.binomial(refused, LOST)
            self.away[:, b, week], self.lost[:, b, week] = self._by_run(refused), self._by_run(gone)
            self._wait(b, week, refused - gone)
        self._grant(b, week, week, asked)

    def _grant(self, b: int, since: int, week: int, asked: Ints) -> Ints:
        granted = self.stock.suffices(b, asked)
        self.stock.take(b, granted)
        self.rows.add(b, since, week, granted)
        return granted

    def _wait(self, b: int, since: int, count: Ints) -> None:
        if count.any():
            self.queue.append((b, since, count))

    def _by_run(self, count: Ints) -> Ints:
        total: Ints = count.reshape(self.runs, self.dealers).sum(axis=1)
        return total


def answered(problem: Problem, asking: Ints, rng: Rng, coming: Floats | None = None) -> Answered:
    """Reserves kits for ``asking`` [R, B, D, T + tail], oldest request first.

    ``coming`` [R or 1, P, T + tail]: kits of the limited parts by the week they reach the pool; None: as confirmed.
    """
    kits = arrivals(problem, asking.shape[3])[None] if coming is None else coming
    return _Answering(problem, asking, rng, kits).play()


def worked(
    problem: Problem,
    visits: Visits,
    shape: tuple[int, int],
    *,
    no_shows: float = 0.0,
    rng: Rng | None = None,
) -> Worked:
    """Works each dealer's hours first in, first out; ``shape`` is (runs, weeks played).

    A visit is booked in the week in which its kits are there; within a week the oldest request first, then the higher risk. A share
    ``no_shows`` of the owners do not come when their turn comes (drawn from ``rng``): their hours are lost, and they book again next week.
    """
    runs, weeks = shape
    dealers = len(problem.dealers)
    line = visits.run * dealers + visits.dealer
    hours = problem.labour[visits.bundle]
    there = np.tile(_hours_there(problem, weeks), (runs, 1))
    risk = -problem.risk[visits.bundle]
    order = np.lexsort((visits.bundle, risk, visits.asked, visits.ready))
    first = np.searchsorted(visits.ready[order], np.arange(weeks + 1))
    done = np.full(len(order), weeks)
    asked, served = np.zeros(runs * dealers), np.zeros(runs * dealers)
    waiting = np.zeros((runs * dealers, weeks))
    slots: list[Ints] = []
    again = np.zeros(0, np.int64)
    queue, until, since = (
        again,
        np.zeros(0),
        again,
    )  # visits, the hours at which they end, weeks booked
    for week in range(weeks):
        waiting[:, week] = asked - served
        new = np.concatenate([again, order[first[week] : first[week + 1]]])
        queue = np.concatenate([queue, new])
        since = np.concatenate([since, np.full(len(new), week)])
        until = np.concatenate([until, asked[line[new]] + _running(hours[new], line[new])])
        asked += np.bincount(line[new], hours[new], len(asked))
        served = np.minimum(asked, served + there[:, week])
        turn = until <= served[line[queue]] + EASE
        came = turn.copy()
        if no_shows and rng is not None:
            came[turn] = rng.random(int(turn.sum())) >= no_shows
        done[queue[came]] = week
        slots.append(np.stack([queue[turn], since[turn], np.full(int(turn.sum()), week)]))
        again = queue[turn & ~came]
        queue, since, until = queue[~turn], since[~turn], until[~turn]
    slots.append(np.stack([queue, since, np.full(len(queue), weeks)]))
    visit, booked, at = np.concatenate(slots, axis=1)
    return Worked(done, visit, booked, at, waiting.reshape(runs, dealers, weeks))


def _hours_there(problem: Problem, weeks: int) -> Floats:
    """Hours of each dealer in the weeks played; the last ones repeat. [D, weeks]"""
    after = np.repeat(problem.hours[:, -1:], weeks, axis=1)
    return np.concatenate([problem.hours, after], axis=1)[:, :weeks]


def _running(hours: Floats, line: Ints) -> Floats:
    """Running totals of ``hours`` [n] within each line, in the order given. [n]"""
    order = np.argsort(line, kind="stable")
    total = np.cumsum(hours[order])
    starts = np.flatnonzero(np.diff(line[order], prepend=-1))
    before = (total - hours[order])[starts]
    length = np.diff(np.append(starts, len(order)))
    running = np.empty(len(hours))
    running[order] = total - np.repeat(before, length)
    return running


def by_week(
    values: Ints | Flags | Floats | None, run: Ints, week: Ints, shape: tuple[int, int]
) -> Floats:
    """Sums of ``values`` [N] (None: how many) by run and week [R, W]; weeks beyond are left out."""
    at = np.flatnonzero(week < shape[1])
    weight = None if values is None else values[at]
    flat = np.bincount(run[at] * shape[1] + week[at], weight, shape[0] * shape[1])
    return flat.reshape(shape).astype(float)
