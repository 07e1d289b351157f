"""The site in a real browser: signing in, the own desk, both themes, a phone, and a scan of the pages that no desk scans itself."""

from __future__ import annotations

from browsers import IN_LOOKS, PHONE, looks_of, page, sideways, take_look, violations
from serving import served


@IN_LOOKS
def test_pages_of_jobs_and_mail_pass_the_accessibility_scan_wide_and_light_and_on_a_phone_and_dark(
    site, opened, every
) -> None:
    faults = {}
    with served() as address, page(opened) as shown:
        site.comes_in(shown, address, "ana")
        for place, at in enumerate(
            ("/jobs/", "/jobs/load/", "/mailing/spring/1/", "/mailing/spring/")
        ):
            for size, theme in looks_of(place, every=every):
                take_look(shown, size, theme)
                shown.goto(address + at)
                if found := violations(shown) + sideways(shown):
                    faults[at, size[0], theme] = found
    assert faults == {}


def test_the_sign_in_page_passes_the_scan_and_says_who_helps(site, opened) -> None:
    with served() as address, page(opened, PHONE) as shown:
        shown.goto(address)
        assert violations(shown) == []
        assert shown.get_by_text("ask the analyst").is_visible()


def test_a_table_sorts_by_its_headings_from_the_keyboard(site, opened) -> None:
    with served() as address, page(opened) as shown:
        site.comes_in(shown, address, "east_service")
        shown.goto(f"{address}/dealer/week/")
        heading = shown.locator("th button").first
        heading.focus()
        shown.keyboard.press("Enter")
        assert shown.locator("th").first.get_attribute("aria-sort") == "ascending"
