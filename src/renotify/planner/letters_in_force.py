"""The letters of the plan in force, vehicle by vehicle, as letters of a problem that is framed on a later day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from renotify.ledger import follow_ups
from renotify.ledger.session import Session
from renotify.planner.letter_plan import Letters, letters_of
from renotify.planner.problem import Problem
from renotify.planner.replan import shifted
from renotify.planner.standing_letters import standing_letters
from renotify.plans.in_force import plan_in_force

if TYPE_CHECKING:
    from renotify.planner.from_ledger import Framed


def letters_due(today: Framed, rows: pa.Table, passed: int) -> Letters:
    """Return letters (vin, family, week, interim) that ask owners in, by week from today; one that was due goes out this week. [B, D, T]"""
    asking = pa.compute.and_(pa.compute.is_valid(rows["week"]), pa.compute.invert(rows["interim"]))
    rows = rows.filter(asking)
    due = pa.compute.max_element_wise(rows["week"], pa.scalar(passed, pa.int64()))
    return letters_of_vehicles(
        today, rows.set_column(rows.column_names.index("week"), "week", due), passed
    )


def letters_to_start_from(
    session: Session, name: str, today: Framed, on: date | None
) -> Letters | None:
    """Return the letters with a remedy of the plan in force of a follow-up, in the weeks of the problem of a day; None where it has none.

    What was due before the first of these weeks goes out in it.
    """
    if not follow_ups.is_planned(session, name):
        return None
    in_force = plan_in_force(session, name)
    passed = (today.first_week - in_force.first_week).days // 7
    standing = standing_letters(session, name, on or today.settings.notice_date)
    free = standing.filter(standing["free"])
    document = json.loads(follow_ups.plan_document(session, name))
    return letters_due(today, free, passed) + second_letters(document, today.problem, passed)


def letters_of_vehicles(today: Framed, free: pa.Table, passed: int) -> Letters:
    """The last plan for the vehicles that are still free, in weeks from today. [B, D, T]

    What was due and not released is free, and so is what would go out before its remedy, as its day is known today.
    """
    counts = (
        planned(today, free, passed)
        .group_by(["planning_bundle", "dealer_code", "week"])
        .aggregate([("vin", "count")])
    )
    return shifted(cube(counts, today.problem), 0, today.problem.weeks)


def planned(today: Framed, free: pa.Table, passed: int) -> pa.Table:
    """The vehicles that are still free with the weeks from today that the last plan gave them, where these still stand."""
    due = with_week(today, free, passed)
    return due.filter(stands(due))


def stands(due: pa.Table) -> pa.Array:
    """Whether letters can still go in the week in which they are due: not before today, nor before their remedy."""
    first = pa.compute.max_element_wise(due["first"], pa.scalar(0, pa.int64()))
    return pa.compute.greater_equal(due["week"], first)


def with_week(today: Framed, free: pa.Table, passed: int) -> pa.Table:
    """The vehicles that are still free with the weeks from today that the last plan gave them, and the first of their bundle's."""
    placed = today.vehicles.join(
        free.select(["vin", "family", "week"]), ["vin", "family"], join_type="inner"
    )
    due = placed.filter(pa.compute.is_valid(placed["week"]))
    weeks = due.set_column(
        due.column_names.index("week"), "week", pa.compute.subtract(due["week"], passed)
    )
    bundles = pa.table({
        "planning_bundle": pa.array(today.problem.bundles, pa.string()),
        "first": pa.array(today.problem.first_week, pa.int64()),
    })  # fmt: skip
    return weeks.join(bundles, "planning_bundle", join_type="inner")


def second_letters(document: Mapping[str, Any], problem: Problem, passed: int) -> Letters:
    """The second letters that a plan's document has a week for, after its interim notices or earlier ones, by week from now. [B, D, T]"""
    rows = [
        {**row, "week": row["week"] - passed}
        for key in ("owed", "queued")
        for row in document.get(key, ())
        if row["week"] is not None and row["week"] >= passed
    ]
    return shifted(letters_of(rows, problem), 0, problem.weeks)


def cube(counts: pa.Table, problem: Problem) -> Letters:
    """Counted vehicles (planning_bundle, dealer_code, week, vin_count) as an array [B, D, T]."""
    rows = [
        {"bundle": r["planning_bundle"], "dealer": r["dealer_code"], "week": r["week"], "count": r["vin_count"]}
        for r in counts.to_pylist()
    ]  # fmt: skip
    return letters_of(rows, problem)
