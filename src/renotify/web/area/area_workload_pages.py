"""The workload of an area's dealers: a map of dealers by week, what to book, and the same weeks as a table."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from renotify.charts.dealer_heat_map import dealer_heat_map
from renotify.desks.area_workload import AreaWorkload, area_workload
from renotify.web.door.gate import opens_to
from renotify.web.door.roles import Role
from renotify.web.door.visit import visit_of
from renotify.web.long_pages import slow_page
from renotify.web.theme.shown_table import shown_table

WEEKS = {
    "dealer": "Dealer", "week": "Week of", "appointments": "Visits", "booked_visits": "Booked", "low": "At least", "high": "At most",
    "hours": "Hours", "booked_hours": "Hours booked", "capacity": "Hours on hand", "extra_technician_days": "Extra days to book",
}  # fmt: skip
FIRST = 50  # rows of the table
SAID = 10  # sentences


@opens_to(Role.AREA_MANAGER)
def workload(request: HttpRequest) -> HttpResponse:
    """Show the weeks to come of all dealers of the area."""
    visit = visit_of(request)
    area = visit.scope.area

    def ask() -> tuple[AreaWorkload, str] | None:
        found = area_workload(visit.ledger, area, visit.on)
        if found is None:
            return None
        return found, dealer_heat_map(found.drawn, shown=len(found.drawn.dealers))

    return slow_page(
        request,
        "area workload",
        ask,
        "area/workload.html",
        _shown,
        title=f"Workload of area {area}",
    )


def _shown(answer: tuple[AreaWorkload, str] | None) -> dict[str, Any]:
    if answer is None:
        return {}
    found, drawing = answer
    rows = [one._asdict() for one in found.weeks]
    return {
        "found": found, "table": shown_table("Dealers and weeks, the tightest first", rows, WEEKS, first=FIRST), "chart": drawing,
        "sentences": found.sentences[:SAID], "more": max(len(found.sentences) - SAID, 0),
    }  # fmt: skip
