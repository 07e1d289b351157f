"""The technician hours and bays that a dealer states of a week at its desk: a row of ``dealer_capacity``, which planning reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from renotify.desks.booking import NotFree
from renotify.ledger.intake.typed_rows import Typed, take_typed
from renotify.ledger.session import Session
from renotify.values.calendar import monday_of
from renotify.values.english import figure, short_day

WEEK = timedelta(days=7)


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


def stated_later(session: Session, dealer: str, day: date) -> list[WeekStated]:
    """Return what is stated of weeks after a day's own, the first one first: a file may state every week."""
    return session.rows(
        WeekStated,
        "select week, hours_available as hours, bays from dealer_capacity where dealer_code = :dealer and week > :monday order by week",
        dealer=dealer,
        monday=monday_of(day),
    )


@dataclass(frozen=True)
class HoursStated:
    """What a dealer states from the week of a day on; blank ``bays``: as said before. ``later_too``: also of weeks already stated."""

    dealer: str
    day: date
    hours: str
    bays: str = ""
    later_too: bool = False


def state_hours(session: Session, said: HoursStated, *, person: str, on: date) -> Typed:
    """Take hours and bays from the week of a day on: they hold until a later week that is stated, or of all later weeks where it is said
    so. Raises NotFree for a week that is past.
    """
    monday = monday_of(said.day)
    if monday < monday_of(on):
        raise NotFree("week", f"The week of {short_day(monday)} is past.", "Give this week or a later one.")  # fmt: skip
    later = stated_later(session, said.dealer, monday) if said.later_too else []
    bays = {"bays": said.bays} if said.bays else {}
    rows = [
        {
            "dealer_code": said.dealer,
            "week": week.isoformat(),
            "hours_available": said.hours,
            **bays,
        }
        for week in (monday, *(one.week for one in later))
    ]
    return take_typed(session, "dealer_capacity", rows, person=person, on=on)


def what_holds(session: Session, said: HoursStated) -> str:
    """Say in words what holds after ``state_hours``: until when, and what was stated before of the weeks after that."""
    monday = monday_of(said.day)
    bays = f", bays at once: {said.bays}" if said.bays else ""
    later = stated_later(session, said.dealer, monday)
    if said.later_too or not later:
        return f"From the week of {short_day(monday)} on: {_hours(said.hours)} a week{bays}."
    last = later[0].week - WEEK
    when = f"The week of {short_day(monday)}" if last == monday else f"The weeks from {short_day(monday)} to {short_day(last)}"  # fmt: skip
    return (
        f"{when}: {_hours(said.hours)} a week{bays}. From the week of {short_day(later[0].week)} on what was stated before stands"
        f" ({_hours(figure(later[0].hours))}): tick Later weeks too, if they change."
    )


def _hours(said: str) -> str:
    return f"{said} {'hour' if float(said) == 1 else 'hours'}"
