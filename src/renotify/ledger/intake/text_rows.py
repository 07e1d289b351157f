"""Small files that come in by other doors than ``load`` (evidence, returned mail, receipts, lists of VINs), read by the same reader.

Nothing is lost: a row that does not fit its header is handed over with its number and the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.intake import batches, headers
from renotify.ledger.intake.contract import CONTRACTS, Column, Contract, Kind
from renotify.ledger.intake.csv_records import RowShape, parsed
from renotify.ledger.intake.files import CSV, PARQUET, Found, encodings, inspect
from renotify.ledger.intake.headers import DELIMITERS
from renotify.ledger.intake.plain_lines import Remarks, line_blocks
from renotify.values.vin import LENGTH, normalise

ROW = "row"  # the line on which it begins, from 1; of Parquet the row
BROKEN = pa.schema([(ROW, pa.int64()), ("reason", pa.string())])


@dataclass(frozen=True, eq=False)
class TextRows:
    """Rows as trimmed text with their numbers, the rows that do not fit the header (``BROKEN``), and notes on the reading."""

    rows: pa.Table
    broken: pa.Table
    sha256: str
    notes: tuple[str, ...] = ()

    @property
    def noted(self) -> dict[str, list[str]]:
        """The notes as a part of a command's document; nothing where there are none."""
        return {"notes": list(self.notes)} if self.notes else {}


@dataclass(frozen=True)
class ListedVin:
    """What stands for a VIN in a list, on which line, and why the line has none."""

    vin: str
    line: int
    fault: str = ""


def text_rows(path: Path, required: Sequence[str], optional: Sequence[str] = ()) -> TextRows:
    """Return the rows of a CSV or Parquet file; a column that is not there is blank.

    Raises BadInput when the file cannot be read or its header lacks a required column.
    """
    contract = _contract(path, required, optional)
    file = _inspected(path)
    where = headers.layout(file, contract)
    remarks = Remarks()
    shape = pa.schema([(ROW, pa.int64()), *((name, pa.string()) for name in contract.names)])
    tables, broken = [shape.empty_table()], [BROKEN.empty_table()]
    for batch in batches.read(file, where, remarks):
        blank = pa.array([""] * batch.rows, pa.string())
        texts = [_trimmed(batch.columns[n]) if n in batch.columns else blank for n in contract.names]  # fmt: skip
        tables.append(pa.table([pa.array(batch.numbers, pa.int64()), *texts], schema=shape))
        lines = [{ROW: row, "reason": reason} for row, _, reason in batch.broken]
        broken.append(pa.Table.from_pylist(lines, BROKEN))
    notes = (*encodings([file]), *where.notes, *remarks.sentences(file.name))
    return TextRows(pa.concat_tables(tables), pa.concat_tables(broken), file.sha256, notes)


def vins_of(path: Path) -> list[ListedVin]:
    """Return what a file lists, in its order: its column of VINs, or one a line where it has no header; none of an empty file.

    A row without a VIN, and one that does not fit the header, is there with its fault. Raises BadInput.
    """
    if not path.stat().st_size:
        return []
    file = _inspected(path)
    if file.form is CSV and headers.find(file, _contract(path, ("vin",), ())) is None:
        return [asked for asked in _one_a_line(file) if asked.vin]
    read = text_rows(path, ("vin",))
    named = zip(read.rows["vin"].to_pylist(), read.rows[ROW].to_pylist(), strict=True)
    listed = [ListedVin(vin, line, "" if vin else "The row has no VIN.") for vin, line in named]
    listed += [ListedVin("", row[ROW], row["reason"]) for row in read.broken.to_pylist()]
    return sorted(listed, key=attrgetter("line"))


def _one_a_line(file: Found) -> Iterator[ListedVin]:
    """Yield, of a file without a header, the value in that place of each line where most lines have a VIN."""
    lines = [line for block in line_blocks(file, Remarks()) for line in block.text.split(b"\n")[:-1]]  # fmt: skip
    found = {mark: [_values(line, mark) for line in lines] for mark in DELIMITERS}
    fits = Counter(
        (mark, place)
        for mark, rows in found.items()
        for row in rows
        for place, value in enumerate(row)
        if len(value) == LENGTH
    )
    mark, place = max(fits, key=lambda key: (fits[key], -key[1]), default=(DELIMITERS[0], 0))
    for number, row in enumerate(found[mark], 1):
        yield ListedVin(row[place] if place < len(row) else row[0], number)


def _values(line: bytes, mark: str) -> list[str]:
    shape = RowShape(1, mark.encode())
    values, fault = parsed(line, shape.quoted, shape.delimiter)
    return [normalise(value.decode()) for value in (line.split(shape.delimiter) if fault else values)]  # fmt: skip


def _contract(path: Path, required: Sequence[str], optional: Sequence[str]) -> Contract:
    names = (*required, *optional)
    columns = tuple(Column(n, _kinds().get(n, Kind.TEXT), required=n in required) for n in names)
    return Contract(path.stem, "", (), columns)


@cache
def _kinds() -> dict[str, Kind]:
    """Return what a column of a name is in the tables that are loaded."""
    return {column.name: column.kind for of in CONTRACTS.values() for column in of.columns}


def _inspected(path: Path) -> Found:
    return inspect(Found(path, "", PARQUET if path.suffix.lower() == ".parquet" else CSV))


def _trimmed(column: pa.Array) -> pa.Array:
    return pc.utf8_trim_whitespace(pc.fill_null(column, ""))
