"""Columns of vehicles and of their dealers beside the rows of a whole list: each vehicle is read once, and not once a row."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.session import Session
from renotify.vehicle_lists.beside import kind_of
from renotify.vehicle_lists.list_columns import COLUMNS, TEXT
from renotify.vehicle_lists.vehicle_numbers import with_columns_of

_DEALER = "own_dealer_code"


def with_vehicles(session: Session, rows: pa.Table, names: Sequence[str]) -> pa.Table:
    """Return the rows of a list, in their order, with columns of ``OF_VEHICLE``, as the joins of ``JOINS`` give them."""
    of_dealers = [name for name in names if "dealer" in COLUMNS[name].needs]
    own = [name for name in names if name not in of_dealers]
    vehicles = _read(session, own, ("vin", "v.vin"), (_DEALER, "v.dealer_code"), "vehicle v")
    if of_dealers:
        dealers = _read(session, of_dealers, (_DEALER, "d.dealer_code"), None, "dealer d")
        codes = vehicles[_DEALER].combine_chunks()
        places = pc.index_in(codes, value_set=dealers[_DEALER].combine_chunks())
        for name in of_dealers:
            vehicles = vehicles.append_column(name, dealers[name].combine_chunks().take(places))
    found = with_columns_of(rows, vehicles.select(["vin", *names]))
    for name in names:
        if COLUMNS[name].kind == TEXT:  # blank where the vehicle or its dealer is not known
            blank = pc.fill_null(found[name], "")
            found = found.set_column(found.column_names.index(name), name, blank)
    return found


def _read(
    session: Session,
    names: Sequence[str],
    key: tuple[str, str],
    beside: tuple[str, str] | None,
    source: str,
) -> pa.Table:
    """Return columns of a table with its key, in the key's order where an index gives it."""
    columns = dict([key, *([beside] if beside else [])]) | {one: COLUMNS[one].sql for one in names}
    kinds = [kind_of(name) if name in names else pa.string() for name in columns]
    sql = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
    in_order = f" order by {key[1]}" if session.sqlite else ""
    schema = pa.schema(list(zip(columns, kinds, strict=True)))
    return session.read(f"select {sql} from {source}{in_order}", schema)
