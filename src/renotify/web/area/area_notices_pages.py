"""The notices of an area and of its dealers: when they went, who acknowledged, and the file as it was written, to print or forward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control

from renotify.errors import NothingToDo, UnknownName
from renotify.ledger import artifacts, follow_ups
from renotify.ledger.notice_editions import Edition
from renotify.notices import receipts
from renotify.values.english import counted
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of
from renotify.web.theme.shown_table import ShownTable, shown_table

COLUMNS = {
    "audience": "To", "code": "Code", "edition": "Edition", "written_on": "Written", "sent_on": "Sent", "acknowledged_at": "Acknowledged",
    "open": "File",
}  # fmt: skip


@opens_to(Role.AREA_MANAGER)
def notices(request: HttpRequest) -> HttpResponse:
    """Show the notices of follow-ups in force that are the area's own or its dealers'."""
    visit = visit_of(request)
    shown = [
        (name, receipts.in_hand(visit.ledger, name, visit.scope))
        for name in reversed(follow_ups.in_force(visit.ledger, visit.on))
    ]
    tables = [_table(name, own) for name, own in shown if own]
    own = [(name, one) for name, mine in shown for one in mine if one.audience == "area"]
    waiting = sum(
        one.sent_on is not None and not one.acknowledged_at and one.audience == "dealer"
        for _, mine in shown
        for one in mine
    )
    return render(
        request, "area/notices.html",
        {"area": visit.scope.area, "tables": tables, "own": own, "waiting": counted(waiting, "dealer") if waiting else ""},
    )  # fmt: skip


def _table(name: str, own: Sequence[Edition]) -> ShownTable:
    def address(row: Mapping[str, Any]) -> str:
        return reverse("area:notice", args=[name, row["audience"], row["code"]])

    waiting_first = sorted(own, key=lambda one: (one.audience, bool(one.acknowledged_at), one.code))
    rows = [one._asdict() | {"open": "Open"} for one in waiting_first]
    return shown_table(f"Notices of {name}", rows, COLUMNS, links={"open": address})


@opens_to(Role.AREA_MANAGER)
@cache_control(private=True, no_store=True)
def notice(request: HttpRequest, follow_up: str, audience: str, code: str) -> FileResponse:
    """Return a notice of the area as it was written; one of another area is as unknown as one that is not there."""
    visit = visit_of(request)
    one = _one(visit, follow_up, audience, code)
    path = Path(one.file)
    if not path.is_file() or artifacts.digest(path) != one.sha256:
        raise NothingToDo(
            f"The file of the notice to {code} is gone, or it was changed after it was written.",
            "Ask the analyst to write it again: renotify notices.",
        )
    visit.note(Deed.EXPORTED, f"notice of {follow_up} to {audience} {code}")
    return FileResponse(path.open("rb"), filename=path.name, content_type="application/pdf")


def _one(visit: Visit, follow_up: str, audience: str, code: str) -> Edition:
    for one in receipts.in_hand(visit.ledger, follow_up, visit.scope):
        if (one.audience, one.code) == (audience, code):
            return one
    raise UnknownName("Your area has no such notice.", "Go back to the list of notices.")
