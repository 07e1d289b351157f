"""Kits that reach the national pool, by live part number and week, as the part_supply file says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from renotify.ledger.session import Session
from renotify.visits.live_part_numbers import live_number, replacements

Floats = NDArray[np.float64]


class Supply(NamedTuple):
    """Kits of a part that arrive in a week, its Monday."""

    part_no: str
    week: date
    supply_qty: float


def supply_rows(session: Session) -> list[Supply]:
    """Return the supply that is loaded, under live part numbers."""
    replaced_by = replacements(session)
    rows = session.rows(Supply, "select part_no, week, supply_qty from part_supply")
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
    return running_totals(supply_rows(session), monday, weeks)


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
