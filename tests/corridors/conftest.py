from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

import compiled_letters
from corridors import planted_world
from corridors.played_world import Played, played_weeks
from corridors.walk import Walk
from once_a_run import once_a_run
from small_world import Desk

STORES = ("sqlite", "postgresql")
NewLedger = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session", params=STORES)
def walk(request: pytest.FixtureRequest, lasting_ledger: Callable[[Path, str], str]) -> Walk:
    """The walk through the small world, once a run on SQLite and once on PostgreSQL: its ledger is read, and stays to the end."""
    name = f"walk_on_{request.param}"
    folder = Path(os.environ[compiled_letters.FOLDER]) / name

    def walked() -> tuple[str, dict[str, Any]]:
        folder.mkdir()
        url = lasting_ledger(folder, request.param)
        return url, Walk(Desk(url, folder / "desk")).to_the_end()

    url, kept = once_a_run(name, walked)
    return Walk(Desk(url, folder / "desk"), kept)


@pytest.fixture(scope="module")
def store() -> str:
    """The store of a module's shared desk. The walk is on both; a room's own tests and ``desk`` are on SQLite."""
    return "postgresql"


@pytest.fixture(scope="module")
def shared_desk(
    request: pytest.FixtureRequest,
    store: str,
    new_ledger: NewLedger,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """A person at the command line with an empty ledger, for the tests of one module."""
    folder = tmp_path_factory.mktemp("desk")
    with new_ledger(request, folder, store) as url:
        yield Desk(url, folder / "desk")


@pytest.fixture
def desk(request: pytest.FixtureRequest, new_ledger: NewLedger, tmp_path: Path) -> Iterator[Desk]:
    """A person at the command line with an empty ledger of the test's own."""
    with new_ledger(request, tmp_path, "sqlite") as url:
        yield Desk(url, tmp_path / "desk")


@pytest.fixture(params=STORES)
def desk_on_both(
    request: pytest.FixtureRequest, new_ledger: NewLedger, tmp_path: Path
) -> Iterator[Desk]:
    """The same on SQLite and on PostgreSQL."""
    with new_ledger(request, tmp_path, request.param) as url:
        yield Desk(url, tmp_path / "desk")


@pytest.fixture(scope="session")
def half_a_year(
    request: pytest.FixtureRequest, new_ledger: NewLedger, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    """The world that answers, after all its weeks: played once for the tests of its weeks and of its end."""
    folder = tmp_path_factory.mktemp("half-a-year")
    with new_ledger(request, folder, "sqlite") as url:
        yield played_weeks(url, folder, planted_world.WEEKS)
