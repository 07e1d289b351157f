"""Work that is reported at the desk, and what to do where a vehicle that was repaired still stands as open."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from renotify.desks.recorded_work import Work, record_work
from renotify.desks.vin_check import VinCheck, check_vin
from renotify.values.english import long_day, series
from renotify.web.dealer.typed_forms import Filled, day_of, filled, take, told
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import SERVICE
from renotify.web.door.visit import Visit, visit_of

OUTCOMES = {
    "remedied": "Repaired",
    "inspected_ok": "Inspected, no repair needed",
    "needs_part": "Inspected, waits for its part",
    "declined": "Owner declined",
}
NOT_DONE = ""  # nothing was done of this campaign
FIELDS = {
    "ro_id": "number",
    "close_date": "day",
    "outcome": "outcomes",
    "campaign_code": "outcomes",
    "vin": "outcomes",
}
LONGEST = 32  # characters of an order's number, as of any code


@opens_to(*SERVICE)
def work(request: HttpRequest, vin: str) -> HttpResponseBase:
    """Show what is open, and take a repair order: one line for each campaign."""
    visit = visit_of(request)
    found = check_vin(visit.ledger, visit.scope.dealer, vin, visit.on)
    if request.method != "POST":
        return _work_page(
            request, found, Filled({"day": visit.on.isoformat(), "number": "", "hours": ""})
        )
    form = filled(
        request, "number", "day", "hours", *(f"outcome_{one.campaign}" for one in found.to_do)
    )
    done = {
        one.campaign: said
        for one in found.to_do
        if (said := form.typed[f"outcome_{one.campaign}"]) in OUTCOMES
    }
    day = day_of(form, "day")
    if day is not None and _record(visit, found, form, done, day):
        told(
            request,
            visit,
            found.vin,
            f"{found.vin}: {_in_words(done)} on {long_day(day)}, order {form.typed['number']}.",
        )
        return redirect(f"{reverse('dealer:check')}?vin={found.vin}")
    return _work_page(request, found, form)


def _record(visit: Visit, found: VinCheck, form: Filled, done: dict[str, str], day: date) -> bool:
    order = Work(
        visit.scope.dealer, found.vin, form.typed["number"], day, done, form.typed.get("hours", "")
    )
    form.typed.setdefault("outcomes", "")
    person = visit.person.username if visit.person else ""
    return take(form, lambda: record_work(visit.ledger, order, person=person, on=visit.on), FIELDS) is not None  # fmt: skip


def _in_words(done: dict[str, str]) -> str:
    return series([f"{code} {OUTCOMES[outcome].lower()}" for code, outcome in sorted(done.items())])


def _work_page(request: HttpRequest, found: VinCheck, form: Filled) -> HttpResponse:
    lines = [
        {"campaign": one, "name": f"outcome_{one.campaign}", "chosen": form.typed.get(f"outcome_{one.campaign}", NOT_DONE)}
        for one in found.to_do
    ]  # fmt: skip
    shown: dict[str, Any] = {
        "found": found,
        "form": form,
        "lines": lines,
        "outcomes": OUTCOMES,
        "day_now": visit_of(request).on,
    }
    return render(request, "dealer/work.html", shown, status=form.status)


@opens_to(*SERVICE)
def dispute(request: HttpRequest, vin: str) -> HttpResponseBase:
    """Take what the dealer's own records say of a vehicle that still stands as open: its own order, or a note to the analyst."""
    visit = visit_of(request)
    found = check_vin(visit.ledger, visit.scope.dealer, vin, visit.on)
    if request.method != "POST":
        return _dispute_page(
            request,
            found,
            Filled({"day": "", "number": "", "whose": "ours", "outcome": "remedied"}),
            found.visit,
        )
    form = filled(request, "whose", "number", "day", "outcome", "elsewhere")
    codes = [
        one for one in request.POST.getlist("campaigns") if one in {c.campaign for c in found.to_do}
    ]
    if not codes:
        form.refuse("outcomes", "Choose the campaigns that were done.")
    day = day_of(form, "day")
    if not form.typed["number"]:
        form.refuse("number", "Give the number of the repair order: it is the proof.")
    if form.errors or day is None:
        return _dispute_page(request, found, form, codes)
    if form.typed["whose"] == "ours":
        outcome = (
            form.typed["outcome"]
            if form.typed["outcome"] in ("remedied", "inspected_ok")
            else "remedied"
        )
        if not _record(visit, found, form, dict.fromkeys(codes, outcome), day):
            return _dispute_page(request, found, form, codes)
        told(
            request,
            visit,
            found.vin,
            f"Your order {form.typed['number']} of {long_day(day)} is taken in: {series(codes)} is done.",
        )
    else:
        visit.note(
            Deed.DISPUTED, found.vin,
            {"campaigns": codes, "order": form.typed["number"][:LONGEST], "day": day.isoformat(), "done_by": form.typed["elsewhere"][:64]},
        )  # fmt: skip
        told(
            request,
            visit,
            found.vin,
            f"The analyst is asked about {series(codes)} on {found.vin}. It stays open until they answer.",
        )
    return redirect(f"{reverse('dealer:check')}?vin={found.vin}")


def _dispute_page(request: HttpRequest, found: VinCheck, form: Filled, chosen: Any) -> HttpResponse:  # noqa: ANN401 - codes
    shown = {"found": found, "form": form, "chosen": chosen, "day_now": visit_of(request).on}
    return render(request, "dealer/dispute.html", shown, status=form.status)
