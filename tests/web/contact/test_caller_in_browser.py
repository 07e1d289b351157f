"""One call from the ring to the note, in a real browser: search, answer, language, booking; wide and on a phone, light and dark."""

from __future__ import annotations

from itertools import count

import pytest

from browsers import IN_LOOKS, PHONE, WIDE, is_as_wide_as_the_screen, page, sign_in, violations
from serving import served
from two_dealers import EAST_OPEN

PASSWORD = "a made-up password"


@IN_LOOKS
@pytest.mark.parametrize(("turn", "size", "dark"), [(0, WIDE, False), (1, PHONE, True)])
def test_a_caller_is_found_answered_booked_and_noted(site, opened, turn, size, dark, every) -> None:
    faults, places = [], count(turn)
    with served() as address, page(opened, size, dark=dark) as shown:

        def scan() -> None:
            """Each page of the call by turns: on the screen or on the phone."""
            if next(places) % 2 == 0 or every:
                faults.extend(violations(shown))
            assert is_as_wide_as_the_screen(shown)

        sign_in(shown, address, "carla", PASSWORD)
        scan()
        shown.keyboard.type(EAST_OPEN[0][-8:].lower())  # the field has the focus
        shown.keyboard.press("Enter")
        shown.get_by_role("heading", name="How soon can I come?").wait_for()
        assert shown.get_by_text("Yes. 1 campaign to be done").is_visible()
        scan()
        shown.get_by_role("link", name="Español").click()
        assert shown.get_by_text("Sí. 1 campaña por hacer").is_visible()
        scan()
        shown.get_by_role("link", name="English").click()
        shown.get_by_role("link", name="Book a visit").click()
        scan()
        shown.get_by_role("button", name="Book it").click()
        assert shown.get_by_role("status").get_by_text("Booked at Made-up Dealer").is_visible()
        shown.get_by_label("What was asked and answered").fill("Asked how long it takes")
        shown.get_by_role("button", name="Keep the note").click()
        assert shown.get_by_text("Asked how long it takes").is_visible()
        shown.get_by_role("link", name="Record it").click()
        scan()
        shown.goto(f"{address}/contact/calls/")
        shown.get_by_role("heading", name="Calls by day").wait_for()
        scan()
    assert faults == []
