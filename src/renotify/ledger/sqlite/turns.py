"""Django and ADBC take turns on a SQLite file, within one process.

Each brings its own copy of SQLite, and POSIX forgets a process's locks on a file as soon as any
descriptor of it is closed. With both open, the one that closes takes itself for the last user and
deletes the write-ahead log under the other: rows are lost and the file is malformed (tried; see
sqlite.org/howtocorrupt.html, "multiple copies of SQLite linked into the same application"). Other
processes are in no danger.
"""

from __future__ import annotations

import threading
from weakref import WeakSet

from renotify.errors import Inconsistent

_lock = threading.Lock()
_django: WeakSet[object] = WeakSet()
_adbc: WeakSet[object] = WeakSet()
_HINT = "Close the one before the other is used: sources.record comes before bulk()."


def django_opens(connection: object) -> None:
    """Take the turn for a Django connection. Raises Inconsistent while ADBC has the file open."""
    with _lock:
        if _adbc:
            raise Inconsistent("Django may not open the ledger while a bulk connection is.", _HINT)
        _django.add(connection)


def django_closes(connection: object) -> None:
    """Give the turn back."""
    _django.discard(connection)


def adbc_opens(connection: object) -> None:
    """Take the turn for ADBC. Raises Inconsistent while a thread's Django has the file open."""
    with _lock:
        if _django:
            raise Inconsistent("A bulk connection may not open the ledger while Django is.", _HINT)
        _adbc.add(connection)


def adbc_closes(connection: object) -> None:
    """Give the turn back."""
    _adbc.discard(connection)
