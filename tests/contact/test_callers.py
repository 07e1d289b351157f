"""Which vehicle a caller means: VIN, its last eight, the reference of a letter, or name and ZIP code; never a word about an owner."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

from renotify.contact import callers as callers_of
from renotify.contact.callers import AskedBy, find_caller
from renotify.contact.letters_held import letters_held
from renotify.contact.on_record import on_record
from renotify.ledger.session import Session, open_session
from small_world import Desk, World, vin
from two_dealers import EAST, EAST_BOTH, NOTICE, STRANGER, WEST_TWO_LETTERS

JOSE, LEASED, SOLD, POPULATION_ONLY = (vin(number) for number in (1, 2, 3, 4))


@pytest.fixture
def callers(ledger: str, tmp_path: Path) -> str:
    """JOSE PÉREZ of 02108; a car that ANN LEE leases of BANK; one that ANN LEE sold to JOE ROE; one that only a population names."""
    made = World(tmp_path / "input").campaign("PMP").dealer("D1")
    made.vehicle(JOSE, "PMP", dealer="D1", owner="JOSE  PÉREZ-DIAZ")
    made.vehicle(LEASED, "PMP", dealer="D1", owner=None)
    made.owner(LEASED, role="lessor", name1="BANK").owner(
        LEASED, role="lessee", name1="ANN LEE", zip="02110"
    )
    made.vehicle(SOLD, "PMP", dealer="D1", owner="ANN LEE").owner(
        SOLD, name1="JOE ROE", as_of=date(2013, 1, 7)
    )
    made.add("population", campaign_code="PMP", vin=POPULATION_ONLY)
    Desk(ledger, tmp_path).do("load", made.write(), on=NOTICE)
    return ledger


def _vins(session: Session, asked: str) -> list[str]:
    return [one.vin for one in find_caller(session, asked).vehicles]


@pytest.mark.parametrize("written", ["{}", " {} ", "*{}*"])
def test_a_vin_is_found_however_it_was_typed_or_scanned(planned_session, written) -> None:
    found = find_caller(planned_session, written.format(EAST_BOTH.lower()))
    (vehicle,) = found.vehicles
    assert found.by is AskedBy.VIN
    assert vehicle == (EAST_BOTH, "2006 Lexus IS 250", EAST, f"Made-up Dealer {EAST}")


def test_a_vin_that_nobody_has_is_told_apart_from_a_question_without_words(planned_session) -> None:
    found = find_caller(planned_session, STRANGER)
    assert (found.by, found.total, found.vin) == (AskedBy.VIN, 0, STRANGER)
    assert find_caller(planned_session, "  ").by is AskedBy.NOTHING


def test_the_last_eight_find_the_vehicle(planned_session) -> None:
    found = find_caller(planned_session, EAST_BOTH[-8:].lower())
    assert (found.by, [one.vin for one in found.vehicles]) == (AskedBy.LAST_8, [EAST_BOTH])


def test_the_reference_of_a_letter_finds_its_vehicle_in_groups_of_four_and_for_a_letter_sent_again(
    planned_session,
) -> None:
    number = str(
        planned_session.scalar(
            "select min(piece_id) from piece where vin = :vin", vin=WEST_TWO_LETTERS
        )
    )
    groups = " ".join(number[at : at + 4] for at in range(0, 16, 4)).lower()
    for written in (number, groups, f"{groups}-2"):
        found = find_caller(planned_session, written)
        assert (found.by, [one.vin for one in found.vehicles]) == (
            AskedBy.LETTER,
            [WEST_TWO_LETTERS],
        )


def test_a_name_is_found_in_its_zip_code_without_accents_and_in_any_order(callers: str) -> None:
    with open_session(callers) as session:
        found = find_caller(session, "perez, jose 02108")
        assert found.by is AskedBy.NAME
        assert found.read_an_owner
        assert [one.vin for one in found.vehicles] == [JOSE]
        assert _vins(session, "Pérez Díaz 02108-1234") == [JOSE]
        assert _vins(session, "Pere Jose 02108") == []
        assert _vins(session, "Perez Jose 02109") == []


def test_who_leases_is_found_and_who_has_sold_is_not(callers: str) -> None:
    with open_session(callers) as session:
        assert _vins(session, "Ann Lee 02110") == [LEASED]
        assert _vins(session, "Ann Lee 02108") == []
        assert _vins(session, "Joe Roe 02108") == [SOLD]


def test_a_vehicle_that_only_a_population_names_is_found_by_its_last_eight(callers: str) -> None:
    with open_session(callers) as session:
        (vehicle,) = find_caller(session, POPULATION_ONLY[-8:]).vehicles
    assert vehicle == (POPULATION_ONLY, "", "", "")


def test_more_vehicles_than_can_be_told_apart_are_counted(
    planned_session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five vehicles of East and seven of West have an owner."""
    monkeypatch.setattr(callers_of, "MOST", 5)
    found = find_caller(planned_session, "Ana Example 02108")
    assert (found.total, len(found.vehicles)) == (12, 5)
    assert "ANA" not in repr(asdict(found)).upper()


def test_a_letter_that_did_not_go_out_is_not_one_that_the_caller_holds(planned_session) -> None:
    assert letters_held(planned_session, EAST_BOTH) == []


def test_who_is_on_record_is_told_with_who_holds_the_vehicle(callers: str) -> None:
    with open_session(callers) as session:
        (sold,) = on_record(session, SOLD, NOTICE)
        leased = on_record(session, LEASED, NOTICE)
        assert on_record(session, POPULATION_ONLY, NOTICE) == []
    assert (sold.name1, sold.as_of, sold.holds) == ("JOE ROE", date(2013, 1, 7), True)
    assert {one.role: one.holds for one in leased} == {"lessee": True, "lessor": True}
