"""A rehearsal as its readers are told it: by the Mondays of the weeks, for the analyst, parts, dealers and owners."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from renotify.charts.rehearsed_weeks import RehearsedWeeks
from renotify.planner.letter_plan import Letters
from renotify.planner.played_weeks import LOST
from renotify.planner.problem import NO_DATE, Floats, Problem
from renotify.planner.rehearsal import (
    INTERVAL,
    NOBODY,
    Booked,
    Rehearsal,
    RehearsalSettings,
    interval,
)

WORST = 10  # dealer-weeks that are told
EASE = 1e-9  # divides by nothing
QUIET = 0.975  # share of all repairs after which a table of weeks ends


@dataclass(frozen=True, eq=False)
class Rehearsed:
    """A plan that was rehearsed: the problem, the letters that are mailed and those that ask owners in [B, D, T], and what came of it."""

    problem: Problem
    mailed: Letters
    asking: Letters
    first_week: date
    settings: RehearsalSettings
    seen: Rehearsal
    booked: Booked = NOBODY
    before: int = 0  # vehicles of the list that were done before its first week

    def monday(self, week: float) -> str | None:
        """The Monday of a week; None for one that never comes."""
        if not np.isfinite(week):
            return None
        return (self.first_week + timedelta(weeks=int(week))).isoformat()


def _over_runs(values: Floats, digits: int = 2) -> dict[str, float]:
    """A figure a run [R] as its mean and its interval."""
    return {name: round(value, digits) for name, value in interval(values)._asdict().items()}


def _weeks_over_runs(values: Floats) -> dict[str, float | None]:
    """Whole weeks a run [R] as median and interval; inf is beyond the weeks played, and told as None, as is what no run has (nan)."""
    known = values[~np.isnan(values)]
    if not len(known):
        return dict.fromkeys(("median", "low", "high"))
    levels = np.quantile(known, (0.5, *INTERVAL), method="inverted_cdf")
    found = (float(level) if np.isfinite(level) else None for level in levels)
    return dict(zip(("median", "low", "high"), found, strict=True))


def document(one: Rehearsed) -> dict[str, Any]:
    """Return the rehearsal as JSON: shares from 0 to 1, weeks by their Mondays, figures as mean and interval over the runs."""
    settings = one.settings
    return {
        "runs": settings.runs,
        "seed": settings.seed,
        "no_shows": settings.no_shows,
        "late_weeks": settings.late_weeks,
        "late_chance": settings.late_chance,
        "lost_share": LOST,
        "analyst": _analyst(one),
        "parts": list(_parts(one)),
        "dealers": {"weeks": _dealer_weeks(one), "beyond_bound": _dealers_beyond(one)},
        "owner": _owner(one),
    }


def _analyst(one: Rehearsed) -> dict[str, Any]:
    seen = one.seen
    mailed = one.mailed.sum(axis=(0, 1))
    asked = np.cumsum(seen.asked, axis=1)
    weeks = [
        {
            "week": one.monday(t),
            "letters": int(mailed[t]) if t < len(mailed) else 0,
            "asked": _over_runs(seen.asked[:, t]),
            "repaired": _over_runs(one.before + seen.repaired[:, t]),
        }
        for t in range(seen.asked.shape[1])
    ]
    return {
        "owners": int(one.problem.owners.sum()),
        "letters": int(mailed.sum()),
        "weeks": weeks,
        "asked": _over_runs(asked[:, -1]),
        "repaired": _over_runs(one.before + seen.repaired[:, -1]),
        "repaired_before": one.before,
        "booked": len(one.booked.week),
        "exposure_removed": _over_runs(seen.removed),
        "exposure_if_nobody_waited": round(float(seen.removed_at_once.mean()), 2),
        "late_letters": list(_late_letters(one)),
    }


def _late_letters(one: Rehearsed) -> Iterable[dict[str, Any]]:
    """First notices that are planned after their lawful week, or not at all."""
    problem = one.problem
    for b in np.flatnonzero(problem.mail_by != NO_DATE).tolist():
        last = int(problem.mail_by[b])
        late = int(problem.owners[b].sum() - one.mailed[b, :, : last + 1].sum())
        if late > 0:
            yield {"bundle": problem.bundles[b], "last_week": one.monday(last), "letters": late}


def _parts(one: Rehearsed) -> Iterable[dict[str, Any]]:
    """The parts of limited supply, those that run out most often first.

    ``without_letters``: in how many runs owners without a letter would bring it about if no letter were sent; ``by_letters``: in how
    many the part lacks in a week in which it would not lack then, and whom that turns away beyond.
    """
    seen = one.seen
    first = seen.run_out
    chance = np.isfinite(first).mean(axis=0)
    alone, by_letters = (
        lacks.any(axis=2).mean(axis=0) for lacks in (seen.lacking_alone > 0, seen.lacks_by_letters)
    )
    for p in np.lexsort((np.array(seen.parts), -seen.lacking.mean(axis=0).sum(axis=1), -chance)):
        week = _weeks_over_runs(first[np.isfinite(first[:, p]), p])
        lacks = (seen.lacking[:, p] > 0).mean(axis=0)
        yield {
            "part": seen.parts[p],
            "chance": round(float(chance[p]), 4),
            "runs_out": {k: None if w is None else one.monday(w) for k, w in week.items()},
            "turned_away": _over_runs(seen.lacking[:, p].sum(axis=1)),
            "longest_wait_weeks": _weeks_over_runs(seen.kit_wait[:, p]),
            "without_letters": {
                "chance": round(float(alone[p]), 4),
                "turned_away": _over_runs(seen.lacking_alone[:, p].sum(axis=1)),
            },
            "by_letters": {
                "chance": round(float(by_letters[p]), 4),
                "turned_away": _over_runs((seen.lacking - seen.lacking_alone)[:, p].sum(axis=1)),
            },
            "weeks": [
                {
                    "week": one.monday(t),
                    "chance": round(float(lacks[t]), 4),
                    "chance_by_letters": round(float(seen.lacks_by_letters[:, p, t].mean()), 4),
                }
                for t in np.flatnonzero(lacks).tolist()
            ],
        }


def _hours_there(one: Rehearsed) -> Floats:
    """Each dealer's hours in the weeks played; inf where nobody knows them. [D, W]"""
    hours = one.problem.hours
    more = one.seen.hours.shape[2] - hours.shape[1]
    return np.pad(hours, ((0, 0), (0, max(more, 0))), mode="edge")[:, : one.seen.hours.shape[2]]


def _dealer_weeks(one: Rehearsed) -> list[dict[str, Any]]:
    """The worst weeks of dealers: by the chance that a visit waits beyond the bound, then by hours to work over hours there."""
    seen, there = one.seen, _hours_there(one)
    mean = seen.hours.mean(axis=0)
    load = (mean + seen.hours_waiting) / np.maximum(there, EASE)
    d, t = np.nonzero((mean > 0) & np.isfinite(there))
    worst = np.lexsort((t, d, -load[d, t], -seen.chance[d, t]))[:WORST]
    return [
        {
            "dealer": one.problem.dealers[d[at]],
            "week": one.monday(float(t[at])),
            "hours_asked": _over_runs(seen.hours[:, d[at], t[at]].astype(float)),
            "hours_waiting": round(float(seen.hours_waiting[d[at], t[at]]), 2),
            "hours_there": round(float(there[d[at], t[at]]), 2),
            "chance_beyond_bound": round(float(seen.chance[d[at], t[at]]), 4),
        }
        for at in worst.tolist()
    ]


def _dealers_beyond(one: Rehearsed) -> list[dict[str, Any]]:
    """Dealers at which a visit waits beyond the bound in some run, the most visits first."""
    seen = one.seen
    mean = seen.beyond.mean(axis=0)
    share = mean / np.maximum(seen.bookings.mean(axis=0), EASE)
    chance = (seen.beyond > 0).mean(axis=0)
    order = np.lexsort((np.array(one.problem.dealers), -mean))
    return [
        {
            "dealer": one.problem.dealers[d],
            "area": one.problem.areas[d] if one.problem.areas else "",
            "visits_beyond": _over_runs(seen.beyond[:, d]),
            "share_of_visits": round(float(share[d]), 4),
            "chance": round(float(chance[d]), 4),
        }
        for d in order[: int((mean > 0).sum())].tolist()
    ]


def _owner(one: Rehearsed) -> dict[str, Any]:
    seen = one.seen
    asked, alone = (np.maximum(who.sum(axis=1), 1.0) for who in (seen.asked, seen.asked_alone))
    return {
        "turned_away": _over_runs(seen.turned_away.sum(axis=1) / asked, 4),
        "turned_away_without_letters": _over_runs(seen.turned_away_alone.sum(axis=1) / alone, 4),
        "never_return": _over_runs(seen.lost.sum(axis=1) / asked, 4),
        "wait_weeks": _weeks_over_runs(seen.wait_quantile(0.5)),
        "wait_weeks_of_nine_in_ten": _weeks_over_runs(seen.wait_quantile(0.9)),
    }


def last_told(one: Rehearsed) -> int:
    """How many weeks a table or picture shows: until the letters are out and nearly all repairs done."""
    repaired = one.seen.repaired.mean(axis=0)
    quiet = int((repaired < QUIET * repaired[-1]).sum()) + 1
    mailed = np.flatnonzero(one.mailed.sum(axis=(0, 1)))
    return min(max(quiet, int(mailed.max(initial=0)) + 1), len(repaired))


def drawn(one: Rehearsed) -> RehearsedWeeks:
    """Return the weeks to draw."""
    seen, weeks = one.seen, last_told(one)
    mailed = one.mailed.sum(axis=(0, 1))
    asked = one.before + len(one.booked.week) + np.cumsum(seen.asked, axis=1)
    return RehearsedWeeks(
        weeks=tuple(one.first_week + timedelta(weeks=t) for t in range(weeks)),
        letters=np.pad(mailed, (0, max(weeks - len(mailed), 0)))[:weeks].astype(np.int64),
        asked=_band(asked)[:, :weeks],
        repaired=_band(one.before + seen.repaired)[:, :weeks],
        parts=seen.parts,
        part_lacks=(seen.lacking > 0).mean(axis=0)[:, :weeks],
        letters_lack=seen.lacks_by_letters.mean(axis=0)[:, :weeks],
        dealers=one.problem.dealers,
        visit_waits=seen.chance[:, :weeks],
        bound=one.problem.wait_bound,
    )


def _band(values: Floats) -> Floats:
    """Mean, low and high of a figure by run and week. [3, W]"""
    return np.concatenate([values.mean(axis=0)[None], np.quantile(values, INTERVAL, axis=0)])
