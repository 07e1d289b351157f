"""A command opens one connection to the ledger and sees one instant of it, whatever is loaded meanwhile."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from adbc_driver_sqlite import dbapi as sqlite_driver

from small_world import Desk, World, follow_up_file, vin

NOTICE, FIRST_LETTER, LATER = date(2013, 2, 26), date(2013, 3, 5), date(2013, 3, 12)
RESPONSE = {"share": 0.5, "scale_weeks": 4.0, "shape": 1.0, "background_per_week": 0.01}
CARS = [vin(number) for number in range(1, 5)]
COMMANDS = [
    ("load", "input"),
    ("status",),
    ("status", "--by", "dealer"),
    ("status", "--as-of", "2012-01-01"),
    ("lookup", CARS[0]),
    ("explain", CARS[0]),
    ("verify",),
    ("followup", "list"),
    ("followup", "show", "spring"),
    ("plan", "spring"),
    ("workload", "spring"),
    ("notices", "spring"),
    ("notices", "spring", "--receipts"),
    ("parts", "order"),
    ("parts", "order", "--dealer", "D0001"),
    ("stock", "holds"),
    ("answer", CARS[0]),
    ("simulate", "spring", "--runs", "2", "--workers", "1"),
    ("rehearse", "spring", "--workers", "1"),
    ("letter", "check", "spring"),
    ("mail", "reconcile", "spring"),
    ("report", "quarterly", "9LA", "2013Q1"),
    ("report", "progress"),
    ("report", "vehicle", CARS[0]),
    ("report", "disclosures"),
    ("deadlines",),
    ("mail", "release", "spring", "1"),
    ("replan", "spring"),
]


def small(folder: Path) -> Path:
    world = World(folder).campaign("9LA", nhtsa_campaign_number="09V020000").dealer("D0001")
    for car in CARS:
        world.vehicle(car, "9LA", dealer="D0001")
    world.part("KIT").takes("9LA", "KIT", 1).labour("9LA", 2.0).supply("KIT", {date(2013, 3, 4): 9})
    return world.write()


@pytest.fixture
def desk(sqlite_ledger: str, tmp_path: Path) -> Desk:
    return Desk(sqlite_ledger, tmp_path)


@pytest.fixture(scope="module")
def kept(
    request: pytest.FixtureRequest,
    new_ledger: Callable[..., AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """The folder of a planned follow-up with its ledger: to be copied."""
    folder = tmp_path_factory.mktemp("planned")
    with new_ledger(request, folder, "sqlite") as url:
        plan(Desk(url, folder))
        yield folder


@pytest.fixture
def planned(kept: Path, tmp_path: Path) -> Desk:
    folder = shutil.copytree(kept, tmp_path / "own")
    return Desk(f"sqlite:///{folder}/renotify.sqlite3", folder)


def plan(desk: Desk) -> None:
    desk.do("load", small(desk.folder / "input"), on=NOTICE)
    settings = follow_up_file(
        desk.folder / "followup.toml", RESPONSE, name="spring", campaigns=("9LA",),
        kind="follow_up_voluntary", notice_date=NOTICE, days_after_notice=7, horizon_weeks=4,
    )  # fmt: skip
    desk.do("followup", "new", settings, on=NOTICE)
    desk.do("plan", "spring")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ledger's connections, counted where the two drivers open them."""
    from renotify.ledger import desk_session

    seen: list[str] = []
    bulk = sqlite_driver.connect

    def open_bulk(path: str, **settings: object) -> object:
        seen.append("bulk")
        return bulk(path, **settings)

    class Counted(desk_session.PythonConnection):
        def __init__(self, *arguments: object, **settings: object) -> None:
            seen.append("desk")
            super().__init__(*arguments, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(sqlite_driver, "connect", open_bulk)
    monkeypatch.setattr(desk_session, "PythonConnection", Counted)
    return seen


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_opens_one_connection(
    planned: Desk, opened: list[str], command: tuple[str, ...]
) -> None:
    day = FIRST_LETTER if command[0] == "mail" else LATER
    planned.do(*command, on=day)
    assert len(opened) == 1


def test_a_list_is_frozen_as_of_one_instant_while_a_load_waits_its_turn(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repair and a newer owner that come in between two reads of the freeze are in neither of them."""
    from renotify.ledger import tables

    desk.do("load", small(desk.folder / "input"), on=NOTICE)
    news = World(desk.folder / "news").repair(CARS[0], "9LA", date(2013, 2, 20), dealer="D0001")
    news.owner(CARS[0], name1="BO EXAMPLE", as_of=date(2013, 2, 21))
    folder, loads = news.write(), []
    read = tables.read

    def read_and_load(session: object, table: str, *columns: str, **rest: object) -> object:
        found = read(session, table, *columns, **rest)  # type: ignore[arg-type]
        if table == "state" and not loads:
            loads.append(_load_beside(desk, folder))
        return found

    monkeypatch.setattr(tables, "read", read_and_load)
    settings = follow_up_file(
        desk.folder / "followup.toml", RESPONSE, name="spring", campaigns=("9LA",),
        kind="follow_up_voluntary", notice_date=NOTICE,
    )  # fmt: skip
    desk.do("followup", "new", settings, on=NOTICE)
    loads[0].join(timeout=120)
    assert desk.sql("select vin, owner_as_of from piece where vin = '" + CARS[0] + "'") == [
        (CARS[0], "2012-12-01")
    ]
    assert desk.sql("select status from state where vin = '" + CARS[0] + "'") == [("repaired",)]


def _load_beside(desk: Desk, folder: Path) -> threading.Thread:
    """Start a load in a process of its own, and wait until it is at the ledger's door."""
    child = subprocess.Popen(
        [sys.executable, "-m", "renotify", "load", str(folder), "--on", NOTICE.isoformat(), "--rejects", str(desk.folder / "rejects")],
        env={**os.environ, "RENOTIFY_DATABASE_URL": desk.ledger, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    waiting = threading.Thread(target=lambda: child.wait(timeout=120))
    waiting.start()
    waiting.join(timeout=4)
    assert child.poll() is None, "the load did not wait for the freeze"
    return waiting
