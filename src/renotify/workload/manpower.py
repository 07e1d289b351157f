"""What letters mean at a dealer: visits and technician hours by week, whether a visit must wait too long, and the days to book.

Appointments are booked, not walked in, and work may wait: what a week's hours do not hold is done in the weeks after it. So no week
is judged alone. Each dealer's weeks are played many times, its jobs as long as they are, and work that is left is carried over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Kind = TypeVar("Kind", np.float64, np.int64)

SPREAD = 0.04  # relative variance of the response rate
DAY_HOURS = 6.5  # productive recall hours in one technician's day
BAY_WEEK_HOURS = 40.0  # hours one bay is open in a week
QUANTILE = 0.9
ACT = 0.5  # a day is booked ahead where it is likelier than this that it is needed
PLAYS = 500
EXACT = 1e-9  # hours: what sums of hours may be off by


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked of dealers. Shapes: B planning bundles, D dealers, T weeks.

    ``visits`` [B, D, T] are those that are still to be asked for, ``hours`` [B] those of one visit; ``booked_visits`` and ``booked``
    [D, T] are appointments and their hours, beside them. ``capacity`` [D, T] are the hours at hand, inf where nobody knows them. A visit
    may wait ``wait_weeks`` after its week. ``own`` [B] are the bundles of the follow-up that asks (None: all); the others' visits take
    the same hours and are none of its own.
    """

    dealers: Sequence[str]
    visits: Floats
    hours: Floats
    booked_visits: Floats
    booked: Floats
    capacity: Floats
    wait_weeks: int
    own: Flags | None = None


@dataclass(frozen=True, eq=False)
class Workload:
    """Work by dealer and week [D, T], and what it takes.

    ``visits`` are those of the follow-up that asks, booked ones among them, ``mean_hours`` all that is expected of the dealer: other
    follow-ups' hours, ``of_others``, among them. ``busy_hours`` are those that the week's own visits stay under nine
    times of ten, ``booked`` hours of appointments; ``late`` is the chance that a visit of the week waits longer than the bound, ``days``
    are whole technician-days to book beyond the capacity. Over all weeks [D]: ``most_days`` are those that suffice nine times of ten,
    ``mean_days`` those that are needed in the mean, ``short_hours`` the hours that lack within the bound, in the mean. All are 0 where the
    capacity is unknown (inf).
    """

    visits: Floats
    mean_hours: Floats
    busy_hours: Floats
    booked: Floats
    capacity: Floats
    late: Floats
    days: Ints
    short_hours: Floats
    of_others: Floats
    most_days: Ints
    mean_days: Floats

    def first(self, weeks: int) -> Workload:
        """Return the work of the first weeks, as it is judged by all weeks."""

        def cut(weekly: Floats) -> Floats:
            return weekly[:, :weeks]

        return Workload(
            cut(self.visits), cut(self.mean_hours), cut(self.busy_hours), cut(self.booked), cut(self.capacity),
            cut(self.late), self.days[:, :weeks], self.short_hours, cut(self.of_others), self.most_days, self.mean_days,
        )  # fmt: skip

    def after(self, passed: int) -> Workload:
        """Return the same work behind so many weeks that have passed and have none."""

        def padded(weekly: Floats, before: float = 0.0) -> Floats:
            return np.pad(weekly, ((0, 0), (passed, 0)), constant_values=before)

        days = np.pad(self.days, ((0, 0), (passed, 0)))
        return Workload(
            padded(self.visits), padded(self.mean_hours), padded(self.busy_hours), padded(self.booked), padded(self.capacity, np.inf),
            padded(self.late), days, self.short_hours, padded(self.of_others), self.most_days, self.mean_days,
        )  # fmt: skip

    @property
    def bays(self) -> Floats:
        """Bays that the busy hours take. [D, T]"""
        return np.ceil(self.busy_hours / BAY_WEEK_HOURS)


def workload(asked: Asked, *, quantile: float = QUANTILE) -> Workload:
    """Return the work of dealers against their hours.

    A week's visits are its booked ones, and Poisson ones around a rate that is uncertain for all weeks of a dealer together
    (``SPREAD``), each of a bundle by the week's shares. In each play days are called for as work beyond the bound comes up; those are
    booked that more than ``ACT`` of the plays call for, each in the week by which so many of those plays do. ``most_days`` suffice with the
    ``quantile``'s probability. A dealer's figures depend on no other's.
    """
    mean = np.einsum("b,bdt->dt", asked.hours, asked.visits) + asked.booked
    own = np.ones(len(asked.hours), bool) if asked.own is None else asked.own
    of_others = np.einsum("b,bdt->dt", asked.hours[~own], asked.visits[~own])
    shape = mean.shape
    busy, late, short = np.zeros(shape), np.zeros(shape), np.zeros(shape[0])
    days, most, called = np.zeros(shape, np.int64), np.zeros(shape[0], np.int64), np.zeros(shape[0])
    for place, dealer in enumerate(asked.dealers):
        played = _played(asked.visits[:, place], asked.hours, crc32(dealer.encode()))
        hours = played.hours + asked.booked[place]
        busy[place] = _stay_under(hours, quantile)
        capacity = asked.capacity[place]
        if np.isfinite(capacity).all():
            held = _held(capacity, asked.wait_weeks)
            waits = _waits(hours, capacity, held)
            late[place] = _chance(waits, played.visits + asked.booked_visits[place])
            if not waits.any():
                continue
            short[place] = _beyond(hours, capacity, held).sum(axis=1).mean()
            calls = np.cumsum(_called(hours, capacity, held, asked.wait_weeks), axis=1)
            days[place] = _days(calls, asked.wait_weeks)
            most[place] = _stay_under(calls[:, -1:], quantile)[0]
            called[place] = calls[:, -1].mean()
    return Workload(
        asked.visits[own].sum(axis=0) + asked.booked_visits,
        mean,
        np.maximum(busy, mean),
        asked.booked,
        asked.capacity,
        late,
        days,
        short,
        of_others,
        most,
        called,
    )


class _Played(NamedTuple):
    """Visits that are asked for in each week of each play, and their hours. [R, T] each"""

    visits: Floats
    hours: Floats


def _played(visits: Floats, hours: Floats, seed: int) -> _Played:
    """Play the weeks of a dealer's expected visits [B, T]."""
    chance = np.random.default_rng(seed)
    expected = visits.sum(axis=0)
    weeks = len(expected)
    rate = chance.gamma(1 / SPREAD, SPREAD, (PLAYS, 1))
    count = chance.poisson(rate * expected)
    cell = np.repeat(np.arange(count.size), count.ravel())  # of each visit its play and week
    shares = np.cumsum(visits / np.maximum(expected, 1e-300), axis=0).T  # [T, B]
    steps = (np.arange(weeks)[:, None] + np.minimum(shares, 1.0)).ravel()
    drawn = cell % weeks + chance.random(len(cell)) * (1 - EXACT)
    bundle = np.minimum(np.searchsorted(steps, drawn, side="right") % len(hours), len(hours) - 1)
    worked = np.bincount(cell, weights=hours[bundle], minlength=count.size).astype(float)
    return _Played(count.astype(float), worked.reshape(count.shape))


def _held(capacity: Floats, wait_weeks: int) -> Floats:
    """Return the hours of the weeks within the bound after each week; after the last week they are those of the last week. [T]"""
    ahead = np.concatenate([capacity, np.repeat(capacity[-1:], wait_weeks)])
    return np.array([ahead[t + 1 : t + 1 + wait_weeks].sum() for t in range(len(capacity))])


def _waits(asked: Floats, capacity: Floats, held: Floats) -> Flags:
    """Return whether the work left at the end of each week is more than the weeks of the bound hold. [R, T]"""
    late = np.zeros(asked.shape, bool)
    waiting = np.zeros(len(asked))
    for week, at_hand in enumerate(capacity):
        waiting = np.maximum(waiting + asked[:, week] - at_hand, 0.0)
        late[:, week] = waiting > held[week] + EXACT
    return late


def _beyond(asked: Floats, capacity: Floats, held: Floats) -> Floats:
    """Return the hours that are to be added in each week, no more than it takes, so that no work waits longer than the bound. [R, T]"""
    added = np.zeros(asked.shape)
    waiting = np.zeros(len(asked))
    for week, at_hand in enumerate(capacity):
        waiting = np.maximum(waiting + asked[:, week] - at_hand, 0.0)
        added[:, week] = np.maximum(waiting - held[week], 0.0)
        waiting -= added[:, week]
    return added


def _called(asked: Floats, capacity: Floats, held: Floats, wait_weeks: int) -> Ints:
    """Return the days that are called for in each week, so that no work waits longer than the bound. [R, T]

    A day is worked in its week or in one of the bound's after it: what it has left serves the work beyond the bound that comes up in
    these weeks, and at last any that waits.
    """
    called = np.zeros(asked.shape, np.int64)
    waiting = np.zeros(len(asked))
    spare = np.zeros((len(asked), wait_weeks + 1))  # hours of days called, the oldest first
    for week, at_hand in enumerate(capacity):
        waiting = np.maximum(waiting + asked[:, week] - at_hand, 0.0)
        beyond = np.maximum(waiting - held[week], 0.0)
        used = np.minimum(np.cumsum(spare, axis=1), beyond[:, None])
        spare -= np.diff(used, axis=1, prepend=0.0)
        lacking = beyond - used[:, -1]
        days = np.ceil(np.round(lacking / DAY_HOURS, 9))
        called[:, week] = days
        over, spare = spare[:, 0], np.column_stack([spare[:, 1:], days * DAY_HOURS - lacking])
        waiting = np.maximum(waiting - beyond - over, 0.0)
    return called


def _chance(late: Flags, visits: Floats) -> Floats:
    """Return the share of a week's visits that are late. [T]"""
    share: Floats = (late * visits).sum(axis=0) / np.maximum(visits.sum(axis=0), 1)
    return share


def _stay_under(values: NDArray[Kind], quantile: float) -> NDArray[Kind]:
    """Return what so large a share of the plays stays under, by week. [T]"""
    place = max(int(np.ceil(round(quantile * len(values), 9))) - 1, 0)
    found: NDArray[Kind] = np.partition(values, place, axis=0)[place]
    return found


def _days(calls: Ints, wait_weeks: int) -> Ints:
    """Return the days to book in each week [T]; ``calls`` [R, T] are those that were called for up to a week.

    There are as many as more than ``ACT`` of the plays call for. Each stands in the week by which so many of the plays that call for it
    do: those that need no second day say nothing of when a second one helps. A day that is needed by a week may be worked in one of the
    ``wait_weeks`` after it: several of them stand in weeks of their own.
    """
    weeks = calls.shape[1]
    booked = np.zeros(weeks, np.int64)
    before: list[int] = []
    for day in range(1, int(_stay_under(calls[:, -1:], 1 - ACT)[0]) + 1):
        asking = calls[calls[:, -1] >= day] >= day
        by = int(_stay_under(asking.argmax(axis=1)[:, None], 1 - ACT)[0])
        by = max(by, before[-1] if before else by)
        place = by + before.count(by) % (wait_weeks + 1)
        booked[min(place, weeks - 1)] += 1
        before.append(by)
    return booked
