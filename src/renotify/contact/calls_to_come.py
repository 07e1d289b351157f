"""The calls to expect after each wave, by day and with an interval, so that the lines are staffed.

Whoever asks for a visit is counted as one call, on a working day of the week in which ``plans.expected`` has the request: some owners
call their dealer instead, so that it is the most that one letter brings. Who has a visit booked has called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from renotify.ledger import follow_ups
from renotify.ledger.pieces import waves
from renotify.ledger.session import Session
from renotify.plans.expected import Expected, expected
from renotify.plans.forecast_record import NO_RECORD, ForecastRecord
from renotify.plans.in_force import plan_in_force, planned, record_of
from renotify.values.calendar import is_business_day, monday_of
from renotify.workload.visit_interval import Spread, ends

Floats = NDArray[np.float64]
WEEKS = 6  # ahead of the day
LEAST = 0.05  # calls: a wave that brings fewer is not listed


class CallsOfDay(NamedTuple):
    """The calls of a working day: the mean, and between which numbers they lie in nine of ten cases."""

    day: date
    calls: float
    low: float
    high: float


class CallsOfWave(NamedTuple):
    """The calls that one wave brings in the days shown; ``week`` is its Monday, wave 0 those of owners whom no letter brings."""

    follow_up: str
    wave: int
    week: date | None
    letters: int
    calls: float


@dataclass(frozen=True)
class CallsToCome:
    """The calls of the ``days`` from the day ``on`` on, and what each of the ``waves`` brings to them; those of hardly a call left out."""

    on: date
    days: tuple[CallsOfDay, ...]
    waves: tuple[CallsOfWave, ...]
    follow_ups: tuple[str, ...]
    record: ForecastRecord = NO_RECORD  # how past forecasts of theirs held

    @property
    def busiest(self) -> CallsOfDay | None:
        """The day with the most calls; None where none is expected."""
        asked = [one for one in self.days if one.calls > 0]
        return max(asked, key=lambda one: (one.calls, -one.day.toordinal()), default=None)


@dataclass(frozen=True, eq=False)
class WeeklyCalls:
    """The calls of the weeks from a Monday on: of letters and their doubt by campaigns [C, T], and of owners without a letter [T].

    ``vehicles`` are those whose owners may call, each once.
    """

    letters: Floats
    doubt: Floats
    walk_ins: Floats
    walk_ins_doubt: Floats
    vehicles: float


def calls_to_come(session: Session, on: date, weeks: int = WEEKS) -> CallsToCome:
    """Return the calls to expect in the week of a day and those behind it, over all planned follow-ups in force."""
    names = [one for one in planned(session) if one in follow_ups.in_force(session, on)]
    brought = [expected(session, plan_in_force(session, name), on=on) for name in names]
    by_wave = [
        one
        for name, each in zip(names, brought, strict=True)
        for one in _waves(session, name, each, on, weeks)
    ]
    days = of_days([_weekly(one, on, weeks) for one in brought], on, weeks)
    record = record_of(session, names, on)
    return CallsToCome(on, tuple(days), tuple(by_wave), tuple(names), record)


def of_days(found: Sequence[WeeklyCalls], on: date, weeks: int) -> Iterator[CallsOfDay]:
    """Yield each working day from a day on: a week's calls come in equal parts on its working days, also on those that are past."""
    monday = monday_of(on)
    if not found:
        return
    letters, doubt = (
        np.concatenate([getattr(one, name) for one in found]) for name in ("letters", "doubt")
    )
    walk_ins = np.sum([one.walk_ins for one in found], axis=0)
    walk_ins_doubt = np.sum([one.walk_ins_doubt for one in found], axis=0)
    for week in range(weeks):
        days = working_days(monday + timedelta(weeks=week))
        if not days:
            continue
        part = 1 / len(days)
        mean = float(letters[:, week].sum() + walk_ins[week]) * part
        low, high = ends(Spread(
            letters[:, week] * part, doubt[:, week] * part, np.array(walk_ins[week] * part), np.array(walk_ins_doubt[week] * part),
            np.array(mean**2), np.array(0.0), np.array(sum(one.vehicles for one in found)),
        ))  # fmt: skip
        yield from (CallsOfDay(day, mean, float(low), float(high)) for day in days if day >= on)


def working_days(monday: date) -> list[date]:
    """Return the days of a week on which the lines are staffed: Federal business days."""
    week = [monday + timedelta(days=day) for day in range(7)]
    return [day for day in week if is_business_day(day)]


def _weekly(brought: Expected, on: date, weeks: int) -> WeeklyCalls:
    """Return a plan's requests at all dealers in the weeks from that of a day on, its bundles by their campaigns."""
    codes = sorted({bundle.campaigns for bundle in brought.plan.bundles})
    at = np.array([codes.index(bundle.campaigns) for bundle in brought.plan.bundles], int)
    first = brought.plan.week_of(monday_of(on))

    def of_campaigns(figures: Floats) -> Floats:
        found = np.zeros((len(codes), weeks))
        np.add.at(found, at, _shown(figures, first, weeks))
        return found

    return WeeklyCalls(
        of_campaigns(brought.of_letters),
        of_campaigns(brought.doubt_of_letters),
        _shown(brought.walk_ins, first, weeks).sum(axis=0),
        _shown(brought.doubt_of_walk_ins, first, weeks).sum(axis=0),
        float(brought.may_come.sum()),
    )


def _shown(figures: Floats, first: int, weeks: int) -> Floats:
    """Return figures [B, D, T] of all dealers in some weeks from a week of the plan on, zeros where it has none. [B, weeks]"""
    summed = figures.sum(axis=1)
    wide = np.zeros((len(summed), weeks))
    start, end = max(first, 0), min(first + weeks, summed.shape[1])
    if end > start:
        wide[:, start - first : end - first] = summed[:, start:end]
    return wide


def _left(on: date, weeks: int) -> Floats:
    """Return the part of each week's calls that is still to come: of the first one by its working days from the day on. [weeks]"""
    days = working_days(monday_of(on))
    part = np.ones(weeks)
    part[0] = sum(day >= on for day in days) / len(days) if days else 0.0
    return part


def _waves(
    session: Session, name: str, brought: Expected, on: date, weeks: int
) -> Iterator[CallsOfWave]:
    """Yield what each wave brings from the day on: letters of its week that ask from now on, or whose owners are still silent."""
    numbers = {one.week: one.number for one in waves(session, name)}
    first, left = brought.plan.week_of(monday_of(on)), _left(on, weeks)
    summed = {
        key: getattr(brought, key).sum(axis=1, keepdims=True)
        for key in ("letters", "interim", "asking", "silent", "owners")
    }
    together = replace(brought, dealers=("",), **summed)
    for week in range(together.letters.shape[2]):
        calls = float((_shown(_of_week(together, week).of_letters, first, weeks) * left).sum())
        if calls >= LEAST:
            letters = together.letters[:, :, week].sum() - together.interim[:, :, week].sum()
            monday = brought.plan.monday(week)
            yield CallsOfWave(name, numbers.get(monday, 0), monday, int(letters), calls)
    without = float((_shown(brought.walk_ins, first, weeks) * left).sum())
    if without > 0:
        yield CallsOfWave(name, 0, None, 0, without)


def _of_week(together: Expected, week: int) -> Expected:
    """Return what the letters of one week bring, by themselves."""
    asking, silent = np.zeros_like(together.asking), np.zeros_like(together.silent)
    asking[:, :, week] = together.asking[:, :, week]
    age = together.now - week
    if 0 < age < silent.shape[2]:
        silent[:, :, age] = together.silent[:, :, age]
    return replace(together, asking=asking, silent=silent)
