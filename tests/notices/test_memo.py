"""One text in two voices, the memo's six matters, and what 49 CFR 577.13 makes a notice say."""

from __future__ import annotations

import re
from dataclasses import replace

import pypdfium2
import pytest

from notices import sample
from renotify import rules
from renotify.errors import LetterRefused
from renotify.notices import memo, page

PACK = rules.load(sample.ON)


def _text(facts, occasion):
    pdf = pypdfium2.PdfDocument(page.pdf(memo.document(facts, occasion, PACK)))
    return rules.normal("\n".join(sheet.get_textpage().get_text_range() for sheet in pdf))


@pytest.fixture(scope="module")
def dealer_text():
    return _text(sample.dealer(), sample.occasion())


@pytest.fixture(scope="module")
def area_text():
    return _text(sample.area(), sample.occasion())


@pytest.fixture(scope="module")
def service_text():
    return _text(sample.dealer(), sample.occasion(sample.SERVICE))


def test_the_six_matters_of_the_memo_stand_in_their_order(dealer_text):
    sections = (
        "Safety Recalls/Campaigns Involved in the Follow-Up",
        "Follow-Up Owner Notification Letter Mailing Date",
        "Technical Instructions",
        "Parts Ordering",
        "Vehicles in Dealer Stock",
        "Customer Handling and Dealership Follow-Up",
    )
    places = [dealer_text.index(f"{n}. {title}") for n, title in enumerate(sections, 1)]
    assert places == sorted(places)
    assert len(places) == 6


def test_a_dealer_is_spoken_to_as_your_dealership(dealer_text):
    assert "Lexus Service and Parts Managers" in dealer_text
    assert "may contact your dealership with questions" in dealer_text
    assert "when analyzing your manpower requirements" in dealer_text
    assert not re.search(r"your dealers\b", dealer_text)


def test_an_area_manager_is_spoken_to_as_your_dealers(area_text):
    assert "Lexus Area Customer Service Operations Managers" in area_text
    assert "may contact your dealers with questions" in area_text
    assert "Your dealers should take this into consideration" in area_text
    assert "your dealership" not in area_text


@pytest.mark.parametrize("statement", ["P10", "V1", "V2", "V3", "V4", "V5", "P11"])
def test_a_safety_notice_carries_every_statement_of_577_13(dealer_text, area_text, statement):
    found = PACK.statement(statement)
    assert found.find(dealer_text, "en")
    assert found.find(area_text, "en")


@pytest.mark.parametrize("statement", ["P10", "V3", "P11"])
def test_a_service_notice_borrows_nothing_from_the_law(service_text, statement):
    assert not PACK.statement(statement).find(service_text, "en")
    assert not re.search("safety recall|federal law", service_text, re.IGNORECASE)


def test_the_rule_for_the_first_letter_is_stated(dealer_text):
    assert "No letter is mailed before March 5, 2013" in dealer_text
    assert "February 26, 2013, plus 7 days" in dealer_text


def test_only_the_revision_in_force_is_shown(dealer_text):
    assert "https://tis.example/9LA/3" in dealer_text
    assert "9LA/2" not in dealer_text


def test_a_campaign_without_instructions_says_so(dealer_text):
    assert "CLB not issued yet" in dealer_text


def test_days_beyond_the_hours_at_hand_are_days_to_book(dealer_text):
    """Six days in three weeks, and twelve of 68 visits that wait too long without them."""
    assert "+6 technician-days to book first: week of Mar 18" in dealer_text
    assert "Mar 25 60 15 - 41 h 24 h book +3 days" in dealer_text
    assert (
        "Book 1 extra technician-day in the week of Apr 1, 2 in the week of Mar 18, 3 in the week of Mar 25."
        " Without them about 12.0 of 68.0 expected visits wait longer than 2 weeks." in dealer_text
    )


def test_without_capacity_nothing_is_said_to_be_missing():
    text = _text(sample.dealer(weeks=sample.weeks(None)), sample.occasion())
    assert "book +" not in text
    assert "No technician hours are on file" in text


def test_large_numbers_have_their_thousands_apart_as_in_every_other_text():
    text = _text(sample.dealer(weeks=sample.weeks(100_000.0)), sample.occasion())
    assert "41 h 100,000 h" in text
    assert "100000" not in text


def test_the_part_line_shows_the_order(dealer_text):
    assert "23807-31010 Pipe kit, fuel delivery 9LA 3 2 4 12 6" in dealer_text


def test_stock_on_hold_says_law_or_policy(dealer_text):
    assert f"{sample.SERIAL.format(7)} new 9LA by law: do not deliver" in dealer_text
    assert (
        f"{sample.SERIAL.format(8)} used 9LA, CLB by policy: repair before delivery" in dealer_text
    )
    assert "Always verify eligibility by renotify lookup VIN before" in dealer_text


def test_a_notice_names_the_maker_s_own_system_of_eligibility_and_no_other():
    sender = {"name": "Norwood Motors", "eligibility_system": "Norwood ServiceNet"}
    text = _text(sample.dealer(), sample.occasion(sender=sender))
    assert "Always verify eligibility by Norwood ServiceNet or renotify lookup VIN before" in text
    assert "Dealer Daily" not in text


def test_the_answers_for_customers_and_whom_to_send_them_to(dealer_text):
    assert "Can I keep driving?" in dealer_text
    assert "Lexus Customer Satisfaction, 1-800-555-0199" in dealer_text


def test_an_area_lists_its_dealers_tightest_first(area_text):
    codes = re.findall(r"(D000\d) Made-up Dealer \d", area_text)
    assert codes == ["D0003", "D0002", "D0004", "D0001", "D0005"]


def test_a_long_list_of_vehicles_points_to_its_file(dealer_text):
    assert "The first 80 of 412 open vehicles" in dealer_text
    assert "D0001-vehicles.csv" in dealer_text


def test_a_stop_drive_campaign_warns_at_the_top():
    urgent = sample.campaign(do_not_drive=True)
    assert "9LA: Do not drive until repaired." in _text(sample.dealer(), sample.occasion(urgent))


def test_a_dealer_with_nothing_to_do_gets_calm_sentences():
    nothing = sample.dealer(weeks=(), parts=(), holds=(), vehicles=(), open_vehicles=0)
    text = _text(nothing, sample.occasion())
    assert "No owner letter is planned for your dealership so far" in text
    assert "need no part to be ordered by your dealership" in text
    assert "No vehicle in stock has one of these campaigns open" in text


def test_a_recall_without_its_remedy_is_refused_by_name():
    incomplete = sample.campaign(remedy="")
    with pytest.raises(LetterRefused, match="campaign 9LA cannot be written"):
        memo.document(sample.dealer(), sample.occasion(incomplete), PACK)


@pytest.mark.parametrize(
    ("letter", "says"),
    [
        ({"remedy_by": "replacement", "replacement": "a new IS 250."},
         "replacement of the vehicle, without charge to the owner, with a new IS 250"),
        ({"remedy_by": "replacement", "replacement": "a new hitch", "equipment": "hitches"},
         "replacement, without charge to the owner, with a new hitch"),
        ({"remedy_by": "refund", "depreciation": "a tenth a year"}, "refund of the purchase price, less depreciation: a tenth a year"),
        ({"remedy_by": "refund", "tires": True}, "refund of the purchase price"),
    ],
)  # fmt: skip
def test_a_remedy_that_is_no_repair_is_told_by_what_the_owner_gets(letter, says):
    """577.13(a): also where no words for the work are stated; those that are stated are not said."""
    for remedy in ("", "Replace the pipes."):
        told = sample.campaign(remedy=remedy, letter=letter)
        occasion = sample.occasion(told, hours={"9LA": "2 hours"})
        said = str(memo.document(sample.dealer(), occasion, PACK))
        assert f"('The remedy:', '{says}.')" in said
        assert "Time for the work" not in said


def test_an_interim_notice_may_go_without_the_remedy():
    early = sample.campaign(remedy="", remedy_available_date=None)
    text = _text(sample.dealer(), sample.occasion(early, kind="interim"))
    assert "not yet known, and it follows when it is" in text


def test_the_same_facts_give_the_same_bytes_whatever_was_typeset_before():
    document = memo.document(sample.dealer(), sample.occasion(), PACK)
    alone = page.pdf(document)
    page.pdf(memo.document(sample.area(), sample.occasion(), PACK))
    assert page.pdf(document) == alone


def test_title_and_footer_are_the_notice_s_own():
    for facts in (sample.dealer(), sample.area()):
        document = memo.document(facts, sample.occasion(), PACK)
        pdf = pypdfium2.PdfDocument(page.pdf(document))
        assert pdf.get_metadata_value("Title") == document["title"]
        assert all(document["footer"] in sheet.get_textpage().get_text_range() for sheet in pdf)


def test_quotes_and_backslashes_are_printed_as_they_are():
    name = 'The "Old" Mill \\ Annex #{n.title}'
    assert name in _text(replace(sample.dealer(), name=name), sample.occasion())


def test_a_glyph_outside_the_face_is_refused():
    with pytest.raises(LetterRefused, match="鈴"):
        page.pdf(memo.document(replace(sample.dealer(), name="鈴木"), sample.occasion(), PACK))


def test_synthetic_notices_are_marked():
    text = _text(sample.dealer(), sample.occasion(synthetic="Synthetic data: nobody is real."))
    assert "Synthetic data: nobody is real." in text


def test_an_area_manager_is_pointed_to_the_dealers_answers(area_text):
    assert "Can I keep driving?" not in area_text
    assert "stands in each dealer's notice" in area_text


def test_a_part_with_nothing_to_say_is_left_out():
    idle = sample.PartLine("X-IDLE", "Idle part", "9LA", 0, 0, 0, 0.2, 0)
    part = sample.PartLine("X-BUSY", "Busy part", "9LA", 0, 0, 0, 1.2, 0)
    text = _text(sample.dealer(parts=(idle, part)), sample.occasion())
    assert "X-BUSY" in text
    assert "X-IDLE" not in text


def test_a_dealer_without_an_order_today_is_not_told_that_no_part_is_ever_needed():
    idle = sample.PartLine("X-IDLE", "Idle part", "9LA", 0, 0, 0, 0.2, 0)
    text = _text(sample.dealer(parts=(idle,)), sample.occasion())
    assert "On the day of this notice no order is due from your dealership" in text
    assert "Base orders on customer appointments" in text
    assert "need no part" not in text
