"""Kits that dealers were promised from the national pool, and how many of them have come: by shipments, else by counts and repairs."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from renotify.ledger import tables
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql
from renotify.visits.fitted import fitted_kits
from renotify.visits.live_part_numbers import replacements, to_live_numbers

PROMISES = pa.schema(
    [("id", pa.int64()), ("dealer_code", pa.string()), ("part_no", pa.string()), ("kits", pa.float64()), ("week", pa.date32()),
     ("promised_on", pa.date32()), ("shipped", pa.float64()), ("counted", pa.bool_())]
)  # fmt: skip
# What came since a dealer's first promise of a part: its shipments; else what is on its shelf and was fitted beyond what it had then,
# on the shelf and on order: the older orders come first. What was fitted from the day of the promise on beyond all that it had has come,
# whatever was counted or shipped: a kit that is in a vehicle is owed no more.
_OPEN = """
    with first as (select dealer_code, part_no, min(promised_on) as day from promises group by all),
    newest as (
        select dealer_code, part_no, max(as_of) as as_of, sum(on_hand) as on_hand from (
            select * from counts qualify row_number() over (partition by dealer_code, raw order by as_of desc) = 1) group by all),
    before as (
        select dealer_code, part_no, max(as_of) as as_of, sum(on_hand + on_order) as had from (
            select c.* from counts c join first f using (dealer_code, part_no) where c.as_of <= f.day
            qualify row_number() over (partition by c.dealer_code, c.raw order by c.as_of desc) = 1) group by all),
    used as (
        select f.dealer_code, f.part_no, sum(t.kits) as kits from first f join newest n using (dealer_code, part_no)
        left join before b using (dealer_code, part_no) join taken t using (dealer_code, part_no)
        where t.day > least(b.as_of, f.day - 1) and t.day <= n.as_of group by all),
    fitted as (
        select f.dealer_code, f.part_no, sum(t.kits) - coalesce(max(b.had), 0) as kits from first f
        left join before b using (dealer_code, part_no) join taken t using (dealer_code, part_no)
        where t.day > least(b.as_of, f.day - 1) group by all),
    sent as (
        select f.dealer_code, f.part_no, sum(s.qty) as kits from first f join shipments s using (dealer_code, part_no)
        where s.ship_date >= f.day group by all),
    came as (
        select f.dealer_code, f.part_no, n.as_of, greatest(coalesce(s.kits, case when n.as_of > f.day
            then greatest(n.on_hand + coalesce(u.kits, 0) - coalesce(b.had, 0), 0) end, 0), coalesce(i.kits, 0)) as kits
        from first f left join newest n using (dealer_code, part_no) left join before b using (dealer_code, part_no)
        left join used u using (dealer_code, part_no) left join sent s using (dealer_code, part_no)
        left join fitted i using (dealer_code, part_no))
    select p.id, p.dealer_code, p.part_no, p.kits, p.week, p.promised_on, coalesce(c.as_of > p.promised_on, false) as counted,
        greatest(least(c.kits - (sum(p.kits) over (partition by p.dealer_code, p.part_no order by p.promised_on, p.week, p.id) - p.kits),
            p.kits), 0) as shipped
    from promises p join came c using (dealer_code, part_no) order by p.promised_on, p.week, p.id"""
_POSITION = """
    with owed as (
        select dealer_code, part_no, sum(kits - shipped) filter (counted) as seen, sum(kits - shipped) filter (not counted) as unseen,
            sum(shipped) filter (not counted) as unseen_came
        from promises group by all)
    select coalesce(n.dealer_code, o.dealer_code) as dealer_code, coalesce(n.part_no, o.part_no) as part_no,
        coalesce(n.on_hand, 0) as on_hand,
        greatest(coalesce(n.on_order, 0) - greatest(coalesce(n.came, 0) - coalesce(o.unseen_came, 0), 0), coalesce(o.seen, 0), 0)
            + coalesce(o.unseen, 0) as on_order
    from newest n full outer join owed o on o.dealer_code = n.dealer_code and o.part_no = n.part_no order by 1, 2"""


def promised_kits(session: Session, scope: Scope = ALL) -> pa.Table:
    """Return every promise that stands under its live part number (``PROMISES``), with the kits of it that have come, oldest first.

    ``counted``: the dealer has counted since. Kits that come serve the oldest promise first.
    """
    in_scope = {"where": scope.of("dealer_code"), **scope.values}
    columns = ("id", "dealer_code", "part_no", "kits", "week", "promised_on")
    standing = f"{scope.of('dealer_code')} and withdrawn_on is null"
    made = tables.read(session, "part_promise", *columns, where=standing, **scope.values)
    if not made.num_rows:
        return PROMISES.empty_table()
    replaced_by = replacements(session)
    counts = tables.read(session, "dealer_part_stock", **in_scope)
    first: date = min(made["promised_on"].to_pylist())
    since = min([first, *counts["as_of"].to_pylist()])
    with arrow_sql() as arrow:
        arrow.register("promises", to_live_numbers(made, replaced_by))
        raw = counts.append_column("raw", counts["part_no"])
        arrow.register("counts", to_live_numbers(raw, replaced_by))
        shipments = tables.read(session, "part_shipment", **in_scope)
        arrow.register("shipments", to_live_numbers(shipments, replaced_by))
        arrow.register("taken", fitted_kits(session, since))
        found = arrow.sql(_OPEN).to_arrow_table()
    return found.select(PROMISES.names).cast(PROMISES)


def with_promises(session: Session, newest: pa.Table, scope: Scope = ALL) -> pa.Table:
    """Return dealers' counts (dealer_code, part_no, on_hand, on_order, ``came`` since) with what they are promised on order, too.

    A promise that the newest count is too old to know is added to what is on order there; a newer count has it among its open orders,
    and where it has fewer, what is promised is on order all the same. What came since the count is on order no more, but for what came
    of promises that the count does not know: it is off these.
    """
    promises = promised_kits(session, scope)
    with arrow_sql() as arrow:
        arrow.register("promises", promises)
        arrow.register("newest", newest)
        return arrow.sql(_POSITION).to_arrow_table()
