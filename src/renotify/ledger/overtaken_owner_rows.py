"""Refused owner rows that other rows of their vehicles have overtaken: they would hold nothing if they could be read."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from renotify.ledger import tables
from renotify.ledger.holders import NOTHING_BESIDE, RECORD, holders
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql

# Each row as a vehicle of its own, with the records of its vehicle and the row among them; in each role where its own is not readable.
_READ = """
create temporary table guess as
select r.*, p.role as guessed, concat_ws('|', r.vin, r.source_id, r.source_row, p.role) as place
from refused r join (values ('owner'), ('lessee'), ('lessor')) p (role) on r.role in (p.role, '');
"""
_RECORDS = """
select g.place as vin, o.role, o.as_of, o.end_date, o.name1 from guess g join owner_record o using (vin)
union all select place, guessed, at_latest, null, 'NOBODY KNOWS WHO' from guess
"""
_OVERTAKEN = """
select g.vin, g.source_id, g.source_row from guess g join holder h on h.vin = g.place and h.role = g.guessed
group by all having bool_and(h.as_of > g.at_latest or h.as_of = g.at_latest and not h.holds)
"""
_WAITING = pa.schema(
    [
        tables.schema("refused_owner").field(name)
        for name in ("vin", "role", "at_latest", "source_id", "source_row")
    ]
)


def overtaken(session: Session, on: date) -> pa.Table:
    """Return the rows (vin, source_id, source_row) that would not hold their vehicle on a day, by ``holders``, if they could be read.

    A dealer's stock is passed over: a vehicle that has left everyone is for a person too.
    """
    waiting = session.read(
        "select vin, role, at_latest, source_id, source_row from refused_owner where not settled",
        _WAITING,
    )
    owner = tables.schema("owner")
    records = session.read(
        f"select {', '.join(f'o.{name}' for name in RECORD)} from (select distinct vin from refused_owner where not settled) r"
        " cross join owner o where o.vin = r.vin",
        pa.schema([owner.field(name) for name in RECORD]),
    )
    with arrow_sql() as arrow:
        arrow.register("refused", waiting)
        arrow.register("owner_record", records)
        arrow.execute(_READ)
        guesses = arrow.sql(_RECORDS).to_arrow_table()
        arrow.register("holder", holders(guesses, on, NOTHING_BESIDE))
        return arrow.sql(_OVERTAKEN).to_arrow_table()
