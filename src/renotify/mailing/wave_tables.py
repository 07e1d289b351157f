"""What a release reads of the ledger for the vehicles of one wave, a table each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import pieces, tables
from renotify.ledger.kinds import PieceState
from renotify.ledger.pieces import WaveRow
from renotify.ledger.session import Session
from renotify.mailing.eligibility import OWNER_COLUMNS, PIECE_COLUMNS, STANDING

LETTER = pa.schema(
    [
        (name, pa.string())
        for name in (
            "piece_id", "vin", "family", "bundle", "role", "language", "form_digest",
            "name1", "name2", "addr1", "addr2", "city", "state", "zip", "zip4", "delivery_point",
            "model_text", "dealer_name", "dealer_address", "dealer_phone", "reference",
            "imb_payload",
        )
    ]
)  # fmt: skip

_OF_WAVE = "p.follow_up = :name and p.wave = :wave"

# A cross join keeps SQLite from asking for every owner whether it has a piece
_VEHICLES = f"(select distinct p.vin from piece p where {_OF_WAVE}) v"

_STANDING = f"""
select s.vin, s.campaign_code, s.status, s.reason
from {_VEHICLES} cross join state s where s.vin = v.vin and s.current
"""

_OWNERS = f"""
select {", ".join(f"o.{name}" for name in OWNER_COLUMNS)}
from {_VEHICLES} cross join owner o where o.vin = v.vin and o.as_of <= :on
"""

_LETTERS = """
select p.piece_id, p.vin, p.family, p.bundle, p.role, p.language, p.form_digest,
       o.name1, o.name2, o.addr1, o.addr2, o.city, o.state, o.zip, o.zip4, o.delivery_point,
       coalesce(v.model_year || ' ' || v.make || ' ' || v.model, '') as model_text,
       coalesce(d.name, '') as dealer_name,
       coalesce(d.addr1 || ', ' || d.city || ', ' || d.state || ' ' || d.zip, '') as dealer_address,
       coalesce(d.phone, '') as dealer_phone, p.piece_id as reference, p.imb as imb_payload
from piece p join owner o on o.vin = p.vin and o.role = p.role and o.as_of = p.owner_as_of
left join vehicle v on v.vin = p.vin left join dealer d on d.dealer_code = p.dealer_code
"""
_IN_ORDER = "order by p.family, p.form_digest, o.zip, o.zip4, o.delivery_point, p.piece_id"

_KINDS = """
select distinct p.family, p.bundle, p.role, p.language, o.state as owner_state, p.wave, '' as not_free
from piece p join owner o on o.vin = p.vin and o.role = p.role and o.as_of = p.owner_as_of
where p.follow_up = :name
"""
_KINDS_BY_VEHICLE = """
select distinct p.family, p.bundle, p.role, p.language, o.state as owner_state, p.wave, v.model, v.model_year, v.build_date,
    {not_free} as not_free
from piece p join owner o on o.vin = p.vin and o.role = p.role and o.as_of = p.owner_as_of
left join vehicle v on v.vin = p.vin
where p.follow_up = :name
"""
KINDS = pa.schema(
    [(name, pa.string()) for name in ("family", "bundle", "role", "language", "owner_state")]
    + [("wave", pa.int64()), ("not_free", pa.string())]
)
VEHICLE = pa.schema(
    [("model", pa.string()), ("model_year", pa.int64()), ("build_date", pa.date32())]
)
_ASKED = "asked_vehicle"
_OF_BUNDLE = "p.follow_up = :name and p.family = :family and p.bundle = :bundle"


def planned(session: Session, row: WaveRow) -> pa.Table:
    """Return the pieces of a wave (``PIECE_COLUMNS``) that its release decides about: those that none has, or that a release wanted
    to print and has not.
    """
    states = {PieceState.RELEASED} if row.released else pieces.UNDECIDED
    rows = pieces.only(pieces.of_wave(session, row.follow_up, row.number), *states)
    return rows.select(PIECE_COLUMNS)


def standing(session: Session, name: str, wave: int) -> pa.Table:
    """Return the kept state of every campaign of a wave's vehicles, current versions only."""
    return session.read(_STANDING, STANDING, name=name, wave=wave)


def owners(session: Session, name: str, wave: int, on: date) -> pa.Table:
    """Return every owner record of a wave's vehicles up to a day (``OWNER_COLUMNS``)."""
    known = tables.schema("owner")
    wanted = pa.schema([known.field(column) for column in OWNER_COLUMNS])
    return session.read(_OWNERS, wanted, name=name, wave=wave, on=on)


def letters(session: Session, name: str, wave: int) -> pa.Table:
    """Return what the letters of a wave's released pieces carry (``LETTER``), in order of postage.

    Within a version by ZIP Code, ZIP+4 and delivery point, so that trays come out sorted.
    """
    sql = f"{_LETTERS} where {_OF_WAVE} and p.state = 'released' {_IN_ORDER}"
    return session.read(sql, LETTER, name=name, wave=wave)


def withdrawn_since(session: Session, row: WaveRow) -> pa.Table:
    """Return the pieces (piece_id, vin, imb, reason) that a release of the wave wanted to print and a later run of it withdrew:
    a withdrawn piece with a barcode is one.
    """
    rows = pieces.only(pieces.of_wave(session, row.follow_up, row.number), PieceState.WITHDRAWN)
    return rows.filter(pc.not_equal(rows["imb"], "")).select(["piece_id", "vin", "imb", "reason"])


def letter(session: Session, piece_id: str) -> pa.Table:
    """Return what the letter of one piece carries (``LETTER``)."""
    return session.read(f"{_LETTERS} where p.piece_id = :piece", LETTER, piece=piece_id)


def kinds(
    session: Session, name: str, *, by_vehicle: bool, sold_since: Mapping[str, date]
) -> pa.Table:
    """Return every combination of what decides a follow-up's letter versions, by wave (``KINDS``; null: of no wave).

    ``by_vehicle``: with what decides the remedies of a vehicle too (``VEHICLE``). ``not_free`` names the campaigns, by their
    days in ``sold_since``, whose remedy need not be free for a vehicle that was first sold before.
    """
    if not by_vehicle:
        return session.read(_KINDS, KINDS, name=name)
    sql, values = _not_free(sold_since)
    wanted = pa.schema([*KINDS, *VEHICLE])
    return session.read(_KINDS_BY_VEHICLE.format(not_free=sql), wanted, name=name, **values)


def vehicles(session: Session, vins: pa.ChunkedArray, sold_since: Mapping[str, date]) -> pa.Table:
    """Return what decides the remedies of vehicles: vin, ``VEHICLE`` and ``not_free``; one that is not known has no row."""
    session.stage(_ASKED, pa.table({"vin": vins.unique()}))
    sql, values = _not_free(sold_since)
    return session.read(
        f"select v.vin, v.model, v.model_year, v.build_date, {sql} as not_free"
        f" from {_ASKED} a join vehicle v on v.vin = a.vin",
        pa.schema([pa.field("vin", pa.string()), *VEHICLE, pa.field("not_free", pa.string())]),
        **values,
    )


def _not_free(sold_since: Mapping[str, date]) -> tuple[str, dict[str, Any]]:
    """Return SQL, and its values, for the campaigns whose day lies after a vehicle's first sale, a space after each."""
    cases: list[str] = []
    values: dict[str, Any] = {}
    for number, (code, day) in enumerate(sorted(sold_since.items())):
        cases.append(
            f"case when v.first_sale_date < :since{number} then cast(:code{number} as text) else '' end"
        )
        values |= {f"since{number}": day, f"code{number}": f"{code} "}
    return " || ".join(cases) or "''", values


def sample(session: Session, name: str, family: str, bundle: str) -> pa.Table:
    """Return what the letters of one bundle would carry (``LETTER``), and the owner's state."""
    rows = session.read(
        f"{_LETTERS} where {_OF_BUNDLE} {_IN_ORDER}", LETTER,
        name=name, family=family, bundle=bundle,
    )  # fmt: skip
    return rows.append_column("owner_state", rows["state"])
