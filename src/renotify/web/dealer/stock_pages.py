"""Vehicles in the dealer's stock: what may not be delivered, what was released, what has just become a matter, and what is taken in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from renotify.desks.stock_moves import TakenIn, released, report_sold, take_in
from renotify.ledger.scope import Scope
from renotify.stock.came_under import came_under
from renotify.stock.delivery_hold import holds_of
from renotify.stock.sold_while_open import sold_while_open
from renotify.values import vin as vins
from renotify.values.english import counted
from renotify.web.dealer.days_pages import checked
from renotify.web.dealer.typed_forms import Filled, day_of, filled, take, told
from renotify.web.door.gate import opens_to
from renotify.web.door.roles import DEALER, SERVICE
from renotify.web.door.visit import Visit, visit_of
from renotify.web.theme.shown_table import shown_table

TYPES = {"new": "New", "used": "Used", "loaner": "Loaner", "demo": "Demonstrator"}
BASIS = {"law": "by law (49 USC 30120(i))", "policy": "by the maker's policy"}
FLAG = {
    "taken_in": "came into stock with it open",
    "in_stock": "came under it in stock",
    "sold": "came under it after the sale: call whoever bought it",
}
HELD = {
    "vin": "VIN",
    "stock_type": "Stock",
    "campaigns": "Not done",
    "held": "Held",
    "days_in_stock": "Days in stock",
    "act": "Do",
}
FLAGS = {"since": "Since", "vin": "VIN", "campaigns": "Campaigns", "says": "What happened"}
RELEASED = {"vin": "VIN", "stock_type": "Stock", "campaigns": "Done", "since": "Since"}
SOLD = {
    "sold_date": "Sold",
    "vin": "VIN",
    "campaigns": "Open at the sale",
    "still_open": "Open still",
    "known": "Buyer on record",
}
LATELY = timedelta(weeks=8)


@opens_to(*DEALER, writes=SERVICE)
def stock(request: HttpRequest) -> HttpResponseBase:
    """Show the dealer's holds and flags; take a vehicle in, or report it sold."""
    visit = visit_of(request)
    form = Filled({"day": visit.on.isoformat(), "sold_day": visit.on.isoformat()})
    if request.method == "POST":
        form = filled(
            request,
            "vin",
            "stock_type",
            "day",
            "sold_vin",
            "sold_day",
            "despite_hold",
            "not_on_record",
        )
        said = _sold(visit, form) if form.typed["sold_vin"] else _taken_in(visit, form)
        if said:
            told(request, visit, vins.normalise(form.typed["sold_vin"] or form.typed["vin"]), said)
            return redirect("dealer:stock")
    return _page(request, visit, form)


def _taken_in(visit: Visit, form: Filled) -> str:
    vin, day = vins.normalise(form.typed["vin"]), day_of(form, "day")
    if day is None:
        return ""
    said = TakenIn(visit.scope.dealer, vin, form.typed["stock_type"], day, bool(form.typed["not_on_record"]))  # fmt: skip
    taken = take(
        form,
        lambda: take_in(visit.ledger, said, person=_person(visit), on=visit.on),
        {"in_date": "day"},
    )
    if taken is None:
        return ""
    held = {row["vin"]: row for row in _holds(visit, visit.on)}
    if vin in held:
        return f"{vin} is in stock, and on hold: {held[vin]['campaigns'].replace('+', ' and ')} is not done."
    if form.typed["not_on_record"]:
        return f"{vin} is in stock. No vehicle of ours on record has this number: no recall of ours is looked up for it."
    return f"{vin} is in stock; nothing holds it."


def _sold(visit: Visit, form: Filled) -> str:
    vin, day = vins.normalise(form.typed["sold_vin"]), day_of(form, "sold_day")
    if day is None:
        return ""
    taken = take(
        form,
        lambda: report_sold(visit.ledger, visit.scope.dealer, vin, day, despite_hold=bool(form.typed["despite_hold"]),
                            person=_person(visit), on=visit.on),
        {"sold_date": "sold_day", "vin": "sold_vin"},
    )  # fmt: skip
    return f"{vin} is reported as sold." if taken is not None else ""


def _person(visit: Visit) -> str:
    return visit.person.username if visit.person else ""


def _holds(visit: Visit, on: date) -> list[dict[str, Any]]:
    return list(holds_of(visit.ledger, Scope(dealer=visit.scope.dealer), on=on).to_pylist())


def _page(request: HttpRequest, visit: Visit, form: Filled) -> HttpResponse:
    scope = Scope(dealer=visit.scope.dealer)
    holds = _holds(visit, visit.on)
    held = [row | {"held": BASIS[row["basis"]], "act": "Record the repair"} for row in holds]
    flags = [
        row | {"says": FLAG[row["flag"]]}
        for row in came_under(visit.ledger, scope, on=visit.on).to_pylist()
    ]
    first = visit.on - LATELY
    sold = [
        row | {"known": bool(row["holder_known"])}
        for row in sold_while_open(visit.ledger, scope, on=visit.on).to_pylist()
        if row["still_open"] or row["sold_date"] >= first
    ]
    free = [one._asdict() for one in released(visit.ledger, visit.scope.dealer, first, visit.on)]
    links = {"vin": checked}
    acts = {"act": _record} if visit.person and visit.person.serves else {}
    held_columns = {name: words for name, words in HELD.items() if acts or name != "act"}
    tables = [
        shown_table("On hold: do not deliver before it is repaired", held, held_columns, links=links | acts,
                    empty="Nothing in stock is on hold."),
        shown_table("New in the last eight weeks", flags, FLAGS, links=links, empty="Nothing in stock has come under a campaign lately."),
        shown_table("Sold with a campaign open", sold, SOLD, links=links, empty="Nothing was sold with a campaign open."),
        shown_table("Released after repair", free, RELEASED, links=links, empty="Nothing was released in the last eight weeks."),
    ]  # fmt: skip
    return render(
        request, "dealer/stock.html",
        {"headline": _headline(holds, flags, sold), "tables": tables, "form": form, "types": TYPES, "day_now": visit.on},
        status=form.status,
    )  # fmt: skip


def _record(row: Mapping[str, Any]) -> str:
    return reverse("dealer:work", args=[row["vin"]])


Rows = Sequence[Mapping[str, Any]]


def _headline(holds: Rows, flags: Rows, sold: Rows) -> str:
    by_law = sum(row["basis"] == "law" for row in holds)
    said = "Nothing in stock is on hold"
    if holds:
        are = "is" if len(holds) == 1 else "are"
        said = f"{counted(len(holds), 'vehicle')} in stock {are} on hold"
    said += f", {by_law} of them by law." if by_law else "."
    after = sum(row["flag"] == "sold" for row in flags)
    after += sum(bool(row["still_open"]) for row in sold)
    if not after:
        return said
    return f"{said} {counted(after, 'vehicle')} that you sold {'is' if after == 1 else 'are'} open: call the buyer."
