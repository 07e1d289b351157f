"""What a list of vehicles says that another room's rule decides: who holds the vehicle, its letters, its visit, why it is still open.

Each part is worked out for the vehicles of the rows at hand, never for all because a few are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import holders
from renotify.ledger.kinds import OwnerRole, PieceState, Status
from renotify.ledger.letters_out import EVER, letters_out
from renotify.ledger.pieces import OUT
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql
from renotify.vehicle_lists.list_columns import (
    BESIDE,
    COLUMNS,
    DAY,
    HELD_AT,
    NUMBER,
    OF_HOLDER,
    TEXT,
    Column,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

VEHICLES = "list_vehicle"  # the staged table of the vehicles that are asked for
_FEW = 1_000  # rows that tell most lists that stand in no order
MOST_LOOKED_UP = 200_000  # vehicles; of more, reading all is cheaper than looking each one up

BOOKED, IN_THE_MAIL, NO_ANSWER, CAME_BACK = "visit_booked", "in_the_mail", "no_answer", "letter_returned"  # fmt: skip
PLANNED, UNLISTED = "letter_planned", "in_no_follow_up"
HOUSE_REASONS = (BOOKED, IN_THE_MAIL, NO_ANSWER, CAME_BACK, PLANNED, UNLISTED)
# why a list left a vehicle out whose letter is another list's
OF_ANOTHER_LIST = frozenset(
    {"planned_elsewhere", "in_the_mail", "resting", "visit_booked", "not_silent"}
)
_KINDS = {TEXT: pa.string(), DAY: pa.date32(), NUMBER: pa.int64()}
_LISTED = pa.schema(
    [(name, pa.string()) for name in ("vin", "bundle", "left_out", "follow_up", "piece", "piece_reason")]
    + [("frozen_on", pa.date32()), ("returned_on", pa.date32()), ("wave", pa.int64())]
)  # fmt: skip

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
_SEVERAL = f"""
select vin from owner where as_of <= :on group by vin having count(*) > 1
union all select vin from owner where as_of <= :on and (role <> '{OwnerRole.OWNER}' or end_date is not null)"""
_CONTACT = "select vin, campaign_code as campaign, max(written_on) as last_contact from letters group by all"
_VISIT = """
select vin, campaign, min(booked_on) as booked from (
    select vin, booked_on, unnest(string_split(bundle, '+')) as campaign from visits) group by all"""
# The newest follow-up that names the vehicle in the campaign says where its letter is; one that left it out because of another list's
# letter says it only where no other list does.
_LETTER = f"""
select vin, campaign, case
    when left_out <> '' then left_out
    when returned_on is not null then '{CAME_BACK}'
    when piece = '{PieceState.ACCEPTED}' then '{NO_ANSWER}'
    when piece in ({", ".join(repr(str(one)) for one in sorted(OUT - {PieceState.ACCEPTED}))}) then '{IN_THE_MAIL}'
    when piece = '{PieceState.PLANNED}' then '{PLANNED}'
    else coalesce(nullif(piece_reason, ''), 'letter_' || piece) end as letter
from (select *, unnest(string_split(bundle, '+')) as campaign from listed)
qualify row_number() over (
    partition by vin, campaign
    order by left_out in ({", ".join(repr(one) for one in sorted(OF_ANOTHER_LIST))}), frozen_on desc, follow_up desc,
        wave desc nulls first) = 1"""
_REASON = f"""case when r.status = '{Status.UNREACHABLE}' then r.unreachable_reason
    when r.status <> '{Status.OPEN}' or {{past}} then ''
    else case when visit.booked is not null then '{BOOKED}' else coalesce(letter.letter, '{UNLISTED}') end end"""
_JOIN = {
    "holder": "left join holder_of holder using (vin)",
    "contact": "left join contact using (vin, campaign)",
    "visit": "left join visit using (vin, campaign)",
    "letter": "left join letter using (vin, campaign)",
}
_OF = {
    "last_contact": ("contact",), "booked": ("visit",), "reason": ("visit", "letter"),
    **dict.fromkeys((*OF_HOLDER, HELD_AT), ("holder",)),
}  # fmt: skip


def kind_of(name: str, columns: Mapping[str, Column] = COLUMNS) -> pa.DataType:
    """Return the type of a column of the list."""
    return pa.string() if name == HELD_AT else _KINDS[(columns.get(name) or BESIDE[name]).kind]


class Beside(NamedTuple):
    """What columns of ``BESIDE`` are asked of: the day on which somebody holds the vehicle; ``past``, where the states are those of a
    past day, of which nothing is said why a vehicle was open then; ``visits_at``, the dealer at whom visits are looked for, blank of any.
    """

    on: date
    past: bool = False
    visits_at: str = ""


def with_beside(
    session: Session, rows: pa.Table, names: Collection[str], asked: Beside
) -> pa.Table:
    """Return the rows of a list (with vin, campaign, status, unreachable_reason), in their order, with columns of ``BESIDE``.

    Of a vehicle that nobody holds the owner's columns are null.
    """
    wanted = _wanted(names)
    if not wanted:
        return rows
    place = pa.array(np.arange(rows.num_rows))
    with _joined(session, rows.append_column("place", place), wanted, asked) as arrow:
        found = arrow.sql("select * from joined order by place").to_arrow_table()
    return _typed(found, rows, wanted)


def first_of(
    session: Session, rows: pa.Table, order: Sequence[tuple[str, bool]], most: int, asked: Beside
) -> pa.Table:
    """Return the first rows of a list in an order of its columns and those of ``BESIDE``; a blank stands last."""
    wanted = _wanted({name for name, _ in order} - {*rows.column_names})
    by = ", ".join(f'"{name}" {"desc" if falls else "asc"} nulls last' for name, falls in order)
    with _joined(session, rows, wanted, asked) as arrow:
        found = arrow.sql(f"select * from joined order by {by} limit {most:d}").to_arrow_table()
    return _typed(found, rows, wanted)


def counted_by(session: Session, rows: pa.Table, by: Sequence[str], asked: Beside) -> pa.Table:
    """Return of each group of rows its columns, ``count`` and the different ``vehicles``; the largest count first."""
    wanted = _wanted({*by} - {*rows.column_names})
    groups = ", ".join(f'"{name}"' for name in by)
    numbered = rows.append_column("vehicle_number", _numbers(rows["vin"]))
    with _joined(session, numbered, wanted, asked) as arrow:
        found = arrow.sql(
            f"select {groups}, cast(sum(n) as bigint) as count, count(*) as vehicles"
            f" from (select {groups}, vehicle_number, count(*) as n from joined group by all)"
            f" group by {groups} order by count desc, {groups}"
        ).to_arrow_table()
    counts = [("count", pa.int64()), ("vehicles", pa.int64())]
    return found.cast(pa.schema([*((name, kind_of(name)) for name in by), *counts]))


def _wanted(names: Collection[str]) -> list[str]:
    return [name for name in (*BESIDE, HELD_AT) if name in names]


@contextmanager
def _joined(
    session: Session, rows: pa.Table, wanted: Sequence[str], asked: Beside
) -> Iterator[DuckDBPyConnection]:
    """Give DuckDB with ``joined``: the rows with columns of ``BESIDE``, in no order."""
    parts = dict.fromkeys(part for name in wanted for part in _OF[name])
    staged = _stage(session, rows["vin"]) if parts else ""
    reason = _REASON.format(past=str(asked.past).lower())
    found = "".join(f", {reason if name == 'reason' else name} as {name}" for name in wanted)
    with arrow_sql() as arrow:
        for name, table in _tables(session, parts, wanted, staged, asked.on, asked.visits_at):
            arrow.register(name, table)
        arrow.register("rows", rows)
        arrow.execute(
            f"create temporary view joined as select r.*{found} from rows r {' '.join(_JOIN[part] for part in parts)}"
        )
        yield arrow


def _typed(found: pa.Table, rows: pa.Table, wanted: Sequence[str]) -> pa.Table:
    """Return a table of ``joined`` with the columns of the rows and the wanted ones, in their types."""
    names = [name for name in (*rows.column_names, *wanted) if name != "place"]
    kinds = [kind_of(name) if name in wanted else rows.schema.field(name).type for name in names]
    return found.select(names).cast(pa.schema(list(zip(names, kinds, strict=True))))


def different(vins: pa.ChunkedArray) -> int:
    """Return how many different vehicles there are; of rows that stand in their order, as an index gives them, without a table of them."""
    whole = vins.combine_chunks()
    if _in_order(whole.slice(0, _FEW)) and _in_order(whole):
        changes = pc.not_equal(whole.slice(0, max(len(whole) - 1, 0)), whole.slice(1))
        return int(pc.sum(changes, min_count=0).as_py()) + bool(len(whole))
    return int(pc.count_distinct(whole).as_py())


def _numbers(vins: pa.ChunkedArray) -> pa.Array:
    """Return a number of each vehicle: vehicles are told apart by numbers in a third of the time that their VINs take."""
    whole = vins.combine_chunks()
    if not (len(whole) and _in_order(whole.slice(0, _FEW)) and _in_order(whole)):
        return pc.dictionary_encode(whole).indices
    changes = pc.not_equal(whole.slice(0, len(whole) - 1), whole.slice(1)).cast(pa.int32())
    return pc.cumulative_sum(pa.concat_arrays([pa.array([0], pa.int32()), changes]))


def _in_order(vins: pa.Array) -> bool:
    before, after = vins.slice(0, max(len(vins) - 1, 0)), vins.slice(1)
    return bool(pc.all(pc.less_equal(before, after), min_count=0).as_py())


def _stage(session: Session, vins: pa.ChunkedArray) -> str:
    """Stage the vehicles and return the table's name; blank, and nothing staged, where all are read instead."""
    if different(vins) > MOST_LOOKED_UP:
        return ""
    session.stage(VEHICLES, pa.table({"vin": pc.unique(vins)}))
    if not session.sqlite:
        session.execute(f"analyze {VEHICLES}")
    return VEHICLES


def _tables(
    session: Session,
    parts: Collection[str],
    wanted: Collection[str],
    asked: str,
    on: date,
    visits_at: str,
) -> Iterator[tuple[str, pa.Table]]:
    """Yield what each part is joined from, by name."""
    if "holder" in parts:
        yield "holder_of", _holders(session, wanted, asked, on)
    if "contact" in parts:
        letters = letters_out(session, EVER, vehicles=asked, came_back=True)
        yield "contact", _over("letters", letters, _CONTACT)
    if "visit" in parts:
        from renotify.visits.booked import (
            booked_vehicles,
        )  # a third of what most lists would import

        yield "visit", _over("visits", booked_vehicles(session, Scope(dealer=visits_at)), _VISIT)
    if "letter" in parts:
        yield "letter", _over("listed", _listed(session, asked), _LETTER)


def _over(name: str, table: pa.Table, sql: str) -> pa.Table:
    with arrow_sql() as arrow:
        arrow.register(name, table)
        return arrow.sql(sql).to_arrow_table()


def _holders(session: Session, wanted: Collection[str], asked: str, on: date) -> pa.Table:
    """Return of each vehicle what is wanted of the record of who holds it, no more: names are not read to count states.

    Most vehicles have one record, of an owner who keeps it, and never were in stock: their owner holds them, and no rule is asked.
    """
    recorded = {name: _RECORDED.get(name, name) for name in wanted if name in OF_HOLDER}
    places = ("state", "zip") if HELD_AT in wanted else ()
    read = tuple(dict.fromkeys((*recorded.values(), *places)))
    columns = ", ".join(["o.vin", *(f"o.{own} as {name}" for name, own in recorded.items())])
    known = holders.beside(session, on, f"vin in (select vin from {asked})" if asked else "true")
    if asked:
        records = _records(session, (*holders.RECORD, *read), asked, on)
        return _held(records, known, on, columns, at_places=bool(places))
    several = _decided(session, known, on)
    every = _records(session, ("vin", *read), "", on)
    decided = pc.is_in(every["vin"], value_set=several)
    records = _records_of(session, pa.chunked_array([several]), (*holders.RECORD, *read), on)
    held = _held(records, known, on, columns, at_places=bool(places))
    with arrow_sql() as arrow:
        arrow.register("owners", every.filter(pc.invert(decided)))
        place = f", {_HELD_AT_ONE} as {HELD_AT}" if places else ""
        own = arrow.sql(f"select {columns}{place} from owners o").to_arrow_table()
    return pa.concat_tables([own.cast(held.schema), held])


def _records(session: Session, names: Collection[str], asked: str, on: date) -> pa.Table:
    """Return columns of the owner records by a day: of the vehicles of a staged table, or of all."""
    read = tuple(dict.fromkeys(names))
    source = f"{asked} a cross join owner o where o.vin = a.vin" if asked else "owner o where true"
    sql = ", ".join(f"o.{name}" for name in read)
    schema = pa.schema([(name, _kind_of_record(name)) for name in read])
    return session.read(f"select {sql} from {source} and o.as_of <= :on", schema, on=on)


def _records_of(
    session: Session, vins: pa.ChunkedArray, names: Collection[str], on: date
) -> pa.Table:
    """Return the owner records of some vehicles, which are few among all."""
    staged = _stage(session, vins)
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
    return pa.date32() if name in ("as_of", "end_date") else pa.string()


def _decided(session: Session, known: holders.Beside, on: date) -> pa.Array:
    """Return the vehicles of which more than the one record of an owner decides who holds them.

    That is where the vehicle has several records by the day, one of a lease or one with an end; or is told of beside.
    """
    found = session.read(_SEVERAL, holders.REFUSED_VIN, on=on)
    told = (found, known.stock, known.refused, known.searched)
    return pa.concat_arrays([one["vin"].combine_chunks() for one in told])


def _listed(session: Session, asked: str) -> pa.Table:
    """Return the lists that name the vehicles, each with its letter to who uses the vehicle."""
    source = f"{asked} a cross join listed l" if asked else "listed l"
    where = "l.vin = a.vin" if asked else "true"
    return session.read(
        "select l.vin, l.bundle, l.left_out, l.follow_up, coalesce(e.state, '') as piece,"
        f" coalesce(e.reason, '') as piece_reason, f.frozen_on, e.returned_on, e.wave from {source}"
        " join follow_up f on f.name = l.follow_up left join piece e on e.vin = l.vin and e.follow_up = l.follow_up"
        f" and e.family = l.family and e.role <> 'lessor' where {where}",
        _LISTED,
    )
