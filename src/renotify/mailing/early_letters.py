"""A letter that waits for its remedy is not released before the day on which the remedy is there.

A plan knows weeks, a remedy has a day, and the day may have changed since the plan was made: so
the day is asked for again at the instant of the release (decision 0019).
"""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa

from renotify.campaigns.follow_up_settings import (
    FIRST_KINDS,
    JOINED,
    SECOND_NOTICE,
    FollowUpSettings,
)
from renotify.errors import Refused
from renotify.ledger.pieces import WaveRow
from renotify.mailing.versions import VERSION, VersionKey, Versions, version_of
from renotify.planner.lawful_weeks import first_notices_due
from renotify.values.calendar import monday_of
from renotify.values.english import counted, series

A_WEEK = timedelta(weeks=1)


def refuse(
    settings: FollowUpSettings, row: WaveRow, released: pa.Table, made: Versions, on: date
) -> None:
    """Refuse the release of a wave on a day that is too early for one of its letters.

    ``released``: the pieces that would go out (``VERSION`` columns). Refused names the bundles, how many letters, and the
    day from which on the wave can be released, or says to plan again where that is another week.
    """
    if settings.kind == SECOND_NOTICE:
        _refuse_without_remedy(row, released, made)
    counts = released.group_by(list(VERSION)).aggregate([([], "count_all")]).to_pylist()
    early = [
        (day, kind["bundle"], kind["count_all"])
        for kind in counts
        if (day := waits_for(settings, version_of(kind), made, on)) is not None
    ]
    if not early:
        return
    last = max(day for day, _, _ in early)
    letters = counted(sum(count for _, _, count in early), "letter")
    raise Refused(
        f"{letters} of wave {row.number} would go out before the remedy: that of"
        f" {series(sorted({bundle for _, bundle, _ in early}))} is there on {last}; today is {on}.",
        f"Release the wave from {last} on."
        if row.released or last < monday_of(on) + A_WEEK
        else f"Plan again with `renotify replan {row.follow_up}`: it moves them to the week of their remedy.",
    )


def _refuse_without_remedy(row: WaveRow, released: pa.Table, made: Versions) -> None:
    """Refuse a second notice whose remedy has no day any more: it would be a second interim letter."""
    kinds = released.group_by(list(VERSION)).aggregate([]).to_pylist()
    lost = {kind["bundle"] for kind in kinds if made.remedied(version_of(kind)) is None}
    if lost:
        raise Refused(
            f"Wave {row.number} would tell owners that the remedy is now available, and that of {series(sorted(lost))}"
            " has no known day any more.",
            "Load campaigns.toml with the day of the remedy, and release the wave then.",
        )


def waits_for(settings: FollowUpSettings, key: VersionKey, made: Versions, on: date) -> date | None:
    """Return the day after ``on`` for which a letter waits, None when it may go.

    A follow-up waits for the day of its last remedy. A first notice does so only within the week, and only while its own clock
    allows (49 CFR 577.7(a)(1)); an interim one, and one whose remedy has no known day, waits for nothing.
    """
    day = made.remedied(key)
    if day is None or day <= on or made.kind == "interim":
        return None
    if settings.is_follow_up:
        return day
    due = last_day(key, made)
    return day if day < monday_of(on) + A_WEEK and (due is None or day <= due) else None


def last_day(key: VersionKey, made: Versions) -> date | None:
    """Return the last day for the letters of a version; None where no clock runs: first notices of recalls have one (577.7(a)(1)).

    Where the vehicles of its bundle all joined after the last day of the others it is their own, as the plan has it.
    """
    if made.kind not in FIRST_KINDS or key.family != "safety":
        return None
    campaigns = [made.campaigns[code] for code in key.bundle.split(JOINED)]
    return first_notices_due(campaigns, made.joined.get(key.bundle))
