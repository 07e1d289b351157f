"""What other follow-ups in force bring to the dealers of a plan. A dealer has its hours once, whoever's letters ask for them.

Workload and notices judge a dealer by all that is to come to it, and a plan has the hours that others leave: as kits and places at the
mail house are shared, so are hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renotify.ledger import follow_ups
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.plans.in_force import plan_in_force
from renotify.values.english import counted, measured
from renotify.workload.forecast import not_booked

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OtherWork:
    """Visits of another follow-up that nobody has booked yet. Shapes: B its planning bundles, D its dealers, W weeks from a Monday on.

    ``visits`` [B, D, W] stand in the week in which they come; ``labour`` [B] are the hours of one, ``kits`` [B] its kits by part.
    """

    follow_up: str
    dealers: tuple[str, ...]
    labour: Floats
    visits: Floats
    kits: tuple[Mapping[str, float], ...] = ()

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {code: place for place, code in enumerate(self.dealers)}

    def at(self, dealers: Sequence[str], weeks: int) -> Floats:
        """Return the visits of some dealers in the first weeks; none where it brings nothing. [B, dealers, weeks]"""
        found = np.zeros((len(self.labour), len(dealers), weeks))
        known = [
            (to, self._places[code]) for to, code in enumerate(dealers) if code in self._places
        ]
        if known:
            here, there = (list(places) for places in zip(*known, strict=True))
            width = min(weeks, self.visits.shape[2])
            found[:, here, :width] = self.visits[:, there, :width]
        return found

    def hours_at(self, dealers: Sequence[str], weeks: int) -> Floats:
        """Return the hours of some dealers in the first weeks, in the mean. [dealers, weeks]"""
        hours: Floats = np.einsum("b,bdw->dw", self.labour, self.at(dealers, weeks))
        return hours


@dataclass(frozen=True, eq=False)
class Beside:
    """The visits and hours that another follow-up brings in the weeks of a plan that are still to come, by dealer."""

    follow_up: str
    visits: Mapping[str, float]
    hours: Mapping[str, float]

    def of(self, dealers: Iterable[str]) -> tuple[float, float]:
        """Return the visits and hours of some dealers."""
        codes = list(dealers)
        return (
            sum(self.visits.get(code, 0.0) for code in codes),
            sum(self.hours.get(code, 0.0) for code in codes),
        )

    def document(self) -> dict[str, Any]:
        """Return it as ``renotify workload --json`` prints it."""
        codes = sorted(code for code, visits in self.visits.items() if visits)
        dealers = [
            {
                "dealer": code,
                "visits": round(self.visits[code], 2),
                "hours": round(self.hours[code], 2),
            }
            for code in codes
        ]
        visits, hours = self.of(codes)
        return {
            "follow_up": self.follow_up,
            "visits": round(visits, 2),
            "hours": round(hours, 2),
            "dealers": dealers,
        }

    @property
    def sentence(self) -> str:
        """It in words."""
        visits, hours = self.of(self.visits)
        return (
            f"Beside them {self.follow_up} brings {counted(round(visits, 1), 'visit')} and {measured(round(hours, 1), 'technician hour')}"
            " in the weeks of this plan still to come. At dealers of both the hours, the waits and the days to book count these, too; who"
            " comes without a letter is counted in one of them."
        )


def beside(others: Iterable[OtherWork], weeks: int) -> list[Beside]:
    """Return what others bring in the first weeks, by dealer; who brings nothing is left out."""
    found = []
    for one in others:
        visits = one.visits[:, :, :weeks].sum(axis=(0, 2))
        if visits.any():
            hours = one.hours_at(one.dealers, weeks).sum(axis=1)
            found.append(
                Beside(
                    one.follow_up,
                    dict(zip(one.dealers, visits.tolist(), strict=True)),
                    dict(zip(one.dealers, hours.tolist(), strict=True)),
                )
            )
    return found


def others(
    session: Session,
    name: str,
    monday: date,
    on: date,
    scope: Scope = ALL,
    *,
    through: date | None = None,
    without_its_own: bool = False,
) -> list[OtherWork]:
    """Return what the planned follow-ups beside one that are in force on a day still bring from a Monday on, in order of name.

    ``through`` as in ``plans.expected``. ``without_its_own``: who comes without a letter is left out where the follow-up ``name`` lists
    the vehicle, too, because the caller counts it.
    """
    found = []
    for other in follow_ups.in_force(session, on):
        if other == name or not follow_ups.is_planned(session, other):
            continue
        plan = plan_in_force(session, other)
        own = name if without_its_own else ""
        brought, come = not_booked(session, plan, scope, on=on, through=through, counted_by=own)
        labour = np.array([bundle.hours for bundle in plan.bundles], float)
        shift = (monday - plan.first_week).days // 7
        weekly = come[:, :, max(shift, 0) :]
        before = np.zeros((*come.shape[:2], max(-shift, 0)))
        visits = np.concatenate([before, weekly], axis=2)
        kits = tuple(bundle.kits for bundle in plan.bundles)
        found.append(OtherWork(other, brought.dealers, labour, visits, kits))
    return found
