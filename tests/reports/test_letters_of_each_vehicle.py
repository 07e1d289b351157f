"""Sixty days run to the last first-notice letter: each vehicle counts, as its own letter went (49 CFR 577.7(a)(1))."""

from __future__ import annotations

from datetime import date

import pytest

from small_world import Desk, World, vin

FILED, DUE = date(2013, 1, 15), date(2013, 3, 16)  # 16 days of January, 28 of February, 16 of March
BEGUN = date(2013, 2, 11)


def recall(folder, *letters: date | None, **facts: object) -> World:
    """A recall with one vehicle a letter; None had none."""
    world = World(folder).dealer("D1")
    stated = {"filed_date": FILED, "first_notice_date": BEGUN, "remedy_available_date": BEGUN}
    world.campaign("NEW", nhtsa_campaign_number="13V001000", **(stated | facts))
    for number, day in enumerate(letters, start=1):
        world.vehicle(vin(number), "NEW", dealer="D1")
        if day:
            world.add("mail_events", vin=vin(number), campaign_code="NEW", kind="mailed", mailed_date=day)  # fmt: skip
    return world


def letters_on(desk: Desk, on: date):
    (found,) = (one for one in desk.do("deadlines", on=on) if one["what"] == "owner letters")
    return found


@pytest.fixture
def desk(ledger, tmp_path):
    return Desk(ledger, tmp_path / "desk")


@pytest.fixture
def small_desk(sqlite_ledger, tmp_path):
    return Desk(sqlite_ledger, tmp_path / "desk")


def test_a_campaign_whose_last_letter_went_out_in_august_is_late(desk, tmp_path):
    in_time = [date(2013, 2, 11), date(2013, 3, 16)]
    world = recall(tmp_path / "in", *in_time, date(2013, 8, 5), date(2013, 8, 6))
    desk.do("load", world.write(), on=date(2013, 9, 2))
    before, after, done = (letters_on(desk, on) for on in (DUE, date(2013, 3, 17), date(2013, 8, 6)))  # fmt: skip
    assert (before["state"], before["vehicles"]) == ("soon", 2)
    assert (after["state"], after["vehicles"]) == ("overdue", 2)
    assert after["sentence"] == (
        "2 vehicles of NEW had a first notice, the last on 2013-03-16; 2 open vehicles had none."
        " The last day was 2013-03-16, 1 day ago."
    )
    assert (done["state"], done["vehicles"], done["due"]) == ("late", 2, "2013-03-16")
    assert done["sentence"].startswith(
        "4 vehicles of NEW had a first notice, the last on 2013-08-06, 2 of them after the last day;"
        " no open vehicle that was in it by the last day is without one."
    )


def test_letters_that_all_went_in_time_are_ok_for_good(small_desk, tmp_path):
    small_desk.do("load", recall(tmp_path / "in", BEGUN, DUE).write(), on=date(2013, 9, 2))
    found = letters_on(small_desk, date(2014, 1, 1))
    assert (found["state"], found["vehicles"]) == ("ok", 2)


def test_a_vehicle_that_was_repaired_or_scrapped_needs_no_letter_any_more(small_desk, tmp_path):
    world = recall(tmp_path / "in", BEGUN, None, None)
    world.repair(vin(2), "NEW", date(2013, 2, 20), dealer="D1").labour("NEW", 2.0)
    world.status(vin(3), "scrapped", date(2013, 2, 20))
    small_desk.do("load", world.write(), on=date(2013, 9, 2))
    assert letters_on(small_desk, date(2013, 4, 1))["state"] == "ok"


def test_a_vehicle_that_joined_after_the_last_day_is_an_amendment_and_no_late_letter(
    small_desk, tmp_path
):
    world = recall(tmp_path / "in", BEGUN)
    world.vehicle(vin(9), dealer="D1")
    world.add("population", campaign_code="NEW", vin=vin(9), added_date=date(2013, 5, 6))
    small_desk.do("load", world.write(), on=date(2013, 5, 7))
    clocks = {one["what"]: one for one in small_desk.do("deadlines", on=date(2013, 5, 7))}
    assert clocks["owner letters"]["state"] == "ok"
    amendment = clocks["amendment, vehicles of 2013-05-06"]
    # Monday 6 May; five working days later is Monday 13 May
    assert (amendment["state"], amendment["due"], amendment["vehicles"]) == ("soon", "2013-05-13", 1)  # fmt: skip
    assert amendment["id"] == "NEW:report_573_amendment"
    small_desk.do("deadlines", "--filed", "NEW:report_573_amendment", on=date(2013, 5, 13))
    clocks = {one["what"]: one for one in small_desk.do("deadlines", on=date(2013, 5, 14))}
    assert clocks["amendment, vehicles of 2013-05-06"]["state"] == "ok"


def test_without_a_letter_in_the_ledger_the_stated_day_counts_and_the_sentence_says_so(
    small_desk, tmp_path
):
    small_desk.do("load", recall(tmp_path / "in", None, None).write(), on=date(2013, 9, 2))
    found = letters_on(small_desk, date(2013, 4, 1))
    assert found["state"] == "unknown"  # of the first letter, not of the last
    assert found["sentence"].endswith("load mail_events to have the last one counted.")


def test_the_day_of_the_last_letter_can_be_stated_where_the_ledger_holds_none(small_desk, tmp_path):
    small_desk.do("load", recall(tmp_path / "in", None).write(), on=date(2013, 9, 2))
    small_desk.do("deadlines", "--filed", "NEW:letters", on=date(2013, 3, 18))
    found = letters_on(small_desk, date(2013, 4, 1))
    assert (found["state"], found["sentence"]) == (
        "late", "The last owner letter of NEW is stated for 2013-03-18, 2 days after the last day.",
    )  # fmt: skip
    small_desk.do("deadlines", "--withdrawn", "NEW:letters", on=date(2013, 4, 1))
    assert letters_on(small_desk, date(2013, 4, 1))["state"] == "unknown"


def test_letters_of_before_that_are_missing_are_asked_for(small_desk, tmp_path):
    world = recall(tmp_path / "in", date(2013, 8, 5))
    small_desk.do("load", world.write(), on=date(2013, 9, 2))
    found = letters_on(small_desk, date(2013, 9, 2))
    assert found["state"] == "late"
    assert "but the first notice is stated for 2013-02-11: load the letters before." in found["sentence"]  # fmt: skip
