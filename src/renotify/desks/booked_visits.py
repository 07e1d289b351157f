"""The visits that a dealer has booked, as its desk needs them: what is done in each, how long it takes, whether its kits are there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.contact.sentences import told
from renotify.ledger import registry
from renotify.ledger.questions import not_done
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.ledger.standing_visits import something_left, visit_stands
from renotify.parts.kits_of_visits import by_visit
from renotify.visits.booked import booked_vehicles
from renotify.visits.kits import Kits, kits_of_repairs
from renotify.visits.needs import (
    JOINED,
    LabourRow,
    combined,
    dealers_labour,
    hours_by_campaign,
    visit,
    visit_hours,
)
from renotify.visits.whole_visits import also_open

VISITS = pa.schema(
    [("day", pa.date32()), ("time", pa.string()), ("vin", pa.string()), ("vehicle", pa.string()), ("campaigns", pa.string()),
     ("hours", pa.float64()), ("takes", pa.string()), ("kits_state", pa.string()), ("kits_from", pa.date32()), ("lacking", pa.string()),
     ("also_open", pa.string()), ("not_open", pa.string()), ("warning", pa.string()), ("status", pa.string())]
)  # fmt: skip
OVER = pa.schema(
    [("day", pa.date32()), ("time", pa.string()), ("vin", pa.string()), ("campaigns", pa.string()), ("also_open", pa.string())]
)  # fmt: skip
_TO_COME = pa.schema(
    [("dealer_code", pa.string()), ("vin", pa.string()), ("booked_on", pa.date32()), ("bundle", pa.string())]
)  # fmt: skip
_STANDING = visit_stands("a") + " and {scope}"


class _Start(NamedTuple):
    vin: str
    start: str
    status: str
    model: str
    model_year: int | None


class _Open(NamedTuple):
    vin: str
    campaign_code: str


class _Facts(NamedTuple):
    """What the visits of one dealer are judged by."""

    campaigns: Mapping[str, Campaign]
    labour: Sequence[LabourRow]
    kits: Kits


def booked_visits(session: Session, scope: Scope, kits: pa.Table, on: date) -> pa.Table:
    """Return the booked vehicles of a dealer (``VISITS``), those whose day has passed without word too, by day and time.

    ``campaigns`` is what is done in the visit: what is booked, and what else is open and can be done on the day (``also_open``, 577.5
    calls it one visit). ``hours`` are those of the whole visit as the workload plans them; ``takes`` what its letter says, blank where no
    labour time is loaded. ``kits`` are rows of ``kits_of_visits``; ``kits_state`` of a visit is the worst state of its parts, blank
    where it takes none. ``not_open`` are booked campaigns of which the ledger knows nothing on the vehicle; those that are done are off
    the visit.
    """
    starts = _starts(session, scope)
    opened: dict[str, set[str]] = defaultdict(set)
    for one in _open(session, scope):
        opened[one.vin].add(one.campaign_code)
    states = {row["vin"]: row for row in by_visit(kits).to_pylist()} if kits.num_rows else {}
    vehicles = booked_vehicles(session, scope)
    more, booked = also_open(session, vehicles, scope, on), vehicles.to_pylist()
    codes = {code for row in booked for code in row["bundle"].split(JOINED)}
    codes |= {code for several in opened.values() for code in several}
    facts = _Facts(
        registry.campaigns(session, codes), dealers_labour(session), kits_of_repairs(session)
    )
    rows = [
        _row(
            starts[row["vin"]],
            row,
            opened[row["vin"]],
            more.get((row["dealer_code"], row["vin"]), ()),
            states.get(row["vin"], {}),
            facts,
        )
        for row in booked
    ]
    rows.sort(key=lambda row: (row["day"], row["time"], row["vin"]))
    return pa.Table.from_pylist(rows, VISITS)


class _Over(NamedTuple):
    dealer_code: str
    vin: str
    start: str
    campaign_codes: str


def visits_over(session: Session, scope: Scope, first: date) -> pa.Table:
    """Return the booked visits from a day on of which all was done before (``OVER``), and the dealer's own book still has them.

    Nobody needs to come, but for what is ``also_open`` on the vehicle and can be done on the day: that the visit may do.
    """
    found = session.rows(
        _Over,
        "select a.dealer_code, a.vin, a.start, a.campaign_codes from appointment a where a.status = 'booked' and a.start >= :first"
        f" and not {something_left('a')} and {scope.of('a.dealer_code')} order by a.start, a.vin",
        first=first.isoformat(),
        **scope.values,
    )
    bundles = [combined(one.campaign_codes.split(";")) for one in found]
    days = [date.fromisoformat(one.start[:10]) for one in found]
    to_come = [
        {"dealer_code": one.dealer_code, "vin": one.vin, "booked_on": day, "bundle": bundle}
        for one, day, bundle in zip(found, days, bundles, strict=True)
    ]
    standing = set(booked_vehicles(session, scope)["vin"].to_pylist()) if found else set()
    more = also_open(session, pa.Table.from_pylist(to_come, _TO_COME), scope, first) if found else {}  # fmt: skip
    rows = [
        {
            "day": day, "time": one.start[11:16], "vin": one.vin, "campaigns": bundle,
            "also_open": "" if one.vin in standing else combined(more.get((one.dealer_code, one.vin), ())),
        }
        for one, day, bundle in zip(found, days, bundles, strict=True)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, OVER)


def _starts(session: Session, scope: Scope) -> dict[str, _Start]:
    """Return when each booked vehicle of a dealer comes first, and what it is."""
    rows = session.rows(
        _Start,
        "select a.vin, min(a.start) as start, max(a.status) as status, coalesce(v.model, '') as model, v.model_year"
        " from appointment a left join vehicle v on v.vin = a.vin"
        f" where {_STANDING.format(scope=scope.of('a.dealer_code'))}"
        " group by a.vin, v.model, v.model_year",
        **scope.values,
    )
    return {row.vin: row for row in rows}


def _open(session: Session, scope: Scope) -> list[_Open]:
    """Return the campaigns that booked vehicles are not done for."""
    return session.rows(
        _Open,
        "select distinct s.vin, s.campaign_code from appointment a join state s on s.vin = a.vin"
        f" where s.current and {not_done('s.status')} and {_STANDING.format(scope=scope.of('a.dealer_code'))}",
        **scope.values,
    )


def _row(
    start: _Start,
    booked: Mapping[str, Any],
    opened: Collection[str],
    more: Sequence[str],
    kits: Mapping[str, Any],
    facts: _Facts,
) -> dict[str, Any]:
    """Return a booked vehicle as its desk reads it."""
    codes = booked["bundle"].split(JOINED)
    whole = [*codes, *more]
    hours = visit_hours(whole, hours_by_campaign(whole, start.model, facts.labour))
    return {
        "day": booked["booked_on"],
        "time": start.start[11:16],
        "vin": start.vin,
        "vehicle": f"{start.model_year or ''} {start.model}".strip(),
        "campaigns": combined(codes),
        "hours": visit(combined(whole), start.model, facts.labour, facts.kits).hours,
        "takes": told(hours) if hours else "",
        "kits_state": kits.get("state", ""),
        "kits_from": kits.get("kits_from"),
        "lacking": kits.get("lacking", ""),
        "also_open": combined(more),
        "not_open": combined(set(codes) - set(opened)),
        "warning": ", ".join(_warnings([facts.campaigns[code] for code in opened])),
        "status": start.status,
    }


def _warnings(campaigns: Sequence[Campaign]) -> Iterator[str]:
    if any(one.do_not_drive for one in campaigns):
        yield "do not drive"
    if any(one.park_outside for one in campaigns):
        yield "park outside"
