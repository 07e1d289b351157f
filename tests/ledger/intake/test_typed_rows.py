"""What a person types at a desk is a row of the input contract: the same fact typed and loaded is one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from renotify.errors import Refused
from renotify.ledger import intake
from renotify.ledger.intake.typed_rows import Reason, take_typed
from renotify.ledger.session import Session, open_session
from small_world import World, vin

ON = date(2013, 3, 6)
VIN = vin(1)
ORDER = {
    "ro_id": "R77", "dealer_code": "D1", "vin": VIN, "campaign_code": "ALE", "close_date": "2013-03-05", "outcome": "remedied",
}  # fmt: skip


class _Known(NamedTuple):
    kind: str
    name: str


@pytest.fixture
def desk(ledger: str, tmp_path: Path):
    """A desk session on a ledger with one vehicle that is open in ALE."""
    world = World(tmp_path / "input").campaign("ALE").dealer("D1").vehicle(VIN, "ALE", dealer="D1")
    with open_session(ledger) as session:
        intake.load(session, [world.write()], on=ON)
    with open_session(ledger, bulk=False) as session:
        yield session


def _status(session: Session) -> str:
    return str(session.scalar("select status from state where current"))


def test_a_typed_repair_closes_the_vehicle_and_names_the_person(desk) -> None:
    typed = take_typed(desk, "repair_orders", [ORDER], person="sam", on=ON)
    assert (typed.was_taken, typed.counts.accepted) == (True, 1)
    assert _status(desk) == "repaired"
    assert _Known("desk", "sam") in desk.rows(_Known, "select kind, name from source")


def test_the_same_fact_typed_and_then_loaded_from_a_file_is_one_event(desk, tmp_path) -> None:
    take_typed(desk, "repair_orders", [ORDER], person="sam", on=ON)
    before = desk.scalar("select count(*) from event")
    file = tmp_path / "repair_orders_of_march.csv"
    file.write_text(f"{','.join(ORDER)}\n{','.join(ORDER.values())}\n")
    loaded = intake.load(desk, [file], on=ON)
    assert (loaded.tables["repair_orders"].accepted, loaded.tables["repair_orders"].unchanged) == (
        0,
        1,
    )
    assert desk.scalar("select count(*) from event") == before


def test_a_refused_row_comes_back_with_its_column_and_reason_and_nothing_is_taken(desk) -> None:
    rows = [ORDER, ORDER | {"ro_id": "R78", "close_date": "5 March"}]
    typed = take_typed(desk, "repair_orders", rows, person="sam", on=ON)
    assert [(one.row, one.column) for one in typed.reasons] == [(2, "close_date")]
    assert isinstance(typed.reasons[0], Reason)
    assert typed.reasons[0].reason
    assert _status(desk) == "open"


def test_what_the_desk_asks_first_refuses_within_the_same_transaction(desk) -> None:
    def bay_is_taken(session: Session) -> None:
        session.execute(
            "update vehicle set model = 'seen inside'"
        )  # it runs where writing is allowed, and is undone
        raise Refused("The bay is taken.", "Choose another hour.")

    with pytest.raises(Refused, match="The bay is taken"):
        take_typed(desk, "repair_orders", [ORDER], person="sam", on=ON, provided=bay_is_taken)
    assert _status(desk) == "open"
    assert desk.scalar("select count(*) from vehicle where model = 'seen inside'") == 0


def test_who_types_a_language_that_no_letter_is_made_in_is_told_which_there_are(desk) -> None:
    owner = {
        "vin": VIN, "role": "owner", "name1": "Ana", "addr1": "7 Oak Ave", "city": "Salem", "state": "MA", "zip": "01970",
        "as_of": "2013-03-06", "source": "contact",
    }  # fmt: skip
    said = "No letter is made in 'fr': give en or es, or leave it blank."
    refused = take_typed(desk, "owners", [owner | {"language": "fr"}], person="cam", on=ON)
    assert (refused.reasons, refused.counts.accepted) == ((Reason(1, "language", said),), 0)
    for wish in ("es", ""):
        assert take_typed(desk, "owners", [owner | {"language": wish}], person="cam", on=ON).was_taken  # fmt: skip
