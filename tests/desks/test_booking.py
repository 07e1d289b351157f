"""Booking at a dealer's desk: what is open, one bay and one kit each, and two people at once. Counted by hand on the two dealers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import NamedTuple

import pytest

import two_dealers as w
from renotify.desks.book_of_visits import book_of, shop_time
from renotify.desks.booking import NotFree, Wanted, book, offered, report_visit, standing_row
from renotify.desks.recorded_work import Work, record_work
from renotify.errors import UnknownName
from renotify.ledger.intake.typed_rows import take_together, take_typed
from renotify.ledger.session import Session


def march(day: int, hour: int) -> datetime:
    """A start in March 2013, local to the dealer."""
    return datetime.combine(date(2013, 3, day), time(hour))


ON = date(2013, 3, 5)  # a Tuesday
NEXT_WEEK = march(14, 9)  # Thursday of the week in which EAST_BOTH is booked
LATER = march(20, 9)
FIRST, SECOND = w.EAST_OPEN[:2]


class _State(NamedTuple):
    campaign_code: str
    status: str


def wanted(vin: str = FIRST, start: datetime = LATER, **more: object) -> Wanted:
    return Wanted(w.EAST, vin, (w.PMP,), start, **more)


def refused(session: Session, asked: Wanted) -> NotFree:
    with pytest.raises(NotFree) as found:
        book(session, asked, person="sam", on=ON)
    return found.value


def pumps(session: Session, on_hand: int) -> None:
    row = {"dealer_code": w.EAST, "part_no": w.PUMP, "as_of": "2013-03-04", "on_hand": str(on_hand), "on_order": "0"}  # fmt: skip
    take_typed(session, "dealer_part_stock", [row], person="sam", on=ON)


def means(session: Session, hours: int, bays: int) -> None:
    row = {"dealer_code": w.EAST, "week": "2013-03-11", "hours_available": str(hours), "bays": str(bays)}  # fmt: skip
    take_typed(session, "dealer_capacity", [row], person="sam", on=ON)


def test_a_visit_booked_at_the_desk_is_a_row_of_the_contract_with_its_person(own_session) -> None:
    """A second pump is counted, so that one is not held for EAST_BOTH."""
    pumps(own_session, 2)
    taken = book(own_session, wanted(), person="sam", on=ON)
    assert (taken.was_taken, taken.counts.accepted) == (True, 1)
    number = wanted().own_number
    assert standing_row(own_session, w.EAST, number) == (FIRST, "PMP", "2013-03-20T09:00", "booked")
    assert own_session.scalar(
        "select s.name from appointment a join source s on s.id = a.source_id where appointment_id = :number",
        number=number,
    ) == "sam"  # fmt: skip
    assert book(own_session, wanted(), person="sam", on=ON).counts.accepted == 0


def test_the_kit_of_another_visit_is_not_given_twice(own_session) -> None:
    """The one pump is held for EAST_BOTH, who comes on the 11th; a pump ordered on the 5th is there a week later."""
    reason = refused(own_session, wanted())
    assert (reason.field, "PUMP" in reason.message) == ("order_kit", True)
    assert reason.hint.endswith("March 12, 2013.")
    too_soon = refused(own_session, wanted(start=march(8, 9), order_kit=True))
    assert (too_soon.field, too_soon.hint) == ("start", "Choose that day or a later one.")
    assert book(own_session, wanted(order_kit=True), person="sam", on=ON).was_taken


def test_one_car_is_booked_at_two_dealers_only_by_who_says_so(own_session) -> None:
    """EAST_BOTH comes to the east on the 11th; the west is told that another dealer has it, and not which."""
    asked = Wanted(w.WEST, w.EAST_BOTH, (w.PMP,), LATER, more_hours=True, order_kit=True)
    reason = refused(own_session, asked)
    assert (reason.field, w.EAST in f"{reason.message} {reason.hint}") == ("second_visit", False)
    assert (
        own_session.scalar("select count(*) from appointment where vin = :vin", vin=w.EAST_BOTH)
        == 1
    )
    assert book(own_session, replace(asked, second_visit=True), person="wes", on=ON).was_taken
    moved = replace(asked, start=march(21, 9), number=asked.own_number)
    assert book(own_session, moved, person="wes", on=ON).was_taken  # its own, moved: asked once


def test_a_week_without_hours_is_booked_over_knowingly_alone(own_session) -> None:
    """Four hours, of which EAST_BOTH takes 2.7; a pump takes two."""
    pumps(own_session, 2)
    reason = refused(own_session, wanted(start=NEXT_WEEK))
    assert (reason.field, "1.3 hours left" in reason.message) == ("more_hours", True)
    assert book(
        own_session, wanted(start=NEXT_WEEK, more_hours=True), person="sam", on=ON
    ).was_taken


def test_a_taken_bay_is_not_given_twice_whatever_is_ticked(own_session) -> None:
    """EAST_BOTH has the one bay on Monday from 9:00 for 2.7 hours: at 10:00 it is taken, at 12:00 it is free."""
    pumps(own_session, 3)
    means(own_session, 40, 1)
    for hour in (8, 9, 10, 11):
        at = march(11, hour)
        reason = refused(own_session, wanted(start=at, more_hours=True, order_kit=True))
        assert (reason.field, "Every bay is taken" in reason.message) == ("start", True)
        assert reason.hint == "The next free time is March 11, 2013 at 12:00."
    assert book(own_session, wanted(start=march(11, 12)), person="sam", on=ON).was_taken


def test_a_long_visit_keeps_its_bay_on_the_next_day() -> None:
    assert shop_time(march(12, 8)) == shop_time(march(11, 17))
    assert shop_time(march(12, 11)) - shop_time(march(11, 9)) == 11
    assert shop_time(march(18, 8)) == shop_time(march(16, 12))  # Saturday


def test_the_first_free_times_are_offered_one_a_day(own_session) -> None:
    """A pump ordered on Tuesday is there on the next; the week of the 11th has 1.3 hours left, so that the 18th is the first."""
    times = offered(own_session, w.EAST, FIRST, (w.PMP,), ON)
    assert times[0] == march(18, 8)
    means(own_session, 40, 1)
    assert offered(own_session, w.EAST, FIRST, (w.PMP,), ON)[0] == march(12, 8)


def test_what_is_done_or_of_no_campaign_is_not_booked(own_session) -> None:
    for vin in (w.REPAIRED, w.STRANGER, w.REMOVED):
        reason = refused(own_session, wanted(vin))
        assert (reason.field, "is not open on" in reason.message) == ("campaigns", True)
    assert refused(own_session, Wanted(w.EAST, FIRST, (), LATER)).field == "campaigns"
    assert "is past" in refused(own_session, wanted(start=march(4, 9))).message
    last = datetime.combine(date(9999, 12, 31), time(23, 59))
    assert "more than a year away" in refused(own_session, wanted(start=last)).message


def test_a_vehicle_has_one_visit_here_and_moving_it_keeps_its_kit(own_session) -> None:
    """EAST_BOTH is moved with its pump; its bolts were never there, and are ordered."""
    again = Wanted(w.EAST, w.EAST_BOTH, (w.PMP, w.STP), LATER, order_kit=True)
    assert "booked here already" in refused(own_session, again).message
    moved = Wanted(w.EAST, w.EAST_BOTH, (w.PMP, w.STP), LATER, "A03111", order_kit=True)
    assert book(own_session, moved, person="sam", on=ON).was_taken
    assert [one.start for one in book_of(own_session, w.EAST, ON).visits] == [LATER]


def test_who_moves_a_visit_asked_for_it_when_it_was_booked_first(own_session) -> None:
    pumps(own_session, 2)
    book(own_session, wanted(), person="sam", on=ON)
    moved = wanted(start=march(21, 9), number=wanted().own_number)
    assert book(own_session, moved, person="sam", on=date(2013, 3, 7)).was_taken
    said = own_session.scalar(
        "select cast(booked_on as text) from appointment where vin = :vin", vin=FIRST
    )
    assert said == "2013-03-05"


def test_the_number_of_another_dealers_visit_is_not_taken_over(own_session) -> None:
    reason = refused(own_session, wanted(number="A03122"))
    assert reason.field == "number"
    with pytest.raises(UnknownName):
        report_visit(own_session, w.EAST, "A03122", "cancelled", person="sam", on=ON)


def test_a_visit_becomes_what_can_follow(own_session) -> None:
    with pytest.raises(NotFree, match="not due before 2013-03-11"):
        report_visit(own_session, w.EAST, "A03111", "no_show", person="sam", on=ON)
    assert report_visit(own_session, w.EAST, "A03111", "arrived", person="sam", on=ON).was_taken
    with pytest.raises(NotFree, match="has arrived already"):
        report_visit(own_session, w.EAST, "A03111", "arrived", person="sam", on=ON)
    with pytest.raises(NotFree, match="Visit A03111 is not of"):
        report_visit(own_session, w.EAST, "A03111", "cancelled", person="sam", on=ON, vin=FIRST)
    assert report_visit(own_session, w.EAST, "A03111", "cancelled", person="sam", on=ON).was_taken
    with pytest.raises(
        NotFree, match="its visit is cancelled: that it has arrived cannot be said any more"
    ):
        report_visit(own_session, w.EAST, "A03111", "arrived", person="sam", on=ON)
    assert book_of(own_session, w.EAST, ON).visits == ()


def test_a_repair_is_reported_once_and_ends_its_visit(own_session) -> None:
    day = date(2013, 3, 11)
    work = Work(w.EAST, w.EAST_BOTH, "RO-1", day, {w.PMP: "remedied", w.STP: "inspected_ok"}, "2.5")
    taken = record_work(own_session, work, person="sam", on=day)
    assert (taken.was_taken, taken.counts.accepted) == (True, 3)  # two orders and the visit
    assert standing_row(own_session, w.EAST, "A03111").status == "done"
    rows = own_session.rows(
        _State,
        "select campaign_code, status from state where vin = :vin order by 1",
        vin=w.EAST_BOTH,
    )
    assert rows == [(w.PMP, "repaired"), (w.STP, "inspected_ok")]
    assert record_work(own_session, work, person="sam", on=day).counts.accepted == 0


def test_work_on_what_is_not_open_is_refused_when_it_is_reported(own_session) -> None:
    work = Work(w.EAST, w.REPAIRED, "RO-2", ON, {w.PMP: "remedied"})
    with pytest.raises(NotFree, match="PMP is not open on"):
        record_work(own_session, work, person="sam", on=ON)
    first = Work(w.EAST, FIRST, "RO-3", ON, {w.PMP: "declined"})
    assert record_work(own_session, first, person="sam", on=ON).was_taken
    slip = Work(w.EAST, SECOND, "RO-3", ON, {w.PMP: "remedied"})
    with pytest.raises(NotFree, match="Order RO-3 is of"):
        record_work(own_session, slip, person="sam", on=ON)


def test_rows_of_two_tables_are_taken_together_or_not_at_all(own_session) -> None:
    good = wanted().row()
    bad = {"dealer_code": w.EAST, "week": "2013-03-12", "hours_available": "8"}  # no Monday
    taken = take_together(
        own_session, {"appointments": [good], "dealer_capacity": [bad]}, person="sam", on=ON
    )
    assert [reason.column for reason in taken.reasons] == ["week"]
    assert not own_session.scalar(
        "select count(*) from appointment where appointment_id = :number",
        number=good["appointment_id"],
    )
