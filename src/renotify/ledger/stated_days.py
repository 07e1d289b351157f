"""Days that a person states of the clocks of the law: what starts one and what closes one, each with the command that said so.

A clock is named ``SUBJECT:CLOCK`` or ``SUBJECT:CLOCK:PART``: the campaign, follow-up or ``maker`` it is of, its id in the rule
pack, and which of several. Nothing is changed or deleted: what was stated wrongly is taken back by a later statement.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from renotify.errors import BadInput
from renotify.ledger.kinds import DayWord, SourceKind
from renotify.ledger.session import Session
from renotify.ledger.sources import record, recorded_by
from renotify.values.english import series

MARK = ":"


class StatedRow(NamedTuple):
    """One statement: the clock, what the day does to it, and the day."""

    clock: str
    word: str
    day: date

    @property
    def subject(self) -> str:
        return self.clock.partition(MARK)[0]

    @property
    def name(self) -> str:
        """The clock without its subject: ``letters``, ``quarterly_report:2013Q1``."""
        return self.clock.partition(MARK)[2]


def state(session: Session, clock: str, word: DayWord, day: date, command: str) -> None:
    """Record a statement of a command in the open transaction; the same one again adds nothing."""
    state_each(session, [clock], word, day, command)


def state_each(
    session: Session, clocks: Collection[str], word: DayWord, day: date, command: str
) -> None:
    """Record the same statement of several clocks, each that does not stand yet."""
    stands = set(stated(session).rows)
    known = {row.clock for row in stands}
    new = [
        clock
        for clock in clocks
        if StatedRow(clock, word, day) not in stands
        and (word != DayWord.WITHDRAWN or clock in known)
    ]
    if not new:
        return
    source = record(session, SourceKind.COMMAND, command, table="stated_day")
    for place, clock in enumerate(new, start=1):
        session.execute(
            "insert into stated_day (source_id, source_row, clock, word, day)"
            " values (:source, :place, :clock, :word, :day)",
            source=source,
            place=place,
            clock=clock,
            word=word,
            day=day,
        )


@dataclass(frozen=True)
class Stated:
    """The statements that stand, in the order in which they were made."""

    rows: tuple[StatedRow, ...] = ()

    def of(self, *subjects: str) -> Stated:
        """Return those of some subjects (a recall has its codes and its number)."""
        return Stated(tuple(row for row in self.rows if row.subject in subjects))

    def starts(self, name: str) -> list[date]:
        """Return the days that start a clock, the latest statement last."""
        return [row.day for row in self._named(name) if row.word == DayWord.STARTED]

    def started(self, name: str) -> date | None:
        """Return the day stated last that starts a clock."""
        return next(reversed(self.starts(name)), None)

    def done(self, *names: str, since: date | None = None, whole: bool = True) -> date | None:
        """Return the first day, from ``since`` on, on which what one of some clocks asks for was done.

        A statement on a clock as a whole closes each of its parts, unless ``whole`` is False.
        """
        wider = ({name.partition(MARK)[0] for name in names} if whole else set()) | {*names}
        days = [row.day for row in self.rows if row.word == DayWord.DONE and row.name in wider]
        return min((day for day in days if since is None or day >= since), default=None)

    def last_done(self, *names: str, by: date) -> date | None:
        """Return the last day, up to ``by``, on which what one of some clocks asks for was done."""
        days = [row.day for row in self.rows if row.word == DayWord.DONE and row.name in names]
        return max((day for day in days if day <= by), default=None)

    @property
    def names(self) -> list[str]:
        """The clocks of which anything stands, each once."""
        return list(dict.fromkeys(row.name for row in self.rows))

    def _named(self, name: str) -> Sequence[StatedRow]:
        return [row for row in self.rows if row.name == name]


def stated(session: Session, known_at: datetime | None = None) -> Stated:
    """Return every statement of the ledger that stands; with ``known_at``, of those recorded by that instant."""
    return Stated(tuple(_standing(_ever(session, known_at))))


def check_withdrawn(session: Session, clock: str, day: date) -> None:
    """Refuse to take back what does not stand, and one of several statements of a clock of which none is of the day. Raises BadInput."""
    ever = [row for row in _ever(session) if row.clock == clock and row.word != DayWord.WITHDRAWN]
    days = sorted({row.day for row in stated(session).rows if row.clock == clock})
    if not days:
        raise BadInput(
            f"Nothing is stated of {clock}.",
            f"Name the clock as it was stated: SUBJECT{MARK}CLOCK.",
        )
    if day in days:
        return
    which = f"Say which day is taken back: renotify deadlines --withdrawn {clock} --on {days[-1]}."
    if day in {row.day for row in ever}:
        raise BadInput(f"What was stated of {clock} for {day} is taken back already.", which)
    if len(days) > 1:
        raise BadInput(f"{clock} is stated for {series([str(one) for one in days])}.", which)


def _ever(session: Session, known_at: datetime | None = None) -> list[StatedRow]:
    """Return what was stated, taken back or not, in the order in which it was."""
    known, instant = recorded_by(session, known_at) if known_at else ("true", "")
    return session.rows(
        StatedRow,
        "select d.clock, d.word, d.day from stated_day d join source s on s.id = d.source_id"
        f" where {known} order by d.id",
        **({"instant": instant} if known_at else {}),
    )


def _standing(rows: Collection[StatedRow]) -> list[StatedRow]:
    """A withdrawal takes back what is stated of its clock for its day; where nothing is, all that is stated of the clock."""
    held: list[StatedRow] = []
    for row in rows:
        if row.word != DayWord.WITHDRAWN:
            held.append(row)
            continue
        taken = [one for one in held if one.clock == row.clock and one.day == row.day]
        taken = taken or [one for one in held if one.clock == row.clock]
        held = [one for one in held if one not in taken]
    return held
