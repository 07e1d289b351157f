"""The notices that went to the dealer: which edition, what it says, and its receipt in one click (49 CFR 577.13(c))."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from renotify.desks import dealer_notices
from renotify.desks.dealer_notices import DealerNotice, acknowledge, notice_of, notices_of
from renotify.web.dealer.typed_forms import told
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import DEALER
from renotify.web.door.visit import visit_of


class Listed(NamedTuple):
    """A notice as the page lists it."""

    notice: DealerNotice
    address: str


@opens_to(*DEALER)
def notices(request: HttpRequest) -> HttpResponse:
    """Show the dealer's notices, those to acknowledge first."""
    visit = visit_of(request)
    found = notices_of(visit.ledger, visit.scope.dealer)
    rows = [
        Listed(one, reverse("dealer:notice", args=[one.follow_up, one.edition])) for one in found
    ]
    waiting = [row for row in rows if row.notice.waits]
    rest = [row for row in rows if not row.notice.waits]
    return render(request, "dealer/notices.html", {"waiting": waiting, "rest": rest})


@opens_to(*DEALER)
def notice(request: HttpRequest, name: str, edition: int) -> HttpResponseBase:
    """Show what a notice says; a click acknowledges it."""
    visit = visit_of(request)
    one = notice_of(visit.ledger, visit.scope.dealer, name, edition)
    if request.method == "POST":
        person = visit.person.username if visit.person else ""
        taken = acknowledge(visit.ledger, one, person=person, on=visit.on)
        said = (
            "The receipt is kept."
            if taken
            else "It was acknowledged before; the first receipt stands."
        )
        told(request, visit, f"{name}, edition {edition}", said)
        visit.note(Deed.DECIDED, f"{name}, edition {edition}", {"acknowledged": taken})
        return redirect("dealer:notices")
    shown: dict[str, Any] = {"notice": one, "pages": dealer_notices.words_of(one)}
    return render(request, "dealer/notice.html", shown)


@opens_to(*DEALER)
def notice_file(request: HttpRequest, name: str, edition: int) -> HttpResponse:
    """Give the notice as it went: its PDF."""
    visit = visit_of(request)
    one = notice_of(visit.ledger, visit.scope.dealer, name, edition)
    content = dealer_notices.content_of(one)
    if content is None:
        raise Http404
    visit.note(Deed.EXPORTED, f"{name}, edition {edition}", {"file": Path(one.file).name})
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="notice-{edition}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@opens_to(*DEALER)
def notice_page(request: HttpRequest, name: str, edition: int, number: int) -> HttpResponse:
    """Give a page of the notice as a picture."""
    visit = visit_of(request)
    picture = dealer_notices.page_of(
        notice_of(visit.ledger, visit.scope.dealer, name, edition), number
    )
    if picture is None:
        raise Http404
    answer = HttpResponse(picture, content_type="image/png")
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
