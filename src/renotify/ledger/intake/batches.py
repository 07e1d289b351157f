"""Reads CSV and Parquet as batches of text columns with row numbers; memory stays flat.

A CSV file is lines (``plain_lines``); those that are rows as they stand go to pyarrow, a block at a
time, the few others are taken one by one (``csv_records``). Its rows are counted by their lines, not
by who parsed them: lines, less blank ones, less those on which a row's value runs on; both counts
must agree. A row bears the number of its first line, as an editor shows it; a Parquet file's first
row is 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv

from renotify.errors import BadInput, Inconsistent
from renotify.ledger.intake import parquet_rows
from renotify.ledger.intake.cell_habits import as_meant
from renotify.ledger.intake.csv_records import (
    Record,
    Split,
    alone,
    split,
    without_blanks_at_quotes,
)
from renotify.ledger.intake.files import CSV, Found
from renotify.ledger.intake.headers import Layout
from renotify.ledger.intake.plain_lines import Lines, Numbers, Remarks, line_blocks, plain_cells
from renotify.values.english import counted

Mask = npt.NDArray[np.bool_]
NOTHING = bytes(range(33)) + b'"'  # control characters, blanks, empty quotes
Broken = tuple[int, str, str]  # a row's number, its text as it stands, why it is none


@dataclass
class Batch:
    """Text columns (null where blank) by the contract's names, and their rows' numbers."""

    numbers: Numbers
    columns: dict[str, pa.Array]
    broken: list[Broken] = field(default_factory=list)
    done: float = 0.0  # share of the file read so far
    counted: int = 0  # rows, by the count of lines

    @property
    def rows(self) -> int:
        return len(self.numbers)


def read(file: Found, where: Layout, remarks: Remarks) -> Iterator[Batch]:
    """Yield a file's rows in its order. Raises BadInput when it breaks off or cannot be read."""
    reader = _read_csv if file.form is CSV else _read_parquet
    batches = reader(file, where, remarks)
    try:
        for batch in batches:
            if batch.counted != batch.rows + len(batch.broken):
                raise Inconsistent(
                    f"{file.name}: {counted(batch.counted, 'row')} counted and {batch.rows + len(batch.broken)} read.",
                    "This is a fault of the program; nothing of this table was loaded.",
                )
            batch.columns = as_meant(batch.columns, where.kinds, batch.numbers, remarks)
            yield batch
    except (pa.ArrowException, UnicodeError, OSError, EOFError) as error:
        raise BadInput(
            f"{file.name} cannot be read to its end as {file.form}.",
            "It may be damaged or cut short; export it again.",
        ) from error


# CSV


def blocks(file: Found, where: Layout, remarks: Remarks) -> Iterator[tuple[Lines, Split]]:
    """Yield the lines below a file's header, and how they are told apart."""
    held: Lines | None = None
    for block in line_blocks(file, remarks):
        below = min(max(where.lines + 1 - block.first, 0), block.count)
        lines = without_blanks_at_quotes(block.after(below), where.delimiter.encode())
        lines = held.before(lines) if held else lines
        parts = split(lines, where.shape, last=False)
        held = lines.after(lines.count - parts.left) if parts.left else None
        yield lines, parts
    if held:
        yield held, split(held, where.shape, last=True)


def _read_csv(file: Found, where: Layout, remarks: Remarks) -> Iterator[Batch]:
    for lines, parts in blocks(file, where, remarks):
        plain = np.arange(lines.count) if parts.plain is None else np.flatnonzero(parts.plain)
        columns, places, other = _parsed(lines, parts, plain, where)
        filled, blank = _filled(lines, columns, places, where.delimiter)
        columns = {n: c.filter(pa.array(filled)) for n, c in columns.items()} if blank else columns
        records = parts.records
        for place in map(int, other):
            record = alone(lines.line(place), place, where.shape)
            if record.reason and _is_blank(lines.line(place), where.delimiter):
                blank += 1
            else:
                records.append(record)
        run_on = sum(record.lines - 1 for record in records)
        batch = Batch(places[filled] + lines.first, columns, [], lines.done)
        batch.counted = lines.count - parts.left - blank - run_on
        yield _with_records(batch, lines, records, where) if records else batch


def _parsed(
    lines: Lines, parts: Split, places: Numbers, where: Layout
) -> tuple[dict[str, pa.Array], Numbers, Numbers]:
    """Return the columns of the plain lines and their places, and the places of lines of more or fewer fields."""
    names = [f"c{place}" for place in range(where.width)]
    used = [names[place] for place in where.places.values()]
    after = names[where.fields :]
    other: list[int] = []

    def keep(row: Any) -> str:  # noqa: ANN401 - pyarrow's InvalidRow
        other.append(row.number - 1)
        return "skip"

    if not len(places):
        return {name: pa.array([], pa.string()) for name in where.places}, places, places
    table = pyarrow.csv.read_csv(
        pa.BufferReader(_text_of(lines, parts)),
        read_options=pyarrow.csv.ReadOptions(
            use_threads=False, block_size=len(lines.text) + 1, column_names=names
        ),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=where.delimiter, ignore_empty_lines=False, invalid_row_handler=keep
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(used + after, pa.string()), include_columns=used + after, null_values=[""],
            strings_can_be_null=True, quoted_strings_can_be_null=True, check_utf8=False,
        ),
    )  # fmt: skip
    columns = {name: table.column(f"c{p}").combine_chunks() for name, p in where.places.items()}
    kept, odd = np.delete(places, other), places[other]
    filled = np.zeros(len(kept), bool)  # after the last field of the header
    for name in after:
        filled |= table.column(name).combine_chunks().is_valid().to_numpy(zero_copy_only=False)
    if not filled.any():
        return columns, kept, odd
    columns = {name: column.filter(pa.array(~filled)) for name, column in columns.items()}
    return columns, kept[~filled], np.sort(np.append(odd, kept[filled]))


def _text_of(lines: Lines, parts: Split) -> bytes:
    """Return the plain lines' text."""
    if parts.plain is None:
        return lines.text
    edges = np.flatnonzero(np.diff(parts.plain, prepend=False, append=False))
    starts = [lines.start(int(place)) for place in edges[::2]]
    ends = [int(lines.ends[place - 1]) + 1 for place in edges[1::2]]
    return b"".join(lines.text[a:b] for a, b in zip(starts, ends, strict=True))


def _filled(
    lines: Lines, columns: dict[str, pa.Array], places: Numbers, delimiter: str
) -> tuple[Mask, int]:
    """Tell which lines hold more than delimiters and blanks, if only in columns that nobody knows; and how many do not."""
    filled = np.zeros(len(places), bool)
    for column in columns.values():
        if column.null_count == 0:
            return np.ones(len(places), bool), 0
        filled |= column.is_valid().to_numpy(zero_copy_only=False)
    empty = np.flatnonzero(~filled)
    lengths = np.diff(lines.ends, prepend=-1)[places[empty]] - 1
    short = lengths < len(columns)  # too short for its delimiters and anything else
    for place in empty[~short]:
        filled[place] = not _is_blank(lines.line(int(places[place])), delimiter)
    return filled, int((~filled).sum())


def _is_blank(line: bytes, delimiter: str) -> bool:
    return not line.translate(None, NOTHING + delimiter.encode())


def _with_records(batch: Batch, lines: Lines, records: list[Record], where: Layout) -> Batch:
    """Return a batch with the rows that were taken one by one, all in the order of the file."""
    good = [record for record in records if any(record.fields)]
    batch.broken = [
        (lines.first + r.place, lines.raw_lines(r.place, r.lines).decode()[:-1], r.reason)
        for r in records
        if r.reason
    ]
    batch.counted -= len(records) - len(good) - len(batch.broken)  # fields, and all of them blank
    batch.numbers = np.append(batch.numbers, [lines.first + record.place for record in good])
    order = np.argsort(batch.numbers)
    batch.numbers = batch.numbers[order].astype(np.int64)
    for name, place in where.places.items():
        cells = [record.fields[place].decode() or None for record in good]
        joined = pa.concat_arrays([batch.columns[name], pa.array(cells, pa.string())])
        batch.columns[name] = joined.take(pa.array(order))
    return batch


def _read_parquet(file: Found, where: Layout, remarks: Remarks) -> Iterator[Batch]:
    """Yield a Parquet file's rows; one without any value is none, where all its columns are known."""
    first = 1
    for held, rows, done in parquet_rows.read(file, where.places, where.kinds):
        read_columns = plain_cells(held, first, remarks)
        filled = np.full(rows, len(read_columns) < where.fields)
        for column in read_columns.values():
            filled |= column.is_valid().to_numpy(zero_copy_only=False)
        mask = None if filled.all() else pa.array(filled)
        columns = {n: c if mask is None else c.filter(mask) for n, c in read_columns.items()}
        numbers = np.flatnonzero(filled) + first
        yield Batch(numbers, columns, [], done, len(numbers))
        first += rows
