"""The maker's exceptions that population files state beside their rows, gathered before any other table names such a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.intake import batches, columns, row_checks
from renotify.ledger.intake.batches import Batch
from renotify.ledger.intake.columns import Known
from renotify.ledger.intake.contract import CONTRACTS, POPULATION, VIN_EXCEPTION
from renotify.ledger.intake.files import Found
from renotify.ledger.intake.good_rows import unreadable
from renotify.ledger.intake.headers import Layout
from renotify.ledger.intake.plain_lines import Remarks
from renotify.values import vin_columns

GATHERED = pa.schema(
    [("vin", pa.string()), ("reason", pa.string()), ("source_id", pa.int64()), ("source_row", pa.int64())]
)  # fmt: skip
_STATED = next(column for column in CONTRACTS[POPULATION].columns if column.name == VIN_EXCEPTION)


def gathered(files: Mapping[int, tuple[Found, Layout]], day: date, known: Known) -> pa.Table:
    """Return the exceptions (GATHERED) of population files by source id, the first of each number.

    A row that the load will refuse for another reason excepts nothing. Raises BadInput for a file that cannot be read.
    """
    tables = [GATHERED.empty_table()]
    for source_id, (file, where) in files.items():
        try:
            tables += _of_file(source_id, batches.read(file, where, Remarks()), day, known)
        except pa.ArrowException as error:
            raise unreadable(CONTRACTS[POPULATION], error) from error
    found = pa.concat_tables(tables).combine_chunks()
    _, first = np.unique(found["vin"].to_numpy(zero_copy_only=False).astype(str), return_index=True)
    return found.take(pa.array(np.sort(first)))


def _of_file(source_id: int, read: Iterator[Batch], day: date, known: Known) -> Iterator[pa.Table]:
    for batch in read:
        stated = columns.read(_STATED, batch.columns[VIN_EXCEPTION], day, known).values
        if stated.null_count < len(stated):
            yield _of_rows(source_id, _only(batch, stated.is_valid()), day, known)


def _only(batch: Batch, mask: pa.Array) -> Batch:
    kept = {name: column.filter(mask) for name, column in batch.columns.items()}
    numbers = batch.numbers[mask.to_numpy(zero_copy_only=False)]
    return replace(batch, numbers=numbers, columns=kept, broken=[])


def _of_rows(source_id: int, batch: Batch, day: date, known: Known) -> pa.Table:
    """Check rows that state an exception as the load will, with what they except."""
    numbers = pc.utf8_upper(pc.utf8_trim_whitespace(batch.columns["vin"]))
    own = numbers.filter(vin_columns.name_vehicles(numbers))
    excepting = replace(known, exceptions=pa.concat_arrays([known.exceptions, own]))
    good = row_checks.check(CONTRACTS[POPULATION], batch, day, excepting)
    rows = len(good.numbers)
    return pa.table(
        [
            good.rows.column("vin"),
            good.rows.column(VIN_EXCEPTION),
            pa.repeat(pa.scalar(source_id, pa.int64()), rows),
            pa.array(good.numbers, pa.int64()),
        ],
        schema=GATHERED,
    )
