"""What a load did: counts by table, the rejects file, and notes for people."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from renotify.errors import Inconsistent
from renotify.ledger.registry import Counts
from renotify.values.english import counted


@dataclass
class Loaded:
    """The outcome of one load; every row of its files is accepted, rejected or unchanged."""

    tables: dict[str, Counts] = field(default_factory=dict)
    rejects: Path | None = None
    refused: tuple[Path, ...] = ()  # the same rows as they stand, a file each
    notes: list[str] = field(default_factory=list)

    def add(self, table: str, counts: Counts, rows: int) -> None:
        """Add a table's counts. Raises Inconsistent when they are not its rows."""
        every = (counts.accepted, counts.rejected, counts.unchanged)
        if sum(every) != rows or min(every) < 0:
            raise Inconsistent(
                f"{table}: {counted(rows, 'row')} read and {counts} were counted.",
                "This is a fault of the program; nothing of this table was loaded.",
            )
        self.tables[table] = self.tables.get(table, Counts()) + counts

    @property
    def rejected(self) -> int:
        """How many rows were refused in all tables."""
        return sum(counts.rejected for counts in self.tables.values())

    def to_json(self) -> dict[str, Any]:
        """Return the JSON document of ``renotify load --json``."""
        return {
            "tables": {table: asdict(counts) for table, counts in self.tables.items()},
            "rejects": str(self.rejects) if self.rejects else None,
            "refused": [str(path) for path in self.refused],
            "notes": self.notes,
        }
