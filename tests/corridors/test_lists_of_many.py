"""Lists that are counted set by set say the same as their rows, one by one."""

from __future__ import annotations

from collections import Counter

import pytest

from corridors import world as w
from corridors.test_vehicle_lists import LATER, LEASED, ask, listed
from renotify.vehicle_lists import held_by
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
        "since,built",
        "vin",
        "owner_zip,added",
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


@pytest.mark.parametrize(
    "column", ["owner_zip", "language", "last_contact", "address_as_of", "reason"]
)
@pytest.mark.parametrize("falls", ["", "-"])
@pytest.mark.parametrize("looked_up", [0, 200_000])
def test_the_first_rows_of_an_order_are_those_of_the_whole_list(
    listed: Desk, monkeypatch: pytest.MonkeyPatch, column: str, falls: str, looked_up: int
) -> None:
    """Blanks stand last, equals in order of their VINs, whether all vehicles are read or each is looked up."""
    monkeypatch.setattr(held_by, "MOST_LOOKED_UP", looked_up)
    rows = ask(listed, "--columns", f"vin,{column}")["rows"]
    told = sorted({row[column] for row in rows if row[column] is not None}, reverse=bool(falls))
    place = {value: at for at, value in enumerate(told)} | {None: len(told)}
    whole = sorted(rows, key=lambda row: (place[row[column]], row["vin"]))
    for most in (1, 3, 20):
        shown = ask(
            listed, "--columns", f"vin,{column}", "--sort", f"{falls}{column}", "--first", most
        )
        assert shown["rows"] == whole[:most]
        assert shown["total"] == len(rows)


def test_letters_are_listed_as_letters_lessee_and_lessor_each(listed: Desk) -> None:
    """Five letters to four vehicles: the leased one's lessee and lessor have one each."""
    found = ask(listed, "--follow-up", "first", "--letters")
    roles = [row["role"] for row in found["rows"] if row["vin"] == LEASED]
    assert sorted(roles) == ["lessee", "lessor"]
    assert found["total"] == found["vehicles"] + 1 == len(found["rows"])
    counted = ask(listed, "--follow-up", "first", "--letters", "--by", "role")
    assert {row["role"]: row["count"] for row in counted["rows"]} == Counter(
        row["role"] for row in found["rows"]
    )
    planned = sum(wave["planned"] for wave in listed.do("mail", "reconcile", "first")["waves"])
    assert ask(listed, "--follow-up", "first", "--letters", "--wave", "any")["total"] == planned
    assert (
        ask(listed, "--follow-up", "first", "--letters", "--owner-state", "TX", "--model", w.LARGE)[
            "total"
        ]
        >= 1
    )


@pytest.mark.parametrize(
    "given",
    [("--status", "open"), ("--two-dealers",), ("--as-of", "2013-03-05"), ("--columns", "status")],
)
def test_what_is_of_vehicles_is_refused_of_letters(listed: Desk, given: tuple[str, ...]) -> None:
    refused = listed.run("vehicles", "--follow-up", "first", "--letters", *given, "--on", LATER)
    assert (refused.code, refused.out) == (2, "")
    assert listed.run("vehicles", "--letters", "--on", LATER).code == 2
