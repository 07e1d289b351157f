"""What comes to dealers in the next weeks, as the workload counts it; a dealer or week that no plan has is counted from its book alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from renotify.ledger import follow_ups
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.plans.in_force import plan_in_force, planned
from renotify.values.calendar import monday_of
from renotify.visits.booked import BookedWeek, booked_hours
from renotify.workload.of_plan import weekly_hours, workload_of_scope
from renotify.workload.other_follow_ups import beside, others

WEEKS = pa.schema(
    [("dealer", pa.string()), ("week", pa.date32()), ("visits", pa.float64()), ("booked", pa.int64()), ("low", pa.float64()),
     ("high", pa.float64()), ("hours", pa.float64()), ("booked_hours", pa.float64()), ("capacity", pa.float64()),
     ("extra_technician_days", pa.int64()), ("late_visits", pa.float64())]
)  # fmt: skip


def newest_plan(session: Session, on: date) -> str:
    """Return the planned follow-up in force whose notice is the newest; blank where there is none."""
    running = follow_ups.in_force(session, on)
    return next((name for name in reversed(planned(session)) if name in running), "")


def weeks_ahead(session: Session, scope: Scope, on: date, weeks: int = 1) -> pa.Table:
    """Return each dealer's weeks (``WEEKS``), that of the day and those behind it, in order of dealer and week.

    ``visits`` are booked ones and those still to be asked for, ``low`` to ``high`` in nine of ten cases; ``late_visits`` would wait longer
    than the follow-up's bound without the ``extra_technician_days``. All are figures of ``workload`` for the newest follow-up in force;
    without one, and for a dealer or week that its plan does not have, those of the dealers' book.
    """
    mondays = [monday_of(on) + timedelta(weeks=week) for week in range(weeks)]
    rows = _of_book(session, scope, mondays, on)
    name = newest_plan(session, on)
    if name:
        planned_weeks = {
            (one.dealer, one.week): {
                "dealer": one.dealer, "week": one.week, "visits": one.appointments, "booked": one.booked_visits, "low": one.low,
                "high": one.high, "hours": one.hours, "booked_hours": one.booked_hours, "capacity": one.capacity,
                "extra_technician_days": one.extra_technician_days, "late_visits": one.late_chance * one.appointments,
            }
            for one in workload_of_scope(session, name, scope, on=on).weeks
            if one.week in mondays
        }  # fmt: skip
        rows = {key: planned_weeks.get(key, row) for key, row in rows.items()}
    return pa.Table.from_pylist(list(rows.values()), WEEKS)


def _of_book(
    session: Session, scope: Scope, mondays: Sequence[date], on: date
) -> dict[tuple[str, date], dict[str, Any]]:
    """Return the weeks of every dealer of a scope by what is booked, by dealer and Monday."""
    dealers = session.read(
        f"select dealer_code from dealer where {scope.of('dealer_code')} order by dealer_code",
        pa.schema([("dealer_code", pa.string())]),
        **scope.values,
    )
    booked = {(one.dealer_code, one.week): one for one in booked_hours(session, scope, on=on)}
    capacity = weekly_hours(session, mondays[0], len(mondays), scope)
    unknown = np.full(len(mondays), np.nan)
    found = {}
    for code in dealers["dealer_code"].to_pylist():
        for place, monday in enumerate(mondays):
            own = booked.get((code, monday), BookedWeek(code, monday, 0, 0.0))
            at_hand = float(capacity.get(code, unknown)[place])
            found[code, monday] = {
                "dealer": code, "week": monday, "visits": float(own.visits), "booked": own.visits, "low": float(own.visits),
                "high": float(own.visits), "hours": round(own.hours, 2), "booked_hours": round(own.hours, 2),
                "capacity": None if np.isnan(at_hand) else at_hand, "extra_technician_days": 0, "late_visits": 0.0,
            }  # fmt: skip
    return found


def beside_them(session: Session, scope: Scope, on: date) -> list[str]:
    """Return in words what other follow-ups in force bring to the dealers of a scope beside the newest one."""
    name = newest_plan(session, on)
    if not name:
        return []
    plan = plan_in_force(session, name)
    now = max(plan.week_of(on), 0)
    known = others(session, name, plan.monday(now), on, scope)
    return [one.sentence for one in beside(known, plan.weeks - now)]
