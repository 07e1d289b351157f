"""The document holds: schemathesis makes calls of it, right and wrong ones, and no answer is other than it says."""

from __future__ import annotations

from itertools import count
from typing import Any

import jsonschema
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import openapi

from web.api.system_calls import HERE

EXAMPLES = (
    2  # calls of a route and kind: each is repeated without its token, and by methods that are none
)
OF_XML = (
    f"{HERE}/repair-orders/star"  # no schema says what is in it; test_repair_order_xml.py reads it
)


def document() -> Any:
    from renotify.web.api.api_addresses import api

    return api.get_openapi_schema()


def test_the_document_is_openapi_3_1(site) -> None:
    found = document()
    assert found["openapi"].startswith("3.1")
    from schemathesis.specs.openapi.definitions import OPENAPI_31

    jsonschema.Draft202012Validator(OPENAPI_31).validate(found)
    for schema in found["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_write_has_a_key_and_every_error_is_a_problem(site) -> None:
    for address, methods in document()["paths"].items():
        for method, route in methods.items():
            names = {one["name"] for one in route["parameters"]}
            is_write = method == "post" and not address.endswith("/vins")
            assert ("Idempotency-Key" in names) == is_write, address
            refused = [one for status, one in route["responses"].items() if status >= "4"]
            assert len(refused) >= 7, address
            assert all([*one["content"]] == ["application/problem+json"] for one in refused), (
                address
            )


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_schemathesis_finds_nothing(site, east, mode) -> None:
    headers = {"Authorization": f"Bearer {east.token}"}
    found = openapi.from_wsgi(f"{HERE}/openapi.json", WSGIHandler(), headers=headers)
    keys = count()
    for result in found.exclude(path=OF_XML).get_all_operations():
        operation = result.ok()

        @seed(577)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=operation.as_strategy(
                generation_mode=getattr(schemathesis.GenerationMode, mode.upper())
            )
        )
        def calls(case: Any) -> None:
            own = dict(headers)
            if case.headers and "Idempotency-Key" in case.headers and mode == "positive":
                own["Idempotency-Key"] = (
                    f"made-up-key-{next(keys)}"  # the same one for two calls is refused
                )
            case.call_and_validate(headers=own)

        calls()
