"""The vehicles that dealers have booked, and the hours that their visits take: each vehicle once a dealer, its campaigns in one visit.

Booked are appointments not yet done: those that stand and those that have arrived, for what is left to do of them: a campaign that was
done before the visit is off it (``ledger.standing_visits``). Kits and hours are counted from the same rows; hours are those of the whole
visit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.ledger.standing_visits import DoneOfVisit, done_of_visits, not_booked_anew
from renotify.values.arrow_sql import arrow_sql
from renotify.visits.needs import needs
from renotify.visits.whole_visits import whole_visits

_BOOKED = f"""
    select a.dealer_code, a.vin, a.campaign_codes, a.start, a.status, coalesce(v.model, '') as model,
           coalesce(a.booked_on, a.first_loaded_on) as made_on
    from appointment a left join vehicle v on v.vin = a.vin
    where a.status in ('booked', 'arrived') and {not_booked_anew("a")} and {{scope}}"""
# One row a vehicle at a dealer: its campaigns as a bundle. Who is served first is decided by the day and hour of the visit, then by when
# it was booked (``turn``).
_BOOKED_VEHICLES = """
    select dealer_code, vin, any_value(model) as model, min(day) as booked_on, max(day) as last_on, min(turn) as turn,
           bool_or(arrived) as arrived, string_agg(distinct campaign_code, '+' order by campaign_code) as bundle
    from (select dealer_code, vin, model, status = 'arrived' as arrived, cast(left(start, 10) as date) as day,
                 left(start, 16) || ' ' || coalesce(cast(made_on as varchar), '9999-12-31') as turn,
                 unnest(string_split(campaign_codes, ';')) as campaign_code from booked_rows)
    anti join done_of_visit using (vin, campaign_code) group by dealer_code, vin"""
_SCHEMA = pa.schema(
    [
        (name, pa.string())
        for name in ("dealer_code", "vin", "campaign_codes", "start", "status", "model")
    ]
    + [("made_on", pa.date32())]
)


_DONE_SCHEMA = pa.schema([(name, pa.string()) for name in DoneOfVisit._fields])


class BookedWeek(NamedTuple):
    """The visits that a dealer has booked in a week, and their technician hours."""

    dealer_code: str
    week: date  # its Monday
    visits: int
    hours: float


def booked_vehicles(session: Session, scope: Scope = ALL) -> pa.Table:
    """Return the booked vehicles of a scope: dealer_code, vin, model, booked_on and last_on (the day of the visit, and of the last of
    several), ``turn``, by which those of one day are served, ``arrived``, bundle: what of it is left to do. A visit of which all is done,
    and one in whose place another was booked since, is none. Asked for once of a snapshot.
    """
    return session.remembered(_booked_vehicles, scope)


def _booked_vehicles(session: Session, scope: Scope) -> pa.Table:
    own = scope.of("a.dealer_code")
    booked = _BOOKED.format(scope=own)
    done = [one._asdict() for one in done_of_visits(session, own, **scope.values)]
    with arrow_sql() as arrow:
        arrow.register("done_of_visit", pa.Table.from_pylist(done, _DONE_SCHEMA))
        arrow.register("booked_rows", session.read(booked, _SCHEMA, **scope.values))
        return arrow.sql(_BOOKED_VEHICLES).to_arrow_table()


def whole_booked_vehicles(session: Session, scope: Scope, on: date) -> pa.Table:
    """Return the ``booked_vehicles`` with all that a visit does, known on a day (``whole_visits``). Asked for once of a snapshot."""
    return session.remembered(_whole_booked_vehicles, scope, on)


def _whole_booked_vehicles(session: Session, scope: Scope, on: date) -> pa.Table:
    return whole_visits(session, booked_vehicles(session, scope), scope, on)


def booked_hours(
    session: Session, scope: Scope = ALL, *, on: date, but: Sequence[str] = ()
) -> list[BookedWeek]:
    """Return the hours that booked visits take, by dealer and week of the visit, in that order (``visits.needs`` counts a visit).

    A visit is the whole one: what is booked, and what else is open by what is known ``on`` a day (``whole_visits``). ``but``: vehicles
    whose visits are not counted.
    """
    booked = whole_booked_vehicles(session, scope, on)
    if but:
        booked = booked.filter(pc.invert(pc.is_in(booked["vin"], pa.array(but, pa.string()))))
    different = booked.group_by(["bundle", "model"]).aggregate([]).to_pylist()
    visits = needs(session, [(row["bundle"], row["model"]) for row in different]).visits
    hours = pa.table({
        "bundle": pa.array([bundle for bundle, _ in visits], pa.string()),
        "model": pa.array([model for _, model in visits], pa.string()),
        "hours": pa.array([one.hours for one in visits.values()], pa.float64()),
    })  # fmt: skip
    with arrow_sql() as arrow:
        arrow.register("booked_vehicle", booked)
        arrow.register("visit", hours)
        rows = arrow.sql(
            "select dealer_code, cast(date_trunc('week', booked_on) as date) as week, count(*), sum(hours)"
            " from booked_vehicle join visit using (bundle, model) group by 1, 2 order by 1, 2"
        ).fetchall()
    return [BookedWeek(*row) for row in rows]
