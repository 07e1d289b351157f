from __future__ import annotations

from pathlib import Path

import pytest

from corridors.walk import Walk
from small_world import Desk


@pytest.fixture(scope="session")
def walk(unopened_ledger: str, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """The walk through the small world, once on SQLite and once on PostgreSQL."""
    return Walk(Desk(unopened_ledger, tmp_path_factory.mktemp("desk")))


@pytest.fixture
def desk(unopened_sqlite_ledger: str, tmp_path: Path) -> Desk:
    """A person at the command line with an empty ledger."""
    return Desk(unopened_sqlite_ledger, tmp_path / "desk")
