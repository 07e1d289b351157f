"""The first page of contact staff: one line finds the vehicle that a caller means."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from renotify.contact.callers import AskedBy, Callers, find_caller
from renotify.values.english import counted
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import visit_of
from renotify.web.theme.shown_table import shown_table

COLUMNS = {"vin": "VIN", "vehicle": "Vehicle", "dealer": "Dealer"}
NOT_FOUND = {
    AskedBy.NOTHING: "Type a VIN, its last eight characters, the number on the letter, or a name and a ZIP code.",
    AskedBy.NAME: "Nobody of this name is on record in this ZIP code. Ask for the VIN: it stands on the registration and the windshield.",
    AskedBy.NAME_ALONE: "A name alone finds nobody. Ask for the ZIP code of the caller's address, and type both: Ana Example 02108.",
    AskedBy.LAST_8: "No vehicle of ours ends in these eight characters. Ask for all 17 of the VIN, and look it up.",
    AskedBy.SHORT: "Of a VIN the last 8 characters are enough; no more and no fewer, or all 17.",
    AskedBy.LETTER: "No letter has this number. Read it again: sixteen characters beside the word Reference.",
}


@opens_to(Role.CONTACT)
@never_cache
def search(request: HttpRequest) -> HttpResponseBase:
    """Show the search; what is typed is posted, so that no name stands in an address. One vehicle found is opened at once."""
    if request.method != "POST":
        return render(request, "contact/search.html", {"asked": ""})
    visit, asked = visit_of(request), request.POST.get("asked", "")
    found = find_caller(visit.ledger, asked)
    if found.read_an_owner:
        visit.note(
            Deed.READ_OWNER, "search by name", {"found": [one.vin for one in found.vehicles]}
        )
    if found.total == 1:
        return redirect("contact:caller", vin=found.vehicles[0].vin)
    if found.by is AskedBy.VIN and found.vin:
        return redirect("contact:caller", vin=found.vin)
    return render(request, "contact/search.html", {"asked": asked, "found": found, **_shown(found)})


def _shown(found: Callers) -> dict[str, object]:
    if not found.total:
        short = f" These are {len(found.vin)}." if found.by is AskedBy.SHORT else ""
        return {"nothing": f"{NOT_FOUND[found.by]}{short}"}
    rows = [one._asdict() for one in found.vehicles]
    table = shown_table(
        "Which of them?", rows, COLUMNS, total=found.total, links={"vin": lambda row: reverse("contact:caller", args=[row["vin"]])},
    )  # fmt: skip
    many = found.total > len(found.vehicles)
    said = f"{counted(found.total, 'vehicle')} may be meant: ask which car it is{', or for the VIN' if many else ''}."
    return {"table": table, "several": said}
