"""One clock as it is shown: what is due when, how it stands, how many vehicles it is about, and what closes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from renotify.rules.row import Clock
from renotify.values.calendar import add_business_days, federal_holidays
from renotify.values.english import counted

SOON = timedelta(days=15)
REMEMBERED = timedelta(
    days=30
)  # what was done is told for this long; what was not done stays until its evidence closes it
NAMED = 12  # so many are named in a line of several
PASSES = "nothing: the day passes"  # what closes a period that ends no earlier than its day
ORDER = ("overdue", "soon", "late", "unknown", "ok")


@dataclass(frozen=True)
class About:
    """Vehicles that a clock counts: of which kind (``clock_vehicles``), of which campaigns or follow-up, and of which days."""

    kind: str
    of: tuple[str, ...]
    days: tuple[date | None, ...] = ()


INVOLVED, ON_LIST = (
    "involved",
    "on_list",
)  # in the campaigns and not removed; with a letter of the follow-up


@dataclass(frozen=True)
class Deadline:
    """One clock: ``state`` is overdue, soon, ok, late (done, but after the day), or unknown (no day starts it, and
    ``due`` is None; or nothing says whether it was done).

    ``id`` names it where a day is stated of it, ``vehicles`` is how many it is about where that can be counted, and
    ``closes`` the evidence that closes it. ``about`` says which vehicles these are.
    """

    state: str
    due: date | None
    campaign: str  # the campaign's code, or the follow-up's name
    what: str
    citation: str
    sentence: str
    id: str = ""
    vehicles: int | None = None
    closes: str = ""
    about: tuple[About, ...] = ()


def state_of(due: date, on: date) -> str:
    """Return how what is not done stands on a day."""
    if on > due:
        return "overdue"
    return "soon" if due - on <= SOON else "ok"


def left(due: date, on: date) -> str:
    """Say how far a day is away."""
    if on > due:
        return f"{counted((on - due).days, 'day')} ago"
    return "today" if on == due else f"in {counted((due - on).days, 'day')}"


def side(due: date, day: date) -> str:
    """Say by how many days a day is before or after the one that it is due on."""
    gap = (due - day).days
    return f"{counted(abs(gap), 'day')} {'before' if gap >= 0 else 'after'}"


def states_it(name: str) -> str:
    """Return the command that says that a clock's work was done."""
    return f"renotify deadlines --filed {name} --on DATE"


def starts_it(name: str) -> str:
    """Return the command that says when a clock started."""
    return f"renotify deadlines --started {name} --on DATE"


@dataclass(frozen=True)
class Run:
    """One run of a clock of the pack: from the day that starts it to the day on which its work was done, if it was."""

    clock: Clock
    start: date
    done: date | None = None

    @property
    def due(self) -> date:
        return last_day(self.clock, self.start)

    def forgotten(self, on: date) -> bool:
        """Whether it was done, and both its last day and that of its doing lie so long back that nobody is told any more."""
        done = self.done if self.done is not None and self.done <= on else None
        return done is not None and on > max(self.due, done) + REMEMBERED

    def deadline(
        self, subject: str, what: str, on: date, name: str, vehicles: int | None = None
    ) -> Deadline:
        """Return the run as a deadline of a subject, in the words of the pack."""
        about = f"{self.clock.title} ({subject})"
        due, done = self.due, self.done if self.done and self.done <= on else None
        if done is None:
            state, past = state_of(due, on), "was " if on > due else ""
            sentence = (
                f"{about}: {past}due {left(due, on)}, on {due}. It started on {self.start}:"
                f" {self.clock.starts}."
            )
        else:
            state, gap = "late" if done > due else "ok", (due - done).days
            side = "before" if gap >= 0 else "after"
            sentence = (
                f"{about}: done on {done}, {counted(abs(gap), 'day')} {side} the last day, {due}."
            )
        return Deadline(
            state,
            due,
            subject,
            what,
            self.clock.citation,
            sentence,
            name,
            vehicles,
            states_it(name),
        )


def together(
    found: Sequence[Deadline], on: date, count: Callable[[Sequence[int]], int] = sum
) -> list[Deadline]:
    """Return clocks of one kind; those that are overdue for longer than ``REMEMBERED`` as one line, with each named.

    ``count`` makes one number of their vehicles: the sum, or the largest where each is about the same ones.
    """
    old = sorted(
        (one for one in found if one.state == "overdue" and one.due and one.due < on - REMEMBERED),
        key=lambda one: (one.due or on, one.what),
    )
    if len(old) < 2:
        return list(found)
    first, rest = old[0], old[1:]
    numbers = [one.vehicles for one in old if one.vehicles is not None]
    named = [f"{one.what}, {one.due} ({one.id})" for one in rest[:NAMED]]
    named += [f"{len(rest) - NAMED} others"] if len(rest) > NAMED else []
    line = replace(
        first,
        what=f"{first.what} and {len(rest)} more",
        sentence=f"{first.sentence} Overdue too: {'; '.join(named)}.",
        vehicles=count(numbers) if numbers else None,
        about=first.about if count is max else tuple(part for one in old for part in one.about),
        closes=f"{first.closes}, and so of each that is named",
    )
    return [line, *(one for one in found if one not in old)]


def last_day(clock: Clock, start: date) -> date:
    """Return the last day of a clock that starts on a day; hours of a start known by its day end on the day they lead to."""
    if clock.unit == "hours":
        return start + timedelta(days=clock.amount // 24)
    return clock.due(start)


def in_order(found: Sequence[Deadline]) -> list[Deadline]:
    """Return deadlines in order: overdue, soon, late, unknown, then the rest, each by its day."""
    rows = sorted(
        found, key=lambda d: (ORDER.index(d.state), d.due or date.max, d.campaign, d.what)
    )
    return [_with_holiday(row) for row in rows]


def _with_holiday(one: Deadline) -> Deadline:
    """Return a clock whose sentence says that the day ahead is a Federal holiday, and which working day is the last before it.

    Of a period that ends no earlier than its day it is the next one after it.
    """
    if (
        one.due is None
        or one.state in ("late", "overdue")
        or one.due not in federal_holidays(one.due.year)
    ):
        return one
    passes = one.closes == PASSES
    which = "next working day after" if passes else "last working day before"
    day = add_business_days(one.due, 1 if passes else -1)
    said = f"{one.due} is a Federal holiday; the {which} it is {day}."
    return replace(one, sentence=f"{one.sentence} {said}")
