"""A dealer's desk in a browser without scripts: what each page shows, counted by hand on the two dealers, and who is refused."""

from __future__ import annotations

import re
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import two_dealers as w

FIRST, SECOND = w.EAST_OPEN[:2]
LATER = "2013-03-20T09:00"
CHECK = "/dealer/check/"


def words(answer: Any) -> str:
    """The words of a page, without its marks."""
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    plain = re.sub(r"<[^>]+>", " ", text).replace("&#x27;", "'").replace("&amp;", "&")
    return " ".join(plain.split())


def count_pumps(browser: Any, on_hand: int) -> None:
    """One more pump comes, and the shelf is counted."""
    answer = browser.post("/dealer/parts/", {"part": w.PUMP, "qty": "1", "day": "2013-03-05", "counted": str(on_hand)})  # fmt: skip
    assert answer.status_code == 302, words(answer)


def test_the_day_says_what_is_to_do_first_and_leads_there(site) -> None:
    page = site.client("east_service").get("/dealer/")
    said = words(page)
    assert "No visit booked. This week" in said
    assert "Do not deliver 1 vehicle in stock before it is repaired, by law" in said
    assert 'href="/dealer/stock/"' in page.content.decode()
    assert "Nobody is booked. Check a VIN to book a visit." in said


def test_a_visit_of_the_day_is_a_card_that_says_what_it_takes(site, monkeypatch) -> None:
    """EAST_BOTH comes on the 11th for both recalls: 2.5 hours are told; two bolts are not there, and it is not to be driven."""
    _on(monkeypatch, "2013-03-11")
    said = words(site.client("east_service").get("/dealer/"))
    assert "09:00 do not drive 2006 IS 250" in said
    assert "PMP+STP · 2.5 hours · no kit: BOLT" in said
    assert f"{w.EAST_BOTH} is not to be driven: have them picked up." in said


def _on(monkeypatch: Any, day: str) -> None:

    from django.conf import settings

    monkeypatch.setattr(settings, "RENOTIFY_DAY", date.fromisoformat(day))


def test_a_visit_that_arrives_is_reported_with_one_click_and_logged(site_on_both) -> None:
    browser = site_on_both.client("east_service")
    form = {"number": "A03111", "vin": w.EAST_BOTH, "status": "arrived", "to": ""}
    answer = browser.post("/dealer/visit/", form, follow=True)
    assert f"{w.EAST_BOTH} has arrived." in words(answer)
    assert ("east_service", "typed", w.EAST_BOTH) in site_on_both.readings()
    again = browser.post("/dealer/visit/", form)
    assert (again.status_code, f"{w.EAST_BOTH} has arrived already." in words(again)) == (422, True)
    other = browser.post("/dealer/visit/", form | {"vin": FIRST, "status": "cancelled"})
    said = f"Visit A03111 is not of {FIRST}: nothing was reported."
    assert (other.status_code, said in words(other)) == (422, True)
    with site_on_both.ledger() as ledger:
        assert ledger.scalar("select status from appointment where appointment_id = 'A03111'") == "arrived"  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    [
        w.EAST_OPEN[0],
        w.EAST_OPEN[0].lower(),
        f" {w.EAST_OPEN[0][:9]} {w.EAST_OPEN[0][9:]} ",
        w.EAST_OPEN[0][-8:],
    ],
)
def test_a_number_is_read_as_a_scanner_or_a_person_gives_it(site, typed) -> None:
    said = words(site.client("east_service").get(CHECK, {"vin": typed}))
    assert f"{FIRST} Eligible: 1 campaign to do in one visit (PMP)." in said
    assert "One visit 2 hours for PMP" in said
    assert "Kits here None in hand: PUMP" in said
    assert "order it, and book from March 12, 2013." in said


def test_what_is_done_or_of_no_campaign_is_not_eligible_and_says_why(site) -> None:
    browser = site.client("east_service")
    assert "Nothing to do: PMP is done." in words(browser.get(CHECK, {"vin": w.REPAIRED}))
    assert "No vehicle on record" in words(browser.get(CHECK, {"vin": w.STRANGER}))
    assert "Not a VIN: A VIN has 17 characters; this one has 5." in words(
        browser.get(CHECK, {"vin": "12345"})
    )
    assert "It is out of every campaign." in words(browser.get(CHECK, {"vin": w.REMOVED}))
    held = words(browser.get(CHECK, {"vin": w.NEW_IN_STOCK}))
    assert "on hold by law (49 USC 30120(i))" in held


def test_what_is_not_to_be_driven_is_said_before_all_else(site) -> None:
    said = words(site.client("east_service").get(CHECK, {"vin": w.EAST_BOTH}))
    assert said.index("Not to be driven until repaired") < said.index("Eligible: 2 campaigns")
    assert "Booked here Mar 11, 2013 at 09:00, for PMP and STP" in said
    assert (
        "at 09:00. Its kits are not there by then (BOLT), and ordered today they come on March 12, 2013: order them, and move it."
        in said
    )


def test_every_check_is_kept_with_who_asked_when_and_what_was_answered(site_on_both) -> None:
    browser = site_on_both.client("east_parts")
    assert "This is the first check of it here." in words(browser.get(CHECK, {"vin": FIRST}))
    again = words(site_on_both.client("east_service").get(CHECK, {"vin": FIRST}))
    assert f"east_parts {FIRST} Eligible: 1 campaign" in again
    kept = words(browser.get("/dealer/checks/", {"vin": FIRST}))
    assert kept.count("Eligible: 1 campaign") == 2
    assert site_on_both.readings() == [
        ("east_parts", "checked_vin", FIRST),
        ("east_service", "checked_vin", FIRST),
    ]


def test_another_dealers_vehicle_may_come_and_shows_nothing_of_that_dealer(site) -> None:
    """WEST_BOOKED is booked at West on the 12th; East learns that it is booked, and neither where nor when, and of its own shelf."""
    page = site.client("east_service").get(CHECK, {"vin": w.WEST_BOOKED})
    said = words(page)
    assert "Eligible: 1 campaign" in said
    assert "at another dealer: ask the owner which visit stands" in said
    assert w.WEST not in page.content.decode()
    assert "Mar 12" not in said
    assert "EXAMPLE" not in page.content.decode()
    west = words(site.client("west_service").get("/dealer/checks/"))
    assert w.WEST_BOOKED not in west


def test_a_visit_is_booked_at_an_offered_time_with_a_kit_that_is_ordered(site_on_both) -> None:
    """The pump on the shelf is EAST_BOTH's; one ordered on the 5th is there on the 12th; the week of the 11th has 1.3 hours left."""
    browser = site_on_both.client("east_service")
    page = words(browser.get(f"/dealer/book/{FIRST}/"))
    assert "Monday, March 18, 2013 at 08:00" in page
    form = {"campaigns": [w.PMP], "start": "2013-03-18T08:00", "number": ""}
    refused = browser.post(f"/dealer/book/{FIRST}/", form)
    assert (refused.status_code, "No kit is in hand" in words(refused)) == (422, True)
    assert 'value="2013-03-18T08:00" checked' in refused.content.decode()
    answer = browser.post(f"/dealer/book/{FIRST}/", form | {"order_kit": "yes"}, follow=True)
    assert f"{FIRST} is booked for March 18, 2013 at 08:00." in words(answer)
    # its own page has it: this week's has visits until the 10th
    assert answer.redirect_chain == [(f"/dealer/check/?vin={FIRST}", 302)]
    assert "Mar 18, 2013" in words(answer).split("is booked for March 18, 2013 at 08:00.")[1]
    # the kit that the form said to be in time is not said to be late: ordered on the 5th, there on the 12th
    in_time = "Its kits are not in hand yet (PUMP): ordered today they are there in time, on March 12, 2013."
    assert in_time in words(answer)
    with site_on_both.ledger() as ledger:
        assert ledger.scalar(
            "select s.name from appointment a join source s on s.id = a.source_id where a.vin = :vin", vin=FIRST
        ) == "east_service"  # fmt: skip


def press_at_once(site: Any) -> list[int]:
    """Two clerks book different vehicles for the same time at the same instant; return what each is answered."""
    clerks = {FIRST: site.client("east_service"), SECOND: site.client("east_service")}
    gate, answers = threading.Barrier(2), []

    def press(vin: str) -> None:
        from django.db import connection

        gate.wait()
        form = {"campaigns": [w.PMP], "start": LATER, "number": ""}
        answers.append(clerks[vin].post(f"/dealer/book/{vin}/", form).status_code)
        connection.close()

    pressed = [threading.Thread(target=press, args=(vin,)) for vin in clerks]
    for one in pressed:
        one.start()
    for one in pressed:
        one.join()
    return sorted(answers)


def booked_then(site: Any) -> int:
    """The visits that are booked for that time."""
    with site.ledger() as ledger:
        return int(
            ledger.scalar("select count(*) from appointment where start = :start", start=LATER)
        )


def test_who_is_told_to_order_a_kit_is_told_which_and_one_day_alone(site) -> None:
    """The form that is refused for want of a kit names it, and its error alone says when one ordered now is there."""
    form = {"campaigns": [w.PMP], "start": "2013-03-18T08:00", "number": ""}
    page = words(site.client("east_service").post(f"/dealer/book/{FIRST}/", form))
    assert f"I order the kit for this visit ({w.PUMP})" in page
    assert "()" not in page
    assert (page.count("is there on"), page.count("there on March 12, 2013")) == (1, 1)


def test_two_clerks_who_book_the_last_kit_at_once_do_not_both_get_it(site_on_both) -> None:
    """Two pumps, of which one is EAST_BOTH's; hours for both, and no bays are stated."""
    count_pumps(site_on_both.client("east_parts"), 2)
    assert press_at_once(site_on_both) == [302, 422]
    assert booked_then(site_on_both) == 1


def test_two_clerks_who_book_the_last_bay_at_once_do_not_both_get_it(site_on_both) -> None:
    """Kits and hours enough for both, and one bay; with a second one both are booked."""
    count_pumps(site_on_both.client("east_parts"), 9)
    hours = {"week": "2013-03-18", "hours": "40", "bays": "1"}
    site_on_both.client("east_service").post("/dealer/hours/", hours)
    assert press_at_once(site_on_both) == [302, 422]
    assert booked_then(site_on_both) == 1
    site_on_both.client("east_service").post("/dealer/hours/", hours | {"bays": "2"})
    assert press_at_once(site_on_both) == [302, 302]
    assert booked_then(site_on_both) == 2


def test_a_repair_is_recorded_and_what_was_typed_stays_where_it_is_refused(site_on_both) -> None:
    browser = site_on_both.client("east_service")
    form = {f"outcome_{w.PMP}": "remedied", "number": "RO 17", "day": "2013-03-05", "hours": "2"}
    late = browser.post(f"/dealer/work/{FIRST}/", form | {"day": "2013-03-06"})
    assert late.status_code == 422
    assert 'value="RO 17"' in late.content.decode()
    assert "The date is after 2013-03-05" in words(late)
    answer = browser.post(f"/dealer/work/{FIRST}/", form, follow=True)
    assert f"{FIRST}: PMP repaired on March 5, 2013, order RO 17." in words(answer)
    assert "Nothing to do: PMP is done." in words(answer)


def test_an_owner_who_declines_leaves_the_vehicle_open(site) -> None:
    browser = site.client("east_service")
    form = {f"outcome_{w.PMP}": "declined", "number": "RO-18", "day": "2013-03-05", "hours": ""}
    assert "Eligible: 1 campaign" in words(
        browser.post(f"/dealer/work/{FIRST}/", form, follow=True)
    )


def test_done_but_still_open_is_settled_by_the_own_order_or_asked_of_the_analyst(site) -> None:
    browser = site.client("east_service")
    form = {"campaigns": [w.PMP], "number": "RO-12", "day": "2012-09-01", "outcome": "remedied"}
    other = browser.post(
        f"/dealer/dispute/{SECOND}/",
        form | {"whose": "another", "elsewhere": w.WEST},
        follow=True,
    )
    assert "The analyst is asked about PMP" in words(other)
    assert "Eligible" in words(other)
    assert ("east_service", "disputed", SECOND) in site.readings()
    own = browser.post(f"/dealer/dispute/{FIRST}/", form | {"whose": "ours"}, follow=True)
    assert "Your order RO-12 of September 1, 2012 is taken in: PMP is done." in words(own)
    lacking = browser.post(f"/dealer/dispute/{SECOND}/", form | {"number": ""})
    assert (lacking.status_code, "it is the proof" in words(lacking)) == (422, True)


def test_stock_is_held_released_by_the_repair_and_not_sold_past_its_hold_in_silence(
    site_on_both,
) -> None:
    browser = site_on_both.client("east_service")
    assert "1 vehicle in stock is on hold, 1 of them by law." in words(
        browser.get("/dealer/stock/")
    )
    sold = {"sold_vin": w.NEW_IN_STOCK, "sold_day": "2013-03-05"}
    refused = browser.post("/dealer/stock/", sold)
    assert (refused.status_code, "It was delivered all the same" in words(refused)) == (422, True)
    repair = {f"outcome_{w.PMP}": "remedied", "number": "RO-3", "day": "2013-03-05", "hours": ""}
    browser.post(f"/dealer/work/{w.NEW_IN_STOCK}/", repair)
    page = words(browser.get("/dealer/stock/"))
    assert "Nothing in stock is on hold." in page
    assert (
        f"Released after repair 1 VIN Stock Done Since {w.NEW_IN_STOCK} new PMP Mar 5, 2013" in page
    )
    assert "is reported as sold" in words(browser.post("/dealer/stock/", sold, follow=True))


def test_a_vehicle_taken_in_is_flagged_at_once(site) -> None:
    browser = site.client("east_service")
    form = {"vin": FIRST.lower(), "stock_type": "used", "day": "2013-03-04"}
    page = words(browser.post("/dealer/stock/", form, follow=True))
    assert f"{FIRST} is in stock, and on hold: PMP is not done." in page
    assert f"{FIRST} PMP came into stock with it open" in page
    theirs = browser.post("/dealer/stock/", form | {"vin": w.USED_IN_STOCK})
    assert (theirs.status_code, "stands in another dealer's stock" in words(theirs)) == (422, True)


def test_a_sold_vehicle_that_comes_under_a_campaign_is_flagged_the_next_morning(site) -> None:
    """Sold on February 20th; the list of the night before the 5th names it."""
    from renotify.ledger.intake.typed_rows import take_typed

    browser = site.client("east_service")
    assert "came under a campaign" not in words(browser.get("/dealer/"))
    stock = {"vin": w.vin(31), "dealer_code": w.EAST, "stock_type": "new", "in_date": "2013-01-10", "sold_date": "2013-02-20"}  # fmt: skip
    named = {"campaign_code": w.STP, "vin": w.vin(31), "added_date": "2013-03-04"}
    with site.ledger() as ledger:
        take_typed(ledger, "dealer_stock", [stock], person="east_service", on=date(2013, 3, 5))
        take_typed(ledger, "population", [named], person="ana", on=date(2013, 3, 5))
    said = words(browser.get("/dealer/"))
    assert (
        f"1 vehicle of your stock came under a campaign in the last week, 1 of them after you sold it: {w.vin(31)}."
        in said
    )
    assert f"{w.vin(31)} STP came under it after the sale: call whoever bought it" in words(
        browser.get("/dealer/stock/")
    )


def test_each_part_to_order_has_its_reason_and_the_order_is_a_file(site_on_both) -> None:
    """EAST_BOTH takes two bolts, sold by five, and one pump, which is on the shelf."""
    browser = site_on_both.client("east_parts")
    page = words(browser.get("/dealer/parts/"))
    assert (
        "BOLT Made-up bolt 5 5 0 0 2 for booked visits; 0 on hand and 0 on order: 2 kits short, in packs of 5."
        in page
    )
    file = browser.get("/dealer/parts/order.csv").content.decode().splitlines()
    assert file[0] == '"dealer_code","part_no","description","order","pack_qty","reason"'
    assert file[1].startswith('"D0001","BOLT","Made-up bolt",5,5,')
    assert browser.get("/dealer/parts/order.xlsx").content[:2] == b"PK"
    assert browser.get("/dealer/parts/order.exe").status_code == 404
    assert ("east_parts", "exported", "order of parts, 2013-03-05") in site_on_both.readings()


def test_a_shipment_that_comes_is_on_the_shelf(site) -> None:
    browser = site.client("east_parts")
    form = {"part": w.BOLT, "qty": "5", "day": "2013-03-05", "counted": ""}
    assert "5 of BOLT taken in" in words(browser.post("/dealer/parts/", form, follow=True))
    with site.ledger() as ledger:
        assert ledger.scalar("select on_hand from dealer_part_stock where part_no = 'BOLT'") == 5
        assert ledger.scalar("select qty from part_shipment where part_no = 'BOLT'") == 5
    again = browser.post("/dealer/parts/", form)  # the same form twice: is it another shipment?
    assert (again.status_code, "5 kits of BOLT that came on this day are taken in" in words(again)) == (422, True)  # fmt: skip
    browser.post("/dealer/parts/", form | {"qty": "2", "is_another": "yes"})
    with site.ledger() as ledger:
        assert ledger.scalar("select sum(qty) from part_shipment where part_no = 'BOLT'") == 7
    unknown = browser.post("/dealer/parts/", form | {"part": "NUT"})
    assert (unknown.status_code, 'value="NUT"' in unknown.content.decode()) == (422, True)
    assert browser.post("/dealer/parts/", form | {"qty": "none"}).status_code == 422


def test_the_neighbour_can_neither_read_nor_write_what_is_not_theirs(site) -> None:
    west = site.client("west_service")
    assert "is booked here" not in words(west.get(CHECK, {"vin": w.EAST_BOTH}))
    form = {"number": "A03111", "vin": w.EAST_BOTH, "status": "cancelled", "to": ""}
    assert west.post("/dealer/visit/", form).status_code == 404
    assert (
        west.post(
            "/dealer/stock/", {"sold_vin": w.NEW_IN_STOCK, "sold_day": "2013-03-05"}
        ).status_code
        == 404
    )
    order = west.get("/dealer/parts/order.csv").content.decode()
    assert w.EAST not in order
    with site.ledger() as ledger:
        assert (
            ledger.scalar("select status from appointment where appointment_id = 'A03111'")
            == "booked"
        )


def test_hours_and_bays_are_stated_at_the_desk_and_a_taken_bay_is_told(site) -> None:
    """One bay, and 40 hours in the week of the 11th: EAST_BOTH has the bay on Monday from 9:00 until 11:42."""
    browser = site.client("east_service")
    form = {"week": "2013-03-13", "hours": "40", "bays": "1"}
    assert "From the week of Mar 11, 2013 on: 40 hours a week, bays at once: 1." in words(
        browser.post("/dealer/hours/", form, follow=True)
    )
    one = words(browser.post("/dealer/hours/", form | {"hours": "1"}, follow=True))
    assert "From the week of Mar 11, 2013 on: 1 hour a week, bays at once: 1." in one
    browser.post("/dealer/hours/", form)
    wrong = browser.post("/dealer/hours/", form | {"hours": "many"})
    assert (wrong.status_code, 'value="many"' in wrong.content.decode()) == (422, True)
    visit = {
        "campaigns": [w.PMP],
        "start": "2013-03-11T10:00",
        "number": "",
        "order_kit": "yes",
        "more_hours": "yes",
    }
    assert "Every bay is taken on March 11, 2013 at 10:00" in words(
        browser.post(f"/dealer/book/{FIRST}/", visit)
    )


def write_notices(site: Any, folder: Path) -> None:
    """The notices of the follow-up are written and sent, as the analyst does it."""
    from renotify.notices import notice, receipts

    with site.ledger() as ledger:
        notice.write(ledger, "spring", on=w.NOTICE, out=folder)
        receipts.state_sent(ledger, "spring", w.NOTICE)


def test_a_notice_is_read_and_acknowledged_in_one_click(site_on_both, tmp_path) -> None:
    browser = site_on_both.client("east_service")
    assert "No notice has gone to you yet." in words(browser.get("/dealer/notices/"))
    write_notices(site_on_both, tmp_path)
    assert "Acknowledge the notice of spring, sent on 2013-02-26." in words(browser.get("/dealer/"))
    assert "1 notice to acknowledge." in words(browser.get("/dealer/notices/"))
    at = "/dealer/notices/spring/1/"
    assert "Service and Parts Managers" in words(browser.get(at))
    assert browser.get(f"{at}file/").content[:5] == b"%PDF-"
    assert browser.get(f"{at}1.png").content[1:4] == b"PNG"
    assert browser.get(f"{at}99.png").status_code == 404
    done = words(browser.post(at, follow=True))
    assert "The receipt is kept." in done
    assert "acknowledged 2013-03-05 (at the desk by east_service)" in done
    assert "the first receipt stands" in words(browser.post(at, follow=True))
    assert "Acknowledge the notice" not in words(browser.get("/dealer/"))
    with site_on_both.ledger() as ledger:
        assert ledger.scalar("select count(*) from notice where acknowledged_at <> ''") == 1


def test_a_notice_whose_file_is_not_what_went_is_not_shown(site, tmp_path) -> None:
    write_notices(site, tmp_path)
    (tmp_path / "notices" / f"dealer-{w.EAST}.pdf").write_bytes(b"%PDF-changed")
    browser = site.client("east_service")
    assert "ask the analyst for it" in words(browser.get("/dealer/notices/spring/1/"))
    assert browser.get("/dealer/notices/spring/1/file/").status_code == 404
    assert site.client("west_service").get("/dealer/notices/spring/2/").status_code == 404


QUESTIONS = {  # of a page to the ledger, at most
    "/dealer/": 85, "/dealer/week/": 85, f"{CHECK}?vin={FIRST}": 50, f"/dealer/book/{FIRST}/": 50, "/dealer/stock/": 20,
    "/dealer/parts/": 30, "/dealer/notices/": 5,
}  # fmt: skip


def test_no_page_asks_the_ledger_more_often_than_it_must(site, monkeypatch) -> None:
    from renotify.ledger.desk_session import SqliteDeskSession

    asked: list[str] = []
    run = SqliteDeskSession._run

    def counting(session: Any, sql: str, values: Any) -> Any:
        asked.append(sql)
        return run(session, sql, values)

    monkeypatch.setattr(SqliteDeskSession, "_run", counting)
    browser = site.client("east_service")
    for address, most in QUESTIONS.items():
        asked.clear()
        assert browser.get(address).status_code == 200
        assert len(asked) <= most, (address, len(asked))


@pytest.mark.parametrize("name", ["ana", "east_area", "carla", "rex", "east_system"])
def test_other_roles_write_nothing_here(site, name) -> None:
    browser = site.client(name)
    for address in (
        "visit/",
        "stock/",
        "parts/",
        f"book/{FIRST}/",
        f"work/{FIRST}/",
        f"dispute/{FIRST}/",
    ):
        assert browser.post(f"/dealer/{address}", {}).status_code == 403
