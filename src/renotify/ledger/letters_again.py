"""Letters that are sent again by dealer and week of their wave: planned, or gone; a plan gives them no week of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from renotify.ledger.pieces import GONE, TO_GO_AGAIN
from renotify.ledger.scope import ALL, NOWHERE, Scope
from renotify.ledger.session import Session
from renotify.values.notice_number import AGAIN

_AGAIN = f"""
    select coalesce(nullif(l.dealer_code, ''), '{NOWHERE}') as dealer_code, w.week, count(distinct p.vin || p.family) as letters
    from piece p join wave w on w.follow_up = p.follow_up and w.number = p.wave
    join listed l on l.follow_up = p.follow_up and l.vin = p.vin and l.family = p.family
    where p.follow_up = :name and p.piece_id like '%{AGAIN}%' and (p.state = 'planned' or p.state in {GONE}) and {{scope}}
    group by 1, 2"""


class _Letters(NamedTuple):
    dealer_code: str
    week: date
    letters: int


class _Number(NamedTuple):
    number: int


def sent_again(session: Session, name: str, scope: Scope = ALL) -> Mapping[tuple[str, date], int]:
    """Return how many letters of a follow-up are sent again at dealers of a scope, by dealer and Monday; a vehicle is one in a week."""
    sql = _AGAIN.format(scope=scope.of("l.dealer_code"))
    found = session.rows(_Letters, sql, name=name, **scope.values)
    return {(one.dealer_code, one.week): one.letters for one in found}


class WaveAgain(NamedTuple):
    """A wave with letters that are sent again: how many of its pieces they are."""

    wave: int
    pieces: int
    again: int


def of_waves(session: Session, name: str) -> Mapping[int, WaveAgain]:
    """Return the waves of a follow-up that have letters sent again, by number; one of first letters alone is not among them."""
    rows = session.rows(
        WaveAgain,
        f"select wave, count(*) as pieces, sum(case when piece_id like '%{AGAIN}%' then 1 else 0 end) as again from piece"
        " where follow_up = :name and wave is not null group by wave",
        name=name,
    )
    return {row.wave: row for row in rows if row.again}


def put_off(session: Session, name: str, week: date) -> list[int]:
    """Put the waves of letters that wait to be sent again into the week of a Monday, in the open transaction; return which moved."""
    waits = (
        "follow_up = :name and released_at is null and week <> :week and exists (select 1 from piece"
        f" where piece.follow_up = wave.follow_up and piece.wave = wave.number and {TO_GO_AGAIN})"
    )
    rows = session.rows(
        _Number, f"select number from wave where {waits} order by number", name=name, week=week
    )
    session.execute(f"update wave set week = :week where {waits}", name=name, week=week)
    return [one.number for one in rows]
