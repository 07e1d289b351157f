"""What contact staff may say of a vehicle: plain, urgent first, and nothing about its owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from renotify.campaigns.campaign import Answer, Campaign, CampaignType, Scope
from renotify.contact import answers, sentences
from renotify.contact.answers import compose
from renotify.contact.read_out import in_words
from renotify.contact.vehicle_known import (
    Booking,
    DealerRow,
    Known,
    StateRow,
    VisitKits,
)
from renotify.visits.work_there import Mailed, VehicleRow, work_is_there

ON = date(2013, 2, 26)
VIN = "JTHBK262065900001"
RECALL = Campaign(
    "9LA",
    CampaignType.SAFETY_RECALL,
    "Lexus",
    "Fuel Delivery Pipe Replacement",
    nhtsa_campaign_number="09V020000",
    defect="A fuel pipe can corrode.",
    consequence="Fuel can leak and cause a fire.",
    remedy="The dealer will replace the pipes.",
    remedy_available_date=date(2009, 2, 9),
    answers=(Answer("Can I drive it?", "Yes, until your appointment."),),
)
SERVICE = replace(RECALL, campaign_code="CLB", campaign_type=CampaignType.SERVICE_CAMPAIGN)


def _state(code="9LA", status="open", reason="", since=date(2009, 1, 16)):
    return StateRow(code, status, reason, since)


def _known(*states, campaign=RECALL, **extra):
    return Known(
        **{
            "vehicle": VehicleRow("Lexus", "IS 250", 2006, "D1"),
            "dealer": DealerRow("Made-up Dealer", "Boston", "MA", "555-0100"),
            "states": states or (_state(),),
            "campaigns": {"9LA": campaign, "CLB": SERVICE},
            "hours": {"9LA": (2.2, 2.2), "CLB": (0.4, 0.4)},
            **extra,
        }
    )


def _told(*states, **extra):
    return compose(VIN, _known(*states, **extra), ON)


def test_an_open_campaign_says_what_is_wrong_and_what_to_do():
    told = _told().campaigns[0]
    assert told.says == "Not done yet."
    assert told.what == "A fuel pipe can corrode."
    assert told.why == "Fuel can leak and cause a fire."
    assert (
        told.what_to_do == "Make an appointment. The repair is free. The work takes about 2 hours."
    )


def test_the_customer_is_sent_to_the_assigned_dealer():
    assert _told().visit == ["Send the customer to Made-up Dealer, Boston, MA, 555-0100."]


def test_a_booking_is_told_instead_of_a_second_one():
    booked = Booking("D1", "9LA;CLB", "2013-03-07T09:30")
    told = _told(appointments=[booked])
    assert told.visit == ["Booked for 9LA, CLB at dealer D1: March 7, 2013 at 9:30 AM."]
    assert told.campaigns[0].what_to_do == ("The repair is free. The work takes about 2 hours.")


def test_a_booked_visit_whose_day_is_past_is_told_first_and_no_other_is_offered():
    past = [Booking("D1", "9LA;CLB", "2013-03-04T09:30")]
    told = _told(without_word=past)
    assert told.visit[0] == (
        "A visit was booked for 9LA, CLB at dealer D1: March 4, 2013 at 9:30 AM. Its day is past, and it is not reported."
    )
    assert told.visit[1] == "Send the customer to Made-up Dealer, Boston, MA, 555-0100."
    assert told.campaigns[0].what_to_do == "The repair is free. The work takes about 2 hours."
    assert any(said.startswith("Ask first whether the vehicle was there") for said in told.reader)
    assert not any(said.startswith("Offer an appointment") for said in told.reader)
    text = in_words(told)
    assert text.index("Its day is past") < text.index("1 campaign to be done")
    assert told.document()["without_word"]["campaigns"] == ["9LA", "CLB"]


def test_a_visit_before_its_promised_kits_is_moved_and_not_confirmed():
    """Booked for 7 March; the kit comes in the week of the 11th, or in that of the 4th."""
    booked = [Booking("D1", "9LA", "2013-03-07T09:30")]

    def reader(week):
        kits = VisitKits("promised", date(2013, 3, week), "PIPE")
        return "\n".join(_told(appointments=booked, kits=kits).reader)

    move, confirm = "move the visit to a later day", "Confirm the day and the time"
    assert (move in reader(11), confirm in reader(11)) == (True, False)
    assert (move in reader(4), confirm in reader(4)) == (False, True)


def test_a_past_visit_is_not_told_once_another_is_booked_or_its_work_is_done():
    past, coming = (Booking("D1", "9LA", f"2013-03-{day}T09:30") for day in ("04", "07"))
    assert _told(without_word=[past], appointments=[coming]).visit == [
        "Booked for 9LA at dealer D1: March 7, 2013 at 9:30 AM."
    ]
    elsewhere = _told(_state("9LA", status="repaired"), _state("CLB"), without_word=[past])
    assert elsewhere.without_word is None
    assert elsewhere.visit == ["Send the customer to Made-up Dealer, Boston, MA, 555-0100."]


def test_do_not_drive_comes_before_everything():
    text = in_words(_told(campaign=replace(RECALL, do_not_drive=True)))
    assert text.index("Do not drive") < text.index("9LA")


def test_a_finished_stop_drive_campaign_is_not_urgent_any_more():
    told = _told(_state(status="repaired"), campaign=replace(RECALL, do_not_drive=True))
    assert not told.urgent
    assert told.sentence == "Nothing is left to do on this vehicle."


def test_park_outside_is_urgent_too():
    assert "outside" in _told(campaign=replace(RECALL, park_outside=True)).urgent[0]


@pytest.mark.parametrize(
    ("status", "reason", "says"),
    [
        ("repaired", "", "Done on January 16, 2009."),
        ("inspected_ok", "", "Inspected on January 16, 2009; no repair was needed."),
        ("removed", "", "Taken out of this campaign on January 16, 2009."),
        ("unreachable", "export", "We have this vehicle as exported since January 16, 2009"),
        ("unreachable", "failure_to_receive", "Our last letter came back"),
    ],
)
def test_every_status_has_its_sentence(status, reason, says):
    assert says in _told(_state(status=status, reason=reason)).campaigns[0].says


def test_a_caller_with_a_vehicle_we_thought_gone_is_helped():
    assert _told(_state(status="unreachable", reason="scrapping")).visit


@pytest.mark.parametrize(
    ("available", "says"),
    [(None, "not available yet"), (date(2013, 4, 1), "expected on April 1, 2013")],
)
def test_a_remedy_to_come_makes_no_appointment(available, says):
    told = _told(campaign=replace(RECALL, remedy_available_date=available)).campaigns[0]
    assert says in told.what_to_do
    assert told.remedy_available is False


def test_open_safety_recalls_come_first():
    told = _told(_state("CLB"), _state("9LA"))
    assert [one.campaign for one in told.campaigns] == ["9LA", "CLB"]
    assert told.sentence == "2 campaigns to be done, in one visit."


def test_done_work_comes_last():
    told = _told(_state("9LA", status="repaired"), _state("CLB"))
    assert [one.campaign for one in told.campaigns] == ["CLB", "9LA"]


def test_a_letter_that_came_back_says_so_until_a_later_one_went():
    back = Mailed("9LA", date(2009, 2, 12), date(2009, 4, 1))
    assert _told(mailed={"9LA": back}).campaigns[0].letter == (
        "Our last letter came back on April 1, 2009: ask for the caller's address."
    )
    moved = back._replace(newest_record=date(2009, 3, 2))
    assert _told(mailed={"9LA": moved}).campaigns[0].letter == (
        "Our last letter came back on April 1, 2009. A newer record of March 2, 2009 is with us:"
        " ask if the caller's address has changed since."
    )
    as_old = back._replace(newest_record=date(2009, 2, 12))
    assert _told(mailed={"9LA": as_old}) == _told(mailed={"9LA": back})
    later = back._replace(mailed=date(2009, 5, 1))
    assert "was mailed on May 1, 2009" in _told(mailed={"9LA": later}).campaigns[0].letter


def test_the_last_letter_is_dated():
    told = _told(mailed={"9LA": Mailed("9LA", date(2009, 2, 12), None)}).campaigns[0]
    assert told.letter == "The last letter was mailed on February 12, 2009."


def test_an_answer_that_plays_the_risk_down_is_withheld():
    soft = replace(
        RECALL, answers=(Answer("Is it bad?", "There is no defect, merely a precaution."),)
    )
    (said,) = _told(campaign=soft).campaigns[0].answers
    assert said.answer == ""
    assert "577.8" in said.withheld
    assert "precaution." not in in_words(_told(campaign=soft))


def test_a_service_campaign_may_say_that_it_is_no_safety_recall():
    assert sentences.objections(SERVICE, "This is not a safety recall.", ON) == ("", "")
    assert sentences.objections(RECALL, "This is not a safety recall.", ON).withheld


def test_a_vehicle_in_no_campaign_is_answered_honestly():
    told = compose(VIN, Known(), ON)
    assert not told.campaigns
    assert "No campaign names this vehicle" in in_words(told)


@pytest.mark.parametrize(
    ("time", "says"),
    [
        (0.4, "about 30 minutes"),
        (1.0, "about 1 hour."),
        (7.4, "7.5 hours"),
        (None, "dealer will say"),
    ],
)
def test_the_time_of_the_work_is_in_customers_words(time, says):
    assert says in _told(hours={"9LA": (time, time)} if time else {}).campaigns[0].what_to_do


@pytest.mark.parametrize("vin", ["123", "JTHBK262065900001", "JTHBK26206O900001"])
def test_an_invalid_vin_is_a_sentence(sqlite_session, vin):
    told = answers.answer(sqlite_session, vin, ON)
    assert not told.valid
    assert told.sentence.endswith(".")
    assert vin in in_words(told)


# ---- what the letter says of money


OLD, YOUNG = (
    date(1995, 6, 1),
    date(2006, 6, 1),
)  # first sales: the remedy is free for ten years before December 2015
NOT_FREE = "Lexus is not required by the Act to remedy this problem on your vehicle without charge. We pay half."
EXTENT = {"voluntary_extent": "We pay half."}


@pytest.mark.parametrize(
    ("letter", "sold", "says"),
    [
        ({"remedy_by": "replacement", "replacement": "a new vehicle"}, YOUNG,
         "Lexus will replace your vehicle without charge to you with a new vehicle, which is identical or reasonably equivalent."),
        ({"remedy_by": "refund", "depreciation": "a tenth a year"}, YOUNG,
         "Lexus will refund the purchase price of your vehicle, less depreciation, without charge to you."),
        ({"remedy_by": "refund"}, YOUNG, "What the owner gets stands in the letter."),
        (EXTENT | {"not_free": True}, OLD, NOT_FREE),
        (EXTENT | {"not_free": True, "equipment": "hitches"}, YOUNG, NOT_FREE),
        (EXTENT, OLD, NOT_FREE),
    ],
)  # fmt: skip
def test_nobody_is_told_of_a_free_repair_or_of_work_where_the_letter_says_none(letter, sold, says):
    """577.5(g)(1)(i), (g)(2): the statement of the vehicle's own letter, and no words for the work or its hours."""
    vehicle = VehicleRow("Lexus", "IS 250", 2006, "D1", first_sale_date=sold)
    told = _told(campaign=replace(RECALL, letter=letter), vehicle=vehicle).campaigns[0]
    assert says in told.what_to_do
    assert "The repair is free." not in told.what_to_do
    assert "hour" not in told.what_to_do
    assert (told.remedy, told.hours) == ("", None)
    assert "replace the pipes" not in in_words(
        _told(campaign=replace(RECALL, letter=letter), vehicle=vehicle)
    )


@pytest.mark.parametrize(
    ("letter", "sold"),
    [(EXTENT, YOUNG), (EXTENT, None), (EXTENT | {"not_free": True}, YOUNG)],
)
def test_a_vehicle_whose_own_sale_is_young_or_not_known_to_be_old_keeps_the_free_repair(
    letter, sold
):
    vehicle = VehicleRow("Lexus", "IS 250", 2006, "D1", first_sale_date=sold)
    told = _told(campaign=replace(RECALL, letter=letter), vehicle=vehicle).campaigns[0]
    assert (
        told.what_to_do == "Make an appointment. The repair is free. The work takes about 2 hours."
    )
    assert told.remedy == RECALL.remedy


def test_of_an_unknown_first_sale_the_build_and_the_model_year_decide_where_it_is_stated():
    stated = replace(RECALL, letter=EXTENT | {"not_free": True})
    for built, year, free in (
        (None, 2001, False),
        (None, 2006, True),
        (date(2006, 1, 1), 2001, True),
        (date(2001, 1, 1), 2006, False),
    ):
        vehicle = VehicleRow("Lexus", "IS 250", year, "D1", built)
        said = _told(campaign=stated, vehicle=vehicle).campaigns[0].what_to_do
        assert ("The repair is free." in said) is free


def test_a_replacement_is_no_part_of_the_time_of_one_visit():
    by = {"remedy_by": "replacement", "replacement": "a new vehicle"}
    both = (_state(), _state("CLB"))
    service = replace(SERVICE, remedy_available_date=date(2009, 2, 9))
    free = {"9LA": RECALL, "CLB": service}
    assert _told(*both, campaigns=free).visit_hours is not None
    told = _told(*both, campaigns=free | {"9LA": replace(RECALL, letter=by)})
    assert (told.visit_hours, told.visit_time) == (0.4, "The visit takes about 30 minutes.")
    waiting = replace(RECALL, letter=by, remedy_available_date=None)
    told = _told(campaign=waiting)
    assert (told.visit_hours, told.visit_time) == (None, "")
    said = told.campaigns[0].what_to_do
    assert said == "The remedy is not available yet. The owner gets a letter when it is."


def test_work_is_there_from_the_remedy_on_and_where_a_letter_told_to_wait_from_its_kits_on():
    sent, kits = date(2013, 2, 5), date(2013, 3, 11)
    waits = Mailed("9LA", sent, None, told_to_wait=sent)
    assert work_is_there(RECALL, None, ON)
    assert not work_is_there(RECALL, None, date(2009, 2, 8))
    assert not work_is_there(RECALL, None, ON, waits)
    assert not work_is_there(RECALL, None, ON, waits._replace(remedy_from=kits))
    assert work_is_there(RECALL, None, kits, waits._replace(remedy_from=kits))
    assert work_is_there(RECALL, None, ON, Mailed("9LA", sent, None))


def test_the_number_tells_all_that_577_11_d_asks_for():
    """(1) vehicle and problem, (2) program and remedy, (3) time, (4) limits, (5) documents, (6) how, (7) where."""
    campaign = replace(
        RECALL, filed_date=date(2009, 1, 16), scopes=(Scope("IS 250", 2006, 2008),),
        letter={"claims_address": "1 Example Way, Boston, MA 02108", "reimbursement_limits": "no work under warranty"},
    )  # fmt: skip
    told = _told(campaign=campaign)
    information = told.campaigns[0].reimbursement
    for words in (
        "campaign 9LA, certain 2006-2008 Lexus IS 250 vehicles: A fuel pipe can corrode",
        "a program that pays owners back for a remedy of this problem by repair",
        "work from January 16, 2008 until 10 days after our last notice",
        "Limits: no work under warranty.",
        "the receipt",
        "Mail your claim to 1 Example Way, Boston, MA 02108, or give it to an authorized Lexus dealer.",
    ):
        assert words in information
    assert f"If they have paid already: {information}" in in_words(told)


@pytest.mark.parametrize(
    "letter", [{}, {"claims_address": "1 Example Way", "nobody_to_reimburse": True}]
)
def test_where_a_fact_is_missing_or_nobody_is_reimbursed_the_missing_fact_alone_is_told(letter):
    campaign = replace(
        RECALL, filed_date=date(2009, 1, 16), scopes=(Scope("IS 250", 2006, 2008),), letter=letter
    )
    told = _told(campaign=campaign).campaigns[0]
    assert told.reimbursement == ""
    assert told.reimbursement_lacks.startswith(
        "" if letter else "Campaign 9LA states no claims_address in campaigns.toml"
    )
    assert bool(told.reimbursement_lacks) is not bool(letter)
