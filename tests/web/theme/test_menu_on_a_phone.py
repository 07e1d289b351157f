"""The menu of a desk: beside the brand on a screen, on a phone folded behind a button that needs no script and no mouse."""

from __future__ import annotations

from typing import Any

import pytest

from browsers import PHONE, WIDE, is_as_wide_as_the_screen, page, violations
from serving import served

LAST = "Jobs"  # the last page of the analyst's menu: it stood beyond the edge of a phone


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_the_menu_is_folded_out_by_keys_and_closed_by_them(
    site: Any, opened: Any, theme: str
) -> None:
    with served() as address, page(opened, PHONE, dark=theme == "dark") as shown:
        site.comes_in(shown, address, "ana")
        shown.goto(f"{address}/analyst/vehicles/")
        button = shown.get_by_role("button", name="Menu: Vehicles")
        link = shown.get_by_role("navigation", name="Your desk").get_by_role("link", name=LAST)
        assert not shown.get_by_text(LAST, exact=True).first.is_visible()
        button.focus()
        shown.keyboard.press("Enter")
        assert link.is_visible()
        box = link.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE[0]
        assert box["height"] >= 44
        assert violations(shown) == []
        assert is_as_wide_as_the_screen(shown)
        shown.keyboard.press("Escape")
        assert not shown.get_by_text(LAST, exact=True).first.is_visible()
        button.click()
        link.click()
        shown.wait_for_url(lambda url: "/vehicles/" not in url)


def test_the_menu_opens_without_a_script(site: Any, opened: Any) -> None:
    context = opened.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, java_script_enabled=False
    )
    with served() as address:
        shown = context.new_page()
        site.comes_in(shown, address, "ana")
        shown.goto(f"{address}/analyst/vehicles/")
        shown.get_by_role("button", name="Menu: Vehicles").click()
        assert shown.get_by_role("link", name=LAST, exact=True).is_visible()
        shown.get_by_role("button", name="Close the menu").click()
        assert not shown.get_by_text(LAST, exact=True).first.is_visible()
        context.close()


def test_on_a_screen_the_pages_stand_beside_each_other_and_no_button_does(
    site: Any, opened: Any
) -> None:
    with served() as address, page(opened, WIDE) as shown:
        site.comes_in(shown, address, "ana")
        shown.goto(f"{address}/analyst/vehicles/")
        assert shown.get_by_role("link", name=LAST, exact=True).is_visible()
        assert shown.get_by_role("button", name="Menu").count() == 0
