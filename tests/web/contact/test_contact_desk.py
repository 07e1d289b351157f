"""Contact staff's desk: one search finds the caller, the three answers stand first, and every look at an owner is logged."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest
from openpyxl import load_workbook

from two_dealers import EAST, EAST_BOTH, EAST_OPEN, REPAIRED, STRANGER, WEST_OPEN, WEST_TWO_LETTERS

SEARCH = "/contact/"
OTHERS = ("ana", "east_area", "east_service", "east_parts", "rex", "east_system", "stranger")


def _page(vin: str, part: str = "") -> str:
    return f"/contact/vehicle/{vin}/{part}"


def _shown(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("Example", "Ask for the ZIP code"),
        ("Ana Example", "Ask for the ZIP code"),
        ("O'Brien-Leblanc", "Ask for the ZIP code"),
        (EAST_BOTH[-6:], "the last 8 characters are enough"),
        (EAST_BOTH[:12], "These are 12."),
        ("ZZZZ9999", "No vehicle of ours ends in these eight characters"),
    ],
)
def test_what_is_not_enough_to_find_a_caller_says_what_to_ask_for(site, asked, words) -> None:
    page = _shown(site.client("carla").post(SEARCH, {"asked": asked}))
    assert words in page
    assert "1981" not in page
    assert site.readings() == []  # nobody's record was read


def test_every_heading_of_what_is_said_is_in_the_language_of_the_caller(site) -> None:
    page = _shown(site.client("carla").get(f"/contact/vehicle/{EAST_BOTH}/said/?lang=es&seen=x"))
    assert 'lang="en"' not in page
    for words in ("Qué está pendiente y qué decir", "El defecto, el riesgo y la reparación", "Cita, piezas y carta"):  # fmt: skip
        assert words in page


@pytest.mark.parametrize(
    "asked", [EAST_BOTH, EAST_BOTH[-8:].lower(), f" {EAST_BOTH[:9]}-{EAST_BOTH[9:]}"]
)
def test_a_vin_or_its_end_opens_the_vehicle_at_once(site, asked) -> None:
    answer = site.client("carla").post(SEARCH, {"asked": asked})
    assert (answer.status_code, answer["Location"]) == (302, _page(EAST_BOTH))


def test_the_number_of_the_letter_opens_its_vehicle(site) -> None:
    with site.ledger() as session:
        number = session.scalar(
            "select min(piece_id) from piece where vin = :vin", vin=WEST_TWO_LETTERS
        )
    answer = site.client("carla").post(SEARCH, {"asked": number.lower()})
    assert answer["Location"] == _page(WEST_TWO_LETTERS)


def test_a_name_lists_vehicles_without_the_name_and_is_logged_without_it(site_on_both) -> None:
    page = _shown(site_on_both.client("carla").post(SEARCH, {"asked": "Ana Example 02108"}))
    assert "12 vehicles may be meant" in page
    assert _page(EAST_BOTH) in page
    assert "EXAMPLE" not in page
    assert site_on_both.readings() == [("carla", "read_owner", "search by name")]


def test_a_name_that_nobody_has_leads_to_the_vin(site) -> None:
    page = _shown(site.client("carla").post(SEARCH, {"asked": "Nobody Known 02108"}))
    assert "Nobody of this name is on record" in page
    assert "What does the caller know?" in page


def test_the_three_answers_stand_first_and_what_was_shown_is_kept(site_on_both) -> None:
    page = _shown(site_on_both.client("carla").get(_page(EAST_BOTH)))
    asked = [
        page.index(question)
        for question in ("Is my car in it?", "How long does it take?", "How soon can I come?")
    ]
    assert asked == sorted(asked)
    assert asked[-1] < page.index("What is open, and what to say")
    assert "Yes. 2 campaigns to be done, in one visit." in page
    assert "Both are done in one visit of about 2.5 hours" in page
    assert "March 11, 2013 at 9:00 AM." in page
    assert "Do not drive this vehicle until it is repaired." in page
    assert f"Made-up Dealer {EAST}" in page
    assert site_on_both.readings() == [("carla", "checked_vin", EAST_BOTH)]


def test_no_page_of_a_caller_says_who_the_owner_is(site) -> None:
    page = _shown(site.client("carla").get(_page(EAST_BOTH)))
    assert "EXAMPLE" not in page
    assert "Elm St" not in page


def test_a_spanish_caller_is_answered_in_spanish_under_the_language_of_the_words(site) -> None:
    page = _shown(site.client("carla").get(_page(EAST_OPEN[0]) + "?lang=es"))
    assert "¿Mi vehículo está incluido?" in page
    assert "Sí. 1 campaña por hacer, en una sola visita." in page
    assert '<div id="said" lang="es"' in page


def test_what_is_done_has_nothing_to_come_for(site) -> None:
    page = _shown(site.client("carla").get(_page(REPAIRED)))
    assert "Nothing is left to do on this vehicle." in page
    assert "There is nothing to come for." in page


def test_a_vehicle_that_nobody_knows_and_a_number_that_is_none_are_answered(site) -> None:
    browser = site.client("carla")
    assert "No campaign names this vehicle." in _shown(browser.get(_page(STRANGER)))
    assert "17 characters" in _shown(browser.get(_page("JTHBK26206590000")))


def test_a_page_that_is_open_is_told_only_when_its_answer_has_changed(site) -> None:
    browser = site.client("carla")
    first = browser.get(_page(EAST_OPEN[0]))
    (seen,) = re.findall(r"seen=([0-9a-f]{16})", _shown(first))
    part = _page(EAST_OPEN[0], "said/")
    assert browser.get(part, {"seen": seen}).status_code == 204
    changed = _shown(browser.get(part, {"seen": "another"}))
    assert "has changed since you opened this page" in changed
    assert "no-store" in first["Cache-Control"]


def test_a_note_is_kept_without_the_owner_s_name_and_read_again_at_the_next_call(
    site_on_both,
) -> None:
    browser = site_on_both.client("carla")
    note = _page(EAST_OPEN[0], "note/")
    refused = _shown(browser.post(note, {"note": "Ana Example asked for a tow"}), 422)
    assert "Leave the owner&#x27;s name out" in refused
    assert "Ana Example asked for a tow" in refused
    refused = _shown(browser.post(note, {"note": "mail ana@example.com"}), 422)
    assert "Leave e-mail addresses" in refused
    assert "Write a note" in _shown(browser.post(note, {"note": " "}), 422)
    taken = browser.post(note, {"note": "Asked for a tow", "referred_to": "dealer"})
    assert (taken.status_code, taken["Location"]) == (302, _page(EAST_OPEN[0]))
    page = _shown(browser.get(_page(EAST_OPEN[0])))
    assert "Asked for a tow Sent to: The dealer." in " ".join(page.split())
    assert ("carla", "referred", EAST_OPEN[0]) in site_on_both.readings()


def test_a_note_longer_than_is_read_and_a_place_nobody_knows_are_refused(site) -> None:
    browser, note = site.client("carla"), _page(EAST_OPEN[0], "note/")
    assert "at most 400 characters" in _shown(browser.post(note, {"note": "x" * 401}), 422)
    assert "from the list" in _shown(browser.post(note, {"note": "x", "referred_to": "moon"}), 422)
    assert site.readings() == []


ADDRESS = {
    "role": "owner", "name1": "ANA EXAMPLE", "addr1": "7 Oak Ave", "city": "Salem", "state": "MA", "zip": "01970", "language": "es",
}  # fmt: skip


def test_who_is_on_record_is_shown_on_the_page_of_the_address_alone_and_logged(site) -> None:
    page = _shown(site.client("carla").get(_page(WEST_OPEN, "owner/")))
    assert "ANA EXAMPLE" in page
    assert "12 Elm St" in page
    assert 'value="ANA EXAMPLE"' in page
    assert 'value="12 Elm St"' not in page  # it is asked for
    assert site.readings() == [("carla", "read_owner", WEST_OPEN)]


def test_a_new_address_is_a_row_of_owners_with_the_person_as_its_source(site_on_both) -> None:
    answer = site_on_both.client("carla").post(_page(WEST_OPEN, "owner/"), ADDRESS)
    assert (answer.status_code, answer["Location"]) == (302, _page(WEST_OPEN))
    with site_on_both.ledger() as session:
        found = session.scalar(
            "select o.addr1 || '|' || o.zip || '|' || o.language || '|' || s.kind || '|' || s.name from owner o"
            " join source s on s.id = o.source_id where o.vin = :vin and o.as_of = '2013-03-05'",
            vin=WEST_OPEN,
        )
    assert found == "7 Oak Ave|01970|es|desk|carla"
    assert site_on_both.readings() == [("carla", "typed", WEST_OPEN)]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"state": "ZZ"}, "not a USPS state code"),
        ({"zip": "99999"}, "does not belong to the state"),
    ],
)
def test_an_address_that_no_letter_can_reach_does_not_take_the_place_of_a_good_one(
    site, told, says
) -> None:
    answer = site.client("carla").post(_page(WEST_OPEN, "owner/"), ADDRESS | told)
    assert (answer.status_code, says in answer.content.decode()) == (422, True)
    with site.ledger() as session:
        assert session.scalar("select count(*) from owner where vin = :vin", vin=WEST_OPEN) == 1


def test_what_the_intake_mended_is_told(site) -> None:
    browser = site.client("carla")
    browser.post(_page(WEST_OPEN, "owner/"), ADDRESS | {"zip": "1970"})
    page = _shown(browser.get(_page(WEST_OPEN)))
    assert "Recorded. The next letter goes to this address." in page
    assert "lost leading zeros" in page


def test_an_address_that_cannot_be_read_says_why_beside_its_field_and_keeps_what_was_typed(
    site,
) -> None:
    page = _shown(
        site.client("carla").post(_page(WEST_OPEN, "owner/"), ADDRESS | {"zip": "x1"}), 422
    )
    assert 'id="zip-why"' in page
    assert 'value="7 Oak Ave"' in page
    with site.ledger() as session:
        assert session.scalar("select count(*) from owner where vin = :vin", vin=WEST_OPEN) == 1


def test_a_language_is_a_choice_and_one_that_no_letter_is_made_in_is_refused(site) -> None:
    browser = site.client("carla")
    page = browser.get(_page(WEST_OPEN, "owner/")).content.decode()
    assert '<option value="es">English and Spanish</option>' in page
    refused = _shown(browser.post(_page(WEST_OPEN, "owner/"), ADDRESS | {"language": "fr"}), 422)
    assert "No letter is made in &#x27;fr&#x27;: give en or es, or leave it blank." in refused
    with site.ledger() as session:
        assert session.scalar("select count(*) from owner where vin = :vin", vin=WEST_OPEN) == 1


def test_a_street_that_looks_like_a_formula_is_kept_and_stays_text_in_the_files_of_the_site(
    site, tmp_path
) -> None:
    street = '=HYPERLINK("x")'
    taken = site.client("carla").post(_page(WEST_OPEN, "owner/"), ADDRESS | {"addr1": street})
    assert taken.status_code == 302
    asked = {
        "query": "status=open", "owners_to": "dealer call centre", "purpose": "recall",
    }  # fmt: skip
    ana = site.client("ana")
    lines = ana.post("/analyst/vehicles/owners/", asked | {"file": "csv"}).content.decode()
    (row,) = [one for one in csv.DictReader(lines.splitlines()) if one["vin"] == WEST_OPEN]
    assert row["addr1"] == f"'{street}"
    book = tmp_path / "list.xlsx"
    book.write_bytes(ana.post("/analyst/vehicles/owners/", asked | {"file": "xlsx"}).content)
    cells = [cell for row in load_workbook(book).active.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == street] == ["s"]


def test_the_calls_of_each_day_are_shown_with_their_wave(site) -> None:
    page = _shown(site.client("carla").get("/contact/calls/?now=1"))
    assert "The busiest day is" in page
    assert "<svg" in page
    assert " style=" not in page
    assert "Mar 5, 2013" in page
    assert ">spring<" in page


@pytest.fixture
def printed(site, monkeypatch) -> str:
    """The piece of WEST_OPEN as if it were printed: what a picture shows is tested where it is made (mailing)."""
    from renotify.mailing import proving

    monkeypatch.setattr(proving, "picture", lambda _, piece: f"picture of {piece}".encode())
    with site.ledger() as session, session.transaction():
        number = str(session.scalar("select piece_id from piece where vin = :vin", vin=WEST_OPEN))
        session.execute(
            "update piece set state = 'accepted', file = 'safety/1.pdf', mailed_on = '2013-03-04' where vin = :vin",
            vin=WEST_OPEN,
        )
    return number


def test_the_letter_that_the_caller_holds_is_named_and_looked_at_by_a_step_that_is_logged(
    site, printed
) -> None:
    browser = site.client("carla")
    page = _shown(browser.get(_page(WEST_OPEN)))
    assert "mailed on Mar 4, 2013" in page
    assert f"{printed[:4]} {printed[4:8]}" in page
    assert site.readings() == [("carla", "checked_vin", WEST_OPEN)]
    page = _shown(browser.get(f"/contact/letter/{printed}/"))
    assert f'src="/contact/letter/{printed}/page.png"' in page
    answer = browser.get(f"/contact/letter/{printed}/page.png")
    assert (answer["Content-Type"], answer.content) == (
        "image/png",
        f"picture of {printed}".encode(),
    )
    assert "private" in answer["Cache-Control"]
    assert site.readings()[1:] == [("carla", "read_owner", WEST_OPEN)]


def test_nobody_else_looks_at_a_letter(site, printed) -> None:
    for name in OTHERS:
        assert site.client(name).get(f"/contact/letter/{printed}/page.png").status_code == 403


def test_a_letter_that_nobody_has_is_refused_with_the_way_back(site) -> None:
    assert "No letter has this number." in _shown(
        site.client("carla").get("/contact/letter/X/page.png"), 404
    )


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_searches_reads_or_writes_here(site, name) -> None:
    browser = site.client(name)
    for address in (
        SEARCH,
        _page(EAST_BOTH),
        *(
            [] if name == "ana" else [_page(EAST_BOTH, "owner/")]
        ),  # she mends what no letter reaches
        _page(EAST_BOTH, "note/"),
        _page(EAST_BOTH, "book/"),
        "/contact/calls/",
    ):
        assert browser.get(address).status_code == 403
        assert browser.post(address, ADDRESS | {"asked": EAST_BOTH, "note": "x"}).status_code == 403
    with site.ledger() as session:
        assert session.scalar("select count(*) from owner where source = 'contact'") == 0


def test_a_visit_is_booked_at_a_free_time_and_the_page_says_so(site_on_both) -> None:
    """Its one pump is held for the visit of EAST_BOTH. One that is ordered today comes on March 12; of the 4 hours of that week
    1.3 are left, and this visit takes 2: so it is Monday, March 18.
    """
    browser, at = site_on_both.client("carla"), _page(EAST_OPEN[0], "book/")
    page = _shown(browser.get(at))
    first = re.search(r'name="start" value="([^"]*)" checked', page)
    assert first
    assert first[1] == "2013-03-18T08:00"
    answer = browser.post(at, {"start": first[1], "order_kit": "yes"})
    assert (answer.status_code, answer["Location"]) == (302, _page(EAST_OPEN[0]))
    page = _shown(browser.get(_page(EAST_OPEN[0])))
    assert "Booked for PMP at Made-up Dealer" in page
    assert "March 18, 2013 at 8:00 AM" in page
    with site_on_both.ledger() as session:
        said = session.scalar(
            "select s.kind || '|' || s.name || '|' || a.dealer_code from appointment a join source s on s.id = a.source_id"
            " where a.vin = :vin",
            vin=EAST_OPEN[0],
        )
    assert said == f"desk|carla|{EAST}"


def test_the_first_free_time_is_the_answer_to_how_soon(site) -> None:
    page = _shown(site.client("carla").get(_page(EAST_OPEN[0])))
    assert f"The first free time at Made-up Dealer {EAST} is March 18, 2013 at 8:00 AM." in page
    assert _page(EAST_OPEN[0], "book/") in page


def test_a_day_that_is_past_and_a_time_that_is_none_book_nothing(site) -> None:
    browser, at = site.client("carla"), _page(EAST_OPEN[0], "book/")
    assert "is past" in _shown(browser.post(at, {"own_start": "2013-03-01T09:00"}), 422)
    assert "Give a day and a time" in _shown(browser.post(at, {"own_start": "soon"}), 422)
    with site.ledger() as session:
        assert session.scalar("select count(*) from appointment") == 2


def test_a_vehicle_with_nothing_to_do_has_no_visit_to_book(site) -> None:
    assert "There is no visit to book." in _shown(
        site.client("carla").get(_page(REPAIRED, "book/")), 409
    )


def test_a_caller_s_page_asks_the_ledger_few_questions_whatever_is_in_it(site, monkeypatch) -> None:
    from renotify.ledger.desk_session import SqliteDeskSession

    asked, run = [], SqliteDeskSession._run
    monkeypatch.setattr(
        SqliteDeskSession,
        "_run",
        lambda self, sql, values: (asked.append(sql), run(self, sql, values))[1],
    )
    browser = site.client("carla")
    for vin in (EAST_BOTH, EAST_OPEN[0]):
        asked.clear()
        _shown(browser.get(_page(vin)))
        assert len(asked) <= 80
