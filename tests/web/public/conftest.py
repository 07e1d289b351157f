from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

import public_world as w
from small_world import Desk

NewLedger = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def published(
    request: pytest.FixtureRequest,
    new_ledger: NewLedger,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The small maker's snapshot; its ledger is gone."""
    folder = tmp_path_factory.mktemp("published")
    with new_ledger(request, folder, "sqlite") as url:
        desk = Desk(url, folder / "desk")
        w.fill(desk)
        w.publish_from(url, folder / "look-up.snapshot")
    return folder / "look-up.snapshot"


@pytest.fixture
def own(published: Path, tmp_path: Path) -> Path:
    """A copy of it with its keys, which a test may spoil."""
    for file in published.parent.glob("*"):
        if file.is_file():
            copied = tmp_path / file.name
            copied.write_bytes(file.read_bytes())
            copied.chmod(file.stat().st_mode)
    return tmp_path / published.name
