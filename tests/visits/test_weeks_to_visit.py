"""How many weeks after they ask owners come: counted from bookings that say when they were made."""

from __future__ import annotations

from datetime import date, timedelta

from renotify.ledger.intake import load
from renotify.ledger.session import Session
from renotify.visits.weeks_to_visit import ENOUGH, weeks_to_visit
from small_world import World, vin
from visits.sample import DEALER

MONDAY = date(2013, 3, 4)


def booked(world: World, weeks_later: list[int], status: str = "booked") -> None:
    """Bookings that were made on one Monday, each for so many weeks later."""
    world.campaign("BLB").dealer(DEALER)
    for number, weeks in enumerate(weeks_later):
        world.vehicle(vin(number), "BLB", dealer=DEALER)
        world.appointment(
            vin(number), DEALER, "BLB", day=MONDAY + timedelta(weeks=weeks, days=number % 5), status=status, booked_on=MONDAY,
        )  # fmt: skip


def test_ten_bookings_say_how_long_owners_wait(session: Session, world: World) -> None:
    """Six come in the second week after they ask, three in the first, one at once."""
    booked(world, [2] * 6 + [1] * 3 + [0])
    load(session, [world.write()], on=MONDAY)
    assert weeks_to_visit(session).tolist() == [0.1, 0.3, 0.6]


def test_fewer_say_nothing_and_owners_come_in_the_week_in_which_they_ask(
    session: Session, world: World
) -> None:
    booked(world, [2] * (ENOUGH - 1))
    load(session, [world.write()], on=MONDAY)
    assert weeks_to_visit(session).tolist() == [1.0]


def test_cancelled_visits_say_nothing(session: Session, world: World) -> None:
    booked(world, [2] * ENOUGH, status="cancelled")
    load(session, [world.write()], on=MONDAY)
    assert weeks_to_visit(session).tolist() == [1.0]
