"""Delivery holds: a new vehicle with an open recall is held by law, other stock by policy.

The law is 49 USC 30120(i) and 49 CFR 573.11: a dealer told of a recall may offer a new vehicle, and
may deliver it only when it is remedied. No Federal law holds a used one; the memo (section 5) asks
dealers to repair any vehicle in stock before delivery: a policy, which can be switched off.
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from renotify.ledger import tables
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql

HOLDS = pa.schema(
    [
        pa.field("dealer_code", pa.string()),
        pa.field("vin", pa.string()),
        pa.field("stock_type", pa.string()),
        pa.field("campaigns", pa.string()),  # open campaign codes joined by +
        pa.field("basis", pa.string()),  # law | policy
        pa.field("days_in_stock", pa.int64()),
    ]
)

OPEN = pa.schema([(name, pa.string()) for name in ("vin", "campaign_code", "family")])

_HOLDS = """
with held as (
    select s.dealer_code, s.vin, s.stock_type,
           string_agg(o.campaign_code, '+' order by o.campaign_code) campaigns,
           bool_or(o.family = 'safety') recalled, date_diff('day', s.in_date, $on) days_in_stock,
           s.stock_type = 'new' or (s.stock_type = 'demo' and s.unsold) new_in_law
    from in_stock s join open_campaigns o using (vin)
    where s.in_date <= $on and (s.sold_date is null or s.sold_date > $on)
    group by all
), based as (
    select *, case when recalled and new_in_law then 'law' else 'policy' end basis from held
)
select dealer_code, vin, stock_type, campaigns, basis, days_in_stock from based
where basis = 'law' or $hold_used
order by dealer_code, basis, days_in_stock desc, vin
"""


def holds(stock: pa.Table, open_by_vin: pa.Table, *, on: date, hold_used: bool = True) -> pa.Table:
    """Return the vehicles in stock on a day that may not be delivered, a row each (``HOLDS``).

    ``stock`` has dealer_stock's columns and, if known, ``first_sale_date``; ``open_by_vin`` has
    vin, campaign_code, family, a row per open campaign. ``basis`` is ``law`` for a new vehicle with
    an open safety or noncompliance recall (49 USC 30120(i), 49 CFR 573.11), a demonstrator never
    sold included; ``policy`` for all others, which ``hold_used=False`` lets go. Sold ones are out.
    """
    known = "first_sale_date" in stock.column_names
    unsold = "first_sale_date is null" if known else "false"
    with arrow_sql() as connection:
        connection.register("given_stock", stock)
        connection.register("open_campaigns", open_by_vin.select(OPEN.names).cast(OPEN))
        connection.execute(
            f"create temporary view in_stock as select *, {unsold} as unsold from given_stock"
        )
        found = connection.sql(_HOLDS, params={"on": on, "hold_used": hold_used}).to_arrow_table()
    return found.cast(HOLDS)


def holds_of(session: Session, scope: Scope = ALL, *, on: date, hold_used: bool = True) -> pa.Table:
    """Return the delivery holds of a scope's dealers on a day (memo, section 5); no other dealer's stock is read."""
    values = scope.values
    fields = [*tables.schema("dealer_stock"), tables.schema("vehicle").field("first_sale_date")]
    stock = session.read(
        "select s.*, v.first_sale_date from dealer_stock s"
        f" left join vehicle v on v.vin = s.vin where {scope.of('s.dealer_code')}",
        pa.schema(fields),
        **values,
    )
    open_by_vin = session.read(
        "select t.vin, t.campaign_code, c.family from dealer_stock s join state t on t.vin = s.vin"
        " join campaign c on c.campaign_code = t.campaign_code"
        f" where t.current and t.status = 'open' and {scope.of('s.dealer_code')}",
        OPEN,
        **values,
    )
    return holds(stock, open_by_vin, on=on, hold_used=hold_used)
