"""Refuses two copies of SQLite on one file in one process.

Python's sqlite3 (desk sessions, Django) and the ADBC driver (bulk sessions) each bring their own copy of SQLite, and
POSIX forgets a process's locks on a file as soon as any descriptor of it is closed. With both open, the one that closes
takes itself for the last user and deletes the write-ahead log under the other: rows are lost and the file is malformed
(tried; see sqlite.org/howtocorrupt.html, "multiple copies of SQLite linked into the same application"). Other processes
are in no danger, and PostgreSQL has no such case. docs/decisions/0010 says which process opens which.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from weakref import WeakSet

from renotify.errors import Inconsistent

BULK, DESK = "bulk", "desk"
_lock = threading.Lock()
_open: dict[tuple[Path, str], WeakSet[object]] = {}
_django: WeakSet[object] = WeakSet()


def opens(path: Path, kind: str, connection: object) -> None:
    """Note that a connection of a kind opens a file. Raises Inconsistent while the other copy of SQLite has it open."""
    other = DESK if kind == BULK else BULK
    with _lock:
        if _open.get((path, other)) or (kind == BULK and _django_has(path)):
            raise Inconsistent(
                f"A {kind} session may not open the ledger while this process has it open by another copy of SQLite.",
                "Work on whole populations belongs in a command or worker process of its own.",
            )
        _open.setdefault((path, kind), WeakSet()).add(connection)


def closes(path: Path, kind: str, connection: object) -> None:
    """Note that a connection is closed."""
    with _lock:
        _open.get((path, kind), WeakSet()).discard(connection)


def watch_django() -> None:
    """Note every connection that Django makes from here on, in any thread."""
    from django.db.backends.signals import connection_created

    connection_created.connect(_django_opened, dispatch_uid="renotify.same_process")


def _django_opened(connection: object, **_: object) -> None:
    path = _path_of(connection)
    with _lock:
        if path is not None and _open.get((path, BULK)):
            connection.close()  # type: ignore[attr-defined] # Django passes its wrapper as an object
            raise Inconsistent(
                "Django may not open the ledger while this process has a bulk session.",
                "Close the session first; whole populations belong in a process of their own.",
            )
        _django.add(connection)


def _django_has(path: Path) -> bool:
    if "django.db" not in sys.modules:
        return False
    return any(
        getattr(one, "connection", None) is not None and _path_of(one) == path for one in _django
    )


def _path_of(connection: object) -> Path | None:
    settings = getattr(connection, "settings_dict", {})
    return (
        Path(str(settings.get("NAME", "")))
        if getattr(connection, "vendor", "") == "sqlite"
        else None
    )
