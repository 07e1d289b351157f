"""A loader with the memo's day and a rejects folder of its own; and the ledger's content, plain."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from folder import ON, Folder
from renotify.campaigns import flat_rcl
from renotify.ledger import tables
from renotify.ledger.intake import Loaded, load
from renotify.ledger.session import Session

CONTENT = (
    "campaign", "vehicle", "owner", "dealer", "dealer_capacity", "dealer_stock", "part",
    "campaign_part", "part_supply", "dealer_part_stock", "labor_time", "appointment", "event",
    "state",
)  # fmt: skip
WHERE_FROM = {"source_id", "source_row"}
Loader = Callable[..., Loaded]
RECALL = {
    "campno": "12V474000", "make": "LEXUS", "model": "IS", "year": "2006", "mfgcampno": "CLB", "rcltype": "V",
    "component": "AIR BAGS", "defect": "MAY RUPTURE.", "potaff": "12", "rcdate": "20120901", "do_not_drive": "Yes",
}  # fmt: skip


@pytest.fixture
def take(session: Session, tmp_path: Path) -> Loader:
    """Load paths or a Folder as of the memo's day, into the test's ledger or ``into`` another."""

    def taken(
        *inputs: Path | Folder, into: Session | None = None, on: date = ON, **settings: Any
    ) -> Loaded:
        paths = [item.write() if isinstance(item, Folder) else item for item in inputs]
        return load(into or session, paths, on=on, rejects_dir=tmp_path / "rejects", **settings)

    return taken


@pytest.fixture
def news(tmp_path: Path, take: Loader) -> Loader:
    """Load a folder of its own, made by the number of the day it came."""

    def loaded(number: object, **rows: Any) -> Loaded:
        made = Folder(tmp_path / f"news-{number}")
        for table, these in rows.items():
            for row in these:
                made.add(table, **row)
        return take(made)

    return loaded


@pytest.fixture
def rejected() -> Callable[[Loaded], list[dict[str, str]]]:
    """The lines of a load's rejects file."""

    def lines(loaded: Loaded) -> list[dict[str, str]]:
        if loaded.rejects is None:
            return []
        with loaded.rejects.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    return lines


def content(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the ledger knows now but for which source said it, in a fixed order."""
    session.renew()
    return {table: _rows(session, table) for table in CONTENT}


def _rows(session: Session, table: str) -> list[tuple[Any, ...]]:
    names = [name for name in tables.schema(table).names if name not in WHERE_FROM]
    rows = tables.read(session, table, *names).to_pylist()
    return sorted((tuple(row.values()) for row in rows), key=repr)


@pytest.fixture
def known(session: Session) -> Callable[..., dict[str, list[tuple[Any, ...]]]]:
    """Return the content of the test's ledger, or of another session's."""

    def of(other: Session | None = None) -> dict[str, list[tuple[Any, ...]]]:
        return content(other or session)

    return of


@pytest.fixture
def flat(tmp_path: Path) -> Callable[..., Path]:
    """Write FLAT_RCL of rows: what is said, and a Lexus vehicle where nothing is."""

    def written(*rows: dict[str, str]) -> Path:
        path = tmp_path / "FLAT_RCL.txt"
        whole = [dict.fromkeys(flat_rcl.FIELDS, "") | RECALL | row for row in rows]
        path.write_text("".join("\t".join(row.values()) + "\r\n" for row in whole))
        return path

    return written
