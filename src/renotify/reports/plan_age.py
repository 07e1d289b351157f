"""How old the plan of a follow-up's page is: waves whose week passed without a release, and the wave that comes next on the day asked."""

from __future__ import annotations

from datetime import date

from renotify.reports.follow_up_figures import FollowUpFigures, PlannedWave
from renotify.values.calendar import last_mailing_day, monday_of
from renotify.values.english import counted, long_day

WEEK = 7  # days


def is_past(wave: PlannedWave, on: date) -> bool:
    """Tell whether the last day of a wave's week lies before a day, and nobody released it."""
    return not wave.released and last_mailing_day(monday_of(wave.first_day)) < on


def next_wave(known: FollowUpFigures, on: date) -> PlannedWave | None:
    """Return the first wave that is not released and can still go in its week."""
    return next((one for one in known.waves if not one.released and not is_past(one, on)), None)


def plan_age(known: FollowUpFigures, on: date) -> str:
    """Return what is told of a plan whose weeks passed: which waves were not released, of which day it is, and what to do; else blank."""
    past = [one for one in known.waves if is_past(one, on)]
    if not past:
        return ""
    letters = counted(sum(one.letters for one in past), "letter")
    numbers = (
        f"Wave {past[0].number}"
        if len(past) == 1
        else f"{counted(len(past), 'wave')}, the first from {long_day(past[0].first_day)},"
    )
    verb = "was" if len(past) == 1 else "were"
    made = known.planned_on
    age = ""
    if made is not None and made < on:
        weeks = (on - made).days // WEEK
        age = f"The plan is of {long_day(made)}, {counted(weeks, 'week')} before this day. "
    return (
        f"{age}{numbers} {verb} not released in time: {letters}. What is said of letters, visits and kits to come is as that plan had it;"
        f" plan again: renotify replan {known.name}."
    )
