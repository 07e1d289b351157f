"""Vehicles whose newest owner row was refused at load: who holds them is known to nobody but the file, and a person must look.

Good rows of the vehicle settle it (``ledger.intake.held_vehicles``): those beside which the row would hold nothing if it could be
read (``overtaken``). Or a person, who says that the owner on record stands.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pyarrow as pa

from renotify.errors import UnknownName
from renotify.ledger import tables
from renotify.ledger.fold import refold
from renotify.ledger.holders import NOTHING_BESIDE, RECORD, holders
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql

_SEARCHED = "refused_and_returned"

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


class RefusedRow(NamedTuple):
    """One refused row that holds its vehicle: whose, of which role and day (blank, None: not readable), and where it stands."""

    vin: str
    role: str
    as_of: date | None
    file: str
    row: int


_WAITING = pa.schema(
    [
        tables.schema("refused_owner").field(name)
        for name in ("vin", "role", "at_latest", "source_id", "source_row")
    ]
)


def refused(session: Session) -> list[RefusedRow]:
    """Return the refused rows that hold a vehicle, in order of VIN."""
    return session.rows(
        RefusedRow,
        'select r.vin, r.role, r.as_of, f.name as file, r.source_row as "row" from refused_owner r'
        " join source f on f.id = r.source_id where not r.settled order by r.vin, r.source_id, r.source_row",
    )


def settle(session: Session, vin: str) -> int:
    """Record in the open transaction that a person let the owner on record stand; return of how many rows. Raises UnknownName."""
    settled = session.execute(
        "update refused_owner set settled = true where vin = :vin and not settled", vin=vin
    )
    if not settled:
        raise UnknownName(
            f"No refused owner row holds {vin!r}.",
            "See those that hold one: renotify owners refused.",
        )
    refold_searched(session)
    return settled


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


def refold_searched(session: Session) -> None:
    """Bring the kept state of vehicles with a refused row, and letters that came back, up to date in the open transaction."""
    session.execute(f"drop table if exists {session.temporary(_SEARCHED)}")
    session.execute(
        f"create temporary table {_SEARCHED} as select distinct r.vin from refused_owner r"
        " join event e on e.vin = r.vin and e.kind = 'returned'"
    )
    if session.scalar(f"select count(*) from {_SEARCHED}"):
        refold(session, _SEARCHED)
