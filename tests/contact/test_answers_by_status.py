"""What contact staff say for each status and for several at once, in the words of the field; and what they may not say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

import two_dealers as w
from cases import at_once
from renotify.campaigns.campaign import Answer, Campaign, CampaignType
from renotify.contact import sentences
from renotify.contact.answers import URGENCY, answer, compose
from renotify.contact.read_out import in_words
from renotify.contact.spoken import say
from renotify.contact.vehicle_answer import VehicleAnswer
from renotify.contact.vehicle_known import (
    Booking,
    DealerRow,
    Known,
    StateRow,
    known_of,
)
from renotify.ledger.kinds import Reason, Status
from renotify.ledger.session import Session
from renotify.visits.work_there import Mailed, VehicleRow

ON = date(2013, 2, 26)
DO_NOT_DRIVE = "Do not drive this vehicle until it is repaired. Offer to have it picked up."
PARK_OUTSIDE = "Park this vehicle outside, away from buildings and other vehicles, until repaired."
SINCE = date(2012, 6, 1)
VIN = w.STRANGER
RECALL = Campaign(
    "PMP", CampaignType.SAFETY_RECALL, "Lexus", "Fuel pump", nhtsa_campaign_number="10V001000", defect="A pump can stop.",
    consequence="The engine can stop while you drive.", remedy="The dealer will replace the pump.",
    remedy_available_date=date(2010, 1, 4),
)  # fmt: skip
BOLT = replace(
    RECALL, campaign_code="BLT", subject="Steering bolt", nhtsa_campaign_number="12V002000"
)
SEAL = replace(
    RECALL,
    campaign_code="AAA",
    campaign_type=CampaignType.SERVICE_CAMPAIGN,
    subject="Door seal",
    nhtsa_campaign_number="",
)
LABEL = replace(
    RECALL, campaign_code="LBL", campaign_type=CampaignType.NONCOMPLIANCE_RECALL, subject="Label"
)


def told(*states: tuple[Campaign, str], on: date = ON, **known: object) -> VehicleAnswer:
    rows = [StateRow(campaign.campaign_code, status, "", SINCE) for campaign, status in states]
    facts: dict[str, object] = {
        "vehicle": VehicleRow("Lexus", "IS 250", 2006, w.EAST), "dealer": DealerRow("Made-up Dealer", "Boston", "MA", "555-0100"),
        "states": rows, "campaigns": {campaign.campaign_code: campaign for campaign, _ in states},
    }  # fmt: skip
    return compose(VIN, Known(**(facts | known)), on)


# ---- each status


@at_once(
    ("status", "reason", "words"),
    [
        ("open", "", "Not done yet."),
        ("repaired", "", "Done on June 1, 2012."),
        ("inspected_ok", "", "Inspected on June 1, 2012; no repair was needed."),
        ("removed", "", "Taken out of this campaign on June 1, 2012."),
        ("unreachable", "export", "Not done. We have this vehicle as exported since June 1, 2012: ask if that is so."),
        ("unreachable", "theft", "Not done. We have this vehicle as stolen since June 1, 2012: ask if that is so."),
        ("unreachable", "scrapping", "Not done. We have this vehicle as scrapped since June 1, 2012: ask if that is so."),
        ("unreachable", "other", "Not done. We have this vehicle as a total loss since June 1, 2012: ask if that is so."),
        ("unreachable", "failure_to_receive", "Not done. Our last letter came back: ask for the caller's address."),
    ],
)  # fmt: skip
def test_each_status_is_one_sentence(status: str, reason: str, words: str) -> None:
    assert sentences.status(status, reason, SINCE) == words


def test_every_status_and_reason_of_the_ledger_can_be_said() -> None:
    for status in Status:
        for reason in Reason if status is Status.UNREACHABLE else [""]:
            assert sentences.status(str(status), str(reason), SINCE).endswith(".")
    assert set(URGENCY) == {str(status) for status in Status}


@at_once(
    ("status", "to_do"),
    [("open", True), ("unreachable", True), ("repaired", False), ("inspected_ok", False), ("removed", False)],
)  # fmt: skip
def test_only_what_is_not_done_is_still_to_do(status: str, *, to_do: bool) -> None:
    answered = told((RECALL, status))
    assert bool(answered.campaigns[0].what_to_do) is to_do
    assert bool(answered.visit) is to_do
    assert answered.sentence == (
        "1 campaign to be done, in one visit."
        if to_do
        else "Nothing is left to do on this vehicle."
    )


@at_once(
    ("available", "words"),
    [
        (None, "The repair is not available yet. The owner gets a letter when it is."),
        (
            date(2013, 2, 27),
            "The repair is expected on February 27, 2013. The owner gets a letter then.",
        ),
        (ON, "Make an appointment. The repair is free. The work takes about 2 hours."),
        (
            date(2013, 2, 25),
            "Make an appointment. The repair is free. The work takes about 2 hours.",
        ),
    ],
)
def test_the_next_step_follows_from_the_day_of_the_remedy(
    available: date | None, words: str
) -> None:
    recall = replace(RECALL, remedy_available_date=available)
    (campaign,) = told((recall, "open"), hours={"PMP": (2.0, 2.0)}).campaigns
    assert campaign.what_to_do == words
    assert campaign.remedy_available is (available is not None and available <= ON)


@at_once(
    ("time", "words"),
    [
        (None, "The dealer will say how long the work takes."),
        (0.05, "The work takes about 3 minutes."),  # a short job near its own minutes, never nought
        (0.3, "The work takes about 15 minutes."),
        (0.5, "The work takes about 30 minutes."),
        (0.7, "The work takes about 45 minutes."),
        (0.9, "The work takes about 1 hour."),
        (1.2, "The work takes about 1 hour."),
        (1.25, "The work takes about 1.5 hours."),
        (2.7, "The work takes about 2.5 hours."),
    ],
)
def test_hours_are_said_in_minutes_then_in_quarters_and_then_in_half_hours(
    time: float | None, words: str
) -> None:
    assert sentences.hours(time and (time, time)) == words


# ---- several campaigns


def test_open_comes_before_gone_and_done_and_recalls_before_service_campaigns() -> None:
    answered = told(
        (replace(RECALL, campaign_code="DONE"), "repaired"), (SEAL, "open"), (RECALL, "open"), (BOLT, "open"),
        (replace(RECALL, campaign_code="GONE"), "unreachable"), (replace(RECALL, campaign_code="OUT"), "removed"),
        (replace(RECALL, campaign_code="SEEN"), "inspected_ok"), (LABEL, "open"),
    )  # fmt: skip
    assert [one.campaign for one in answered.campaigns] == [
        "BLT", "LBL", "PMP", "AAA", "GONE", "SEEN", "DONE", "OUT",
    ]  # fmt: skip
    assert answered.sentence == "5 campaigns to be done, in one visit."


@at_once(
    ("states", "urgent"),
    [
        ([(RECALL, "open")], []),
        ([(replace(RECALL, do_not_drive=True), "open")], [DO_NOT_DRIVE]),
        ([(replace(RECALL, do_not_drive=True), "unreachable")], [DO_NOT_DRIVE]),
        ([(replace(RECALL, do_not_drive=True), "repaired"), (BOLT, "open")], []),
        ([(replace(RECALL, park_outside=True), "open")], [PARK_OUTSIDE]),
        (
            [(replace(RECALL, park_outside=True), "open"), (replace(BOLT, do_not_drive=True), "open")],
            [DO_NOT_DRIVE, PARK_OUTSIDE],
        ),
    ],
)  # fmt: skip
def test_a_warning_holds_while_its_campaign_is_to_do(
    states: list[tuple[Campaign, str]], urgent: list[str]
) -> None:
    assert told(*states).urgent == urgent


def test_the_reasons_to_come_are_the_risk_its_signs_and_what_to_do_until_then() -> None:
    recall = replace(RECALL, warning="A red lamp is lit.", precaution="Drive slowly.")
    (campaign,) = told((recall, "open")).campaigns
    assert campaign.why == (
        "The engine can stop while you drive. Signs of it: A red lamp is lit. Drive slowly."
    )
    (plain,) = told((RECALL, "open")).campaigns
    assert plain.why == "The engine can stop while you drive."


def test_a_letter_that_went_is_dated_and_another_campaign_s_is_not_its_own() -> None:
    answered = told(
        (RECALL, "open"), (BOLT, "open"), mailed={"PMP": Mailed("PMP", date(2013, 2, 5), None)}
    )
    letters = {one.campaign: one.letter for one in answered.campaigns}
    assert letters == {"PMP": "The last letter was mailed on February 5, 2013.", "BLT": ""}


# ---- the visit


@at_once(
    ("dealer", "words"),
    [
        (DealerRow("Made-up Dealer", "Boston", "MA", "555-0100"), ["Send the customer to Made-up Dealer, Boston, MA, 555-0100."]),
        (DealerRow("Made-up Dealer", "Boston", "MA", ""), ["Send the customer to Made-up Dealer, Boston, MA."]),
        (None, ["The vehicle has no dealer on record: any Lexus dealer does the work; name the nearest."]),
    ],
)  # fmt: skip
def test_the_customer_is_sent_to_the_dealer_of_the_vehicle(
    dealer: DealerRow | None, words: list[str]
) -> None:
    assert told((RECALL, "open"), dealer=dealer).visit == words


def test_of_several_bookings_the_next_one_is_told() -> None:
    booked = [
        Booking("D0002", "PMP;STP", "2013-03-11T09:00"),
        Booking("D0001", "PMP", "2013-04-01T08:30"),
    ]
    assert told((RECALL, "open"), dealer=None, appointments=booked).visit == [
        "Booked for PMP, STP at dealer D0002: March 11, 2013 at 9:00 AM."
    ]


@at_once(
    ("start", "language", "time"),
    [("00:05", "en", "12:05 AM"), ("12:00", "en", "12:00 PM"), ("15:00", "en", "3:00 PM"), ("11:59", "en", "11:59 AM"),
     ("15:00", "es", "15:00")],
)  # fmt: skip
def test_the_time_of_a_visit_is_said_as_the_caller_says_it(
    start: str, language: str, time: str
) -> None:
    assert sentences.clock(f"2013-03-05T{start}", language) == time


def test_a_vehicle_in_stock_is_its_dealer_s_and_whoever_bought_it_is_asked_to_have_it_reported(
    planned_session: Session,
) -> None:
    """In stock since January 27; on the day before it is nobody's but its own dealer's to send somebody to."""
    held = answer(planned_session, w.NEW_IN_STOCK, ON)
    (said,) = held.visit
    assert said == (
        "A dealer has this vehicle in stock since January 27, 2013: Made-up Dealer D0001, Boston, MA, 555-0100."
        " It is repaired before it is handed over."
    )
    assert say("en", "you_stock") in held.reader
    before = answer(planned_session, w.NEW_IN_STOCK, date(2013, 1, 26))
    assert [
        one.startswith("Send the customer to Made-up Dealer D0001") for one in before.visit
    ] == [True]
    assert say("en", "you_stock") not in before.reader


def test_a_vehicle_whose_owner_is_on_record_since_is_in_stock_no_more(own_session: Session) -> None:
    with own_session.transaction():
        own_session.execute(
            "update dealer_stock set vin = :vin, in_date = '2012-11-30' where vin = :held",
            vin=w.EAST_OPEN[0], held=w.NEW_IN_STOCK,
        )  # fmt: skip
    assert answer(own_session, w.EAST_OPEN[0], ON).visit[0].startswith("Send the customer to")


def test_a_vehicle_without_a_record_is_answered_by_its_campaigns() -> None:
    answered = told((RECALL, "open"), vehicle=None, dealer=None)
    assert answered.vehicle is None
    assert answered.visit == [
        "The vehicle has no dealer on record: any Lexus dealer does the work; name the nearest."
    ]
    assert in_words(answered).splitlines()[0] == VIN


def test_a_vehicle_of_no_campaign_proves_nothing() -> None:
    answered = told()
    assert (answered.sentence, answered.campaigns, answered.visit) == (
        say("en", "not_ours"),
        (),
        (),
    )
    assert answered.vehicle == "2006 Lexus IS 250"


# ---- what may not be said


@at_once(
    "text",
    [
        "There is no defect in your car.",
        "This is not a safety issue.",
        "This does not affect safety.",
        "We do not believe that it will fail.",
        "Your vehicle may not have the fault.",
        "The defect may not be present in your vehicle.",
    ],
)
def test_nobody_plays_a_recall_down(text: str) -> None:
    recall = replace(RECALL, answers=(Answer("Is it bad?", text),))
    (campaign,) = told((recall, "open")).campaigns
    (said,) = campaign.answers
    assert said.answer == ""
    assert "49 CFR 577.8" in said.withheld
    words = in_words(told((recall, "open")))
    assert text not in words
    assert f"  A: withheld: {said.withheld}" in words.splitlines()


@at_once(
    "text",
    [
        "It is purely precautionary.",
        "We do this in an abundance of caution.",
        "It is a voluntary recall.",
    ],
)
def test_what_only_the_house_would_not_say_is_answered_and_the_speaker_told(text: str) -> None:
    recall = replace(RECALL, answers=(Answer("Is it bad?", text),))
    (said,) = told((recall, "open")).campaigns[0].answers
    assert (said.answer, said.withheld) == (text, "")
    assert said.advice.endswith("(house policy after 49 CFR 577.8)")
    lines = in_words(told((recall, "open"))).splitlines()
    assert f"  A: {text}" in lines
    assert f"     Better in other words: {said.advice}" in lines


def test_an_answer_that_nothing_speaks_against_carries_no_advice() -> None:
    recall = replace(RECALL, answers=(Answer("What does it cost?", "Nothing."),))
    (said,) = told((recall, "open")).campaigns[0].answers
    assert (said.withheld, said.advice) == ("", "")
    assert "Better" not in in_words(told((recall, "open")))


def test_a_question_that_plays_it_down_withholds_its_answer_too() -> None:
    recall = replace(RECALL, answers=(Answer("Is it no defect?", "Please come in."),))
    (said,) = told((recall, "open")).campaigns[0].answers
    assert (said.question, said.answer) == ("Is it no defect?", "")


@at_once("kind", [CampaignType.SAFETY_RECALL, CampaignType.NONCOMPLIANCE_RECALL])
def test_either_kind_of_recall_is_bound(kind: CampaignType) -> None:
    campaign = replace(RECALL, campaign_type=kind)
    assert sentences.objections(campaign, "This is not a safety issue.", ON).withheld


def test_a_service_campaign_may_say_that_it_is_no_matter_of_safety() -> None:
    assert sentences.objections(SEAL, "This is not a safety issue.", ON).withheld == ""


@at_once(
    ("text", "language", "withheld"),
    [
        ("No es un problema de seguridad.", "es", True),
        ("Es solo una precaución.", "es", False),  # the house's own: told, not withheld
        ("No creemos que falle.", "es", True),
        ("Haga una cita.", "es", False),
        ("No es un problema de seguridad.", "en", False),  # each language has its own list
        ("Please make an appointment.", "en", False),
    ],
)
def test_spanish_is_held_to_the_spanish_list(text: str, language: str, *, withheld: bool) -> None:
    assert bool(sentences.objections(RECALL, text, ON, language).withheld) is withheld


def test_a_plain_answer_is_read_out_as_it_stands() -> None:
    recall = replace(
        RECALL,
        answers=(Answer("May I drive?", "Yes, slowly."), Answer("What does it cost?", "Nothing.")),
    )
    lines = in_words(told((recall, "open"))).splitlines()
    assert lines[-4:] == [
        "  Q: May I drive?", "  A: Yes, slowly.", "  Q: What does it cost?", "  A: Nothing.",
    ]  # fmt: skip


def test_a_finished_campaign_is_read_in_two_lines_without_its_answers() -> None:
    recall = replace(RECALL, answers=(Answer("May I drive?", "Yes."),))
    assert in_words(told((recall, "repaired"))).splitlines()[-2:] == [
        "PMP: Fuel pump (safety recall, NHTSA 10V001000)",
        "  Done on June 1, 2012.",
    ]


def test_a_service_campaign_is_read_without_a_number() -> None:
    assert "AAA: Door seal (service campaign)" in in_words(told((SEAL, "open")))


# ---- from the ledger, on both stores


def test_what_is_known_of_a_vehicle_has_no_owner_in_it(planned_session: Session) -> None:
    known = known_of(planned_session, w.EAST_BOTH, ON)
    assert known.vehicle == VehicleRow("Lexus", "IS 250", 2006, w.EAST)
    assert [(one.campaign_code, one.status) for one in known.states] == [
        (w.PMP, "open"),
        (w.STP, "open"),
    ]
    assert known.hours == {
        w.PMP: (2.0, 2.0), w.STP: (1.0, 1.0), f"{w.PMP}+{w.STP}": (2.7, 2.7),
    }  # fmt: skip
    at = ("Made-up Dealer D0001", "Boston", "MA", "555-0100")
    assert known.appointments == [Booking(w.EAST, "PMP;STP", "2013-03-11T09:00", *at)]
    assert known.mailed == {}
    assert "EXAMPLE" not in repr(known)


@pytest.mark.parametrize(("on", "bookings"), [(date(2013, 3, 11), 1), (date(2013, 3, 12), 0)])
def test_bookings_of_today_are_still_to_come(
    planned_session: Session, on: date, bookings: int
) -> None:
    assert len(known_of(planned_session, w.EAST_BOTH, on).appointments) == bookings


@pytest.mark.parametrize("status", ["arrived", "done", "cancelled", "no_show"])
def test_only_a_booking_that_stands_is_told(own_session: Session, status: str) -> None:
    with own_session.transaction():
        own_session.execute("update appointment set status = :status", status=status)
    assert answer(own_session, w.EAST_BOTH, ON).visit == [
        "Send the customer to Made-up Dealer D0001, Boston, MA, 555-0100."
    ]


def test_hours_of_the_vehicle_s_own_model_come_before_those_of_every_model(
    own_session: Session,
) -> None:
    """Where there are those of other models alone they are told as the letter tells them, from the least to the most."""
    with own_session.transaction():
        own_session.execute(
            "update labor_time set model = 'IS 250', hours = 0.5 where campaign_code = 'STP'"
        )
        own_session.execute("update labor_time set model = 'GS 300' where campaign_code = 'PMP'")
    assert known_of(own_session, w.EAST_BOTH, ON).hours == {
        w.STP: (0.5, 0.5), w.PMP: (2.0, 2.0), f"{w.PMP}+{w.STP}": (2.7, 2.7),
    }  # fmt: skip


def test_a_vin_is_answered_however_it_is_typed(planned_session: Session) -> None:
    typed = answer(planned_session, f" {w.EAST_BOTH.lower()} ", ON)
    assert typed == answer(planned_session, w.EAST_BOTH, ON)


def test_a_vin_with_a_wrong_check_digit_is_a_sentence(planned_session: Session) -> None:
    wrong = w.EAST_BOTH[:8] + ("0" if w.EAST_BOTH[8] != "0" else "1") + w.EAST_BOTH[9:]
    answered = answer(planned_session, wrong, ON)
    assert (answered.valid, answered.campaigns) == (False, ())
    assert answered.sentence
