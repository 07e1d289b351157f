"""What dealers lack for the letters that are out and for those of one wave more: kits and technician hours, by the house's one forecast."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.ledger.session import Session
from renotify.parts.pool_book import PoolBook, pool_book
from renotify.planner.late_supply import late
from renotify.plans.expected import Expected, Floats, expected
from renotify.plans.in_force import plan_in_force
from renotify.workload.of_plan import days_in_weeks, workload_of_scope

DEALERS = pa.schema([("dealer_code", pa.string()), ("what", pa.string())])
HALF_A_KIT = 0.5  # forecasts are means: less than this is no kit


class ShortOfKits(NamedTuple):
    """Parts of which the pool has too few, and the dealers (``DEALERS``) that draw on them beyond what they have, most first."""

    parts: list[str]
    dealers: pa.Table


def short_of_kits(
    session: Session, settings: FollowUpSettings, week: date, on: date
) -> ShortOfKits:
    """Return where kits lack for the visits of letters up to a week, its Monday, by the book of kits as of a day.

    A dealer draws on the pool for what its shelf and its open orders do not have. A part without supply rows is not known to be short.
    """
    plan = plan_in_force(session, settings.name)
    brought = expected(session, plan, on=on, through=week)
    passed = brought.now
    weeks = len(brought.mondays) - passed
    book = pool_book(
        session, plan.monday(passed), weeks, today=on, but=settings.name, late=late(settings)
    )
    drawn = _drawn(brought, book, passed)
    lacking = {
        part: float(np.max(drawn[:, place].sum(axis=0) - book.parts[part].free))
        for place, part in enumerate(brought.parts)
        if part in book.parts
    }
    parts = [part for part, kits in lacking.items() if kits >= HALF_A_KIT]
    lines = sorted(
        (-drawn[d, p, -1], brought.dealers[d], part)
        for p, part in enumerate(brought.parts)
        if part in parts
        for d in np.flatnonzero(drawn[:, p, -1] >= HALF_A_KIT).tolist()
    )
    said: dict[str, list[str]] = {}
    for kits, dealer, part in lines:
        said.setdefault(dealer, []).append(f"{-kits:.1f} of {part}")
    return ShortOfKits(
        parts, _dealers({d: f"{', '.join(w)} beyond its shelf" for d, w in said.items()})
    )


def _drawn(brought: Expected, book: PoolBook, passed: int) -> Floats:
    """Return the kits that visits take beyond the dealers' own: running totals from the book's first week. [D, P, T]"""
    kits = np.einsum("bp,bdt->dpt", brought.kits_a_visit, brought.of_letters)[:, :, passed:]
    own = {(row["dealer_code"], row["part_no"]): row["kits"] for row in book.shelves.to_pylist()}
    shelf = np.array(
        [[own.get((dealer, part), 0.0) for part in brought.parts] for dealer in brought.dealers]
    ).reshape(len(brought.dealers), len(brought.parts))
    drawn: Floats = np.maximum(np.cumsum(kits, axis=2) - shelf[:, :, None], 0.0)
    return drawn


def short_of_hours(session: Session, name: str, week: date, on: date) -> pa.Table:
    """Return the dealers (``DEALERS``) that should book days from a day on, for the visits of letters up to a week, its Monday."""
    found = workload_of_scope(session, name, on=on, through=week)
    mondays = found.expected.mondays
    days = found.work.days
    return _dealers({
        found.expected.dealers[d]: days_in_weeks(days[d].tolist(), mondays)
        for d in np.flatnonzero(days.any(axis=1)).tolist()
    })  # fmt: skip


def _dealers(said: dict[str, str]) -> pa.Table:
    return pa.table({"dealer_code": list(said), "what": list(said.values())}, DEALERS)
