"""Ledgers that several tests fill alike: filled by the first one of a process, copied table by table by the others.

For tests of what is done with a ledger, not of how it is filled.
"""

from __future__ import annotations

import atexit
import hashlib
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from weakref import WeakKeyDictionary

import psycopg

from renotify.ledger.session import Session

_KEPT: dict[
    str, Path
] = {}  # by what the ledger was filled with: a database of SQLite, or a folder of PostgreSQL's tables
_FOLDER = TemporaryDirectory()
atexit.register(_FOLDER.cleanup)
_TABLES = "select tablename from pg_tables where schemaname = 'public' and tablename <> 'django_migrations'"
_NUMBERS = "select sequencename, last_value from pg_sequences where last_value is not null"


_WORLDS: WeakKeyDictionary[Session, tuple[str, tuple[int, int]]] = WeakKeyDictionary()


def filled_with(session: Session, world: str) -> None:
    """Note by a name what stands in a session's ledger, for as long as nobody writes to it."""
    if session.sqlite:
        _WORLDS[session] = world, _changes(session)


def world_of(session: Session) -> str | None:
    """Return what stands in a session's ledger by the name that was noted; None on PostgreSQL, and where anybody wrote to it since."""
    world, changes = _WORLDS.get(session, (None, None))
    return world if world is not None and _changes(session) == changes else None


def _changes(session: Session) -> tuple[int, int]:
    """Return how often the ledger was changed: by this session, and by others."""
    session.renew()
    own = session.scalar("select total_changes()")
    others = session.scalar("select data_version from pragma_data_version")
    session.renew()  # the next look is of then
    return own, others


def filled_once(session: Session, files: Path, how: object, fill: Callable[[], None]) -> None:
    """Run ``fill``, or copy what it once made of the same files in the same way into the empty ledger of a session."""
    if session.scalar("select exists (select 1 from source)"):
        fill()
        return
    digest = _digest(files, (session.sqlite, how))
    if digest in _KEPT:
        session.renew()
        (_copy if session.sqlite else _take_in)(session, _KEPT[digest])
        filled_with(session, digest)
        return
    fill()
    session.renew()
    kept = Path(_FOLDER.name) / digest
    if session.sqlite:
        session._statement(f"vacuum into '{kept}'")
    else:
        _take_out(session, kept)
    _KEPT[digest] = kept
    filled_with(session, digest)


def _digest(files: Path, how: object) -> str:
    said = hashlib.sha256(repr(how).encode())
    for file in sorted(files.iterdir()):
        said.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return said.hexdigest()


def _copy(session: Session, kept: Path) -> None:
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


def _take_out(session: Session, kept: Path) -> None:
    """Write each table of a PostgreSQL ledger that has rows as a file, and where its numbers stand."""
    kept.mkdir()
    with psycopg.connect(session.store.parts.geturl()) as server:
        for (table,) in server.execute(_TABLES).fetchall():
            with server.cursor().copy(f"copy {table} to stdout (format binary)") as rows:
                (kept / table).write_bytes(b"".join(rows))
        numbers = server.execute(_NUMBERS).fetchall()
    (kept / "numbers").write_text("".join(f"{name} {last}\n" for name, last in numbers))


def _take_in(session: Session, kept: Path) -> None:
    with psycopg.connect(session.store.parts.geturl()) as server:
        server.execute("set session_replication_role = replica")  # rows come in no order
        for file in sorted(kept.iterdir()):
            if file.name != "numbers":
                with server.cursor().copy(f"copy {file.name} from stdin (format binary)") as rows:
                    rows.write(file.read_bytes())
        for line in (kept / "numbers").read_text().splitlines():
            server.execute("select setval(%s, %s)", line.split())
