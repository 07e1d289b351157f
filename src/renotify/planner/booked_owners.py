"""Owners of whom a visit stands: they have asked, so that a letter to them brings no visit, and they are no walk-ins (decision 0126)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa

from renotify.campaigns.follow_up_settings import VOLUNTARY, FollowUpSettings
from renotify.planner.letter_plan import LetterPlan
from renotify.planner.remedy_weeks import day_or_none, kinds_of
from renotify.plans.in_force import PlannedBundle
from renotify.values.english import counted

VISIT_BOOKED = "visit booked"  # in the names of planning bundles
WAITS = "a visit is booked: no letter while it stands"


def without_visit(name: str) -> str:
    """Return the name of the planning bundle of the same vehicles of whom no visit stands; a name of such a bundle stays."""
    return name.removesuffix(f", {VISIT_BOOKED}").removesuffix(f":{VISIT_BOOKED}")


def letters_wait(bundle: PlannedBundle, settings: FollowUpSettings) -> bool:
    """Return whether letters to owners of a planning bundle wait while their visits stand: of a list that nobody is bound to send."""
    return bundle.booked and settings.kind == VOLUNTARY


def with_booked(listed: pa.Table, visits: pa.Table) -> pa.Table:
    """Add ``booked``: whether a visit stands for the vehicle. ``visits``: ``booked_vehicles``."""
    vins = visits["vin"].combine_chunks()
    return listed.append_column("booked", pa.compute.is_in(listed["vin"], vins))


def past_words(
    listed: pa.Table, visits: pa.Table, settings: FollowUpSettings, on: date
) -> Iterator[str]:
    """Say how many letters wait for a visit whose day is past and of which nobody has said a word: no plan may tell what came of it.

    ``listed``: vin, of the letters that are left to plan; ``visits``: ``booked_vehicles``.
    """
    if settings.kind != VOLUNTARY:
        return
    past = visits.filter(pa.compute.less(visits["last_on"], pa.scalar(on)))
    waits = pa.compute.sum(pa.compute.is_in(listed["vin"], past["vin"].combine_chunks())).as_py()
    if waits:
        yield (
            f"{counted(waits, 'letter waits', 'letters wait')} for a visit whose day is past; nobody has reported it as done, missed or"
            " cancelled. A replan after that writes to who is still open:"
            f" renotify vehicles --follow-up {settings.name} --visit-before {on}"
        )


def split_by_booked(
    bundles: Sequence[PlannedBundle], kinds: Sequence[Mapping[str, Any]]
) -> tuple[PlannedBundle, ...]:
    """Split planning bundles by whether a visit of the vehicle stands: those owners have asked, and are asked for nothing more.

    ``kinds``: the different bundle, model, from_week, pieces and booked of the vehicles; those without a visit keep the bundle's name.
    """
    split = []
    for one in bundles:
        own = [
            kind for kind in kinds_of(one, kinds) if day_or_none(kind["from_week"]) == one.from_week
        ]
        for booked in sorted({kind["booked"] for kind in own}):
            of_booked = {kind["model"] for kind in own if kind["booked"] == booked}
            models = tuple(model for model in one.models if model in of_booked)
            name = f"{one.name}{', ' if ':' in one.name else ':'}{VISIT_BOOKED}"
            named = name if booked else one.name
            split.append(replace(one, name=named, models=models, booked=booked))
    return tuple(split)


def with_reason(
    made: LetterPlan, bundles: Sequence[PlannedBundle], settings: FollowUpSettings
) -> LetterPlan:
    """Return a plan that says of owners who are held for their visit that this is why."""
    waiting = {one.name for one in bundles if letters_wait(one, settings)}
    held = [replace(one, reason=WAITS) if one.bundle in waiting else one for one in made.held]
    return replace(made, held=tuple(held))


def still_due(
    free: pa.Table, booked: pa.Table, settings: FollowUpSettings, promised: range
) -> pa.Table:
    """Return the free letters without those that wait for a visit that stands now, but for those of the ``promised`` weeks.

    ``free``: vin and the week of the plan in force. What waits is no letter that moves.
    """
    if settings.kind != VOLUNTARY:
        return free
    at_mail_house = pa.compute.is_in(free["week"], pa.array(promised, pa.int64()))
    waits = pa.compute.and_(
        pa.compute.is_in(free["vin"], booked["vin"].combine_chunks()),
        pa.compute.invert(at_mail_house),
    )
    return free.filter(pa.compute.invert(waits))
