"""The planning bundles of a list: vehicles with the same open campaigns whose models take the same hours and kits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.planner.learning import WALK_INS_DOUBT, stated_doubts
from renotify.planner.remedy_weeks import with_from_week
from renotify.plans.in_force import PlannedBundle
from renotify.plans.response import stated_response
from renotify.visits.needs import Needs


def kinds_of(listed: pa.Table) -> list[dict[str, Any]]:
    """Return the different kinds of listed vehicles that planning bundles tell apart."""
    keys = ["bundle", "model", "remedy_days", "from_week", "pieces", "booked"]
    kinds: list[dict[str, Any]] = listed.group_by(keys).aggregate([]).to_pylist()
    return kinds


def kinds_of_list(
    listed: pa.Table, settings: FollowUpSettings, campaigns: Mapping[str, Campaign]
) -> list[dict[str, Any]]:
    """Return the kinds of a whole list (bundle, model, model_year, build_date, pieces, booked), with the weeks for which letters wait."""
    keys = ["bundle", "model", "model_year", "build_date", "pieces", "booked"]
    return kinds_of(with_from_week(listed.group_by(keys).aggregate([]), settings, campaigns))


def with_vehicles(bundles: Sequence[PlannedBundle], vehicles: pa.Table) -> list[PlannedBundle]:
    """Return the planning bundles that vehicles (planning_bundle) are of."""
    named = set(vehicles["planning_bundle"].unique().to_pylist())
    return [one for one in bundles if one.name in named]


def planning_bundles(known: Needs, settings: FollowUpSettings) -> tuple[PlannedBundle, ...]:
    """Group the models of each bundle that need the same hours and kits; a bundle whose models all do keeps its own name."""
    grouped: dict[tuple[str, float, tuple[tuple[str, float], ...], bool], list[str]] = {}
    for (bundle, model), visit in known.visits.items():
        kits = tuple(sorted(visit.kits.items()))
        grouped.setdefault((bundle, visit.hours, kits, bool(visit.estimated)), []).append(model)
    whole = {bundle for bundle, *_ in grouped if sum(key[0] == bundle for key in grouped) == 1}
    planned = []
    for (bundle, hours, kits, _), models in grouped.items():
        unanswered = PlannedBundle(
            name=bundle if bundle in whole else f"{bundle}:{'/'.join(models)}",
            campaigns=bundle,
            models=tuple(models),
            hours=hours,
            kits=dict(kits),
            response=(),
            walk_ins=0.0,
        )
        planned.append(as_stated(unanswered, settings))
    return tuple(planned)


def as_stated(bundle: PlannedBundle, settings: FollowUpSettings) -> PlannedBundle:
    """Return a planning bundle with the response that a follow-up states for its campaigns, before anything is learned."""
    stated = stated_response(settings, bundle.campaigns)
    return replace(
        bundle,
        response=tuple(round(float(share), 10) for share in stated.curve(settings.horizon_weeks)),
        walk_ins=stated.background_per_week,
        doubt=stated_doubts(stated, settings.horizon_weeks),
        walk_ins_doubt=WALK_INS_DOUBT,
        learned_from=0,
    )
