"""Vehicles that dealers sold from stock before a campaign was done: a new one against the law, others against our policy.

49 USC 30120(i) and 49 CFR 573.11 let a dealer that was told of a recall deliver a new vehicle only when it is remedied; the memo
(section 5) asks the same of any vehicle in stock. The dealer alone knows who bought it: while no newer owner is on record nobody is
written to, least of all whoever had it before.
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from renotify.ledger import tables
from renotify.ledger.holders import RECORD, beside, holders
from renotify.ledger.questions import not_done
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql

SOLD = pa.schema(
    [
        pa.field("dealer_code", pa.string()),
        pa.field("vin", pa.string()),
        pa.field("stock_type", pa.string()),
        pa.field(
            "campaigns", pa.string()
        ),  # codes of those not done on the day of the sale, joined by +
        pa.field("basis", pa.string()),  # law | policy
        pa.field("sold_date", pa.date32()),
        pa.field("still_open", pa.string()),  # codes of those not done yet, joined by +
        pa.field("holder_known", pa.bool_()),
    ]
)
_NEW_IN_LAW = "s.stock_type = 'new' or (s.stock_type = 'demo' and not coalesce(v.first_sale_date < s.sold_date, false))"
# Of each campaign of a vehicle sold: was it there on the day of the sale, and when was it done?
_READ = f"""
    select s.dealer_code, s.vin, s.stock_type, s.sold_date, t.campaign_code, c.family,
        case when {_NEW_IN_LAW} then 1 else 0 end as new_in_law, case when {not_done("t.status")} then 1 else 0 end as still_open
    from dealer_stock s join state t on t.vin = s.vin join campaign c on c.campaign_code = t.campaign_code
    left join vehicle v on v.vin = s.vin
    where s.sold_date <= :on and t.current and t.added_on <= s.sold_date and (c.filed_date is null or c.filed_date <= s.sold_date)
        and ({not_done("t.status")} or t.status in ('repaired', 'inspected_ok') and t.since > s.sold_date) and """
_ROW = pa.schema(
    [
        (name, pa.string())
        for name in ("dealer_code", "vin", "stock_type", "campaign_code", "family")
    ]
    + [("sold_date", pa.date32()), ("new_in_law", pa.bool_()), ("still_open", pa.bool_())]
)
_SOLD = """
    with vehicle as (
        select dealer_code, vin, stock_type, sold_date, string_agg(campaign_code, '+' order by campaign_code) as campaigns,
            if(bool_or(new_in_law and family = 'safety'), 'law', 'policy') as basis,
            coalesce(string_agg(campaign_code, '+' order by campaign_code) filter (still_open), '') as to_be_done
        from sold group by all)
    select v.* rename (to_be_done as still_open), vin in (select vin from holder where holds) as holder_known
    from vehicle v order by to_be_done = '', basis, dealer_code, sold_date, vin"""
_SOLD_VIN = "sold_vin"


def sold_while_open(session: Session, scope: Scope = ALL, *, on: date) -> pa.Table:
    """Return the vehicles (``SOLD``) that a scope's dealers sold until a day with a campaign not done, those still open first.

    ``basis`` is ``law`` for a new vehicle, a demonstrator never sold included, with a safety or noncompliance recall (49 USC 30120(i),
    49 CFR 573.11); ``policy`` for all others. Counts what had been filed and was not done on the day of the sale, done since or not.
    ``holder_known``: somebody is on record who has the vehicle now, and is written to.
    """
    rows = session.read(_READ + scope.of("s.dealer_code"), _ROW, on=on, **scope.values)
    session.stage(_SOLD_VIN, rows.select(["vin"]).group_by(["vin"]).aggregate([]))
    among = f"vin in (select vin from {_SOLD_VIN})"
    records = tables.read(session, "owner", *RECORD, where=among)
    with arrow_sql() as arrow:
        arrow.register("sold", rows)
        arrow.register("holder", holders(records, on, beside(session, on, among)))
        return arrow.sql(_SOLD).to_arrow_table().select(SOLD.names).cast(SOLD)
