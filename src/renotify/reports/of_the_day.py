"""What the page of a follow-up shows of a day beside the plan's own figures: completion by week with its interval, letters against hours
and kits, the areas, what changed within a week, the clocks that ask for something, and the letter itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from renotify.charts.area_map import AreaPlace, DealerPlace
from renotify.charts.completion_by_week import CompletionByWeek
from renotify.charts.dealer_heat_map import DealerWeeks
from renotify.charts.kits_by_week import KitsByWeek
from renotify.charts.waves_against_limits import WavesAndLimits
from renotify.ledger import pieces, status
from renotify.ledger.pieces import WaveRow
from renotify.ledger.scope import NOWHERE
from renotify.ledger.session import Session
from renotify.ledger.status import Count
from renotify.mailing.commonest_letter import LetterPicture, commonest_letter
from renotify.plans.expected import AHEAD, Expected
from renotify.reports.deadlines import deadlines
from renotify.reports.progress import progress
from renotify.reports.since_last_week import WEEK, Change, since_last_week
from renotify.workload.of_plan import PlanWorkload

BACK = 4  # weeks of completion that are shown before the day
TO_DO = ("overdue", "soon")  # states of a clock that ask for something now
MADE_UP = "synthetic"  # the source of owners that the demo makes


@dataclass(frozen=True, eq=False)
class OfTheDay:
    """What a page shows of a day; ``clocks`` are the rows of ``deadlines``, ``made_up`` says whether the owners are."""

    on: date
    completion: CompletionByWeek
    limits: WavesAndLimits
    areas: tuple[AreaPlace, ...]
    changes: tuple[Change, ...]
    clocks: tuple[dict[str, Any], ...]
    letter: LetterPicture
    made_up: bool

    @property
    def to_do(self) -> list[dict[str, Any]]:
        """The clocks that are overdue or due soon."""
        return [one for one in self.clocks if one["state"] in TO_DO]


class DealerOnMap(NamedTuple):
    """A dealer, its area and where it is."""

    dealer_code: str
    area_code: str
    lat: float | None
    lon: float | None


def of_the_day(
    session: Session,
    name: str,
    on: date,
    campaigns: Sequence[str],
    load: PlanWorkload,
    weeks: DealerWeeks,
    kits: KitsByWeek,
) -> OfTheDay:
    """Return what a planned follow-up's page shows of a day, by its campaigns, its workload, that workload's heat map, and its kits."""
    days, past = past_weeks(session, on, campaigns)
    before, now = past[days.index(on - WEEK)], past[-1]
    return OfTheDay(
        on=on,
        completion=completion_of(days, past, forecasts(session, on), load.record.behind),
        limits=limits_of(
            load.expected,
            weeks,
            kits,
            pieces.waves(session, name),
        ),
        areas=areas_on_map(session, on, campaigns, weeks),
        changes=since_last_week(session, name, on, before.values(), now.values()),
        clocks=tuple(deadlines(session, on)),
        letter=commonest_letter(session, name, on),
        made_up=bool(
            session.scalar(
                "select count(*) from (select 1 from owner where source = :source limit 1) made",
                source=MADE_UP,
            )
        ),
    )


def past_weeks(
    session: Session, on: date, campaigns: Sequence[str]
) -> tuple[list[date], list[dict[str, Count]]]:
    """Return the days on which past completion is shown, the last is ``on``, and the counts of campaigns as of each."""
    days = [on - timedelta(weeks=week) for week in range(BACK, -1, -1)]
    return days, [
        {row.campaign: row for row in status.counts(session, as_of=day) if row.campaign in campaigns}
        for day in days
    ]  # fmt: skip


def forecasts(session: Session, on: date) -> dict[str, Mapping[str, Any]]:
    """Return the forecast of each campaign."""
    return {row["campaign"]: row["forecast"] for row in progress(session, on, "campaign")}


def completion_of(
    days: Sequence[date], past: Sequence[Mapping[str, Count]], coming: Mapping[str, Mapping[str, Any]], cases: str
) -> CompletionByWeek:  # fmt: skip
    """Return completion on past days, and by the end of each coming week; a campaign that was not there yet was at 0.

    ``cases``: what is said behind the ends of the intervals (``ForecastRecord.behind``).
    """
    codes = sorted(past[-1])
    mondays = next(iter(coming.values()), {"weeks": ()})["weeks"]
    ends = [date.fromisoformat(monday) + timedelta(days=6) for monday in mondays[:AHEAD]]
    first = sum(end <= days[-1] for end in ends)  # of a Sunday the week is over with the day
    involved = np.array([[max(past[-1][code].involved - past[-1][code].removed, 1)] for code in codes])  # fmt: skip
    was = np.array([[day[code].completion if code in day else 0.0 for day in past] for code in codes])  # fmt: skip
    done, low, high = (
        np.hstack([was, np.array([coming[code][end][first:AHEAD] for code in codes]) / involved])
        for end in ("done", "low", "high")
    )
    return CompletionByWeek(
        tuple(codes), (*days, *ends[first:]), len(days) - 1, done, low, high, cases
    )


def limits_of(
    brought: Expected,
    weeks: DealerWeeks,
    kits: KitsByWeek,
    waves: Sequence[WaveRow],
) -> WavesAndLimits:
    """Return letters from the current week on against the hours of each dealer, and the kits of its own chart (visits_and_kits.kits_of).

    Hours and kits are those of the same visits: booked ones, and those to come, of this follow-up and of others at its dealers.

    Letters are those of the waves, as the table of waves counts them: a vehicle whose lessor is written to has two.
    A dealer whose hours are not known lacks none, nor does a part without supply rows; what dealers have on hand is theirs.
    """
    now = brought.now
    of_week: Counter[date] = Counter()
    for one in waves:
        of_week[one.week] += one.planned
    drawn = np.diff(kits.demand, axis=1, prepend=0.0)  # [P, T]
    lacking = np.clip(kits.demand - kits.supply, 0.0, drawn)
    return WavesAndLimits(
        brought.mondays[now:],
        np.array([of_week[monday] for monday in brought.mondays[now:]], np.int64),
        weeks.hours.sum(axis=0),
        np.maximum(weeks.hours - weeks.capacity, 0.0).sum(axis=0),
        kits.taken,
        lacking.sum(axis=0),
        planned=of_week.total(),
        to_go=sum(one.planned for one in waves if not one.released),
    )


def areas_on_map(
    session: Session, on: date, campaigns: Sequence[str], weeks: DealerWeeks
) -> tuple[AreaPlace, ...]:
    """Return each area with its dealers on the map, and how far its vehicles are; vehicles without a dealer are in none."""
    counts: dict[str, list[Count]] = defaultdict(list)
    for row in status.counts(session, by="area", as_of=on):
        if row.campaign in campaigns and row.area != NOWHERE:
            counts[row.area].append(row)
    short = set(np.array(weeks.dealers, object)[weeks.short_of_hours].tolist())
    dealers: dict[str, list[DealerOnMap]] = defaultdict(list)
    for one in session.rows(DealerOnMap, "select dealer_code, area_code, lat, lon from dealer order by dealer_code"):  # fmt: skip
        dealers[one.area_code].append(one)
    return tuple(_area(area, rows, dealers[area], short) for area, rows in sorted(counts.items()))


def _area(
    area: str, rows: Sequence[Count], dealers: Iterable[DealerOnMap], short: set[str]
) -> AreaPlace:
    known = list(dealers)
    whole = sum(one.involved - one.removed for one in rows)
    return AreaPlace(
        area,
        tuple(
            DealerPlace(one.lat, one.lon, one.dealer_code in short)
            for one in known
            if one.lat is not None and one.lon is not None
        ),
        len(known),
        sum(one.open for one in rows),
        sum(one.done for one in rows) / max(whole, 1),
        sum(one.dealer_code in short for one in known),
    )
