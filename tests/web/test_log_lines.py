"""The site's log says what happened, and carries no VIN, no name and nothing that somebody typed."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from two_dealers import EAST_BOTH


@pytest.fixture
def lines(site, monkeypatch) -> Iterator[io.StringIO]:
    """What the site writes to its log, as its own settings shape it."""
    from renotify.web.site import web_settings
    from renotify.web.site.log_lines import ImpersonalLines

    assert web_settings.LOGGING["handlers"]["console"]["formatter"] == "impersonal"
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(ImpersonalLines())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def test_a_refused_address_is_logged_by_its_route(site, lines) -> None:
    assert site.client("rex").get(f"/contact/vehicle/{EAST_BOTH}/").status_code == 403
    assert "Forbidden: /contact/vehicle/<str:vin>/" in lines.getvalue()
    assert EAST_BOTH not in lines.getvalue()


def test_an_address_that_is_none_is_not_told_back(site, lines) -> None:
    site.client("carla").get(f"/contact/Leblanc/{EAST_BOTH.lower()}/")
    assert "Not Found: (an address that the site does not have)" in lines.getvalue()
    assert "Leblanc" not in lines.getvalue()
    assert EAST_BOTH.lower() not in lines.getvalue()


def test_what_broke_is_told_by_its_place_and_kind_and_not_by_what_it_said(
    site, lines, monkeypatch
) -> None:
    from renotify.web.dealer import check_pages

    said = f"Ann Leblanc drives {EAST_BOTH}"

    def breaks(*_: object) -> None:
        raise ValueError(said)

    monkeypatch.setattr(check_pages, "numbers_meant", breaks)
    browser = site.client("east_service")
    browser.raise_request_exception = False
    assert browser.get("/dealer/check/", {"vin": EAST_BOTH}).status_code == 500
    written = lines.getvalue()
    assert "Internal Server Error: /dealer/check/" in written
    assert "ValueError" in written
    assert "in breaks" in written
    assert "Leblanc" not in written
    assert EAST_BOTH not in written


def test_no_line_of_any_room_carries_a_vin_or_the_number_of_a_letter(site, lines) -> None:
    logging.getLogger("renotify.somewhere").warning("%s has letter %s", EAST_BOTH, "0123456789ABCDEF")  # fmt: skip
    assert lines.getvalue() == "WARNING renotify.somewhere: (cut) has letter (cut)\n"
