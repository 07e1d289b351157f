"""Bulk in and out: Arrow through ADBC, with one way of saying SQL for both databases.

SQL is written once, with ``:name`` for values. Staged tables are temporary: a killed process leaves nothing behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from adbc_driver_postgresql import dbapi as postgresql_driver
from adbc_driver_sqlite import dbapi as sqlite_driver
from django.db import connection

from renotify.ledger import database
from renotify.ledger.sqlite import turns

Value = str | int | float | date | None
WRITERS_LOCK = 573578  # any number, the same in every process; the fold must see every event
_NAME = re.compile(r"(?<![:\w]):([a-z_]+)")


class Bulk:
    """One ADBC connection. ``stage`` brings Arrow in as a temporary table, ``execute`` works on sets, ``read`` brings Arrow out."""

    def __init__(self) -> None:
        self.sqlite = connection.vendor == "sqlite"
        if self.sqlite:
            connection.close()
            turns.adbc_opens(self)
            self._connection = sqlite_driver.connect(
                str(connection.settings_dict["NAME"]), autocommit=True
            )
            for pragma in (
                "busy_timeout=60000",
                "journal_mode=WAL",
                "synchronous=FULL",
                "cache_size=-65536",
            ):
                self._run(f"PRAGMA {pragma}", {}).fetchall()
        else:
            self._connection = postgresql_driver.connect(
                database.url().replace("postgres://", "postgresql://", 1), autocommit=True
            )

    def close(self) -> None:
        """Give the connection back; temporary tables go with it."""
        self._connection.close()
        turns.adbc_closes(self)

    def stage(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> int:
        """Bring rows in as temporary table ``name`` and return how many; a table of that name is replaced."""
        self.execute(f"drop table if exists {self._temporary(name)}")
        cursor = self._connection.cursor()
        try:
            return int(cursor.adbc_ingest(name, rows, mode="create", temporary=True))
        finally:
            cursor.close()

    def execute(self, sql: str, **values: Value) -> int:
        """Run one statement; return the rows it changed."""
        if values and not self.sqlite:  # with values the PostgreSQL driver does not tell the count
            return int(
                self.scalar(
                    f"with changed as ({sql} returning 1) select count(*) from changed", **values
                )
            )
        cursor = self._run(sql, values)
        try:
            if not self.sqlite:
                return int(cursor.rowcount)
        finally:
            cursor.close()
        return int(self.scalar("select changes()"))

    def scalar(self, sql: str, **values: Value) -> Any:  # noqa: ANN401 - the database decides the type
        """Return the single value of a query."""
        cursor = self._run(sql, values)
        try:
            return cursor.fetchall()[0][0]
        finally:
            cursor.close()

    def read(self, sql: str, schema: pa.Schema, **values: Value) -> pa.Table:
        """Return the rows of a query as Arrow in ``schema``; columns are taken by name."""
        with self.stream(sql, schema, **values) as reader:
            return reader.read_all()

    @contextmanager
    def stream(
        self, sql: str, schema: pa.Schema, **values: Value
    ) -> Iterator[pa.RecordBatchReader]:
        """Return the rows of a query batch by batch, in ``schema``: memory stays flat."""
        cursor = self._run(_typed(sql, schema) if self.sqlite else sql, values)
        try:
            reader = cursor.fetch_record_batch()
            batches = _without_first_row(reader) if self.sqlite else reader
            yield pa.RecordBatchReader.from_batches(
                schema, (_cast(batch, schema) for batch in batches)
            )
        finally:
            cursor.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable at the end; writers take turns from the first statement on."""
        self._run("begin immediate" if self.sqlite else "begin", {}).close()
        try:
            if not self.sqlite:
                self._run(f"select pg_advisory_xact_lock({WRITERS_LOCK})", {}).close()
            yield
        except BaseException:
            self._run("rollback", {}).close()
            raise
        self._run("commit", {}).close()

    def _run(self, sql: str, values: Mapping[str, Value]) -> Any:  # noqa: ANN401 - ADBC ships no types
        order: list[str] = []

        def place(match: re.Match[str]) -> str:
            if match[1] not in order:
                order.append(match[1])
            return f"{'?' if self.sqlite else '$'}{order.index(match[1]) + 1}"

        statement = _NAME.sub(place, sql)
        cursor = self._connection.cursor()
        cursor.execute(statement, [values[name] for name in order] or None)
        return cursor

    def _temporary(self, name: str) -> str:
        return f"temp.{name}" if self.sqlite else f"pg_temp.{name}"


def _typed(sql: str, schema: pa.Schema) -> str:
    """Put a row before SQLite's rows that says each column's type.

    The driver takes types from the first rows it sees: a column that begins with nulls would be
    whole numbers to it, and the first date or text after them an error.
    """
    first = ", ".join(f"{_sample(field.type)} as [{field.name}]" for field in schema)
    names = ", ".join(f"[{field.name}]" for field in schema)
    return f"select {first} union all select {names} from ({sql})"


def _sample(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return "0"
    return "0.0" if pa.types.is_floating(kind) else "''"


def _without_first_row(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    skipped = 1
    for batch in batches:
        yield batch.slice(skipped)
        skipped = 0


def _cast(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [_cast_column(batch.column(field.name), field.type) for field in schema]
    return pa.record_batch(columns, schema=schema)


def _cast_column(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    if pa.types.is_boolean(wanted) and pa.types.is_integer(column.type):
        return pc.not_equal(column, 0)
    return column.cast(wanted)


@contextmanager
def bulk() -> Iterator[Bulk]:
    """Open a bulk connection to the ledger's database for the length of a ``with``."""
    opened = Bulk()
    try:
        yield opened
    finally:
        opened.close()
