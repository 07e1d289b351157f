"""Lists that are counted set by set say the same as their rows, one by one."""

from __future__ import annotations

from collections import Counter

import pytest

from corridors import world as w
from corridors.test_vehicle_lists import LATER, ask, listed
from small_world import Desk

__all__ = ["listed"]
FILTERS = [
    (), ("--status", "open"), ("--dealer-state", "TX"), ("--dealer-zip", "75"), ("--model", w.LARGE), ("--year", "2007"),
    ("--never-contacted",), ("--contacted-since", "2013-03-01"), ("--contacted-before", "2013-03-01"), ("--owner-state", "FL"),
    ("--address-older-than", "10"), ("--as-of", "2013-03-05"),
]  # fmt: skip


@pytest.mark.parametrize(
    "by",
    [
        "reason",
        "model,owner_state",
        "reason,model",
        "last_contact",
        "language,status",
        "dealer_state",
    ],
)
def test_groups_count_what_the_rows_have(listed: Desk, by: str) -> None:
    rows = ask(listed, "--columns", f"vin,{by}")["rows"]
    counted = ask(listed, "--by", by)
    groups = Counter(tuple(row[name] for name in by.split(",")) for row in rows)
    assert {
        tuple(row[name] for name in by.split(",")): row["count"] for row in counted["rows"]
    } == groups
    assert counted["total"] == len(rows)
    assert counted["vehicles"] == len({row["vin"] for row in rows})
    assert [row["count"] for row in counted["rows"]] == sorted(groups.values(), reverse=True)


@pytest.mark.parametrize("given", FILTERS, ids=" ".join)
def test_a_total_is_that_of_the_rows_and_their_vehicles(
    listed: Desk, given: tuple[str, ...]
) -> None:
    found = ask(listed, *given)
    assert found["total"] == len(found["rows"])
    assert found["vehicles"] == len({row["vin"] for row in found["rows"]})
    first = ask(listed, *given, "--first", "2")
    assert (first["total"], first["vehicles"], first["rows"]) == (
        found["total"],
        found["vehicles"],
        found["rows"][:2],
    )
    assert LATER
