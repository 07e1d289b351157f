"""How far each campaign is: the counts of 49 CFR 573.7(b)(3) to (5), now or at any past instant.

The identity involved = repaired + inspected_ok + unreachable + removed + open holds in every row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Literal

import pyarrow as pa

from renotify.errors import WrongUse
from renotify.ledger import fold, registry, tables
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session

By = Literal["campaign", "area", "dealer"]
NOWHERE = "(none)"
STATUSES = ("repaired", "inspected_ok", "removed", "open")
_KEYS = {"campaign": (), "area": ("area",), "dealer": ("area", "dealer")}
_PLACES = {
    "area": f"coalesce(nullif(d.area_code, ''), '{NOWHERE}')",
    "dealer": f"coalesce(nullif(v.dealer_code, ''), '{NOWHERE}')",
}


def counts(
    session: Session,
    *,
    by: By = "campaign",
    campaign: str | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
    scope: Scope = ALL,
) -> list[dict[str, Any]]:
    """Return involved, repaired, inspected_ok, unreachable by reason, removed and open vehicles.

    One row a campaign, or a campaign and area, or a campaign, area and dealer, in order of code.
    ``as_of`` counts what had happened by the end of a day, ``known_at`` what had been recorded by
    an instant; a vehicle belongs to the area and dealer of today's record. A campaign without a
    population is a row of zeros. Raises UnknownName.
    """
    if by not in _KEYS:
        raise WrongUse(f"Counts cannot be taken by {by!r}.", f"Take them by {', '.join(_KEYS)}.")
    known = registry.campaigns(session, [campaign] if campaign else None)
    part = fold.AsOf(scope=scope, campaign=campaign or "", as_of=as_of, known_at=known_at)
    counted = _count(session, by, part)
    rows = [_row(row, _KEYS[by]) for row in counted.to_pylist() if row["campaign"] in known]
    if by == "campaign":
        missing = known.keys() - {row["campaign"] for row in rows}
        rows += [_row({"campaign": code, "involved": 0}, ()) for code in missing]
        for row in rows:
            row["stated_involved"] = known[row["campaign"]].involved
    return sorted(rows, key=lambda row: [row[key] for key in ("campaign", *_KEYS[by])])


def _count(session: Session, by: By, part: fold.AsOf) -> pa.Table:
    states = "state"
    if part.as_of or part.known_at:
        fold.prepare(session, part)
        states = f"({fold.folded(part)})"
    places = {key: _PLACES[key] for key in _KEYS[by]}
    sums = {status: f"status = '{status}'" for status in STATUSES}
    sums |= {reason: f"status = 'unreachable' and reason = '{reason}'" for reason in fold.REASONS}
    columns = [f"{sql} as {key}" for key, sql in places.items()]
    columns += [f"sum(case when {sql} then 1 else 0 end) as {key}" for key, sql in sums.items()]
    of_campaign = "and s.campaign_code = :campaign" if part.campaign else ""
    return session.read(
        f"select campaign_code as campaign, count(*) as involved, {', '.join(columns)}"
        f" from {_states_with_places(states, part.scope, joined=bool(places))} and s.current {of_campaign}"
        f" group by {', '.join(['campaign_code', *places.values()])}",
        _schema(("campaign", *places), ("involved", *sums)),
        **part.values,
        **part.scope.values,
    )


def _states_with_places(states: str, scope: Scope, *, joined: bool) -> str:
    """Return FROM and the start of a WHERE: states ``s``, and where needed their vehicle ``v`` and its dealer ``d``.

    In a scope its vehicles come first, so that no other dealer's states are read; "cross join" keeps SQLite to that.
    """
    dealer = "left join dealer d on d.dealer_code = v.dealer_code" if joined else ""
    if not scope.is_all:
        own = f"vehicle v cross join {states} s {dealer}"
        return f"{own} where s.vin = v.vin and {scope.of('v.dealer_code')}"
    return (
        f"{states} s left join vehicle v on v.vin = s.vin {dealer} where true"
        if joined
        else f"{states} s where true"
    )


def _schema(names: Iterable[str], numbers: Iterable[str]) -> pa.Schema:
    texts = [pa.field(name, pa.string()) for name in names]
    return pa.schema(texts + [pa.field(name, pa.int64()) for name in numbers])


def _row(counted: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    row = {name: counted[name] for name in ("campaign", *keys, "involved")}
    row |= {name: counted.get(name, 0) for name in STATUSES}
    row["unreachable"] = {reason: counted.get(reason, 0) for reason in fold.REASONS}
    row["completion"] = completion(row)
    return row


def completion(row: dict[str, Any]) -> float:
    """Return remedied vehicles (repaired, or inspected without need) over vehicles of the campaign.

    A vehicle removed from the campaign is not of it; an unreachable one is (49 USC 30120(k): the
    total and the percent remedied; 573.7(b)(5) reports the unreachable beside it, not out of it).
    From 0 to 1; 0 where no vehicle is left.
    """
    left = row["involved"] - row["removed"]
    return float((row["repaired"] + row["inspected_ok"]) / left) if left else 0.0


def open_vehicles(
    session: Session, *, campaigns: Sequence[str] | None = None, scope: Scope = ALL
) -> pa.Table:
    """Return the open (vin, campaign_code, remedy_version, since), of some campaigns or all, of the dealers of a scope."""
    where, values = in_campaigns(campaigns)
    columns = ("vin", "campaign_code", "remedy_version", "since")
    # In a scope each vehicle's states are found by its VIN: the empty text keeps SQLite from the index of open states.
    status = "s.status" if scope.is_all else "s.status || ''"
    return session.read(
        f"select {', '.join(f's.{name}' for name in columns)}"
        f" from {_states_with_places('state', scope, joined=False)}"
        f" and s.current and {status} = 'open' and {where}",
        pa.schema([tables.schema("state").field(name) for name in columns]),
        **values,
        **scope.values,
    )


def vehicles_of(scope: Scope, vin: str) -> str:
    """Return the SQL condition that a VIN is a vehicle of the scope's dealers; pass ``scope.values`` beside it."""
    if scope.is_all:
        return "true"
    return f"{vin} in (select vin from vehicle where {scope.of('dealer_code')})"


def in_campaigns(campaigns: Sequence[str] | None) -> tuple[str, dict[str, str]]:
    """Return a condition on campaign_code with its values; without campaigns it holds for all."""
    if campaigns is None:
        return "true", {}
    names = [f"code_{number}" for number in range(len(campaigns))]
    listed = ", ".join(f":{name}" for name in names) or "null"
    return f"campaign_code in ({listed})", dict(zip(names, campaigns, strict=True))
