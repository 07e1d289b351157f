"""Appointments that were kept and missed: what a rehearsal takes for the share of owners who do not come."""

from __future__ import annotations

from datetime import date

from renotify.ledger.intake import load
from renotify.ledger.session import Session
from renotify.visits.kept_appointments import KeptAppointments, kept_appointments
from small_world import World, vin
from visits.sample import DEALER, ON


def test_booked_and_cancelled_appointments_are_neither_kept_nor_missed(
    session: Session, world: World
) -> None:
    world.campaign("BLB").dealer(DEALER)
    for number, status in enumerate(("booked", "cancelled", "arrived", "done", "done", "no_show")):
        world.vehicle(vin(number), "BLB", dealer=DEALER)
        world.appointment(vin(number), DEALER, "BLB", day=date(2013, 2, number + 1), status=status)
    assert kept_appointments(session) == KeptAppointments(0, 0)
    assert kept_appointments(session).missed_share == 0
    load(session, [world.write()], on=ON)
    assert kept_appointments(session) == KeptAppointments(3, 1)
    assert kept_appointments(session).missed_share == 0.25
