"""Superseded part numbers: every count is kept under the number that is live today."""

from __future__ import annotations

import pyarrow as pa
import pytest

from cases import at_once
from renotify.errors import Inconsistent
from renotify.ledger.intake import load
from renotify.ledger.session import Session
from renotify.visits.live_part_numbers import (
    live_number,
    replacements,
    summed_under_live_numbers,
    to_live_numbers,
)
from small_world import World
from visits.sample import ON

CHAIN = {"A": "B", "B": "D"}
COUNTS = {"dealer_code": ["D1", "D1", "D1"], "part_no": ["A", "B", "C"], "on_hand": [1, 2, 4]}


@at_once(("part", "live"), [("A", "D"), ("B", "D"), ("D", "D"), ("C", "C")])
def test_the_live_number_is_the_last_of_its_chain(part: str, live: str) -> None:
    assert live_number(part, CHAIN) == live


@at_once(
    ("part", "replaced_by", "circle"),
    [
        ("A", {"A": "B", "B": "A"}, "A -> B -> A"),
        ("A", {"A": "A"}, "A -> A"),
        ("N", {"N": "A", "A": "B", "B": "A"}, "N -> A -> B -> A"),
    ],
)
def test_a_circle_of_replacements_is_refused_and_named(
    part: str, replaced_by: dict[str, str], circle: str
) -> None:
    with pytest.raises(Inconsistent, match=f"{circle}\\."):
        live_number(part, replaced_by)


def test_amounts_of_superseded_numbers_are_added_under_the_live_one() -> None:
    live = summed_under_live_numbers(
        pa.table(COUNTS), CHAIN, keys=("dealer_code", "part_no"), amounts=("on_hand",)
    )
    assert live.to_pylist() == [
        {"dealer_code": "D1", "part_no": "C", "on_hand": 4},
        {"dealer_code": "D1", "part_no": "D", "on_hand": 1 + 2},
    ]


def test_rows_keep_their_order_and_their_other_columns() -> None:
    live = to_live_numbers(pa.table(COUNTS), CHAIN)
    assert live.column_names == list(COUNTS)
    assert live["part_no"].to_pylist() == ["D", "D", "C"]
    assert live["on_hand"].to_pylist() == [1, 2, 4]


def test_without_replacements_a_table_stays_as_it_is() -> None:
    table = pa.table(COUNTS)
    assert to_live_numbers(table, {}).equals(table)


def test_the_loaded_parts_say_what_took_their_place(session: Session, world: World) -> None:
    world.part("A", superseded_by="B").part("B", superseded_by="D").part("D")
    load(session, [world.write()], on=ON)
    assert replacements(session) == CHAIN
