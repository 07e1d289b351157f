"""What each dealer should order: the ledger's counts, bookings and open vehicles put through the one formula (memo, section 4)."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from renotify.ledger import tables
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.ledger.standing_visits import visit_stands
from renotify.parts.kits_at_a_level import of_bookings
from renotify.parts.promised_kits import with_promises
from renotify.parts.replenishment import base_stock, order_quantity
from renotify.plans.stated import walk_in_rates
from renotify.values.arrow_sql import arrow_sql
from renotify.visits.booked import booked_vehicles, whole_booked_vehicles
from renotify.visits.fitted import fitted_kits
from renotify.visits.live_part_numbers import replacements, to_live_numbers
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
    select o.dealer_code, o.vin, any_value(o.model) as model, bool_or(b.vin is not null) as booked,
           string_agg(o.campaign_code, '+' order by o.campaign_code) as bundle
    from open_rows o left join booked_somewhere b using (vin) group by o.dealer_code, o.vin"""
# Who is booked, at whichever dealer, does not walk in: the whole vehicle is done in its visit.
_BOOKED_SOMEWHERE = (
    f"select distinct a.vin from appointment a where {visit_stands('a')} and {{scope}}"
)
_NEWEST = """
    select dealer_code, part_no, as_of, on_hand, on_order from dealer_part_stock
    qualify row_number() over (partition by dealer_code, part_no order by as_of desc) = 1"""
_COUNTED = """
    select dealer_code, part_no, max(as_of) as as_of, sum(on_hand) as on_hand, sum(on_order) as on_order from newest group by all"""
# What repairs after the count took is off the shelf, in whole kits, and what was shipped after it is on it; where no shipment says what
# came, what was fitted beyond the count has come. ``came`` is of these.
_SINCE = """
    with used as (
        select dealer_code, part_no, floor(sum(t.kits) + 0.5) as kits from counted c join taken t using (dealer_code, part_no)
        where t.day > c.as_of group by all),
    sent as (
        select dealer_code, part_no, sum(s.qty) as kits from counted c join shipments s using (dealer_code, part_no)
        where s.ship_date > c.as_of group by all)
    select dealer_code, part_no, greatest(c.on_hand + coalesce(s.kits, 0) - coalesce(u.kits, 0), 0) as on_hand, c.on_order,
        greatest(coalesce(s.kits, 0), coalesce(u.kits, 0) - c.on_hand, 0) as came
    from counted c left join used u using (dealer_code, part_no) left join sent s using (dealer_code, part_no) order by 1, 2"""
_RISKS = """
    select b.dealer_code, b.vin, sum(c.risk_weight) as risk
    from (select dealer_code, vin, unnest(string_split(bundle, '+')) as campaign_code from booked_vehicle) b
    join campaign c using (campaign_code) group by all"""
# The kits that booked visits hold: not those of a part that the dealer counted after the day of a visit that nobody reported. Whatever
# became of it, its kits are no part of that count: fitted, they had left the shelf; else nobody comes for them.
_BOOKED_KITS = """
    select b.*, k.part_no, k.kits, k.qty, k.take_rate from booked_vehicle b join visit_kits k using (bundle, model)
    left join counted_on c on c.dealer_code = b.dealer_code and c.part_no = k.part_no
    where b.arrived or c.as_of is null or b.last_on >= c.as_of"""
_COUNTED_ON = "select dealer_code, part_no, max(as_of) as as_of from counts group by all"
_BOOKINGS = f"""
    select b.dealer_code, b.vin, b.part_no, b.kits, b.qty, b.take_rate, b.booked_on, b.turn, coalesce(r.risk, 0) as risk
    from booked_kit b left join ({_RISKS}) r using (dealer_code, vin)"""
_SUMS = """
    select dealer_code, part_no, sum(kits) as kits, count(*) as vehicles, sum(kits * {rate}) as walk_ins
    from {kits} {rates} group by all"""
# How many visits take which quantity of a part: of those that are booked, and of walk-ins that do take it, a week.
_VISITS = """
    select dealer_code, part_no, qty, take_rate, count(*) as visits from booked_kit
    where qty > 0 and take_rate > 0 group by all order by all"""
_WALK_INS = """
    select dealer_code, part_no, qty, cast(1 as double) as take_rate, sum(rate * take_rate) as visits
    from open_vehicle join visit_kits using (bundle, model) join walk_in using (bundle)
    where not booked and qty > 0 and take_rate > 0 group by all order by all"""
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
        return arrow.sql(_summed("booked_kit")).to_arrow_table().drop_columns(["walk_ins"])


def bookings(session: Session, scope: Scope = ALL, *, on: date | None = None) -> pa.Table:
    """Return the kits of each booked vehicle: dealer_code, vin, part_no, kits (qty by take_rate), qty, take_rate, booked_on, turn, risk.

    Of a day ``on`` a visit is the whole one, with what else is open and done in it (``whole_visits``); else what is booked.
    """
    with _booked(session, scope, on) as arrow:
        arrow.register("campaign", tables.read(session, "campaign", "campaign_code", "risk_weight"))
        return arrow.sql(_BOOKINGS).to_arrow_table()


def counted_stock(session: Session, scope: Scope = ALL) -> pa.Table:
    """Return what dealers have by their newest counts and since, by live part number: dealer_code, part_no, on_hand, on_order.

    Kits of repairs after the day of the count are off the shelf, and shipments after it are on it, and no longer on order. What the
    dealer was promised since (``parts order --keep``) and has not come is on order, too.
    """
    return session.remembered(_counted_stock, scope)


def _counted_stock(session: Session, scope: Scope) -> pa.Table:
    with arrow_sql() as arrow:
        arrow.register("dealer_part_stock", _of_scope(session, "dealer_part_stock", scope))
        newest = arrow.sql(_NEWEST).to_arrow_table()
        if not newest.num_rows:
            return with_promises(session, _nothing_counted(), scope)
        replaced_by = replacements(session)
        arrow.register("newest", to_live_numbers(newest, replaced_by))
        arrow.register("counted", arrow.sql(_COUNTED).to_arrow_table())
        shipments = _of_scope(session, "part_shipment", scope)
        arrow.register("shipments", to_live_numbers(shipments, replaced_by))
        since = pc.min(newest["as_of"]).as_py()
        arrow.register("taken", fitted_kits(session, since + timedelta(days=1), scope))
        return with_promises(session, arrow.sql(_SINCE).to_arrow_table(), scope)


def _nothing_counted() -> pa.Table:
    names = ("on_hand", "on_order", "came")
    return pa.schema(
        [("dealer_code", pa.string()), ("part_no", pa.string()), *((name, pa.float64()) for name in names)]
    ).empty_table()  # fmt: skip


def orders(session: Session, scope: Scope = ALL, *, on: date | None = None) -> pa.Table:
    """Return one line a dealer and part: on hand, on order, booked, base stock, and the quantity to order now.

    One formula gives the order; base stock covers walk-ins over lead time and review, ``booked_q95`` what the booked visits take, both
    at the service level (``booked`` is its mean). Walk-ins are the share of open vehicles without a booked visit that the follow-ups
    state or have learned since (``plans.stated``), by the settings of the day ``on``. No other dealer's rows are read than the scope's.
    """
    with _booked(session, scope, on) as arrow:
        arrow.register("booked", arrow.sql(_summed("booked_kit")).to_arrow_table())
        visits = arrow.sql(_VISITS).to_arrow_table()
        arrow.register(
            "open_rows",
            session.read(
                _OPEN.format(scope=scope.of("v.dealer_code")), _OPEN_SCHEMA, **scope.values
            ),
        )
        somewhere = _BOOKED_SOMEWHERE.format(scope=scope.of_vehicle("a.vin"))
        booked = session.read(somewhere, pa.schema([("vin", pa.string())]), **scope.values)
        arrow.register("booked_somewhere", booked)
        arrow.register("open_vehicle", arrow.sql(_OPEN_VEHICLES).to_arrow_table())
        _register_kits(session, arrow, "open_vehicle")
        arrow.register("walk_in", _rates_table(session, arrow, on))
        open_sums = _summed(
            "open_vehicle join visit_kits using (bundle, model)",
            rates="join walk_in using (bundle)",
            rate="if(booked, 0, rate)",
        )
        arrow.register("open", arrow.sql(open_sums).to_arrow_table())
        arrow.register("newest", counted_stock(session, scope))
        arrow.register("part", tables.read(session, "part"))
        walk_ins = arrow.sql(_WALK_INS).to_arrow_table()
        return _with_orders(arrow.sql(_POSITIONS).to_arrow_table(), visits, walk_ins)


@contextmanager
def _booked(
    session: Session, scope: Scope, on: date | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open DuckDB with the scope's ``booked_vehicle`` (of a day, its whole visits) and the ``booked_kit`` rows that they hold."""
    counts = tables.read(
        session, "dealer_part_stock", "dealer_code", "part_no", "as_of", where=scope.of("dealer_code"), **scope.values
    )  # fmt: skip
    with arrow_sql() as arrow:
        booked = (
            booked_vehicles(session, scope)
            if on is None
            else whole_booked_vehicles(session, scope, on)
        )
        arrow.register("booked_vehicle", booked)
        _register_kits(session, arrow, "booked_vehicle")
        arrow.register("counts", to_live_numbers(counts, replacements(session)))
        arrow.register("counted_on", arrow.sql(_COUNTED_ON).to_arrow_table())
        arrow.register("booked_kit", arrow.sql(_BOOKED_KITS).to_arrow_table())
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


def _summed(kits: str, rates: str = "", rate: str = "0") -> str:
    return _SUMS.format(kits=kits, rates=rates, rate=rate)


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
