"""A loader with the memo's day and a rejects folder of its own; and the ledger's content, plain."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from folder import ON, Folder
from renotify.ledger import tables
from renotify.ledger.bulk import bulk
from renotify.ledger.intake import Loaded, load

CONTENT = (
    "campaign", "vehicle", "owner", "dealer", "dealer_capacity", "dealer_stock", "part",
    "campaign_part", "part_supply", "dealer_part_stock", "labor_time", "appointment", "event",
    "state",
)  # fmt: skip
WHERE_FROM = {"source_id", "source_row"}
Loader = Callable[..., Loaded]


@pytest.fixture
def take(tmp_path: Path) -> Loader:
    """Load paths or a Folder as of the memo's day."""

    def taken(*inputs: Path | Folder, **settings: Any) -> Loaded:
        paths = [item.write() if isinstance(item, Folder) else item for item in inputs]
        return load(paths, **{"on": ON, "rejects_dir": tmp_path / "rejects", **settings})

    return taken


@pytest.fixture
def rejected() -> Callable[[Loaded], list[dict[str, str]]]:
    """The lines of a load's rejects file."""

    def lines(loaded: Loaded) -> list[dict[str, str]]:
        if loaded.rejects is None:
            return []
        with loaded.rejects.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    return lines


def content() -> dict[str, list[tuple[Any, ...]]]:
    """Everything the ledger knows but for which source said it, in a fixed order."""
    with bulk() as using:
        return {table: _rows(table, using) for table in CONTENT}


def _rows(table: str, using: Any) -> list[tuple[Any, ...]]:
    names = [name for name in tables.schema(table).names if name not in WHERE_FROM]
    rows = tables.read(table, *names, using=using).to_pylist()
    return sorted((tuple(row.values()) for row in rows), key=repr)


@pytest.fixture
def known() -> Callable[[], dict[str, list[tuple[Any, ...]]]]:
    return content
