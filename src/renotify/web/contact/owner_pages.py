"""A new address, or a new owner: a row of ``owners`` that contact staff type, beside what is on record. Whoever opens it is logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache

from renotify.contact.on_record import OnRecord, on_record
from renotify.contact.told_address import why_no_letter_reaches
from renotify.ledger.intake.typed_rows import Reason, take_typed
from renotify.values import vin as vins
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of

SOURCES = {  # of the record: the owner told us so, or an analyst mended what no letter reaches
    Role.CONTACT: "contact",
    Role.ANALYST: "analyst",
}
ROLES = ("owner", "lessee", "lessor")
LANGUAGES = {"": "As the address has it", "en": "English", "es": "English and Spanish"}


class Field(NamedTuple):
    """A field of the form: its column, its words, what is typed, whether it must be, what a browser fills in, why it was refused."""

    name: str
    title: str
    value: str
    needed: bool
    fills: str
    reasons: list[str]


FIELDS = (
    ("name1", "Name", True, "off"), ("name2", "Second name", False, "off"), ("addr1", "Street", True, "off"),
    ("addr2", "Apartment, unit", False, "off"), ("city", "City", True, "off"), ("state", "State", True, "off"),
    ("zip", "ZIP code", True, "off"),
    ("email", "E-mail", False, "off"), ("phone", "Telephone", False, "off"),
)  # fmt: skip
NAMES = (*(name for name, *_ in FIELDS), "language")


@opens_to(Role.CONTACT, Role.ANALYST)
@never_cache
def owner(request: HttpRequest, vin: str) -> HttpResponseBase:
    """Show who is on record and take what the caller says now; the newest record is the one that letters go to."""
    visit, number = visit_of(request), vins.normalise(vin)
    if request.method == "POST":
        return _take(request, visit, number)
    records = on_record(visit.ledger, number, visit.on)
    visit.note(Deed.READ_OWNER, number, {"roles": [one.role for one in records]})
    return _page(request, number, records, _begun(records, request.GET.get("role", "")))


def _begun(records: Sequence[OnRecord], role: str) -> dict[str, Any]:
    """Return what the form begins with: who holds the vehicle, or has the role; the address is asked for, never taken over."""
    if not records:
        return {}
    known = asdict(next((one for one in records if one.role == role), records[0]))
    return {name: known[name] for name in ("role", "name1", "name2", "language", "email", "phone")}


def _take(request: HttpRequest, visit: Visit, number: str) -> HttpResponseBase:
    row = {name: request.POST.get(name, "").strip() for name in NAMES}
    row |= {"vin": number, "role": request.POST.get("role", ""), "as_of": visit.on.isoformat()}
    row |= {"source": SOURCES[_role(visit)]}
    person = visit.person.username if visit.person else ""
    unreachable = why_no_letter_reaches(row)
    if unreachable is not None:
        records = on_record(visit.ledger, number, visit.on)
        visit.note(Deed.READ_OWNER, number, {"refused": [unreachable.column]})
        return _page(request, number, records, row, [unreachable])
    typed = take_typed(visit.ledger, "owners", [row], person=person, on=visit.on)
    if not typed.was_taken:
        visit.note(
            Deed.READ_OWNER, number, {"refused": sorted({one.column for one in typed.reasons})}
        )
        records = on_record(visit.ledger, number, visit.on)
        return _page(request, number, records, row, typed.reasons)
    visit.note(Deed.TYPED, number, {"table": "owners", "role": row["role"]})
    messages.success(request, "Recorded. The next letter goes to this address.")
    for one in typed.notes:
        messages.info(request, one)
    return redirect(_back(request, visit, number))


def _role(visit: Visit) -> Role:
    return Role.ANALYST if visit.person and visit.person.role == Role.ANALYST else Role.CONTACT


def _back(request: HttpRequest, visit: Visit, number: str) -> str:
    """Return where the page was opened from: the caller, or for an analyst the work list."""
    if _role(visit) == Role.CONTACT:
        return reverse("contact:caller", args=[number])
    try:
        return reverse("mailing:work", args=[request.GET.get("follow_up"), request.GET.get("list")])
    except NoReverseMatch:
        return reverse("mailing:follow_ups")


def _page(
    request: HttpRequest,
    number: str,
    records: Sequence[OnRecord],
    typed: dict[str, Any],
    reasons: Sequence[Reason] = (),
) -> HttpResponse:
    named = {*NAMES, "role"}
    wish = typed.get("language") or ""
    fields = [
        Field(name, title, typed.get(name) or "", needed, fills, [one.reason for one in reasons if one.column == name])
        for name, title, needed, fills in FIELDS
    ]  # fmt: skip
    visit = visit_of(request)
    shown = {
        "back": _back(request, visit, number), "here": request.get_full_path(), "is_a_call": _role(visit) == Role.CONTACT,
        "vin": number, "records": records, "fields": fields, "roles": ROLES, "role": typed.get("role", "owner"),
        "others": [f"{one.column}: {one.reason}" for one in reasons if one.column not in named],
        "role_reasons": [one.reason for one in reasons if one.column == "role"], "refused": bool(reasons),
        "languages": LANGUAGES if wish in LANGUAGES else {wish: wish, **LANGUAGES}, "language": wish,
        "language_reasons": [one.reason for one in reasons if one.column == "language"],
    }  # fmt: skip
    return render(request, "contact/owner.html", shown, status=422 if reasons else 200)
