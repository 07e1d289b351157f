"""The addresses of the interface, beneath ``/api/v1/``: all of them behind the door, and all others a problem."""

from __future__ import annotations

from typing import Any, cast

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
from django.views.decorators.http import require_safe
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from renotify.web.api.api_door import OF_DEALER, behind_the_door, open_to
from renotify.web.api.asked_parameters import parameters_of
from renotify.web.api.openapi_document import Interface
from renotify.web.api.problems import handle_errors, problem
from renotify.web.api.reading_routes import reading
from renotify.web.api.writing_routes import writing


class StrictJson(Parser):
    """JSON in UTF-8 as its standard has it: no NaN, no bytes of another coding."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the document of a body. Raises ValueError."""
        return cast("dict[str, Any]", orjson.loads(request.body))


class PlainJson(BaseRenderer):
    """JSON in UTF-8; days as 2013-03-05."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:  # noqa: ANN401 - any document
        """Return a document."""
        del request, response_status
        return orjson.dumps(data)


api = Interface(
    title="renotify", version="1", urls_namespace="api", docs_url=None, auth=open_to(OF_DEALER), parser=StrictJson(),
    renderer=PlainJson(), description="What a dealer's desk asks and types, for its system. Every write carries an Idempotency-Key.",
)  # fmt: skip
handle_errors(api)
api.add_router("", reading)
api.add_router("", writing)


def _nothing(request: HttpRequest) -> HttpResponse:
    del request
    return problem(404).answer()


def _patterns() -> list[URLPattern]:
    found = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    known = parameters_of(api)
    for one in found:
        looks = require_safe(one.callback) if one.name == "openapi-json" else one.callback
        one.callback = behind_the_door(looks, known)
    return [*found, re_path("^.*$", behind_the_door(_nothing), name="nothing")]


app_name = "api"
urlpatterns = _patterns()
