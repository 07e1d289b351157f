"""The OpenAPI 3.1 document of the interface: what django-ninja writes, and the problems that every route may answer with."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from renotify.web.api.problems import PROBLEM_JSON, WORDS, Problem

PREFIX = "api/v1/"
ALWAYS = (400, 401, 403, 404, 409, 413, 422)


class Interface(NinjaAPI):
    """The interface with its problems in its document."""

    def get_openapi_schema(self, **named: Any) -> OpenAPISchema:  # noqa: ANN401 - as the library calls it
        """Return the document."""
        del named
        document = super().get_openapi_schema(path_prefix=PREFIX)
        model = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas = document["components"]["schemas"]
        schemas |= model.pop("$defs", {})
        schemas["Problem"] = model
        for methods in document["paths"].values():
            for route in methods.values():
                _add_problems(route)
        return document

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of a route: that of its function."""
        return operation.view_func.__name__


def _add_problems(route: dict[str, Any]) -> None:
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answers = {str(status): told for status, told in route["responses"].items()}
    takes_xml = "application/xml" in route.get("requestBody", {}).get("content", {})
    for status in (*ALWAYS, 415) if takes_xml else ALWAYS:
        answers[str(status)] = {"description": WORDS[status][0], "content": content}
    route["responses"] = answers
