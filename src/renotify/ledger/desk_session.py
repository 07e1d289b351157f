"""Sessions for small questions and small writes on SQLite: Python's own sqlite3, a connection a session, many threads at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from renotify.ledger.rows import converters
from renotify.ledger.same_process import PythonConnection
from renotify.ledger.session import Row, Session, Value
from renotify.ledger.store import PAGE, Store, unopened

if TYPE_CHECKING:
    import pyarrow as pa

WAIT = 60.0  # seconds for another writer
BATCH = 10_000  # rows at once into or out of Arrow
START = f"pragma page_size={PAGE}; pragma journal_mode=wal; pragma synchronous=full; pragma foreign_keys=on; pragma recursive_triggers=on;"


class SqliteDeskSession(Session):
    """The same copy of SQLite that Django uses; no bulk session may have the file open in this process."""

    sqlite = True

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        try:
            self._connection = PythonConnection(
                store.name, timeout=WAIT, isolation_level=None, check_same_thread=False
            )
            try:
                self._connection.executescript(START)
            except BaseException:
                self._connection.close()
                raise
        except sqlite3.Error as error:
            raise unopened(error) from error

    def close(self) -> None:
        """Give the connection back; temporary tables go with it."""
        self._connection.close()

    def stage(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> int:
        """Bring rows in as temporary table ``name`` and return how many; a table of that name is replaced."""
        names = rows.schema.names
        columns = ", ".join(f"[{field.name}] {_declared(field.type)}" for field in rows.schema)
        places = ", ".join("?" * len(names))
        make = f"create temporary table {name} ({columns})"
        with self._instant(make):
            self._run(f"drop table if exists {self.temporary(name)}", {})
            self._run(make, {})
            staged = 0
            for batch in _batches(rows):
                values = zip(*(_plain(column) for column in batch.columns), strict=True)
                self._connection.executemany(
                    f"insert into {self.temporary(name)} values ({places})", values
                )
                staged += batch.num_rows
        return staged

    def execute(self, sql: str, **values: Value) -> int:
        """Run one statement; return how many rows an insert, update or delete changed."""
        with self._instant(sql):
            return max(self._run(sql, values).rowcount, 0)

    def rows(self, kind: type[Row], sql: str, **values: Value) -> list[Row]:
        """Return a few rows as values of a NamedTuple, whose fields are the query's columns in order and by name."""
        with self._instant(sql):
            found = self._run(sql, values).fetchall()
        change = converters(kind)
        if not change:
            return [kind._make(row) for row in found]
        made = []
        for row in found:
            values_of_row = list(row)
            for place, convert in change:
                values_of_row[place] = convert(values_of_row[place])
            made.append(kind._make(values_of_row))
        return made

    @contextmanager
    def stream(
        self, sql: str, schema: pa.Schema, **values: Value
    ) -> Iterator[pa.RecordBatchReader]:
        """Return the rows of a query batch by batch, in ``schema``; columns are taken by name."""
        import pyarrow as pa

        with self._instant(sql):
            cursor = self._run(sql, values)
            place = {column[0]: at for at, column in enumerate(cursor.description)}
            order = [place[name] for name in schema.names]

            def batches() -> Iterator[pa.RecordBatch]:
                while found := cursor.fetchmany(BATCH):
                    columns = list(zip(*found, strict=True))
                    yield pa.record_batch(
                        [
                            _typed(columns[at], field.type)
                            for at, field in zip(order, schema, strict=True)
                        ],
                        schema=schema,
                    )

            yield pa.RecordBatchReader.from_batches(schema, batches())

    def _scalar(self, sql: str, values: Mapping[str, Value]) -> Any:  # noqa: ANN401 - the database decides the type
        return self._run(sql, values).fetchall()[0][0]

    def _statement(self, sql: str) -> None:
        self._connection.execute(sql)

    def _run(self, sql: str, values: Mapping[str, Value]) -> sqlite3.Cursor:
        if not values:
            return self._connection.execute(sql)
        return self._connection.execute(
            sql,
            {
                name: value.isoformat() if isinstance(value, date) else value
                for name, value in values.items()
            },
        )


def _batches(rows: pa.Table | pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    yield from (rows.to_batches(max_chunksize=BATCH) if isinstance(rows, pa.Table) else rows)


def _declared(kind: pa.DataType) -> str:
    import pyarrow as pa

    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return "integer"
    return "real" if pa.types.is_floating(kind) else "text"


def _plain(column: pa.Array) -> list[Any]:
    """Return the values as sqlite3 takes them: days and truth values as SQLite keeps them."""
    import pyarrow as pa

    if pa.types.is_date(column.type):
        return list(column.cast(pa.string()).to_pylist())
    if pa.types.is_boolean(column.type):
        return list(column.cast(pa.int8()).to_pylist())
    return list(column.to_pylist())


def _typed(values: tuple[Any, ...], kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    if pa.types.is_date(kind):
        return pa.array(values, pa.string()).cast(kind)
    if pa.types.is_boolean(kind):
        return pa.array(values, pa.int8()).cast(kind)
    return pa.array(values, kind)
