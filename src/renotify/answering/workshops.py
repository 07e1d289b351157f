"""Dealers of a world that answers: their appointments, hours and shelves. Visits are done as far as hours and kits go."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from renotify.answering.planted import Ints, PartTaken, Place, Start, Truth

Amounts = defaultdict[str, float]
AtPlaces = defaultdict[Place, float]
WORKDAYS = 5
NEW = "P"  # begins the numbers of appointments that are made in the play


def none() -> defaultdict[Any, float]:
    """Return amounts of which there are none yet."""
    return defaultdict(float)


@dataclass
class KitBooks:
    """Kits by part, as they are: delivered to the pool and shipped from it, at dealers on the shelf and on their way, and fitted."""

    delivered: Amounts = field(default_factory=none)
    shipped: Amounts = field(default_factory=none)
    shelf: AtPlaces = field(default_factory=none)
    coming: AtPlaces = field(default_factory=none)
    fitted: Amounts = field(default_factory=none)

    def copy(self) -> KitBooks:
        """Return the books as they stand."""
        return KitBooks(*(one.copy() for one in vars(self).values()))

    def in_pool(self, part: str) -> float:
        """Return the kits of a part that are in the pool."""
        return self.delivered[part] - self.shipped[part]


@dataclass
class Appointment:
    """A visit that was booked: of which vehicle, where, in which week; ``asked`` is the week of the owner's call."""

    key: str
    vehicle: int
    dealer: str
    week: int
    start: str
    asked: int
    booked_on: date
    status: str = "booked"


@dataclass
class WorkedWeek:
    """What the dealers of a world did in a week: visits by outcome, hours worked by dealer, weeks from the call to the repair."""

    done: int = 0
    without_need: int = 0
    no_shows: int = 0
    elsewhere: int = 0
    without_kits: Counter[str] = field(default_factory=Counter)  # by part
    without_hours: Counter[str] = field(default_factory=Counter)  # by dealer
    hours: Amounts = field(default_factory=none)
    waits: list[int] = field(default_factory=list)


class Workshops:
    """The dealers' books and work. A vehicle that needs a part needs it whenever it comes."""

    def __init__(self, start: Start, truth: Truth, chance: np.random.Generator) -> None:
        self.start, self.truth, self.chance = start, truth, chance
        self.books = KitBooks(
            delivered=defaultdict(float, start.pool), shelf=defaultdict(float, start.shelf)
        )
        self.limited = frozenset(start.parts)
        self.standing: dict[int, list[Appointment]] = defaultdict(list)
        self.changed: dict[str, Appointment] = {}
        self.repairs: list[dict[str, Any]] = []
        self.needed: dict[tuple[int, str], bool] = {}
        self.made = 0
        self.beside: dict[str, list[int]] = defaultdict(list)  # dealers of an area, by their places
        for place, area in enumerate(start.areas):
            self.beside[area].append(place)
        for one in start.booked:
            booked = Appointment(
                one.key, one.vehicle, one.dealer, one.week, one.start, one.week - 1, start.day(0)
            )
            self.standing[one.week].append(booked)

    def book(self, vehicles: Ints, week: int) -> Amounts:
        """Book visits that were asked for in a week; return their hours by dealer. Some go to another dealer of the area."""
        asked = none()
        away = self.chance.random(len(vehicles)) < self.truth.elsewhere
        for vehicle, elsewhere in zip(vehicles.tolist(), away.tolist(), strict=True):
            dealer = self._dealer(vehicle, elsewhere=elsewhere)
            self._make(vehicle, dealer, week, self.start.monday(week) + timedelta(days=3), week)
            asked[dealer] += self.start.kinds[self.start.kind[vehicle]].hours
        return asked

    def _dealer(self, vehicle: int, *, elsewhere: bool) -> str:
        own = int(self.start.dealer[vehicle])
        others = [place for place in self.beside[self.start.areas[own]] if place != own]
        if elsewhere and others:
            own = others[int(self.chance.integers(len(others)))]
        return self.start.dealers[own]

    def _make(self, vehicle: int, dealer: str, week: int, booked_on: date, asked: int) -> None:
        self.made += 1
        then = week + self.truth.booked_ahead
        day = self.start.monday(then) + timedelta(days=int(self.chance.integers(WORKDAYS)))
        one = Appointment(
            f"{NEW}{self.made:07d}", vehicle, dealer, then, f"{day}T09:00", asked, booked_on
        )
        self.standing[then].append(one)
        self.changed[one.key] = one

    def work(self, week: int) -> tuple[WorkedWeek, list[int]]:
        """Do the visits of a week in the order in which they were booked; who is not served comes again.

        Returns what was done, and the places of the vehicles that are closed.
        """
        told, closed = WorkedWeek(), []
        left = dict(zip(self.start.dealers, self.start.hours_of(week).tolist(), strict=True))
        for one in self.standing.pop(week, []):
            kind = self.start.kinds[self.start.kind[one.vehicle]]
            taken = [part for part in kind.parts if self._needs(one.vehicle, part)]
            if self.chance.random() < self.truth.no_shows:
                told.no_shows += 1
                self._again(one, week, "no_show")
            elif lacking := [part.part_no for part in taken if self._lacks(one.dealer, part)]:
                told.without_kits.update(lacking)
                self._again(one, week, "cancelled")
            elif left[one.dealer] < kind.hours:
                told.without_hours[one.dealer] += 1
                self._again(one, week, "cancelled")
            else:
                left[one.dealer] -= kind.hours
                told.hours[one.dealer] += kind.hours
                self._repair(one, taken, told)
                closed.append(one.vehicle)
        return told, closed

    def _needs(self, vehicle: int, part: PartTaken) -> bool:
        known = self.needed.get((vehicle, part.part_no))
        if known is None:
            known = bool(self.chance.random() < part.take_rate)
            self.needed[vehicle, part.part_no] = known
        return known

    def _lacks(self, dealer: str, part: PartTaken) -> bool:
        return (
            part.part_no in self.limited and self.books.shelf[dealer, part.part_no] < part.quantity
        )

    def _again(self, one: Appointment, week: int, status: str) -> None:
        one.status = status
        self.changed[one.key] = one
        friday = self.start.monday(week) + timedelta(days=4)
        self._make(one.vehicle, one.dealer, week, friday, one.asked)

    def _repair(self, one: Appointment, taken: Iterable[PartTaken], told: WorkedWeek) -> None:
        kind = self.start.kinds[self.start.kind[one.vehicle]]
        for part in taken:
            self.books.shelf[one.dealer, part.part_no] -= part.quantity
            self.books.fitted[part.part_no] += part.quantity
        fitted = {part.campaign for part in taken}
        needless = kind.inspected - fitted
        self.repairs += [
            {
                "ro_id": f"R{one.key}{code}", "dealer_code": one.dealer, "vin": self.start.vins[one.vehicle].as_py(), "campaign_code": code,
                "close_date": one.start[:10], "outcome": "inspected_ok" if code in needless else "remedied",
                "hours": round(kind.hours / len(kind.campaigns), 2),
            }
            for code in kind.campaigns
        ]  # fmt: skip
        told.done += 1
        told.without_need += bool(needless)
        told.elsewhere += one.dealer != self.start.dealers[int(self.start.dealer[one.vehicle])]
        told.waits.append(one.week - one.asked)
        one.status = "done"
        self.changed[one.key] = one

    def appointments(self) -> list[dict[str, Any]]:
        """Return the appointments that changed since they were told last, as dealers write them."""
        rows = [
            {
                "appointment_id": one.key, "dealer_code": one.dealer, "vin": self.start.vins[one.vehicle].as_py(),
                "campaign_codes": ";".join(self.start.kinds[self.start.kind[one.vehicle]].campaigns), "start": one.start,
                "status": one.status, "booked_on": one.booked_on,
            }
            for one in self.changed.values()
        ]  # fmt: skip
        self.changed = {}
        return rows

    def orders(self) -> list[dict[str, Any]]:
        """Return the repair orders since they were told last."""
        told, self.repairs = self.repairs, []
        return told

    def counts(self, day: date) -> list[dict[str, Any]]:
        """Return what each dealer has of each part on a day, and what is on its way to it."""
        return [
            {
                "dealer_code": dealer, "part_no": part, "as_of": day, "on_hand": self.books.shelf[dealer, part],
                "on_order": self.books.coming[dealer, part],
            }
            for dealer in self.start.dealers
            for part in self.start.parts
        ]  # fmt: skip

    def unpack(self) -> None:
        """What was on its way is on the shelf."""
        for place in list(self.books.coming):
            self.books.shelf[place] += self.books.coming.pop(place)
