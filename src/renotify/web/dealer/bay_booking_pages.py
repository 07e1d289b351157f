"""Booking a visit, or moving the one a vehicle has here: free times first, then a time of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from renotify.desks import booking
from renotify.desks.vin_check import VinCheck, check_vin
from renotify.values.calendar import monday_of
from renotify.values.english import long_day
from renotify.web.dealer.typed_forms import Filled, filled, instant_of, take, told
from renotify.web.door.gate import opens_to
from renotify.web.door.roles import SERVICE
from renotify.web.door.visit import Visit, visit_of

FIELDS = {"appointment_id": "number", "campaign_codes": "campaigns"}


class Choice(NamedTuple):
    """A time that is offered: its value in the form, and its words."""

    value: str
    says: str


@opens_to(*SERVICE)
def book(request: HttpRequest, vin: str) -> HttpResponseBase:
    """Show what the visit takes and when it has room; take the one that is chosen."""
    visit = visit_of(request)
    found = check_vin(visit.ledger, visit.scope.dealer, vin, visit.on)
    if request.method != "POST":
        form = Filled(
            {"more_hours": "", "order_kit": "", "second_visit": "", "start": "", "number": ""}
        )
        return _page(request, found, form, found.visit)
    form = filled(
        request, "start", "own_start", "number", "more_hours", "order_kit", "second_visit"
    )
    form.typed["start"] = form.typed["own_start"] or form.typed["start"]
    codes = tuple(request.POST.getlist("campaigns"))
    start = instant_of(form, "start")
    if start is not None and _book(visit, found, form, codes, start):
        told(
            request,
            visit,
            found.vin,
            f"{found.vin} is booked for {long_day(start.date())} at {start:%H:%M}.",
        )
        if monday_of(start.date()) == monday_of(visit.on):
            return redirect("dealer:week")
        return redirect(f"{reverse('dealer:check')}?vin={found.vin}")  # which has the visit
    found = check_vin(visit.ledger, visit.scope.dealer, vin, visit.on)  # a kit may just have gone
    return _page(request, found, form, codes)


def _book(
    visit: Visit, found: VinCheck, form: Filled, codes: tuple[str, ...], start: datetime
) -> bool:
    wanted = booking.Wanted(
        visit.scope.dealer, found.vin, codes, start, found.booked.number if found.booked else form.typed["number"],
        more_hours=bool(form.typed["more_hours"]), order_kit=bool(form.typed["order_kit"]), second_visit=bool(form.typed["second_visit"]),
    )  # fmt: skip
    person = visit.person.username if visit.person else ""
    return take(form, lambda: booking.book(visit.ledger, wanted, person=person, on=visit.on), FIELDS) is not None  # fmt: skip


def _page(
    request: HttpRequest, found: VinCheck, form: Filled, chosen: Sequence[str]
) -> HttpResponse:
    visit = visit_of(request)
    free = booking.offered(visit.ledger, visit.scope.dealer, found.vin, found.visit, visit.on)
    choices = [
        Choice(f"{at:%Y-%m-%dT%H:%M}", f"{at:%A}, {long_day(at.date())} at {at:%H:%M}")
        for at in free
    ]
    short = bool(found.visit) and found.kits.state in ("short", "on_order")
    return render(
        request, "dealer/book.html",
        {"found": found, "form": form, "chosen": chosen, "choices": choices, "short": short, "needs_hours": "more_hours" in form.errors},
        status=form.status,
    )  # fmt: skip
