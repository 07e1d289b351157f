"""The kits that a workload's visits take, by week: of the same visits whose hours the workload counts.

They are the booked visits, those to come of the follow-up, and those of other follow-ups at its dealers. What else draws on the pool, a
booked visit whose day is past and that nobody reported and other follow-ups' visits at other dealers, comes off what is there for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.charts.kits_by_week import KitsByWeek
from renotify.ledger.session import Session
from renotify.parts.dealer_orders import bookings
from renotify.parts.pool_book import PoolBook, drawn_on_pool, pool_book
from renotify.planner.late_supply import late
from renotify.workload.of_plan import PlanWorkload

Floats = NDArray[np.float64]


@dataclass(eq=False)
class KitsTaken:
    """Kits by dealer and part in the weeks from a Monday on [W]: those of the visits that are shown, and of what else takes some."""

    mondays: tuple[date, ...]
    shown: dict[tuple[str, str], Floats] = field(default_factory=dict)
    unseen: dict[tuple[str, str], Floats] = field(default_factory=dict)

    def add(
        self, visits: Floats, kits: Sequence[Mapping[str, float]], dealers: Sequence[str], of: Iterable[str]
    ) -> None:  # fmt: skip
        """Add visits [B, D, W], each of which takes the ``kits`` of its bundle [B]; those at the dealers ``of`` are shown."""
        ours, weeks = set(of), len(self.mondays)
        for part in sorted({part for each in kits for part in each}):
            a_visit = np.array([each.get(part, 0.0) for each in kits])
            taken = np.einsum("b,bdw->dw", a_visit, visits[:, :, :weeks])
            for place in np.flatnonzero(taken.any(axis=1)).tolist():
                side = self.shown if dealers[place] in ours else self.unseen
                self._line(side, dealers[place], part)[: taken.shape[1]] += taken[place]

    def add_booked(self, booked: pa.Table) -> None:
        """Add the kits of booked visits, rows of ``dealer_orders.bookings``, each in the week of its day."""
        by_day = booked.group_by(["dealer_code", "part_no", "booked_on"]).aggregate([("kits", "sum")])  # fmt: skip
        for one in by_day.to_pylist():
            week = (one["booked_on"] - self.mondays[0]) // timedelta(weeks=1)
            if week < len(self.mondays):
                side = self.shown if week >= 0 else self.unseen
                self._line(side, one["dealer_code"], one["part_no"])[max(week, 0)] += one[
                    "kits_sum"
                ]

    def _line(self, side: dict[tuple[str, str], Floats], dealer: str, part: str) -> Floats:
        return side.setdefault((dealer, part), np.zeros(len(self.mondays)))

    @property
    def by_week(self) -> Floats:
        """All kits of the visits that are shown. [W]"""
        return sum(self.shown.values(), np.zeros(len(self.mondays)))


def kits_of_visits(
    session: Session, settings: FollowUpSettings, load: PlanWorkload, on: date
) -> KitsByWeek:
    """Return the kits of a workload's visits against what is there for them, of each supplied part."""
    brought = load.expected
    book = pool_book(
        session,
        brought.mondays[brought.now],
        load.weeks_ahead,
        today=on,
        but=settings.name,
        late=late(settings),
    )
    return kits_of(kits_taken(load, bookings(session, on=on)), book)


def kits_taken(load: PlanWorkload, booked: pa.Table) -> KitsTaken:
    """Return the kits that the visits of a workload take; ``booked`` are the rows of ``dealer_orders.bookings``."""
    brought = load.expected
    taken = KitsTaken(brought.mondays[brought.now :])
    to_come = load.forecast.to_come[:, :, brought.now :]
    taken.add(to_come, [one.kits for one in brought.plan.bundles], brought.dealers, brought.dealers)
    for other in load.others:
        taken.add(other.visits, other.kits, other.dealers, brought.dealers)
    taken.add_booked(booked)
    return taken


def kits_of(taken: KitsTaken, book: PoolBook) -> KitsByWeek:
    """Return running totals of each supplied part: what the pool has for visits, and what they take beyond what their dealers have."""
    weeks = len(taken.mondays)
    shelves = dict(book.at_dealers)
    elsewhere, demand = (
        drawn_on_pool(shelves, {key: np.cumsum(line) for key, line in side.items()}, weeks)[1]
        for side in (taken.unseen, taken.shown)
    )
    parts = sorted(book.parts)
    nothing = np.zeros(weeks)
    supply = [np.maximum(book.parts[part].for_visits - elsewhere.get(part, nothing), 0.0) for part in parts]  # fmt: skip
    return KitsByWeek(
        tuple(parts),
        taken.mondays,
        np.array(supply).reshape(len(parts), weeks),
        np.array([demand.get(part, nothing) for part in parts]).reshape(len(parts), weeks),
        taken.by_week,
    )
