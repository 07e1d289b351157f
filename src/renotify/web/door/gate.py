"""Who may open what: every view names its roles, and one that names none is closed to everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from renotify.errors import RenotifyError
from renotify.web.door import refusals
from renotify.web.door.person import Person
from renotify.web.door.reading import Deed
from renotify.web.door.roles import READ_ONLY, Role
from renotify.web.door.today import today
from renotify.web.door.visit import DeskRequest, Visit

Decorated = TypeVar("Decorated", bound=Callable[..., Any])
ANYBODY = frozenset({"anybody"})
SIGNED_IN = frozenset({"signed in"})
ASKS_ITSELF = frozenset({"asks itself"})  # the API: it answers 401, and no page to sign in
SAFE = ("GET", "HEAD", "OPTIONS")
NOT_RECORDED = (
    "You had been signed out when this was sent: nothing was recorded. Sign in, and send it again."
)
OF_SIGN_IN = {  # the views of the sign-in library that are in use, by the name of their address
    "account_login": ANYBODY,
    "account_logout": ANYBODY,
    "account_change_password": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "mfa_authenticate": ANYBODY,
    "mfa_reauthenticate": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "openid_connect_login": ANYBODY,
    "openid_connect_callback": ANYBODY,
    "socialaccount_login_cancelled": ANYBODY,
    "socialaccount_login_error": ANYBODY,
}


def opens_to(
    *roles: Role, writes: tuple[Role, ...] | None = None
) -> Callable[[Decorated], Decorated]:
    """Mark a view with the roles it is for; ``writes`` are those of them that may send, where not all may.

    A read-only role may only look, whatever the view.
    """
    return _marked(frozenset(roles), None if writes is None else frozenset(writes))


def opens_to_anybody(view: Decorated) -> Decorated:
    """Mark a view that needs no sign-in."""
    return _marked(ANYBODY)(view)


def opens_to_signed_in(view: Decorated) -> Decorated:
    """Mark a view for everybody who has signed in, whatever the role."""
    return _marked(SIGNED_IN)(view)


def _marked(
    roles: frozenset[str], writers: frozenset[str] | None = None
) -> Callable[[Decorated], Decorated]:
    def mark(view: Decorated) -> Decorated:
        view.roles = roles  # type: ignore[attr-defined]
        view.writers = writers  # type: ignore[attr-defined]
        return view

    return mark


class Gate:
    """The middleware that stands before every view, and turns the house's own errors into pages that say what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: DeskRequest) -> HttpResponseBase:
        """Give the request its visit; the ledger is closed after the answer."""
        person = request.user if isinstance(request.user, Person) else None
        request.visit = Visit(person, today())
        try:
            return self.get_response(request)
        finally:
            request.visit.close()

    def process_view(
        self,
        request: DeskRequest,
        view: Callable[..., Any],
        args: tuple[Any, ...],
        named: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Let in who may come in; None means: go on."""
        del args, named
        roles = roles_of(request, view)
        if roles & (ANYBODY | ASKS_ITSELF):
            return None
        person = request.visit.person
        if person is None:
            return _to_sign_in(request)
        writers = getattr(view, "writers", None)
        looks = writers is None or request.method in SAFE or person.role in writers
        if looks and may_open(person, request.method or "", roles):
            return None
        request.visit.note(Deed.REFUSED, request.path, {"method": request.method})
        return refusals.no_right(request)

    def process_exception(self, request: DeskRequest, error: Exception) -> HttpResponse | None:
        """Show an error of the house as one sentence and what to do next."""
        return refusals.refused(request, error) if isinstance(error, RenotifyError) else None


def roles_of(request: HttpRequest, view: Callable[..., Any]) -> frozenset[str]:
    """Return whom a view opens to; nobody where nothing is said."""
    marked: frozenset[str] | None = getattr(view, "roles", None)
    if marked is not None:
        return marked
    match = request.resolver_match
    return OF_SIGN_IN.get(match.url_name or "", frozenset()) if match else frozenset()


def may_open(person: Person, method: str, roles: frozenset[str]) -> bool:
    """Tell whether a person may use a view of some roles by a method."""
    if roles & SIGNED_IN:
        return True
    if person.role not in roles or person.scope is None:
        return False
    return method in SAFE or person.role not in READ_ONLY


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request"):  # a part of a page: the whole page goes to the sign-in
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = settings.LOGIN_URL
        return answer
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse(
            {"title": "Sign in first.", "status": 401},
            status=401,
            content_type="application/problem+json",
        )
    if request.method in SAFE:
        return redirect(f"{settings.LOGIN_URL}?next={request.path}")
    messages.warning(request, NOT_RECORDED)
    return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': _form_of(request)})}")


def _form_of(request: HttpRequest) -> str:
    """Return the page of the site whose form was sent, as far as the browser says: a form's own address often only takes."""
    page = request.headers.get("Referer", "")
    own = {request.get_host()}
    if not url_has_allowed_host_and_scheme(page, own, require_https=request.is_secure()):
        return "/"
    return urlsplit(page).path or "/"
