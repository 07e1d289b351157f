"""The three things that every caller asks: each has one answer, whatever is known of the vehicle."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from contact.test_answers import ON, RECALL, VIN, _known, _told
from renotify.contact.answers import compose
from renotify.contact.first_answers import first_answers
from renotify.contact.vehicle_known import Booking, Known, StateRow

FREE = datetime(2013, 3, 6, 9, 0)  # noqa: DTZ001 - local to the dealer


def _says(answer, free: datetime | None = None) -> list[str]:
    return [one.says for one in first_answers(answer, free)]


def test_an_open_recall_is_answered_with_yes_its_time_and_the_first_free_time() -> None:
    in_it, how_long, how_soon = _says(_told(), FREE)
    assert in_it == "Yes. 1 campaign to be done, in one visit."
    assert how_long == "The visit takes about 2 hours."
    assert how_soon == "The first free time at Made-up Dealer is March 6, 2013 at 9:00 AM."


def test_without_a_free_time_the_dealer_is_named_with_its_telephone() -> None:
    assert _says(_told())[2] == "The dealer says which day is free: Made-up Dealer, 555-0100."


def test_without_a_dealer_any_of_the_make_does_it() -> None:
    assert _says(_told(dealer=None), FREE)[2].startswith("Any dealer of the make can do it")


def test_what_is_booked_is_said_in_place_of_a_free_time() -> None:
    booked = Booking("D1", "9LA", "2013-03-11T09:00", "Made-up Dealer", "Boston", "MA", "555-0100")
    told = _told(appointments=[booked])
    assert _says(told, FREE)[2] == told.visit[0]


def test_a_remedy_that_is_not_there_has_no_visit_to_offer() -> None:
    late = replace(RECALL, remedy_available_date=date(2013, 6, 1))
    in_it, how_long, how_soon = _says(_told(campaign=late), FREE)
    assert in_it.startswith("Yes.")
    assert how_long == "We can say so when the repair is there."
    assert how_soon == "The repair is expected on June 1, 2013. The owner gets a letter then."


def test_a_vehicle_that_is_done_has_nothing_to_come_for() -> None:
    done = _told(StateRow("9LA", "repaired", "repaired", date(2012, 6, 1)))
    assert _says(done, FREE) == [
        "Nothing is left to do on this vehicle.", "There is no work to do.", "There is nothing to come for.",
    ]  # fmt: skip


def test_a_vehicle_that_no_campaign_names_has_the_first_answer_only() -> None:
    (only,) = first_answers(compose(VIN, Known(), ON))
    assert only.question == "Is my car in it?"
    assert only.says.startswith("No campaign names this vehicle.")


@pytest.mark.parametrize("free", [None, FREE])
def test_a_spanish_caller_hears_all_three_in_spanish(free: datetime | None) -> None:
    told = first_answers(compose(VIN, _known(), ON, "es"), free)
    assert [one.question for one in told] == [
        "¿Mi vehículo está incluido?", "¿Cuánto tiempo toma?", "¿Cuándo puedo ir?",
    ]  # fmt: skip
    assert told[0].says.startswith("Sí. ")
    assert "Made-up Dealer" in told[2].says
