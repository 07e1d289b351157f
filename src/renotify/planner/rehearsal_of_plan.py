"""The rehearsal of a follow-up's plan before anything is mailed: the ledger's side of ``rehearse``."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from renotify.charts.rehearsed_weeks import RehearsedWeeks
from renotify.errors import NothingToDo
from renotify.ledger import follow_ups, pieces
from renotify.ledger.session import Session
from renotify.planner.problem_json import from_json
from renotify.planner.rehearsal import NO_SHOWS, RehearsalSettings, rehearsal
from renotify.planner.rehearsal_report import Rehearsed, document, drawn
from renotify.planner.rehearsal_sentences import sentences
from renotify.planner.replay import letters_of_plan
from renotify.plans.in_force import plan_in_force
from renotify.values.english import counted
from renotify.visits.kept_appointments import LEAST, kept_appointments


def rehearse_follow_up(
    session: Session,
    name: str,
    settings: RehearsalSettings,
    *,
    workers: int = 1,
) -> tuple[dict[str, Any], RehearsedWeeks]:
    """Play the plan in force from its first week, and return what each reader will live through, and the weeks to draw.

    ``settings.no_shows`` None: as the appointments on file have it, from ``LEAST`` kept or missed ones on, else ``NO_SHOWS``. Nothing is
    written. Raises NothingToDo without a plan, and where every wave is released.
    """
    kept = plan_in_force(session, name)
    released = _released(session, name)
    plan = json.loads(follow_ups.plan_document(session, name))
    problem = from_json(plan["problem"])
    mailed, asking = letters_of_plan(plan, problem)
    share, said = _no_shows(session, settings.no_shows)
    asked = replace(settings, no_shows=share)
    found = rehearsal(problem, asking, asked, workers=workers)
    one = Rehearsed(problem, mailed, asking, kept.first_week, asked, found)
    told = document(one)
    return {
        "follow_up": name,
        "policy": kept.policy,
        "first_week": kept.first_week.isoformat(),
        **told,
        "said": [*sentences(one, told), said, *released],
    }, drawn(one)


def _released(session: Session, name: str) -> list[str]:
    """Refuse a follow-up whose waves are all released; say of one with some that they are played as planned."""
    waves = pieces.waves(session, name)
    out = sum(wave.released for wave in waves)
    if waves and out == len(waves):
        raise NothingToDo(
            f"Every wave of {name} is released: nothing is left to rehearse.",
            "See what comes of it with `renotify report progress`.",
        )
    if not out:
        return []
    verb = "is" if out == 1 else "are"
    said = f"{counted(out, 'wave')} of {len(waves)} {verb} released already; the rehearsal plays the whole follow-up from its first week."
    return [said]


def _no_shows(session: Session, stated: float | None) -> tuple[float, str]:
    """The share of booked visits that do not come, and where it is from."""
    if stated is not None:
        return (
            stated,
            f"{stated:.0%} of booked visits do not come, as stated, and book again next week.",
        )
    seen = kept_appointments(session)
    if seen.total >= LEAST:
        share = seen.missed_share
        return share, (
            f"{share:.0%} of booked visits do not come and book again next week, as of {counted(seen.total, 'appointment')} on file."
        )
    return NO_SHOWS, (
        f"Assumed: {NO_SHOWS:.0%} of booked visits do not come and book again next week; fewer than {LEAST} appointments on file were kept"
        " or missed. Give --no-shows where you know better."
    )
