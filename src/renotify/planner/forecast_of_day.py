"""What a follow-up's visits take and how its owners answer, as a plan of the day would reckon: one forecast for all plans of it."""

from __future__ import annotations

from datetime import date

from renotify.errors import NothingToDo, Refused
from renotify.ledger import follow_ups
from renotify.ledger.session import Session
from renotify.planner.from_ledger import frame
from renotify.planner.weekly import standing_on
from renotify.plans.in_force import PlannedBundle, plan_in_force


def bundles_on(session: Session, name: str, on: date) -> tuple[PlannedBundle, ...]:
    """Return the planning bundles of a follow-up with what is learned, stated and loaded up to a day (decision 0114).

    They are those of a re-plan of that day, and before any plan is in force those of a first one; where nothing is left to plan on that
    day, those of the plan in force. Raises UnknownName.
    """
    if not follow_ups.is_planned(session, name):
        return frame(session, name, on).bundles
    try:
        return standing_on(session, name, on).today.bundles
    except (NothingToDo, Refused):
        return plan_in_force(session, name).bundles
