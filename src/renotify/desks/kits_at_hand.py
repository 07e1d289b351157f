"""A dealer's kits as its desk needs them: on hand, on order, arriving and short, and what the visits of the day or week take of them."""

from __future__ import annotations

import pyarrow as pa

from renotify.ledger import tables
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.parts.dealer_orders import counted_stock
from renotify.parts.kit_state import KitState
from renotify.values.arrow_sql import arrow_sql

PARTS = pa.schema(
    [("part_no", pa.string()), ("description", pa.string()), ("on_hand", pa.float64()), ("on_order", pa.float64()),
     ("arriving", pa.float64()), ("arrives", pa.date32()), ("short", pa.float64()), ("visits", pa.int64()), ("needed", pa.float64()),
     ("lacking_visits", pa.int64()), ("kits_from", pa.date32())]
)  # fmt: skip
_PARTS = f"""
    with taken as (
        select part_no, count(*) as visits, sum(kits) as needed, count(*) filter (state <> '{KitState.ON_SHELF}') as lacking_visits,
            max(kits_from) as kits_from
        from kits semi join visits using (vin) group by part_no),
    book as (select part_no, ceil(round(sum(kits), 6)) as kits from kits group by part_no),
    comes as (
        select part_no, sum(kits) as arriving, min(comes) as arrives from coming where comes is not null and kits > 0 group by part_no),
    here as (select part_no from book union select part_no from counted where on_hand > 0 or on_order > 0)
    select part_no, coalesce(p.description, '') as description, coalesce(c.on_hand, 0) as on_hand, coalesce(c.on_order, 0) as on_order,
        coalesce(m.arriving, 0) as arriving, m.arrives,
        greatest(coalesce(b.kits, 0) - coalesce(c.on_hand, 0) - coalesce(c.on_order, 0), 0) as short,
        coalesce(t.visits, 0) as visits, coalesce(t.needed, 0) as needed, coalesce(t.lacking_visits, 0) as lacking_visits, t.kits_from
    from here left join counted c using (part_no) left join book b using (part_no) left join taken t using (part_no)
    left join comes m using (part_no) left join part p using (part_no)
    order by lacking_visits desc, short desc, part_no"""


def kits_at_hand(
    session: Session, scope: Scope, kits: pa.Table, coming: pa.Table, visits: pa.Table
) -> pa.Table:
    """Return a dealer's parts (``PARTS``): those that it has or has ordered and those that booked visits take, first what visits lack.

    ``kits`` are those of all visits that it has booked (``kits_of_visits``), ``coming`` those that it was promised (``coming_kits``),
    ``visits`` those of the days that are looked at. ``arriving`` are kits that were promised and have not come, ``arrives`` the Monday of
    the first of them; ``short`` is what all booked visits are expected to take beyond what is on hand and on order, in whole kits.
    ``visits``, ``needed``, ``lacking_visits`` and ``kits_from`` are of the days alone. What to order is ``renotify parts order``.
    """
    with arrow_sql() as arrow:
        arrow.register("kits", kits)
        arrow.register("coming", coming)
        arrow.register("visits", visits.select(["vin"]))
        arrow.register("counted", counted_stock(session, scope))
        arrow.register("part", tables.read(session, "part", "part_no", "description"))
        return arrow.sql(_PARTS).to_arrow_table().select(PARTS.names).cast(PARTS)
