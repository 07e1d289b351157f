"""The dealer's main job in a real browser, at the counter on a phone: scan, book, arrive, record, and the stock that it frees.

It holds the pictures of docs/how-to/work-at-the-dealers-desk.md to what is tested here (pictured_pages.py).
"""

from __future__ import annotations

from datetime import date

import two_dealers as w
from browsers import (
    IN_LOOKS,
    PHONE,
    WIDE,
    from_the_menu,
    is_as_wide_as_the_screen,
    looks_of,
    page,
    sideways,
    sign_in,
    take_look,
    violations,
)
from pictured_pages import DOCS, taken_or_compared
from serving import served

PASSWORD = "a made-up password"
FIRST = w.EAST_OPEN[0]
CHECK = "/dealer/check/"
PAGES = (
    "/dealer/", "/dealer/week/", f"{CHECK}?vin={FIRST}", f"{CHECK}?vin={w.EAST_BOTH}", f"{CHECK}?vin=12345", f"/dealer/book/{FIRST}/",
    f"/dealer/work/{FIRST}/", f"/dealer/dispute/{FIRST}/", "/dealer/checks/", "/dealer/stock/", "/dealer/parts/", "/dealer/notices/",
)  # fmt: skip

PICTURES = DOCS / "work-at-the-dealers-desk"
PICTURED = {
    "week": ("/dealer/week/", WIDE),
    "check": (f"{CHECK}?vin={w.EAST_BOTH}", PHONE),
    "book": (f"/dealer/book/{FIRST}/", PHONE),
    "stock": ("/dealer/stock/", WIDE),
    "parts": ("/dealer/parts/", WIDE),
}


def test_a_number_is_scanned_booked_and_repaired_on_a_phone(site, opened, monkeypatch) -> None:
    from django.conf import settings

    with served() as address, page(opened, PHONE) as shown:
        sign_in(shown, address, "east_service", PASSWORD)
        from_the_menu(shown, "Check a VIN")
        assert shown.locator("#vin").evaluate("field => field === document.activeElement")
        shown.keyboard.type(FIRST[-8:].lower())
        shown.keyboard.press("Enter")
        shown.get_by_text("Eligible: 1 campaign to do in one visit (PMP).").wait_for()
        shown.get_by_role("link", name="Book a visit").click()
        shown.get_by_label("I order the kit for this visit (PUMP)").check()
        shown.get_by_role("button", name="Book it").click()
        shown.get_by_text(f"{FIRST} is booked for March 18, 2013 at 08:00.").wait_for()
        monkeypatch.setattr(settings, "RENOTIFY_DAY", date(2013, 3, 18))
        shown.goto(f"{address}/dealer/")
        shown.get_by_role("button", name=f"{FIRST} has arrived").click()
        shown.get_by_text(f"{FIRST} has arrived.").wait_for()
        shown.get_by_role("link", name=f"Record the work on {FIRST}").click()
        shown.get_by_label("PMP · Fuel pump").select_option("Repaired")
        shown.get_by_label("Repair order number").fill("RO-77")
        shown.get_by_role("button", name="Record it").click()
        shown.get_by_text("Nothing to do: PMP is done.").wait_for()
        assert is_as_wide_as_the_screen(shown)


def test_a_refused_form_says_why_beside_its_field_and_keeps_what_was_typed(site, opened) -> None:
    with served() as address, page(opened) as shown:
        site.comes_in(shown, address, "east_service")
        shown.goto(f"{address}/dealer/book/{FIRST}/")
        shown.get_by_label("Or another time").fill("2013-03-14T09:00")
        shown.get_by_role("button", name="Book it").click()
        shown.get_by_text("The week of this day has 1.3 hours left").wait_for()
        assert shown.get_by_label("Or another time").input_value() == "2013-03-14T09:00"
        assert violations(shown) == []
        shown.get_by_label("Book it all the same, with more technician hours").check()
        shown.get_by_label("I order the kit for this visit (PUMP)").check()
        shown.get_by_role("button", name="Book it").click()
        shown.get_by_text(f"{FIRST} is booked for March 14, 2013 at 09:00.").wait_for()


@IN_LOOKS
def test_every_page_of_the_desk_passes_the_scan_on_a_phone_and_a_screen(
    site, opened, monkeypatch, every
) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "RENOTIFY_DAY", date(2013, 3, 11))  # EAST_BOTH comes
    faults = {}
    with served() as address, page(opened) as shown:
        site.comes_in(shown, address, "east_service")
        for place, at in enumerate(PAGES):
            for size, theme in looks_of(place, every=every):
                take_look(shown, size, theme)
                shown.goto(address + at)
                if found := violations(shown) + sideways(shown):
                    faults[at, size[0], theme] = found
    assert faults == {}


def test_the_pictures_of_the_how_to_show_these_pages(site, opened, monkeypatch) -> None:
    """On their own walk: the page of a check counts how often the VIN was checked."""
    from django.conf import settings

    monkeypatch.setattr(settings, "RENOTIFY_DAY", date(2013, 3, 11))
    aged = []
    with served() as address, page(opened) as shown:
        sign_in(shown, address, "east_service", PASSWORD)
        for name, (at, size) in PICTURED.items():
            take_look(shown, size, "light")
            shown.goto(address + at)
            aged += taken_or_compared(shown, PICTURES / f"{name}.png", width=size[0])
    assert aged == []
