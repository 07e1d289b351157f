"""Shipments that two clerks type at the same instant: none loses the other's kits; and what is no number of kits."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from renotify.desks import shipment_come as room
from renotify.desks.booking import NotFree
from renotify.desks.shipment_come import Shipment, shelf_of, shipment_come
from renotify.ledger.intake import load
from renotify.ledger.session import Session, open_session
from small_world import World

EAST, PIPE = "D0001", "PIPE"
ON = date(2013, 3, 5)
CAME = {"ann": "3", "bob": "4"}
SHELF, ON_ORDER = 2, 10


@pytest.fixture
def stocked(ledger: str, tmp_path) -> str:
    """Two pipes on the shelf and ten on order, on both stores."""
    world = World(tmp_path / "input").dealer(EAST).part(PIPE)
    world.count(EAST, PIPE, date(2013, 3, 1), SHELF, ON_ORDER)
    with open_session(ledger) as session:
        load(session, [world.write()], on=ON)
    return ledger


def test_of_two_clerks_at_once_none_loses_the_others_kits(
    stocked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read the shelf before either writes."""
    both_have_read, first_reads = threading.Barrier(2), threading.local()
    read = room._before

    def read_together(session: Session, one: Shipment) -> room._Before:
        found = read(session, one)
        if not getattr(first_reads, "done", False):
            first_reads.done = True
            both_have_read.wait(30)
        return found

    monkeypatch.setattr(room, "_before", read_together)
    failed: list[BaseException] = []

    def type_in(person: str) -> None:
        try:
            with open_session(stocked) as session:
                one = Shipment(EAST, PIPE, CAME[person], ON, is_another=True)
                assert shipment_come(session, one, person=person, on=ON).was_taken
        except BaseException as error:  # noqa: BLE001 - a thread's own failure is the test's
            failed.append(error)

    clerks = [threading.Thread(target=type_in, args=(person,)) for person in CAME]
    for one in clerks:
        one.start()
    for one in clerks:
        one.join()
    assert failed == []
    with open_session(stocked) as session:
        assert session.scalar("select sum(qty) from part_shipment") == 3 + 4
        assert shelf_of(session, EAST, PIPE) == (SHELF + 7, ON_ORDER - 7)


def test_a_second_form_at_the_same_instant_is_asked_about(
    stocked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other clerk's shipment is written after this one has read: the form that may be the same is not added."""
    read = room._before
    typed = iter([True])

    def read_and_then_another_writes(session: Session, one: Shipment) -> room._Before:
        found = read(session, one)
        if next(typed, False):
            with open_session(stocked) as other:
                shipment_come(other, Shipment(EAST, PIPE, "3", ON), person="bob", on=ON)
        return found

    monkeypatch.setattr(room, "_before", read_and_then_another_writes)
    with open_session(stocked) as session:
        with pytest.raises(NotFree) as asked:
            shipment_come(session, Shipment(EAST, PIPE, "3", ON), person="ann", on=ON)
        assert asked.value.field == "is_another"
        assert session.scalar("select sum(qty) from part_shipment") == 3


@pytest.mark.parametrize("qty", ["0.5", "2.5", "nan", "0", "-1", "inf", "five"])
def test_what_is_no_number_of_kits_is_refused_where_it_is_typed(
    sqlite_session: Session, qty: str
) -> None:
    with pytest.raises(NotFree) as refused:
        shipment_come(sqlite_session, Shipment(EAST, PIPE, qty, ON), person="ann", on=ON)
    assert refused.value.field == "qty"
