"""The menu of a desk: on a phone folded behind a button that needs no script and no mouse, and what to do is seen at once."""

from __future__ import annotations

import re
from pathlib import Path
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


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("east_service", "/dealer/"),
        ("east_area", "/area/?now=1"),
        ("ana", "/analyst/?now=1"),
        ("ana", "/analyst/deadlines/"),
    ],
)
def test_on_a_phone_what_to_do_first_is_on_the_first_screen(
    site: Any, opened: Any, name: str, at: str
) -> None:
    """Within the 844 pixels that are seen before anybody scrolls, and before the figures; the frame above it is one line high."""
    with served() as address, page(opened, PHONE) as shown:
        sign_in(shown, address, name, PASSWORD)
        shown.goto(address + at)
        first = shown.locator(".to-do li").first.bounding_box()
        assert first["y"] + first["height"] < shown.locator(".figures").bounding_box()["y"]
        assert first["y"] + first["height"] < PHONE[1]
        assert shown.locator(".top").bounding_box()["height"] < 64


@pytest.mark.parametrize(
    ("name", "at"),
    [("east_service", "/dealer/check/"), ("carla", "/contact/calls/"), ("rex", "/auditor/")],
)
def test_on_a_phone_the_frame_is_one_line_with_the_longest_names_too(
    site: Any, opened: Any, name: str, at: str
) -> None:
    """Brand, menu with the page's name, and who has signed in, beside each other; each is still high enough for a thumb."""
    from renotify.web.door.person import Person

    Person.objects.filter(username=name).update(first_name="Wilhelmina", last_name="Example-Person")
    with served() as address, page(opened, PHONE) as shown:
        sign_in(shown, address, name, PASSWORD)
        shown.goto(address + at)
        assert shown.locator(".top").bounding_box()["height"] < 64
        assert shown.locator(".menu-button").first.bounding_box()["height"] >= 44
        assert is_as_wide_as_the_screen(shown)
        shown.locator(".who summary").click()
        assert shown.get_by_role("button", name="Sign out").is_visible()


def test_on_every_page_what_to_do_stands_before_the_figures() -> None:
    import renotify

    wrong = []
    for template in Path(renotify.__file__).parent.glob("web/*/templates/**/*.html"):
        text = template.read_text(encoding="utf-8")
        steps = re.search(r"to_do\.html|What to do first", text)
        figures = re.search(r'figures\.html|class="figures"', text)
        if steps and figures and figures.start() < steps.start():
            wrong.append(template.name)
    assert wrong == []
