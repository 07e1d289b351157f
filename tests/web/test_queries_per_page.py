"""No page asks the ledger and the site's tables more than a bound number of questions, whatever it shows."""

from __future__ import annotations

from typing import Any

import pytest

from site_addresses import every_address

PEOPLE = {
    "analyst": "ana", "area_manager": "east_area", "dealer_service": "east_service", "dealer_parts": "east_parts", "contact": "carla",
    "auditor": "rex",
}  # fmt: skip
MOST = 60  # questions of a page that is opened again
LIVE = {
    "/dealer/": 100,
    "/dealer/week/": 100,
}  # of now in every request, when something was recorded


def _questions(browser: Any, address: str, asked: list[str]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    asked.clear()
    with CaptureQueriesContext(connection) as own:
        browser.get(address)
    return len(asked) + len(own)


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """What the ledger is asked, in order."""
    from renotify.ledger.desk_session import SqliteDeskSession

    said: list[str] = []
    real = SqliteDeskSession._run

    def run(self: Any, sql: str, values: Any) -> Any:
        said.append(sql)
        return real(self, sql, values)

    monkeypatch.setattr(SqliteDeskSession, "_run", run)
    return said


def test_every_page_asks_a_bound_number_of_questions(site, asked) -> None:
    over, counted = {}, 0
    for address in every_address():
        name = next((PEOPLE[role] for role in sorted(address.roles) if role in PEOPLE), None)
        if name is None:
            continue
        browser = site.client(name)
        browser.get(f"{address.example}?now=1")
        number = _questions(browser, address.example, asked)
        counted += 1
        if number > MOST:
            over[address.example] = number
    assert counted > 40
    assert over == {}


def test_a_dealer_s_day_that_is_counted_asks_a_bound_number_too(site, asked) -> None:
    browser = site.client("east_service")
    from django.core.cache import caches

    for address, most in LIVE.items():
        caches["kept"].clear()
        assert _questions(browser, address, asked) <= most
