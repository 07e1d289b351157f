"""What else is open on a booked vehicle and is done in the same visit (577.5 calls it one visit): the one rule of a booked visit's work.

A desk's day, its week, the workload, the book of bays and the dealer notices count a visit by it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple

import pyarrow as pa

from renotify.ledger import registry
from renotify.ledger.first_letters import as_free_as_noticed
from renotify.ledger.questions import not_done
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql
from renotify.visits.needs import JOINED, combined
from renotify.visits.work_there import VehicleRow, last_letters, work_is_there

_BOOKED = "a.status in ('booked', 'arrived') and {scope}"
_OPEN = pa.schema([(name, pa.string()) for name in ("vin", "campaign_code")])
_BESIDE = """
    select b.dealer_code, b.vin, b.booked_on, o.campaign_code from booked b join opened o using (vin)
    where not list_contains(string_split(b.bundle, '+'), o.campaign_code) order by all"""


class _Vehicle(NamedTuple):
    vin: str
    make: str
    model: str
    model_year: int | None
    build_date: date | None
    first_sale_date: date | None

    @property
    def row(self) -> VehicleRow:
        return VehicleRow(
            self.make, self.model, self.model_year or 0, "", self.build_date, self.first_sale_date
        )


def also_open(
    session: Session, booked: pa.Table, scope: Scope, on: date
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return by dealer and VIN the campaigns that a visit does beside those booked: open, and their work is there on its day.

    ``booked`` are the scope's ``booked_vehicles``. A visit whose day is before ``on`` comes on that day at the earliest. Vehicles of
    which all that is open is booked, nearly all, are not in it.
    """
    standing = _BOOKED.format(scope=scope.of("a.dealer_code"))
    opened = session.read(
        "select distinct s.vin, s.campaign_code from appointment a join state s on s.vin = a.vin"
        f" where s.current and {not_done('s.status')} and {standing}",
        _OPEN,
        **scope.values,
    )
    with arrow_sql() as arrow:
        arrow.register("booked", booked)
        arrow.register("opened", opened)
        rows = arrow.sql(_BESIDE).fetchall()
    if not rows:
        return {}
    of_booked = f"select a.vin from appointment a where {standing}"
    vehicles = {
        one.vin: one.row
        for one in session.rows(
            _Vehicle,
            "select v.vin, coalesce(v.make, '') as make, coalesce(v.model, '') as model, v.model_year, v.build_date, v.first_sale_date"
            f" from vehicle v where v.vin in ({of_booked})",
            **scope.values,
        )
    }
    letters = last_letters(session, on, f"e.vin in ({of_booked})", **scope.values)
    stated = registry.campaigns(session, {code for *_, code in rows})
    campaigns = as_free_as_noticed(session, stated, on)
    found: dict[tuple[str, str], tuple[str, ...]] = defaultdict(tuple)
    for dealer, vin, day, code in rows:
        if work_is_there(
            campaigns[code], vehicles.get(vin), max(day, on), letters.get((vin, code))
        ):
            found[dealer, vin] += (code,)
    return dict(found)


def whole_visits(session: Session, booked: pa.Table, scope: Scope, on: date) -> pa.Table:
    """Return the ``booked_vehicles`` of a scope, each with the bundle of all that its visit does (``also_open``)."""
    more = also_open(session, booked, scope, on)
    if not more:
        return booked
    keys = zip(
        *(booked[name].to_pylist() for name in ("dealer_code", "vin", "bundle")), strict=True
    )
    bundles = [
        combined([*bundle.split(JOINED), *more.get((dealer, vin), ())])
        for dealer, vin, bundle in keys
    ]
    at = booked.column_names.index("bundle")
    return booked.set_column(at, "bundle", pa.array(bundles, pa.string()))
