"""The first page of the analyst: how everything stands today, and what to do first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from renotify.charts.completion_by_week import completion_by_week
from renotify.desks.disputes import waiting
from renotify.ledger import registry
from renotify.reports.overview import (
    AT_THE_MAIL_HOUSE,
    OVERDUE,
    UNFINISHED,
    Overview,
    WaveStands,
    overview,
)
from renotify.values.english import counted, percent, short_day
from renotify.web.analyst.dispute_pages import to_answer
from renotify.web.analyst.list_links import by_status, vehicles_at
from renotify.web.door.gate import opens_to
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of
from renotify.web.long_pages import slow_page
from renotify.web.theme.shown_table import ShownTable, shown_table

TITLE = "Overview"
CAMPAIGNS = {
    "campaign": "Campaign",
    "subject": "What it is about",
    "take_care": "Take care",
    "open": "Open",
    "involved": "Involved",
    "done": "Remedied",
    "unreachable": "Unreachable",
    "removed": "Removed",
    "complete": "Completion",
    "forecast": "Expected",
    "risk": "Risk a week",
}
CLOCKS = {"state": "State", "due": "Due", "campaign": "Of", "what": "What", "vehicles": "Vehicles"}
WAVES = {
    "follow_up": "Follow-up", "wave": "Wave", "week": "Week of", "letters": "Letters", "awaited": "Awaited",
    "stands": "Where it is",
}  # fmt: skip
CHANGES = {"what": "Measure", "before": "A week ago", "now": "Now", "more": "In the week"}
FIRST_CLOCKS = 10


class Step(NamedTuple):
    """What to do, and where."""

    says: str
    address: str


class Figure(NamedTuple):
    """A figure at the top of a page: its value, what it means, the list behind it, and whether somebody must act on it."""

    value: str
    means: str
    address: str = ""
    tone: str = ""


@dataclass(frozen=True)
class OverviewShown:
    """An overview and its drawing, as they are kept."""

    found: Overview
    drawing: str


def worked_out(visit: Visit) -> OverviewShown:
    """Return the overview of the day with its drawing."""
    found = overview(visit.ledger, visit.on)
    return OverviewShown(found, completion_by_week(found.completion))


@opens_to(Role.ANALYST, Role.AUDITOR)
def overview_page(request: HttpRequest) -> HttpResponse:
    """Show how everything stands today: completion against forecast, clocks, waves, and what changed since last week."""
    visit = visit_of(request)
    if not registry.campaigns(visit.ledger):
        return render(request, "analyst/nothing_loaded.html", {"title": TITLE})
    asked = to_answer(waiting(visit.ledger)) if is_analyst(visit) else ""
    return slow_page(
        request, "overview", lambda: worked_out(visit), "analyst/overview.html",
        lambda shown: _context(shown, asked, may_act=is_analyst(visit)), title=TITLE,
    )  # fmt: skip


def is_analyst(visit: Visit) -> bool:
    """Tell whether the person may act here; an auditor looks."""
    return visit.person is not None and visit.person.role == Role.ANALYST


def _context(shown: OverviewShown, asked: str, *, may_act: bool) -> dict[str, Any]:
    found = shown.found
    answer = [Step(asked, reverse("analyst:disputed"))] if asked else []
    return {
        "headline": found.headline,
        "to_do": [*_steps(found), *answer] if may_act else [],
        "figures": list(_figures(found)),
        "campaigns": _campaigns(found),
        "drawing": shown.drawing,
        "clocks": _clocks(found),
        "waves": _waves(found),
        "weeks": [
            (one, shown_table(f"{one.follow_up}: since last week", [_change(row) for row in one.changes], CHANGES))
            for one in found.weeks
        ],
    }  # fmt: skip


def _steps(found: Overview) -> Iterator[Step]:
    """Yield what to do first: clocks, waves that are late, campaigns whose owners must not drive, evidence that is awaited."""
    if found.red:
        first = found.red[0]
        yield Step(
            f"Close {counted(len(found.red), 'clock')} that {'is' if len(found.red) == 1 else 'are'} overdue, first: {first['what']}"
            f" of {first['campaign']}, due {short_day(first['due'])}.",
            f"{reverse('analyst:deadlines')}?state=overdue",
        )  # fmt: skip
    yield from _waves_to_do(found.waves, OVERDUE, UNFINISHED)
    for one in found.campaigns:
        if one.take_care and one.open:
            yield Step(
                f"Reach {counted(one.open, 'open vehicle')} of {one.campaign} first ({one.take_care}).",
                vehicles_at(campaign=one.campaign, status="open"),
            )
    yield from _waves_to_do(found.waves, AT_THE_MAIL_HOUSE)


def _waves_to_do(waves: Sequence[WaveStands], *stands: str) -> Iterator[Step]:
    """Yield what the waves ask for that stand like that: their release, its end, the mail house's evidence of what it has not answered."""
    for one in waves:
        wave, at = f"wave {one.wave} of {one.follow_up}", _mail_at(one)
        if one.stands not in stands:
            continue
        if one.stands == OVERDUE:
            letters, week = counted(one.letters, "letter"), short_day(one.week)
            yield Step(f"Release {wave}: {letters} for the week of {week}.", at)
        elif one.stands == UNFINISHED:
            yield Step(f"Finish the release of {wave}: its letters are not all printed.", at)
        elif one.awaited:
            awaited = counted(one.awaited, "letter")
            yield Step(
                f"Ask the mail house for the evidence of {wave}: {awaited} of {one.letters:,}.", at
            )


def _mail_at(wave: WaveStands) -> str:
    """Return the page of the mail room on which a wave is released, and its evidence taken in."""
    return reverse("mailing:wave", args=[wave.follow_up, wave.wave])


def _figures(found: Overview) -> Iterator[Figure]:
    involved = sum(one.involved - one.removed for one in found.campaigns)
    done, more = (sum(getattr(one, name) for one in found.campaigns) for name in ("done", "more"))
    to_do = sum(one.open for one in found.campaigns)
    clocks = reverse("analyst:deadlines")
    yield Figure(f"{to_do:,}", "repairs open", vehicles_at(status="open"))
    yield Figure(
        percent(done / involved if involved else 0.0),
        "remedied of all involved",
        vehicles_at(status=("repaired", "inspected_ok")),
    )
    yield Figure(f"{more:,.0f}", f"more expected by {short_day(found.until)}")
    yield Figure(f"{len(found.red):,}", "clocks overdue (red)", f"{clocks}?state=overdue", "bad" if found.red else "")  # fmt: skip
    yield Figure(
        f"{len(found.amber):,}",
        "clocks due within 15 days (amber)",
        f"{clocks}?state=soon",
        "warn" if found.amber else "",
    )
    flying = sum(one.stands == AT_THE_MAIL_HOUSE for one in found.waves)
    yield Figure(f"{flying:,}", "waves at the mail house", reverse("analyst:follow_ups"))


def _campaigns(found: Overview) -> ShownTable:
    rows = [
        {
            **asdict(one),
            "complete": percent(one.completion),
            "forecast": f"{one.more:,.0f} more: {percent(one.expected)} ({100 * one.low:.1f} to {percent(one.high)})",
        }
        for one in found.campaigns
    ]
    links = by_status() | {
        "campaign": lambda row: reverse("analyst:campaign", args=[row["campaign"]])
    }
    caption = f"Campaigns, and what is expected by {short_day(found.until)}{found.completion.cases}"
    warned = any(one.take_care for one in found.campaigns)
    columns = {name: words for name, words in CAMPAIGNS.items() if warned or name != "take_care"}
    return shown_table(caption, rows, columns, links=links)


def _clocks(found: Overview) -> ShownTable:
    def clock(row: Mapping[str, Any]) -> str:
        return f"{reverse('analyst:deadlines')}?state={row['state']}"

    return shown_table(
        "Clocks of the law in red and amber", found.clocks, CLOCKS, links={"what": clock}, first=FIRST_CLOCKS,
        empty="No clock is overdue or due within 15 days.",
    )  # fmt: skip


def _waves(found: Overview) -> ShownTable:
    links = {
        "follow_up": lambda row: reverse("analyst:follow_up", args=[row["follow_up"]]),
        "letters": lambda row: vehicles_at(follow_up=row["follow_up"], wave=row["wave"]),
    }
    return shown_table(
        "Waves in flight, and the next of each follow-up", [asdict(one) for one in found.waves], WAVES, links=links,
        empty="No follow-up has a wave to release, and none is at the mail house.",
    )  # fmt: skip


def _change(row: Any) -> dict[str, Any]:  # noqa: ANN401 - since_last_week.Change
    return {**row._asdict(), "more": row.more}
