"""The reading log as a page and as a file: who read what about a vehicle or an owner, and who decided what."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from io import StringIO
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from renotify.errors import BadInput
from renotify.ledger import artifacts
from renotify.values.list_file import no_formula
from renotify.web.auditor.reading_filters import (
    AskedReadings,
    asked_readings,
    every_line,
    in_words,
    page_of,
    people,
)
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import visit_of
from renotify.web.theme.shown_table import shown_table

COLUMNS = {
    "at": "When (UTC)", "person": "Who", "role": "Role",
    "dealer": "Dealer", "deed": "What", "subject": "About", "answer": "What was shown or decided",
}  # fmt: skip
DISCLOSURES = {
    "at": "When (UTC)", "recipient": "To whom", "purpose": "For", "what": "What", "vehicles": "Vehicles", "keep_until": "Kept until",
}  # fmt: skip
VIN_LENGTH = 17


@opens_to(Role.AUDITOR)
def readings(request: HttpRequest) -> HttpResponse:
    """Show a page of the log under the filters of the address."""
    asked = asked_readings(request.GET.dict())
    page = page_of(asked, _key(request.GET.get("before", "")))
    query = request.GET.copy()
    query.pop("before", None)
    more = ""
    if page.before is not None:
        following = query.copy()
        following["before"] = str(page.before)
        more = f"?{following.urlencode()}"
    table = shown_table(
        "Readings and decisions, the newest first", page.rows, COLUMNS, empty="Nothing in the log is like this.", more=more,
        links={"subject": _vehicle}, exports={"CSV": f"{reverse('auditor:readings_file')}?{query.urlencode()}"},
    )  # fmt: skip
    return render(
        request, "auditor/readings.html",
        {"table": table, "asked": asked, "people": people(), "deeds": [(str(one), in_words(one)) for one in Deed]},
    )  # fmt: skip


@opens_to(Role.AUDITOR)
def readings_file(request: HttpRequest) -> StreamingHttpResponse:
    """Return all lines under the filters as CSV; that it was taken is a line of its own."""
    asked = asked_readings(request.GET.dict())
    visit_of(request).note(Deed.EXPORTED, "reading log", {"filters": request.GET.dict()})
    answer = StreamingHttpResponse(_csv(asked), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="readings.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@opens_to(Role.AUDITOR)
def disclosures(request: HttpRequest) -> HttpResponse:
    """Show each time that owner data left the house, and until when that is kept."""
    rows = [
        row
        | {"at": _when(row["at"]), "keep_until": artifacts.keep_until(artifacts.day_of(row["at"]))}
        for row in reversed(artifacts.disclosures(visit_of(request).ledger).to_pylist())
    ]
    table = shown_table(
        "Disclosures, the newest first",
        rows,
        DISCLOSURES,
        first=500,
        empty="Nothing has left the house.",
    )
    return render(request, "auditor/disclosures.html", {"table": table})


def _when(at: str) -> date:
    """Return an instant as the other tables show it, and of one that is midnight to the second, of a day that was stated, the day alone."""
    read = datetime.fromisoformat(at)
    return read if read.time() > time() else read.date()


def _vehicle(row: Mapping[str, Any]) -> str:
    """Lead to the vehicle of a line that is about one."""
    subject = str(row["subject"])
    if len(subject) != VIN_LENGTH or not subject.isalnum():
        return ""
    return f"{reverse('auditor:vehicle')}?vin={subject}"


def _key(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal():
        raise BadInput(f"{text!r} is no key of a page.", "Go back to the first page.")
    return int(text)


def _csv(asked: AskedReadings) -> Iterator[str]:
    names = ("id", *COLUMNS)
    yield _line(names)
    for row in every_line(asked):
        yield _line([row[name].isoformat() if name == "at" else row[name] for name in names])


def _line(values: Iterable[object]) -> str:
    text = StringIO()
    csv.writer(text).writerow([no_formula(one) if isinstance(one, str) else one for one in values])
    return text.getvalue()
