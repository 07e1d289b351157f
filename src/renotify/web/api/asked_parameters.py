"""What a call says in its address: a parameter that its route does not have is refused, as one that is misspelt would go unheard."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import cache

from django.http import HttpRequest
from ninja import NinjaAPI

from renotify.values.english import series
from renotify.web.api.problems import FieldError, Stopped, problem

LONGEST = 64  # characters of a name that is told back
Known = Callable[[HttpRequest], frozenset[str] | None]


def parameters_of(api: NinjaAPI) -> Known:
    """Return what tells the parameters of a call's route and method, by the interface's own document; None: it has no such method."""

    @cache
    def routes() -> dict[tuple[str, str], frozenset[str]]:
        return {
            (path.strip("/"), method): frozenset(
                one["name"] for one in route.get("parameters", ()) if one["in"] == "query"
            )
            for path, methods in api.get_openapi_schema()["paths"].items()
            for method, route in methods.items()
        }

    def known(request: HttpRequest) -> frozenset[str] | None:
        match = request.resolver_match
        route = match.route.replace("<", "{").replace(">", "}") if match else ""
        return routes().get((route.strip("/"), (request.method or "").lower()))

    return known


def refuse_unknown(request: HttpRequest, known: frozenset[str]) -> None:
    """Stop a call with parameters that its route does not have (422), each with what may have been meant."""
    wrong = [
        FieldError(field=name[:LONGEST], reason=_reason(name, known))
        for name in request.GET
        if name not in known
    ]
    if wrong:
        raise Stopped(problem(422).model_copy(update={"errors": wrong}))


def _reason(name: str, known: frozenset[str]) -> str:
    near = get_close_matches(name.lower(), known, n=1)
    if near:
        return f"There is no such parameter here. Did you mean {near[0]}?"
    if known:
        return f"There is no such parameter here. Known are {series(sorted(known))}."
    return "This address takes no parameters."
