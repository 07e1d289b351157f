"""The picture of the letter that a caller holds: from the file that was printed, so that it is what lies before them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control

from renotify.errors import UnknownName
from renotify.ledger.pieces import vehicle_of
from renotify.mailing import proving
from renotify.web.door.gate import opens_to
from renotify.web.door.reading import Deed
from renotify.web.door.roles import Role
from renotify.web.door.visit import Visit, visit_of


@opens_to(Role.CONTACT)
@cache_control(private=True, no_store=True)
def letter(request: HttpRequest, piece: str) -> HttpResponse:
    """Show a letter's picture with the way back to its vehicle."""
    return render(
        request, "contact/letter.html", {"piece": piece, "vin": _vin(visit_of(request), piece)}
    )


@opens_to(Role.CONTACT)
@cache_control(private=True, max_age=300)
def letter_picture(request: HttpRequest, piece: str) -> HttpResponse:
    """Return the first page as PNG. It names the owner: each look is logged, and no shared cache keeps it."""
    visit = visit_of(request)
    vin = _vin(visit, piece)
    shown = proving.picture(visit.ledger, piece)
    visit.note(Deed.READ_OWNER, vin, {"letter": piece})
    return HttpResponse(shown, content_type="image/png")


def _vin(visit: Visit, piece: str) -> str:
    found = vehicle_of(visit.ledger, piece)
    if found is None:
        raise UnknownName("No letter has this number.", "Go back to the vehicle's page.")
    return found
