"""Whether a plan reckons with other visits than those of now: labour times or parts loaded after it are heard by a re-plan alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from renotify.plans.in_force import PlanInForce, PlannedBundle

LEAST = 1e-6  # hours or kits of a visit: what roundings may differ by


class Takes(NamedTuple):
    """Technician hours of one visit, and its kits by part."""

    hours: float
    kits: Mapping[str, float]


class Otherwise(NamedTuple):
    """The campaigns of bundles whose visits take other hours now than in the plan, and the parts of which they take other kits."""

    hours_of: tuple[str, ...]
    parts: tuple[str, ...]


def pairs_of(plan: PlanInForce) -> list[tuple[str, str]]:
    """Return bundle and model of the visits that a plan foretells: those that are booked, or waited for a remedy, are left out."""
    return [(one.campaigns, model) for one in _foretold(plan) for model in one.models]


def planned_otherwise(plan: PlanInForce, takes_now: Mapping[tuple[str, str], Takes]) -> Otherwise:
    """Return in what a plan differs from what its visits take now, by their bundle and model."""
    hours, parts = set(), set()
    for one in _foretold(plan):
        for model in one.models:
            now = takes_now[one.campaigns, model]
            if abs(now.hours - one.hours) > LEAST:
                hours.add(one.campaigns)
            parts |= {
                part
                for part in {*now.kits, *one.kits}
                if abs(now.kits.get(part, 0.0) - one.kits.get(part, 0.0)) > LEAST
            }
    return Otherwise(tuple(sorted(hours)), tuple(sorted(parts)))


def _foretold(plan: PlanInForce) -> Iterator[PlannedBundle]:
    return (one for one in plan.bundles if one.from_week is None and not one.booked)
