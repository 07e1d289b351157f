"""Who may call the interface: every route and method of its document, and nobody without a token that stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from two_dealers import EAST, EAST_BOTH, PMP
from web.api.system_calls import HERE

PROBLEM = "application/problem+json"
PARTS = {"vin": EAST_BOTH, "number": "A03111", "code": PMP, "follow_up": "spring", "edition": "1"}
RECORDED = "select (select count(*) from source where kind <> 'command') + (select count(*) from appointment where status = 'booked')"
OF_ALL_DESKS = ("/vins", "/campaigns", "/vehicles")
METHODS = ("get", "post", "put", "patch", "delete")


class Route(NamedTuple):
    """A route of the document: its address with examples, and a method that it takes."""

    address: str
    methods: tuple[str, ...]


def routes() -> Iterator[Route]:
    from renotify.web.api.api_addresses import api

    for address, methods in api.get_openapi_schema()["paths"].items():
        yield Route(address.format(**PARTS), tuple(methods))


def called(route: Route, method: str, token: str = "") -> Any:
    from django.test import Client

    headers = {"Authorization": f"Bearer {token}"} if token else {}
    call = getattr(Client(), method)
    if method == "get":
        return call(route.address, headers=headers)
    return call(route.address, "{}", content_type="application/json", headers=headers)


def test_nobody_without_a_token_learns_anything_by_any_method(site) -> None:
    for route in routes():
        for method in METHODS:
            answer = called(route, method)
            assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM), (route, method)
            assert answer["WWW-Authenticate"] == "Bearer"


def test_an_ended_token_opens_nothing(site, east) -> None:
    from renotify.web.door.keeping_people import lock_out

    assert east.get("/day").status_code == 200
    lock_out("east_system")
    for route in routes():
        for method in METHODS:
            assert called(route, method, east.token).status_code == 401, (route, method)


def test_a_token_of_somebody_who_is_no_dealer_system_any_more_opens_nothing(site, east) -> None:
    from renotify.web.door.person import Person

    Person.objects.filter(username="east_system").update(role="analyst")
    assert east.get("/vehicles").status_code == 401


def test_a_person_without_a_role_is_refused_at_every_route_and_it_is_logged(site) -> None:
    browser = site.client("stranger")
    for route in routes():
        for method in METHODS:
            assert getattr(browser, method)(route.address).status_code == 403, (route, method)
    assert ("stranger", "refused", f"{HERE}/vins") in site.readings()


@pytest.mark.parametrize("name", ["carla", "rex", "east_area", "ana"])
def test_what_is_a_dealer_s_is_refused_to_every_other_desk(site, name) -> None:
    """By every method; which recalls there are, and which of a list of numbers are in one, is for all desks."""
    browser, walked = site.client(name), 0
    for route in routes():
        if route.address.removeprefix(HERE).startswith(OF_ALL_DESKS):
            continue
        for method in METHODS:
            sent = () if method == "get" else ("{}", "application/json")
            answer = getattr(browser, method)(route.address, *sent)
            assert answer.status_code in {403, 405}, (route, method)
            walked += 1
    assert walked > 60


def test_who_keeps_the_parts_neither_books_nor_records_work(site) -> None:
    browser = site.client("east_parts")
    for address in ("/bookings", "/bookings/A03111/status", "/repair-orders", "/disputes"):
        answer = browser.post(HERE + address, "{}", content_type="application/json")
        assert answer.status_code == 403, address


def test_the_neighbour_finds_nothing_of_this_dealer(site, west) -> None:
    assert west.get("/bookings/A03111").status_code == 404
    assert west.post("/bookings/A03111/status", {"status": "arrived"}).status_code == 404
    assert west.get("/day").json()["dealer"] == "D0002"
    seen = west.get("/vehicles").content.decode()
    assert EAST_BOTH not in seen
    assert west.get("/parts").json()["items"] != []
    with site.ledger() as ledger:
        assert ledger.scalar("select status from appointment where appointment_id = 'A03111'") == "booked"  # fmt: skip


def test_at_no_route_a_neighbour_s_system_finds_or_changes_what_is_of_this_dealer(site, west) -> None:  # fmt: skip
    with site.ledger() as ledger:
        before = ledger.scalar(RECORDED)
    for route in routes():
        for method in METHODS:
            page = called(route, method, west.token).content.decode()
            said = page.replace(route.address, "")  # a problem names the address that was asked for
            assert [one for one in (EAST, PARTS["number"]) if one in said] == [], (route, method)
    with site.ledger() as ledger:
        assert ledger.scalar(RECORDED) == before


def test_a_method_that_an_address_does_not_have_is_a_problem_that_names_those_it_has(site, east) -> None:  # fmt: skip
    answer = called(Route(f"{HERE}/day", ("get",)), "delete", east.token)
    assert (answer.status_code, answer["Allow"], answer["Content-Type"]) == (405, "GET", PROBLEM)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_document_of_the_interface_is_read_alone(site, east, method) -> None:
    route = Route(f"{HERE}/openapi.json", ("get",))
    answer = called(route, method, east.token)
    assert (answer.status_code, answer["Allow"], answer["Content-Type"]) == (405, "GET, HEAD", PROBLEM)  # fmt: skip
    assert called(route, "get", east.token).status_code == 200


def test_an_address_that_is_none_is_a_problem_too(site, east) -> None:
    answer = east.get("/nowhere")
    assert (answer.status_code, answer["Content-Type"]) == (404, PROBLEM)


def test_the_last_use_of_a_token_is_kept(site, east) -> None:
    from renotify.web.door.person import Token

    began = datetime.now(UTC)
    east.get("/campaigns")
    assert Token.objects.get().last_used >= began


def test_a_person_at_a_desk_writes_only_with_the_sign_of_their_session(site) -> None:
    from django.test import Client

    from renotify.web.door.person import Person

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(
        Person.objects.get(username="east_service"), "django.contrib.auth.backends.ModelBackend"
    )
    assert browser.get(f"{HERE}/day").status_code == 200
    answer = browser.post(f"{HERE}/vins", '{"vins": ["x"]}', content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (403, PROBLEM)


def test_the_auditor_looks_and_never_sends(site) -> None:
    browser = site.client("rex")
    assert browser.get(f"{HERE}/vehicles").json()["total"] == 16
    answer = browser.post(f"{HERE}/vins", '{"vins": ["x"]}', content_type="application/json")
    assert answer.status_code == 403
