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

from renotify.ledger.kinds import PieceState, Status
from renotify.ledger.letters_out import EVER, letters_out
from renotify.ledger.pieces import OUT
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql
from renotify.vehicle_lists.held_by import holders_of, stage_vehicles, with_holders
from renotify.vehicle_lists.list_columns import (
    BESIDE,
    COLUMNS,
    DAY,
    HELD_AT,
    NUMBER,
    OF_HOLDER,
    OF_VEHICLE,
    TEXT,
    Column,
)
from renotify.vehicle_lists.vehicle_numbers import numbered

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NUMBER, _ROWS = "vehicle_number", "vehicle_rows"

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
    if _parts(wanted) <= {"holder"}:
        staged = stage_vehicles(session, rows["vin"])
        return _typed(with_holders(session, rows, wanted, staged, asked.on), rows, wanted)
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


def counted_by(
    session: Session, rows: pa.Table, by: Sequence[str], asked: Beside
) -> tuple[pa.Table, int]:
    """Return each group of rows with its ``count`` and its different ``vehicles``, the largest count first; and the vehicles of all."""
    wanted = _wanted({*by} - {*rows.column_names})
    own = numbered(rows["vin"])
    if all(
        name in OF_HOLDER or name in OF_VEHICLE for name in by
    ):  # all rows of a vehicle are of its group
        first = rows.take(own.first_rows())
        each = with_beside(session, first, wanted, asked).append_column(_ROWS, own.rows_each())
    else:
        each = _each(session, rows.append_column(_NUMBER, own.numbers), wanted, asked, by)
    found = each.group_by([*by], use_threads=False).aggregate([(_ROWS, "sum"), ([], "count_all")])
    names = [*by, f"{_ROWS}_sum", "count_all"]
    kinds = [*(kind_of(name) for name in by), pa.int64(), pa.int64()]
    schema = pa.schema(list(zip([*by, "count", "vehicles"], kinds, strict=True)))
    order = [("count", "descending"), *((name, "ascending") for name in by)]
    counts = found.select(names).rename_columns(schema.names).cast(schema)
    return counts.sort_by(order), len(own.vins)


def _each(
    session: Session, rows: pa.Table, wanted: Sequence[str], asked: Beside, by: Sequence[str]
) -> pa.Table:
    """Return how many rows each vehicle has in each group of some columns."""
    key = [_NUMBER, *by]
    if _parts(wanted) <= {"holder"}:
        grouped = with_beside(session, rows, wanted, asked).select(key)
    else:
        with _joined(session, rows, wanted, asked) as arrow:
            columns = ", ".join(f'"{name}"' for name in key)
            grouped = arrow.sql(f"select {columns} from joined").to_arrow_table()
    found = grouped.group_by(key, use_threads=False).aggregate([([], "count_all")])
    return found.select([*by, "count_all"]).rename_columns([*by, _ROWS])


def _wanted(names: Collection[str]) -> list[str]:
    return [name for name in (*BESIDE, HELD_AT) if name in names]


def _parts(wanted: Sequence[str]) -> set[str]:
    return {part for name in wanted for part in _OF[name]}


@contextmanager
def _joined(
    session: Session, rows: pa.Table, wanted: Sequence[str], asked: Beside
) -> Iterator[DuckDBPyConnection]:
    """Give DuckDB with ``joined``: the rows with columns of ``BESIDE``, in no order."""
    parts = dict.fromkeys(part for name in wanted for part in _OF[name])
    staged = stage_vehicles(session, rows["vin"]) if parts else ""
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
        yield "holder_of", holders_of(session, wanted, asked, on)
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
