"""Planning bundles split by what no visit differs in: the letters of a vehicle, and the week for which its letter waits (decision 0019)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import JOINED, FollowUpSettings
from renotify.campaigns.remedy_days import NOT_KNOWN, remedy_dates, with_remedied
from renotify.plans.in_force import PlannedBundle
from renotify.values.calendar import monday_of
from renotify.values.different_rows import of_each
from renotify.values.english import counted, series


def with_from_week(
    listed: pa.Table, settings: FollowUpSettings, campaigns: Mapping[str, Campaign]
) -> pa.Table:
    """Add ``remedy_days`` and ``from_week``: the Monday for which a vehicle's letter waits, as text; blank where it does not.

    A follow-up waits for the last of a vehicle's own remedies; a day that is not known, and a legally required first notice
    (49 CFR 577.7), wait for nothing.
    """
    days = with_remedied(listed, campaigns)
    first_week = monday_of(settings.first_letter)

    def waited_for(remedied: str) -> str:
        day = day_or_none(remedied) if settings.is_follow_up else None
        week = monday_of(day) if day else first_week
        return week.isoformat() if week > first_week else ""

    weeks = of_each([days["remedied"]], waited_for, pa.string())
    return days.drop_columns(["remedied"]).append_column("from_week", weeks)


def split_by_pieces(
    bundles: Sequence[PlannedBundle], kinds: Sequence[Mapping[str, Any]]
) -> tuple[PlannedBundle, ...]:
    """Split planning bundles by the letters that are printed for one vehicle, so that a week's letters are known exactly.

    ``kinds``: the different bundle, model and pieces of the vehicles; those of one letter keep the bundle's name.
    """
    split = []
    for one in bundles:
        own = [k for k in kinds if k["bundle"] == one.campaigns and k["model"] in one.models]
        for pieces in sorted({kind["pieces"] for kind in own}):
            of_pieces = {kind["model"] for kind in own if kind["pieces"] == pieces}
            models = tuple(model for model in one.models if model in of_pieces)
            name = one.name if pieces == 1 else _with_letters(one.name, pieces)
            split.append(replace(one, name=name, models=models, pieces=pieces))
    return tuple(split)


def _with_letters(name: str, pieces: int) -> str:
    """``ALE:2 letters``; ``ALE:IS 350, 2 letters``. What a table shows of a bundle stands before the colon."""
    return f"{name}{', ' if ':' in name else ':'}{counted(pieces, 'letter')}"


def kinds_of(one: PlannedBundle, kinds: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return of the kinds of vehicles (bundle, model, pieces and others) those of a planning bundle, whatever they wait for."""
    return [
        kind
        for kind in kinds
        if (kind["bundle"], kind["pieces"]) == (one.campaigns, one.pieces)
        and kind["model"] in one.models
    ]


def split_by_week(
    bundles: Sequence[PlannedBundle], kinds: Sequence[Mapping[str, Any]]
) -> tuple[PlannedBundle, ...]:
    """Split planning bundles by the week for which their vehicles wait, those of no week first.

    ``kinds``: the different bundle, model, remedy_days, from_week and pieces of the vehicles. Where the campaigns' remedies come on
    one day for all, each bundle keeps its name, in this plan and in those after it.
    """
    split = []
    for one in bundles:
        own = kinds_of(one, kinds)
        apart = any(kind["remedy_days"] for kind in own)
        for week in sorted({kind["from_week"] for kind in own}):
            named = f"{one.name} from {week}" if week and apart else one.name
            of_week = {kind["model"] for kind in own if kind["from_week"] == week}
            models = tuple(model for model in one.models if model in of_week)
            split.append(replace(one, name=named, models=models, from_week=day_or_none(week)))
    return tuple(split)


def waiting(
    kinds: Sequence[Mapping[str, Any]], campaigns: Mapping[str, Campaign]
) -> dict[tuple[str, str], frozenset[str]]:
    """Return, by bundle and model, the campaigns whose remedy has no known day for any of its vehicles: no visit does them yet."""
    late: dict[tuple[str, str], frozenset[str]] = {}
    for kind in kinds:
        pair = (kind["bundle"], kind["model"])
        own = [campaigns[code] for code in kind["bundle"].split(JOINED)]
        days = remedy_dates(own, kind["remedy_days"])
        none = frozenset(code for code, day in days.items() if day is None)
        late[pair] = late.get(pair, none) & none
    return late


def day_or_none(text: str) -> date | None:
    """Return the day of a text; of a blank one none."""
    return date.fromisoformat(text) if text else None


def not_known(listed: pa.Table, settings: FollowUpSettings) -> list[str]:
    """Say how many vehicles of a follow-up wait for nothing because the day of a remedy of theirs is not known."""
    if not settings.is_follow_up:
        return []
    kinds = listed.group_by(["bundle", "remedy_days"]).aggregate([("vin", "count")]).to_pylist()
    counts: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for kind in kinds:
        if codes := _without_day(kind["bundle"], kind["remedy_days"]):
            counts[kind["bundle"], codes] += kind["vin_count"]
    return [
        f"For {counted(count, 'vehicle')} of {bundle} {_what_the_letter_says(bundle, codes)} and waits for"
        " nothing. Load the day, and plan again, before it is released."
        for (bundle, codes), count in sorted(counts.items())
    ]


def _without_day(bundle: str, remedy_days: str) -> tuple[str, ...]:
    days = zip(bundle.split(JOINED), remedy_days.split(JOINED), strict=False)
    return tuple(code for code, day in days if day == NOT_KNOWN)


def _what_the_letter_says(bundle: str, without_day: tuple[str, ...]) -> str:
    """Return what a letter does that is about campaigns whose remedy has no known day, alone or beside others."""
    if list(without_day) == bundle.split(JOINED):
        return "the day of the remedy is not known: the letter is an interim one"
    return (
        f"the day of the remedy of {series(without_day)} is not known: the letter says of {series(without_day)} that the repair is"
        " not yet available, asks owners in for the others that are there,"
    )
