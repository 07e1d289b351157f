"""What a release reads of the ledger for the vehicles of one wave, a table each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.letter_facts import OldVehicles
from renotify.ledger import pieces, tables
from renotify.ledger.holders import beside
from renotify.ledger.kinds import PieceState
from renotify.ledger.piece_numbers import IS_FIRST, NOTICE
from renotify.ledger.placeholder_words import placeholders
from renotify.ledger.returned_mail import came_back
from renotify.ledger.session import Session
from renotify.mailing.eligibility import (
    ELSEWHERE,
    MAIL_RETURNED,
    OWNER_COLUMNS,
    PIECE_COLUMNS,
    STANDING,
    Known,
)
from renotify.values.placeholders import NAMES
from renotify.values.private_in_names import names_only

LETTER = pa.schema(
    [
        (name, pa.string())
        for name in (
            "piece_id", "vin", "family", "bundle", "role", "language", "form_digest",
            "name1", "name2", "addr1", "addr2", "city", "state", "zip", "zip4", "delivery_point",
            "model_text", "dealer_name", "dealer_address", "dealer_phone", "reference",
            "imb_payload", "country", "model_short", "dealer_place",
        )
    ]
)  # fmt: skip

_OF_WAVE = "p.follow_up = :name and p.wave = :wave"
_OF_FOLLOW_UP = "p.follow_up = :name"

# A cross join keeps SQLite from asking for every owner whether it has a piece
_VEHICLES = "(select distinct p.vin from piece p where {where}) v"

_STANDING = f"""
select s.vin, s.campaign_code, s.status, s.reason
from {_VEHICLES} cross join state s where s.vin = v.vin and s.current
"""

_OWNERS = f"""
select {", ".join(f"o.{name}" for name in OWNER_COLUMNS)}
from {_VEHICLES} cross join owner o where o.vin = v.vin and o.as_of <= :on
"""

_BEGUN = f"""
select {", ".join(f"p.{name}" for name in PIECE_COLUMNS if name != "bundle")}, l.bundle, p.bundle as letter_bundle,
    p.imb, p.state, p.reason, p.form_digest, p.checked_on
from piece p join listed l on l.follow_up = p.follow_up and l.vin = p.vin and l.family = p.family
where {_OF_WAVE} and p.state in ('{PieceState.RELEASED}', '{PieceState.WITHDRAWN}') order by p.piece_id
"""
_WITHDRAWN_SINCE = f"""
select p.piece_id, p.vin, p.imb, p.reason from piece p
where {_OF_WAVE} and p.state = '{PieceState.WITHDRAWN}' and p.imb <> '' order by p.piece_id
"""
_WITHDRAWN_FOR = f"""
select p.reason, count(*) as pieces from piece p where {_OF_WAVE} and p.state = '{PieceState.WITHDRAWN}'
group by p.reason order by p.reason
"""
REASONS = pa.schema([("reason", pa.string()), ("pieces", pa.int64())])
_PIECE = tables.schema("piece")
WITHDRAWN = pa.schema([_PIECE.field(name) for name in ("piece_id", "vin", "imb", "reason")])
BEGUN = pa.schema(
    [
        _PIECE.field(name)
        for name in (*PIECE_COLUMNS, "imb", "state", "reason", "form_digest", "checked_on")
    ]
    + [("letter_bundle", pa.string())]  # what the run that began it had the letter name
)

# The follow-up's pieces are gone through once: joined to the wave's, SQLite would go through them for every vehicle of it
_ELSEWHERE = """
select distinct p.vin, p.family, p.role from piece p
where p.follow_up = :name and p.wave <> :wave
    and p.vin in (select q.vin from piece q where q.follow_up = :name and q.wave = :wave)
"""

# Letters q of another follow-up to the vehicle of a piece p, written after mail of p's notice came back, or p was withheld for
# such mail, and naming all that is open of what p names: whoever got one needs no second letter.
OVERTAKEN = f"""
from piece p join piece q on q.vin = p.vin and q.family = p.family and q.follow_up <> p.follow_up
    and q.state in ('released', 'printed', 'accepted') and q.returned_on is null
where q.checked_on >= (select max(coalesce(r.returned_on, case when r.state = 'withdrawn' and r.reason = '{MAIL_RETURNED}'
        then r.checked_on end)) from piece r
    where r.vin = p.vin and r.follow_up = p.follow_up and {NOTICE.replace("p.", "r.")} = {NOTICE})
and not exists (select 1 from state t where t.vin = p.vin and t.current and t.status = 'open'
    and '+' || p.bundle || '+' like '%+' || t.campaign_code || '+%'
    and '+' || q.bundle || '+' not like '%+' || t.campaign_code || '+%')
"""
_ANEW = f"select distinct q.vin, q.family, q.role {OVERTAKEN} and not p.{IS_FIRST} and "

_LETTERS_OF = f"""
select p.piece_id, p.vin, p.family, p.bundle, p.role, p.language, p.form_digest,
       o.name1, o.name2, o.addr1, o.addr2, o.city, o.state, o.zip, o.zip4, o.delivery_point,
       coalesce(v.model_year || ' ' || v.make || ' ' || v.model, '') as model_text,
       coalesce(d.name, '') as dealer_name,
       coalesce(d.addr1 || ', ' || d.city || ', ' || d.state || ' ' || d.zip, '') as dealer_address,
       coalesce(d.phone, '') as dealer_phone, {NOTICE} as reference, p.imb as imb_payload,
       o.country, coalesce(v.model_year || ' ' || v.make, '') as model_short,
       coalesce(d.city || ', ' || d.state || ' ' || d.zip, '') as dealer_place
from {{pieces}} p join owner o on o.vin = p.vin and o.role = p.role and o.as_of = p.owner_as_of
left join vehicle v on v.vin = p.vin left join dealer d on d.dealer_code = p.dealer_code
"""
_LETTERS = _LETTERS_OF.format(pieces="piece")
_DECIDED = "decided_piece"
_IN_ORDER = "order by p.family, p.form_digest, o.zip, o.zip4, o.delivery_point, p.piece_id"

NO_DAY = "-"  # of an interim notice: the plan has no day from which kits and hours suffice
_INTERIM = f"case when l.interim then coalesce(cast(l.remedy_from as text), '{NO_DAY}') else '' end as interim, l.without_parts"
_OF_KINDS = """
from piece p join owner o on o.vin = p.vin and o.role = p.role and o.as_of = p.owner_as_of
join listed l on l.vin = p.vin and l.follow_up = p.follow_up and l.family = p.family
"""
_KINDS = f"""
select distinct p.family, p.bundle, p.role, p.language, o.state as owner_state, p.wave, '' as not_free, {_INTERIM}, l.arm
{_OF_KINDS} where p.follow_up = :name
"""
_KINDS_BY_VEHICLE = f"""
select distinct p.family, p.bundle, p.role, p.language, o.state as owner_state, p.wave, v.model, v.model_year, v.build_date,
    {{not_free}} as not_free, {_INTERIM}, l.arm
{_OF_KINDS} left join vehicle v on v.vin = p.vin where p.follow_up = :name
"""
KINDS = pa.schema(
    [(name, pa.string()) for name in ("family", "bundle", "role", "language", "owner_state")]
    + [("wave", pa.int64())]
    + [(name, pa.string()) for name in ("not_free", "interim", "without_parts", "arm")]
)
INTERIM = pa.schema([(name, pa.string()) for name in ("vin", "family", "interim", "without_parts")])
VEHICLE = pa.schema(
    [("model", pa.string()), ("model_year", pa.int64()), ("build_date", pa.date32())]
)
_ASKED = "asked_vehicle"
_DRAWN = "drawn_piece"
ARMS = pa.schema([(name, pa.string()) for name in ("vin", "family", "arm")])
_OF_BUNDLE = "p.follow_up = :name and p.family = :family and p.bundle = :bundle"


def planned(session: Session, name: str, wave: int) -> pa.Table:
    """Return the pieces of a wave that no release has decided about (``PIECE_COLUMNS``, and the barcode of a release called back)."""
    rows = pieces.only(pieces.of_wave(session, name, wave), *pieces.UNDECIDED)
    return rows.select([*PIECE_COLUMNS, "imb"])


def asked(session: Session, name: str) -> pa.Table:
    """Return the pieces of a follow-up that are still to be printed, those set aside included (``PIECE_COLUMNS``)."""
    rows = pieces.of_follow_up(session, name)
    return pieces.only(rows, *pieces.UNDECIDED, PieceState.EXCEPTION).select(PIECE_COLUMNS)


def begun(session: Session, name: str, wave: int) -> pa.Table:
    """Return the pieces of a release that did not finish (``BEGUN``): those that it withdrew too, each with the bundle of the list."""
    return session.read(_BEGUN, BEGUN, name=name, wave=wave)


def withdrawn_since(session: Session, name: str, wave: int) -> pa.Table:
    """Return the pieces (piece_id, vin, imb, reason) that a release of the wave wanted to print and a later run of it withdrew:
    a withdrawn piece with a barcode is one.
    """
    return session.read(_WITHDRAWN_SINCE, WITHDRAWN, name=name, wave=wave)


def stands(session: Session, name: str, wave: int) -> tuple[int, dict[str, int]]:
    """Return how many pieces a wave has, and how many of them are withdrawn for each reason, in order of the reasons."""
    total = session.scalar(f"select count(*) from piece p where {_OF_WAVE}", name=name, wave=wave)
    rows = session.read(_WITHDRAWN_FOR, REASONS, name=name, wave=wave).to_pylist()
    return int(total), {row["reason"]: row["pieces"] for row in rows}


def known(session: Session, name: str, wave: int | None, on: date) -> Known:
    """Return what is known on a day of the vehicles of a wave, or of a follow-up without one, for the check of their pieces."""
    record = tables.schema("owner")
    owners = pa.schema([record.field(column) for column in OWNER_COLUMNS])
    where, values = _which(name, wave)
    return Known(
        standing=session.read(_STANDING.format(where=where), STANDING, **values),
        owners=session.read(_OWNERS.format(where=where), owners, **values, on=on),
        beside=beside(session, on),
        came_back=came_back(session, on),
        elsewhere=_elsewhere(session, name, wave),
        anew=session.read(_ANEW + where, ELSEWHERE, **values),
    )


def _elsewhere(session: Session, name: str, wave: int | None) -> pa.Table:
    """Return who has a piece of the follow-up in another wave (``ELSEWHERE``); nobody where all waves are asked at once."""
    if wave is None:
        return ELSEWHERE.empty_table()
    return session.read(_ELSEWHERE, ELSEWHERE, name=name, wave=wave)


def _which(name: str, wave: int | None) -> tuple[str, dict[str, Any]]:
    if wave is None:
        return _OF_FOLLOW_UP, {"name": name}
    return _OF_WAVE, {"name": name, "wave": wave}


def letters(session: Session, name: str, wave: int) -> pa.Table:
    """Return what the letters of a wave's released pieces carry (``LETTER``), in order of postage.

    Within a version by ZIP Code, ZIP+4 and delivery point, so that trays come out sorted.
    """
    sql = f"{_LETTERS} where {_OF_WAVE} and p.state = 'released' {_IN_ORDER}"
    return _named(session, session.read(sql, LETTER, name=name, wave=wave))


def letters_of(session: Session, decided: pa.Table) -> pa.Table:
    """Return what the letters of decided pieces would carry (``LETTER``), in no order; nothing is recorded of them.

    ``decided`` has vin, piece_id, family, role, bundle, dealer_code, language, owner_as_of, form_digest and imb.
    """
    columns = (
        "vin", "piece_id", "family", "role", "bundle", "dealer_code", "language", "owner_as_of", "form_digest", "imb",
    )  # fmt: skip
    session.stage(_DECIDED, decided.select(columns))
    return _named(session, session.read(_LETTERS_OF.format(pieces=_DECIDED), LETTER))


def _named(session: Session, rows: pa.Table) -> pa.Table:
    """Return letters' rows whose names that may stand for nothing are blank: they go to the registered owner."""
    words = placeholders(session)
    bare = names_only(rows)
    for name in NAMES:
        asked = words.asked(bare, (name,))
        if pc.any(asked, min_count=0).as_py():
            at = rows.column_names.index(name)
            rows = rows.set_column(at, rows.schema.field(name), pc.if_else(asked, "", rows[name]))
    return rows


def letter(session: Session, piece_id: str) -> pa.Table:
    """Return what the letter of one piece carries (``LETTER``)."""
    return _named(
        session, session.read(f"{_LETTERS} where p.piece_id = :piece", LETTER, piece=piece_id)
    )


def kinds(
    session: Session, name: str, *, by_vehicle: bool, old_vehicles: Mapping[str, OldVehicles]
) -> pa.Table:
    """Return every combination of what decides a follow-up's letter versions, by wave (``KINDS``; null: of no wave).

    ``by_vehicle``: with what decides the remedies of a vehicle too (``VEHICLE``). ``not_free`` names the campaigns
    whose remedy need not be free for the vehicle, by ``old_vehicles`` of each.
    """
    if not by_vehicle:
        return session.read(_KINDS, KINDS, name=name)
    sql, values = _not_free(old_vehicles)
    wanted = pa.schema([*KINDS, *VEHICLE])
    return session.read(_KINDS_BY_VEHICLE.format(not_free=sql), wanted, name=name, **values)


def vehicles(
    session: Session, vins: pa.ChunkedArray, old_vehicles: Mapping[str, OldVehicles]
) -> pa.Table:
    """Return what decides the remedies of vehicles: vin, ``VEHICLE`` and ``not_free``; one that is not known has no row."""
    session.stage(_ASKED, pa.table({"vin": vins.unique()}))
    sql, values = _not_free(old_vehicles)
    return session.read(
        f"select v.vin, v.model, v.model_year, v.build_date, {sql} as not_free"
        f" from {_ASKED} a join vehicle v on v.vin = a.vin",
        pa.schema([pa.field("vin", pa.string()), *VEHICLE, pa.field("not_free", pa.string())]),
        **values,
    )


def interim(session: Session, name: str) -> pa.Table:
    """Return the vehicles of a follow-up whose first notice is an interim one by its plan (``INTERIM``).

    ``interim`` is a day, or ``NO_DAY``; ``without_parts`` the campaigns whose repair takes no part, and is there.
    """
    return session.read(
        f"select l.vin, l.family, {_INTERIM} from listed l where l.follow_up = :name and l.interim",
        INTERIM,
        name=name,
    )


def arms(session: Session, rows: pa.Table, follow_up: str) -> pa.ChunkedArray:
    """Return the arm that was drawn for each piece (vin, family): that of its vehicle on the list, blank where none is stated."""
    session.stage(_DRAWN, rows.select(["vin", "family"]).group_by(["vin", "family"]).aggregate([]))
    drawn = session.read(
        f"select l.vin, l.family, l.arm from {_DRAWN} d join listed l on l.vin = d.vin and l.family = d.family"
        " where l.follow_up = :name and l.arm <> ''",
        ARMS,
        name=follow_up,
    )
    known, asked = (
        pc.binary_join_element_wise(table["vin"], table["family"], "/").combine_chunks()
        for table in (drawn, rows)
    )
    places = pc.index_in(asked, known)
    return pa.chunked_array([pc.fill_null(drawn["arm"].combine_chunks().take(places), "")])


def _not_free(old_vehicles: Mapping[str, OldVehicles]) -> tuple[str, dict[str, Any]]:
    """Return SQL, and its values, for the campaigns for which a vehicle was first sold too long ago, a space after each.

    A vehicle is not sold before it is built, nor before the calendar year that precedes its model year.
    """
    cases: list[str] = []
    values: dict[str, Any] = {}
    for number, (code, old) in enumerate(sorted(old_vehicles.items())):
        day, year = f":since{number}", f":year{number}"
        known = f"v.first_sale_date < {day}"
        unknown = (
            f" or v.first_sale_date is null and coalesce(v.build_date < {day}, v.model_year <= {year})"
            if old.unknown_too
            else ""
        )
        cases.append(f"case when {known}{unknown} then cast(:code{number} as text) else '' end")
        values |= {f"since{number}": old.sold_before, f"code{number}": f"{code} "}
        if old.unknown_too:
            values[f"year{number}"] = old.last_model_year
    return " || ".join(cases) or "''", values


def sample(session: Session, name: str, family: str, bundle: str) -> pa.Table:
    """Return what the letters of one bundle would carry (``LETTER``), and the owner's state."""
    rows = session.read(
        f"{_LETTERS} where {_OF_BUNDLE} {_IN_ORDER}", LETTER,
        name=name, family=family, bundle=bundle,
    )  # fmt: skip
    return _named(session, rows).append_column("owner_state", rows["state"])


def counted(column: pa.ChunkedArray) -> dict[str, int]:
    """Return how often each value stands in a column, in order of the values."""
    pairs = column.value_counts().to_pylist()
    return {pair["values"]: pair["counts"] for pair in sorted(pairs, key=lambda p: p["values"])}
