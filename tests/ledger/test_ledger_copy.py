"""A copy of a ledger is a ledger of its own, and none is made of one on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from renotify.errors import Refused
from renotify.ledger.ledger_copy import copy_ledger
from renotify.ledger.session import Session, open_session


def test_a_copy_is_as_the_ledger_was_and_goes_its_own_way(
    sqlite_session: Session, tmp_path: Path
) -> None:
    def known(session: Session) -> int:
        return int(session.scalar("select count(*) from parts_at_home"))

    with sqlite_session.transaction():
        sqlite_session.execute("create table parts_at_home as select 1 as kits")
    with open_session(copy_ledger(sqlite_session, tmp_path / "copy.sqlite3")) as copy:
        assert known(copy) == 1
        with copy.transaction():
            copy.execute("insert into parts_at_home values (2)")
        assert (known(copy), known(sqlite_session)) == (2, 1)
    with pytest.raises(Refused, match="there already"):
        copy_ledger(sqlite_session, tmp_path / "copy.sqlite3")


def test_a_ledger_on_postgresql_is_not_copied(session: Session, tmp_path: Path) -> None:
    if session.sqlite:
        assert copy_ledger(session, tmp_path / "copy.sqlite3").startswith("sqlite:///")
        return
    with pytest.raises(Refused, match="PostgreSQL"):
        copy_ledger(session, tmp_path / "copy.sqlite3")
