"""A repair order as XML: read by its paths, and nothing that an attacker puts into XML is followed."""

from __future__ import annotations

import pytest

from renotify.desks.booking import NotFree
from renotify.errors import BadInput
from two_dealers import EAST_BOTH, PMP, STP
from web.api.star_message import star_message

JOBS = [(PMP, "Completed", "2.0"), (STP, "InspectedOK", "0.5")]


def read(message: bytes):
    from renotify.web.api.repair_order_xml import read_repair_order

    return read_repair_order(message)


@pytest.fixture(autouse=True)
def _of_the_site(site) -> None:
    """Django is told of the site."""


def test_every_value_stands_where_the_paths_say() -> None:
    found = read(star_message("R-1", EAST_BOTH, "2013-03-05", JOBS))
    assert (found.number, found.vin, found.day, found.hours) == ("R-1", EAST_BOTH, "2013-03-05", 2.5)  # fmt: skip
    assert [(one.campaign, one.outcome) for one in found.outcomes] == [(PMP, "remedied"), (STP, "inspected_ok")]  # fmt: skip


ENTITY = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("head", [ENTITY, OUTSIDE, b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'])  # fmt: skip
def test_a_document_type_is_refused_and_no_entity_is_expanded(head: bytes) -> None:
    message = star_message("&b;", EAST_BOTH, "2013-03-05", JOBS).replace(b"?>", b"?>" + head, 1)
    with pytest.raises(BadInput):
        read(message)


def test_a_huge_message_is_refused_before_it_is_parsed(site) -> None:
    from renotify.web.api.problems import Stopped

    with pytest.raises(Stopped) as stopped:
        read(b"<x>" + b" " * (1 << 20) + b"</x>")
    assert stopped.value.problem.status == 413


@pytest.mark.parametrize("message", [b"", b"no xml", b"<a>", b"<a/>", b"<a>" * 5000 + b"</a>" * 5000])  # fmt: skip
def test_what_is_no_such_message_is_refused(message: bytes) -> None:
    with pytest.raises(BadInput):
        read(message)


@pytest.mark.parametrize(
    ("was", "now", "field"),
    [
        (b"<VIN>", b"<Vim>", "vin"),
        (b"Completed</JobStatus>", b"Painted</JobStatus>", "outcomes"),
        (b"<LaborHours>2.0", b"<LaborHours>two", "hours"),
        (b"2013-03-05T", b"05.03.2013T", "day"),
    ],
)
def test_a_value_that_is_missing_or_none_is_named(was: bytes, now: bytes, field: str) -> None:
    message = star_message("R-1", EAST_BOTH, "2013-03-05", JOBS)
    changed = message.replace(was, now).replace(b"</VIN>", b"</Vim>") if field == "vin" else message.replace(was, now)  # fmt: skip
    with pytest.raises(NotFree) as refused:
        read(changed)
    assert refused.value.field.startswith(field)


def test_two_orders_in_one_message_are_refused() -> None:
    message = star_message("R-1", EAST_BOTH, "2013-03-05", JOBS)
    start, end = message.index(b"<RepairOrder>"), message.index(b"</DataArea>")
    with pytest.raises(BadInput, match="2 repair orders"):
        read(message[:end] + message[start:end] + message[end:])


def test_another_kind_of_document_is_not_taken(site, east) -> None:
    assert east.post("/repair-orders/star", b"<a/>", kind="text/plain").status_code == 415
    assert east.post("/repair-orders/star", b"<a/>", kind="text/xml").status_code == 422
