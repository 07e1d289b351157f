"""One vehicle from the first event to the last: days in order, each with its file; never who the owner is."""

from __future__ import annotations

from datetime import date

from renotify.ledger.session import Session
from renotify.reports.vehicle_story import vehicle_story
from two_dealers import EAST, EAST_BOTH, PMP, REPAIR_DAY, REPAIRED, STRANGER


def test_a_repaired_vehicle_was_added_repaired_and_has_a_record(planned_session: Session) -> None:
    story = vehicle_story(planned_session, REPAIRED)
    assert [one.day for one in story] == sorted(one.day for one in story)
    told = {one.what: (one.day, one.about, one.at, one.source) for one in story}
    assert told["repaired"] == (REPAIR_DAY, PMP, EAST, "repair_orders.csv")
    assert told["record of the owner (state)"][:2] == (date(2012, 12, 1), "")
    assert "EXAMPLE" not in repr(story)


def test_a_list_and_a_visit_stand_on_their_days(planned_session: Session) -> None:
    told = {one.what: (one.day, one.about) for one in vehicle_story(planned_session, EAST_BOTH)}
    assert told["on its list (PMP+STP)"] == (date(2013, 2, 26), "spring")
    assert told["visit at 09:00, booked"] == (date(2013, 3, 11), "PMP, STP")


def test_nothing_is_told_of_a_number_that_nobody_has_stated(planned_session: Session) -> None:
    assert vehicle_story(planned_session, STRANGER) == []
