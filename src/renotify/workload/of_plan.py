"""The workload of a planned follow-up: each dealer's appointments and hours by week against capacity (memo, opening paragraph)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from renotify.errors import UnknownName
from renotify.ledger import follow_ups
from renotify.ledger.rows import reader_schema
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.plans.expected import Expected
from renotify.plans.forecast_record import ForecastRecord
from renotify.plans.in_force import PlanInForce, plan_in_force
from renotify.plans.planned_otherwise import Takes, pairs_of, planned_otherwise
from renotify.values.english import counted, measured, series
from renotify.visits.booked import booked_hours
from renotify.visits.needs import needs
from renotify.workload.forecast import Forecast, by_week, forecast
from renotify.workload.manpower import DAY_HOURS, Asked, Workload, workload
from renotify.workload.other_follow_ups import Beside, OtherWork, beside, others

Floats = NDArray[np.float64]
TIGHTEST = 10


class Capacity(NamedTuple):
    """Technician hours of a dealer in a week, its Monday."""

    dealer_code: str
    week: date
    hours_available: float


class Place(NamedTuple):
    """A dealer and its area."""

    dealer_code: str
    area_code: str


class DealerWeek(NamedTuple):
    """One week of a dealer. ``appointments`` are all visits expected, ``booked_visits`` of them booked, ``low`` to ``high`` in nine of
    ten cases. Hours are all that the dealer is expected to work for, ``hours_of_others`` of them for other follow-ups' letters: the mean,
    the 90 % quantile of the week alone and those booked; ``short`` is the quantile less the capacity, where that is known.
    ``late_chance`` is that of a visit of the week to wait longer than the bound.
    """

    dealer: str
    area: str
    week: date  # its Monday
    appointments: float
    hours: float
    hours_q90: float
    bays: int
    capacity: float | None
    short: float
    extra_technician_days: int
    booked_hours: float
    late_chance: float
    booked_visits: int
    low: float
    high: float
    hours_of_others: float


class Totals(NamedTuple):
    """A workload over its dealers and weeks: expected visits and their hours, visits that wait longer than the bound, hours that lack
    within it in the mean, and the days to book with the dealers that book them. The visits are booked ones, those of owners with
    letters and those of owners without; all of them are ``low`` to ``high`` in nine of ten cases. ``hours_of_others`` of the hours are of
    other follow-ups' visits, which are none of these. ``expected_days`` are the technician-days that all dealers will need in the mean.
    """

    visits: float
    hours: float
    late_visits: float
    short_hours: float
    extra_technician_days: int
    dealers_to_book: int
    booked: int
    of_letters: float
    without_letter: float
    low: float
    high: float
    hours_of_others: float
    expected_days: float


def documents(weeks: Iterable[DealerWeek]) -> list[dict[str, Any]]:
    """Return weeks as a document has them."""
    return [one._asdict() | {"week": one.week.isoformat()} for one in weeks]


@dataclass(frozen=True, eq=False)
class PlanWorkload:
    """What a plan brings to the dealers of a scope, and how it stands against their hours; ``wait_weeks`` is the follow-up's bound.

    Weeks are counted from the plan's first; those that have passed are no rows and have no work. ``others`` are the follow-ups beside
    it, from the current week on, at all dealers of the scope: their hours are in ``work``, their visits are not.
    """

    forecast: Forecast
    work: Workload
    areas: dict[str, str]
    wait_weeks: int
    others: tuple[OtherWork, ...] = ()
    planned_otherwise: tuple[
        str, ...
    ] = ()  # campaigns whose visits take other hours now than in the plan

    @property
    def expected(self) -> Expected:
        """What is still to be asked for."""
        return self.forecast.expected

    @property
    def record(self) -> ForecastRecord:
        """What the follow-up's past weeks say of the intervals."""
        plan = self.expected.plan
        return plan.record.before(plan.monday(self.expected.now))

    @cached_property
    def weeks(self) -> list[DealerWeek]:
        """Each dealer and week from the current one on, in order of dealer and week."""
        work, plan = self.work, self.expected.plan
        low, high = self.forecast.ends
        known = np.isfinite(work.capacity)
        short = np.where(known, np.maximum(work.busy_hours - work.capacity, 0.0), 0.0)
        return [
            DealerWeek(
                dealer=code,
                area=self.areas.get(code, ""),
                week=plan.monday(t),
                appointments=round(float(work.visits[d, t]), 2),
                hours=round(float(work.mean_hours[d, t]), 2),
                hours_q90=round(float(work.busy_hours[d, t]), 2),
                bays=int(work.bays[d, t]),
                capacity=round(float(work.capacity[d, t]), 2) if known[d, t] else None,
                short=round(float(short[d, t]), 2),
                extra_technician_days=int(work.days[d, t]),
                booked_hours=round(float(work.booked[d, t]), 2),
                late_chance=round(float(work.late[d, t]), 3),
                booked_visits=int(self.forecast.booked[d, t]),
                low=round(float(low[d, t]), 2),
                high=round(float(high[d, t]), 2),
                hours_of_others=round(float(work.of_others[d, t]), 2),
            )
            for d, code in enumerate(self.expected.dealers)
            for t in range(self.expected.now, work.visits.shape[1])
        ]

    @property
    def by_tightness(self) -> list[DealerWeek]:
        """The weeks with the most days to book first, then those in which the most visits wait too long, then with the most hours."""
        return sorted(
            self.weeks,
            key=lambda one: (
                -one.extra_technician_days,
                -round(one.late_chance * one.appointments, 3),
                -one.hours,
                one.dealer,
                one.week,
            ),
        )

    @property
    def tightest(self) -> list[DealerWeek]:
        """The first of ``by_tightness``; a dealer may stand there for several weeks."""
        return self.by_tightness[:TIGHTEST]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """``weeks`` as ``renotify workload --json`` prints them."""
        return documents(self.weeks)

    @property
    def table(self) -> pa.Table:
        """``weeks`` as ``renotify workload --out`` writes them: days as days, hours as numbers."""
        return pa.Table.from_pylist(
            [one._asdict() for one in self.weeks], schema=reader_schema(DealerWeek)
        )

    @property
    def totals(self) -> Totals:
        """The sums over dealers and weeks."""
        work, found = self.work, self.forecast.outlook().interval
        return Totals(
            round(float(work.visits.sum()), 1),
            round(float(work.mean_hours.sum()), 1),
            round(float((work.late * work.visits).sum()), 1),
            round(float(work.short_hours.sum()), 1),
            int(work.days.sum()),
            int(work.days.any(axis=1).sum()),
            int(self.forecast.booked.sum()),
            round(float(self.forecast.of_letters.sum()), 1),
            round(float(self.forecast.walk_ins.sum()), 1),
            round(found.low, 1),
            round(found.high, 1),
            round(float(work.of_others.sum()), 1),
            round(float(work.mean_days.sum()), 1),
        )

    @property
    def weeks_ahead(self) -> int:
        """The weeks of the plan from the current one on."""
        return len(self.expected.mondays) - self.expected.now

    @cached_property
    def beside(self) -> list[Beside]:
        """What other follow-ups bring to the dealers of the scope in the same weeks; who brings nothing is left out."""
        return beside(self.others, self.weeks_ahead)

    @property
    def summary(self) -> str:
        """The sums in words."""
        sums = self.totals
        booked = (
            f"{counted(sums.dealers_to_book, 'dealer')} should book"
            f" {counted(sums.extra_technician_days, 'extra technician-day')}, each likelier needed than not."
            if sums.extra_technician_days
            else "No dealer needs to book extra days ahead."
        )
        waiting = (
            f" With the hours at hand about {counted(sums.late_visits, 'visit')} would wait longer than"
            f" {counted(self.wait_weeks, 'week')}, for want of {measured(round(sums.short_hours, 1), 'hour')}:"
            f" some {counted(sums.expected_days, 'technician-day')} of {measured(DAY_HOURS, 'hour')}, booked as visits are asked for."
            if round(sums.late_visits)
            else ""
        )
        first = self.expected.plan.monday(self.expected.now)
        return (
            f"{counted(sums.visits, 'visit')} expected from the week of {first} on ({sums.low:,.0f} to {sums.high:,.0f}"
            f"{self.record.behind}): {sums.booked:,} booked, by letters {sums.of_letters:,.0f}, without one {sums.without_letter:,.0f};"
            f" {measured(round(sums.hours, 1), 'technician hour')}{self._of_others}.{waiting} {booked}"
        )

    @property
    def _of_others(self) -> str:
        """Which of the hours are of other follow-ups: ``, of which 44.1 hours are of second``; empty where none is."""
        dealers = self.expected.dealers
        hours = {
            one.follow_up: round(float(one.hours_at(dealers, self.weeks_ahead).sum()), 1)
            for one in self.others
        }
        said = [f"{measured(some, 'hour')} of {name}" for name, some in hours.items() if some]
        return f", of which {series(said)}" if said else ""

    @property
    def sentences(self) -> list[str]:
        """What dealers book, those with the most days first, how many they may need, and what happens without them."""
        days, plan = self.work.days, self.expected.plan
        order = sorted(np.flatnonzero(days.any(axis=1)).tolist(), key=lambda d: (-days[d].sum(), d))
        otherwise = (
            f"Labour times of {series(self.planned_otherwise)} have other hours now than the plan of {plan.follow_up} reckons with;"
            f" hours of visits that are not booked are by the plan. Next: renotify replan {plan.follow_up}."
        )
        dealers = [
            f"Dealer {self.expected.dealers[d]}: {days_in_weeks(days[d].tolist(), self.expected.mondays)}{self._at_most(d)};"
            f" else {self._waiting(d)} longer than {counted(self.wait_weeks, 'week')}."
            for d in order
        ]
        past = [self.record.sentence] if self.record.past else []
        return [*past, *([otherwise] if self.planned_otherwise else []), *dealers]

    def _at_most(self, dealer: int) -> str:
        """Return how many days suffice nine times of ten, where they are more than those to book."""
        most = int(self.work.most_days[dealer])
        more = most > self.work.days[dealer].sum()
        told = more and not self.record.refused
        return f" ({most} suffice in nine of ten cases)" if told else ""

    def _waiting(self, dealer: int) -> str:
        late = float((self.work.late[dealer] * self.work.visits[dealer]).sum())
        return f"about {late:.1f} of {self.work.visits[dealer].sum():.1f} expected visits wait"


def days_in_weeks(
    days: Sequence[int], mondays: Sequence[date], said: Callable[[date], str] = str
) -> str:
    """Return days by week in words: ``1 extra technician-day in each of the weeks of 2013-04-01 and 2013-04-08, 2 in that of 2013-04-15``.

    ``said`` writes a Monday otherwise, as a printed notice does.
    """
    parts: list[str] = []
    for number in sorted(set(days) - {0}):
        weeks = [said(day) for count, day in zip(days, mondays, strict=True) if count == number]
        what = str(number) if parts else counted(number, "extra technician-day")
        where = f"each of the weeks of {series(weeks)}" if weeks[1:] else f"the week of {weeks[0]}"
        parts.append(f"{what} in {where}")
    return ", ".join(parts)


def workload_of(
    session: Session, name: str, scope: Scope = ALL, *, on: date | None = None
) -> PlanWorkload:
    """Return the expected work of a follow-up's plan, of the dealers of a scope, by the settings of a day.

    Raises UnknownName for the follow-up and for a scope without listed vehicles, NothingToDo without a plan.
    """
    found = workload_of_scope(session, name, scope, on=on)
    if not scope.is_all and not found.expected.dealers:
        whose = f"Dealer {scope.dealer}" if scope.dealer else f"Area {scope.area}"
        raise UnknownName(
            f"{whose} has no vehicles in {name}.",
            "See the dealers with `renotify status --by dealer`.",
        )
    return found


def workload_of_scope(
    session: Session,
    name: str,
    scope: Scope = ALL,
    *,
    on: date | None = None,
    through: date | None = None,
) -> PlanWorkload:
    """Return the expected work of a follow-up's plan at the dealers of a scope; no other dealer's rows are read.

    ``on`` is the day of the forecast, whose settings say how long a visit may wait; None: the plan's first, with every change that is
    recorded. ``through`` is the Monday of the last week whose letters count; None: those of all weeks.
    Raises UnknownName for the follow-up, NothingToDo without a plan.
    """
    return workload_by(session, plan_in_force(session, name), scope, on=on, through=through)


def workload_by(
    session: Session,
    plan: PlanInForce,
    scope: Scope = ALL,
    *,
    on: date | None = None,
    through: date | None = None,
) -> PlanWorkload:
    """Return the expected work of a plan, in force or a draft, at the dealers of a scope."""
    seen = forecast(session, plan, scope, on=on, through=through)
    brought = seen.expected
    now, weeks = brought.now, len(brought.mondays)
    wait = follow_ups.settings(session, plan.follow_up, on).wait_bound_weeks
    today = plan.monday(now)
    beside_it = others(session, plan.follow_up, today, on or today, scope, through=through)
    ahead = max([weeks - now, *(one.visits.shape[2] for one in beside_it)])
    hours = weekly_hours(session, plan.first_week, now + ahead, scope)
    unknown = np.full(now + ahead, np.inf)
    capacity = np.array([hours.get(code, unknown) for code in brought.dealers])
    book = seen.booked[:, now:], seen.booked_hours[:, now:]
    if (
        ahead > weeks - now
    ):  # another follow-up goes on for longer: what is booked then is work, too
        book = by_week(booked_hours(session, scope, on=on or today), brought.dealers, today, ahead)
    asked = _asked(seen, capacity.reshape(-1, now + ahead)[:, now:], book, beside_it, wait)
    work = workload(asked).first(weeks - now).after(now)
    places = session.rows(
        Place,
        f"select dealer_code, area_code from dealer where {scope.of('dealer_code')}",
        **scope.values,
    )
    areas = {one.dealer_code: one.area_code for one in places}
    visits = needs(session, pairs_of(plan)).visits
    takes = {pair: Takes(one.hours, one.kits) for pair, one in visits.items()}
    otherwise = planned_otherwise(plan, takes).hours_of
    return PlanWorkload(seen, work, areas, wait, tuple(beside_it), otherwise)


def _asked(
    seen: Forecast,
    capacity: Floats,
    book: tuple[Floats, Floats],
    beside_it: Sequence[OtherWork],
    wait_weeks: int,
) -> Asked:
    """Return what is asked of a plan's dealers from the current week on, by whichever follow-up, in the weeks of ``capacity`` and ``book``.

    Follow-ups stand in order of name, so that a dealer's hours, waits and days are the same in the workload of each of them.
    """
    brought = seen.expected
    plan, now, dealers = brought.plan, brought.now, brought.dealers
    labour = np.array([bundle.hours for bundle in plan.bundles], float)
    mine = OtherWork(plan.follow_up, dealers, labour, seen.to_come[:, :, now:])
    weeks = capacity.shape[1]
    every = sorted((mine, *beside_it), key=lambda one: one.follow_up)
    return Asked(
        dealers,
        np.concatenate([one.at(dealers, weeks) for one in every]),
        np.concatenate([one.labour for one in every]),
        *book,
        capacity,
        wait_weeks,
        np.concatenate([np.full(len(one.labour), one is mine) for one in every]),
    )


def weekly_hours(
    session: Session, first_week: date, weeks: int, scope: Scope = ALL
) -> dict[str, Floats]:
    """Return technician hours by dealer from a week on [T]; a week without a row has the hours of the week before it.

    Hours stated before the first week count in it, the last ones repeat to the end. A dealer without rows is not in it.
    """
    rows = session.rows(
        Capacity,
        "select dealer_code, week, hours_available from dealer_capacity"
        f" where {scope.of('dealer_code')} order by dealer_code, week",
        **scope.values,
    )
    hours: dict[str, Floats] = {}
    for row in rows:
        at = (row.week - first_week).days // 7
        if at < weeks:
            line = hours.get(row.dealer_code)
            if line is None:  # weeks before a dealer's first row have the hours of that row
                hours[row.dealer_code] = np.full(weeks, float(row.hours_available))
            else:
                line[max(at, 0) :] = row.hours_available
    return hours
