"""A rehearsal in sentences: a few for the analyst, the parts manager, the dealers and the owners, and what was assumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from renotify.planner.played_weeks import LOST
from renotify.planner.rehearsal_report import Rehearsed
from renotify.values.english import counted, percent

OFTEN = 0.1  # chance from which a dealer is counted as one whose visits wait beyond the bound
NAMED = 3  # parts and dealers that are named


def sentences(one: Rehearsed, told: Mapping[str, Any]) -> list[str]:
    """What the document ``told`` says, a few sentences for each reader, and what was assumed."""
    return [
        *_said_to_analyst(told["analyst"]),
        *_said_of_parts(told["parts"]),
        *_said_of_causes(one, told["parts"]),
        *_said_of_dealers(one, told["dealers"]["beyond_bound"]),
        *(_said_of_owners(told["owner"]) if one.seen.asked.any() else ()),
        *_assumed(one),
    ]


def _range(figure: Mapping[str, float]) -> str:
    return f"{figure['mean']:,.0f} ({figure['low']:,.0f} to {figure['high']:,.0f})"


def _said_to_analyst(told: Mapping[str, Any]) -> Iterable[str]:
    booked, before = told["booked"], told["repaired_before"]
    beside = (
        f" beside {counted(booked, 'visit')} that {'is' if booked == 1 else 'are'} booked"
        if booked
        else ""
    )
    yield (
        f"{counted(told['letters'], 'letter')} to the owners of {counted(told['owners'], 'vehicle')}: {_range(told['asked'])} ask for a"
        f" visit{beside}, {_range(told['repaired'])} are repaired by the end of the week of {told['weeks'][-1]['week']}"
        f"{f', {before:,} of them before' if before else ''}."
    )
    most = told["exposure_if_nobody_waited"]
    share = (
        f", {percent(told['exposure_removed']['mean'] / most)} of what visits would if none had to wait"
        if most > 0
        else ""
    )
    yield f"{_range(told['exposure_removed'])} vehicle-weeks of risk are removed{share}."
    for row in told["late_letters"]:
        yield (
            f"{counted(row['letters'], 'first notice')} of {row['bundle']} do not go out by the lawful week of {row['last_week']}: see what"
            " the plan says of the mail house (`renotify plan`)."
        )


def _said_of_parts(parts: list[Mapping[str, Any]]) -> Iterable[str]:
    short = [row for row in parts if row["chance"] > 0]
    if not short:
        yield "No part runs out in any run." if parts else "No part has a limited supply."
    for row in short[:NAMED]:
        yield (
            f"{row['part']} runs out in {percent(row['chance'], 0)} of the runs, first in the week of {row['runs_out']['median']}"
            f" ({row['runs_out']['low']} to {row['runs_out']['high']}); {_range(row['turned_away'])} owners are turned away for it"
            f"{_longest(row['longest_wait_weeks']['high'])}.{_by_whom(row)}"
        )


def _by_whom(row: Mapping[str, Any]) -> str:
    """Who brings the shortage about, where some of it is of owners without a letter."""
    alone, letters = row["without_letters"], row["by_letters"]
    if not alone["chance"]:
        return ""
    return (
        f" In {percent(alone['chance'], 0)} of the runs owners without a letter bring that about by themselves; in"
        f" {percent(letters['chance'], 0)} letters"
        f" make it short in a week in which it would not be, and {_range(letters['turned_away'])} owners more are turned away for them."
    )


def _said_of_causes(one: Rehearsed, parts: list[Mapping[str, Any]]) -> Iterable[str]:
    """What the plan's quantile of parts promises, where owners without a letter alone run out of some."""
    quantile = one.problem.parts_quantile
    if quantile is not None and any(row["without_letters"]["chance"] for row in parts):
        yield (
            f"By the plan letters make a part short in about {percent(1 - quantile, 0)} of the runs at most; where owners without"
            f" a letter run out"
            " of it by themselves, letters get what these leave, and only more kits mend that."
        )


def _longest(weeks: float | None) -> str:
    """The wait for kits that is exceeded in one run of twenty; None: kits that do not come within the weeks played."""
    if weeks is None:
        return ", and some still wait at the end of the weeks played in more than one run of twenty"
    return f", and in 19 runs of 20 nobody waits more than {counted(weeks, 'week')} for kits"


def _said_of_dealers(one: Rehearsed, beyond: list[Mapping[str, Any]]) -> Iterable[str]:
    bound = counted(one.problem.wait_bound, "week")
    often = [row["dealer"] for row in beyond if row["chance"] >= OFTEN]
    if not often:
        yield f"At no dealer do visits wait longer than {bound} for hours in one run of ten or more."
    else:
        more = f" and {len(often) - NAMED} more" if len(often) > NAMED else ""
        yield (
            f"Visits wait longer than {bound} for hours at {counted(len(often), 'dealer')} in one run of ten or more:"
            f" {', '.join(often[:NAMED])}{more}."
        )
    unknown = int(np.isinf(one.problem.hours).all(axis=1).sum())
    if unknown:
        verb = "is" if unknown == 1 else "are"
        yield f"{counted(unknown, 'dealer')} with no hours on file {verb} taken as never full: load dealer_capacity."


def _said_of_owners(told: Mapping[str, Any]) -> Iterable[str]:
    away = told["turned_away"]
    half, most = (told[key]["median"] for key in ("wait_weeks", "wait_weeks_of_nine_in_ten"))
    yield (
        f"An owner who asks finds no kit with a chance of {percent(away['mean'])} ({percent(away['low'])} to {percent(away['high'])} over"
        f" the runs). Half"
        f" of those who stay are repaired within {_weeks(half)}, nine of ten within {_weeks(most)}."
    )
    anyway = told["turned_away_without_letters"]
    if anyway["high"] > 0:
        yield (
            f"If no letter were sent, {percent(anyway['mean'])} ({percent(anyway['low'])} to {percent(anyway['high'])}) of those"
            f" who come all the same"
            " would find none."
        )


def _weeks(wait: float | None) -> str:
    if wait is None:
        return "more weeks than were played"
    return "the week in which they ask" if wait == 0 else counted(wait, "week")


def _assumed(one: Rehearsed) -> Iterable[str]:
    settings = one.settings
    if settings.late_weeks:
        which = (
            "every part"
            if settings.late_chance == 1
            else f"each part with a chance of {percent(settings.late_chance, 0)}"
        )
        yield (
            f"Deliveries after the week of {one.monday(0)} come {counted(settings.late_weeks, 'week')} late, of {which}; what is there by"
            " then stays."
        )
    yield f"Assumed: {percent(LOST, 0)} of the owners who find no kit never return."
