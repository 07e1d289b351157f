"""Whether a plan reckons with other visits than those of now: labour times or parts loaded after it are heard by a re-plan alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from renotify.plans.in_force import PlanInForce

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
    """Return bundle and model of a plan's visits; those that waited for a remedy when it was made are left out."""
    return [
        (one.campaigns, model)
        for one in plan.bundles
        if one.from_week is None
        for model in one.models
    ]


def planned_otherwise(plan: PlanInForce, takes_now: Mapping[tuple[str, str], Takes]) -> Otherwise:
    """Return in what a plan differs from what its visits take now, by their bundle and model."""
    hours, parts = set(), set()
    for one in plan.bundles:
        for model in one.models if one.from_week is None else ():
            now = takes_now[one.campaigns, model]
            if abs(now.hours - one.hours) > LEAST:
                hours.add(one.campaigns)
            parts |= {
                part
                for part in {*now.kits, *one.kits}
                if abs(now.kits.get(part, 0.0) - one.kits.get(part, 0.0)) > LEAST
            }
    return Otherwise(tuple(sorted(hours)), tuple(sorted(parts)))
