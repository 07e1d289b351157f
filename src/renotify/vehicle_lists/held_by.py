"""Who holds the vehicles of a list: what is wanted of their record, set by the rule of ``ledger.holders`` and no other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import holders
from renotify.ledger.kinds import OwnerRole
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql
from renotify.vehicle_lists.list_columns import HELD_AT, OF_HOLDER
from renotify.vehicle_lists.vehicle_numbers import different, numbered, taken

VEHICLES = "list_vehicle"  # the staged table of the vehicles that are asked for
MOST_LOOKED_UP = 200_000  # vehicles; of more, reading all is cheaper than looking each one up
BEYOND = "beyond_one_owner"  # of a record: of a lease, or with an end
_BEYOND = f"o.role <> '{OwnerRole.OWNER}' or o.end_date is not null"
# Who uses the vehicle speaks before the lessor, the newer record before the older one. Everybody who holds it has a place: |FL<tab>33602|
_HOLDER = """
select {columns} from owners o join holder h using (vin, role, as_of) where h.holds
qualify row_number() over (partition by o.vin order by o.role = 'lessor', o.as_of desc, o.role) = 1"""
_HELD_AT = """'|' || string_agg(o.state || chr(9) || o.zip, '|') over (partition by o.vin) || '|'"""
_HELD_AT_ONE = "'|' || o.state || chr(9) || o.zip || '|'"
_RECORDED = {
    "owner_state": "state",
    "owner_zip": "zip",
    "address_as_of": "as_of",
}  # else by the same name


class _Held(NamedTuple):
    """Records of who holds a vehicle, one each: of the vehicles that have one record (``alone``), and of those (``decided``) that a
    rule decides, those that it leaves to somebody (``ruled``).
    """

    alone: pa.Table
    ruled: pa.Table
    decided: pa.Array


def stage_vehicles(session: Session, vins: pa.ChunkedArray) -> str:
    """Stage the vehicles and return the table's name; blank, and nothing staged, where all are read instead."""
    if different(vins) > MOST_LOOKED_UP:
        return ""
    session.stage(VEHICLES, pa.table({"vin": pc.unique(vins)}))
    if not session.sqlite:
        session.execute(f"analyze {VEHICLES}")
    return VEHICLES


def holders_of(session: Session, wanted: Collection[str], asked: str, on: date) -> pa.Table:
    """Return of each vehicle what is wanted of the record of who holds it, no more: names are not read to count states."""
    found = _held_by(session, wanted, asked, on)
    return pa.concat_tables([found.alone, found.ruled])


def with_holders(
    session: Session, rows: pa.Table, wanted: Sequence[str], asked: str, on: date
) -> pa.Table:
    """Return the rows (vin), in their order, with what is wanted of the record of who holds each vehicle; null where nobody does."""
    if not wanted:
        return rows
    found, own = _held_by(session, wanted, asked, on), numbered(rows["vin"])
    others = pc.invert(pc.is_in(own.vins, value_set=found.decided))
    alone = found.alone["vin"].combine_chunks()
    if own.vins.filter(others).equals(alone):  # both in the order of their VINs
        counted = pc.subtract(pc.cumulative_sum(others.cast(pa.int32())), pa.scalar(1, pa.int32()))
        places = pc.if_else(others, counted, pa.scalar(None, pa.int32()))
    else:
        places = pc.index_in(own.vins, value_set=alone)
    ruled = pc.index_in(own.vins, value_set=found.ruled["vin"].combine_chunks())
    places = pc.coalesce(pc.add(ruled, pa.scalar(len(alone), pa.int32())), places)
    both = pa.concat_tables([found.alone, found.ruled]).select(list(wanted))
    return taken(rows, both, places.take(own.numbers))


def _held_by(session: Session, wanted: Collection[str], asked: str, on: date) -> _Held:
    """Return the records of who holds each vehicle.

    Most vehicles have one record, of an owner who keeps it, and never were in stock: their owner holds them, and no rule is asked.
    """
    recorded = {name: _RECORDED.get(name, name) for name in wanted if name in OF_HOLDER}
    places = ("state", "zip") if HELD_AT in wanted else ()
    read = tuple(dict.fromkeys((*recorded.values(), *places)))
    columns = ", ".join(["o.vin", *(f"o.{own} as {name}" for name, own in recorded.items())])
    known = holders.beside(session, on, f"vin in (select vin from {asked})" if asked else "true")
    if asked:
        records = _records(session, (*holders.RECORD, *read), asked, on)
        held = _held(records, known, on, columns, at_places=bool(places))
        return _Held(held.slice(0, 0), held, pa.array([], pa.string()))
    every = _records(session, ("vin", BEYOND, *read), "", on)
    several = _decided(every, known)
    records = _records_of(session, pa.chunked_array([several]), (*holders.RECORD, *read), on)
    held = _held(records, known, on, columns, at_places=bool(places))
    others = every.filter(pc.invert(pc.is_in(every["vin"], value_set=several)))
    alone = pa.table(
        {"vin": others["vin"], **{name: others[own] for name, own in recorded.items()}}
    )
    if places:
        at = pc.binary_join_element_wise("|", others["state"], "\t", others["zip"], "|", "")
        alone = alone.append_column(HELD_AT, at)
    return _Held(alone.cast(held.schema), held, several)


def _records(session: Session, names: Collection[str], asked: str, on: date) -> pa.Table:
    """Return columns of the owner records by a day: of the vehicles of a staged table, or of all."""
    read = tuple(dict.fromkeys(names))
    source = f"{asked} a cross join owner o where o.vin = a.vin" if asked else "owner o where true"
    sql = ", ".join(f"({_BEYOND}) as {name}" if name == BEYOND else f"o.{name}" for name in read)
    schema = pa.schema([(name, _kind_of_record(name)) for name in read])
    in_order = " order by o.vin" if session.sqlite and not asked else ""
    return session.read(f"select {sql} from {source} and o.as_of <= :on{in_order}", schema, on=on)


def _records_of(
    session: Session, vins: pa.ChunkedArray, names: Collection[str], on: date
) -> pa.Table:
    """Return the owner records of some vehicles, which are few among all."""
    staged = stage_vehicles(session, vins)
    records = _records(session, names, staged, on)
    return (
        records
        if staged
        else records.filter(pc.is_in(records["vin"], value_set=vins.combine_chunks()))
    )


def _held(
    records: pa.Table, known: holders.Beside, on: date, columns: str, *, at_places: bool
) -> pa.Table:
    """Return some columns of the record of who holds each vehicle, and with ``at_places`` where everybody is who does."""
    with arrow_sql() as arrow:
        arrow.register("owners", records)
        arrow.register("holder", holders.holders(records, on, known))
        place = f", {_HELD_AT} as {HELD_AT}" if at_places else ""
        return arrow.sql(_HOLDER.format(columns=columns + place)).to_arrow_table()


def _kind_of_record(name: str) -> pa.DataType:
    if name == BEYOND:
        return pa.bool_()
    return pa.date32() if name in ("as_of", "end_date") else pa.string()


def _decided(every: pa.Table, known: holders.Beside) -> pa.Array:
    """Return the vehicles of which more than the one record of an owner decides who holds them.

    That is where the vehicle has several records by the day, one of a lease or one with an end; or is told of beside.
    """
    own = numbered(every["vin"])
    several = own.vins.filter(pc.greater(own.rows_each(), 1))
    beyond = every["vin"].filter(every[BEYOND]).combine_chunks()
    told = [one["vin"].combine_chunks() for one in (known.stock, known.refused, known.searched)]
    return pa.concat_arrays([several, beyond, *told])
