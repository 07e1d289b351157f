"""Pages for what is refused: no right, no such page, and the house's own errors, each with what to do next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from renotify.errors import AlreadyDone, BadInput, RenotifyError, UnknownName, WrongUse
from renotify.web.door.gate_words import LOCKED, NO_PAGE, NO_RIGHT, OUR_FAULT, TURNED_AWAY

STATUS = {UnknownName: 404, BadInput: 422, WrongUse: 400, AlreadyDone: 409}


def refused(request: HttpRequest, error: RenotifyError) -> HttpResponse:
    """Show an error of the house: its sentence and its hint."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 409)
    return _page(request, status, "That was refused", error.message, error.hint)


def no_right(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show somebody who has signed in that a page is not for their role."""
    del exception
    return _page(request, 403, *NO_RIGHT)


def no_page(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show that there is no such page."""
    del exception
    return _page(request, 404, *NO_PAGE)


def turned_away(
    request: HttpRequest, exception: Exception | None = None, reason: str = ""
) -> HttpResponse:
    """Show that a form came without its sign, or from elsewhere."""
    del exception, reason
    return _page(request, 403, *TURNED_AWAY)


def our_fault(request: HttpRequest) -> HttpResponse:
    """Show that something broke that nobody at a desk can mend."""
    return _page(request, 500, *OUR_FAULT)


def locked_out(
    request: HttpRequest, credentials: object = None, *args: object, **named: object
) -> HttpResponse:
    """Show that too many sign-ins failed."""
    del credentials, args, named
    return _page(
        request,
        429,
        "Too many tries",
        "Signing in with this name is stopped for a while from where you are.",
        "Wait fifteen minutes, or ask the analyst.",
    )


def locked(request: HttpRequest) -> HttpResponse:
    """Show a person who gave the right password that the name is locked; who gave another is told of a wrong one."""
    return _page(request, 403, *LOCKED)


def _page(request: HttpRequest, status: int, title: str, sentence: str, hint: str) -> HttpResponse:
    is_part = request.headers.get("HX-Request") and request.headers.get("HX-Target") != "page"
    part = "web/refused_part.html" if is_part else "web/refused.html"
    return render(
        request, part, {"title": title, "sentence": sentence, "hint": hint}, status=status
    )
