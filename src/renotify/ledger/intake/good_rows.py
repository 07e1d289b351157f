"""From a table's files to one stream of good rows, ready to stage: checked, completed, in runs.

Rows go to the database in runs sorted by VIN, so that its indexes grow at one place at a time;
a run is bounded, so memory stays flat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.errors import BadInput, RenotifyError
from renotify.ledger.intake import file_dates, row_checks, vin_order
from renotify.ledger.intake.batches import read
from renotify.ledger.intake.columns import Known
from renotify.ledger.intake.contract import Column, Contract
from renotify.ledger.intake.files import Found
from renotify.ledger.intake.headers import Layout
from renotify.ledger.intake.mailed_pieces import MailedPieces
from renotify.ledger.intake.plain_lines import Remarks
from renotify.ledger.intake.rejects import Rejects
from renotify.ledger.intake.remarks import RowRemarks
from renotify.ledger.session import Session
from renotify.values.progress_callback import Progress

RUN = 1 << 18  # rows sorted together
FIRST_VERSION = 1
VERSIONS = 100  # more than the remedy versions that a row may name


class GoodRows:
    """The good rows of one table's files, batch by batch; what is refused is counted on the way."""

    def __init__(
        self,
        contract: Contract,
        files: Mapping[int, tuple[Found, Layout]],
        day: date,
        known: Known,
        rejects: Rejects,
    ) -> None:
        self.contract = contract
        self.rows = 0  # of the files, by the count of their lines
        self.staged = 0  # of them the good ones
        self.rejected = 0
        self.repaired_vins = 0
        self.undated = 0  # rows of later lists without a day, to be dated by what the ledger holds
        self.changed: Counter[tuple[str, str]] = Counter()
        self.empty: list[str] = []
        self.line_remarks: list[str] = []
        self.error: RenotifyError | None = None
        self.pieces: MailedPieces | None = None
        self.refused_owners: list[pa.Table] = []  # refused_owner_rows.SAID with the source of each
        self.row_remarks = RowRemarks(contract, known)
        self.progress: Progress | None = None
        self._files = files
        self._day = day
        self.known = known
        self._rejects = rejects

    @property
    def schema(self) -> pa.Schema:
        """The columns to stage: those the files have, what was completed, and each row's place."""
        fields = [f for f in row_checks.schema(self.contract) if f.name not in self.left_out]
        if self.contract.table == "population":
            fields.append(pa.field("occurred_on", pa.date32()))
        if self.contract.table == "mail_events":
            fields.append(pa.field("letter", pa.string()))
        return pa.schema([*fields, ("source_id", pa.int64()), ("source_row", pa.int64())])

    @cached_property
    def left_out(self) -> dict[str, str]:
        """Optional columns that no file has, with what stands for them: SQL of type and default.

        They are added to the staged rows as constants, at no cost a row.
        """
        if self.contract.table == "mail_events":  # whose rows are completed from their pieces
            return {}
        given = {name for _, where in self._files.values() for name in where.places}
        constants = {c.name: _constant(c) for c in self.contract.columns if c.name not in given}
        if self.contract.table == "appointments":  # of a row that is there already it stays
            constants["first_loaded_on"] = f"date not null default '{self._day}'"
        return constants

    @property
    def some_file_is_newer(self) -> bool:
        """Whether there are several files, and the days in their names tell which is newer."""
        names = {source: file.name for source, (file, _) in self._files.items()}
        return len(names) > 1 and bool(file_dates.by_name(names))

    def reader(self) -> pa.RecordBatchReader:
        """Return the rows as Arrow's stream, in sorted runs; an error met on the way is kept in ``error``."""
        runs = _runs(self._every(), self.schema)
        return pa.RecordBatchReader.from_batches(self.schema, self._guarded(runs))

    def as_they_come(self) -> pa.RecordBatchReader:
        """Return the rows as Arrow's stream, in the order of the files."""
        return pa.RecordBatchReader.from_batches(self.schema, self._guarded(self._every()))

    def stage(self, session: Session, name: str, rows: pa.RecordBatchReader) -> None:
        """Stage a stream made from these rows."""
        with self.errors_as_themselves():
            session.stage(name, rows)

    def add_left_out(self, session: Session, name: str) -> None:
        """Add the columns that no file has to staged rows; SQLite adds one column a statement."""
        added = [f"add column {column} {constant}" for column, constant in self.left_out.items()]
        if added and not session.sqlite:
            added = [", ".join(added)]
        for some in added:
            session.execute(f"alter table {name} {some}")

    @contextmanager
    def errors_as_themselves(self) -> Iterator[None]:
        """Raise an error met on the way as itself, not as whoever reads the rows tells it."""
        try:
            yield
        except Exception:
            if self.error:
                raise self.error from None
            raise

    def _guarded(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
        except RenotifyError as error:  # the database driver would only keep its text
            self.error = error
            raise
        except pa.ArrowException as error:
            self.error = unreadable(self.contract, error)
            raise

    def _every(self) -> Iterator[pa.RecordBatch]:
        for source_id, (file, where) in self._files.items():
            size = float(file.path.stat().st_size)
            before, remarks = self.rows, Remarks()
            for batch in read(file, where, remarks):
                checked = row_checks.check(
                    self.contract, batch, self._day, self.known, private=where.private
                )
                self.rows += batch.counted
                yield self._completed(checked, source_id)
                self.rejected += checked.rejected
                self.staged += checked.good
                self.repaired_vins += checked.repaired_vins
                self.changed.update(checked.changed)
                for said, numbers in checked.noted:
                    remarks.add(said, numbers)
                if checked.refused_owners is not None:
                    sources = pa.repeat(pa.scalar(source_id), checked.refused_owners.num_rows)
                    told = checked.refused_owners.append_column("source_id", sources)
                    self.refused_owners.append(told)
                for lines in checked.rejects:
                    self._rejects.add(file.name, lines)
                if self.progress:
                    self.progress(file.name, size * batch.done, size)
            self.line_remarks += remarks.sentences(file.name)
            if self.rows == before:
                self.empty.append(file.name)

    def _completed(self, checked: row_checks.Checked, source_id: int) -> pa.RecordBatch:
        self.row_remarks.take(checked.rows)
        columns = dict(zip(checked.rows.schema.names, checked.rows.columns, strict=True))
        numbers = checked.numbers
        if self.contract.table == "population":
            columns["occurred_on"] = added_on(columns, self.known, self._day)
            self.undated += columns["occurred_on"].null_count
        if self.pieces is not None:
            found = self.pieces.letters(columns, numbers)
            columns, numbers = found.columns, found.numbers
            checked.rejected += found.refused
            checked.good -= found.refused
            checked.rejects += found.rejects
        columns["source_id"] = pa.repeat(pa.scalar(source_id, pa.int64()), len(numbers))
        columns["source_row"] = pa.array(numbers, pa.int64())
        return pa.record_batch([columns[name] for name in self.schema.names], self.schema)


def unreadable(contract: Contract, error: pa.ArrowException) -> BadInput:
    """Return the refusal of a file whose text Arrow cannot read."""
    return BadInput(f"A file of {contract.table} holds text that cannot be read.", f"{error}"[:200])


def _constant(column: Column) -> str:
    kind = row_checks.stored_type(column)
    types = {pa.date32(): "date", pa.int64(): "bigint", pa.float64(): "double precision"}
    if column.default is not None:
        stated = column.default if kind in types else f"'{column.default}'"
        return f"{types.get(kind, 'text')} not null default {stated}"
    return types.get(kind, "text not null default ''")


def added_on(columns: Mapping[str, pa.Array], known: Known, day: date) -> pa.Array:
    """Return when each vehicle joined: as the row states, else when its version of the campaign began.

    The first version begins with the filing, the registered one when its remedy is available,
    any other on the day of the load. Null where the row states no day and its version has its first list already.
    """
    codes = pa.array(list(known.filed), pa.string())
    place = pc.index_in(columns["campaign_code"], codes)
    filed = pa.array(list(known.filed.values()), pa.date32()).take(place)
    versions = pa.array([version for version, _ in known.available.values()], pa.int64())
    opened = pa.array([opened for _, opened in known.available.values()], pa.date32())
    version = columns["remedy_version"]
    first = pc.equal(version, FIRST_VERSION)
    registered = pc.equal(version, versions.take(place))
    nothing = pa.scalar(None, pa.date32())
    start = pc.if_else(first, filed, pc.if_else(registered, opened.take(place), nothing))
    start = pc.fill_null(start, pa.scalar(day, pa.date32()))
    if known.listed:
        start = pc.if_else(_of_versions(known.listed, codes, place, version), nothing, start)
    return pc.coalesce(columns["added_date"], start)


def _of_versions(
    listed: frozenset[tuple[str, int]], codes: pa.Array, place: pa.Array, version: pa.Array
) -> pa.Array:
    """Return which rows are of the given campaigns and remedy versions; ``place`` is that of each row's code."""
    numbered = {code: number for number, code in enumerate(codes.to_pylist())}
    wanted = [numbered[code] * VERSIONS + one for code, one in listed if code in numbered]
    keys = pc.add(pc.multiply(place.cast(pa.int64()), VERSIONS), version)
    return pc.is_in(keys, pa.array(wanted, pa.int64()))


def _runs(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(b.num_rows for b in held) >= RUN:
            yield from _sorted(held, schema)
            held = []
    if held:
        yield from _sorted(held, schema)


def _sorted(batches: list[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    if "vin" not in schema.names:
        yield from batches
        return
    keys = np.concatenate([vin_order.keys(batch.column("vin")) for batch in batches])
    places = vin_order.order(keys)
    if places is None:
        yield from batches
        return
    table = pa.Table.from_batches(batches, schema).combine_chunks()
    yield from table.take(pa.array(places)).to_batches()
