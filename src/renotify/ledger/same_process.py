"""Refuses two copies of SQLite on one file in one process.

Python's sqlite3 (desk sessions, Django) and the ADBC driver (bulk sessions) each bring their own copy of SQLite, and
POSIX forgets a process's locks on a file as soon as any descriptor of it is closed. With both open, the one that closes
takes itself for the last user and deletes the write-ahead log under the other: rows are lost and the file is malformed
(tried; see sqlite.org/howtocorrupt.html, "multiple copies of SQLite linked into the same application"). Other processes
are in no danger, and PostgreSQL has no such case. docs/decisions/0010 says which process opens which.

The refusal must come before the file is opened: a connection that is opened and closed again does the harm.
"""

from __future__ import annotations

import enum
import sqlite3
import threading
from pathlib import Path
from typing import Any
from weakref import WeakSet

from renotify.errors import Inconsistent


class Copy(enum.Enum):
    """The two copies of SQLite in a process."""

    ADBC = "a bulk session"
    PYTHON = "a desk session or Django"


_lock = threading.Lock()
_open: dict[tuple[Path, Copy], WeakSet[object]] = {}


def opens(path: Path, copy: Copy, user: object) -> None:
    """Note that a copy of SQLite opens a file. Raises Inconsistent while the other copy has it open."""
    file = path.resolve()
    other = Copy.PYTHON if copy is Copy.ADBC else Copy.ADBC
    with _lock:
        if _open.get((file, other)):
            raise Inconsistent(
                f"{copy.value.capitalize()} may not open the ledger while this process has it open by {other.value}.",
                "Work on whole populations belongs in a command or worker process of its own.",
            )
        _open.setdefault((file, copy), WeakSet()).add(user)


def closes(path: Path, copy: Copy, user: object) -> None:
    """Note that a file is closed again."""
    with _lock:
        _open.get((path.resolve(), copy), WeakSet()).discard(user)


class PythonConnection(sqlite3.Connection):
    """A connection of Python's sqlite3 that is refused while a bulk session has its file open.

    Django makes its connections by this class too: its database options name it as ``factory``.
    """

    def __init__(self, database: str | Path, *args: Any, **named: Any) -> None:  # noqa: ANN401 - sqlite3's own arguments
        self._path = Path(database)
        opens(self._path, Copy.PYTHON, self)
        try:
            super().__init__(database, *args, **named)
        except sqlite3.Error:
            closes(self._path, Copy.PYTHON, self)
            raise

    def close(self) -> None:
        """Close the connection, and let a bulk session open the file."""
        super().close()
        closes(self._path, Copy.PYTHON, self)
