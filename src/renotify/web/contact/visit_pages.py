"""Booking a caller's visit at the vehicle's dealer: free times first; a bay and a kit are never given twice."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from renotify.contact.answers import answer
from renotify.contact.sentences import clock
from renotify.contact.vehicle_answer import VehicleAnswer
from renotify.contact.vehicle_known import DealerRow
from renotify.desks import booking
from renotify.errors import NothingToDo
from renotify.values import vin as vins
from renotify.values.english import long_day
from renotify.web.contact.caller_pages import visit_codes
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of

NO_TIME = "Give a day and a time: 2013-03-11T08:30."


class _Time(NamedTuple):
    value: str
    says: str


@opens_to(Role.CONTACT)
@never_cache
def book(request: HttpRequest, vin: str) -> HttpResponseBase:
    """Show the free times of the vehicle's dealer; book the one that the caller takes."""
    visit = visit_of(request)
    answered = answer(visit.ledger, vins.normalise(vin), visit.on)
    dealer, codes = answered.dealer, visit_codes(answered)
    if dealer is None or not codes:
        raise NothingToDo(
            "There is no visit to book.", "Go back to the vehicle's page: it says why."
        )
    if request.method != "POST":
        return _page(request, answered, dealer, [])
    typed = (request.POST.get("own_start") or request.POST.get("start") or "").strip()
    reasons = _refused(
        visit, answered.vin, dealer, codes, typed,
        order_kit=bool(request.POST.get("order_kit")), second_visit=bool(request.POST.get("second_visit")),
    )  # fmt: skip
    if reasons:
        return _page(request, answered, dealer, reasons)
    start = datetime.fromisoformat(typed)
    said = f"Booked at {dealer.name} for {long_day(start.date())} at {clock(typed)}."
    visit.note(
        Deed.TYPED,
        answered.vin,
        {"table": "appointments", "dealer": dealer.dealer_code, "start": typed},
    )
    messages.success(request, said)
    return redirect("contact:caller", vin=answered.vin)


def _refused(
    visit: Visit,
    vin: str,
    dealer: DealerRow,
    codes: tuple[str, ...],
    typed: str,
    *,
    order_kit: bool,
    second_visit: bool,
) -> list[str]:
    """Book a visit, and return why not where it is refused."""
    try:
        start = datetime.fromisoformat(typed).replace(tzinfo=None)
    except ValueError:
        return [NO_TIME]
    wanted = booking.Wanted(
        dealer.dealer_code, vin, codes, start, order_kit=order_kit, second_visit=second_visit
    )
    person = visit.person.username if visit.person else ""
    try:
        taken = booking.book(visit.ledger, wanted, person=person, on=visit.on)
    except booking.NotFree as error:
        return [f"{error.message} {error.hint}".strip()]
    return [f"{one.column}: {one.reason}" for one in taken.reasons]


def _page(
    request: HttpRequest, answered: VehicleAnswer, dealer: DealerRow, reasons: list[str]
) -> HttpResponse:
    visit, codes = visit_of(request), visit_codes(answered)
    free = booking.offered(visit.ledger, dealer.dealer_code, answered.vin, codes, visit.on)
    times = [
        _Time(f"{at:%Y-%m-%dT%H:%M}", f"{at:%A}, {long_day(at.date())} at {clock(at.isoformat())}")
        for at in free
    ]
    lacking = (
        answered.kits.lacking
        if answered.kits and answered.kits.state in ("short", "on_order")
        else ""
    )
    return render(
        request, "contact/book.html",
        {
            "answer": answered, "dealer": dealer, "codes": codes, "times": times, "reasons": reasons, "lacking": lacking,
            "chosen": request.POST.get("start", ""), "own": request.POST.get("own_start", ""), "ordered": request.POST.get("order_kit", ""),
            "elsewhere": answered.booking is not None and answered.booking.dealer_code != dealer.dealer_code,
            "second": request.POST.get("second_visit", ""),
        },
        status=422 if reasons else 200,
    )  # fmt: skip
