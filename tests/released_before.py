"""A release of a world that another test of the process released alike is taken over, with its ledger and its files.

As ``done_before`` does it for commands: what the world was filled with, that nobody wrote to it since, the wave, the day and what was
stated decide whether it is the same; within one test it is taken over once at most, and never where a test has changed the house.
"""

from __future__ import annotations

import atexit
import hashlib
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from done_before import Doing, is_first_in_its_test
from filled_once import filled_with, world_of
from renotify.ledger import same_process
from renotify.ledger.same_process import Copy
from renotify.ledger.session import Session

_FOLDER = TemporaryDirectory()
atexit.register(_FOLDER.cleanup)


class _Released(NamedTuple):
    ledger: bytes
    places: list[tuple[str, str]]  # tables and columns that name the folder of the job
    folder: Path  # the job's files
    named: str  # the folder as it was when it was released
    said: Any


_KEPT: dict[str, _Released] = {}


def released_before(session: Session, folder: Path, how: object, release: Callable[[], Any]) -> Any:
    """Do ``release``, which writes a job into a folder that is not there yet, or take over what it did to the same world."""
    world = world_of(session)
    if world is None or folder.exists() or Doing.patched or not _is_alone(session):
        return release()
    key = hashlib.sha256(f"{world} {how!r}".encode()).hexdigest()
    if is_first_in_its_test(key.encode()) and key in _KEPT:
        said = _taken_over(session, folder, _KEPT[key])
    else:
        said = release()
        if key not in _KEPT:
            _KEPT[key] = _kept(session, folder, said, Path(_FOLDER.name) / key)
    filled_with(session, key)
    return said


def _is_alone(session: Session) -> bool:
    """Tell whether no other session of this process has the ledger open."""
    assert session.store.file is not None
    return len(same_process._open[session.store.file.resolve(), Copy.ADBC]) == 1


def _kept(session: Session, folder: Path, said: Any, kept: Path) -> _Released:
    ledger = kept.with_suffix(".sqlite3")
    session.copy_to(ledger)
    with closing(sqlite3.connect(ledger)) as file:
        places = [one for one in _texts(file) if _names(file, *one, str(folder))]
    shutil.copytree(folder, kept)
    done = _Released(zlib.compress(ledger.read_bytes(), 1), places, kept, str(folder), said)
    ledger.unlink()
    return done


def _texts(file: sqlite3.Connection) -> list[tuple[str, str]]:
    columns = "select t.name, c.name from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table'"
    return [(table, column) for table, column in file.execute(columns)]


def _names(file: sqlite3.Connection, table: str, column: str, folder: str) -> bool:
    asked = f"select exists (select 1 from [{table}] where instr([{column}], ?) > 0)"
    return bool(file.execute(asked, [folder]).fetchone()[0])


def _taken_over(session: Session, folder: Path, done: _Released) -> Any:
    session.close()
    assert session.store.file is not None
    session.store.file.write_bytes(zlib.decompress(done.ledger))
    with closing(sqlite3.connect(session.store.file)) as file:
        _name_anew(file, done, str(folder))
    session.__init__(session.store)  # type: ignore[misc]  # opened on the file as it is now
    shutil.copytree(done.folder, folder)
    return _in_words_of(folder, done, done.said)


def _name_anew(file: sqlite3.Connection, done: _Released, folder: str) -> None:
    """Name the folder of this test where the ledger names that of the other, whose guards are put aside."""
    for table, column in done.places:
        guards = file.execute(
            "select name, sql from sqlite_master where type = 'trigger' and tbl_name = ?", [table]
        ).fetchall()
        for name, _ in guards:
            file.execute(f"drop trigger [{name}]")
        file.execute(
            f"update [{table}] set [{column}] = replace([{column}], ?, ?)", [done.named, folder]
        )
        for _, sql in guards:
            file.execute(sql)
    file.commit()


def _in_words_of(folder: Path, done: _Released, said: Any) -> Any:
    """Return what was said with the folder of this test."""
    if isinstance(said, dict):
        return {name: _in_words_of(folder, done, one) for name, one in said.items()}
    if isinstance(said, list | tuple):
        return type(said)(_in_words_of(folder, done, one) for one in said)
    if isinstance(said, str | Path):
        return type(said)(str(said).replace(done.named, str(folder)))
    return said
