"""Work that is reported at the desk, and what to do where a vehicle that was repaired still stands as open."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from renotify.desks.disputes import Claim, disputes_of
from renotify.desks.disputes import dispute as ask_about
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
CLOSE = ("remedied", "inspected_ok")
CLAIMED = {"ro_id": "number", "close_date": "day", "done_by": "elsewhere", "campaign_code": "outcomes"}  # fmt: skip


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
        request,
        "number",
        "day",
        "hours",
        "before_filed",
        *(f"outcome_{one.campaign}" for one in found.to_do),
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
    typed = form.typed
    order = Work(
        visit.scope.dealer, found.vin, typed["number"], day, done, typed.get("hours", ""), before_filed=bool(typed["before_filed"]),
    )  # fmt: skip
    typed.setdefault("outcomes", "")
    return take(form, lambda: record_work(visit.ledger, order, person=_name(visit), on=visit.on), FIELDS) is not None  # fmt: skip


def _name(visit: Visit) -> str:
    return visit.person.username if visit.person else ""


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
    """Take the order that shows that an open vehicle was done: the dealer's own at once, another's to be answered by the analyst."""
    visit = visit_of(request)
    found = check_vin(visit.ledger, visit.scope.dealer, vin, visit.on)
    if request.method != "POST":
        return _dispute_page(
            request,
            found,
            Filled({"day": "", "number": "", "whose": "ours", "outcome": "remedied"}),
            found.visit,
        )
    form = filled(request, "whose", "number", "day", "outcome", "elsewhere", "before_filed")
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
    outcome = form.typed["outcome"] if form.typed["outcome"] in CLOSE else "remedied"
    if form.typed["whose"] == "ours":
        if not _record(visit, found, form, dict.fromkeys(codes, outcome), day):
            return _dispute_page(request, found, form, codes)
        says = f"Your order {form.typed['number']} of {long_day(day)} is taken in: {series(codes)} is done."
        told(request, visit, found.vin, says)
    else:
        claim = Claim(found.vin, codes, form.typed["elsewhere"], form.typed["number"], day, outcome)
        asked = take(
            form,
            lambda: ask_about(
                visit.ledger, visit.scope.dealer, claim, person=_name(visit), on=visit.on
            ),
            CLAIMED,
        )
        if asked is None:
            return _dispute_page(request, found, form, codes)
        kept = {"campaigns": codes, "order": claim.ro_id, "day": day.isoformat(), "done_by": claim.done_by}  # fmt: skip
        visit.note(Deed.DISPUTED, found.vin, kept)
        says = f"The analyst is asked about {series(codes)} on {found.vin}. It stays open until they answer."
        messages.success(request, says)
    return redirect(f"{reverse('dealer:check')}?vin={found.vin}")


def _dispute_page(request: HttpRequest, found: VinCheck, form: Filled, chosen: Any) -> HttpResponse:  # noqa: ANN401 - codes
    visit = visit_of(request)
    before = disputes_of(visit.ledger, visit.scope.dealer, found.vin)
    shown = {"found": found, "form": form, "chosen": chosen, "day_now": visit.on, "before": before}
    return render(request, "dealer/dispute.html", shown, status=form.status)
