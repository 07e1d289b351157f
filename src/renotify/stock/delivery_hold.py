"""Delivery holds: a new vehicle with a recall that is not done is held by law, other stock by policy.

The law is 49 USC 30120(i) and 49 CFR 573.11: a dealer told of a recall may offer a new vehicle, and
may deliver it only when it is remedied. No Federal law holds a used one; the memo (section 5) asks
dealers to repair any vehicle in stock before delivery: a policy, which can be switched off. Whether its owner can be reached by
letter is no question here: a vehicle once reported stolen, or one whose owner's letter came back, is held while its recall is not done.
"""

from __future__ import annotations

import shlex
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import tables
from renotify.ledger.questions import not_deliverable
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql

HOLDS = pa.schema(
    [
        pa.field("dealer_code", pa.string()),
        pa.field("vin", pa.string()),
        pa.field("stock_type", pa.string()),
        pa.field("campaigns", pa.string()),  # codes of those not done, joined by +
        pa.field("basis", pa.string()),  # law | policy
        pa.field("days_in_stock", pa.int64()),
    ]
)

NOT_DONE = pa.schema([(name, pa.string()) for name in ("vin", "campaign_code", "family")])

_HOLDS = """
with held as (
    select s.dealer_code, s.vin, s.stock_type,
           string_agg(o.campaign_code, '+' order by o.campaign_code) campaigns,
           bool_or(o.family = 'safety') recalled, date_diff('day', s.in_date, $on) days_in_stock,
           s.stock_type = 'new' or (s.stock_type = 'demo' and s.unsold) new_in_law
    from in_stock s join not_done o using (vin)
    where s.in_date <= $on and (s.sold_date is null or s.sold_date > $on)
    group by all
), based as (
    select *, case when recalled and new_in_law then 'law' else 'policy' end basis from held
)
select dealer_code, vin, stock_type, campaigns, basis, days_in_stock from based
where basis = 'law' or $hold_used
order by dealer_code, basis, days_in_stock desc, vin
"""


def holds(stock: pa.Table, not_done: pa.Table, *, on: date, hold_used: bool = True) -> pa.Table:
    """Return the vehicles in stock on a day that may not be delivered, a row each (``HOLDS``).

    ``stock`` has dealer_stock's columns and, if known, ``first_sale_date``; ``not_done`` has
    vin, campaign_code, family, a row per campaign that is not done. ``basis`` is ``law`` for a new vehicle with
    a safety or noncompliance recall not done (49 USC 30120(i), 49 CFR 573.11), a demonstrator never
    sold included; ``policy`` for all others, which ``hold_used=False`` lets go. Sold ones are out.
    """
    known = "first_sale_date" in stock.column_names
    unsold = "first_sale_date is null" if known else "false"
    with arrow_sql() as connection:
        connection.register("given_stock", stock)
        connection.register("not_done", not_done.select(NOT_DONE.names).cast(NOT_DONE))
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
    not_done = session.read(
        "select t.vin, t.campaign_code, c.family from dealer_stock s join state t on t.vin = s.vin"
        " join campaign c on c.campaign_code = t.campaign_code"
        f" where t.current and {not_deliverable('t.status')} and {scope.of('s.dealer_code')}",
        NOT_DONE,
        **values,
    )
    return holds(stock, not_done, on=on, hold_used=hold_used)


def held_for(found: pa.Table, *, basis: str = "", campaign: str = "") -> pa.Table:
    """Return those of some holds that have a basis, and that are for a campaign; a blank does not limit."""
    if basis:
        found = found.filter(pc.equal(found["basis"], basis))
    if campaign:
        named = pc.binary_join_element_wise("+", found["campaigns"], "+", "")
        found = found.filter(pc.match_substring(named, f"+{campaign}+"))
    return found


def holds_call(
    *, basis: str, campaign: str = "", area: str = "", dealer: str = "", on: date
) -> str:
    """Return the command that lists holds of a basis, for a campaign, in a scope, on a day."""
    given = {
        "--basis": basis,
        "--campaign": campaign,
        "--area": area,
        "--dealer": dealer,
        "--on": str(on),
    }
    words = [word for option, value in given.items() if value for word in (option, value)]
    return shlex.join(["renotify", "stock", "holds", *words])
