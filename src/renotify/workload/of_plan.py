"""The workload of a planned follow-up: each dealer's appointments and hours by week against capacity (memo, opening paragraph)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from renotify.errors import UnknownName
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.plans.expected import Expected, expected
from renotify.plans.in_force import plan_in_force
from renotify.workload.manpower import Workload, extra_days, workload

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
    """One week of a dealer; hours are the mean and the 90 % quantile, ``short`` is the quantile less the capacity, where that is known."""

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


def documents(weeks: Iterable[DealerWeek]) -> list[dict[str, Any]]:
    """Return weeks as a document has them."""
    return [one._asdict() | {"week": one.week.isoformat()} for one in weeks]


@dataclass(frozen=True, eq=False)
class PlanWorkload:
    """What a plan brings to the dealers of a scope, and how it stands against their hours."""

    expected: Expected
    work: Workload
    areas: dict[str, str]

    @cached_property
    def weeks(self) -> list[DealerWeek]:
        """Each dealer and week, in order of dealer and week."""
        work, plan = self.work, self.expected.plan
        known = np.isfinite(work.capacity)
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
                short=round(float(work.extra_hours[d, t]), 2),
                extra_technician_days=int(work.extra_technician_days[d, t]) if known[d, t] else 0,
            )
            for d, code in enumerate(self.expected.dealers)
            for t in range(work.visits.shape[1])
        ]

    @property
    def by_tightness(self) -> list[DealerWeek]:
        """The weeks with the most hours short first, then with the most hours."""
        return sorted(
            self.weeks, key=lambda one: (-one.short, -one.hours_q90, one.dealer, one.week)
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
    def sentences(self) -> list[str]:
        """What dealers must book, those with the most extra technician-days first: "3 extra technician-days in weeks 11 to 13"."""
        runs = extra_days(self.work)
        total = {run.dealer: 0 for run in runs}
        for run in runs:
            total[run.dealer] += run.days
        return [
            f"Dealer {self.expected.dealers[run.dealer]}: {run.days} extra technician-{'day' if run.days == 1 else 'days'}"
            f" in {_weeks(run.first_week + 1, run.last_week + 1)}."
            for run in sorted(
                runs, key=lambda run: (-total[run.dealer], run.dealer, run.first_week)
            )
        ]


def workload_of(session: Session, name: str, scope: Scope = ALL) -> PlanWorkload:
    """Return the expected work of a follow-up's plan, of the dealers of a scope.

    Raises UnknownName for the follow-up and for a scope without listed vehicles, NothingToDo without a plan.
    """
    found = workload_of_scope(session, name, scope)
    if not scope.is_all and not found.expected.dealers:
        whose = f"Dealer {scope.dealer}" if scope.dealer else f"Area {scope.area}"
        raise UnknownName(
            f"{whose} has no vehicles in {name}.",
            "See the dealers with `renotify status --by dealer`.",
        )
    return found


def workload_of_scope(session: Session, name: str, scope: Scope = ALL) -> PlanWorkload:
    """Return the expected work of a follow-up's plan at the dealers of a scope; no other dealer's rows are read.

    Raises UnknownName for the follow-up, NothingToDo without a plan.
    """
    plan = plan_in_force(session, name)
    brought = expected(session, plan, scope)
    hours = weekly_hours(session, plan.first_week, plan.weeks, scope)
    unknown = np.full(plan.weeks, np.inf)
    capacity = np.array([hours.get(code, unknown) for code in brought.dealers], float)
    work = workload(brought.visits.sum(axis=0), brought.hours, capacity.reshape(-1, plan.weeks))
    places = session.rows(
        Place,
        f"select dealer_code, area_code from dealer where {scope.of('dealer_code')}",
        **scope.values,
    )
    return PlanWorkload(brought, work, {one.dealer_code: one.area_code for one in places})


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


def _weeks(first: int, last: int) -> str:
    return f"week {first}" if first == last else f"weeks {first} to {last}"
