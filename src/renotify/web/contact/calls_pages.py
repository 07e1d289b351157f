"""The calls to come: a bar a working day with its interval, and what each wave brings, so that the lines are staffed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from renotify.charts.calls_by_day import CallsByDay, DayOfCalls, calls_by_day
from renotify.contact.calls_to_come import CallsToCome, calls_to_come
from renotify.values.english import short_day
from renotify.web.door.gate import opens_to
from renotify.web.door.roles import Role
from renotify.web.door.visit import visit_of
from renotify.web.long_pages import slow_page
from renotify.web.theme.shown_table import shown_table

DAYS = {"day": "Day", "weekday": "Weekday", "calls": "Calls", "low": "At least", "high": "At most"}
WAVES = {"follow_up": "Follow-up", "wave": "Wave", "week": "Week of", "letters": "Letters", "calls": "Calls to come"}  # fmt: skip


@opens_to(Role.CONTACT)
def calls(request: HttpRequest) -> HttpResponse:
    """Show the calls of the next six weeks by day."""
    visit = visit_of(request)

    def ask() -> tuple[CallsToCome, str]:
        found = calls_to_come(visit.ledger, visit.on)
        return found, _chart(found)

    return slow_page(
        request,
        "calls to come",
        ask,
        "contact/calls.html",
        lambda one: _shown(*one),
        title="Calls to come",
    )


def _shown(found: CallsToCome, chart: str) -> dict[str, Any]:
    rows = [one._asdict() | {"weekday": f"{one.day:%A}"} for one in found.days]
    days = shown_table(
        "Calls by day",
        rows,
        DAYS,
        empty="No follow-up with a plan is in force: no calls are foretold.",
    )
    brought = [_wave(one._asdict()) for one in found.waves]
    waves = shown_table(
        "What brings them", brought, WAVES, empty="No letter that is out or to come brings a call."
    )
    return {"headline": headline(found), "chart": chart, "tables": (days, waves)}


def headline(found: CallsToCome) -> str:
    """Return the busiest day in one sentence."""
    busiest = found.busiest
    if busiest is None:
        return "No calls are foretold."
    return (
        f"The busiest day is {busiest.day:%A}, {short_day(busiest.day)}: about {busiest.calls:,.0f} calls,"
        f" {busiest.low:,.0f} to {busiest.high:,.0f}{found.record.behind}."
    )


def _chart(found: CallsToCome) -> str:
    if found.busiest is None:
        return ""
    days = tuple(DayOfCalls(*one) for one in found.days)
    return calls_by_day(CallsByDay(days, "Calls to come by working day", found.record.behind))


def _wave(row: dict[str, object]) -> dict[str, object]:
    """Return a wave as the table shows it: callers without a letter have no wave."""
    if row["week"] is None:
        return row | {"wave": "without a letter", "letters": None}
    return row | {"wave": str(row["wave"] or "without a number")}
