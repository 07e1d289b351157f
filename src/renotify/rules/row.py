"""One row of a rule pack: a rule with its citation, its dates, and how well it was verified."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from renotify.errors import Inconsistent
from renotify.values.calendar import add_business_days

SINCE_UNKNOWN = date(1976, 12, 30)
MARKS = {
    "READ": "the words of the rule were read",
    "PART": "a part of the rule was read",
    "SECOND": "a secondary source says so",
    "MEM": "from memory",
    "HOUSE": "a policy of the house, no rule of law",
}
SETTLED = frozenset({"READ", "HOUSE"})


@dataclass(frozen=True, kw_only=True)
class Row:
    """What every rule carries; ``effective_to`` is the last day in force, None while it is open.

    ``verified`` is one of ``MARKS``. ``severity`` is must (blocks) or should (warns). Where the day on which a
    rule came into force was not read, ``effective_from`` is the first day of Part 577 (``SINCE_UNKNOWN``): too
    early is the strict side. ``unsettled`` says what is still open about the row: what counsel must decide, or what
    it does not yet say; ``unsettled_kinds`` are the kinds of letters that it concerns, all where none is named.
    """

    id: str
    citation: str
    effective_from: date
    verified: str
    severity: str
    title: str = ""
    effective_to: date | None = None
    note: str = ""
    unsettled: str = ""
    unsettled_kinds: tuple[str, ...] = ()

    def columns(self) -> dict[str, object]:
        """Return what the row says, by the names of its columns."""
        return {column.name: getattr(self, column.name) for column in fields(self)}

    def in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    @property
    def since_established(self) -> bool:
        """Whether the day on which the rule came into force is known."""
        return self.effective_from != SINCE_UNKNOWN

    def is_open_in(self, kinds: Collection[str]) -> bool:
        """Tell whether what is open about the row concerns letters of one of these kinds."""
        concerned = self.unsettled_kinds or tuple(kinds)
        return bool(self.open_mark) and not set(concerned).isdisjoint(kinds)

    @property
    def open_mark(self) -> str:
        """What a person must still compare or decide, in words; blank where the words of the rule were read and nothing is open."""
        mark = "" if self.verified in SETTLED else MARKS[self.verified]
        return "; ".join(filter(None, (mark, self.unsettled)))


@dataclass(frozen=True, kw_only=True)
class ReturnReason(Row):
    """Why a piece came back (DMM 507, Publication 8A) and the one action that follows.

    ``general`` says no more than that it came back: beside another reason on one label it says nothing.
    """

    action: str
    codes: tuple[str, ...] = ()
    general: bool = False


@dataclass(frozen=True, kw_only=True)
class Addressee(Row):
    """To whom a notice goes when nobody is known to hold the vehicle (577.7(a)(2)(i)): ``roles`` of owner records that are meant."""

    roles: tuple[str, ...]


NAME_FROM = {
    "rule": "the rule",
    "file": "NHTSA's files",
    "memory": "memory",
    "portal": "the portal",
}


@dataclass(frozen=True, kw_only=True)
class ReportField(Row):
    """A field of the completion report (573.7(b)): its name and where that is from (``NAME_FROM``), and what to enter.

    ``value`` is the report's own key, ``entry`` text, day or count, ``reports`` the kinds of report in which it stands.
    """

    section: str
    name_from: str
    order: int
    value: str
    entry: str
    reports: tuple[str, ...]


POINTS_PER = {"pt": 1.0, "in": 72.0, "mm": 72.0 / 25.4}


@dataclass(frozen=True, kw_only=True)
class Measure(Row):
    """One number of the mail standards with its unit; ``least`` and ``most`` bound it."""

    value: float
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def points(self) -> float:
        """The value in points of 1/72 inch; Inconsistent when the unit is no length."""
        return self._points(self.value)

    @property
    def range_points(self) -> tuple[float, float]:
        """The tolerated range in points; the value itself where a bound is not given."""
        least = self.value if self.least is None else self.least
        most = self.value if self.most is None else self.most
        return self._points(least), self._points(most)

    def _points(self, length: float) -> float:
        if self.unit not in POINTS_PER:
            raise Inconsistent(f"{self.id} is measured in {self.unit}, which is no length.")
        return length * POINTS_PER[self.unit]


@dataclass(frozen=True, kw_only=True)
class Clock(Row):
    """A period of law: ``amount`` of ``unit`` from the event that ``starts`` tells in words.

    Units are calendar and business (days), hours, years, month_ends (the last day of a month so many months on), and
    reports (a count). A negative amount is a day before the event. ``due_days`` is
    (month, day) per quarter for reports that fall due on a day of the calendar; ``more_than`` is
    the number of vehicles from which the row applies. Years from 29 February lead to 1 March, so that nothing is kept or open too
    short, or, ``no_later``, to 28 February, so that nothing is done or begun too late.
    """

    amount: int
    unit: str
    starts: str
    due_days: tuple[tuple[int, int], ...] = ()
    more_than: int = 0
    no_later: bool = False

    @property
    def days(self) -> int:
        """The amount in days; Inconsistent when the unit is not one of days."""
        if self.unit not in {"calendar", "business"}:
            raise Inconsistent(f"Clock {self.id} counts {self.unit}, not days.")
        return self.amount

    def due(self, start: date) -> date:
        """Return the last day in time; the day on which the clock starts does not count."""
        match self.unit:
            case "calendar":
                return start + timedelta(days=self.amount)
            case "business":
                return add_business_days(start, self.amount)
            case "years":
                return _same_day(start, start.year + self.amount, no_later=self.no_later)
            case "month_ends":
                return _month_end(start, self.amount)
        raise Inconsistent(f"Clock {self.id} counts {self.unit}; it has no day on which it ends.")

    def due_at(self, start: datetime) -> datetime:
        """Return the instant in which a clock of hours ends (30120(i), rental fleets)."""
        if self.unit != "hours":
            raise Inconsistent(f"Clock {self.id} counts {self.unit}, not hours.")
        return start + timedelta(hours=self.amount)


def _same_day(day: date, year: int, *, no_later: bool) -> date:
    """Return the day in another year; where that has no 29 February, 1 March, or the 28th for what is to be no later."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28) if no_later else date(year, 3, 1)


def _month_end(day: date, months: int) -> date:
    """Return the last day of the month that lies so many months after a day's own."""
    years, month = divmod(day.month + months, 12)
    return date(day.year + years, month + 1, 1) - timedelta(days=1)
