"""Owners of a follow-up who stay silent: from when another letter is due to them, and how many of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa

from renotify.plans.in_force import PlanInForce
from renotify.values.arrow_sql import arrow_sql
from renotify.values.calendar import monday_of
from renotify.values.english import counted


class Due(NamedTuple):
    """Silent owners of a planning bundle at a dealer, and the Monday from which another letter is due to them."""

    week: date
    bundle: str
    dealer: str
    owners: int


def due_again(out: pa.Table, silent: pa.Table) -> list[Due]:
    """Owners of letters that are out and who are ``silent`` (:func:`rest.silent`), by the week from which another letter is due to them."""
    with arrow_sql() as arrow:
        arrow.register("letters", out)
        arrow.register("silent", silent)
        rows = arrow.sql(
            "select s.due, l.planning_bundle, l.dealer_code, count(*) from letters l join silent s using (vin, family)"
            " group by all order by all"
        ).fetchall()
    return [Due(*row) for row in rows]


def queued(due: Sequence[Due], kept: PlanInForce) -> list[dict[str, Any]]:
    """The letters that a next follow-up owes, as rows of the plan's document, in weeks of the first plan."""
    weeks = ((one.week - kept.first_week).days // 7 for one in due)
    return [
        {
            "bundle": f"{one.bundle} follow-up from the week of {one.week}",
            "dealer": one.dealer,
            "week": week,
            "count": one.owners,
        }
        for one, week in zip(due, weeks, strict=True)
    ]


def silent_words(name: str, due: Sequence[Due], rest_weeks: int, on: date) -> list[str]:
    """How many owners are silent, and from when how many of them are due another letter: those whom the list of the silent asks for."""
    if not due:
        return []
    first, this_week = due[0].week, monday_of(on)
    ahead = first > this_week
    owners = sum(one.owners for one in due)
    count = sum(one.owners for one in due if one.week <= max(first, this_week))
    since = (
        f"{'is' if count == 1 else 'are'} due another letter from"
        if ahead
        else f"{'has' if count == 1 else 'have'} been due another letter, the first since"
    )
    sentence = (
        f"{counted(owners, 'owner')} with a letter of this follow-up {'has' if owners == 1 else 'have'} work open and no visit booked;"
        f" {count:,} of them {since} the week of {first}, {counted(rest_weeks, 'week')} after theirs: freeze the next follow-up"
        f" {'then' if ahead else 'now'}: renotify followup new --silent-of {name}."
    )
    return [sentence]
