"""The one forecast of visits: those that are booked, and those that owners who have not asked yet will ask for and come to.

``plans.expected`` says when owners will ask. They come some weeks later, as bookings on file tell (``visits.weeks_to_visit``). Who has
asked stands in the dealer's book and asks no more, so that nobody is counted twice and no week has fewer visits than are booked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.plans.expected import Expected, expected, with_dealers
from renotify.plans.in_force import PlanInForce
from renotify.visits.booked import BookedWeek, booked_hours
from renotify.visits.weeks_to_visit import weeks_to_visit
from renotify.workload.visit_interval import Outlook, Spread, ends

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Forecast:
    """The visits of a plan's dealers. Shapes as in ``Expected``; ``lag`` [L]: the share of owners who come 0, 1, .. weeks after they ask.

    ``booked`` and ``booked_hours`` [D, T] are of appointments in this week and later ones.
    """

    expected: Expected
    lag: Floats
    booked: Floats
    booked_hours: Floats

    @cached_property
    def of_letters(self) -> Floats:
        """Visits to come of owners with letters. [B, D, T]"""
        return self._come(self.expected.of_letters)

    @cached_property
    def walk_ins(self) -> Floats:
        """Visits to come of owners whom no letter brings. [B, D, T]"""
        return self._come(self.expected.walk_ins)

    @cached_property
    def to_come(self) -> Floats:
        """Visits that nobody has asked for yet, in the week in which they come. [B, D, T]"""
        both: Floats = self.of_letters + self.walk_ins
        return both

    @cached_property
    def visits(self) -> Floats:
        """All visits: booked ones, and those to come. [D, T]"""
        every: Floats = self.booked + self.to_come.sum(axis=0)
        return every

    def _come(self, asked: Floats) -> Floats:
        """Shift requests [B, D, T] to the weeks of their visits."""
        come = np.zeros(asked.shape)
        weeks = asked.shape[2]
        for late, share in enumerate(self.lag[:weeks]):
            come[:, :, late:] += share * asked[:, :, : weeks - late]
        return come

    @cached_property
    def _doubt(self) -> tuple[Floats, Floats]:
        """Standard deviations of what letters bring, and of walk-ins. [B, D, T] both"""
        brought = self.expected
        return self._come(brought.doubt_of_letters), self._come(brought.doubt_of_walk_ins)

    @cached_property
    def _campaigns(self) -> dict[str, list[int]]:
        """The planning bundles of each bundle of campaigns, by place."""
        found: dict[str, list[int]] = {}
        for place, bundle in enumerate(self.expected.plan.bundles):
            found.setdefault(bundle.campaigns, []).append(place)
        return found

    @cached_property
    def ends(self) -> tuple[Floats, Floats]:
        """Between which numbers the visits of each dealer and week lie in nine of ten cases. [D, T] both"""
        (doubt, walk_ins_doubt), shape = self._doubt, (0, *self.booked.shape)

        def of_campaigns(figures: Floats) -> Floats:
            summed = [figures[places].sum(axis=0) for places in self._campaigns.values()]
            return np.array(summed, float) if summed else np.zeros(shape)

        return ends(Spread(
            of_campaigns(self.of_letters), of_campaigns(doubt), self.walk_ins.sum(axis=0), walk_ins_doubt.sum(axis=0),
            self.to_come.sum(axis=0) ** 2, self.booked,
            np.broadcast_to(self.expected.may_come[:, None], self.booked.shape),
        ))  # fmt: skip

    def outlook(self, weeks: slice = slice(None), dealers: Sequence[int] | None = None) -> Outlook:
        """Return what is known of the visits of dealers, by place (None: all), in weeks together."""
        at = list(range(len(self.expected.dealers))) if dealers is None else list(dealers)
        doubt, walk_ins_doubt = (figures[:, at, weeks] for figures in self._doubt)
        letters, walk_ins = self.of_letters[:, at, weeks], self.walk_ins[:, at, weeks]

        def by_campaigns(figures: Floats) -> dict[str, float]:
            return {name: float(figures[of].sum()) for name, of in self._campaigns.items()}

        return Outlook(
            by_campaigns(letters),
            by_campaigns(doubt),
            float(walk_ins.sum()),
            float(walk_ins_doubt.sum()),
            tuple((letters + walk_ins).sum(axis=(0, 1)).tolist()),
            float(self.booked[at, weeks].sum()),
            float(self.expected.may_come[at].sum()),
        )


def forecast(
    session: Session,
    plan: PlanInForce,
    scope: Scope = ALL,
    *,
    on: date | None = None,
    through: date | None = None,
) -> Forecast:
    """Return the visits of a plan's dealers as of a day (None: the plan's first); ``through`` as in ``expected``.

    A dealer to which the plan brings nothing and that has visits booked in its weeks is one of them.
    """
    brought = expected(session, plan, scope, on=on, through=through)
    booked = booked_hours(session, scope, on=on or plan.first_week)
    weeks = brought.mondays[brought.now :]
    brought = with_dealers(brought, (one.dealer_code for one in booked if one.week in weeks))
    return _with_book(brought, weeks_to_visit(session), booked)


def not_booked(
    session: Session,
    plan: PlanInForce,
    scope: Scope = ALL,
    *,
    on: date | None = None,
    through: date | None = None,
    counted_by: str = "",
) -> tuple[Expected, Floats]:
    """Return what is still to be asked for of a plan, and the visits of it in the weeks in which they come [B, D, T]; as ``expected``."""
    brought = expected(session, plan, scope, on=on, through=through, counted_by=counted_by)
    return brought, _with_book(brought, weeks_to_visit(session), ()).to_come


def _with_book(brought: Expected, lag: Floats, book: Iterable[BookedWeek]) -> Forecast:
    weeks = brought.letters.shape[2]
    visits, hours = by_week(book, brought.dealers, brought.plan.first_week, weeks)
    visits[:, : brought.now] = 0.0
    hours[:, : brought.now] = 0.0
    return Forecast(brought, lag, visits, hours)


def by_week(
    book: Iterable[BookedWeek], dealers: Sequence[str], monday: date, weeks: int
) -> tuple[Floats, Floats]:
    """Return booked visits and their hours of some dealers in the weeks from a Monday on. [D, weeks] both"""
    at = {code: place for place, code in enumerate(dealers)}
    visits, hours = (np.zeros((len(at), weeks)) for _ in range(2))
    for one in book:
        week = (one.week - monday).days // 7
        if one.dealer_code in at and 0 <= week < weeks:
            visits[at[one.dealer_code], week] += one.visits
            hours[at[one.dealer_code], week] += one.hours
    return visits, hours
