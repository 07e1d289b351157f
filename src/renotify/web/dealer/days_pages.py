"""A dealer's day and week as pages: who comes, what they need, what is lacking, and what to do first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renotify.desks import dealer_days
from renotify.desks.dealer_days import DealerDays
from renotify.desks.to_do import headline, steps
from renotify.ledger.session import Session
from renotify.web.door.gate import opens_to
from renotify.web.door.roles import DEALER
from renotify.web.door.visit import visit_of
from renotify.web.theme.shown_table import shown_table

VISITS = {
    "day": "Day", "time": "Time", "vin": "VIN", "vehicle": "Vehicle", "campaigns": "Campaigns", "takes": "Takes", "kits_state": "Kits",
    "kits_from": "Kits from", "also_open": "Also open", "warning": "Take care",
}  # fmt: skip
KITS = {
    "part_no": "Part", "description": "What it is", "needed": "Needed", "on_hand": "On hand", "on_order": "On order",
    "kits_from": "Promised from",
}  # fmt: skip
HOLDS = {
    "vin": "VIN",
    "stock_type": "Stock",
    "campaigns": "Campaigns",
    "basis": "Held by",
    "days_in_stock": "Days in stock",
}
MAY_COME = {
    "vin": "VIN",
    "bundle": "Campaigns",
    "model": "Model",
    "out_on": "Letter out",
    "chance": "Chance to come",
}
FIRST = 100  # rows of a table on the page; the rest is in the export


@opens_to(*DEALER)
def day(request: HttpRequest) -> HttpResponse:
    """Show who comes today and what each visit needs."""
    return _days(request, dealer_days.dealer_day, "Today")


@opens_to(*DEALER)
def week(request: HttpRequest) -> HttpResponse:
    """Show the same of the week, Monday to Sunday."""
    return _days(request, dealer_days.dealer_week, "This week")


def _days(
    request: HttpRequest, ask: Callable[[Session, str, date], DealerDays], title: str
) -> HttpResponse:
    visit = visit_of(request)
    days = ask(visit.ledger, visit.scope.dealer, visit.on)
    tables = (
        shown_table("Visits", days.visits, VISITS, first=FIRST, empty="Nobody is booked."),
        shown_table("Kits of these visits", days.kits, KITS, first=FIRST, empty="No visit takes a part."),
        shown_table("In stock, on hold", days.holds, HOLDS, first=FIRST, empty="Nothing in stock is on hold."),
        shown_table(
            "May ask for a visit, the likeliest first", days.may_come, MAY_COME, first=FIRST, empty="No letter is out unanswered.",
        ),
    )  # fmt: skip
    return render(
        request, "dealer/days.html",
        {"title": title, "days": days, "headline": headline(days), "to_do": list(steps(days)), "tables": tables},
    )  # fmt: skip
