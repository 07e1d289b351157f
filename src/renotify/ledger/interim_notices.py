"""First notices that are interim ones by the plan, because kits or hours do not suffice by their lawful week (decision 0030)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

from renotify.ledger.piece_numbers import IS_FIRST
from renotify.ledger.session import Session


@dataclass(frozen=True)
class InterimNotices:
    """How many vehicles get one, how many of their letters can name a day, the pieces by wave, and why, a sentence a bundle."""

    vehicles: int
    with_day: int
    pieces: dict[int, int]
    why: list[str]


class _Vehicles(NamedTuple):
    vehicles: int
    with_day: int


class _Pieces(NamedTuple):
    wave: int
    pieces: int


class _Why(NamedTuple):
    why: str


def takes_no_part(listed: str, named: str) -> str:
    """Return SQL: the campaign of a row takes no part in the interim notice of a listed vehicle, so that its repair is there."""
    return f"'+' || {listed}.without_parts || '+' like '%+' || {named}.campaign_code || '+%'"


def is_interim(event: str) -> str:
    """Return SQL: the event is a letter that by a plan told of its campaign, as an interim notice, that the repair is not there yet."""
    return (
        f"({event}.kind = 'mailed' and exists (select 1 from piece p"
        " join listed l on l.vin = p.vin and l.follow_up = p.follow_up and l.family = p.family"
        f" where p.vin = {event}.vin and l.interim and not {takes_no_part('l', event)}"
        f" and {event}.subject = 'mail|' || p.piece_id || '|' || {event}.campaign_code))"
    )


def interim_notices(session: Session, name: str) -> InterimNotices:
    """Return the interim notices of a follow-up's plan, those that are out included."""
    (listed,) = session.rows(
        _Vehicles,
        "select count(*) as vehicles, count(remedy_from) as with_day from listed where follow_up = :name and interim",
        name=name,
    )
    if not listed.vehicles:
        return InterimNotices(0, 0, {}, [])
    waves = session.rows(
        _Pieces,
        "select p.wave, count(*) as pieces from listed l"
        " join piece p on p.vin = l.vin and p.follow_up = l.follow_up and p.family = l.family"
        f" where l.follow_up = :name and l.interim and p.wave is not null and p.{IS_FIRST} group by p.wave",
        name=name,
    )
    told = session.rows(
        _Why,
        "select coalesce(cast(document -> 'why_interim' as text), '[]') as why from plan where follow_up = :name",
        name=name,
    )
    why = [sentence for one in told for sentence in json.loads(one.why)]
    return InterimNotices(
        listed.vehicles, listed.with_day, {one.wave: one.pieces for one in waves}, why
    )
