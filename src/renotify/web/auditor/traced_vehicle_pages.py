"""One vehicle as an auditor or analyst traces it: why it is in or out of each campaign, all that happened; for the auditor, who looked."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renotify.ledger.explain import explain
from renotify.reports.vehicle_story import vehicle_story
from renotify.values import vin as vins
from renotify.web.auditor.reading_filters import AskedReadings, page_of
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of
from renotify.web.theme.shown_table import shown_table

STORY = {
    "day": "Day", "what": "What happened", "about": "About", "at": "Dealer", "source": "From", "row": "Row", "stands": "Stands",
}  # fmt: skip
READ = {"at": "When (UTC)", "person": "Who", "role": "Role", "deed": "What", "answer": "What was shown or decided"}  # fmt: skip


@opens_to(Role.AUDITOR, Role.ANALYST)
def vehicle(request: HttpRequest) -> HttpResponse:
    """Show the vehicle whose number was asked for; without one, the field."""
    visit, typed = visit_of(request), request.GET.get("vin", "").strip()
    if not typed:
        return render(request, "auditor/vehicle.html", {"typed": ""})
    number = vins.normalise(typed)
    visit.note(Deed.CHECKED_VIN, number, {"for": "audit"})
    return render(request, "auditor/vehicle.html", {"typed": typed, **_traced(visit, number)})


def _traced(visit: Visit, number: str) -> dict[str, Any]:
    told = explain(visit.ledger, number, visit.on)
    story = [vars(one) | {"row": str(one.row or "")} for one in vehicle_story(visit.ledger, number)]
    tables = [
        shown_table("From the first event to the last", story, STORY, empty="The ledger has nothing of this number."),
    ]  # fmt: skip
    if visit.person is not None and visit.person.role == Role.AUDITOR:  # the log is his alone
        readings = page_of(AskedReadings(subject=number), None).rows
        tables.append(
            shown_table(
                "Who looked at it or decided something, the newest first",
                readings,
                READ,
                empty="Nobody has.",
            )
        )
    return {"told": told, "tables": tables}
