"""Vehicles whose owner a person must find, and the decisions that only a person can take: the same as ``renotify owners``."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from renotify.errors import RenotifyError, WrongUse
from renotify.ledger import refused_owners, unknown_owners
from renotify.values import vin as vins
from renotify.values.english import counted
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of
from renotify.web.theme.shown_table import shown_table

FIRST = 200  # rows of a table
REFUSED = {"vin": "VIN", "role": "Role", "as_of": "Record of", "file": "File", "row": "Row"}
UNKNOWN = {
    "vin": "VIN",
    "campaigns": "Campaigns",
    "reason": "Why",
    "role": "Last buyer's role",
    "as_of": "Record of",
    "dealer_code": "Dealer",
    "what_to_do": "What to do",
}
STANDS, NOT_FOUND, TAKE_BACK = "stands", "not_found", "withdrawn"
DECISIONS = {
    STANDS: "The refused rows say nothing: the owner on record stands",
    NOT_FOUND: "Records were searched and nobody was found: write to the last purchaser",
    TAKE_BACK: "Take back that nobody was found",
}


@opens_to(Role.ANALYST, Role.AUDITOR)
def owners_to_find(request: HttpRequest) -> HttpResponseBase:
    """List the vehicles held by a refused owner row, and those that nobody on record has; or decide of one."""
    visit, error = visit_of(request), ""
    typed = {name: request.POST.get(name, "").strip() for name in ("vin", "decision")}
    if request.method == "POST":
        error = _decided(request, visit, vins.normalise(typed["vin"]), typed["decision"])
        if not error:
            return redirect("analyst:owners_to_find")
    return _page(request, visit, typed, error)


def _decided(request: HttpRequest, visit: Visit, vin: str, decision: str) -> str:
    """Record a decision about a vehicle; return what is wrong, blank where it was recorded."""
    try:
        with visit.ledger.transaction():
            done = _record(visit, vin, decision)
    except RenotifyError as refusal:
        return f"{refusal.message} {refusal.hint}".strip()
    visit.note(Deed.DECIDED, vin, {"owner": decision})
    messages.success(request, f"{vin}: {DECISIONS[decision].lower()} ({counted(done, 'row')}).")
    return ""


def _record(visit: Visit, vin: str, decision: str) -> int:
    if decision == STANDS:
        return refused_owners.settle(visit.ledger, vin)
    if decision not in DECISIONS:
        raise WrongUse("Say what is decided.", "Choose one of the three.")
    who = visit.person.username if visit.person else ""
    does = unknown_owners.take_back if decision == TAKE_BACK else unknown_owners.settle
    return does(visit.ledger, [vin], visit.on, f"owners settle --{decision.replace('_', '-')} --on {visit.on}, by {who}")  # fmt: skip


def _page(request: HttpRequest, visit: Visit, typed: dict[str, str], error: str) -> HttpResponse:
    refused = [row._asdict() for row in refused_owners.refused(visit.ledger)]
    unknown = unknown_owners.unknown(visit.ledger, visit.on)
    links = {"vin": lambda row: f"/auditor/vehicle/?vin={row['vin']}"}
    tables = (
        shown_table(
            "Held by a refused owner row",
            refused,
            REFUSED,
            first=FIRST,
            links=links,
            empty="No vehicle is held for a refused owner row.",
        ),
        shown_table(
            "Nobody on record has them",
            unknown,
            UNKNOWN,
            first=FIRST,
            links=links,
            empty="Of every open vehicle it is known who has it.",
        ),
    )
    context = {
        "title": "Owners to find",
        "headline": _headline(len({row["vin"] for row in refused}), unknown.num_rows),
        "tables": tables,
        "typed": typed,
        "error": error,
        "decisions": DECISIONS.items(),
        "may_decide": visit.person is not None and visit.person.role == Role.ANALYST,
    }
    return render(request, "analyst/owners_to_find.html", context, status=422 if error else 200)


def _headline(refused: int, unknown: int) -> str:
    if not refused and not unknown:
        return "Nobody's owner must be found: every open vehicle has one on record."
    return (
        f"{counted(refused, 'vehicle')} with a refused owner row: mend the row where it was loaded, or say that the owner on record"
        f" stands. {counted(unknown, 'open vehicle')} that nobody on record has."
    )
