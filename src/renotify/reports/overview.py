"""How everything stands on a day, over all campaigns and follow-ups: what a campaign analyst opens in the morning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow.compute as pc

from renotify.campaigns.campaign import Campaign
from renotify.charts.completion_by_week import CompletionByWeek
from renotify.ledger import follow_ups, pieces, registry
from renotify.ledger.kinds import PieceState
from renotify.ledger.pieces import WaveRow
from renotify.ledger.session import Session
from renotify.ledger.status import Count
from renotify.plans.in_force import planned, record_of
from renotify.reports.deadlines import deadlines
from renotify.reports.of_the_day import TO_DO, completion_of, forecasts, past_weeks
from renotify.reports.since_last_week import WEEK, Change, in_words, since_last_week
from renotify.values.calendar import monday_of
from renotify.values.english import counted, long_day

AT_THE_MAIL_HOUSE, NEXT, OVERDUE = "at the mail house", "next to release", "its week has begun"
UNFINISHED = "release begun, not finished"


@dataclass(frozen=True)
class CampaignStands:
    """A campaign on a day: its counts, its share of remedied vehicles of 1, and that by the end of the forecast, ``low`` to ``high``.

    ``more`` are the vehicles expected to be done by then. ``risk`` is what each week adds to the exposure: its risk weight times the open
    vehicles. ``take_care`` says that owners are told not to drive, or to park outside.
    """

    campaign: str
    subject: str
    kind: str
    involved: int
    done: int
    unreachable: int
    removed: int
    open: int
    completion: float
    more: float
    expected: float
    low: float
    high: float
    risk: float
    take_care: str


@dataclass(frozen=True)
class WaveStands:
    """A wave that somebody waits for: released and without the mail house's evidence, or the next to release.

    ``letters`` are those that the plan counts, ``awaited`` those that were printed and that the mail house has not answered for.
    """

    follow_up: str
    wave: int
    week: date
    letters: int
    stands: str
    awaited: int = 0


@dataclass(frozen=True)
class WeekOf:
    """What changed in a follow-up within a week."""

    follow_up: str
    changes: tuple[Change, ...]

    @property
    def sentence(self) -> str:
        return in_words(self.changes)


@dataclass(frozen=True, eq=False)
class Overview:
    """How everything stands on ``on``; ``clocks`` are rows of ``deadlines`` that are overdue or due soon, ``until`` ends the forecast."""

    on: date
    until: date
    campaigns: tuple[CampaignStands, ...]
    clocks: tuple[dict[str, Any], ...]
    waves: tuple[WaveStands, ...]
    weeks: tuple[WeekOf, ...]
    completion: CompletionByWeek

    @property
    def red(self) -> list[dict[str, Any]]:
        """Clocks that are overdue."""
        return [one for one in self.clocks if one["state"] == "overdue"]

    @property
    def amber(self) -> list[dict[str, Any]]:
        """Clocks that are due soon."""
        return [one for one in self.clocks if one["state"] == "soon"]

    @property
    def headline(self) -> str:
        """The state of everything in two sentences."""
        to_do = sum(one.open for one in self.campaigns)
        more = sum(one.more for one in self.campaigns)
        red = counted(len(self.red), "clock of the law is", "clocks of the law are")
        clocks = f"{red} overdue and {len(self.amber):,} due soon."
        return (
            f"{counted(to_do, 'repair is', 'repairs are')} open in {counted(len(self.campaigns), 'campaign')};"
            f" about {more:,.0f} more are expected by {long_day(self.until)}. {clocks}"
        )


def overview(session: Session, on: date) -> Overview:
    """Return how everything stands on a day: campaigns against their forecast, clocks, waves, and what changed since last week."""
    campaigns = registry.campaigns(session)
    days, past = past_weeks(session, on, tuple(campaigns))
    coming = forecasts(session, on)
    record = record_of(session, planned(session), on)
    completion = completion_of(days, past, coming, record.behind)
    running = follow_ups.in_force(session, on)
    before, now = past[days.index(on - WEEK)], past[-1]
    return Overview(
        on=on,
        until=completion.days[-1],
        campaigns=tuple(_campaigns(campaigns, now, coming, completion)),
        clocks=tuple(one for one in deadlines(session, on) if one["state"] in TO_DO),
        waves=tuple(
            one
            for name in running
            for one in _in_flight(pieces.waves(session, name), _awaited(session, name), on)
        ),
        weeks=tuple(_week(session, name, on, before, now) for name in running),
        completion=completion,
    )


def _campaigns(
    known: Mapping[str, Campaign],
    now: Mapping[str, Count],
    coming: Mapping[str, Mapping[str, Any]],
    completion: CompletionByWeek,
) -> Iterator[CampaignStands]:
    for place, code in enumerate(completion.campaigns):
        campaign, row = known[code], now[code]
        warnings = {"do not drive": campaign.do_not_drive, "park outside": campaign.park_outside}
        yield CampaignStands(
            code,
            campaign.subject,
            campaign.campaign_type.words,
            row.involved,
            row.done,
            row.unreachable,
            row.removed,
            row.open,
            row.completion,
            float(coming[code]["more"][-1]),
            float(completion.done[place, -1]),
            float(completion.low[place, -1]),
            float(completion.high[place, -1]),
            campaign.risk_weight * row.open,
            ", ".join(word for word, holds in warnings.items() if holds),
        )


def _awaited(session: Session, name: str) -> Mapping[int, int]:
    """Return how many letters of each wave the mail house has not answered for."""
    counts = pieces.counts(session, name)
    counts = counts.filter(pc.equal(counts["state"], PieceState.PRINTED))
    of_wave = counts.group_by("wave").aggregate([("pieces", "sum")])
    return dict(zip(of_wave["wave"].to_pylist(), of_wave["pieces_sum"].to_pylist(), strict=True))


def _in_flight(
    waves: Sequence[WaveRow], awaited: Mapping[int, int], on: date
) -> Iterator[WaveStands]:
    for one in waves:
        if one.released and not one.accepted:
            stands = AT_THE_MAIL_HOUSE if one.rendered else UNFINISHED
            waits = awaited.get(one.number, 0)
            yield WaveStands(one.follow_up, one.number, one.week, one.planned, stands, waits)
    ahead = next((one for one in waves if not one.released), None)
    if ahead is not None:
        stands = OVERDUE if ahead.week <= monday_of(on) else NEXT
        yield WaveStands(ahead.follow_up, ahead.number, ahead.week, ahead.planned, stands)


def _week(
    session: Session, name: str, on: date, before: Mapping[str, Count], now: Mapping[str, Count]
) -> WeekOf:
    own = follow_ups.settings(session, name, on).campaigns
    of_day = [[row for code, row in day.items() if code in own] for day in (before, now)]
    return WeekOf(name, since_last_week(session, name, on, *of_day))
