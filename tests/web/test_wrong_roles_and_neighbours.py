"""Every address, page or route of dealer systems, by every method: refused to who has another role, and empty of what is a neighbour's."""

from __future__ import annotations

from typing import Any

import pytest

from site_addresses import every_address
from two_dealers import EAST
from web.conftest import CAST

METHODS = ("get", "post", "put", "patch", "delete")
OF_EACH_ROLE = ("ana", "east_area", "east_service", "east_parts", "carla", "rex", "east_system")
OF_EAST = (EAST, "A03111")  # the dealer, and the visit that is booked there
WRITTEN = "select (select count(*) from source where kind <> 'command') + (select count(*) from appointment where status = 'booked')"


def _page(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="replace")


@pytest.mark.parametrize("name", OF_EACH_ROLE)
def test_another_role_is_refused_at_every_address_by_every_method(site, name) -> None:
    """An auditor, whose role is named where it may read, sends nothing anywhere. The methods that no page has are tried by turns."""
    role, browser, walked = CAST[name][0], site.client(name), 0
    for place, address in enumerate(every_address()):
        if address.is_open or address.is_of_everybody or address.asks_itself:
            continue
        reads = role in address.roles
        for method in (*METHODS[:2], METHODS[2 + place % 3]):
            if reads and (role != "auditor" or method == "get"):
                continue
            walked += 1
            answer = getattr(browser, method)(address.example)
            assert answer.status_code in {401, 403, 405}, (method, address)
    assert walked > 100


@pytest.mark.parametrize("name", ["west_service", "west_area"])
def test_at_no_address_a_neighbour_finds_or_changes_what_is_of_this_dealer(site, name) -> None:
    """The examples of addresses are East's vehicle, visit, notices and area."""
    browser, role, walked = site.client(name), CAST[name][0], 0
    with site.ledger() as ledger:
        before = ledger.scalar(WRITTEN)
    for address in every_address():
        if role not in address.roles:
            continue
        for method in METHODS:
            walked += 1
            page = _page(getattr(browser, method)(address.example))
            assert [one for one in OF_EAST if one in page] == [], (method, address)
    with site.ledger() as ledger:
        assert ledger.scalar(WRITTEN) == before
    assert walked > 10
