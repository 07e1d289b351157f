"""An area manager's month: its dealers by who needs help, and why; this week and the three behind it, against the four before.

Every reason is counted in vehicles, so that one can be held against another: visits without kits, visits that wait too long, visits that
come to a dealer without a receipt, vehicles held too long, and repairs that lack at the area's own pace. A dealer's place is their sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import pyarrow as pa

from renotify.desks.dealer_days import DealerName, to_acknowledge
from renotify.desks.reasons import OVERDUE_DAYS, DealerFigures, Reason, reasons_of
from renotify.desks.weeks_ahead import beside_them, weeks_ahead
from renotify.ledger import follow_ups, registry
from renotify.ledger.kinds import Status
from renotify.ledger.scope import Scope, area_scope
from renotify.ledger.session import Session
from renotify.ledger.status import Count, counts_of_days
from renotify.parts.kit_state import KitState
from renotify.parts.kits_of_visits import KITS, kits_of_visits
from renotify.stock.delivery_hold import holds_of
from renotify.values.arrow_sql import arrow_sql
from renotify.values.calendar import monday_of
from renotify.vehicle_lists.asked import Asked, command

WEEKS = 4  # of a month, ahead and behind
LOOKED_AT = (4, 2, 0)  # weeks ago, the earliest first: what happened since is looked for once
DEALERS = pa.schema(
    [("rank", pa.int64()), ("dealer", pa.string()), ("name", pa.string()), ("vehicles_concerned", pa.float64()), ("why", pa.string()),
     ("open", pa.int64()), ("completion", pa.float64()), ("completion_before", pa.float64()), ("done_since", pa.int64()),
     ("visits", pa.float64()), ("hours", pa.float64()), ("capacity", pa.float64()), ("extra_technician_days", pa.int64()),
     ("visits_without_kits", pa.int64()), ("holds", pa.int64()), ("holds_overdue", pa.int64()), ("receipts_missing", pa.int64())]
)  # fmt: skip
REASONS = pa.schema(
    [("dealer", pa.string()), ("about", pa.string()), ("vehicles", pa.float64()), ("says", pa.string()), ("command", pa.string())]
)  # fmt: skip
TREND = pa.schema(
    [
        ("dealer", pa.string()),
        ("day", pa.date32()),
        ("done", pa.int64()),
        ("completion", pa.float64()),
    ]
)
# Booked visits of the month whose kits are not there on their day.
# A visit of which one kit is not even promised is ordered for; of the others all come, too late.
_WITHOUT_KITS = f"""
    with lacking as (
        select dealer_code, vin, part_no, kits_from, bool_or(kits_from is null) over (partition by dealer_code, vin) as unpromised from kits
        where booked_on between $first and $last and state <> '{KitState.ON_SHELF}' and (kits_from is null or kits_from > booked_on))
    select dealer_code, unpromised, count(distinct vin) as visits, string_agg(distinct part_no, ', ' order by part_no) as parts,
        min(kits_from) as first from lacking where not unpromised or kits_from is null group by dealer_code, unpromised"""


@dataclass(frozen=True, eq=False)
class AreaMonth:
    """An area's month on a day. Tables: ``dealers`` ranked (``DEALERS``), their ``reasons`` (``REASONS``), the ``trend`` of each, a row a
    fortnight (``TREND``), and the ``notices`` that its dealers have not acknowledged.
    """

    area: str
    on: date
    campaigns: tuple[str, ...]  # those of the follow-ups in force; none: all
    dealers: pa.Table
    reasons: pa.Table
    trend: pa.Table
    notices: pa.Table
    beside: tuple[str, ...] = ()

    @cached_property
    def tables(self) -> dict[str, pa.Table]:
        """The tables by name, the dealers first."""
        return {name: getattr(self, name) for name in ("dealers", "reasons", "trend", "notices")}

    def document(self) -> dict[str, Any]:
        """Return it as ``renotify area month --json`` prints it, without the sentences."""
        found = {name: rows.to_pylist() for name, rows in self.tables.items()}
        asked = Asked(campaigns=self.campaigns, statuses=(Status.OPEN,), as_of=self.on)
        lists = {"open": command(asked, area=self.area)}
        return {
            "area": self.area,
            "on": self.on,
            "open": sum(self.dealers["open"].to_pylist()),
            **found,
            "beside": list(self.beside),
            "lists": lists,
        }


def area_month(session: Session, area: str, on: date) -> AreaMonth:
    """Return an area's month. Raises UnknownName for an area without dealers.

    Open and completion are those of ``status``, a vehicle once in each campaign, over the campaigns of the follow-ups in force (all,
    where none is); ``completion_before`` and ``done_since`` go back four weeks. Weeks, kits, holds and receipts are those of
    ``workload``, ``parts``, ``stock`` and ``notices``.
    """
    scope = area_scope(session, area)
    running = [follow_ups.settings(session, one, on) for one in follow_ups.in_force(session, on)]
    campaigns = tuple(sorted({code for one in running for code in one.campaigns}))
    trend = _trend(session, scope, on, campaigns)
    notices = to_acknowledge(session, scope, on)
    figures = _figures(session, scope, on, trend, notices)
    ranked = sorted(
        ((one, reasons_of(one, figures)) for one in figures),
        key=lambda pair: (-sum(why.vehicles for why in pair[1]), -len(pair[1]), pair[0].dealer.dealer_code),
    )  # fmt: skip
    rows = [_row(rank, one, why) for rank, (one, why) in enumerate(ranked, 1)]
    whys = [
        {"dealer": one.dealer.dealer_code, **reason._asdict()}
        for one, why in ranked
        for reason in why
    ]
    return AreaMonth(
        area,
        on,
        campaigns,
        pa.Table.from_pylist(rows, DEALERS),
        pa.Table.from_pylist(whys, REASONS),
        _trend_rows(trend),
        notices,
        tuple(beside_them(session, scope, on)),
    )


Trend = Mapping[str, Mapping[date, Count]]


def _trend(session: Session, scope: Scope, on: date, codes: Sequence[str]) -> Trend:
    """Return each dealer's counts over some campaigns (none: all), four and two weeks ago and on the day."""
    found: dict[str, dict[date, Count]] = defaultdict(dict)
    days = [on - timedelta(weeks=week) for week in LOOKED_AT]
    for day, rows in counts_of_days(session, days, by="dealer", scope=scope).items():
        for row in rows:
            if codes and row.campaign not in codes:
                continue
            known = found[row.dealer].get(day)
            found[row.dealer][day] = row if known is None else _sum(known, row)
    return found


def _sum(one: Count, other: Count) -> Count:
    """Return the counts of two campaigns together; the words are the first one's."""
    summed = {
        name: getattr(one, name) + getattr(other, name)
        for name in Count._fields
        if name not in {"campaign", "area", "dealer", "stated_involved"}
    }
    return one._replace(**summed)


def _figures(
    session: Session, scope: Scope, on: date, trend: Trend, notices: pa.Table
) -> list[DealerFigures]:
    """Return what is known of each dealer of an area, in order of code."""
    first = monday_of(on)
    last = first + timedelta(weeks=WEEKS, days=-1)
    weeks: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in weeks_ahead(session, scope, on, WEEKS).to_pylist():
        weeks[row["dealer"]].append(row)
    lacking, late = _without_kits(kits_of_visits(session, on, scope), on, last)
    holds = _holds(session, scope, on)
    missing: dict[str, list[tuple[str, date]]] = defaultdict(list)
    for row in notices.to_pylist():
        missing[row["code"]].append((row["follow_up"], row["sent_on"]))
    names = session.rows(
        DealerName,
        f"select dealer_code, name, area_code from dealer where {scope.of('dealer_code')} order by dealer_code",
        **scope.values,
    )
    nobody = Count("", "", "", *[0] * 10)
    return [
        DealerFigures(
            dealer=one,
            now=trend.get(one.dealer_code, {}).get(on, nobody),
            before=trend.get(one.dealer_code, {}).get(on - timedelta(weeks=WEEKS), nobody),
            weeks=tuple(weeks[one.dealer_code]),
            without_kits=lacking.get(one.dealer_code, (0, "")),
            late_kits=late.get(one.dealer_code, (0, "", None)),
            holds=len(holds[one.dealer_code]),
            holds_overdue=sum(holds[one.dealer_code]),
            missing=tuple(missing[one.dealer_code]),
        )
        for one in names
    ]


def _holds(session: Session, scope: Scope, on: date) -> dict[str, list[bool]]:
    """Return of each vehicle on hold, by dealer, whether it is there too long: it could have been repaired."""
    rows = holds_of(session, scope, on=on).to_pylist()
    codes = {code for row in rows for code in row["campaigns"].split("+")}
    known = registry.campaigns(session, codes)
    first = {code: one.first_remedy_date for code, one in known.items()}
    there = {code for code, day in first.items() if day is not None and day <= on}
    found: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        could = bool(there.intersection(row["campaigns"].split("+")))
        found[row["dealer_code"]].append(could and row["days_in_stock"] > OVERDUE_DAYS)
    return found


def _without_kits(
    kits: pa.Table, first: date, last: date
) -> tuple[dict[str, tuple[int, str]], dict[str, tuple[int, str, date | None]]]:
    """Return how many booked visits from a day to another lack kits on their day, and which parts, by dealer: those of which one is not
    promised, and those whose kits are promised for a later day, with the first Monday of them.
    """
    with arrow_sql() as arrow:
        arrow.register("kits", kits.cast(KITS))
        rows = arrow.sql(_WITHOUT_KITS, params={"first": first, "last": last}).fetchall()
    lacking = {row[0]: (row[2], row[3]) for row in rows if row[1]}
    return lacking, {row[0]: (row[2], row[3], row[4]) for row in rows if not row[1]}


def _row(rank: int, one: DealerFigures, why: list[Reason]) -> dict[str, Any]:
    capacity = [week["capacity"] for week in one.weeks]
    return {
        "rank": rank,
        "dealer": one.dealer.dealer_code,
        "name": one.dealer.name,
        "vehicles_concerned": round(sum(reason.vehicles for reason in why), 1),
        "why": ", ".join(dict.fromkeys(reason.about for reason in why)),
        "open": one.now.open,
        "completion": one.now.completion,
        "completion_before": one.before.completion,
        "done_since": one.now.done - one.before.done,
        "visits": round(one.visits, 2),
        "hours": round(sum(week["hours"] for week in one.weeks), 2),
        "capacity": None if None in capacity else round(sum(capacity), 2),
        "extra_technician_days": one.extra_days,
        "visits_without_kits": one.without_kits[0] + one.late_kits[0],
        "holds": one.holds,
        "holds_overdue": one.holds_overdue,
        "receipts_missing": len(one.missing),
    }


def _trend_rows(trend: Trend) -> pa.Table:
    rows = [
        {"dealer": dealer, "day": day, "done": count.done, "completion": count.completion}
        for dealer, days in sorted(trend.items())
        for day, count in sorted(days.items())
    ]
    return pa.Table.from_pylist(rows, TREND)
