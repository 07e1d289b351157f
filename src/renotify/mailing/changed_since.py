"""What a resumed release finds otherwise than the run that began it: piece by piece, and the texts of its letters.

A letter says something else when what it is made from was stated anew (a campaign's facts, hours, the sender, the plan, the house's own
words), or when a day of its own came in between. That its date is another is no change of a text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.catalogue import SPANISH_KEY, Facts, from_facts, to_facts
from renotify.campaigns.follow_up_settings import JOINED
from renotify.errors import LetterRefused
from renotify.ledger import artifacts, pieces, registry, tables
from renotify.ledger.first_letters import with_first_notices
from renotify.ledger.pieces import WaveRow
from renotify.ledger.session import Session
from renotify.ledger.spelled_alike import with_meaning
from renotify.letters.compose import recipe
from renotify.letters.signoff import signoff_digest
from renotify.mailing.versions import VERSION, VersionKey, Versions, version_of
from renotify.values.arrow_sql import arrow_sql
from renotify.values.worker_pool import Workers

CHANGED = pa.schema([(name, pa.string()) for name in ("piece_id", "vin", "change")])
# Each piece beside what the run that began the release made of it
_CHANGES = """
with told as (
    select d.piece_id, d.vin, case
        when d.state = 'withdrawn' then case when b.state = 'released' then 'withdrawn: ' || d.reason end
        when b.piece_id is null then 'added: the ' || d.role || ', who holds the vehicle now'
        else concat_ws('; ', case when b.state = 'withdrawn' then 'written to after all: not ' || b.reason || ' any more' end,
            case when b.state = 'released' and d.bundle <> b.letter_bundle then case
                when length(d.bundle) < length(b.letter_bundle) then 'names fewer campaigns' else 'names other campaigns' end end,
            case when d.new_owner then 'new owner' when d.readdressed and w.vin is null then 'another owner record' end,
            case when not d.new_owner and n.place <> w.place then 'newer address' end,
            case when not d.new_owner and n.name <> w.name then 'newer name' end,
            case when b.state = 'released' and d.language <> b.language
                then 'letter in ' || d.language || ', not ' || b.language end) end as change
    from decided d left join begun b using (piece_id)
    left join record n on n.vin = d.vin and n.role = d.role and n.as_of = d.owner_as_of
    left join record w on w.vin = d.vin and w.role = d.role and w.as_of = b.owner_as_of
)
select * from told where change <> '' order by piece_id
"""
_NEWER_ADDRESS = """
select d.piece_id from decided d join begun b using (piece_id)
join record n on n.vin = d.vin and n.role = d.role and n.as_of = d.owner_as_of
join record w on w.vin = d.vin and w.role = d.role and w.as_of = b.owner_as_of
where d.readdressed and not d.new_owner and n.place <> w.place
"""
# The versions of the pieces that are about the same in the same language as before, each with what it was then
_SAME = f"""
select {", ".join(f"d.{name}" for name in VERSION)}, b.form_digest as before, b.checked_on as begun_on, count(*) as pieces
from decided d join begun b using (piece_id)
where d.state = 'released' and b.state = 'released' and d.bundle = b.letter_bundle and d.language = b.language
group by all order by all
"""
_RECORD = (
    "vin",
    "role",
    "as_of",
    "name1",
    "name2",
    "addr1",
    "addr2",
    "city",
    "state",
    "zip",
    "zip4",
    "delivery_point",
    "country",
)
_READDRESSED = "readdressed_vehicle"
DAY, TEXT = "day", "text"
_SPANISH = "spanish"  # the facts of [campaign.es] within those of a campaign


@dataclass(frozen=True)
class TextChange:
    """A letter version that says something else than when its release was begun, and how many pieces have it.

    ``why`` is ``text`` (what it is made from was stated anew) or ``day`` (a day came in between: of a remedy, or of a rule);
    ``keys`` names by campaign the keys of campaigns.toml that it says otherwise.
    """

    key: VersionKey
    pieces: int
    why: str
    keys: Mapping[str, list[str]]
    signed_off: bool

    def columns(self) -> dict[str, Any]:
        """Return the change as it is told: nothing in it is about a person."""
        return {
            "version": self.key.words, "bundle": self.key.bundle, "recipient": self.key.recipient,
            "language": self.key.language, "pieces": self.pieces, "why": self.why, "keys": dict(self.keys),
            "signed_off": self.signed_off,
        }  # fmt: skip


def of_pieces(session: Session, decided: pa.Table, begun: pa.Table) -> pa.Table:
    """Return what is otherwise than when the release was begun (``CHANGED``).

    A newer owner record that says the same in the same or another spelling is no change, nor is an owner's wish for a language that the
    letter does not follow.
    """
    with arrow_sql() as arrow:
        arrow.register("decided", decided)
        arrow.register("begun", begun)
        arrow.register("record", _records(session, decided))
        return arrow.sql(_CHANGES).to_arrow_table()


def with_newer_address(session: Session, decided: pa.Table, printed: pa.Table) -> pa.Table:
    """Return the ``piece_id`` of decided pieces whose same addressee has a newer record with another place than the printed one's.

    A newer record that says the same place in another spelling is none. Of ``printed`` its ``piece_id`` and ``owner_as_of`` are read.
    """
    with arrow_sql() as arrow:
        arrow.register("decided", decided)
        arrow.register("begun", printed)
        arrow.register("record", _records(session, decided))
        return arrow.sql(_NEWER_ADDRESS).to_arrow_table()


def _records(session: Session, decided: pa.Table) -> pa.Table:
    """Return the owner records of readdressed pieces: vin, role, as_of, the ``place`` where each brings a letter, and its ``name``."""
    session.stage(_READDRESSED, decided.filter(decided["readdressed"]).select(["vin"]))
    record = tables.schema("owner")
    found = session.read(
        f"select {', '.join(_RECORD)} from owner where vin in (select vin from {_READDRESSED})",
        pa.schema([record.field(name) for name in _RECORD]),
    )
    meant = with_meaning(found)
    place = pc.binary_join_element_wise(meant["place"], found["zip4"], found["delivery_point"], " ")
    return (
        found.select(["vin", "role", "as_of"])
        .append_column("place", place)
        .append_column(
            "name", pc.binary_join_element_wise(meant["person"], pc.utf8_upper(found["name2"]), "/")
        )
    )


def of_texts(
    session: Session,
    row: WaveRow,
    decided: pa.Table,
    begun: pa.Table,
    made: Versions,
    workers: Workers,
) -> list[TextChange]:
    """Return the compiled versions of ``decided`` (``VERSION``) that say something else than those of ``begun``.

    Each is made again for the day of the run that began the release: one with another digest was stated anew since. Pieces that name
    other campaigns, or are in another language, have another version, and are told as pieces.
    """
    with arrow_sql() as arrow:
        arrow.register("decided", decided)
        arrow.register("begun", begun)
        same = arrow.sql(_SAME).to_arrow_table().to_pylist()
    asked = [(version_of(one), one) for one in same]
    asked = [(key, one) for key, one in asked if made.compiled[key].digest != one["before"]]
    then = {
        day: _as_of(made, day, [key for key, one in asked if one["begun_on"] == day], workers)
        for day in {one["begun_on"] for _, one in asked}
    }
    whys = [(key, one, _why(key, one["before"], made, then[one["begun_on"]])) for key, one in asked]
    changed = [(key, one["pieces"], why) for key, one, why in whys if why]
    before = _campaigns_then(session, row, made, [key for key, _, _ in changed])
    signed = artifacts.approvals(session)
    return [
        TextChange(
            key, count, why, dict(_keys(made, key, before)) if why == TEXT else {},
            signoff_digest(made.compiled[key], made.pack) in signed,
        )
        for key, count, why in changed
    ]  # fmt: skip


def _as_of(made: Versions, day: date, keys: Sequence[VersionKey], workers: Workers) -> Versions:
    """Return the versions as they would have been made on a day from what is known now; one that is refused then is left out."""
    if day == made.mail_date:
        return made
    then = replace(made, mail_date=day, compiled={}, fronts={})
    try:
        then.compile(keys, workers)
    except LetterRefused:
        for key in keys:
            with suppress(LetterRefused):
                then.compile([key])
    return then


def _why(key: VersionKey, before: str, made: Versions, then: Versions) -> str:
    """Return why a version says something else than the one of a digest did on its day; blank where only its date is another."""
    again = then.compiled.get(key)
    if again is None or again.digest != before:
        return TEXT
    said = signoff_digest(again, then.pack), signoff_digest(made.compiled[key], made.pack)
    return DAY if said[0] != said[1] else ""


def _campaigns_then(
    session: Session, row: WaveRow, made: Versions, keys: Sequence[VersionKey]
) -> dict[str, Campaign]:
    """Return the campaigns of versions as they were known when the release was begun."""
    codes = {code for key in keys for code in key.bundle.split(JOINED)}
    if not codes:
        return {}
    begun_at: datetime = pieces.released_at(session, row.follow_up, row.number)
    stated = registry.campaigns(session, codes, known_at=begun_at)
    return with_first_notices(session, stated, made.kind, made.mail_date)


def _keys(
    made: Versions, key: VersionKey, before: Mapping[str, Campaign]
) -> Iterator[tuple[str, list[str]]]:
    """Yield each campaign of a version with the keys whose value of before would make it say something else."""
    now = _said(made, key)
    for code in key.bundle.split(JOINED):
        facts = to_facts(made.campaigns[code])
        other = [
            name
            for name, was in _with_one_of_before(facts, to_facts(before[code]))
            if _said(_with_campaign(made, code, was), key) != now
        ]
        if other:
            yield code, other


def _with_one_of_before(facts: Facts, before: Facts) -> Iterator[tuple[str, Facts]]:
    """Yield each key that has another value than before, and the facts with its value of before."""
    for name in sorted((facts.keys() | before.keys()) - {_SPANISH}):
        if facts.get(name) != before.get(name):
            yield name, facts | {name: before.get(name)}
    now, then = facts[_SPANISH], before[_SPANISH]
    for name in sorted(now.keys() | then.keys()):
        if now.get(name) != then.get(name):
            mixed = {**now, name: then.get(name)}
            own = {key: value for key, value in mixed.items() if value is not None}
            yield f"{SPANISH_KEY}.{name}", facts | {_SPANISH: own}


def _with_campaign(made: Versions, code: str, facts: Facts) -> Versions:
    return replace(made, campaigns={**made.campaigns, code: from_facts(facts)})


def _said(made: Versions, key: VersionKey) -> str:
    """Return what a letter says, not typeset; nothing where no letter can be made of it."""
    with suppress(LetterRefused):
        said = recipe(made.spec(key), made.profile, made.pack).inputs["letter"]["parts"]
        return json.dumps(said, sort_keys=True)
    return ""
