"""Kits that reach the national pool, by live part number and week, as the part_supply file says: confirmed, or promised.

Orders count on confirmed kits only. Letters count on promised ones, but late: a plan must hold when they come as promised and when
they slip, and a pool that has them late has them in time, too, so the late one is the limit.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from renotify.ledger.kinds import SupplyStatus
from renotify.ledger.session import Session
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


def promised_totals(rows: list[Supply], monday: date, weeks: int, late: Late) -> dict[str, Floats]:
    """Return running totals of promised kits by live part, as ``late`` as may be. [T]

    What was promised for a week before ``monday`` and is not confirmed has not come: it is counted from the week of ``monday`` on.
    """
    slipped = [
        row._replace(
            week=max(row.week, monday) + timedelta(weeks=late.weeks),
            supply_qty=late.share * row.supply_qty,
        )
        for row in rows
        if row.status == SupplyStatus.PROMISED
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
