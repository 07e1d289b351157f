"""Writes the script of an empty ledger: the SQLite schema as the migrations make it, so that a new ledger needs no Django."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from renotify.ledger import usual_sizes
from renotify.ledger.migrating import migrate
from renotify.ledger.store import named_store

SCRIPT = Path(__file__).parents[1] / "src" / "renotify" / "ledger" / "empty_ledger.sql"
HEAD = "-- An empty ledger on SQLite as the migrations make it: written by `make docs`, never by hand.\n"


def script() -> str:
    """Return the statements that make the tables, indexes and triggers, and name the migrations as applied."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.sqlite3"
        migrate(named_store(f"sqlite:///{file}"))
        with closing(sqlite3.connect(file)) as connection:
            made = connection.execute(
                "select sql from sqlite_master where sql is not null and name not like 'sqlite_%'"
                " order by case type when 'table' then 0 when 'index' then 1 else 2 end, name"
            ).fetchall()
            applied = connection.execute(
                "select app, name from django_migrations order by id"
            ).fetchall()
    lines = [" ".join(sql.split()) for (sql,) in made]
    lines += usual_sizes.statements()
    lines += [
        f"insert into django_migrations (app, name, applied) values ('{app}', '{name}', current_timestamp)"
        for app, name in applied
    ]
    return HEAD + "".join(f"{line};\n" for line in lines)


if __name__ == "__main__":
    SCRIPT.write_text(script(), encoding="utf-8")
