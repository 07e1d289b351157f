"""``answer``: what contact staff read out, and what they are never told."""

from __future__ import annotations

from datetime import date
from textwrap import wrap

import pytest

import two_dealers as w
from small_world import Desk

LACKS = (
    "states no claims_address in campaigns.toml, so nothing can be said of a repair already paid (49 CFR 577.11(d)): take the customer's"
    " number and call back."
)


def test_an_answer_reads_from_the_urgent_and_the_booking_to_the_campaigns(office: Desk) -> None:
    """One pump is on the shelf and the visit takes it; of the two bolts there are none, and none are on order."""
    assert office.run("answer", w.EAST_BOTH, "--on", w.NOTICE).out.splitlines() == [
        f"{w.EAST_BOTH}  2006 Lexus IS 250",
        "!! Do not drive this vehicle until it is repaired. Offer to have it picked up.",
        "Booked for PMP, STP at Made-up Dealer D0001, Boston, MA, 555-0100: March 11,",
        "2013 at 9:00 AM.",
        "2 campaigns to be done, in one visit.",
        "Both are done in one visit of about 2.5 hours.",
        "The dealer has no kits for this visit yet, and none on order: BOLT.",
        "A letter about PMP and STP is planned for the week of March 4, 2013.",
        "For you, not to be read out:",
        "- Say first what not to do until the repair.",
        "- Confirm the day and the time that are booked; make no second appointment.",
        "- Tell the dealer to order the kits with the appointment: BOLT.",
        "- No answers are registered in this language for PMP.",
        "- Say nothing about the owner: a caller is not proven to be the owner.",
        "",
        "PMP: Fuel pump (safety recall, NHTSA 10V001000)",
        "  Not done yet.",
        "  A part can break.",
        "  The engine can stop while you drive. This can cause a vehicle crash without",
        "  prior warning.",
        "  The dealer will replace the part without charge.",
        "  The repair is free. The work takes about 2 hours.",
        *(f"  {line}" for line in wrap(f"If they have paid already: Campaign PMP {LACKS}", 78)),
        "",
        "STP: Steering bolt (safety recall, NHTSA 12V002000)",
        "  Not done yet.",
        "  A part can break.",
        "  The engine can stop while you drive. This can cause a vehicle crash without",
        "  prior warning.",
        "  The dealer will replace the part without charge.",
        "  The repair is free. The work takes about 1 hour.",
        *(f"  {line}" for line in wrap(f"If they have paid already: Campaign STP {LACKS}", 78)),
        "  Q: May I drive it?",
        "  A: No. We will have it picked up.",
    ]


def test_a_finished_vehicle_is_answered_in_two_lines_and_sent_nowhere(office: Desk) -> None:
    assert office.run("answer", w.REPAIRED, "--on", w.NOTICE).out.splitlines() == [
        f"{w.REPAIRED}  2006 Lexus IS 250",
        "Nothing is left to do on this vehicle.",
        "",
        "PMP: Fuel pump (safety recall, NHTSA 10V001000)",
        "  Done on June 1, 2012.",
    ]


def test_a_dealer_without_a_telephone_is_named_by_its_place(office: Desk) -> None:
    told = office.do("answer", w.WEST_SERVICE, on=w.NOTICE)
    assert told["visit"] == ["Send the customer to Made-up Dealer D0002, Reno, NV."]
    assert told["campaigns"][0]["what_to_do"] == (
        "Make an appointment. The repair is free. The work takes about 30 minutes."
    )


@pytest.mark.parametrize(
    ("on", "step"),
    [
        (date(2012, 11, 14), "The repair is expected on November 15, 2012. The owner gets a letter then."),
        (date(2012, 11, 15), "Make an appointment. The repair is free. The work takes about 1 hour."),
    ],
)  # fmt: skip
def test_an_appointment_is_offered_from_the_day_of_the_remedy_on(
    office: Desk, on: date, step: str
) -> None:
    told = office.do("answer", w.USED_IN_STOCK, on=on)
    assert told["campaigns"][0]["what_to_do"] == step
    assert told["urgent"]  # the warning does not wait for the remedy


@pytest.mark.parametrize(("on", "booked"), [(date(2013, 3, 11), True), (date(2013, 3, 12), False)])
def test_a_booking_is_told_until_its_day_is_over(office: Desk, on: date, *, booked: bool) -> None:
    told = office.do("answer", w.EAST_BOTH, on=on)
    said = "Booked for PMP, STP at Made-up Dealer D0001, Boston, MA, 555-0100: March 11, 2013 at 9:00 AM."
    assert (said in told["visit"]) is booked
    assert (told["booking"] is not None) is booked


def test_a_vehicle_we_thought_exported_is_asked_about(office: Desk) -> None:
    told = office.do("answer", w.EXPORTED, on=w.NOTICE)
    assert told["campaigns"][0]["says"] == (
        "Not done. We have this vehicle as exported since July 1, 2012: ask if that is so."
    )
    assert told["sentence"] == "1 campaign to be done, in one visit."


@pytest.mark.parametrize(
    ("vin", "valid", "sentence"),
    [
        (
            w.STRANGER, True,
            ("No campaign names this vehicle. A well-formed VIN proves nothing: ask for the VIN again, then offer to look"
            " the vehicle up at NHTSA."),
        ),
        ("JTHBK26", False, "A VIN has 17 characters; this one has 7."),
    ],
)  # fmt: skip
def test_a_vehicle_that_is_not_ours_is_answered_and_not_refused(
    office: Desk, vin: str, sentence: str, *, valid: bool
) -> None:
    said = office.run("answer", vin, "--on", w.NOTICE)
    assert (said.code, said.out.split()) == (0, f"{vin} {sentence}".split())
    told = office.do("answer", vin, on=w.NOTICE)
    assert told == {
        "vin": vin, "valid": valid, "exception": None, "language": "en", "sentence": sentence, "vehicle": None, "urgent": [],
        "booking": None, "without_word": None, "campaigns": [], "visit": [], "visit_hours": None, "visit_range": None, "visit_time": "",
        "kits": None, "planned_letters": [], "dealer": None, "reader": [],
    }  # fmt: skip


def test_no_answer_tells_who_the_owner_is(office: Desk) -> None:
    for vin in (w.EAST_BOTH, w.WEST_TWO_LETTERS, w.REPAIRED):
        for form in ((), ("--json",)):
            said = office.run("answer", vin, "--on", w.NOTICE, *form).out
            assert "EXAMPLE" not in said
            assert "Elm" not in said
