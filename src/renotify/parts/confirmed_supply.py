"""Kits that reach the national pool, by live part number and week, as the part_supply file says: confirmed, or promised.

Orders count on confirmed kits only. Letters count on promised ones, but late: a plan must hold when they come as promised and when
they slip, and a pool that has them late has them in time, too, so the late one is the limit. What slipped by more than that is overdue: it
is told, and nothing counts on it until the supplier says a new week.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from renotify.ledger.kinds import SupplyStatus
from renotify.ledger.session import Session
from renotify.values.calendar import monday_of
from renotify.values.english import measured
from renotify.visits.live_part_numbers import live_number, replacements

Floats = NDArray[np.float64]


class Supply(NamedTuple):
    """Kits of a part that arrive in a week, its Monday."""

    part_no: str
    week: date
    supply_qty: float
    status: str = SupplyStatus.CONFIRMED.value


class Late(NamedTuple):
    """How late promised kits may come, in weeks, and the share of them that comes at all."""

    weeks: int = 0
    share: float = 1.0


AS_PROMISED = Late()


def supply_rows(session: Session) -> list[Supply]:
    """Return the supply that is loaded, under live part numbers."""
    replaced_by = replacements(session)
    rows = session.rows(Supply, "select part_no, week, supply_qty, status from part_supply")
    return [row._replace(part_no=live_number(row.part_no, replaced_by)) for row in rows]


def parts_with_supply(session: Session) -> set[str]:
    """Return the live numbers of parts that have supply rows: the others are not known to be short."""
    return {row.part_no for row in supply_rows(session)}


def cumulative_supply(
    session: Session, monday: date, weeks: int | None = None
) -> dict[str, Floats]:
    """Return running totals of confirmed kits by live part: up to the week of ``monday``, and by the end of each week after it. [T]

    What arrived before counts in the first week. Without ``weeks``, up to the last week that any part has supply for.
    """
    confirmed = [row for row in supply_rows(session) if row.status == SupplyStatus.CONFIRMED]
    return running_totals(confirmed, monday, weeks)


class Overdue(NamedTuple):
    """Kits of a part that were promised for a week gone by, its Monday, and are not confirmed; ``until``: the last that counts on them."""

    part_no: str
    week: date
    kits: float
    until: date


def overdue(rows: list[Supply], today: date, slip_weeks: int) -> list[Overdue]:
    """Return promised supply that should have come before the week of ``today``, by part and week.

    It is counted on until it has slipped by as many weeks as a plan bears; after that nobody knows whether it comes.
    """
    late: dict[tuple[str, date], float] = {}
    for row in rows:
        if row.status == SupplyStatus.PROMISED and row.week < monday_of(today):
            key = row.part_no, row.week
            late[key] = late.get(key, 0.0) + row.supply_qty
    return [
        Overdue(part, week, kits, week + timedelta(weeks=slip_weeks))
        for (part, week), kits in sorted(late.items())
        if kits
    ]


def overdue_words(found: Iterable[Overdue], today: date) -> list[str]:
    """Say of each promise of supply that is overdue to ask for it, and whether plans still count on it."""
    said = []
    for one in found:
        counts = (
            f"letters count on them until the week of {one.until}"
            if one.until >= monday_of(today)
            else "no letter counts on them any more"
        )
        said.append(
            f"{measured(one.kits, 'kit')} of {one.part_no} were promised for the week of {one.week} and are not confirmed:"
            f" ask the supplier, and load part_supply with their new week, or as confirmed; {counts}."
        )
    return said


def promised_totals(
    rows: list[Supply], monday: date, weeks: int, late: Late, *, today: date, slip_weeks: int
) -> dict[str, Floats]:
    """Return running totals of promised kits by live part, as ``late`` as may be. [T]

    What was promised for a week before that of ``today`` and is not confirmed has not come: it comes this week at the earliest, and no
    longer counts once it has slipped by more than ``slip_weeks``.
    """
    this_week, slip = monday_of(today), timedelta(weeks=slip_weeks)
    slipped = [
        row._replace(
            week=max(row.week + timedelta(weeks=late.weeks), this_week),
            supply_qty=late.share * row.supply_qty,
        )
        for row in rows
        if row.status == SupplyStatus.PROMISED and row.week + slip >= this_week
    ]
    return running_totals(slipped, monday, weeks)


def running_totals(rows: list[Supply], monday: date, weeks: int | None = None) -> dict[str, Floats]:
    """Return the rows' kits by part, as :func:`cumulative_supply` does."""
    at = [max((row.week - monday) // timedelta(weeks=1), 0) for row in rows]
    length = weeks or max(at, default=0) + 1
    pools: dict[str, Floats] = {}
    for row, week in zip(rows, at, strict=True):
        line = pools.setdefault(row.part_no, np.zeros(length))
        if week < length:
            line[week] += row.supply_qty
    return {part: np.cumsum(line) for part, line in pools.items()}
