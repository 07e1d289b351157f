"""The technician hours and bays that a dealer states of a week at its desk: a row of ``dealer_capacity``, which planning reads."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from renotify.ledger.intake.typed_rows import Typed, take_typed
from renotify.ledger.session import Session
from renotify.values.calendar import monday_of


class WeekStated(NamedTuple):
    """What a dealer has said of a week: its hours, and its bays (None: not said)."""

    week: date
    hours: float
    bays: float | None


def stated_of(session: Session, dealer: str, day: date) -> WeekStated | None:
    """Return what holds for a day's week: the newest row until then; None where the dealer has said nothing."""
    found = session.rows(
        WeekStated,
        "select week, hours_available as hours, bays from dealer_capacity where dealer_code = :dealer and week <= :monday"
        " order by week desc limit 1",
        dealer=dealer,
        monday=monday_of(day),
    )
    return found[0] if found else None


def state_hours(
    session: Session, dealer: str, day: date, hours: str, bays: str, *, person: str, on: date
) -> Typed:
    """Take the hours and bays of the week of a day; they hold until a later week states others."""
    row = {"dealer_code": dealer, "week": monday_of(day).isoformat(), "hours_available": hours}
    row |= {"bays": bays} if bays else {}
    return take_typed(session, "dealer_capacity", [row], person=person, on=on)
