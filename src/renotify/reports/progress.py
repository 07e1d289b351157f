"""Completion by campaign, area and dealer on a day, and how many vehicles will be done in the coming weeks.

A vehicle's letter is its first of the last 26 weeks that asks it in (an interim notice by a plan does not), so a second letter counts
as late answers to the first. Its answer is the day on which a visit was asked for, as plans learn it (decision 0033), or that of its
remedy where no booking is on file; what is booked is done in the week of its visit, and what will be asked for as long after as visits
were. The curve is the campaign's, leaning on that of all, and starts from
what its newest follow-up states; the back-test is made at the level shown (campaigns, areas or dealers), over all campaigns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from renotify.ledger import status, tables
from renotify.ledger.rulings import stands
from renotify.ledger.scope import ALL, NOWHERE, Scope
from renotify.ledger.session import Session
from renotify.ledger.status import By, Count
from renotify.planner.cohorts import cohorts
from renotify.planner.completion_forecast import (
    Backtest,
    Completion,
    Lead,
    Unit,
    at_once,
    backtest,
    forecast_completion,
)
from renotify.planner.pooled_response import pooled
from renotify.planner.problem import Ints
from renotify.planner.response_posterior import Cohort, Prior, background_hazard, prior_of
from renotify.plans.stated import stated_responses
from renotify.values.arrow_sql import arrow_sql
from renotify.values.calendar import monday_of
from renotify.visits.kept_appointments import LEAST, kept_appointments

AHEAD = 4  # weeks: no further than the back-test looks
WINDOW = 26  # weeks in which a letter is still answered
SHIFTS = tuple(range(0, WINDOW - AHEAD, AHEAD))  # weeks ago at which past forecasts ended
SAMPLE = 30  # units of a campaign in the back-test
LEAST_ASKED = 10  # owners who asked, from which the time to their visits says something
ENOUGH_OWNER_WEEKS = 1000.0  # below, no background is told from no letters
NOTHING = f"No forecast where no letter went out in the last {WINDOW} weeks and none is due in the next {AHEAD}."

_LETTER = pa.schema(
    [("vin", pa.string()), ("campaign_code", pa.string()), ("occurred_on", pa.date32())]
)
_PIECE = pa.schema([(name, pa.string()) for name in ("vin", "follow_up", "bundle")])
# Interim notices by a plan ask nobody in: those to come, and those that are out
_TO_WAIT = """
    select p.vin, p.follow_up, p.bundle from listed l
    join piece p on p.vin = l.vin and p.follow_up = l.follow_up and p.family = l.family where l.interim and {of_scope}"""
_TOLD_TO_WAIT = """
    select e.vin, e.campaign_code, e.occurred_on from listed l
    join piece p on p.vin = l.vin and p.follow_up = l.follow_up and p.family = l.family
    join event e on e.vin = p.vin and e.kind = 'mailed' and e.subject = 'mail|' || p.piece_id || '|' || e.campaign_code
    where l.interim and e.occurred_on > :start and {of_scope}"""
_PLACES = {"campaign": "''", "area": "area", "dealer": "dealer"}
# Each vehicle of a campaign that can still be reached, or is done: where it belongs, its letter, its remedy.
_VEHICLES = f"""
    with letter as (
        select vin, campaign_code, min(occurred_on) as mailed_on
        from event anti join told_to_wait using (vin, campaign_code, occurred_on) group by all),
    visit as (
        select vin, unnest(string_split(campaign_codes, ';')) as campaign_code, cast(left(start, 10) as date) as day,
               least(coalesce(booked_on, first_loaded_on), cast(left(start, 10) as date)) as made_on, status
        from appointment where status <> 'cancelled'),
    asked as (
        select vin, campaign_code, min(made_on) as made_on, max(day) filter (status in ('booked', 'arrived')) as due_on
        from visit where made_on <= $on and made_on > $start group by all),
    placed as (
        select s.vin, s.campaign_code as campaign, coalesce(nullif(d.area_code, ''), '{NOWHERE}') as area,
               coalesce(nullif(v.dealer_code, ''), '{NOWHERE}') as dealer, l.mailed_on,
               case when s.status <> 'open' and s.since <= $on then s.since end as done_on, a.made_on,
               case when done_on is null and a.due_on > cast($on as date) - 7 * $ahead then greatest(a.due_on, $on) end as due_on
        from state s left join letter l using (vin, campaign_code) left join asked a using (vin, campaign_code)
        left join vehicle v using (vin) left join dealer d using (dealer_code))
    select vin, campaign, {{place}} as place, mailed_on, done_on, due_on,
           case when coalesce(done_on, due_on) is not null then least(done_on, made_on) end as answered_on
    from placed
"""
_BOOKED = """
    select campaign, place, (due_on - cast($on as date)) // 7 as week, count(*) as visits
    from vehicles where due_on is not null and (due_on - cast($on as date)) // 7 < $ahead group by all order by all
"""
# Of owners who asked in the last weeks: by how many weeks after it the visit is done, or is to be. None: no booking is on file.
_LEAD = """
    select (greatest(coalesce(done_on, due_on) - answered_on, 0) + 3) // 7 as week, count(*) as visits
    from vehicles where answered_on > $start and (select count(*) from appointment where status <> 'cancelled') > 0
    group by all order by all
"""
_PLANNED = """
    with due as (
        select distinct p.vin, unnest(string_split(p.bundle, '+')) as campaign,
               greatest((w.week - cast($monday as date)) // 7, 0) as week
        from piece p anti join to_wait using (vin, follow_up, bundle)
        join wave w on w.follow_up = p.follow_up and w.number = p.wave)
    select campaign, place, week, count(*) as letters from due join vehicles using (vin, campaign)
    where vehicles.mailed_on is null and vehicles.answered_on is null and week < $ahead group by all order by all
"""
_BACKGROUND = """
    select campaign, sum(coalesce(answered_on, $on) - cast($start as date)) / 7.0 as owner_weeks, count(answered_on) as bookings
    from vehicles where mailed_on is null and (answered_on is null or answered_on > $start) group by campaign
"""


@dataclass(frozen=True, eq=False)
class _History:
    """By campaign: the units in order of place, all cohorts together, the hazard of coming without a letter, what its follow-up states.

    ``lead`` is that of all of them: how long after it was asked for a visit is done.
    """

    lead: Lead
    units: Mapping[str, Sequence[Unit]]
    together: Mapping[str, Sequence[Cohort]]
    hazard: Mapping[str, float]
    prior: Mapping[str, Prior]


def progress(
    session: Session, on: date, by: By = "area", scope: Scope = ALL
) -> list[dict[str, Any]]:
    """Return each campaign's counts and completion, by area (or dealer, or alone), as of a day.

    Rows are those of ``status.counts``: campaign, area, dealer where asked, involved, open,
    completion and the rest; ``forecast`` of the coming weeks; the least complete first within a campaign.
    """
    counts = status.counts(session, by=by, as_of=on, scope=scope)
    made = forecasts(session, counts, on, by, scope)
    ordered = sorted(counts, key=lambda row: (row.campaign, row.completion, -row.open))
    return [
        {
            **row.document(by),
            "forecast": _as_document(made.get((row.campaign, _place(row, by))), on),
        }
        for row in ordered
    ]


def forecasts(
    session: Session, rows: Sequence[Count], on: date, by: By, scope: Scope = ALL
) -> dict[tuple[str, str], Completion]:
    """Return, by campaign and place, how many are done by the end of each of the next weeks, the 90 % interval where it is earned.

    A place without letters is not in it.
    """
    places = {(row.campaign, _place(row, by)): row.done for row in rows}
    history = _history(session, places, on, by, scope)
    checked = _checked(history)
    made: dict[tuple[str, str], Completion] = {}
    learned = pooled(history.together, history.prior, history.hazard)
    for code, units in history.units.items():
        posterior = learned.of(code, history.prior[code])
        made |= {
            (code, unit.name): forecast_completion(
                posterior, unit, AHEAD, checked, lead=history.lead
            )
            for unit in units
        }
    return made


def _place(row: Count, by: By) -> str:
    return "" if by == "campaign" else str(getattr(row, by))


def _as_document(made: Completion | None, on: date) -> dict[str, Any]:
    """A forecast as a document; its weeks are whole weeks from the day of the report."""
    if made is None:
        return {"weeks": [], "done": None, "low": None, "high": None, "note": NOTHING}
    return {
        "weeks": [(on + timedelta(weeks=week)).isoformat() for week in range(1, AHEAD + 1)],
        "done": _rounded(made.mean),
        "low": None if made.low is None else _rounded(made.low),
        "high": None if made.high is None else _rounded(made.high),
        "note": made.note,
    }


def _rounded(line: Iterable[float]) -> list[float]:
    return [round(float(number), 1) for number in line]


def _checked(history: _History) -> Backtest:
    """Past forecasts of this level over all campaigns and some past days, held against what came."""
    some = {code: _some(units) for code, units in history.units.items()}
    tests = [
        backtest(
            {code: [_ended(unit, weeks) for unit in units] for code, units in some.items()},
            history.prior,
            AHEAD,
            hazards=history.hazard,
        )
        for weeks in SHIFTS
    ]
    made = sum(test.tests for test in tests)
    held = sum(test.coverage * test.tests for test in tests)
    return Backtest(held / made if made else 0.0, made, AHEAD)


def _some(units: Sequence[Unit]) -> Sequence[Unit]:
    return units[:: -(-len(units) // SAMPLE)] if units else units


def _ended(unit: Unit, weeks: int) -> Unit:
    """The unit's cohorts as they stood some weeks ago."""
    known = [replace(c, counts=c.counts[: c.age - weeks]) for c in unit.cohorts if c.age > weeks]
    return replace(unit, cohorts=tuple(known))


def _history(
    session: Session, done: Mapping[tuple[str, str], int], on: date, by: By, scope: Scope
) -> _History:
    start = on - timedelta(weeks=WINDOW)
    with arrow_sql() as arrow:
        _register(session, arrow, start, on, scope)
        vehicles = arrow.sql(
            _VEHICLES.format(place=_PLACES[by]),
            params={"on": on, "start": start, "ahead": AHEAD},
        ).to_arrow_table()
        arrow.register("vehicles", vehicles)
        due_visits = arrow.sql(_BOOKED, params={"on": on, "ahead": AHEAD}).to_arrow_table()
        lead = _lead(arrow.sql(_LEAD, params={"start": start}).to_arrow_table(), session)
        due = arrow.sql(_PLANNED, params={"monday": monday_of(on), "ahead": AHEAD}).to_arrow_table()
        background = arrow.sql(_BACKGROUND, params={"on": on, "start": start}).to_arrow_table()
    planned, booked = _by_week(due, "letters"), _by_week(due_visits, "visits")
    out = cohorts(vehicles, on, "campaign", "place")
    units: dict[str, list[Unit]] = {}
    nothing = np.zeros(AHEAD, np.int64)
    for code, place in sorted(done.keys() & (out.keys() | planned.keys())):
        key = (code, place)
        ahead, due_then = planned.get(key, nothing), booked.get(key, nothing)
        unit = Unit(place, done[key], tuple(out.get(key, ())), ahead, due_then)
        units.setdefault(code, []).append(unit)
    together = {key[0]: found for key, found in cohorts(vehicles, on, "campaign").items()}
    prior = {
        code: prior_of(stated) for code, stated in stated_responses(session, units, on).items()
    }
    return _History(
        lead, units, {code: together.get(code, ()) for code in units}, _hazards(background), prior
    )


def _by_week(rows: pa.Table, what: str) -> dict[tuple[str, ...], Ints]:
    """Return counts of the coming weeks by campaign and place. [AHEAD] each"""
    found: dict[tuple[str, ...], Ints] = {}
    for row in rows.to_pylist():
        key = (row["campaign"], row["place"])
        found.setdefault(key, np.zeros(AHEAD, np.int64))[row["week"]] += row[what]
    return found


def _lead(rows: pa.Table, session: Session) -> Lead:
    """Return how long after it was asked for a visit is done; of too few, or without a booking on file, in the week itself."""
    visits = np.zeros(AHEAD, np.int64)
    total = 0
    for row in rows.to_pylist():
        total += row["visits"]
        if row["week"] < AHEAD:
            visits[row["week"]] += row["visits"]
    if total < LEAST_ASKED:
        return at_once(AHEAD)
    kept = kept_appointments(session)
    missed = kept.missed_share if kept.total >= LEAST else 0.0
    return Lead(np.cumsum(visits) / total, missed)


def _hazards(background: pa.Table) -> dict[str, float]:
    return {
        row["campaign"]: background_hazard(float(row["owner_weeks"]), row["bookings"])
        for row in background.to_pylist()
        if row["owner_weeks"] >= ENOUGH_OWNER_WEEKS
    }


def _register(
    session: Session, arrow: duckdb.DuckDBPyConnection, start: date, on: date, scope: Scope
) -> None:
    of_scope = scope.of_vehicle("vin")
    known = {
        "event": tables.read(
            session, "event", "vin", "campaign_code", "occurred_on",
            where=f"kind = 'mailed' and occurred_on > :start and occurred_on <= :day and {of_scope}"
            f" and {stands('event')}",
            start=start, day=on, **scope.values,
        ),
        "state": tables.read(
            session, "state", "vin", "campaign_code", "status", "since",
            where=f"current and status in ('open', 'repaired', 'inspected_ok') and {of_scope}",
            **scope.values,
        ),
        "appointment": tables.read(
            session, "appointment", "vin", "campaign_codes", "start", "status", "booked_on", "first_loaded_on",
            where=of_scope, **scope.values,
        ),
        "vehicle": tables.read(
            session, "vehicle", "vin", "dealer_code", where=scope.of("dealer_code"), **scope.values
        ),
        "dealer": tables.read(
            session, "dealer", "dealer_code", "area_code",
            where=scope.of("dealer_code"), **scope.values,
        ),
        "piece": tables.read(
            session, "piece", "vin", "follow_up", "bundle", "wave",
            where=f"mailed_on is null and state in ('planned', 'released', 'printed') and {of_scope}",
            **scope.values,
        ),
        "to_wait": session.read(_TO_WAIT.format(of_scope=scope.of_vehicle("p.vin")), _PIECE, **scope.values),
        "told_to_wait": session.read(
            _TOLD_TO_WAIT.format(of_scope=scope.of_vehicle("p.vin")), _LETTER, start=start, **scope.values
        ),
        "wave": tables.read(session, "wave", "follow_up", "number", "week"),
    }  # fmt: skip
    for name, rows in known.items():
        arrow.register(name, rows)
