"""What population rows say beside the vehicle: few statements, each kept once, so that a row is a VIN, a number and its place.

A list of a million vehicles names a handful of campaigns, versions and days. To write the statement out a row is most of the
cost of staging it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NUMBERED = pa.schema([("vin", pa.string()), ("statement", pa.int64()), ("source_row", pa.int64())])
OF_THE_ROW = ("vin", "source_row")


class Statements:
    """Numbers the statements of a stream of rows on their way through, and notes the order of the VINs.

    When ``rows`` has been read to its end, ``table`` holds the statements (column ``statement`` and all columns that are not
    of the row alone); ``in_order`` says that no VIN came after a higher one, ``each_once`` that none came twice either.
    """

    def __init__(self, rows: pa.RecordBatchReader) -> None:
        self.in_order = True
        self.each_once = True
        self._source = rows
        self._last = ""
        self._found: list[pa.RecordBatch] = []
        self._count = 0

    @property
    def rows(self) -> pa.RecordBatchReader:
        """The stream of rows in the schema NUMBERED."""
        return pa.RecordBatchReader.from_batches(NUMBERED, self._numbered())

    @property
    def table(self) -> pa.Table:
        statements = pa.Table.from_batches(self._found, self._schema)
        return statements.append_column("statement", pa.array(np.arange(self._count)))

    @property
    def _schema(self) -> pa.Schema:
        return pa.schema([field for field in self._source.schema if field.name not in OF_THE_ROW])

    def _numbered(self) -> Iterator[pa.RecordBatch]:
        for batch in self._source:
            if batch.num_rows:
                vins = batch.column("vin")
                self._note_order(vins)
                numbers = pa.array(self._numbers(batch.select(self._schema.names)))
                yield pa.record_batch([vins, numbers, batch.column("source_row")], NUMBERED)

    def _note_order(self, vins: pa.Array) -> None:
        if self.in_order:
            before = pa.concat_arrays([pa.array([self._last], vins.type), vins[:-1]])
            self.in_order = pc.all(pc.less_equal(before, vins)).as_py()
            self.each_once &= self.in_order and pc.all(pc.less(before, vins)).as_py()
        self.each_once &= self.in_order
        self._last = vins[-1].as_py()

    def _numbers(self, batch: pa.RecordBatch) -> npt.NDArray[np.int64]:
        """Return the number of each row's statement; those of a batch are new ones, whatever was said before."""
        codes = np.zeros(batch.num_rows, np.int64)
        for column in batch.columns:
            encoded = column.dictionary_encode(null_encoding="encode")
            if len(encoded.dictionary) > 1:
                wide = codes * len(encoded.dictionary) + encoded.indices.to_numpy()
                codes = np.unique(wide, return_inverse=True)[1]
        first = np.unique(codes, return_index=True)[1] if codes.any() else np.zeros(1, np.int64)
        numbers = codes + self._count
        self._found.append(batch.take(pa.array(first)))
        self._count += len(first)
        return numbers
