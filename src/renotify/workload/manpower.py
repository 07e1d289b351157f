"""What letters mean at a dealer: visits and technician hours by week, whether a visit must wait too long, and the days to book.

Appointments are booked, not walked in, and work may wait: what a week's hours do not hold is done in the weeks after it. So no week
is judged alone. Each dealer's weeks are played many times, its jobs as long as they are, and work that is left is carried over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

SPREAD = 0.04  # relative variance of the response rate
DAY_HOURS = 6.5  # productive recall hours in one technician's day
BAY_WEEK_HOURS = 40.0  # hours one bay is open in a week
QUANTILE = 0.9
ACT = 0.5  # days are booked ahead where it is likelier than this that otherwise a visit waits too long
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
    are whole technician-days to book beyond the capacity. ``short_hours`` [D] are hours that lack within the bound, in the mean. All
    three are 0 where the capacity is unknown (inf).
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

    def first(self, weeks: int) -> Workload:
        """Return the work of the first weeks, as it is judged by all weeks."""

        def cut(weekly: Floats) -> Floats:
            return weekly[:, :weeks]

        return Workload(
            cut(self.visits), cut(self.mean_hours), cut(self.busy_hours), cut(self.booked), cut(self.capacity),
            cut(self.late), self.days[:, :weeks], self.short_hours, cut(self.of_others),
        )  # fmt: skip

    def after(self, passed: int) -> Workload:
        """Return the same work behind so many weeks that have passed and have none."""

        def padded(weekly: Floats, before: float = 0.0) -> Floats:
            return np.pad(weekly, ((0, 0), (passed, 0)), constant_values=before)

        days = np.pad(self.days, ((0, 0), (passed, 0)))
        return Workload(
            padded(self.visits), padded(self.mean_hours), padded(self.busy_hours), padded(self.booked), padded(self.capacity, np.inf),
            padded(self.late), days, self.short_hours, padded(self.of_others),
        )  # fmt: skip

    @property
    def bays(self) -> Floats:
        """Bays that the busy hours take. [D, T]"""
        return np.ceil(self.busy_hours / BAY_WEEK_HOURS)


def workload(asked: Asked, *, quantile: float = QUANTILE) -> Workload:
    """Return the work of dealers against their hours.

    A week's visits are its booked ones, and Poisson ones around a rate that is uncertain for all weeks of a dealer together
    (``SPREAD``), each of a bundle by the week's shares. Days are booked where it is likelier than ``ACT`` that otherwise some visit of
    these weeks waits too long: as many as suffice with the ``quantile``'s probability, each by the week in which it is needed. A dealer's
    figures depend on no other's.
    """
    mean = np.einsum("b,bdt->dt", asked.hours, asked.visits) + asked.booked
    own = np.ones(len(asked.hours), bool) if asked.own is None else asked.own
    of_others = np.einsum("b,bdt->dt", asked.hours[~own], asked.visits[~own])
    shape = mean.shape
    busy, late, short = np.zeros(shape), np.zeros(shape), np.zeros(shape[0])
    days = np.zeros(shape, np.int64)
    for place, dealer in enumerate(asked.dealers):
        played = _played(asked.visits[:, place], asked.hours, crc32(dealer.encode()))
        hours = played.hours + asked.booked[place]
        busy[place] = _stay_under(hours, quantile)
        capacity = asked.capacity[place]
        if np.isfinite(capacity).all():
            missing = _missing(hours, capacity, asked.wait_weeks)
            late[place] = _chance(missing > 0, played.visits + asked.booked_visits[place])
            most = np.maximum.accumulate(missing, axis=1)
            short[place] = most[:, -1].mean()
            days[place] = _days(most, quantile, asked.wait_weeks)
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


def _missing(asked: Floats, capacity: Floats, wait_weeks: int) -> Floats:
    """Return the hours of work left at the end of each week that the weeks of the bound do not hold either. [R, T]

    After the last week the hours are those of the last week.
    """
    ahead = np.concatenate([capacity, np.repeat(capacity[-1:], wait_weeks)])
    held = np.array([ahead[t + 1 : t + 1 + wait_weeks].sum() for t in range(len(capacity))])
    left = np.zeros(asked.shape)
    waiting = np.zeros(len(asked))
    for week, at_hand in enumerate(capacity):
        waiting = np.maximum(waiting + asked[:, week] - at_hand, 0.0)
        left[:, week] = waiting
    return np.where(left > held + EXACT, left - held, 0.0)


def _chance(late: NDArray[np.bool_], visits: Floats) -> Floats:
    """Return the share of a week's visits that are late. [T]"""
    share: Floats = (late * visits).sum(axis=0) / np.maximum(visits.sum(axis=0), 1)
    return share


def _stay_under(values: Floats, quantile: float) -> Floats:
    """Return what so large a share of the plays stays under, by week. [T]"""
    place = max(int(np.ceil(round(quantile * len(values), 9))) - 1, 0)
    found: Floats = np.partition(values, place, axis=0)[place]
    return found


def _days(most: Floats, quantile: float, wait_weeks: int) -> Ints:
    """Return the days to book in each week [T]; ``most`` [R, T] are the hours that were missing up to a week at the most.

    A day that is needed by a week may be worked in one of the ``wait_weeks`` after it: several of them stand in weeks of their own.
    """
    weeks = most.shape[1]
    booked = np.zeros(weeks, np.int64)
    if (most[:, -1] > 0).mean() <= ACT:
        return booked
    needed = _stay_under(most, quantile)
    total = np.ceil(np.round(needed / DAY_HOURS, 9)).astype(np.int64)
    for week, more in enumerate(np.diff(total, prepend=0)):
        each = (week + np.arange(more) % (wait_weeks + 1)).clip(max=weeks - 1)
        np.add.at(booked, each, 1)
    return booked
