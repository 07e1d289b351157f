"""Ledgers that several tests fill alike: filled by the first one of a process, copied table by table by the others.

For tests of what is done with a ledger, not of how it is filled. On SQLite; PostgreSQL is filled anew each time.
"""

from __future__ import annotations

import atexit
import hashlib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from renotify.ledger.session import Session

_KEPT: dict[str, Path] = {}  # by what the ledger was filled with
_FOLDER = TemporaryDirectory()
atexit.register(_FOLDER.cleanup)


def filled_once(session: Session, files: Path, how: object, fill: Callable[[], None]) -> None:
    """Run ``fill``, or copy what it once made of the same files in the same way into the empty ledger of a session."""
    if not session.sqlite or session.scalar("select exists (select 1 from source)"):
        fill()
        return
    digest = _digest(files, how)
    if digest in _KEPT:
        _copy(session, _KEPT[digest])
        return
    fill()
    session.renew()
    kept = Path(_FOLDER.name) / f"{digest}.sqlite3"
    session._statement(f"vacuum into '{kept}'")
    _KEPT[digest] = kept


def _digest(files: Path, how: object) -> str:
    said = hashlib.sha256(repr(how).encode())
    for file in sorted(files.iterdir()):
        said.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return said.hexdigest()


def _copy(session: Session, kept: Path) -> None:
    session.renew()
    session._statement(
        "pragma foreign_keys = off"
    )  # a copy of whole tables refers to all that it did
    session._statement(f"attach database '{kept}' as kept")
    names = "select group_concat(name) from kept.sqlite_master where type = 'table' and name not like 'sqlite%'"
    tables = set(session.scalar(names).split(",")) - {"django_migrations"}
    with session.transaction():
        for table in sorted(tables):
            session._statement(f"insert into main.{table} select * from kept.{table}")
    session._statement("pragma foreign_keys = on")
    session._statement("detach database kept")
