"""The kits that repairs took, by the dealer and day of the repair: what has left the shelves for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa

from renotify.ledger import registry
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql
from renotify.visits.kits import kits_of_repairs
from renotify.visits.needs import Needs, parts_taken

# A vehicle's state is the outcome of its repair orders, corrections heeded; the order of that day says where it was done.
_REPAIRED = """
    select s.vin as vin, s.campaign_code as campaign_code, s.since as day, coalesce(v.model, '') as model,
        coalesce(min(e.dealer_code), '') as dealer_code
    from state s left join vehicle v on v.vin = s.vin
    left join event e on e.vin = s.vin and e.campaign_code = s.campaign_code and e.kind = 'remedied' and e.occurred_on = s.since
    where s.status = 'repaired' and s.since >= :since
    group by s.vin, s.campaign_code, s.since, v.model"""
_SCHEMA = pa.schema(
    [("vin", pa.string()), ("campaign_code", pa.string()), ("day", pa.date32()), ("model", pa.string()), ("dealer_code", pa.string())]
)  # fmt: skip
_VISITS = """
    select vin, day, dealer_code, any_value(model) as model, string_agg(distinct campaign_code, '+' order by campaign_code) as bundle
    from repaired group by vin, day, dealer_code"""
_FITTED = """
    select dealer_code, part_no, day, sum(kits) as kits
    from repair_visit join visit_kits using (bundle, model) group by all order by all"""


def fitted_kits(session: Session, since: date) -> pa.Table:
    """Return the kits of repairs from a day on: dealer_code (blank: not known), part_no (the live number), day, kits.

    The campaigns done on a vehicle on one day at one dealer are one visit. A repair of a campaign that is inspected first took its
    part; one that was spared is no repair. Earlier versions of a remedy took their kits, too.
    """
    with arrow_sql() as arrow:
        arrow.register("repaired", session.read(_REPAIRED, _SCHEMA, since=since))
        arrow.register("repair_visit", arrow.sql(_VISITS).to_arrow_table())
        pairs = arrow.sql("select distinct bundle, model from repair_visit").fetchall()
        arrow.register("visit_kits", _taken(session, pairs).kits_table())
        return arrow.sql(_FITTED).to_arrow_table()


def _taken(session: Session, pairs: list[tuple[str, str]]) -> Needs:
    """What a repair took, where a plan would count a share: the kits of each pair of bundle and model."""
    known = kits_of_repairs(session)
    codes = {row.campaign_code for row in known.rows}
    inspected = {
        code for code, one in registry.campaigns(session, codes).items() if one.inspect_first
    }
    rows = tuple(
        row._replace(take_rate=1.0) if row.campaign_code in inspected else row for row in known.rows
    )
    taken = replace(known, rows=rows)
    return Needs({}, {}, {pair: parts_taken(*pair, taken) for pair in sorted(pairs)})
