"""A dealer's book: the visits that stand, which bays and hours they take, and where one more has room.

A bay is taken for the hours of its visit, within the shop's day: a visit of twelve hours that begins on Monday at 9:00 is done on Tuesday
at 12:00. The input contract states no opening hours; ``OPENS`` to ``CLOSES`` on weekdays is assumed (decision 0098). Hours are counted a
week, as the workload does, each visit in the week of its day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import floor, inf
from typing import NamedTuple

import numpy as np

from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.ledger.standing_visits import by_vehicle, done_of_visits, left_of, visit_stands
from renotify.values.calendar import is_business_day, monday_of
from renotify.visits.booked import booked_vehicles
from renotify.visits.needs import JOINED, combined, needs
from renotify.visits.whole_visits import also_open
from renotify.workload.of_plan import weekly_hours

OPENS, CLOSES = 8, 17  # o'clock, Monday to Friday
LAST_START = 15  # o'clock: the latest that the house offers by itself
AHEAD = 8  # weeks that are looked at for room
SMALL = 1e-6
NOTHING: frozenset[str] = frozenset()


class Standing(NamedTuple):
    """An appointment that stands: ``start`` local to the dealer, ``hours`` of the whole visit as the workload plans them."""

    number: str
    vin: str
    campaigns: str
    start: datetime
    status: str
    hours: float


class _Row(NamedTuple):
    number: str
    vin: str
    campaign_codes: str
    start: str
    status: str
    model: str


class _Bays(NamedTuple):
    week: date
    bays: float | None


@dataclass(frozen=True)
class DealerBook:
    """The visits of one dealer that stand, and what it has: ``hours`` by Monday (absent: not known) and ``bays`` from Mondays on."""

    dealer: str
    visits: tuple[Standing, ...]
    hours: dict[date, float]
    bays: tuple[_Bays, ...]

    def without(self, number: str) -> DealerBook:
        """Return the book as it is when one appointment is taken out of it."""
        kept = tuple(one for one in self.visits if one.number != number)
        return DealerBook(self.dealer, kept, self.hours, self.bays)

    def bays_of(self, day: date) -> float:
        """Return the bays of a day's week, those stated last before it; infinite where none are stated."""
        stated = [one.bays for one in self.bays if one.week <= day and one.bays is not None]
        return floor(stated[-1]) if stated else inf

    def bays_taken(self, start: datetime, hours: float) -> int:
        """Return the most bays that the other visits take at once while one of some hours would be there."""
        begins = shop_time(start)
        ends = begins + max(hours, SMALL)
        others = [(shop_time(one.start), shop_time(one.start) + one.hours) for one in self.visits]
        inside = [(max(a, begins), min(b, ends)) for a, b in others if a < ends - SMALL and b > begins + SMALL]  # fmt: skip
        return max((sum(a <= at + SMALL and b > at + SMALL for a, b in inside) for at, _ in inside), default=0)  # fmt: skip

    def has_bay(self, start: datetime, hours: float) -> bool:
        """Tell whether a bay is free for all of a visit."""
        return self.bays_taken(start, hours) < self.bays_of(start.date())

    def hours_left(self, day: date) -> float:
        """Return the hours of a day's week that no visit takes; infinite where the dealer's hours are not known."""
        at_hand = self.hours.get(monday_of(day), inf)
        return at_hand - self.booked_hours(day)

    def booked_hours(self, day: date) -> float:
        """Return the hours that the visits of a day's week take."""
        return sum(one.hours for one in self.visits if monday_of(one.start.date()) == monday_of(day))  # fmt: skip

    def has_hours(self, day: date, hours: float) -> bool:
        """Tell whether a week has the hours of one more visit; one that is longer than any week's hours has a week to itself."""
        return hours <= self.hours_left(day) + SMALL or not self.booked_hours(day)

    def openings(self, hours: float, first: date, most: int) -> list[datetime]:
        """Return the first times, one a day, from a day on at which a visit of some hours has a bay and hours."""
        found: list[datetime] = []
        for day in _weekdays(first, AHEAD):
            if self.has_hours(day, hours):
                found += [at for at in _starts(day) if self.has_bay(at, hours)][:1]
            if len(found) == most:
                break
        return found


def _weekdays(first: date, weeks: int) -> Iterator[date]:
    days = (first + timedelta(days=at) for at in range(7 * weeks))
    return (day for day in days if is_business_day(day))


def _starts(day: date) -> Iterator[datetime]:
    return (datetime.combine(day, time(hour)) for hour in range(OPENS, LAST_START + 1))


def shop_time(at: datetime) -> float:
    """Return the hours that a shop has been open until an instant, counted from a fixed day: what lies between two is work."""
    whole = float(np.busday_count(date(1970, 1, 1), at.date())) * (CLOSES - OPENS)
    if not np.is_busday(at.date()):
        return whole
    return whole + min(max(at.hour + at.minute / 60 - OPENS, 0.0), float(CLOSES - OPENS))


def book_of(session: Session, dealer: str, on: date) -> DealerBook:
    """Return a dealer's book from a day's week on; no other dealer's rows are read."""
    scope = Scope(dealer=dealer)
    rows = session.rows(
        _Row,
        "select a.appointment_id as number, a.vin, a.campaign_codes, a.start, a.status, coalesce(v.model, '') as model"
        " from appointment a left join vehicle v on v.vin = a.vin"
        f" where {visit_stands('a')} and a.start >= :first and {scope.of('a.dealer_code')} order by a.start, a.vin",
        first=str(monday_of(on)),
        **scope.values,
    )
    bays = session.rows(
        _Bays,
        f"select week, bays from dealer_capacity where {scope.of('dealer_code')} order by week",
        **scope.values,
    )
    at_hand = weekly_hours(session, monday_of(on), AHEAD + 1, scope).get(dealer)
    weeks = [monday_of(on) + timedelta(weeks=week) for week in range(AHEAD + 1)]
    hours = {} if at_hand is None else dict(zip(weeks, at_hand.tolist(), strict=True))
    more = also_open(session, booked_vehicles(session, scope), scope, on)
    beside = {vin: codes for (_, vin), codes in more.items()}
    done = by_vehicle(done_of_visits(session, scope.of("a.dealer_code"), **scope.values))
    left = [row._replace(campaign_codes=left_of(row.campaign_codes, done.get(row.vin, NOTHING))) for row in rows]  # fmt: skip
    return DealerBook(dealer, tuple(_standing(session, left, beside)), hours, tuple(bays))


def _standing(
    session: Session, rows: Sequence[_Row], beside: dict[str, tuple[str, ...]]
) -> Iterator[Standing]:
    """Yield appointments in their order; a vehicle's first one does what else is open (``beside``), as ``booked_hours`` counts it."""
    booked = [combined(row.campaign_codes.split(";")) for row in rows]
    left = dict(beside)
    pairs = [
        (combined([*codes.split(JOINED), *left.pop(row.vin, ())]), row.model)
        for row, codes in zip(rows, booked, strict=True)
    ]
    visits = needs(session, pairs).visits
    for row, codes, pair in zip(rows, booked, pairs, strict=True):
        start = datetime.fromisoformat(row.start)
        yield Standing(row.number, row.vin, codes, start, row.status, visits[pair].hours)
