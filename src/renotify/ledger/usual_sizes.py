"""How many rows a value of an index has in a ledger at work: what SQLite's planner knows of it, whatever the ledger holds today.

Without them it takes any index for as good as any other: a search by VIN and follow-up goes through the whole follow-up for each
vehicle, which grows with the square of the population. They are constants and no counts, so that a question is answered in the same way on
the first day, in the twelfth week and in a test; PostgreSQL counts for itself. See https://sqlite.org/optoverview.html#manctrl.
"""

from __future__ import annotations

from typing import Any

# Rows of the table, then rows that share the first column of the index, the first two, and so on. A table named by itself is its own
# primary key (WITHOUT ROWID).
USUAL = {
    ("piece", "piece_by_wave"): "1000000 100000 10000",
    ("piece", "piece_state_a9193ee2"): "1000000 200000",
    ("piece", "sqlite_autoindex_piece_1"): "1000000 1",
    ("piece", "sqlite_autoindex_piece_2"): "1000000 2 1",
    (
        "listed",
        "listed_by_dealer",
    ): "1000000 1000000 200",  # a follow-up lists every vehicle, if only to say why it is left out
    ("listed", "listed_moved"): "10000 1000",
    ("listed", "listed_assigned"): "10000 20",
    ("listed", "sqlite_autoindex_listed_1"): "1000000 3 2 1",
    ("state", "state_by_campaign"): "1000000 50000 20000 20000",
    ("state", "state"): "1000000 2 1 1",
    ("vehicle", "vehicle_by_dealer"): "1000000 2000",
    ("vehicle", "sqlite_autoindex_vehicle_1"): "1000000 1",
    ("owner", "sqlite_autoindex_owner_1"): "1000000 2 2 1",
}


def tell(apps: object, schema_editor: Any) -> None:  # noqa: ANN401 - Django ships no types
    """Write them in a SQLite ledger, in place of others. A migration that makes one of these tables anew tells them again."""
    del apps
    if schema_editor.connection.vendor != "sqlite":
        return
    for statement in statements():
        schema_editor.execute(statement)


def forget(apps: object, schema_editor: Any) -> None:  # noqa: ANN401 - Django ships no types
    """Take them back."""
    del apps
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("delete from sqlite_stat1")


def statements() -> list[str]:
    """Return the statements that write them."""
    values = ", ".join(
        f"('{table}', '{index}', '{rows}')" for (table, index), rows in USUAL.items()
    )
    return [
        "analyze sqlite_master",  # makes the table of statistics, and counts nothing
        "delete from sqlite_stat1",
        f"insert into sqlite_stat1 (tbl, idx, stat) values {values}",
    ]
