"""The refused rows of a load as they stand in their files, each under its file's own header: to correct and load again.

They may be personal, so the files are for their owner alone (mode 0600) and nothing of them is told elsewhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv

from renotify.ledger.intake import parquet_rows
from renotify.ledger.intake.batches import blocks
from renotify.ledger.intake.files import CSV, Found
from renotify.ledger.intake.headers import Layout
from renotify.ledger.intake.plain_lines import Numbers, Remarks, line_blocks

PRIVATE = 0o600


def write(file: Found, where: Layout, rows: Numbers, target: Path) -> None:
    """Write rows of a file, by their numbers, and its header; CSV in UTF-8."""
    with private(target) as out:
        for text in _csv(file, where, rows) if file.form is CSV else _parquet(file, rows):
            out.write(text)


def private(target: Path) -> BinaryIO:
    """Open a file to be written anew, for its owner's eyes alone."""
    opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    target.chmod(PRIVATE)
    return os.fdopen(opened, "wb")


def _csv(file: Found, where: Layout, rows: Numbers) -> Iterator[bytes]:
    header = next(line_blocks(file, Remarks()))
    yield header.raw_lines(0, min(where.lines, header.count))
    for lines, parts in blocks(file, where, Remarks()):
        places = rows - lines.first
        runs = {record.place: record.lines for record in parts.records}
        for place in places[(places >= 0) & (places < lines.count - parts.left)]:
            yield lines.raw_lines(int(place), runs.get(int(place), 1))


def _parquet(file: Found, rows: Numbers) -> Iterator[bytes]:
    for first, batch in enumerate(parquet_rows.rows_at(file, np.asarray(rows, np.int64))):
        text = BytesIO()
        options = pyarrow.csv.WriteOptions(include_header=first == 0)
        pyarrow.csv.write_csv(pa.Table.from_batches([batch]), text, options)
        yield text.getvalue()
