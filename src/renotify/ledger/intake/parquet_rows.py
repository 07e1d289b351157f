"""Reads Parquet as batches of text columns: its own types in the words of a CSV file; the first row is 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from renotify.errors import BadInput
from renotify.ledger.intake.contract import Kind
from renotify.ledger.intake.files import Found
from renotify.ledger.intake.plain_lines import Numbers

ROWS = 1 << 17
WITHOUT_WORDS = (
    pa.types.is_nested, pa.types.is_duration, pa.types.is_interval, pa.types.is_time, pa.types.is_boolean,
)  # fmt: skip
Columns = dict[str, pa.Array]


def names(file: Found) -> list[str]:
    """Return the names of a file's columns. Raises BadInput when it is no Parquet file."""
    return list(_opened(file).schema_arrow.names)


def read(
    file: Found, places: Mapping[str, int], kinds: Mapping[str, Kind]
) -> Iterator[tuple[Columns, int, float]]:
    """Yield columns by the contract's names, their number of rows, and the share read so far. Raises BadInput."""
    opened = _opened(file)
    total, done = max(opened.metadata.num_rows, 1), 0
    held = opened.schema_arrow.names
    for batch in opened.iter_batches(ROWS, columns=[held[place] for place in places.values()]):
        done += batch.num_rows
        columns = {
            name: _worded(file, name, batch.column(held[place]), kinds[name])
            for name, place in places.items()
        }
        yield columns, batch.num_rows, done / total


def rows_at(file: Found, numbers: Numbers) -> Iterator[pa.RecordBatch]:
    """Yield whole rows of a file by their numbers, with all its columns."""
    first = 1
    for batch in _opened(file).iter_batches(ROWS):
        here = numbers[(numbers >= first) & (numbers < first + batch.num_rows)]
        yield batch.take(pa.array(here - first))
        first += batch.num_rows


def _opened(file: Found) -> Any:  # noqa: ANN401 - pyarrow ships no types
    try:
        return pyarrow.parquet.ParquetFile(file.path)
    except (pa.ArrowException, OSError) as error:
        raise BadInput(
            f"{file.name} is no Parquet file.", "It may be damaged; export it again."
        ) from error


def _worded(file: Found, name: str, column: pa.Array, kind: Kind) -> pa.Array:
    """Return a column as text. Raises BadInput by the column's name for a type without words."""
    try:
        return _as_text(column, kind)
    except pa.ArrowException as error:
        raise BadInput(
            f"The column {name} of {file.name} has the type {column.type}, which cannot be read as text.",
            "Export it as text, a date or a number.",
        ) from error


def _as_text(column: pa.Array, kind: Kind) -> pa.Array:
    """Return a typed column in the words of a CSV file; what has no words is null."""
    if isinstance(column, pa.DictionaryArray):
        column = column.dictionary_decode()
    if any(is_such(column.type) for is_such in WITHOUT_WORDS):
        raise pa.ArrowInvalid("no words")
    if pa.types.is_timestamp(column.type):
        column = _as_the_clock_says(column)
        column = column if kind is Kind.INSTANT else _days_where_midnight(column)
    if pa.types.is_floating(column.type):
        column = _whole_where_whole(column)
    text = column.cast(pa.string())
    return pc.if_else(pc.equal(pc.binary_length(text), 0), pa.scalar(None, pa.string()), text)


def _as_the_clock_says(column: pa.Array) -> pa.Array:
    """Return instants of a zone as day and time of its clocks: midnight in New York is that day there."""
    return pc.local_timestamp(column) if column.type.tz else column


def _days_where_midnight(column: pa.Array) -> pa.Array:
    local = column.cast(pa.timestamp("us"), safe=False)
    days = local.cast(pa.date32(), safe=False)
    midnight = pc.equal(days.cast(pa.timestamp("us")), local)
    return pc.if_else(midnight, days.cast(pa.string()), local.cast(pa.string()))


def _whole_where_whole(column: pa.Array) -> pa.Array:
    """A float column that stands for whole numbers (years with gaps) reads as whole numbers."""
    wide = column.cast(pa.float64())
    wide = pc.if_else(pc.is_nan(wide), pa.scalar(None, pa.float64()), wide)
    small = pc.less(pc.abs(wide), 2.0**53)
    whole = pc.and_(small, pc.equal(pc.floor(wide), wide))
    if pc.all(pc.fill_null(whole, True)).as_py():
        return wide.cast(pa.int64())
    return wide
