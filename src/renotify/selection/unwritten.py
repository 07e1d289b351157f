"""The owners of a follow-up's vehicles whom no letter can reach as their records stand: the work list of the people who mend records."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import follow_ups, tables
from renotify.ledger.placeholder_words import placeholders
from renotify.ledger.session import Session
from renotify.selection.freeze import INCOMPLETE, TO_CONFIRM
from renotify.values.address import address_problems
from renotify.values.arrow_sql import arrow_sql

COLUMNS = ("vin", "role", "as_of", "reason", "problem", "file", "row")
_READ = ("vin", "role", "as_of", "name1", "addr1", "city", "state", "zip")
_OWNERS = f"""
    select o.vin, o.role, o.as_of, o.name1, o.addr1, o.city, o.state, o.zip, f.name as file, o.source_row as "row"
    from owner o join source f on f.id = o.source_id where o.as_of <= :on and o.vin in (
        select vin from listed where follow_up = :name and left_out in ('', '{TO_CONFIRM}', '{INCOMPLETE}'))"""
_NEWEST = """
    select * from owners qualify row_number() over (partition by vin, role order by as_of desc) = 1
    order by vin, role"""
ASK = "A word in name1, addr1 or city may stand for nothing."


def unwritten(session: Session, name: str, on: date) -> pa.Table:
    """Return the newest owner records (COLUMNS) of a follow-up's open vehicles that nobody is written to at, as of a day.

    ``reason`` is owner_to_confirm or address_incomplete, ``problem`` the sentence, ``file`` and ``row`` where the record came
    from; nothing of the owner is in it. Raises UnknownName for a follow-up nobody made.
    """
    follow_ups.settings(session, name)
    known = tables.schema("owner")
    wanted = [
        *(known.field(column) for column in _READ),
        ("file", pa.string()),
        ("row", pa.int64()),
    ]
    owners = session.read(_OWNERS, pa.schema(wanted), name=name, on=on)
    with arrow_sql() as arrow:
        arrow.register("owners", owners)
        newest = arrow.sql(_NEWEST).to_arrow_table()
    asked = placeholders(session).asked(newest)
    problem = pc.if_else(asked, ASK, address_problems(newest))
    reason = pc.if_else(asked, TO_CONFIRM, INCOMPLETE)
    told = newest.append_column("reason", reason).append_column("problem", problem)
    return told.filter(pc.is_valid(problem)).select(COLUMNS)
