"""Reads CSV and Parquet as batches of text columns with row numbers; memory stays flat.

pyarrow reads CSV here: it counts records exactly as they stand in the file and hands over each
malformed one, so that no row is lost and every number is right.
A CSV file's header is row 1; the first row of a Parquet file is row 1.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from renotify.errors import BadInput
from renotify.ledger.intake.contract import Contract, Kind
from renotify.ledger.intake.files import CSV, Found

BLOCK = 4 << 20  # bytes of CSV a batch
PARQUET_ROWS = 1 << 17
HEADER_BYTES = 1 << 16
MANY_LINES = 3  # line breaks within one value of an honest file
DELIMITERS = ",;\t|"
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """How a file's columns map to its table's; ``places`` are positions of known columns."""

    width: int
    places: dict[str, int]
    delimiter: str
    kinds: Mapping[str, Kind]
    notes: tuple[str, ...] = ()


@dataclass
class Batch:
    """Text columns (null where blank) by the contract's names, and their rows' numbers."""

    numbers: Numbers
    columns: dict[str, pa.Array]
    broken: list[tuple[int, str]] = field(default_factory=list)  # rows with other than all fields
    done: float = 0.0  # share of the file read so far

    @property
    def rows(self) -> int:
        return len(self.numbers)


def layout(file: Found, contract: Contract) -> Layout:
    """Return how a file of a contract is laid out. Raises BadInput for a wrong or missing header."""
    if file.form is not CSV:
        return _mapped(file, contract, _parquet(file).schema_arrow.names, ",")
    text = _first_text(file)
    delimiter = max(DELIMITERS, key=lambda mark: _recognised(contract, _record(text, mark)))
    return _mapped(file, contract, _record(text, delimiter), delimiter)


def names_column(file: Found, name: str) -> bool:
    """Return whether the first record of a CSV file names a column."""
    text = _first_text(file)
    return any(name in map(_plain, _record(text, mark)) for mark in DELIMITERS)


def _first_text(file: Found) -> str:
    with _open(file) as source:
        first = source.read(HEADER_BYTES)
    return first.decode(file.encoding, errors="replace").removeprefix("\ufeff")


def _record(text: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])


def _plain(name: str) -> str:
    return re.sub(r"[\s_]+", "_", name.strip().lower().removeprefix("\ufeff"))


def _recognised(contract: Contract, header: Sequence[str]) -> int:
    return len({_plain(name) for name in header} & set(contract.names))


def _mapped(file: Found, contract: Contract, header: Sequence[str], delimiter: str) -> Layout:
    names = [_plain(name) for name in header]
    required = [c.name for c in contract.columns if c.required]
    if 2 * len(set(names) & set(required)) < len(required):  # a row of people is not repeated
        raise BadInput(
            f"{file.name} has no header row that is known.",
            f"Its first row must name {', '.join(required)}.",
        )
    for name in contract.names:
        if names.count(name) > 1:
            raise BadInput(f"{file.name} has the column {name} twice.", "Keep one of them.")
    extra = [name for name in names if name not in contract.names]
    missing = [name for name in required if name not in names]
    if missing:
        raise BadInput(
            f"{file.name} has no column {missing[0]}; it has {', '.join(filter(None, names))}.",
            _suggestion(missing[0], extra, required),
        )
    notes = (
        [f"{file.name}: the columns {', '.join(map(repr, extra))} were passed over."]
        if extra
        else []
    )
    if delimiter != ",":
        notes.append(f"{file.name} was read with {delimiter!r} between its columns.")
    places = {name: names.index(name) for name in contract.names if name in names}
    kinds = {column.name: column.kind for column in contract.columns}
    return Layout(len(names), places, delimiter, kinds, tuple(notes))


def _suggestion(missing: str, extra: Sequence[str], required: Sequence[str]) -> str:
    near = get_close_matches(missing, extra, 1, cutoff=0.5)
    if near:
        return f"Rename {near[0]} to {missing}, if that is what it is."
    return f"Needed are {', '.join(required)}."


def read(file: Found, where: Layout) -> Iterator[Batch]:
    """Yield a file's rows in its order. Raises BadInput when it breaks off or cannot be decoded."""
    batches = _read_csv(file, where) if file.form is CSV else _read_parquet(file, where)
    try:
        yield from batches
    except (pa.ArrowException, UnicodeError, OSError, EOFError) as error:
        raise BadInput(
            f"{file.name} cannot be read to its end as {file.form}.",
            "It may be damaged, cut short, or have a quote that is never closed; export it again."
            if file.form is CSV
            else "It may be damaged; export it again.",
        ) from error


# CSV


def _open(file: Found) -> IO[bytes] | gzip.GzipFile:
    try:
        if file.path.suffix.lower() == ".gz":
            return gzip.open(file.path, "rb")
        return file.path.open("rb")
    except OSError as error:
        raise BadInput(
            f"{file.name} cannot be read.", "Check that it is there and open to you."
        ) from error


class _Counted(io.RawIOBase):
    """A file that knows which share of it has been read, and whose last line has an end."""

    def __init__(self, source: IO[bytes] | gzip.GzipFile, size: int, end: bytes) -> None:
        self._source = source
        self._size = max(size, 1)
        self._end = end
        self._ended = False
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer
        block = self._source.read(len(buffer))
        if len(block) + len(self._end) <= len(buffer) and not self._ended:
            block, self._ended = block + self._end, True
        buffer[: len(block)] = block
        self._read += len(block)
        return len(block)

    @property
    def share(self) -> float:
        return min(1.0, self._read / self._size)


def _read_csv(file: Found, where: Layout) -> Iterator[Batch]:
    broken: list[tuple[int, str]] = []
    swallowed = [0]

    def keep(row: Any) -> str:  # noqa: ANN401 - pyarrow's InvalidRow
        fields = f"The row has {row.actual_columns} fields, the header {where.width}."
        broken.append((row.number, fields))
        swallowed.append(row.text.count("\n"))
        return "skip"

    names = [f"c{place}" for place in range(where.width)]
    with _open(file) as source:
        end = b"" if file.encoding == "utf-16" else b"\n"
        counted = _Counted(source, file.path.stat().st_size, end)
        stream = _csv_stream(file, where, names, counted, keep)
        number = 2
        for batch in stream:
            some = _within(number, batch.num_rows, broken)
            del broken[: len(some)]
            numbers = _numbers(number, batch.num_rows, [row for row, _ in some])
            if file.quotes:
                _refuse_open_quote(file, batch, numbers, max(swallowed))
            number += batch.num_rows + len(some)
            columns = {n: batch.column(f"c{place}") for n, place in where.places.items()}
            yield _without_blank_rows(Batch(numbers, columns, some, counted.share))
        if broken:
            _refuse_open_quote(file, None, np.zeros(0, np.int64), max(swallowed))
            yield Batch(np.zeros(0, np.int64), _nothing(where), broken, 1.0)


def _within(first: int, rows: int, broken: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return the broken rows among a batch's own; the reader is ahead and may know more."""
    some: list[tuple[int, str]] = []
    for row in broken:
        if row[0] >= first + rows + len(some):
            break
        some.append(row)
    return some


def _csv_stream(
    file: Found,
    where: Layout,
    names: list[str],
    counted: _Counted,
    keep: Any,  # noqa: ANN401
) -> pa.RecordBatchReader:
    used = names if file.quotes else [names[place] for place in where.places.values()]
    return pyarrow.csv.open_csv(
        pa.PythonFile(counted, "r"),
        read_options=pyarrow.csv.ReadOptions(
            use_threads=False, block_size=BLOCK, column_names=names, skip_rows=1,
            encoding=file.encoding,
        ),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=where.delimiter, newlines_in_values=True, ignore_empty_lines=False,
            invalid_row_handler=keep,
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(used, pa.string()), include_columns=used, null_values=[""],
            strings_can_be_null=True, quoted_strings_can_be_null=True,
        ),
    )  # fmt: skip


def _refuse_open_quote(
    file: Found, batch: pa.RecordBatch | None, numbers: Numbers, swallowed: int
) -> None:
    """Refuse a file in which a quote that is never closed has taken whole rows for one value.

    An odd number of quotes and a value of two lines, or a value of many lines, are its signs.
    """
    longest = 0 if file.quotes % 2 else MANY_LINES
    row = "A row" if swallowed > longest else ""
    for column in batch.columns if batch is not None else ():
        breaks = pc.count_substring(column, "\n")
        if (pc.max(breaks).as_py() or 0) > longest:
            place = pc.index(pc.greater(breaks, longest), True).as_py()
            row = f"Row {numbers[place]}"
    if row:
        raise BadInput(
            f"{row} of {file.name} runs over several lines: a quote in it is never closed.",
            "Close the quote, or write a quote within a value twice.",
        )


def _numbers(first: int, rows: int, skipped: Sequence[int]) -> Numbers:
    every = np.arange(first, first + rows + len(skipped), dtype=np.int64)
    return np.delete(every, np.asarray(skipped, np.int64) - first) if skipped else every


def _nothing(where: Layout) -> dict[str, pa.Array]:
    return {name: pa.array([], pa.string()) for name in where.places}


def _without_blank_rows(batch: Batch) -> Batch:
    """Drop rows with nothing in any known column: blank lines are no rows."""
    columns = list(batch.columns.values())
    if min((column.null_count for column in columns), default=0) == 0:
        return batch
    filled = np.zeros(batch.rows, bool)
    for column in columns:
        filled |= column.is_valid().to_numpy(zero_copy_only=False)
    if filled.all():
        return batch
    mask = pa.array(filled)
    kept = {name: column.filter(mask) for name, column in batch.columns.items()}
    return Batch(batch.numbers[filled], kept, batch.broken, batch.done)


# Parquet


def _parquet(file: Found) -> Any:  # noqa: ANN401 - pyarrow ships no types
    try:
        return pyarrow.parquet.ParquetFile(file.path)
    except (pa.ArrowException, OSError) as error:
        raise BadInput(
            f"{file.name} is no Parquet file.", "It may be damaged; export it again."
        ) from error


def _read_parquet(file: Found, where: Layout) -> Iterator[Batch]:
    opened = _parquet(file)
    total = max(opened.metadata.num_rows, 1)
    names = opened.schema_arrow.names
    number = 1
    for batch in opened.iter_batches(
        PARQUET_ROWS, columns=[names[p] for p in where.places.values()]
    ):
        numbers = _numbers(number, batch.num_rows, ())
        number += batch.num_rows
        columns = {
            name: _worded(file, name, batch.column(names[place]), where.kinds[name])
            for name, place in where.places.items()
        }
        yield _without_blank_rows(Batch(numbers, columns, [], (number - 1) / total))


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
    if pa.types.is_timestamp(column.type) and kind is not Kind.INSTANT:
        column = _days_where_midnight(column)
    if pa.types.is_floating(column.type):
        column = _whole_where_whole(column)
    text = column.cast(pa.string())
    return pc.if_else(pc.equal(pc.binary_length(text), 0), pa.scalar(None, pa.string()), text)


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
