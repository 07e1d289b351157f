"""Who may call the interface: a dealer's system by its token, or a person by the session of a desk. Everybody else learns nothing.

``behind_the_door`` stands before every address of the interface, before its method is looked at. What each route opens to is said by its
``auth`` beneath; a route that says nothing is for dealers alone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from renotify.web.api.asked_parameters import Known, refuse_unknown
from renotify.web.api.problems import Stopped, problem
from renotify.web.door.gate import ASKS_ITSELF, SAFE, may_open
from renotify.web.door.keeping_people import digest_of
from renotify.web.door.person import Person, Token
from renotify.web.door.reading import Deed
from renotify.web.door.roles import DEALER, SERVICE, Role
from renotify.web.door.visit import DeskRequest, Visit, visit_of

OF_DEALER = frozenset({*DEALER, Role.INTEGRATION})
OF_SERVICE = frozenset({*SERVICE, Role.INTEGRATION})
OF_LISTS = OF_DEALER | {Role.ANALYST, Role.AUDITOR, Role.AREA_MANAGER}
OF_ALL = OF_LISTS | {Role.CONTACT}
USED_ANEW = timedelta(minutes=1)  # a token's last use is written at most once in it
View = Callable[..., HttpResponseBase]


def person_of_token(token: str) -> Person | None:
    """Return whose a token is; None for one that nobody has, that has ended, or whose owner is locked out or has another role now."""
    found = (
        Token.objects.select_related("person")
        .filter(digest=digest_of(token), ended_at=None, person__is_active=True, person__role=Role.INTEGRATION)
        .first()
    )  # fmt: skip
    if found is None:
        return None
    now = datetime.now(UTC)
    if found.last_used is None or now - found.last_used > USED_ANEW:
        Token.objects.filter(pk=found.pk).update(last_used=now)
    return cast("Person", found.person)


def behind_the_door(view: View, known: Known = lambda _: None) -> View:
    """Stand before a view of the interface: let in who may come, and answer in problems where the framework would not.

    ``known`` tells the parameters of a call's route; others are refused.
    """

    @csrf_exempt  # asked below, of whoever comes by a session
    @functools.wraps(view, updated=())
    def asked(request: HttpRequest, *args: object, **named: object) -> HttpResponseBase:
        try:
            _let_in(request)
            parameters = known(request)
            if parameters is not None:
                refuse_unknown(request, parameters)
            answer = view(request, *args, **named)
        except Stopped as stopped:
            answer = stopped.problem.answer()
        except RequestDataTooBig:
            answer = problem(413).answer()
        if answer.status_code == 405:
            allowed = answer["Allow"]
            answer = problem(405).answer()
            answer["Allow"] = allowed
        answer["Cache-Control"] = "no-store"
        return answer

    asked.roles = ASKS_ITSELF  # type: ignore[attr-defined]  # the gate's own mark
    return cast("View", asked)


def _let_in(request: HttpRequest) -> None:
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        person = person_of_token(token.strip()) if scheme.lower() == "bearer" else None
        cast("DeskRequest", request).visit = Visit(person, visit_of(request).on)
    elif visit_of(request).person and request.method not in SAFE and check_csrf(request):
        raise Stopped(problem(403))
    visit = visit_of(request)
    if visit.person is None:
        raise Stopped(problem(401))
    if visit.person.role not in OF_ALL or visit.person.scope is None:
        _refuse(request)


def _refuse(request: HttpRequest) -> None:
    visit_of(request).note(Deed.REFUSED, request.path, {"method": request.method})
    raise Stopped(problem(403))


def _of_roles(request: HttpRequest, roles: frozenset[str]) -> Person:
    """Return who has come through the door, if a route opens to them."""
    person = visit_of(request).person
    if person is None or not may_open(person, request.method or "", roles):
        _refuse(request)
    return cast("Person", person)


class SystemToken(HttpBearer):  # type: ignore[misc,unused-ignore]  # the library's base is untyped
    """A dealer system's token (``renotify people token NAME``)."""

    def __init__(self, roles: frozenset[str]) -> None:
        super().__init__()
        self.roles = roles

    def __call__(self, request: HttpRequest) -> Person | None:
        """Return who calls, if they came by a token."""
        return _of_roles(request, self.roles) if "Authorization" in request.headers else None

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        """The door has looked at the token already."""
        del token
        return self(request)


class DeskSession(APIKeyCookie):  # type: ignore[misc,unused-ignore]  # likewise
    """The session of a person at a desk; what writes carries the sign of it (X-CSRFToken)."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, roles: frozenset[str]) -> None:
        super().__init__(csrf=False)  # the door has asked
        self.roles = roles

    def authenticate(self, request: HttpRequest, key: str | None) -> Person | None:
        """Return who calls, if they have signed in."""
        del key
        return None if "Authorization" in request.headers else _of_roles(request, self.roles)


def open_to(roles: frozenset[str]) -> list[SystemToken | DeskSession]:
    """Return the ``auth`` of a route for some roles."""
    return [SystemToken(roles), DeskSession(roles)]
