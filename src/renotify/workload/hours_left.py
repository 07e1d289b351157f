"""The technician hours that are left for the letters of a follow-up: those at hand, less what else its dealers are to work for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from renotify.ledger.session import Session
from renotify.values.calendar import monday_of
from renotify.values.english import measured
from renotify.visits.booked import booked_hours
from renotify.workload.forecast import by_week
from renotify.workload.of_plan import weekly_hours
from renotify.workload.other_follow_ups import others

Floats = NDArray[np.float64]
SMALL = 0.05  # hours that no tenth shows


@dataclass(frozen=True, eq=False)
class HoursLeft:
    """Hours of dealers in the weeks of a plan [D, T], inf where nobody knows them; and what ``others`` take of the hours known."""

    dealers: tuple[str, ...]
    hours: Floats
    others: tuple[tuple[str, Floats], ...]  # follow-up, [T]

    @property
    def words(self) -> list[str]:
        """Which hours other follow-ups take, a sentence each; nothing where none does."""
        said = []
        for name, taken in self.others:
            if (taken >= SMALL).any():
                said.append(
                    f"Technicians work for {name}, too: of the hours at these dealers {measured(round(float(taken.sum()), 1), 'hour')}"
                    f" are of {name}, its letters out and planned and its owners without one, and are taken off before letters are planned."
                )
        return said


def hours_left(
    session: Session,
    name: str,
    dealers: Sequence[str],
    monday: date,
    weeks: int,
    on: date,
    *,
    but: Sequence[str] = (),
) -> HoursLeft:
    """Return the hours that dealers have left for a follow-up's own visits in the weeks from a Monday on, as of a day.

    Off come visits that are booked, for whatever list, ``but`` those of some vehicles, and those still to come of other follow-ups in
    force: of letters that are out and planned, and of owners without one, but for those whom this follow-up lists, too. Work may wait:
    what a week does not hold is taken off the weeks after it. The weeks from the day's own on are looked at, so that what waits then is
    off, too.
    """
    first = min(monday_of(on), monday)
    ahead = (monday - first).days // 7
    known = weekly_hours(session, first, ahead + weeks)
    unknown = np.full(ahead + weeks, np.inf)
    hours = np.array([known.get(code, unknown) for code in dealers])
    hours = hours.reshape(len(dealers), ahead + weeks)
    beside_it = others(session, name, first, on, without_its_own=True)
    taken = np.zeros(hours.shape)
    taken += by_week(booked_hours(session, on=on, but=but), dealers, first, ahead + weeks)[1]
    told = []
    for one in beside_it:
        own = one.hours_at(dealers, ahead + weeks)
        taken += own
        told.append((one.follow_up, _known(own, hours)[ahead:]))
    return HoursLeft(tuple(dealers), _after(hours, taken)[:, ahead:], tuple(told))


def _known(own: Floats, hours: Floats) -> Floats:
    """Sum hours over the dealers whose hours are known. [T]"""
    total: Floats = np.where(np.isfinite(hours), own, 0.0).sum(axis=0)
    return total


def _after(hours: Floats, taken: Floats) -> Floats:
    """Return hours [D, T] less those taken, where what does not fit a week is taken off the next."""
    left = np.zeros(hours.shape)
    waiting = np.zeros(len(hours))
    for week in range(hours.shape[1]):
        asked = waiting + taken[:, week]
        left[:, week] = np.maximum(hours[:, week] - asked, 0.0)
        waiting = np.maximum(asked - hours[:, week], 0.0)
    return left
