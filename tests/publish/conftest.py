from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

import public_world as w
from renotify.publish.lookup_snapshot import LookupSnapshot
from small_world import Desk

NewLedger = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def maker(
    request: pytest.FixtureRequest,
    new_ledger: NewLedger,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """The small maker at its command line, once on SQLite and once on PostgreSQL."""
    folder = tmp_path_factory.mktemp("maker")
    with new_ledger(request, folder, request.param) as url:
        desk = Desk(url, folder / "desk")
        w.fill(desk)
        yield desk


@pytest.fixture(scope="module")
def file(maker: Desk) -> Path:
    """The maker's snapshot."""
    file = maker.folder / "look-up.snapshot"
    w.publish_from(maker.ledger, file)
    return file


@pytest.fixture(scope="module")
def snapshot(file: Path) -> LookupSnapshot:
    """The maker's snapshot, open."""
    return w.opened(file)
