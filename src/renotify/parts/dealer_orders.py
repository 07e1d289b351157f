"""What each dealer should order: the ledger's counts, bookings and open vehicles put through the one formula (memo, section 4)."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from renotify.errors import UnknownName
from renotify.ledger import tables
from renotify.parts.campaign_parts import campaign_parts
from renotify.parts.replenishment import base_stock, order_quantity
from renotify.parts.supersession import replacements, to_live_numbers

WALK_INS_PER_WEEK = (
    0.003  # share of a dealer's open vehicles that come without a letter: assumed, data study 3.2
)
REVIEW_WEEKS = 1.0  # dealers order once a week
SERVICE_LEVEL = 0.95  # share of weeks in which every walk-in finds its kit

# Kits that one vehicle takes of each part: the model's own row before the row for every model; of a part that two
# campaigns share the vehicle takes the larger quantity once. ``wanted`` is (dealer_code, vin, campaign_code).
_NEEDS = """
    with rows as (
        select w.dealer_code, w.vin, w.campaign_code, p.part_no, p.qty * p.take_rate as kits,
               p.model <> '' as own, bool_or(p.model <> '') over (partition by w.vin, w.campaign_code) as has_own
        from ({wanted}) w left join vehicle v using (vin)
        join campaign_part p on p.campaign_code = w.campaign_code and p.model in ('', coalesce(v.model, ''))),
    unions as (select dealer_code, vin, part_no, max(kits) as kits from rows where own = has_own group by all)
"""
_SUMS = f"{_NEEDS} select dealer_code, part_no, sum(kits) as kits, count(*) as vehicles from unions group by all"
# The day of a visit stands for the day of its booking: the ledger has no other.
_BOOKINGS = f"""{_NEEDS}, visits as (
        select a.dealer_code, a.vin, min(cast(left(a.start, 10) as date)) as booked_on
        from appointment a where a.status in ('booked', 'arrived') group by all),
    weights as (
        select w.dealer_code, w.vin, sum(c.risk_weight) as risk from ({{wanted}}) w join campaign c using (campaign_code) group by all)
    select u.dealer_code, u.vin, u.part_no, u.kits, v.booked_on, coalesce(r.risk, 0) as risk
    from unions u join visits v using (dealer_code, vin) left join weights r using (dealer_code, vin)
"""
_BOOKED = """
    select distinct dealer_code, vin, unnest(string_split(campaign_codes, ';')) as campaign_code
    from appointment where status in ('booked', 'arrived')
"""
_OPEN = """
    select v.dealer_code, s.vin, s.campaign_code from state s join vehicle v using (vin) where s.current and s.status = 'open'
"""
_NEWEST = """
    select dealer_code, part_no, on_hand, on_order from dealer_part_stock
    qualify row_number() over (partition by dealer_code, part_no order by as_of desc) = 1
"""
_POSITIONS = """
    with lines as (select dealer_code, part_no from newest union select dealer_code, part_no from open
              union select dealer_code, part_no from booked)
    select l.dealer_code, l.part_no, coalesce(p.description, '') as description,
           coalesce(n.on_hand, 0) as on_hand, coalesce(n.on_order, 0) as on_order, coalesce(b.kits, 0) as booked,
           coalesce(o.kits, 0) as open_kits, coalesce(o.vehicles, 0) as open_vehicles,
           coalesce(p.pack_qty, 1) as pack_qty, coalesce(p.lead_days, 0) as lead_days
    from lines l left join newest n using (dealer_code, part_no) left join open o using (dealer_code, part_no)
    left join booked b using (dealer_code, part_no) left join part p using (part_no)
    order by l.dealer_code, l.part_no
"""


def booked_kits() -> pa.Table:
    """Return kits promised to booked owners: dealer_code, part_no, kits, vehicles; a vehicle counts its union of kits once."""
    with duckdb.connect() as arrow:
        _register(arrow, "vehicle", "appointment")
        arrow.register("campaign_part", campaign_parts().rows)
        return arrow.sql(_SUMS.format(wanted=_BOOKED)).to_arrow_table()


def bookings() -> pa.Table:
    """Return the kits of each booked vehicle: dealer_code, vin, part_no, kits, booked_on, risk."""
    with duckdb.connect() as arrow:
        _register(arrow, "vehicle", "appointment", "campaign")
        arrow.register("campaign_part", campaign_parts().rows)
        return arrow.sql(_BOOKINGS.format(wanted=_BOOKED)).to_arrow_table()


def counted_stock() -> pa.Table:
    """Return each dealer's newest count by live part number: dealer_code, part_no, on_hand, on_order."""
    with duckdb.connect() as arrow:
        _register(arrow, "dealer_part_stock")
        newest = arrow.sql(_NEWEST).to_arrow_table()
    return to_live_numbers(
        newest, replacements(), keys=("dealer_code", "part_no"), amounts=("on_hand", "on_order")
    )


def known_dealer(code: str) -> None:
    """Raise UnknownName for a dealer nobody has loaded."""
    if not tables.read("dealer", "dealer_code", where="dealer_code = :code", code=code).num_rows:
        raise UnknownName(
            f"There is no dealer {code}.",
            "Dealer codes are text with their leading zeros; load dealers.csv first.",
        )


def orders(dealer: str | None = None) -> pa.Table:
    """Return one line a dealer and part: on hand, on order, booked, base stock, and the quantity to order now.

    The order is the one formula of the planner study, section 6; base stock covers walk-ins over lead time and review.
    Raises UnknownName for a dealer nobody has loaded.
    """
    if dealer is not None:
        known_dealer(dealer)
    with duckdb.connect() as arrow:
        _register(arrow, "vehicle", "appointment", "state", "part")
        arrow.register("newest", counted_stock())
        arrow.register("campaign_part", campaign_parts().rows)
        arrow.register("booked", arrow.sql(_SUMS.format(wanted=_BOOKED)).to_arrow_table())
        arrow.register("open", arrow.sql(_SUMS.format(wanted=_OPEN)).to_arrow_table())
        lines = arrow.sql(_POSITIONS).to_arrow_table()
    return _with_orders(
        lines if dealer is None else lines.filter(pa.compute.equal(lines["dealer_code"], dealer))
    )


def _with_orders(lines: pa.Table) -> pa.Table:
    column: dict[str, Any] = {
        name: lines[name].to_numpy()
        for name in ("on_hand", "on_order", "booked", "open_kits", "pack_qty", "lead_days")
    }
    stock = base_stock(
        column["open_kits"] * WALK_INS_PER_WEEK,
        column["lead_days"] / 7.0,
        REVIEW_WEEKS,
        SERVICE_LEVEL,
    )
    order = order_quantity(
        column["on_hand"],
        column["on_order"],
        column["booked"],
        stock,
        np.maximum(column["pack_qty"], 1),
    )
    return lines.append_column("base_stock", pa.array(stock)).append_column(
        "order", pa.array(order)
    )


def _register(arrow: duckdb.DuckDBPyConnection, *names: str) -> None:
    for name in names:
        arrow.register(name, tables.read(name))
