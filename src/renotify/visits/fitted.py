"""The kits that repairs took, by the dealer and day of the repair: what has left the shelves for good."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql
from renotify.visits.kits import Kits, kits_of_repairs
from renotify.visits.needs import JOINED, Needs, parts_taken
from renotify.visits.repair_visits import REPAIRED, rows_taken

_SCHEMA = pa.schema(
    [("vin", pa.string()), ("campaign_code", pa.string()), ("day", pa.date32()), ("model", pa.string()), ("dealer_code", pa.string())]
)  # fmt: skip
_VISITS = """
    select vin, day, dealer_code, any_value(model) as model, string_agg(distinct campaign_code, '+' order by campaign_code) as bundle
    from repaired group by vin, day, dealer_code"""
_FITTED = """
    select dealer_code, part_no, day, sum(kits) as kits, sum(saved) as saved,
        sum(least) as least, sum(qty) as most
    from repair_visit join visit_kits using (bundle, model) join visit_saved using (bundle, model, part_no)
    group by all order by all"""
_SAVED = pa.schema(
    [("bundle", pa.string()), ("model", pa.string()), ("part_no", pa.string()), ("saved", pa.float64()), ("least", pa.float64())]
)  # fmt: skip


def fitted_kits(session: Session, since: date, scope: Scope = ALL) -> pa.Table:
    """Return kits of repairs at a scope's dealers from a day on by dealer_code (blank: not known), part_no (live), day.

    Columns are these three, kits, saved, least and most. The campaigns done on a vehicle on one day at one dealer are one visit. A repair
    of a campaign that is inspected first took its part; one that was spared is no repair. Earlier versions of a remedy took their kits,
    too. ``saved`` are kits that campaigns of a visit take one by one and the visit does not: of a part that two of them share it takes the
    one with more kits, once. Of a part that is planned for a share of repairs (``take_rate``) ``kits`` are what is taken to be fitted: what
    was lies between ``least`` and ``most``.
    """
    repaired = REPAIRED.format(scope=scope.of("e.dealer_code"))
    with arrow_sql() as arrow:
        arrow.register("repaired", session.read(repaired, _SCHEMA, since=since, **scope.values))
        arrow.register("repair_visit", arrow.sql(_VISITS).to_arrow_table())
        pairs = arrow.sql("select distinct bundle, model from repair_visit").fetchall()
        taken = Needs({}, {}, rows_taken(session, pairs))
        arrow.register("visit_kits", taken.kits_table())
        arrow.register("visit_saved", _saved(taken, kits_of_repairs(session)))
        return arrow.sql(_FITTED).to_arrow_table()


def _saved(taken: Needs, known: Kits) -> pa.Table:
    """Return by pair of bundle and model and part (``_SAVED``) the kits saved, and those taken for sure."""
    rows = [
        (
            bundle,
            model,
            part,
            max(sum(own[part].qty for own in alone if part in own) - row.qty, 0.0),
            row.qty if all(own[part].take_rate == 1 for own in alone if part in own) else 0.0,
        )
        for (bundle, model), parts in taken.taken.items()
        for alone in [[parts_taken(code, model, known) for code in bundle.split(JOINED)]]
        for part, row in parts.items()
    ]
    columns = zip(*rows, strict=True) if rows else ((),) * 5
    return pa.table(
        [pa.array(one, kind.type) for one, kind in zip(columns, _SAVED, strict=True)], _SAVED
    )
