"""The parts role: what both roles of a dealer read, and what each may write. Service writes everything of its dealer."""

from __future__ import annotations

import pytest

from site_addresses import every_address
from two_dealers import EAST_BOTH, EAST_OPEN, PMP

OF_PARTS = {"/dealer/parts/", "/dealer/notices/spring/1/"}  # what the parts role may send
OF_SERVICE_ALONE = (
    "/dealer/book/",
    "/dealer/work/",
    "/dealer/dispute/",
)  # pages that are forms of service


def test_parts_may_send_receipts_of_parts_and_of_notices_and_nothing_else(site) -> None:
    browser, refused, taken = site.client("east_parts"), set(), set()
    for address in every_address():
        if address.example.startswith("/dealer/"):
            status = browser.post(address.example).status_code
            (refused if status in {403, 405} else taken).add(address.example)
    shown_alone = {
        "/dealer/",
        "/dealer/week/",
        "/dealer/check/",
        "/dealer/checks/",
        "/dealer/notices/",
    }
    assert taken - shown_alone - {
        at for at in taken if at.startswith(("/dealer/notices/spring/1/", "/dealer/parts/order"))
    } == {"/dealer/parts/"}
    for at in (
        "/dealer/visit/",
        "/dealer/hours/",
        "/dealer/stock/",
        *(f"{one}{EAST_BOTH}/" for one in OF_SERVICE_ALONE),
    ):
        assert at in refused, at


def test_service_may_send_all_of_it(site) -> None:
    browser = site.client("east_service")
    for address in every_address():
        if address.example.startswith("/dealer/"):
            assert browser.post(address.example).status_code != 403, address


def test_parts_reads_the_day_the_stock_and_a_check_without_buttons_that_would_be_refused(
    site,
) -> None:
    parts, service = site.client("east_parts"), site.client("east_service")
    for address, form in {
        f"/dealer/check/?vin={EAST_BOTH}": f"/dealer/work/{EAST_BOTH}/",
        "/dealer/stock/": "Take it in",
        "/dealer/week/": "State them",
    }.items():
        assert form in service.get(address).content.decode(), address
        answer = parts.get(address)
        assert answer.status_code == 200
        assert form not in answer.content.decode(), address


@pytest.mark.parametrize(
    ("route", "body"),
    [
        (
            "bookings",
            {
                "vin": EAST_OPEN[0],
                "campaigns": [PMP],
                "start": "2013-03-18T08:00",
                "order_kit": True,
            },
        ),
        (
            "repair-orders",
            {
                "vin": EAST_OPEN[0],
                "number": "R1",
                "day": "2013-03-04",
                "outcomes": [{"campaign": PMP, "outcome": "remedied"}],
            },
        ),
    ],
)
def test_parts_books_and_repairs_by_the_interface_neither(site, route, body) -> None:
    """A person at a desk may call the interface by their session."""
    for name, status in (("east_parts", 403), ("east_service", 200)):
        answer = site.client(name).post(
            f"/api/v1/{route}",
            body,
            content_type="application/json",
            headers={"Idempotency-Key": f"made-up-key-{route}"},
        )
        assert answer.status_code in {status, status + (status == 200)}, answer.content
