"""What each dealer should order: the ledger's counts, bookings and open vehicles put through the one formula (memo, section 4)."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from renotify.ledger import tables
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.parts.kits_at_a_level import of_bookings
from renotify.parts.promised_kits import with_promises
from renotify.parts.replenishment import base_stock, order_quantity
from renotify.plans.stated import walk_in_rates
from renotify.values.arrow_sql import arrow_sql
from renotify.visits.booked import booked_vehicles
from renotify.visits.live_part_numbers import replacements, summed_under_live_numbers
from renotify.visits.needs import needs

if TYPE_CHECKING:
    from collections.abc import Iterator

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

REVIEW_WEEKS = 1.0  # dealers order once a week
SERVICE_LEVEL = (
    0.95  # share of weeks in which every walk-in, and every booked visit, finds its kits
)

_OPEN = """
    select v.dealer_code, s.vin, s.campaign_code, v.model from vehicle v join state s on s.vin = v.vin
    where s.current and s.status = 'open' and {scope}"""
_OPEN_VEHICLES = """
    select dealer_code, vin, any_value(model) as model,
           string_agg(campaign_code, '+' order by campaign_code) as bundle
    from open_rows group by dealer_code, vin"""
_NEWEST = """
    select dealer_code, part_no, on_hand, on_order from dealer_part_stock
    qualify row_number() over (partition by dealer_code, part_no order by as_of desc) = 1"""
_RISKS = """
    select b.dealer_code, b.vin, sum(c.risk_weight) as risk
    from (select dealer_code, vin, unnest(string_split(bundle, '+')) as campaign_code from booked_vehicle) b
    join campaign c using (campaign_code) group by all"""
_BOOKINGS = f"""
    select b.dealer_code, b.vin, k.part_no, k.kits, k.qty, k.take_rate, b.booked_on, b.turn, coalesce(r.risk, 0) as risk
    from booked_vehicle b join visit_kits k using (bundle, model) left join ({_RISKS}) r using (dealer_code, vin)"""
_SUMS = """
    select dealer_code, part_no, sum(kits) as kits, count(*) as vehicles, sum(kits * {rate}) as walk_ins
    from {vehicles} join visit_kits using (bundle, model) {rates} group by all"""
# How many visits take which quantity of a part: of those that are booked, and of walk-ins that do take it, a week.
_VISITS = """
    select dealer_code, part_no, qty, take_rate, count(*) as visits from booked_vehicle join visit_kits using (bundle, model)
    where qty > 0 and take_rate > 0 group by all order by all"""
_WALK_INS = """
    select dealer_code, part_no, qty, cast(1 as double) as take_rate, sum(rate * take_rate) as visits
    from open_vehicle join visit_kits using (bundle, model) join walk_in using (bundle)
    where qty > 0 and take_rate > 0 group by all order by all"""
_POSITIONS = """
    with lines as (select dealer_code, part_no from newest union select dealer_code, part_no from open
              union select dealer_code, part_no from booked)
    select l.dealer_code, l.part_no, coalesce(p.description, '') as description,
           coalesce(n.on_hand, 0) as on_hand, coalesce(n.on_order, 0) as on_order, coalesce(b.kits, 0) as booked,
           coalesce(o.kits, 0) as open_kits, coalesce(o.vehicles, 0) as open_vehicles,
           coalesce(o.walk_ins, 0) as walk_ins_per_week,
           coalesce(p.pack_qty, 1) as pack_qty, coalesce(p.lead_days, 0) as lead_days
    from lines l left join newest n using (dealer_code, part_no) left join open o using (dealer_code, part_no)
    left join booked b using (dealer_code, part_no) left join part p using (part_no)
    order by l.dealer_code, l.part_no
"""
_OPEN_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("dealer_code", "vin", "campaign_code", "model")]
)


def booked_kits(session: Session, scope: Scope = ALL) -> pa.Table:
    """Return kits promised to booked owners: dealer_code, part_no, kits, vehicles; a vehicle counts its union of kits once."""
    with _booked(session, scope) as arrow:
        return arrow.sql(_summed("booked_vehicle")).to_arrow_table().drop_columns(["walk_ins"])


def bookings(session: Session, scope: Scope = ALL) -> pa.Table:
    """Return the kits of each booked vehicle: dealer_code, vin, part_no, kits (qty by take_rate), qty, take_rate, booked_on, turn, risk."""
    with _booked(session, scope) as arrow:
        arrow.register("campaign", tables.read(session, "campaign", "campaign_code", "risk_weight"))
        return arrow.sql(_BOOKINGS).to_arrow_table()


def counted_stock(session: Session, scope: Scope = ALL) -> pa.Table:
    """Return each dealer's newest count by live part number: dealer_code, part_no, on_hand, on_order.

    What the dealer was promised since (``parts order --keep``) and has not come is on order, too.
    """
    with arrow_sql() as arrow:
        arrow.register("dealer_part_stock", _of_scope(session, "dealer_part_stock", scope))
        newest = arrow.sql(_NEWEST).to_arrow_table()
    summed = summed_under_live_numbers(
        newest,
        replacements(session),
        keys=("dealer_code", "part_no"),
        amounts=("on_hand", "on_order"),
    )
    return with_promises(session, summed, scope)


def orders(session: Session, scope: Scope = ALL, *, on: date | None = None) -> pa.Table:
    """Return one line a dealer and part: on hand, on order, booked, base stock, and the quantity to order now.

    One formula gives the order; base stock covers walk-ins over lead time and review, ``booked_q95`` what the booked visits take, both
    at the service level (``booked`` is its mean). Walk-ins are the share of open vehicles that the follow-ups state or have learned
    since (``plans.stated``), by the settings of the day ``on``. No other dealer's rows are read than the scope's.
    """
    with _booked(session, scope) as arrow:
        arrow.register("booked", arrow.sql(_summed("booked_vehicle")).to_arrow_table())
        visits = arrow.sql(_VISITS).to_arrow_table()
        arrow.register(
            "open_rows",
            session.read(
                _OPEN.format(scope=scope.of("v.dealer_code")), _OPEN_SCHEMA, **scope.values
            ),
        )
        arrow.register("open_vehicle", arrow.sql(_OPEN_VEHICLES).to_arrow_table())
        _register_kits(session, arrow, "open_vehicle")
        arrow.register("walk_in", _rates_table(session, arrow, on))
        open_sums = _summed("open_vehicle", rates="join walk_in using (bundle)", rate="rate")
        arrow.register("open", arrow.sql(open_sums).to_arrow_table())
        arrow.register("newest", counted_stock(session, scope))
        arrow.register("part", tables.read(session, "part"))
        walk_ins = arrow.sql(_WALK_INS).to_arrow_table()
        return _with_orders(arrow.sql(_POSITIONS).to_arrow_table(), visits, walk_ins)


@contextmanager
def _booked(session: Session, scope: Scope) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open DuckDB with the scope's ``booked_vehicle`` and the ``visit_kits`` that their visits take."""
    with arrow_sql() as arrow:
        arrow.register("booked_vehicle", booked_vehicles(session, scope))
        _register_kits(session, arrow, "booked_vehicle")
        yield arrow


def _register_kits(session: Session, arrow: duckdb.DuckDBPyConnection, vehicles: str) -> None:
    pairs = arrow.sql(f"select distinct bundle, model from {vehicles}").fetchall()
    arrow.register("visit_kits", needs(session, pairs).kits_table())


def _rates_table(session: Session, arrow: duckdb.DuckDBPyConnection, on: date | None) -> pa.Table:
    bundles = [
        bundle for (bundle,) in arrow.sql("select distinct bundle from open_vehicle").fetchall()
    ]
    rates = walk_in_rates(session, bundles, on)
    return pa.table({
        "bundle": pa.array(list(rates), pa.string()),
        "rate": pa.array(list(rates.values()), pa.float64()),
    })  # fmt: skip


def _summed(vehicles: str, rates: str = "", rate: str = "0") -> str:
    return _SUMS.format(vehicles=vehicles, rates=rates, rate=rate)


def _of_scope(session: Session, table: str, scope: Scope) -> pa.Table:
    return tables.read(session, table, where=scope.of("dealer_code"), **scope.values)


def _with_orders(lines: pa.Table, visits: pa.Table, walk_ins: pa.Table) -> pa.Table:
    column: dict[str, Any] = {
        name: lines[name].to_numpy() for name in ("on_hand", "on_order", "pack_qty", "lead_days")
    }
    stock, held = _enough(lines, column["lead_days"] / 7.0, visits, walk_ins)
    order = order_quantity(
        column["on_hand"], column["on_order"], held, stock, np.maximum(column["pack_qty"], 1)
    )
    return (
        lines.append_column("booked_q95", pa.array(held))
        .append_column("base_stock", pa.array(stock))
        .append_column("order", pa.array(order))
    )


def _enough(
    lines: pa.Table, lead: Floats, visits: pa.Table, walk_ins: pa.Table
) -> tuple[Ints, Floats]:
    """Base stock for walk-ins, and kits that the booked visits stay within: of each line, at the service level. Part by part."""
    parts = lines["part_no"].to_numpy(zero_copy_only=False).astype(str)
    stock, held = np.zeros(len(parts), np.int64), np.zeros(len(parts))
    for part in np.unique(parts):
        at = parts == part
        own = lines["dealer_code"].filter(pa.array(at))
        sizes, _, rates = _by_kind(walk_ins, part, own)
        if len(sizes):
            stock[at] = base_stock(rates, lead[at], REVIEW_WEEKS, SERVICE_LEVEL, sizes)
        sizes, chances, booked = _by_kind(visits, part, own)
        if len(sizes):
            held[at] = of_bookings(SERVICE_LEVEL, sizes, chances, booked)
    return stock, held


def _by_kind(
    visits: pa.Table, part: str, dealers: pa.ChunkedArray
) -> tuple[Floats, Floats, Floats]:
    """The different quantities [s] of a part with their take rates [s], and each dealer's visits of each. [n, s]"""
    own = visits.filter(pc.equal(visits["part_no"], part))
    kinds = np.column_stack([own["qty"].to_numpy(), own["take_rate"].to_numpy()])
    different, kind = np.unique(kinds, axis=0, return_inverse=True)
    counted = np.zeros((len(dealers), len(different)))
    place = pc.index_in(own["dealer_code"], value_set=dealers.combine_chunks()).to_numpy()
    counted[place, kind.ravel()] = own["visits"].to_numpy()
    return different[:, 0], different[:, 1], counted
