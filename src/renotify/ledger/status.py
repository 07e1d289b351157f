"""How far each campaign is: the counts of 49 CFR 573.7(b)(3) to (5), now or at any past instant.

The identity involved = repaired + inspected_ok + unreachable + removed + open holds in every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from renotify.errors import WrongUse
from renotify.ledger import fold, registry
from renotify.ledger.kinds import Reason
from renotify.ledger.scope import ALL, NOWHERE, Scope
from renotify.ledger.session import Session

if TYPE_CHECKING:
    import pyarrow as pa

By = Literal["campaign", "area", "dealer"]
STATE = "state"  # the table that keeps the fold of today
STATUSES = ("repaired", "inspected_ok", "removed", "open")
_BEST_FIRST = ("repaired", "inspected_ok", "open", "unreachable", "removed")
_KEYS: dict[str, tuple[str, ...]] = {
    "campaign": (),
    "area": ("area",),
    "dealer": ("area", "dealer"),
}
_PLACES = {
    "area": f"coalesce(nullif(d.area_code, ''), '{NOWHERE}')",
    "dealer": f"coalesce(nullif(v.dealer_code, ''), '{NOWHERE}')",
}


class Count(NamedTuple):
    """Vehicles of a campaign, of an area or dealer where they are named; ``stated_involved`` is the campaign's own figure."""

    campaign: str
    area: str
    dealer: str
    involved: int
    repaired: int
    inspected_ok: int
    removed: int
    open: int
    export: int
    theft: int
    scrapping: int
    failure_to_receive: int
    other: int
    stated_involved: int | None = None

    @property
    def done(self) -> int:
        """Vehicles remedied: repaired, or inspected without need."""
        return self.repaired + self.inspected_ok

    @property
    def reasons(self) -> dict[str, int]:
        """Unreachable vehicles by reason, in the order of 573.7(b)(5)."""
        return {str(reason): int(getattr(self, reason)) for reason in Reason}

    @property
    def unreachable(self) -> int:
        return sum(self.reasons.values())

    @property
    def completion(self) -> float:
        """Remedied vehicles over vehicles of the campaign: from 0 to 1; 0 where no vehicle is left.

        A vehicle removed from the campaign is not of it; an unreachable one is (49 USC 30120(k): the
        total and the percent remedied; 573.7(b)(5) reports the unreachable beside it, not out of it).
        """
        left = self.involved - self.removed
        return self.done / left if left else 0.0

    def plus(self, other: Count) -> Count:
        """Return the counts of these vehicles and of others together; whose they are, and what is stated, is said of these."""
        summed = {
            name: getattr(self, name) + getattr(other, name)
            for name in ("involved", *STATUSES, *fold.REASONS)
        }
        return self._replace(**summed)

    def document(self, by: By = "campaign") -> dict[str, Any]:
        """Return the row of ``renotify status --json``."""
        row: dict[str, Any] = {
            name: getattr(self, name) for name in ("campaign", *_KEYS[by], "involved", *STATUSES)
        }
        row |= {"unreachable": self.reasons, "completion": self.completion}
        return row | ({"stated_involved": self.stated_involved} if by == "campaign" else {})


def counts(
    session: Session,
    *,
    by: By = "campaign",
    campaign: str | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
    scope: Scope = ALL,
) -> list[Count]:
    """Return involved, repaired, inspected_ok, unreachable by reason, removed and open vehicles.

    One row a campaign, or a campaign and area, or a campaign, area and dealer, in order of code.
    ``as_of`` counts what had happened by the end of a day, ``known_at`` what had been recorded by
    an instant, and ``stated_involved`` is as it was stated then; a vehicle belongs to the area and dealer of today's record.
    A campaign without a population is a row of zeros; one that nobody knew at that instant is none. Raises UnknownName.
    """
    if by not in _KEYS:
        raise WrongUse(f"Counts cannot be taken by {by!r}.", f"Take them by {', '.join(_KEYS)}.")
    known = registry.campaigns(
        session, [campaign] if campaign else None, as_of=as_of, known_at=known_at
    )
    part = fold.AsOf(
        scope=scope, campaigns=(campaign,) if campaign else (), as_of=as_of, known_at=known_at
    )
    states = f"({fold.states(session, part)})" if as_of or known_at else STATE
    rows = _count(session, by, part, states)
    earlier = {row.campaign for row in rows} - known.keys()  # of a ledger that kept no statements
    if earlier:
        known |= registry.campaigns(session, earlier, as_of=as_of, known_at=known_at)
    if by == "campaign":
        missing = known.keys() - {row.campaign for row in rows}
        rows += [Count(code, "", "", *[0] * 10) for code in missing]
        rows = [row._replace(stated_involved=known[row.campaign].involved) for row in rows]
    return sorted(rows, key=lambda row: row[:3])


def counts_of_days(
    session: Session, days: Sequence[date], *, by: By, scope: Scope = ALL
) -> dict[date, list[Count]]:
    """Return the ``counts`` of several days, the earliest first, by day.

    To whom something happened since the first day is looked for once, and all others are counted once.
    """
    part = fold.AsOf(scope=scope, as_of=days[0])
    later = fold.since(session, part)
    if later is None or later.most:
        return {day: counts(session, by=by, as_of=day, scope=scope) for day in days}
    same = _count(session, by, part, f"({fold.unchanged(session, part)})")
    found = {}
    for day in days:
        rows = {row[:3]: row for row in same}
        own = replace(part, as_of=day)
        for row in _count(session, by, own, f"({fold.changed(session, own, later)})"):
            rows[row[:3]] = rows[row[:3]].plus(row) if row[:3] in rows else row
        found[day] = sorted(rows.values(), key=lambda row: row[:3])
    return found


def _count(session: Session, by: By, part: fold.AsOf, states: str) -> list[Count]:
    places = {key: _PLACES[key] for key in _KEYS[by]}
    columns = [f"{places.get(key, repr(''))} as {key}" for key in ("area", "dealer")]
    return session.rows(
        Count,
        f"select campaign_code as campaign, {', '.join(columns)}, {_sums()}"
        f" from {_states_with_places(states, part.scope, joined=bool(places))} and s.current"
        f" and {part.of_campaigns('s')}"
        f" group by {', '.join(['campaign_code', *places.values()])}",
        **part.values,
        **part.scope.values,
    )


def _sums() -> str:
    """Return SQL of the counts of a Count, in its order."""
    sums = {status: f"status = '{status}'" for status in STATUSES}
    sums |= {reason: f"status = 'unreachable' and reason = '{reason}'" for reason in fold.REASONS}
    counted = [
        f"coalesce(sum(case when {sql} then 1 else 0 end), 0) as {key}" for key, sql in sums.items()
    ]
    return f"count(*) as involved, {', '.join(counted)}, cast(null as integer) as stated_involved"


def together(session: Session, part: fold.AsOf, states: str = "") -> Count:
    """Return the counts of several codes as one recall: each vehicle once, as ``each_once`` has it.

    ``states`` are the ``fold.states`` of the part, where the caller has them.
    """
    once = each_once(part, states or fold.states(session, part))
    (counted,) = session.rows(
        Count,
        f"select '' as campaign, '' as area, '' as dealer, {_sums()} from ({once}) s",
        **part.values,
    )
    return counted


def each_once(part: fold.AsOf, states: str) -> str:
    """Return the ``states`` of a part (``fold.states``) as SQL, a row a vehicle, whichever of the codes it stands in.

    Done under either code, it is done; else open under one, it is open; else unreachable; else removed from all.
    """
    if len(part.campaigns) == 1:
        return f"select f.* from ({states}) f where f.current"
    place = " ".join(f"when '{status}' then {n}" for n, status in enumerate(_BEST_FIRST))
    return (
        f"select * from (select f.*, row_number() over (partition by f.vin"
        f" order by case f.status {place} end, f.campaign_code) as place"
        f" from ({states}) f where f.current) ranked where place = 1"
    )


def _states_with_places(states: str, scope: Scope, *, joined: bool) -> str:
    """Return FROM and the start of a WHERE: states ``s``, and where needed their vehicle ``v`` and its dealer ``d``.

    In a scope its vehicles come first, so that no other dealer's states are read; states folded for a past day are the scope's
    already, and come first themselves: they have no index. "cross join" keeps SQLite to that.
    """
    dealer = "left join dealer d on d.dealer_code = v.dealer_code" if joined else ""
    if not scope.is_all:
        kept = states == STATE
        own = f"vehicle v cross join {states} s" if kept else f"{states} s cross join vehicle v"
        return f"{own} {dealer} where s.vin = v.vin and {scope.of('v.dealer_code')}"
    return (
        f"{states} s left join vehicle v on v.vin = s.vin {dealer} where true"
        if joined
        else f"{states} s where true"
    )


def open_vehicles(
    session: Session, *, campaigns: Sequence[str] | None = None, scope: Scope = ALL
) -> pa.Table:
    """Return the open (vin, campaign_code, remedy_version, since), of some campaigns or all, of the dealers of a scope."""
    import pyarrow as pa

    from renotify.ledger import tables

    where, values = in_campaigns(campaigns)
    columns = ("vin", "campaign_code", "remedy_version", "since")
    # In a scope each vehicle's states are found by its VIN: the empty text keeps SQLite from the index of open states.
    status = "s.status" if scope.is_all else "s.status || ''"
    return session.read(
        f"select {', '.join(f's.{name}' for name in columns)}"
        f" from {_states_with_places(STATE, scope, joined=False)}"
        f" and s.current and {status} = 'open' and {where}",
        pa.schema([tables.schema("state").field(name) for name in columns]),
        **values,
        **scope.values,
    )


def in_campaigns(campaigns: Sequence[str] | None) -> tuple[str, dict[str, str]]:
    """Return a condition on campaign_code with its values; without campaigns it holds for all."""
    if campaigns is None:
        return "true", {}
    names = [f"code_{number}" for number in range(len(campaigns))]
    listed = ", ".join(f":{name}" for name in names) or "null"
    return f"campaign_code in ({listed})", dict(zip(names, campaigns, strict=True))
