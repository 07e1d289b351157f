"""Small files that come in by other doors than ``load`` (evidence, returned mail, receipts, lists of VINs), read by the same reader.

Nothing is lost: a row that does not fit its header is handed over with its number and the reason.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.intake import batches
from renotify.ledger.intake.contract import Column, Contract
from renotify.ledger.intake.files import CSV, PARQUET, Found, inspect

ROW = "row"  # counted as in the file: the header is row 1
BROKEN = pa.schema([(ROW, pa.int64()), ("reason", pa.string())])


@dataclass(frozen=True, eq=False)
class TextRows:
    """Rows as trimmed text with their numbers, and the rows that do not fit the header (``BROKEN``)."""

    rows: pa.Table
    broken: pa.Table
    sha256: str


def text_rows(path: Path, required: Sequence[str], optional: Sequence[str] = ()) -> TextRows:
    """Return the rows of a CSV or Parquet file; a column that is not there is blank.

    Raises BadInput when the file cannot be read or its header lacks a required column.
    """
    names = [*required, *optional]
    columns = tuple(Column(name, required=name in required) for name in names)
    contract = Contract(path.stem, "", (), columns)
    file = _inspected(path)
    where = batches.layout(file, contract)
    shape = pa.schema([(ROW, pa.int64()), *((name, pa.string()) for name in names)])
    tables, broken = [shape.empty_table()], [BROKEN.empty_table()]
    for batch in batches.read(file, where):
        blank = pa.array([""] * batch.rows, pa.string())
        texts = [_trimmed(batch.columns[n]) if n in batch.columns else blank for n in names]
        tables.append(pa.table([pa.array(batch.numbers, pa.int64()), *texts], schema=shape))
        numbers, reasons = zip(*batch.broken, strict=True) if batch.broken else ((), ())
        broken.append(
            pa.table([pa.array(numbers, pa.int64()), pa.array(reasons, pa.string())], schema=BROKEN)
        )
    return TextRows(pa.concat_tables(tables), pa.concat_tables(broken), file.sha256)


def vins_of(path: Path) -> list[str]:
    """Return the VINs of a file: its column named vin, or one a line where it has no such header; none in an empty one. Raises BadInput."""
    if not path.stat().st_size:
        return []
    file = _inspected(path)
    if file.form is not CSV or batches.names_column(file, "vin"):
        return [vin for vin in text_rows(path, ("vin",)).rows["vin"].to_pylist() if vin]
    text = path.read_bytes().decode(file.encoding, errors="replace").removeprefix("\ufeff")
    records = csv.reader(io.StringIO(text, newline=""))
    return [record[0].strip() for record in records if record and record[0].strip()]


def _inspected(path: Path) -> Found:
    return inspect(Found(path, "", PARQUET if path.suffix.lower() == ".parquet" else CSV))


def _trimmed(column: pa.Array) -> pa.Array:
    return pc.utf8_trim_whitespace(pc.fill_null(column, ""))
