"""The letters of each week that dealers were told by notices that went, and how many of them plans have moved since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import pyarrow as pa

from renotify.ledger.pieces import GONE
from renotify.ledger.scope import NOWHERE
from renotify.ledger.session import Session
from renotify.values.calendar import monday_of
from renotify.values.english import counted, series

SHOWN = 3  # dealers that a sentence names
_TOLD = pa.schema(
    [("dealer_code", pa.string()), ("week", pa.date32()), ("letters", pa.int64()), ("told_on", pa.date32()), ("moved", pa.int64())]
)  # fmt: skip
_MOVES = pa.schema([("dealer_code", pa.string()), ("week", pa.date32()), ("moved", pa.int64())])
# A letter whose owner has not come in: something of its bundle is still to do
TO_DO = """exists (
        select 1 from state s where s.vin = l.vin and s.current and s.status = 'open'
        and replace('+' || l.bundle || '+', '+' || s.campaign_code || '+', '') <> '+' || l.bundle || '+')"""
# Letters by dealer and week of the vehicles that a plan is about to move (staged planned_weeks): one whose owner came in is no letter.
_LETTERS = f"""
    select coalesce(nullif(l.dealer_code, ''), '{NOWHERE}') as dealer_code, l.week as week, count(*) as letters
    from listed l join planned_weeks p on p.vin = l.vin and p.family = l.family
    where l.follow_up = :name and l.week is not null and {TO_DO}
    group by 1, 2"""
# Letters of a week by dealers that were told something, and what they were told of it: those of all its waves together, sent again or not,
# gone or still to go. One that goes a second time in the week counts twice: the owner hears twice
_OF_WEEK = f"""
    select w.dealer_code, w.letters, coalesce(t.letters, 0) as told from (
        select l.dealer_code, count(distinct l.vin || l.family || p.wave) as letters from piece p
        join wave v on v.follow_up = p.follow_up and v.number = p.wave
        join listed l on l.follow_up = p.follow_up and l.vin = p.vin and l.family = p.family
        where p.follow_up = :name and v.week = :week and (p.state in {GONE} or p.state in ('listed', 'planned') and {TO_DO})
        and l.dealer_code in (select dealer_code from told_week where follow_up = :name) group by l.dealer_code
    ) w left join told_week t on t.follow_up = :name and t.dealer_code = w.dealer_code and t.week = :week
    where w.letters > coalesce(t.letters, 0)"""
BEYOND = pa.schema([("dealer_code", pa.string()), ("letters", pa.int64()), ("told", pa.int64())])


class Letters(NamedTuple):
    """Letters of a dealer in a week of the plan."""

    dealer_code: str
    week: int
    letters: int


class ToldWeek(NamedTuple):
    """A week of a dealer: the letters that its notice told, and how many more (or fewer) it has by plans made since."""

    dealer_code: str
    week: date
    letters: int
    moved: int
    told_on: date

    def document(self) -> dict[str, object]:
        """Return it as commands print it."""
        return {
            "dealer": self.dealer_code, "week": self.week.isoformat(), "told": self.letters, "now": self.letters + self.moved,
            "told_on": self.told_on.isoformat(),
        }  # fmt: skip


def record(
    session: Session,
    name: str,
    letters: Mapping[str, Mapping[date, int]],
    on: date,
    planned: Mapping[str, Mapping[date, int]] | None = None,
) -> None:
    """Keep what dealers were told on a day, by dealer and Monday, in the open transaction, in place of what they were told before.

    ``planned``: their letters by a plan that was made since. A dealer that was told the same before keeps the day of it.
    """
    before = by_dealer(session, name)
    moves = planned or {}
    rows = [
        {
            "dealer_code": dealer, "week": week, "letters": weeks.get(week, 0), "told_on": on,
            "moved": moves[dealer].get(week, 0) - weeks.get(week, 0) if dealer in moves else 0,
        }
        for dealer, weeks in letters.items()
        if dealer not in before or _some(before[dealer]) != _some(weeks)
        for week in sorted(weeks.keys() | moves.get(dealer, {}).keys()) or [monday_of(on)]
    ]  # fmt: skip
    session.stage("telling", pa.Table.from_pylist(rows, _TOLD))
    session.execute(
        "delete from told_week where follow_up = :name and dealer_code in (select dealer_code from telling)",
        name=name,
    )
    session.execute(
        "insert into told_week (follow_up, dealer_code, week, letters, told_on, moved)"
        " select cast(:name as text), dealer_code, week, letters, told_on, moved from telling",
        name=name,
    )


def _some(weeks: Mapping[date, int]) -> dict[date, int]:
    return {week: letters for week, letters in weeks.items() if letters}


def _all(session: Session, name: str) -> list[ToldWeek]:
    return session.rows(
        ToldWeek,
        "select dealer_code, week, letters, moved, told_on from told_week where follow_up = :name",
        name=name,
    )


def by_dealer(session: Session, name: str) -> dict[str, dict[date, int]]:
    """Return the letters that dealers were told, by dealer and Monday."""
    told: dict[str, dict[date, int]] = {}
    for one in _all(session, name):
        told.setdefault(one.dealer_code, {})[one.week] = one.letters
    return told


def letters_to_move(session: Session, name: str) -> dict[tuple[str, int], int]:
    """Return the open letters of the staged ``planned_weeks`` by dealer and week, as the list has them; none while nobody is told."""
    if not session.scalar("select count(*) from told_week where follow_up = :name", name=name):
        return {}
    found = session.rows(Letters, _LETTERS, name=name)
    return {(one.dealer_code, one.week): one.letters for one in found}


def note_moves(
    session: Session, name: str, first_week: date, before: Mapping[tuple[str, int], int]
) -> None:
    """Add to what dealers were told how the letters of ``planned_weeks`` differ from ``before``, in the open transaction."""
    after = letters_to_move(session, name)
    moves = [
        {"dealer_code": dealer, "week": first_week + timedelta(weeks=week), "moved": change}
        for dealer, week in sorted(before.keys() | after.keys())
        if (change := after.get((dealer, week), 0) - before.get((dealer, week), 0))
    ]
    session.stage("week_moves", pa.Table.from_pylist(moves, _MOVES))
    session.execute(
        "insert into told_week (follow_up, dealer_code, week, letters, told_on, moved)"
        " select cast(:name as text), m.dealer_code, m.week, 0, t.told_on, m.moved from week_moves m join ("
        " select dealer_code, max(told_on) as told_on from told_week where follow_up = :name group by dealer_code) t"
        " on t.dealer_code = m.dealer_code"
        " where true on conflict (follow_up, dealer_code, week) do update set moved = told_week.moved + excluded.moved",
        name=name,
    )


def changed(session: Session, name: str, on: date) -> list[ToldWeek]:
    """Return the weeks from a day's week on in which dealers have other letters than they were told, those of most letters first."""
    return session.rows(
        ToldWeek,
        "select dealer_code, week, letters, moved, told_on from told_week"
        " where follow_up = :name and moved <> 0 and week >= :monday order by abs(moved) desc, dealer_code, week",
        name=name,
        monday=monday_of(on),
    )


def beyond_told(session: Session, name: str, week: date) -> pa.Table:
    """Return the dealers that have more letters in a week's waves than their last notice that went told of it, a Monday (``BEYOND``)."""
    return session.read(_OF_WEEK, BEYOND, name=name, week=week)


def sentences(name: str, weeks: Sequence[ToldWeek]) -> list[str]:
    """Say which dealers were told other letters than they will have, and what to do."""
    if not weeks:
        return []
    dealers = list(dict.fromkeys(one.dealer_code for one in weeks))
    first = [_told(weeks, code) for code in dealers[:SHOWN]]
    more = f", and {len(dealers) - SHOWN:,} more"
    named = ", ".join(first) + more if dealers[SHOWN:] else series(first)
    was = "was" if len(dealers) == 1 else "were"
    sentence = (
        f"{counted(len(dealers), 'dealer')} {was} told other weeks than this plan has: {named}."
        f" Write their notices again, and state when they are sent: renotify notices {name}"
    )
    return [sentence]


def _told(weeks: Iterable[ToldWeek], code: str) -> str:
    one = next(one for one in weeks if one.dealer_code == code)
    return (
        f"{code} ({one.letters:,} told for the week of {one.week}, now {one.letters + one.moved:,})"
    )
