"""Sessions for whole populations: Arrow in and out through ADBC, on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import same_process
from renotify.ledger.rows import reader_schema
from renotify.ledger.same_process import Copy
from renotify.ledger.session import Row, Session, Value
from renotify.ledger.store import PAGE, Store, unopened

_NAME = re.compile(
    r"'(?:[^']|'')*'|(?<![:\w]):([a-z_][a-z_0-9]*)"
)  # a text in quotes is passed over
_COUNTED = re.compile(r"\s*(?:insert|replace|update|delete|with)\b", re.IGNORECASE)
SQLITE_START = (
    "busy_timeout=60000", f"page_size={PAGE}",
    "journal_mode=WAL", "synchronous=FULL", "cache_size=-65536", "temp.cache_size=-16384", "foreign_keys=on",
    "recursive_triggers=on",
)  # fmt: skip
# The rows of a batch: of the driver's own thousand, a tenth of the time of a long list goes into batches.
BATCH = MappingProxyType({"adbc.sqlite.query.batch_rows": 16_384})
KEPT = 8  # databases of which a process keeps what the driver has read; a ledger is one
_KNOWN: dict[
    str, tuple[Any, Any]
] = {}  # by URL: the driver's database, and its holder for all connections
_ONE_AT_A_TIME = threading.Lock()


class BulkSession(Session):
    """What both stores do alike through ADBC."""

    _connection: Any  # ADBC ships no types
    _options: Mapping[str, int] = MappingProxyType({})  # of each statement, by the driver's names

    def close(self) -> None:
        """Give the connection back; temporary tables go with it."""
        self._connection.close()

    def stage(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> int:
        """Bring rows in as temporary table ``name`` and return how many; a table of that name is replaced."""
        with self._instant(f"create temporary table {name}"):
            if name in self._temporary:  # of this session, and not dropped as far as it knows
                self._run(f"drop table if exists {self.temporary(name)}", {}).close()
            cursor = self._connection.cursor()
            try:
                return int(cursor.adbc_ingest(name, rows, mode="create", temporary=True))
            finally:
                cursor.close()

    def rows(self, kind: type[Row], sql: str, **values: Value) -> list[Row]:
        """Return a few rows as values of a NamedTuple, whose fields are the query's columns in order and by name."""
        columns = self.read(sql, reader_schema(kind), **values)
        return [kind._make(row) for row in zip(*(c.to_pylist() for c in columns), strict=True)]

    @contextmanager
    def stream(
        self, sql: str, schema: pa.Schema, **values: Value
    ) -> Iterator[pa.RecordBatchReader]:
        """Return the rows of a query batch by batch, in ``schema``: memory stays flat."""
        with self._instant(sql):
            cursor = self._run(self._typed(sql, schema), values)
            try:
                batches = self._batches(cursor.fetch_record_batch())
                yield pa.RecordBatchReader.from_batches(
                    schema, (_cast(batch, schema) for batch in batches)
                )
            finally:
                cursor.close()

    def _typed(self, sql: str, schema: pa.Schema) -> str:
        del schema
        return sql

    def _batches(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        yield from reader

    def _scalar(self, sql: str, values: Mapping[str, Value]) -> Any:  # noqa: ANN401 - the database decides the type
        cursor = self._run(sql, values)
        try:
            return cursor.fetchall()[0][0]
        finally:
            cursor.close()

    def _statement(self, sql: str) -> None:
        self._run(sql, {}).close()

    def _run(self, sql: str, values: Mapping[str, Value]) -> Any:  # noqa: ANN401 - ADBC ships no types
        statement, order = _placed(sql, "?" if self.sqlite else "$")
        cursor = self._connection.cursor()
        if self._options:
            cursor.adbc_statement.set_options(**self._options)
        cursor.execute(statement, [values[name] for name in order] or None)
        return cursor


@lru_cache(maxsize=1024)
def _placed(sql: str, mark: str) -> tuple[str, tuple[str, ...]]:
    """Return a statement with numbered places for its named values, and their names in order."""
    order: list[str] = []

    def place(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return match[0]
        if name not in order:
            order.append(name)
        return f"{mark}{order.index(name) + 1}"

    return _NAME.sub(place, sql), tuple(order)


class SqliteBulkSession(BulkSession):
    """ADBC's own copy of SQLite; no desk session and no Django may have the file open in this process."""

    sqlite = True
    _options = BATCH

    def __init__(self, store: Store) -> None:
        from adbc_driver_sqlite import dbapi

        super().__init__(store)
        assert store.file is not None  # noqa: S101 - a store of this kind has one
        self._file = store.file
        same_process.opens(self._file, Copy.ADBC, self)
        try:
            self._connection = dbapi.connect(str(self._file), autocommit=True)
            try:
                for pragma in SQLITE_START:
                    self._run(f"PRAGMA {pragma}", {}).fetchall()
            except BaseException:
                self._connection.close()
                raise
        except Exception as error:
            same_process.closes(self._file, Copy.ADBC, self)
            raise unopened(error) from error

    def close(self) -> None:
        """Give the connection back; temporary tables go with it."""
        super().close()
        same_process.closes(self._file, Copy.ADBC, self)

    def execute(self, sql: str, **values: Value) -> int:
        """Run one statement; return how many rows an insert, update or delete changed."""
        with self._instant(sql):
            self._run(sql, values).close()
            return int(self._scalar("select changes()", {})) if _COUNTED.match(sql) else 0

    def copy_to(self, path: Path) -> None:
        """Write the ledger as it is now into a new file, whole and without what temporary tables hold."""
        self.renew()
        self._run("vacuum into :path", {"path": str(path.absolute())}).close()

    def _typed(self, sql: str, schema: pa.Schema) -> str:
        """Put a row before SQLite's rows that says each column's type.

        The driver takes types from the first rows it sees: a column that begins with nulls would be
        whole numbers to it, and the first date or text after them an error.
        """
        first = ", ".join(f"{_sample(field.type)} as [{field.name}]" for field in schema)
        names = ", ".join(f"[{field.name}]" for field in schema)
        return f"select {first} union all select {names} from ({sql})"

    def _batches(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        """Leave out the first row, which only says the types."""
        skipped = 1
        for batch in reader:
            yield batch.slice(skipped)
            skipped = 0


class PostgresqlSession(BulkSession):
    """ADBC on PostgreSQL: for whole populations and for small questions alike."""

    sqlite = False

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        try:
            self._connection = _connected(store.url)
        except Exception as error:
            raise unopened(error) from error

    def append(self, name: str, rows: pa.RecordBatchReader) -> int:
        """Bring rows into a table of the ledger as they come, within the open transaction; return how many."""
        with self._instant(f"insert into {name}"):
            cursor = self._connection.cursor()
            try:
                return int(cursor.adbc_ingest(name, rows, mode="append"))
            finally:
                cursor.close()

    def execute(self, sql: str, **values: Value) -> int:
        """Run one statement; return how many rows an insert, update or delete changed."""
        with self._instant(sql):
            if values:  # with values the driver does not tell the count
                counted = f"with changed as ({sql} returning 1) select count(*) from changed"
                return int(self._scalar(counted, values))
            cursor = self._run(sql, values)
            try:
                return int(cursor.rowcount)
            finally:
                cursor.close()


def _connected(url: str) -> Any:  # noqa: ANN401 - ADBC ships no types
    """Return a new connection to a PostgreSQL database.

    The driver first reads every type of a database, which takes a hundred times as long as to connect: what it has read is kept.
    """
    from adbc_driver_manager import AdbcConnection
    from adbc_driver_manager.dbapi import Connection, _SharedDatabase
    from adbc_driver_postgresql import connect

    with _ONE_AT_A_TIME:
        if url not in _KNOWN:
            database = connect(url)
            if len(_KNOWN) == KEPT:
                _, oldest = _KNOWN.pop(next(iter(_KNOWN)))
                oldest.close()  # with the last of its connections
            _KNOWN[url] = database, _SharedDatabase(database)
        database, shared = _KNOWN[url]
        return Connection(shared, AdbcConnection(database), autocommit=True)


def _sample(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return "0"
    return "0.0" if pa.types.is_floating(kind) else "''"


def _cast(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [_cast_column(batch.column(field.name), field.type) for field in schema]
    return pa.record_batch(columns, schema=schema)


def _cast_column(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    if pa.types.is_boolean(wanted) and pa.types.is_integer(column.type):
        return pc.not_equal(column, 0)
    return column.cast(wanted)
