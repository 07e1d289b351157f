"""Which tests of both stores ask PostgreSQL only what other tests ask it too: they are slow there, and always run on SQLite.

As a plugin it writes ``slow_on_postgresql.txt``: ``pytest -p asked_of_postgresql -k "postgresql or corridors"``, in one process; corridors
have whole modules on PostgreSQL alone, and what these ask no other test has to. Tests of the list before are not run, and stay in it.
As few tests as can be stay, the cheapest first, that together ask every statement which was asked of PostgreSQL, numbers and quoted
texts in it apart; all of the ledger's own room do. A test that is not in the list runs on both stores: one that is new, too.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from adbc_driver_manager import dbapi

from renotify.ledger.bulk_session import BulkSession, PostgresqlSession

LIST = Path(__file__).with_name("slow_on_postgresql.txt")
HEAD = "# Written by the plugin asked_of_postgresql.py: see there, and docs/decisions/0146-*, 0156-*.\n"
TESTS = Path(__file__).parent


def function_of(item: pytest.Item) -> str:
    """Return the test's function as the list names it: its file beneath tests, its class and its name."""
    path, _, name = item.nodeid.partition("::")
    return f"{path.removeprefix(TESTS.name + '/')}::{name.partition('[')[0]}"


def is_on(item: pytest.Item, store: str) -> bool:
    """Tell whether a test of both stores is the one of this store."""
    made = getattr(item, "callspec", None)
    return made is not None and any(one == store for one in made.params.values())


def listed() -> frozenset[str]:
    """Return the functions of the list."""
    lines = LIST.read_text(encoding="utf-8").splitlines() if LIST.exists() else []
    return frozenset(line for line in lines if line and not line.startswith("#"))


class _Asked:
    """The statements that each function asked, and the seconds that it took."""

    def __init__(self) -> None:
        self.now = ""
        self.of_postgresql = False  # what is asked just now
        self.statements: dict[str, set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = defaultdict(float)
        self.both: set[str] = set()  # functions that SQLite has too: the others stay

    def ask(self, statement: str) -> None:
        if self.now and self.of_postgresql:
            plain = re.sub(r"\s+", " ", re.sub(r"'(?:[^']|'')*'", "''", statement))
            self.statements[self.now].add(re.sub(r"\d+", "0", plain))


_ASKED = _Asked()
_EXECUTE, _INGEST = dbapi.Cursor.execute, dbapi.Cursor.adbc_ingest


def _execute(cursor: Any, operation: Any, *more: Any, **named: Any) -> Any:
    _ASKED.ask(str(operation))
    return _EXECUTE(cursor, operation, *more, **named)


def _ingest(cursor: Any, name: str, *more: Any, **named: Any) -> Any:
    _ASKED.ask(f"ingest {name} {named.get('mode')}")
    return _INGEST(cursor, name, *more, **named)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    _ASKED.now = function_of(item)
    begun = time.process_time()
    try:
        return (yield)
    finally:
        _ASKED.seconds[_ASKED.now] += time.process_time() - begun
        _ASKED.now = ""


def pytest_configure() -> None:
    dbapi.Cursor.execute, dbapi.Cursor.adbc_ingest = _execute, _ingest
    for owner, name in (
        (BulkSession, "_run"),
        (BulkSession, "stage"),
        (PostgresqlSession, "append"),
    ):
        setattr(owner, name, _told_apart(getattr(owner, name)))


def _told_apart(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Return what asks as before, and says meanwhile whether it is PostgreSQL that is asked."""

    def asks(session: BulkSession, *more: Any, **named: Any) -> Any:
        outside, _ASKED.of_postgresql = _ASKED.of_postgresql, not session.sqlite
        try:
            return ask(session, *more, **named)
        finally:
            _ASKED.of_postgresql = outside

    return asks


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    _ASKED.both = {function_of(one) for one in items if is_on(one, "sqlite")}


def pytest_sessionfinish() -> None:
    lines = (f"{one}\n" for one in sorted({*listed(), *_spare()}))
    LIST.write_text(HEAD + "".join(lines), encoding="utf-8")


def _spare() -> list[str]:
    """Return the functions without which every statement is asked all the same; none of the ledger's own room."""
    asked, functions = _ASKED.statements, sorted(_ASKED.seconds)
    left = [one for one in functions if one in _ASKED.both and not one.startswith("ledger/")]
    wanted = set().union(*(asked[one] for one in left))
    wanted -= set().union(*(asked[one] for one in functions if one not in left))
    while wanted:
        best = max(left, key=lambda one: len(wanted & asked[one]) / (0.05 + _ASKED.seconds[one]))
        wanted -= asked[best]
        left.remove(best)
    return left
