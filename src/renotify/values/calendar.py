"""The Federal calendar: holidays of 5 USC 6103, business days, calendar quarters, Mondays.

Days off by executive order (24 December 2024) are no holidays of the statute and are not here.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Self

from renotify.errors import BadInput

FIRST_YEAR = 1971  # the Uniform Monday Holiday Act took effect; earlier calendars differ
ONE_DAY = timedelta(days=1)
FRIDAY = timedelta(days=4)  # of a week, after its Monday
SPELLING = "Quarters are written 2013Q1 to 2013Q4."
MONDAY, THURSDAY, SATURDAY, SUNDAY = 0, 3, 5, 6


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _last_monday(year: int, month: int) -> date:
    last = date(year, month, monthrange(year, month)[1])
    return monday_of(last)


def _named_days(year: int) -> Iterator[date]:
    yield date(year, 1, 1)
    if year >= 1986:
        yield _nth(year, 1, MONDAY, 3)  # Birthday of Martin Luther King, Jr.
    yield _nth(year, 2, MONDAY, 3)  # Washington's Birthday
    yield _last_monday(year, 5)  # Memorial Day
    if year >= 2021:
        yield date(year, 6, 19)  # Juneteenth, Public Law 117-17
    yield date(year, 7, 4)
    yield _nth(year, 9, MONDAY, 1)  # Labor Day
    yield _nth(year, 10, MONDAY, 2)  # Columbus Day
    yield date(year, 11, 11) if year >= 1978 else _nth(year, 10, MONDAY, 4)  # Veterans Day
    yield _nth(year, 11, THURSDAY, 4)  # Thanksgiving Day
    yield date(year, 12, 25)


def _observed(day: date) -> date:
    return day + ONE_DAY * {SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0)


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """Return the days of this year on which a Federal holiday is observed (5 USC 6103).

    A Saturday is observed on Friday, so 1 January may be on 31 December before; a Sunday on Monday.
    """
    if year < FIRST_YEAR:
        raise BadInput(
            f"The Federal calendar starts in {FIRST_YEAR}.", "Check the year of the date."
        )
    named = [*_named_days(year), date(year + 1, 1, 1)]
    return frozenset(day for day in map(_observed, named) if day.year == year)


def is_business_day(day: date) -> bool:
    """Return whether Federal offices work on this day."""
    return day.weekday() < SATURDAY and day not in federal_holidays(day.year)


def roll_forward(day: date) -> date:
    """Return the day, or the next Federal business day when it is none (49 CFR 573.7(d))."""
    while not is_business_day(day):
        day += ONE_DAY
    return day


def add_business_days(day: date, count: int) -> date:
    """Return the day ``count`` business days later (earlier when negative); 0 is the day itself."""
    step = ONE_DAY if count > 0 else -ONE_DAY
    for _ in range(abs(count)):
        day += step
        while not is_business_day(day):
            day += step
    return day


def years_before(day: date, years: int) -> date:
    """Return the day so many years before; of 29 February the day before."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


def monday_of(day: date) -> date:
    """Return the Monday that names the day's week."""
    return day - timedelta(days=day.weekday())


def last_mailing_day(week: date) -> date:
    """Return the day by which a wave of the week (its Monday) is mailed: its Friday. The only place."""
    return week + FRIDAY


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter, the period of 49 CFR 573.7 reports; sorts by time, prints as 2013Q1."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if self.number not in {1, 2, 3, 4}:
            raise BadInput(f"There is no quarter {self.number}.", SPELLING)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2013Q1``; BadInput for anything else."""
        found = re.fullmatch(r"(\d{4})-?Q([1-4])", text.strip().upper(), re.ASCII)
        if not found:
            raise BadInput(f"{text!r} is not a quarter.", SPELLING)
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the quarter in which a day falls."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def start(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> date:
        return self.next().start - ONE_DAY

    def next(self) -> Self:
        return type(self)(self.year + self.number // 4, self.number % 4 + 1)

    def previous(self) -> Self:
        return type(self)(self.year - (self.number == 1), (self.number + 2) % 4 + 1)

    def report_due(self, due_rows: Sequence[tuple[int, int]]) -> date:
        """Return when this quarter's report is due, rolled forward to a business day (573.7(d)).

        ``due_rows`` is (month, day) for Q1 to Q4; the first such day after the quarter's end holds.
        """
        month, day = due_rows[self.number - 1]
        due = date(self.end.year, month, day)
        return roll_forward(due if due > self.end else due.replace(year=due.year + 1))

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"
