"""Parts the rows of a first list into those that PostgreSQL keeps as plain rows (``plain_population``), and the others.

A row is plain where its statement is one event, "added", and no other row names the vehicle in that campaign.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from renotify.ledger.intake import vin_order
from renotify.ledger.intake.vin_order import Rows, SortedRows

OF_STATEMENT = (
    ("campaign_code", pa.string()), ("remedy_version", pa.int32()), ("content", pa.string()), ("occurred_on", pa.date32()),
    ("source_id", pa.int32()),
)  # fmt: skip


class Statement(NamedTuple):
    """Whether a statement is one event, "added", and what it says in the columns OF_STATEMENT; a blank content is null."""

    plain: bool
    campaign_code: str
    remedy_version: int | None
    content: str | None
    occurred_on: date | None
    source_id: int


class PartedRows:
    """The plain rows of a stream in the order of VINs; when ``plain`` has been read to its end, ``others`` has the rest.

    ``constant`` has the columns of which all plain statements say the same, and what; ``plain`` may leave them out.
    """

    def __init__(self, rows: Iterator[Rows], statements: list[Statement]) -> None:
        self.others = SortedRows()
        said = list(zip(*(one[1:] for one in statements if one.plain), strict=True))
        self.constant = {
            name: values[0]
            for (name, _), values in zip(OF_STATEMENT, said, strict=bool(said))
            if len(set(values)) == 1
        }
        self._rows = rows
        columns = list(zip(*statements, strict=True)) or [()] * len(Statement._fields)
        self._is_plain = np.array(columns[0], bool)
        self._said = {
            name: pa.array(values, kind)
            for values, (name, kind) in zip(columns[1:], OF_STATEMENT, strict=True)
        }
        codes = self._said["campaign_code"].dictionary_encode()
        self._campaigns = len(codes.dictionary)
        self._campaign = codes.indices.to_numpy().astype(np.int64)

    def plain(self, *, without: Collection[str] = ()) -> pa.RecordBatchReader:
        """The plain rows: vin, the columns OF_STATEMENT but for some, and source_row."""
        said = [(name, kind) for name, kind in OF_STATEMENT if name not in without]
        schema = pa.schema([("vin", pa.string()), *said, ("source_row", pa.int32())])
        return pa.RecordBatchReader.from_batches(schema, self._parted(schema))

    def _parted(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        for rows in _whole_vehicles(self._rows):
            plain = self._plain(rows)
            if not plain.all():
                self.others.add(rows[~plain])
                rows = rows[plain]  # noqa: PLW2901 - the rest of this part
            said = pa.array(rows["statement"])
            columns = [
                vin_order.text(rows["vin"]),
                *(self._said[name].take(said) for name in schema.names[1:-1]),
                pa.array(rows["source_row"].astype(np.int32)),
            ]
            yield pa.record_batch(columns, schema)

    def _plain(self, rows: Rows) -> npt.NDArray[np.bool_]:
        plain: npt.NDArray[np.bool_] = self._is_plain[rows["statement"]]
        vins = np.ascontiguousarray(rows["vin"])
        another = vins[1:] != vins[:-1]
        if not another.all():
            vehicle = np.concatenate([[0], np.cumsum(another)])
            pair = vehicle * self._campaigns + self._campaign[rows["statement"]]
            _, place, times = np.unique(pair, return_inverse=True, return_counts=True)
            plain &= times[place] == 1
        return plain


def _whole_vehicles(parts: Iterator[Rows]) -> Iterator[Rows]:
    """Yield the same rows in parts that end where a vehicle ends."""
    held: Rows | None = None
    for part in parts:
        rows = part if held is None else np.concatenate([held, part])
        ends = bisect_left(rows["vin"], rows["vin"][-1])
        held = rows[ends:]
        if ends:
            yield rows[:ends]
    if held is not None:
        yield held
