"""Vehicles whose newest owner row was refused at load: who holds them is known to nobody but the file, and a person must look.

Good rows of the vehicle settle it (``ledger.intake.held_vehicles``): those beside which the row would hold nothing if it could be
read (``overtaken_owner_rows``). Or a person, who says that the owner on record stands.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from renotify.errors import UnknownName
from renotify.ledger.fold import refold
from renotify.ledger.session import Session

_SEARCHED = "refused_and_returned"


class RefusedRow(NamedTuple):
    """One refused row that holds its vehicle: whose, of which role and day (blank, None: not readable), where it stands,
    and which fields were refused.

    ``field`` has names of columns, or what is wrong with the row as a whole; blank of rows that were loaded before it was kept.
    """

    vin: str
    role: str
    as_of: date | None
    field: str
    file: str
    row: int


def refused(session: Session, vin: str = "") -> list[RefusedRow]:
    """Return the refused rows that hold a vehicle, or this one, in order of VIN."""
    return session.rows(
        RefusedRow,
        'select r.vin, r.role, r.as_of, r.field, f.name as file, r.source_row as "row" from refused_owner r'
        " join source f on f.id = r.source_id where not r.settled and (r.vin = :vin or :vin = '')"
        " order by r.vin, r.source_id, r.source_row",
        vin=vin,
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


def refold_searched(session: Session) -> None:
    """Bring the kept state of vehicles with a refused row, and letters that came back, up to date in the open transaction."""
    session.execute(f"drop table if exists {session.temporary(_SEARCHED)}")
    session.execute(
        f"create temporary table {_SEARCHED} as select distinct r.vin from refused_owner r"
        " join event e on e.vin = r.vin and e.kind = 'returned'"
    )
    if session.scalar(f"select count(*) from {_SEARCHED}"):
        refold(session, _SEARCHED)
