"""Every error of the interface is a problem document (RFC 9457): the house's sentence is its title, the hint its detail."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel, ConfigDict

from renotify.desks.booking import NotFree
from renotify.errors import RenotifyError, WrongUse
from renotify.web.door.gate_words import OUR_FAULT
from renotify.web.door.refusals import STATUS

PROBLEM_JSON = "application/problem+json"
REFUSED = 409  # the call is well formed, and the ledger says no
WORDS = {
    400: ("The call cannot be read.", "Send JSON in UTF-8, as openapi.json says."),
    401: ("Say who you are.", "Send the token of your system: Authorization: Bearer TOKEN."),
    403: ("This is not for you.", "It belongs to another role, area or dealer, or the form's sign of the session is missing."),
    404: ("There is nothing here.", "openapi.json lists the addresses."),
    405: ("This address does not take this method.", "The header Allow names those that it takes."),
    409: ("The ledger says no.", "The detail says what to change; nothing was written."),
    413: ("The call is too large.", "Send fewer rows at a time."),
    415: ("This kind of document is not taken here.", "openapi.json says which is."),
    422: ("The call is not of the form that it must have.", "Each of errors names a field and what is wrong with it."),
}  # fmt: skip
log = logging.getLogger("renotify.web.api")


class FieldError(BaseModel):
    """What is wrong with one field of a call."""

    field: str
    reason: str


class Problem(BaseModel):
    """Why a call was refused: one sentence (``title``) and what to do next (``detail``); ``field`` is what to change, where one is."""

    model_config = ConfigDict(json_schema_extra={"required": ["title", "status", "detail"]})

    title: str
    status: int
    detail: str = ""
    field: str | None = None
    errors: list[FieldError] = []

    def answer(self) -> HttpResponse:
        """Return it as an answer."""
        content = orjson.dumps(self.model_dump(exclude_none=True, exclude_defaults=False))
        answer = HttpResponse(content, status=self.status, content_type=PROBLEM_JSON)
        if self.status == 401:
            answer["WWW-Authenticate"] = "Bearer"
        return answer


class Stopped(Exception):
    """A call that ends with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


def problem(status: int, title: str = "", detail: str = "") -> Problem:
    """Return the problem of a status, in its own words where none are given."""
    own = WORDS.get(status, WORDS[400])
    return Problem(title=title or own[0], status=status, detail=detail or own[1])


def of_refusal(error: RenotifyError) -> Problem:
    """Return an error of the house as a problem. One of use is a refusal as any other here: the call itself was well formed."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), REFUSED)
    status = REFUSED if isinstance(error, WrongUse) else status
    field = error.field if isinstance(error, NotFree) else None
    return Problem(title=error.message, status=status, detail=error.hint, field=field or None)


def handle_errors(api: NinjaAPI) -> None:
    """Answer every error of an interface with a problem."""
    kinds: dict[type[Exception], Callable[[Any], Problem]] = {
        Stopped: lambda error: error.problem,
        RenotifyError: of_refusal,
        ValidationError: _ill_formed,
        HttpError: lambda error: problem(error.status_code),
        Http404: lambda _: problem(404),
        RequestDataTooBig: lambda _: problem(413),
    }
    for kind, made in kinds.items():
        api.add_exception_handler(kind, _handler(made))
    broken: Any = _broken
    api.add_exception_handler(Exception, broken)


def _handler(made: Callable[[Any], Problem]) -> Any:  # noqa: ANN401 - as the library calls it
    return lambda _, error: made(error).answer()


def _ill_formed(error: ValidationError) -> Problem:
    errors = [
        FieldError(
            field=".".join(str(part) for part in one["loc"] if part not in ("body", "said")),
            reason=str(one["msg"]),
        )
        for one in error.errors
    ]
    return problem(422).model_copy(update={"errors": errors})


def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """Tell the caller that it is not their fault, and whoever runs the site what broke, without what the call said."""
    log.error("%s %s broke.", request.method, request.resolver_match and request.resolver_match.route, exc_info=error)  # fmt: skip
    _, sentence, hint = OUR_FAULT
    return problem(500, sentence, hint).answer()
