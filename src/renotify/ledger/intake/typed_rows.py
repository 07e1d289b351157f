"""Rows that a person types at a desk: rows of the same contract as in a file, taken in by the same intake, the person as source."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from renotify.errors import Refused
from renotify.ledger.intake import Counts, TypedBy, load
from renotify.ledger.intake.contract import CONTRACTS
from renotify.ledger.intake.wishes import why_unmet
from renotify.ledger.session import Session


class Reason(NamedTuple):
    """Why a typed row was refused: its number from 1, the column, and the reason in words."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Typed:
    """What came of typed rows: those taken, those that said nothing new, and reasons of the refused ones, of which none was taken."""

    counts: Counts
    reasons: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def was_taken(self) -> bool:
        return not self.reasons


Rows = Sequence[Mapping[str, str]]


def take_typed(
    session: Session,
    table: str,
    rows: Rows,
    *,
    person: str,
    on: date,
    provided: Callable[[Session], None] | None = None,
) -> Typed:
    """Take rows of a table of the input contract (docs/reference/files.md) that ``person`` typed on a day; all of them, or none.

    The same fact typed and loaded from a file is one. ``provided`` is asked in the same transaction, when nobody else can write, and
    refuses by raising: whether a bay is still free. A refused row comes back with its reasons; what ``provided`` raises goes through.
    """
    return take_together(session, {table: rows}, person=person, on=on, provided=provided)


def take_together(
    session: Session,
    tables: Mapping[str, Rows],
    *,
    person: str,
    on: date,
    provided: Callable[[Session], None] | None = None,
) -> Typed:
    """Take rows of several tables as ``take_typed`` does, in one transaction: a repair and the visit that it ends. Counts are of all."""
    unmet = tuple(
        Reason(*one)
        for table, rows in tables.items()
        for one in why_unmet(CONTRACTS[table], rows, on)
    )
    if unmet:
        return Typed(Counts(rejected=sum(map(len, tables.values()))), unmet)
    with TemporaryDirectory(prefix="renotify-typed-") as folder:
        files = [_write(Path(folder), table, rows) for table, rows in tables.items()]
        try:
            taken = load(
                session, files, on=on, strict=True, rejects_dir=Path(folder), typed=TypedBy(person, provided),
            )  # fmt: skip
        except Refused:
            reasons = _reasons(Path(folder))
            if not reasons:
                raise
            return Typed(Counts(rejected=sum(map(len, tables.values()))), reasons)
    counts = sum((taken.tables.get(table, Counts()) for table in tables), Counts())
    return Typed(counts, (), tuple(taken.notes))


def _write(folder: Path, table: str, rows: Rows) -> Path:
    file = folder / f"{table}.csv"
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return file


def _reasons(folder: Path) -> tuple[Reason, ...]:
    """Read the rejects file; its rows count the header as the first line."""
    found = []
    for file in sorted(folder.glob("rejects-*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            found += [
                Reason(int(one["row"]) - 1, one["column"], one["reason"])
                for one in csv.DictReader(lines)
            ]
    return tuple(found)
