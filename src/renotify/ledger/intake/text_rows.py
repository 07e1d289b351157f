"""Small files that come in by other doors than ``load`` (evidence, returned mail, receipts, lists of VINs), read by the same reader.

Nothing is lost: a row that does not fit its header is handed over with its number and the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.intake import batches, headers
from renotify.ledger.intake.contract import CONTRACTS, Column, Contract, Kind
from renotify.ledger.intake.files import CSV, PARQUET, Found, encodings, inspect
from renotify.ledger.intake.plain_lines import Remarks, line_blocks
from renotify.values.vin import LENGTH, normalise

ROW = "row"  # the line on which it begins, from 1; of Parquet the row
BETWEEN = re.compile(r'[,;\t|"]')
WORD = re.compile(r"[^\s/()<>:=&+]+")
AROUND = " .!?'`=\u2018\u2019\u201c\u201d"
LIKE_VIN = r"(?=.*[0-9])(?=.*[A-Z])[0-9A-Z]{14,20}|[0-9]{17}"  # mistyped too: the look-up says what is wrong
BROKEN = pa.schema([(ROW, pa.int64()), ("reason", pa.string())])


@dataclass(frozen=True, eq=False)
class TextRows:
    """Rows as trimmed text with their numbers, the rows that do not fit the header (``BROKEN``), and notes on the reading."""

    rows: pa.Table
    broken: pa.Table
    sha256: str
    notes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()  # that the file has, of those asked for

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
    has = tuple(name for name in contract.names if name in where.places)
    return TextRows(pa.concat_tables(tables), pa.concat_tables(broken), file.sha256, notes, has)


def vins_of(path: Path) -> list[ListedVin]:
    """Return what a file lists, in its order: its column of VINs; without a header all that is like a VIN; none of an empty file.

    A cell with several VINs lists each of them.
    A line without a header on which nothing is like a VIN is there as it stands, for the look-up to say so. A row of a column
    without a VIN, and one that does not fit the header, is there with its fault. Raises BadInput.
    """
    if not path.stat().st_size:
        return []
    file = _inspected(path)
    if file.form is CSV and headers.find(file, _contract(path, ("vin",), ())) is None:
        return list(_of_any_place(file))
    read = text_rows(path, ("vin",))
    named = zip(read.rows["vin"].to_pylist(), read.rows[ROW].to_pylist(), strict=True)
    listed = [
        ListedVin(vin, line, "" if vin else "The row has no VIN.")
        for cell, line in named
        for vin in _one_or_several(cell)
    ]
    listed += [ListedVin("", row[ROW], row["reason"]) for row in read.broken.to_pylist()]
    return sorted(listed, key=attrgetter("line"))


def _one_or_several(cell: str) -> list[str]:
    """Return what a cell of a column of VINs holds: each of several, else the one text as it stands, for the look-up to judge."""
    parts = [bare for part in BETWEEN.split(cell) if (bare := _bare(part))]
    found = [vin for part in parts for vin in _like_vins(part)]
    return found if len(found) > 1 else [cell]


def _of_any_place(file: Found) -> Iterator[ListedVin]:
    """Yield what each line of a file without a header has that is like a VIN, else all that stands on it."""
    number = 1
    for block in line_blocks(file, Remarks()):
        for line in block.text.decode().split("\n")[:-1]:
            cells = [cell for cell in map(_bare, BETWEEN.split(line)) if cell]
            found = [vin for cell in cells for vin in _like_vins(cell)]
            yield from (ListedVin(vin, number) for vin in found or [" ".join(cells)] if vin)
            number += 1


def _like_vins(cell: str) -> list[str]:
    """Return a cell that is a VIN, with marks or blanks in it or without; else those of its words that are like one."""
    whole = normalise(cell)
    if re.fullmatch(LIKE_VIN, whole) and len(whole) == LENGTH:
        return [whole]
    words = (normalise(_bare(word)) for word in WORD.findall(cell))
    return [word for word in words if re.fullmatch(LIKE_VIN, word)]


def _bare(text: str) -> str:
    return normalise(text.strip(AROUND))


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
