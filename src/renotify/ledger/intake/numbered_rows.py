"""What population rows say beside the vehicle: few statements, each kept once, so that a row is a VIN, a number and its place.

A list of a million vehicles names a handful of campaigns, versions and days. To write the statement out a row is most of the
cost of staging it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from renotify.ledger.intake import vin_order
from renotify.ledger.intake.vin_order import ROW, Rows, SortedRows

NUMBERED = pa.schema([("vin", pa.string()), ("statement", pa.int64()), ("source_row", pa.int64())])
OF_THE_ROW = ("vin", "source_row")


class Statements:
    """Reads a stream of rows, numbers their statements, and brings the rows into the order of their VINs.

    ``table`` holds the statements: column ``statement`` and all columns that are not of the row alone. When ``rows`` has been
    read to its end, ``each_once`` says that no VIN came twice.
    """

    def __init__(self, source: pa.RecordBatchReader) -> None:
        self.each_once = True
        self._schema = pa.schema([field for field in source.schema if field.name not in OF_THE_ROW])
        self._number: dict[tuple[Any, ...], int] = {}
        self._sorted = SortedRows()
        for batch in source:
            if batch.num_rows:
                self._sorted.add(self._numbered(batch))

    @property
    def rows(self) -> pa.RecordBatchReader:
        """The rows in the schema NUMBERED, in the order of their VINs, those of one VIN as they came."""
        return reader(self._in_order())

    def merged(self) -> Iterator[Rows]:
        """Yield the same rows, many at a time."""
        return self._sorted.merged()

    @property
    def table(self) -> pa.Table:
        names = self._schema.names
        said = [dict(zip(names, values, strict=True)) for values in self._number]
        statements = pa.Table.from_pylist(said, self._schema)
        return statements.append_column("statement", pa.array(np.arange(len(said))))

    def _in_order(self) -> Iterator[Rows]:
        last = b""
        for some in self.merged():
            vins = np.ascontiguousarray(some["vin"])
            if len(vins):
                self.each_once &= bool(vins[0] != last and (vins[1:] != vins[:-1]).all())
                last = vins[-1]
            yield some

    def _numbered(self, batch: pa.RecordBatch) -> Rows:
        rows = np.empty(batch.num_rows, ROW)
        rows["vin"] = vin_order.keys(batch.column("vin"))
        rows["statement"] = self._numbers(batch.select(self._schema.names))
        rows["source_row"] = batch.column("source_row").to_numpy()
        places = vin_order.order(rows["vin"])
        return rows if places is None else rows.take(places)

    def _numbers(self, batch: pa.RecordBatch) -> npt.NDArray[np.int64]:
        """Return the number of each row's statement; the same statement of another batch has its number already."""
        codes = np.zeros(batch.num_rows, np.int64)
        for column in batch.columns:
            encoded = column.dictionary_encode(null_encoding="encode")
            if len(encoded.dictionary) > 1:
                wide = codes * len(encoded.dictionary) + encoded.indices.to_numpy()
                codes = np.unique(wide, return_inverse=True)[1]
        first = np.unique(codes, return_index=True)[1] if codes.any() else np.zeros(1, np.int64)
        said = (column.to_pylist() for column in batch.take(pa.array(first)).columns)
        numbers = [
            self._number.setdefault(values, len(self._number)) for values in zip(*said, strict=True)
        ]
        return np.array(numbers)[codes]


def reader(rows: Iterator[Rows]) -> pa.RecordBatchReader:
    """Return rows as Arrow's stream in the schema NUMBERED."""
    return pa.RecordBatchReader.from_batches(NUMBERED, map(_batch, rows))


def _batch(rows: Rows) -> pa.RecordBatch:
    columns = [
        vin_order.text(rows["vin"]),
        pa.array(rows["statement"]),
        pa.array(rows["source_row"]),
    ]
    return pa.record_batch(columns, NUMBERED)
