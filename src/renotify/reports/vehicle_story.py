"""One vehicle from the first event to the last, in the order of days: for whoever must see what was known and done, and by whom.

Nothing in it tells who an owner is: a record is told by its role and source.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from renotify.ledger.rulings import stands
from renotify.ledger.session import Session
from renotify.reports.vehicle_file import WORDS
from renotify.values.notice_number import LENGTH


@dataclass(frozen=True)
class StoryLine:
    """What happened on a day: ``about`` a campaign, follow-up or letter, ``at`` a dealer, from which ``source`` and row (0: no file).

    ``stands`` is no for what a later word corrected or took back.
    """

    day: date
    what: str
    about: str
    at: str
    source: str
    row: int
    stands: bool = True


class _Event(NamedTuple):
    day: date
    kind: str
    campaign_code: str
    dealer_code: str
    return_code: str
    source: str
    source_row: int
    stands: bool


class _Listed(NamedTuple):
    follow_up: str
    bundle: str
    left_out: str
    frozen_on: date
    source: str


class _Piece(NamedTuple):
    piece_id: str
    role: str
    bundle: str
    state: str
    reason: str
    wave: int | None
    checked_on: date | None


class _Visit(NamedTuple):
    campaign_codes: str
    start: str
    status: str
    booked_on: date | None
    dealer_code: str
    source: str
    source_row: int


class _Record(NamedTuple):
    role: str
    as_of: date
    source: str
    file: str
    source_row: int


def vehicle_story(session: Session, vin: str) -> list[StoryLine]:
    """Return all that the ledger has of a vehicle, the oldest day first; nothing for a number that nobody has stated."""
    lines = [
        *_events(session, vin), *_records(session, vin), *_lists(session, vin), *_letters(session, vin), *_visits(session, vin),
    ]  # fmt: skip
    return sorted(lines, key=lambda one: one.day)


def _events(session: Session, vin: str) -> Iterator[StoryLine]:
    for one in session.rows(
        _Event,
        "select e.occurred_on as day, e.kind, coalesce(e.campaign_code, '') as campaign_code, e.dealer_code, e.return_code,"
        f" s.name as source, e.source_row, case when {stands('e')} then 1 else 0 end as stands"
        " from event e join source s on s.id = e.source_id where e.vin = :vin"
        " order by e.occurred_on, s.recorded_at, e.source_row, e.subject",
        vin=vin,
    ):
        code = f" ({one.return_code})" if one.return_code else ""
        what = f"{WORDS.get(one.kind, one.kind)}{code}"
        yield StoryLine(one.day, what, one.campaign_code, one.dealer_code, one.source, one.source_row, bool(one.stands))  # fmt: skip


def _records(session: Session, vin: str) -> Iterator[StoryLine]:
    for one in session.rows(
        _Record,
        "select o.role, o.as_of, o.source, s.name as file, o.source_row from owner o join source s on s.id = o.source_id"
        " where o.vin = :vin order by o.as_of, o.role",
        vin=vin,
    ):
        yield StoryLine(one.as_of, f"record of the {one.role} ({one.source})", "", "", one.file, one.source_row)  # fmt: skip


def _lists(session: Session, vin: str) -> Iterator[StoryLine]:
    for one in session.rows(
        _Listed,
        "select l.follow_up, l.bundle, l.left_out, f.frozen_on, s.name as source from listed l"
        " join follow_up f on f.name = l.follow_up join source s on s.id = f.source_id where l.vin = :vin order by f.frozen_on, l.family",
        vin=vin,
    ):
        told = f"left out: {one.left_out.replace('_', ' ')}" if one.left_out else "on its list"
        yield StoryLine(one.frozen_on, f"{told} ({one.bundle})", one.follow_up, "", one.source, 0)


def _letters(session: Session, vin: str) -> Iterator[StoryLine]:
    """Yield what the release decided of each piece; that it was mailed or came back is an event."""
    for one in session.rows(
        _Piece,
        "select piece_id, role, bundle, state, reason, wave, checked_on from piece where vin = :vin and checked_on is not null"
        " order by checked_on, piece_id",
        vin=vin,
    ):
        assert one.checked_on is not None  # noqa: S101 - the question asks for those that have one
        why = f": {one.reason.replace('_', ' ')}" if one.reason else ""
        what = f"letter to the {one.role} in wave {one.wave} ({one.bundle}), {one.state}{why}"
        yield StoryLine(one.checked_on, what, one.piece_id[:LENGTH], "", "", 0)


def _visits(session: Session, vin: str) -> Iterator[StoryLine]:
    for one in session.rows(
        _Visit,
        "select a.campaign_codes, a.start, a.status, a.booked_on, a.dealer_code, s.name as source, a.source_row"
        " from appointment a join source s on s.id = a.source_id where a.vin = :vin order by a.start",
        vin=vin,
    ):
        codes = one.campaign_codes.replace(";", ", ")
        if one.booked_on is not None:
            asked = f"visit asked for, {one.start[:10]}"
            yield StoryLine(one.booked_on, asked, codes, one.dealer_code, one.source, one.source_row)  # fmt: skip
        what = f"visit at {one.start[11:16]}, {one.status.replace('_', ' ')}"
        yield StoryLine(date.fromisoformat(one.start[:10]), what, codes, one.dealer_code, one.source, one.source_row)  # fmt: skip
