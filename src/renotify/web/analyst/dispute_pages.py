"""Repairs that a dealer says another dealer has done, while the vehicle stands as open: the analyst takes the order in, or says why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from renotify.desks import disputes
from renotify.desks.booking import NotFree
from renotify.desks.disputes import Asked, Dispute
from renotify.ledger.intake.typed_rows import Typed
from renotify.values.english import counted
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of
from renotify.web.theme.shown_table import shown_table

FIRST = 200  # of a list
TAKE, REFUSE = "take", "refuse"
OVER = {
    "vin": "VIN", "campaign_code": "Campaign", "done_by": "Done by", "ro_id": "Order", "close_date": "Closed on", "dealer_code": "Asked by",
    "asked_on": "Asked on", "became": "What became of it",
}  # fmt: skip


@dataclass(frozen=True)
class Typing:
    """What was typed to answer one dispute, and why it was refused."""

    asked: Asked
    reason: str = ""
    error: str = ""
    field: str = ""


@opens_to(Role.ANALYST, Role.AUDITOR)
def disputed(request: HttpRequest) -> HttpResponseBase:
    """List the disputes that wait, the orders they name, and what became of the others; or answer one."""
    visit = visit_of(request)
    if request.method != "POST":
        return _page(request, visit, None)
    asked = Asked(*((request.POST.get(name) or "").strip() for name in Asked._fields))
    reason = (request.POST.get("reason") or "").strip()
    try:
        said = _answered(request, visit, asked, reason)
    except NotFree as refused:
        return _page(request, visit, Typing(asked, reason, f"{refused.message} {refused.hint}".strip(), refused.field))  # fmt: skip
    if isinstance(said, Typed):
        return _page(request, visit, Typing(asked, reason, " ".join(one.reason for one in said.reasons)))  # fmt: skip
    messages.success(request, said)
    return redirect("analyst:disputed")


def _answered(request: HttpRequest, visit: Visit, asked: Asked, reason: str) -> str | Typed:
    """Write the answer; return it in words, or the reasons of the intake."""
    who = visit.person.username if visit.person else ""
    one = disputes.standing(visit.ledger, asked)
    order = f"order {one.ro_id} of dealer {one.done_by}"
    if request.POST.get("answer") == TAKE:
        before = request.POST.get("before_filed") == "yes"
        taken = disputes.take_order(visit.ledger, one, before_filed=before, person=who, on=visit.on)
        says = f"{one.vin}: {order} is taken in; {one.campaign_code} is done."
    else:
        taken = disputes.refuse_order(visit.ledger, one, reason, person=who, on=visit.on)
        says = f"{one.vin}: {order} is not taken in; {one.campaign_code} stays open, and dealer {one.dealer_code} reads why."
    if not taken.was_taken:
        return taken
    visit.note(Deed.DECIDED, one.vin, {"dispute": request.POST.get("answer", ""), "order": one.ro_id})  # fmt: skip
    return says


def _page(request: HttpRequest, visit: Visit, typing: Typing | None) -> HttpResponse:
    found = disputes.all_disputes(visit.ledger)
    waits = [one for one in found if one.waits]
    over = [one._asdict() | {"became": one.became} for one in found if not one.waits]
    context: dict[str, Any] = {
        "title": "Disputed repairs",
        "headline": headline(len(waits)),
        "waits": [(one, typing if typing and typing.asked == one.key else None) for one in waits[:FIRST]],
        "error": typing.error if typing and typing.asked not in {one.key for one in waits} else "",
        "over": shown_table("Answered, or closed meanwhile", over, OVER, first=FIRST, links={"vin": _vehicle},
                            empty="Nothing was answered yet."),
        "may_answer": visit.person is not None and visit.person.role == Role.ANALYST,
    }  # fmt: skip
    return render(request, "analyst/disputed.html", context, status=422 if typing else 200)


def _vehicle(row: Any) -> str:  # noqa: ANN401 - a row of a page's table
    return f"/auditor/vehicle/?vin={row['vin']}"


def headline(waits: int) -> str:
    """Say how many disputes wait, and what to do."""
    if not waits:
        return "No dealer waits for an answer about a repair."
    return (
        f"{counted(waits, 'repair')} that a dealer says another dealer has done: ask the dealer that closed the order for it,"
        " then take it in, or say why not. The vehicle stays open until then."
    )


def to_answer(waits: list[Dispute]) -> str:
    """Say on the overview that disputes wait; blank where none does."""
    if not waits:
        return ""
    first = waits[-1]
    return (
        f"Answer {counted(len(waits), 'disputed repair')}, first: {first.campaign_code} on {first.vin},"
        f" order {first.ro_id} of dealer {first.done_by}."
    )
