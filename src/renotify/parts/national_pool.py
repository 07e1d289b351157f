"""Dealers' orders against the national pool: all of them where it suffices, else oldest booking first, and the week of the rest.

The pool is what the book of kits has for orders this week (``pool_book``). A part without supply rows is not known to be short.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import tables
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.parts.allocation import PAST_SUPPLY, AllocationRules, Floats, allocate
from renotify.parts.confirmed_supply import parts_with_supply
from renotify.parts.dealer_orders import REVIEW_WEEKS, bookings, orders
from renotify.parts.pool_book import letters_out, pool_book
from renotify.parts.replenishment import beyond_position
from renotify.values.arrow_sql import arrow_sql
from renotify.values.calendar import monday_of
from renotify.values.english import counted

# The demands that a line's order is made of. The dealer's own kits serve the oldest bookings, so the order is for the later ones, in
# whole packs: a booking that needs a pack opened asks for all of it, and the next ones take what it leaves. An inspect-first booking
# asks for its share of what all of them are to have. What the order holds beyond fills the shelf, asked for by nobody, and comes last.
_QUEUE = """
    select b.*, l.order_kits, l.pack_qty, l.on_hand, l.on_order, sum(b.kits * l.booked_q95 / l.booked) over (
           partition by b.dealer_code, b.part_no order by b.booked_on, b.turn, b.vin) as need
    from bookings b join lines l using (dealer_code, part_no) where l.booked > 0
"""
_DEMANDS = """
    with whole as (
        select *, least(pack_qty * cast(ceil(round(through / pack_qty, 6)) as bigint), order_kits) as upto from queue),
    booked as (
        select dealer_code, part_no, booked_on, risk, vin, upto - lag(upto, 1, 0) over (
            partition by dealer_code, part_no order by booked_on, turn, vin) as kits from whole),
    shelf as (
        select l.dealer_code, l.part_no, date '9999-12-31' as booked_on, cast(0 as double) as risk, cast(null as varchar) as vin,
               cast(l.order_kits - coalesce(sum(b.kits), 0) as bigint) as kits
        from lines l left join booked b using (dealer_code, part_no) group by l.dealer_code, l.part_no, l.order_kits)
    select * from (select * from booked union all by name select * from shelf) where kits > 0
"""
_LINES = """
    select l.*, case when s.part_no is null then l.order_kits else coalesce(a.granted, 0) end as allotted,
           case when l.order_kits = 0 then null when s.part_no is null then cast($monday as date)
                when a.past then null else cast($monday as date) + 7 * cast(a.week as integer) end as promise_week
    from lines l left join short s using (part_no) left join (
        select dealer_code, part_no, cast(sum(granted) as bigint) as granted, max(promise_week) as week,
               bool_or(promise_week = $past) as past from granted group by all) a using (dealer_code, part_no)
    order by l.dealer_code, l.part_no
"""
_GRANTED = pa.schema(
    [
        ("dealer_code", pa.string()),
        ("part_no", pa.string()),
        ("granted", pa.int64()),
        ("promise_week", pa.int64()),
    ]
)


def allotted_orders(
    session: Session, on: date, scope: Scope = ALL, rules: AllocationRules | None = None
) -> pa.Table:
    """Return the lines of ``orders`` with ``allotted`` kits, ``promise_week``, the Monday that covers the whole order, and ``expected``.

    Null where nothing is ordered, or no confirmed supply covers it. What a dealer of a short pool is allotted depends on who booked
    before, anywhere: where the scope orders a part that has a pool the whole country is counted, and the scope's lines are
    returned; else its own rows alone are read.
    """
    monday = monday_of(on)
    counted_in, lines, pools = scope, _orders(session, scope, on), dict[str, Floats]()
    if _ordered(lines, parts_with_supply(session)):
        if not scope.is_all:
            counted_in, lines = ALL, _orders(session, ALL, on)
        pools = {part: one.for_orders for part, one in pool_book(session, monday).parts.items()}
    short = _short(lines, pools) if rules is None else _ordered(lines, pools)
    packs = dict(zip(lines["part_no"].to_pylist(), lines["pack_qty"].to_pylist(), strict=True))
    with arrow_sql() as arrow:
        arrow.register("lines", lines)
        arrow.register("bookings", bookings(session, counted_in, on=on))
        queue = arrow.sql(_QUEUE).to_arrow_table()
        position = (queue[name].to_numpy() for name in ("on_hand", "on_order", "need"))
        through = pa.array(beyond_position(*position))
        arrow.register("queue", queue.append_column("through", through))
        demands = arrow.sql(_DEMANDS).to_arrow_table()
        granted = [
            allocate(
                pools[part], demands.filter(pc.equal(demands["part_no"], part)), rules, packs[part]
            ).select(_GRANTED.names)
            for part in short
        ]
        arrow.register("granted", pa.concat_tables([_GRANTED.empty_table(), *granted]))
        arrow.register("short", pa.table({"part_no": pa.array(short, pa.string())}))
        lines = arrow.sql(_LINES, params={"monday": monday, "past": PAST_SUPPLY}).to_arrow_table()
    lines = lines.rename_columns(["order" if n == "order_kits" else n for n in lines.column_names])
    own = (
        lines
        if scope.is_all
        else lines.filter(pc.is_in(lines["dealer_code"], _dealers(session, scope)))
    )
    return _with_expected(session, own, monday, scope)


def _with_expected(session: Session, lines: pa.Table, monday: date, scope: Scope) -> pa.Table:
    """Add ``expected``: kits that letters of follow-ups in force will ask for until the order after this one arrives.

    It is information: what is ordered is for what is booked and for walk-ins (memo, section 4).
    """
    weeks = np.ceil(lines["lead_days"].to_numpy() / 7.0 + REVIEW_WEEKS).astype(np.int64)
    asked = letters_out(session, monday, monday, int(weeks.max(initial=1)), scope=scope)
    keys = zip(lines["dealer_code"].to_pylist(), lines["part_no"].to_pylist(), strict=True)
    expected = [
        round(float(asked[key][week - 1]), 2) if key in asked else 0.0
        for key, week in zip(keys, weeks.tolist(), strict=True)
    ]
    return lines.append_column("expected", pa.array(expected, pa.float64()))


def _orders(session: Session, scope: Scope, on: date) -> pa.Table:
    """Return the lines of ``orders`` with a column that needs no quotes in SQL."""
    lines = orders(session, scope, on=on)
    return lines.rename_columns(["order_kits" if n == "order" else n for n in lines.column_names])


def _dealers(session: Session, scope: Scope) -> pa.Array:
    known = tables.read(
        session, "dealer", "dealer_code", where=scope.of("dealer_code"), **scope.values
    )
    return known["dealer_code"].combine_chunks()


def shortages(lines: Iterable[Mapping[str, Any]]) -> list[str]:
    """Say of each part what the pool leaves open this week, and by when the last dealer has all of it."""
    waiting: dict[str, list[Mapping[str, Any]]] = {}
    for line in lines:
        if line["allotted"] < line["order"]:
            waiting.setdefault(line["part_no"], []).append(line)
    return [_shortage(part, rows) for part, rows in sorted(waiting.items())]


def _shortage(part: str, rows: list[Mapping[str, Any]]) -> str:
    kits = sum(row["order"] - row["allotted"] for row in rows)
    weeks = [row["promise_week"] for row in rows]
    until = (
        f"the pool has the last of them in the week of {max(weeks)}"
        if all(weeks)
        else "no confirmed supply covers all of them"
    )
    pack = max(row["pack_qty"] for row in rows)
    whole = f"; dealers are allotted whole packs of {pack}" if pack > 1 else ""
    return (
        f"The pool of {part} is {counted(kits, 'kit')} short of the orders of"
        f" {counted(len(rows), 'dealer')}: {until}{whole}."
    )


def _ordered(lines: pa.Table, pools: Collection[str]) -> list[str]:
    """Every part with a pool that somebody orders: settings hold whether or not it is short."""
    asked = lines.filter(pc.greater(lines["order_kits"], 0))["part_no"]
    return sorted(part for part in pc.unique(asked).to_pylist() if part in pools)


def _short(lines: pa.Table, pools: Mapping[str, Floats]) -> list[str]:
    """The parts whose orders together exceed what the pool has this week."""
    asked = lines.group_by("part_no").aggregate([("order_kits", "sum")])
    return sorted(
        row["part_no"]
        for row in asked.to_pylist()
        if row["part_no"] in pools and row["order_kits_sum"] > pools[row["part_no"]][0]
    )
