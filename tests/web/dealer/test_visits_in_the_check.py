"""The check of a VIN and the dealer's own visit: due today, here, or of a past day that nobody reported."""

from __future__ import annotations

from datetime import date
from typing import Any

import two_dealers as w
from web.dealer.test_dealer_pages import CHECK, words


def on_day(monkeypatch: Any, day: str) -> None:
    """Play a day."""
    from django.conf import settings

    monkeypatch.setattr(settings, "RENOTIFY_DAY", date.fromisoformat(day))


def test_of_a_vehicle_that_is_here_the_check_says_to_record_the_work(site, monkeypatch) -> None:
    """It was due on the 11th and is reported on the 12th to have come: nobody is told to book it; a bolt is lacking all the same."""
    on_day(monkeypatch, "2013-03-12")
    browser = site.client("east_service")
    form = {"number": "A03111", "vin": w.EAST_BOTH, "status": "arrived", "to": "check"}
    said = words(browser.post("/dealer/visit/", form, follow=True))
    assert (
        "It has arrived for its visit of March 11, 2013: record the work when it is done. Its kits are not in hand (BOLT)."
        in said
    )
    assert ("book from" in said, "not reported" in said) == (False, False)


def test_a_visit_of_today_is_named_with_the_kits_that_it_lacks(site, monkeypatch) -> None:
    """On the 11th itself the check does not speak of a visit that is yet to be booked."""
    on_day(monkeypatch, "2013-03-11")
    said = words(site.client("east_service").get(f"{CHECK}?vin={w.EAST_BOTH}"))
    assert (
        "It is booked here for today at 09:00. Its kits are not there by then (BOLT), and ordered today they"
        in said
    )
    assert "come on March 18, 2013: order them, and move it." in said
    assert "book from" not in said


def test_the_check_names_the_visit_of_yesterday_that_nobody_reported(
    site_on_both, monkeypatch
) -> None:
    """EAST_BOTH was due on the 11th; on the 12th the check says so, and takes what became of it."""
    on_day(monkeypatch, "2013-03-12")
    browser = site_on_both.client("east_service")
    page = browser.get(f"{CHECK}?vin={w.EAST_BOTH}")
    assert (
        "Its visit here of March 11, 2013 at 09:00 is not reported: say first whether it came."
        in words(page)
    )
    assert "Not reported the visit of Mar 11, 2013 at 09:00, for PMP and STP" in words(page)
    assert ("It came" in words(page), "Move the visit" in words(page)) == (True, False)
    form = {"number": "A03111", "vin": w.EAST_BOTH, "status": "no_show", "to": "check"}
    after = browser.post("/dealer/visit/", form, follow=True)
    assert after.redirect_chain == [(f"{CHECK}?vin={w.EAST_BOTH}", 302)]
    assert f"{w.EAST_BOTH} did not come." in words(after)
    assert "not reported" not in words(after)
    west = words(site_on_both.client("west_service").get(f"{CHECK}?vin={w.EAST_BOTH}"))
    assert "not reported" not in west
