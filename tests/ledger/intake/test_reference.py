"""The page on files names every table, column and word of the contract."""

from __future__ import annotations

from pathlib import Path

from cases import at_once
from renotify.ledger import tables
from renotify.ledger.intake.contract import CONTRACTS, WITHDRAWN

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "files.md"


@at_once("table", CONTRACTS)
def test_the_page_has_every_column_of_a_table(table):
    section = PAGE.read_text("utf-8").partition(f"### {table}\n")[2].partition("\n### ")[0]
    contract = CONTRACTS[table]
    words = [*contract.names, *(word for column in contract.columns for word in column.choices)]
    assert [word for word in words if f"`{word}`" not in section] == []


@at_once("table", [c.table for c in CONTRACTS.values() if not c.is_event])
def test_a_reference_table_has_the_columns_the_ledger_stores(table):
    contract = CONTRACTS[table]
    stored = [n for n in tables.schema(contract.stored).names if not n.startswith("source_")]
    own = {"first_loaded_on"}  # of appointments: no file says it
    assert sorted(set(contract.names) - {WITHDRAWN.name}) == sorted(set(stored) - own)
