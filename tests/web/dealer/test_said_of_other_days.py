"""What a dealer's desk asks before it counts: another dealer's order, hours of later weeks, a strange number, an early day."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import two_dealers as w
from renotify.desks.dealer_days import dealer_week

FIRST, SECOND = w.EAST_OPEN[:2]
CHECK, STOCK, HOURS = "/dealer/check/", "/dealer/stock/", "/dealer/hours/"
OF_HONDA = "1HGCM82633A004352"  # well formed, of another maker
ORDER = {
    "campaigns": [w.PMP], "whose": "another", "elsewhere": w.WEST, "number": "W-9", "day": "2012-09-01", "outcome": "remedied",
}  # fmt: skip
KEY = {"vin": SECOND, "campaign_code": w.PMP, "done_by": w.WEST, "ro_id": "W-9", "dealer_code": w.EAST}  # fmt: skip


def words(answer: Any) -> str:
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    plain = re.sub(r"<[^>]+>", " ", text).replace("&#x27;", "'").replace("&amp;", "&")
    return " ".join(plain.split())


def test_another_dealers_order_is_taken_in_by_the_analyst_and_the_dealer_sees_it(site_on_both) -> None:  # fmt: skip
    dealer, ana = site_on_both.client("east_service"), site_on_both.client("ana")
    asked = dealer.post(f"/dealer/dispute/{SECOND}/", ORDER, follow=True)
    assert "The analyst is asked about PMP" in words(asked)
    named = "PMP, order W-9 of dealer D0002, asked on Mar 5, 2013"
    assert f"{named}: The analyst has not answered yet: it stays open." in words(asked)
    assert f"Answer 1 disputed repair, first: PMP on {SECOND}, order W-9 of dealer D0002." in words(ana.get("/analyst/?now=1"))  # fmt: skip
    listed = words(ana.get("/analyst/disputed/"))
    assert "Dealer D0001 said on March 5, 2013: order W-9 of dealer D0002, closed on September 1, 2012, repaired." in listed  # fmt: skip
    taken = words(ana.post("/analyst/disputed/", KEY | {"answer": "take"}, follow=True))
    assert f"{SECOND}: order W-9 of dealer D0002 is taken in; PMP is done." in taken
    assert "No dealer waits for an answer about a repair." in taken
    assert "disputed repair" not in words(ana.get("/analyst/?now=1"))
    found = words(dealer.get(CHECK, {"vin": SECOND}))
    assert "Nothing to do: PMP is done." in found
    assert "The analyst took it in: it is done." in found
    with site_on_both.ledger() as ledger:
        events = "select count(*) from event where subject = :s and kind = 'remedied' and dealer_code = :d and occurred_on = :on"
        assert ledger.scalar(events, s="ro|D0002|W-9|PMP", d=w.WEST, on=date(2012, 9, 1)) == 1
    again = ana.post("/analyst/disputed/", KEY | {"answer": "refuse", "reason": "too late"})
    assert (again.status_code, "The analyst took it in" in words(again)) == (422, True)


def test_the_analyst_says_why_an_order_does_not_count_and_it_stays_open(site) -> None:
    dealer, ana = site.client("east_service"), site.client("ana")
    dealer.post(f"/dealer/dispute/{SECOND}/", ORDER)
    silent = ana.post("/analyst/disputed/", KEY | {"answer": "refuse", "reason": ""})
    assert (silent.status_code, "Say why it does not count." in words(silent)) == (422, True)
    said = KEY | {"answer": "refuse", "reason": "That order was of another car."}
    assert "PMP stays open, and dealer D0001 reads why." in words(ana.post("/analyst/disputed/", said, follow=True))  # fmt: skip
    why = "The analyst did not take it in on March 5, 2013: That order was of another car."
    for address in (f"{CHECK}?vin={SECOND}", f"/dealer/dispute/{SECOND}/", "/dealer/"):
        assert why in words(dealer.get(address)), address
    assert "Eligible: 1 campaign" in words(dealer.get(CHECK, {"vin": SECOND}))
    again = dealer.post(f"/dealer/dispute/{SECOND}/", ORDER)
    assert (again.status_code, "You named order W-9 of dealer D0002 on March 5, 2013" in words(again)) == (422, True)  # fmt: skip


def test_a_dispute_without_a_known_dealer_is_refused_and_the_same_twice_is_one(site) -> None:
    dealer = site.client("east_service")
    refusals = {
        "": "Which dealer closed the order?",
        "77777": "No dealer has the code 77777.",
        w.EAST: "That is your own code.",
    }
    for code, says in refusals.items():
        refused = dealer.post(f"/dealer/dispute/{SECOND}/", ORDER | {"elsewhere": code})
        assert (refused.status_code, says in words(refused)) == (422, True), code
    for _ in range(2):
        dealer.post(f"/dealer/dispute/{SECOND}/", ORDER)
    with site.ledger() as ledger:
        assert ledger.scalar("select count(*) from repair_dispute") == 1
    assert "W-9" not in words(site.client("west_service").get(CHECK, {"vin": SECOND}))
    for name in ("east_service", "east_area", "carla", "rex"):
        assert site.client(name).post("/analyst/disputed/", KEY | {"answer": "take"}).status_code == 403  # fmt: skip


def test_a_dispute_of_a_campaign_that_was_closed_meanwhile_waits_for_nobody(site) -> None:
    dealer, ana = site.client("east_service"), site.client("ana")
    dealer.post(f"/dealer/dispute/{SECOND}/", ORDER)
    dealer.post(f"/dealer/work/{SECOND}/", {f"outcome_{w.PMP}": "remedied", "number": "E-1", "day": "2013-03-05", "hours": ""})  # fmt: skip
    listed = words(ana.get("/analyst/disputed/"))
    assert "No dealer waits for an answer about a repair." in listed
    assert "It was closed meanwhile." in listed


def _capacity(site: Any, day: date) -> list[float]:
    with site.ledger() as ledger:
        return [row["capacity"] for row in dealer_week(ledger, w.EAST, day).weeks.to_pylist()]


def test_hours_hold_until_a_later_stated_week_or_of_all_where_it_is_ticked(site) -> None:
    """Weeks of the 11th, 18th and 25th are stated as 8, 8 and 8; 12 from the 11th is one week; 3 with the tick is all of them.

    A pump takes 2 of the 3 hours: a second one finds 1 left in the week of the 18th.
    """
    dealer = site.client("east_service")
    for week in ("2013-03-11", "2013-03-18", "2013-03-25"):
        dealer.post(HOURS, {"week": week, "hours": "8", "bays": "2"})
    one = words(dealer.post(HOURS, {"week": "2013-03-11", "hours": "12", "bays": ""}, follow=True))
    assert "The week of Mar 11, 2013: 12 hours a week. From the week of Mar 18, 2013 on" in one
    assert "what was stated before stands (8 hours)" in one
    days = [date(2013, 3, 11), date(2013, 3, 18), date(2013, 3, 25), date(2013, 4, 1)]
    assert [_capacity(site, day) for day in days] == [[12], [8], [8], [8]]
    all_of_them = {"week": "2013-03-11", "hours": "3", "bays": "", "later_too": "yes"}
    every = words(dealer.post(HOURS, all_of_them, follow=True))
    assert "From the week of Mar 11, 2013 on: 3 hours a week." in every
    assert [_capacity(site, day) for day in days] == [[3], [3], [3], [3]]
    visit = {"campaigns": [w.PMP], "start": "2013-03-20T09:00", "number": "", "order_kit": "yes"}
    assert dealer.post(f"/dealer/book/{FIRST}/", visit).status_code == 302
    refused = words(dealer.post(f"/dealer/book/{SECOND}/", visit | {"start": "2013-03-21T09:00"}))
    assert "The week of this day has 1 hour left, and the visit takes 2 hours." in refused
    with site.ledger() as ledger:
        bays = "select count(*) from dealer_capacity where dealer_code = :d and bays = 2"
        assert ledger.scalar(bays, d=w.EAST) == 3


def test_hours_of_a_week_that_is_past_are_refused(site) -> None:
    form = {"week": "2012-03-12", "hours": "5", "bays": ""}
    refused = site.client("east_service").post(HOURS, form)
    assert (refused.status_code, "The week of Mar 12, 2012 is past." in words(refused)) == (422, True)  # fmt: skip


def test_a_number_of_another_maker_is_not_said_to_have_nothing_to_do(site) -> None:
    dealer = site.client("east_service")
    says = "Not one of our vehicles: the number begins with 1HG, and none of ours does."
    found = words(dealer.get(CHECK, {"vin": OF_HONDA}))
    assert says in found
    assert "nothing is to be done" not in found
    assert says in words(dealer.get("/dealer/checks/", {"vin": OF_HONDA}))
    assert "No vehicle on record has this number" in words(dealer.get(CHECK, {"vin": w.STRANGER}))
    form = {"vin": OF_HONDA, "stock_type": "used", "day": "2013-03-04"}
    refused = dealer.post(STOCK, form)
    assert (refused.status_code, says in words(refused)) == (422, True)
    taken = words(dealer.post(STOCK, form | {"not_on_record": "yes"}, follow=True))
    assert f"{OF_HONDA} is in stock. No vehicle of ours on record has this number" in taken


def test_a_repair_dated_before_the_campaign_was_filed_is_asked_about(site) -> None:
    dealer = site.client("east_service")
    form = {f"outcome_{w.STP}": "remedied", "number": "E-7", "day": "2012-09-30", "hours": ""}
    refused = dealer.post(f"/dealer/work/{w.EAST_BOTH}/", form)
    assert refused.status_code == 422
    assert "September 30, 2012 is before the campaign was filed: STP on October 1, 2012." in words(refused)  # fmt: skip
    assert "PMP and STP" in words(dealer.get(CHECK, {"vin": w.EAST_BOTH}))
    taken = dealer.post(f"/dealer/work/{w.EAST_BOTH}/", form | {"before_filed": "yes"}, follow=True)
    assert "STP repaired on September 30, 2012, order E-7." in words(taken)
    on_the_day = form | {"day": "2012-10-01", "number": "E-8"}
    assert dealer.post(f"/dealer/work/{w.USED_IN_STOCK}/", on_the_day).status_code == 302
