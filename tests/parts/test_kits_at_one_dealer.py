"""The short way to the kits of one visit says what ``kits_of_visits`` says of it, and starts no library that a caller would wait for."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from renotify.ledger.scope import Scope
from renotify.ledger.session import open_session
from renotify.parts.kit_state import OneMore
from renotify.parts.kits_at_one_dealer import kits_at_one_dealer
from renotify.parts.kits_of_visits import by_visit, kits_of_visits
from small_world import Desk, World, vin

EAST, ON = "D1", date(2013, 3, 12)
VISITS = 6
MODELS = ("IS 250", "IS 350")


def world(folder: Path) -> World:
    """Six visits, two for two campaigns, of two models: a pipe each, a seal for six of ten of the second; counts of two days."""
    made = World(folder / "input").dealer(EAST).dealer("D2").campaign("9LA").campaign("ALE")
    made.part("OLD", superseded_by="PIPE").part("PIPE").part("SEAL").part("BOLT")
    made.takes("9LA", "OLD", 1.0).takes("ALE", "SEAL", 2.0, take_rate=0.6)
    made.takes("ALE", "BOLT", 1.0, model="IS 350")
    for number in range(VISITS):
        codes = ("9LA", "ALE") if number % 3 == 0 else ("ALE",) if number % 2 else ("9LA",)
        made.vehicle(vin(number), *codes, dealer=EAST, model=MODELS[number % 2])
        made.appointment(vin(number), EAST, *codes, day=ON + timedelta(days=VISITS - number))
    made.appointment(vin(0), EAST, "ALE", day=ON)  # twice at the dealer: one visit, the first day
    made.vehicle(vin(50), "9LA", dealer="D2").appointment(vin(50), "D2", "9LA", day=ON)
    for day, shelf in ((ON - timedelta(days=9), 9), (ON - timedelta(days=1), 1)):
        made.count(EAST, "OLD", day, on_hand=shelf, on_order=1)
    made.vehicle(vin(70), "9LA", dealer=EAST)  # never reported, and its part was counted since
    made.appointment(vin(70), EAST, "9LA", day=ON - timedelta(days=4))
    made.vehicle(
        vin(60), "ALE", dealer=EAST, model=MODELS[1]
    )  # repaired since the count of BOLT, which then had three
    made.repair(vin(60), "ALE", ON, dealer=EAST)
    made.add("part_shipments", dealer_code=EAST, part_no="SEAL", ship_date=ON, qty=2)
    return (
        made.count(EAST, "PIPE", ON, on_hand=1)
        .count(EAST, "SEAL", ON - timedelta(days=1), on_hand=1, on_order=4)
        .count(EAST, "BOLT", ON - timedelta(days=1), on_hand=3)
    )


@pytest.fixture
def desk(sqlite_ledger: str, tmp_path: Path) -> Desk:
    made = Desk(sqlite_ledger, tmp_path)
    made.do("load", world(tmp_path).write(), on=ON)
    return made


def test_every_visit_at_the_dealer_has_the_same_answer_both_ways(
    desk: Desk, sqlite_ledger: str
) -> None:
    more = [None, *(OneMore(EAST, bundle, model) for bundle in ("9LA", "9LA+ALE") for model in MODELS)]  # fmt: skip
    seen = set()
    with open_session(sqlite_ledger) as session:
        for one in more:
            rows = by_visit(kits_of_visits(session, ON, Scope(dealer=EAST), one)).to_pylist()
            for row in rows:
                if one and row["vin"]:
                    continue
                short = kits_at_one_dealer(session, EAST, row["vin"], one)
                assert short == (row["state"], row["lacking"]), row["vin"]
                seen.add(row["state"])
    assert seen == {"on_shelf", "on_order", "short"}


def test_where_promises_decide_the_whole_book_is_asked(desk: Desk, sqlite_ledger: str) -> None:
    desk.do("parts", "order", "--keep", on=ON)
    with open_session(sqlite_ledger) as session:
        rows = by_visit(kits_of_visits(session, ON, Scope(dealer=EAST))).to_pylist()
        short = {row["vin"]: kits_at_one_dealer(session, EAST, row["vin"], None) for row in rows}
    there = {row["vin"] for row in rows if row["state"] == "on_shelf"}
    assert there
    assert {one for one, state in short.items() if state} == there


def test_a_caller_does_not_wait_for_duckdb_and_neither_does_who_explains_a_booked_vehicle(
    desk: Desk, sqlite_ledger: str
) -> None:
    environment = os.environ | {
        "RENOTIFY_DATABASE_URL": sqlite_ledger, "PYTHONPATH": os.pathsep.join(sys.path),
    }  # fmt: skip
    for command in ("answer", "explain"):
        line = [
            sys.executable,
            "-X",
            "importtime",
            "-m",
            "renotify",
            command,
            vin(0),
            "--on",
            str(ON),
        ]
        said = subprocess.run(line, env=environment, cwd=desk.folder, text=True, capture_output=True, check=True)  # fmt: skip
        assert "kits" in said.stdout.casefold() or "may be needed" in said.stdout
        imported = {row.rpartition("|")[2].strip() for row in said.stderr.splitlines()}
        assert not imported & {"duckdb", "scipy"}
        assert command == "explain" or not imported & {"numpy", "pyarrow"}
