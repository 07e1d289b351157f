"""Vehicles of a list told apart by numbers, and those whose one record of an owner says who holds them."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from renotify.ledger import holders
from renotify.vehicle_lists import beside

DAY = date(2013, 1, 1)


@pytest.mark.parametrize(
    "vins", [["A", "A", "B", "C"], ["B", "A", "A", "C"], ["A", "B", "A", "A"], []]
)
def test_the_same_vehicle_has_the_same_number_in_any_order(vins: list[str]) -> None:
    numbers = beside._numbers(pa.chunked_array([pa.array(vins, pa.string())])).to_pylist()
    assert len(numbers) == len(vins)
    assert len(set(numbers)) == len(set(vins)) == len(set(zip(vins, numbers, strict=True)))


def test_a_rule_decides_where_a_vehicle_has_more_than_one_record_of_an_owner() -> None:
    """A alone has the one plain record. B has two, C is leased, D's record has an end, E was in stock, F was refused."""
    leased = ("C", "lessee", None)
    ended = ("D", "owner", DAY)
    rows = [
        *((vin, "owner", None) for vin in "ABB"),
        leased,
        ended,
        *((vin, "owner", None) for vin in "EF"),
    ]
    vins, roles, ends = zip(*rows, strict=True)
    records = pa.table({"vin": vins, "role": roles, "end_date": pa.array(ends, pa.date32())})
    known = holders.Beside(stock=pa.table({"vin": ["E"]}), refused=pa.table({"vin": ["F"]}))
    decided = beside._decided(records, known).to_pylist()
    assert decided == [False, True, True, True, True, True, True]
    assert beside._decided(records.slice(0, 0), known).to_pylist() == []
