"""The plans of a follow-up side by side: the one in force and its drafts, by one forecast of visits, that of the day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from renotify.charts.plans_compared import PlanWeeks
from renotify.errors import NothingToDo
from renotify.ledger import drafts, follow_ups, registry
from renotify.ledger.drafts import IN_FORCE
from renotify.ledger.session import Session
from renotify.planner.broken_limits import beyond_limits
from renotify.planner.day_of_plan import MADE_ON
from renotify.planner.forecast_of_day import bundles_on
from renotify.planner.limits_of_day import document_now
from renotify.plans.expected import Expected, response_of
from renotify.plans.in_force import PlanInForce, PlannedBundle, draft_plan, plan_in_force
from renotify.workload.of_plan import workload_by

COLUMNS = (
    "plan", "policy", "letters", "last_week", "held", "visits", "risk_weeks", "peak_hours", "kits", "late_visits",
    "beyond_mail_house", "kits_short", "hours_short", "gap"
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Comparison:
    """Rows of ``COLUMNS``, a plan each, what is said of those that break limits, and what to draw of them."""

    rows: list[dict[str, Any]]
    sentences: list[str]
    drawn: list[PlanWeeks]


def compare(session: Session, name: str, called: Sequence[str], on: date) -> Comparison:
    """Return plans of a follow-up side by side: those ``called`` (``in force`` too), or all that there are.

    ``letters`` are of vehicles, until ``last_week``; ``held`` get none. ``visits`` (walk-ins included), their ``kits`` and the hours of
    the country's peak week are expected over each plan's own horizon; ``late_visits`` wait longer than the bound. ``risk_weeks`` are the
    risk-weighted vehicle-weeks that all letters of the plan remove, those that are out too; ``gap`` is what the planner proved, null for
    a plan that breaks limits: ``beyond_mail_house`` pieces, ``kits_short`` and ``hours_short`` say by how much (``broken``: where).
    All are measured by what was learned, stated and loaded up to the day, whenever they were made: the same letters have the same
    figures. Raises UnknownName, NothingToDo where there is no plan at all.
    """
    known = [one.name for one in drafts.drafts(session, name)]
    asked = called or _every(session, name, known)
    bundles = bundles_on(session, name, on)
    compared = [_compared(session, name, one, on, bundles) for one in asked]
    said = [
        f"{row['plan']} ({row['policy']}) breaks limits, so what it reaches is on paper only: {row['breaks']}."
        for row, _ in compared
        if row["breaks"]
    ]
    said += _newer_than_in_force(session, name, on, bundles)
    return Comparison([row for row, _ in compared], said, [weeks for _, weeks in compared])


def _every(session: Session, name: str, known: Sequence[str]) -> list[str]:
    try:
        plan_in_force(session, name)
    except NothingToDo:
        if not known:
            raise
        return list(known)
    return [IN_FORCE, *known]


def _newer_than_in_force(
    session: Session, name: str, on: date, bundles: Sequence[PlannedBundle]
) -> list[str]:
    """Say that workload and notices still reckon with what the plan in force knew, where the day knows more."""
    if not follow_ups.is_planned(session, name):
        return []
    kept = plan_in_force(session, name).bundles
    if {one.name: one for one in kept} == {one.name: one for one in bundles}:
        return []
    made = json.loads(follow_ups.plan_document(session, name)).get(MADE_ON, "the day of its plan")
    return [
        (
            f"All plans are measured by what is known on {on}. Workload, notices and orders go by what was known on {made} until it is"
            f" planned again (`renotify replan {name}`) or another plan is put in force (`renotify plans use {name} DRAFT`)."
        )
    ]


def _compared(
    session: Session, name: str, called: str, on: date, bundles: tuple[PlannedBundle, ...]
) -> tuple[dict[str, Any], PlanWeeks]:
    kept = plan_in_force(session, name) if called == IN_FORCE else draft_plan(session, name, called)
    document = document_now(session, name, called, on)
    plan = replace(kept, bundles=bundles)
    load = workload_by(session, plan, on=on)
    brought = load.expected
    letters, hours = brought.letters.sum(axis=(0, 1)), load.work.mean_hours.sum(axis=0)
    kits = brought.kits_by_week().sum(axis=0)
    mailed = np.flatnonzero(letters)
    beyond = beyond_limits(document)
    row = {
        "plan": called,
        "policy": plan.policy,
        "weeks": plan.weeks,
        "letters": int(letters.sum()),
        "last_week": plan.monday(int(mailed[-1])).isoformat() if len(mailed) else None,
        "held": sum(one["count"] for one in document.get("held", ())),
        "visits": round(float(load.work.visits.sum()), 1),
        "risk_weeks": round(_risk_weeks(session, plan, brought), 1),
        "peak_hours": round(float(hours.max(initial=0.0)), 1),
        "peak_week": plan.monday(int(hours.argmax())).isoformat() if hours.size else None,
        "kits": round(float(kits.sum()), 1),
        "late_visits": load.totals.late_visits,
        "beyond_mail_house": beyond.beyond_mail_house,
        "kits_short": beyond.kits_short,
        "hours_short": beyond.hours_short,
        "breaks": beyond.words,
        "broken": document.get("broken", []),
        "gap": None if beyond else document.get("gap"),
        "gap_note": document.get("gap_note", ""),
    }
    return row, PlanWeeks(called, brought.mondays, letters, hours, kits)


def _risk_weeks(session: Session, plan: PlanInForce, brought: Expected) -> float:
    """Risk-weighted vehicle-weeks that the plan's letters remove within its horizon: sum r[b] G[b, w] x[b, d, w]."""
    weights = {
        code: one.risk_weight
        for code, one in registry.campaigns(
            session, follow_ups.settings_as_frozen(session, plan.follow_up).campaigns
        ).items()
    }
    risk = np.array([sum(weights[c] for c in b.campaigns.split("+")) for b in plan.bundles], float)
    weekly = np.zeros((len(plan.bundles), plan.weeks))
    response = response_of(plan)[:, : plan.weeks]
    weekly[:, : response.shape[1]] = response
    gain = np.cumsum(np.cumsum(weekly, axis=1), axis=1)[:, ::-1]
    booked = 0 if brought.booked is None else brought.booked
    asking = (brought.letters - brought.interim - booked).sum(axis=1)[:, : plan.weeks]
    return float((risk[:, None] * gain * asking).sum())
