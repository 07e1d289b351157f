"""Vehicles that have just become a dealer's matter: taken into stock with a campaign open, or under a new one in stock or just sold.

The state of a campaign is kept by the load that brings it, so that whoever asks after a night's load sees its flags the next morning.
"""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa

from renotify.ledger.questions import not_done
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql

WEEKS = 8  # that a flag stands, and that a sale is a late one
FLAGS = pa.schema(
    [("dealer_code", pa.string()), ("vin", pa.string()), ("stock_type", pa.string()), ("campaigns", pa.string()), ("flag", pa.string()),
     ("since", pa.date32()), ("in_date", pa.date32()), ("sold_date", pa.date32())]
)  # fmt: skip
TAKEN_IN, IN_STOCK, SOLD = "taken_in", "in_stock", "sold"
_READ = pa.schema(
    [("dealer_code", pa.string()), ("vin", pa.string()), ("stock_type", pa.string()), ("in_date", pa.date32()), ("sold_date", pa.date32()),
     ("campaign_code", pa.string()), ("added_on", pa.date32())]
)  # fmt: skip
# A flag is of the day on which the two came together: the later of the day in stock and the day under the campaign.
_FLAGS = f"""
    with met as (
        select *, case when sold_date is not null and sold_date <= $on and added_on > sold_date then '{SOLD}'
            when sold_date is not null and sold_date <= $on then null
            when added_on > in_date then '{IN_STOCK}' else '{TAKEN_IN}' end as flag,
            greatest(in_date, added_on) as day from stock where in_date <= $on and added_on <= $on)
    select dealer_code, vin, stock_type, string_agg(campaign_code, '+' order by campaign_code) as campaigns, flag, max(day) as since,
        in_date, sold_date
    from met where flag is not null and day >= $first and (flag <> '{SOLD}' or sold_date >= $first)
    group by dealer_code, vin, stock_type, flag, in_date, sold_date order by since desc, vin, flag"""


def came_under(session: Session, scope: Scope = ALL, *, on: date) -> pa.Table:
    """Return the flags of a scope's dealers on a day (``FLAGS``), the newest first; each stands for ``WEEKS`` weeks or until it is done.

    ``taken_in``: it came into stock with the campaign open; ``in_stock``: the campaign came while it stood there; ``sold``: it came after
    the sale, and the dealer knows who has it. Vehicles sold while the campaign was open already are ``sold_while_open``.
    """
    first = on - timedelta(weeks=WEEKS)
    rows = session.read(
        "select s.dealer_code, s.vin, s.stock_type, s.in_date, s.sold_date, t.campaign_code, t.added_on"
        " from dealer_stock s join state t on t.vin = s.vin"
        f" where t.current and {not_done('t.status')} and {scope.of('s.dealer_code')}",
        _READ,
        **scope.values,
    )
    with arrow_sql() as arrow:
        arrow.register("stock", rows)
        found = arrow.sql(_FLAGS, params={"on": on, "first": first}).to_arrow_table()
    return found.select(FLAGS.names).cast(FLAGS)
