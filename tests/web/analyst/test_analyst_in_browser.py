"""The analyst's job in a real browser: from the overview to a plan in force, and to the vehicles behind a figure, readable for everybody.

It holds the pictures of docs/how-to/the-analyst-s-desk.md to what is tested here (pictured_pages.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsers import IN_LOOKS, looks_of, sideways, take_look, violations
from pictured_pages import DOCS, taken_or_compared
from serving import served
from two_dealers import PMP
from web.analyst.test_follow_up_pages import in_force, with_a_draft
from web.conftest import PASSWORD

WINDOW = {"width": 1280, "height": 800}
PICTURES = DOCS / "the-analyst-s-desk"
PICTURED = ("overview", "vehicles", "campaign", "follow-up", "letter", "deadlines")
PAGES = {
    "overview": "/analyst/",
    "campaigns": "/analyst/campaigns/",
    "campaign": f"/analyst/campaigns/{PMP}/",
    "follow-ups": "/analyst/follow-ups/",
    "follow-up": "/analyst/follow-ups/spring/",
    "vehicles": f"/analyst/vehicles/?campaign={PMP}&status=open",
    "mistake": "/analyst/vehicles/?year=20x8",
    "deadlines": "/analyst/deadlines/",
    "state-a-day": f"/analyst/deadlines/state/?clock={PMP}:letters",
    "reports": "/analyst/reports/",
    "report": f"/analyst/reports/{PMP}/2012Q4/",
    "progress": "/analyst/reports/progress/",
    "letters": "/analyst/letters/spring/?check=1",
    "letter": "/analyst/letters/spring/1/",
}


@pytest.fixture
def address(site: Any) -> Iterator[str]:
    with_a_draft(site)
    with served() as where:
        yield where


@pytest.fixture
def browser(opened: Any) -> Any:
    return opened


def signed_in(browser: Any, address: str) -> Any:
    context = browser.new_context(viewport=WINDOW, color_scheme="light", base_url=address)
    context.add_cookies([{"name": "theme", "value": "light", "url": address}])
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.wrong = []
    page.on("console", lambda said: page.wrong.append(said.text) if said.type == "error" else None)
    page.goto("/sign-in/login/")
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def opened(page: Any, where: str) -> None:
    """Open an address, and wait until what takes long is worked out."""
    page.goto(where)
    waited(page)


def waited(page: Any) -> None:
    """Wait until the page is of the ledger of now."""
    page.locator(".waiting, #as-of").wait_for(state="detached")


def test_from_the_overview_to_a_plan_in_force_and_to_the_vehicles_behind_it(
    browser: Any, address: str, site: Any
) -> None:
    page = signed_in(browser, address)
    waited(page)
    assert page.get_by_role("heading", level=1).inner_text() == "Overview"
    assert "12 repairs are open in 3 campaigns" in page.locator(".headline").inner_text()
    page.get_by_role("link", name="Follow-ups").click()
    page.get_by_role("link", name="spring").click()
    waited(page)
    page.get_by_role("radio", name="slower").check()
    page.get_by_role("region", name="Put a plan in force").get_by_label("Why").fill(
        "East has one pump a week."
    )
    # who has a visit booked gets no letter: the draft breaks no limit, and nobody is asked whether it may
    assert page.get_by_label("It may break limits").count() == 0
    page.get_by_role("button", name="Put it in force").click()
    waited(page)
    assert "slower is the plan of spring now" in page.get_by_role("status").first.inner_text()
    assert in_force(site) == "uniform:2"
    page.locator(".figures a").first.click()
    waited(page)
    assert page.get_by_role("link", name="the list of vehicles (follow up spring").is_visible()
    assert page.wrong == []
    page.context.close()


def test_the_list_is_filtered_by_typing_and_sorted_by_a_heading(browser: Any, address: str) -> None:
    page = signed_in(browser, address)
    opened(page, "/analyst/vehicles/")
    page.get_by_label("Campaign", exact=True).fill(PMP)
    page.get_by_label("Status").fill("open")
    page.get_by_role("button", name="Show these").click()
    waited(page)
    assert page.locator(".headline").inner_text() == "8 vehicles."
    vins = page.locator("tbody tr td:first-child")
    page.get_by_role("button", name="VIN").click()
    rising = vins.all_inner_texts()
    page.get_by_role("button", name="VIN").click()
    assert vins.all_inner_texts() == rising[::-1]
    assert len(set(rising)) == 8
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert len(Path(taken.value.path()).read_text().splitlines()) == 9
    page.context.close()


@IN_LOOKS
def test_every_page_is_read_by_everybody_on_a_desk_and_on_a_telephone(
    browser: Any, address: str, every: bool
) -> None:
    page = signed_in(browser, address)
    aged: list[str] = []
    for place, (name, where) in enumerate(PAGES.items()):
        for look, (size, theme) in enumerate(looks_of(place, every=every)):
            take_look(page, size, theme)
            page.context.add_cookies([{"name": "theme", "value": theme, "url": address}])
            opened(page, where)
            if name in PICTURED and look == 0:
                aged += taken_or_compared(page, PICTURES / f"{name}.png", whole=False)
            assert violations(page) + sideways(page) == [], name
    assert aged == []
    page.context.close()


def test_without_a_script_what_takes_long_is_one_link_away(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto("/sign-in/login/")
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Show it now").click()
    assert "12 repairs are open" in page.locator(".headline").inner_text()
    context.close()
