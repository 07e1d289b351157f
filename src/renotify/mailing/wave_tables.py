"""What a release reads of the ledger for the vehicles of one wave, a table each."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from renotify.ledger import pieces, tables
from renotify.ledger.holders import beside
from renotify.ledger.kinds import PieceState
from renotify.ledger.pieces import NOTICE
from renotify.ledger.returned_mail import came_back
from renotify.ledger.session import Session
from renotify.mailing.eligibility import OWNER_COLUMNS, PIECE_COLUMNS, STANDING, Known

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

ELSEWHERE = pa.schema([(name, pa.string()) for name in ("vin", "family", "role")])
_ELSEWHERE = f"""
select distinct p.vin, p.family, p.role
from {_VEHICLES} cross join piece p where p.vin = v.vin and p.follow_up = :name and p.wave <> :wave
"""

_LETTERS = f"""
select p.piece_id, p.vin, p.family, p.bundle, p.role, p.language, p.form_digest,
       o.name1, o.name2, o.addr1, o.addr2, o.city, o.state, o.zip, o.zip4, o.delivery_point,
       coalesce(v.model_year || ' ' || v.make || ' ' || v.model, '') as model_text,
       coalesce(d.name, '') as dealer_name,
       coalesce(d.addr1 || ', ' || d.city || ', ' || d.state || ' ' || d.zip, '') as dealer_address,
       coalesce(d.phone, '') as dealer_phone, {NOTICE} as reference, p.imb as imb_payload
from piece p join owner o on o.vin = p.vin and o.role = p.role and o.as_of = p.owner_as_of
left join vehicle v on v.vin = p.vin left join dealer d on d.dealer_code = p.dealer_code
"""
_IN_ORDER = "order by p.family, p.form_digest, o.zip, o.zip4, o.delivery_point, p.piece_id"

_KINDS = """
select distinct p.family, p.bundle, p.role, p.language, o.state as owner_state, p.wave
from piece p join owner o on o.vin = p.vin and o.role = p.role and o.as_of = p.owner_as_of
where p.follow_up = :name
"""
_KINDS_BY_VEHICLE = """
select distinct p.family, p.bundle, p.role, p.language, o.state as owner_state, p.wave, v.model, v.model_year, v.build_date
from piece p join owner o on o.vin = p.vin and o.role = p.role and o.as_of = p.owner_as_of
left join vehicle v on v.vin = p.vin
where p.follow_up = :name
"""
KINDS = pa.schema(
    [(name, pa.string()) for name in ("family", "bundle", "role", "language", "owner_state")]
    + [("wave", pa.int64())]
)
VEHICLE = pa.schema(
    [("model", pa.string()), ("model_year", pa.int64()), ("build_date", pa.date32())]
)
_ASKED = "asked_vehicle"
_OF_BUNDLE = "p.follow_up = :name and p.family = :family and p.bundle = :bundle"


def planned(session: Session, name: str, wave: int) -> pa.Table:
    """Return the pieces of a wave that no release has decided about (``PIECE_COLUMNS``)."""
    rows = pieces.only(pieces.of_wave(session, name, wave), *pieces.UNDECIDED)
    return rows.select(PIECE_COLUMNS)


def begun(session: Session, name: str, wave: int) -> pa.Table:
    """Return the pieces of a release that did not finish (``PIECE_COLUMNS`` and imb)."""
    rows = pieces.only(pieces.of_wave(session, name, wave), PieceState.RELEASED)
    return rows.select([*PIECE_COLUMNS, "imb"])


def known(session: Session, name: str, wave: int, on: date) -> Known:
    """Return what is known of a wave's vehicles on a day, for the check of its pieces."""
    record = tables.schema("owner")
    owners = pa.schema([record.field(column) for column in OWNER_COLUMNS])
    return Known(
        standing=session.read(_STANDING, STANDING, name=name, wave=wave),
        owners=session.read(_OWNERS, owners, name=name, wave=wave, on=on),
        beside=beside(session, on),
        came_back=came_back(session, on),
        elsewhere=session.read(_ELSEWHERE, ELSEWHERE, name=name, wave=wave),
    )


def letters(session: Session, name: str, wave: int) -> pa.Table:
    """Return what the letters of a wave's released pieces carry (``LETTER``), in order of postage.

    Within a version by ZIP Code, ZIP+4 and delivery point, so that trays come out sorted.
    """
    sql = f"{_LETTERS} where {_OF_WAVE} and p.state = 'released' {_IN_ORDER}"
    return session.read(sql, LETTER, name=name, wave=wave)


def letter(session: Session, piece_id: str) -> pa.Table:
    """Return what the letter of one piece carries (``LETTER``)."""
    return session.read(f"{_LETTERS} where p.piece_id = :piece", LETTER, piece=piece_id)


def kinds(session: Session, name: str, *, by_vehicle: bool) -> pa.Table:
    """Return every combination of what decides a follow-up's letter versions, by wave (``KINDS``; null: of no wave).

    ``by_vehicle``: with what decides the remedies of a vehicle too (``VEHICLE``).
    """
    if not by_vehicle:
        return session.read(_KINDS, KINDS, name=name)
    return session.read(_KINDS_BY_VEHICLE, pa.schema([*KINDS, *VEHICLE]), name=name)


def vehicles(session: Session, vins: pa.ChunkedArray) -> pa.Table:
    """Return what decides the remedies of vehicles: vin and ``VEHICLE``; one that is not known has no row."""
    session.stage(_ASKED, pa.table({"vin": vins.unique()}))
    return session.read(
        f"select v.vin, v.model, v.model_year, v.build_date from {_ASKED} a join vehicle v on v.vin = a.vin",
        pa.schema([pa.field("vin", pa.string()), *VEHICLE]),
    )


def sample(session: Session, name: str, family: str, bundle: str) -> pa.Table:
    """Return what the letters of one bundle would carry (``LETTER``), and the owner's state."""
    rows = session.read(
        f"{_LETTERS} where {_OF_BUNDLE} {_IN_ORDER}", LETTER,
        name=name, family=family, bundle=bundle,
    )  # fmt: skip
    return rows.append_column("owner_state", rows["state"])
