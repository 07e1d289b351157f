"""The kits that repairs took, by the dealer and day of the repair: what has left the shelves for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow as pa

from renotify.ledger import registry
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql
from renotify.visits.kits import Kits, kits_of_repairs
from renotify.visits.needs import JOINED, Needs, parts_taken

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
    select dealer_code, part_no, day, sum(kits) as kits, sum(saved) as saved
    from repair_visit join visit_kits using (bundle, model) join visit_saved using (bundle, model, part_no)
    group by all order by all"""
_SAVED = pa.schema(
    [("bundle", pa.string()), ("model", pa.string()), ("part_no", pa.string()), ("saved", pa.float64())]
)  # fmt: skip


def fitted_kits(session: Session, since: date) -> pa.Table:
    """Return the kits of repairs from a day on: dealer_code (blank: not known), part_no (the live number), day, kits, saved.

    The campaigns done on a vehicle on one day at one dealer are one visit. A repair of a campaign that is inspected first took its
    part; one that was spared is no repair. Earlier versions of a remedy took their kits, too. ``saved`` are kits that campaigns of a visit
    take one by one and the visit does not: of a part that two of them share it takes the one with more kits, once.
    """
    with arrow_sql() as arrow:
        arrow.register("repaired", session.read(_REPAIRED, _SCHEMA, since=since))
        arrow.register("repair_visit", arrow.sql(_VISITS).to_arrow_table())
        pairs = arrow.sql("select distinct bundle, model from repair_visit").fetchall()
        taken = _taken(session, pairs)
        arrow.register("visit_kits", taken.kits_table())
        arrow.register("visit_saved", _saved(taken, kits_of_repairs(session)))
        return arrow.sql(_FITTED).to_arrow_table()


def _saved(taken: Needs, known: Kits) -> pa.Table:
    """Return by pair of bundle and model and part (``_SAVED``) the kits of all its campaigns less those of the visit."""
    rows = [
        (
            bundle,
            model,
            part,
            max(sum(own[part].qty for own in alone if part in own) - row.qty, 0.0),
        )
        for (bundle, model), parts in taken.taken.items()
        for alone in [[parts_taken(code, model, known) for code in bundle.split(JOINED)]]
        for part, row in parts.items()
    ]
    columns = zip(*rows, strict=True) if rows else ((),) * 4
    return pa.table(
        [pa.array(one, kind.type) for one, kind in zip(columns, _SAVED, strict=True)], _SAVED
    )


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
