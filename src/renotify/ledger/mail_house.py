"""What follow-ups give the mail house in each week: pieces that are planned, and those that were released, printed or sent again.

The mail house is one: ``mail_house_letters_per_week`` is how many pieces it takes in a week, of all follow-ups that state it together.
A follow-up that states none has its letters printed without a limit, and takes no place of the others (decision 0078).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from renotify.campaigns.follow_up_settings import VOLUNTARY, FollowUpSettings
from renotify.ledger import follow_ups
from renotify.ledger.kinds import PieceState
from renotify.ledger.piece_numbers import IS_FIRST
from renotify.ledger.session import Session
from renotify.values.calendar import monday_of

# A planned piece is printed in the week of its wave, one that was released in that week or, where it is later, in that of its release
_PIECES = """
    select p.follow_up, p.state, w.week, p.checked_on, {first} as is_first, count(*) as pieces from piece p
    left join wave w on w.follow_up = p.follow_up and w.number = p.wave
    where p.follow_up in {names} and p.state in ('listed', 'planned', 'released', 'printed', 'accepted', 'spoiled')
    group by p.follow_up, p.state, w.week, p.checked_on, {first}"""
_FIRST = f"(case when p.{IS_FIRST} then 1 else 0 end)"
_PLANNED = (PieceState.LISTED, PieceState.PLANNED)


class _Pieces(NamedTuple):
    follow_up: str
    state: str
    week: date | None
    checked_on: date | None
    is_first: int
    pieces: int

    @property
    def monday(self) -> date | None:
        """The week in which the mail house prints them; None: in none, they are held."""
        if self.state in _PLANNED:
            return self.week
        days = [day for day in (self.week, self.checked_on) if day is not None]
        return monday_of(max(days)) if days else None


class OtherFollowUp(NamedTuple):
    """A follow-up that has letters at the same mail house: the pieces a week that it states, and its own by Monday.

    ``gives_way`` are planned pieces that take no place: those of a voluntary one beside letters that are owed by their day.
    """

    name: str
    stated: int
    pieces: Mapping[date, int]
    gives_way: Mapping[date, int]


class OwnPieces(NamedTuple):
    """The pieces of a follow-up by the Monday of the mail house's week: ``planned`` first ones, those that wait to be sent ``again``, and
    those that are ``out``: released or printed, whether first ones or sent again.
    """

    planned: Counter[date]
    again: Counter[date]
    out: Counter[date]


def own(session: Session, name: str) -> OwnPieces:
    """Return what a follow-up gives the mail house, week by week."""
    found = OwnPieces(Counter(), Counter(), Counter())
    for one in _pieces(session, [name]):
        if (monday := one.monday) is not None:
            waits = found.planned if one.is_first else found.again
            (waits if one.state in _PLANNED else found.out)[monday] += one.pieces
    return found


def _pieces(session: Session, names: list[str]) -> list[_Pieces]:
    sql = _PIECES.format(names=session.list_values("names"), first=_FIRST)
    return session.rows(_Pieces, sql, names=json.dumps(names))


def others(session: Session, asked: FollowUpSettings, on: date) -> list[OtherFollowUp]:
    """Return the follow-ups beside one that state what the mail house takes, by their settings of a day, in order of name."""
    known = (
        follow_ups.settings(session, other, on)
        for other in follow_ups.names(session)
        if other != asked.name
    )
    limited = {one.name: one for one in known if one.mail_house_letters_per_week is not None}
    if not limited:
        return []
    places: dict[str, Counter[date]] = {other: Counter() for other in limited}
    ways: dict[str, Counter[date]] = {other: Counter() for other in limited}
    for one in _pieces(session, sorted(limited)):
        waits = limited[one.follow_up].kind == VOLUNTARY != asked.kind and one.state in _PLANNED
        if (monday := one.monday) is not None:
            (ways if waits else places)[one.follow_up][monday] += one.pieces
    return [
        OtherFollowUp(other, row.mail_house_letters_per_week or 0, places[other], ways[other])
        for other, row in sorted(limited.items())
    ]
