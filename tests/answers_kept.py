"""DuckDB's answers, kept for a process: the same question about the same tables is planned once, not in every test of one world.

A small question takes DuckDB five milliseconds, nearly all of it reading, binding and planning its words; the rows take none. What was
registered, made and asked before on a connection, byte for byte, decides whether a question is the same: nothing else can answer it.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    import duckdb

LARGE = 1 << 20  # bytes of a table: reading it through would cost as much as asking
MOST = 20_000  # answers of a process: those that were last asked for
_ANSWERS: dict[tuple[bytes, str, str, str], Any] = {}


class Engine:
    """In the place of DuckDB's engine: gives connections that answer from what is kept."""

    def __init__(self, engine: duckdb.DuckDBPyConnection) -> None:
        self._engine = engine

    def cursor(self) -> Connection:
        return Connection(self._engine.cursor())


class Connection:
    """What the house uses of a DuckDB connection; nothing is done with DuckDB's own before a question that nobody asked yet."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor
        self._known = hashlib.blake2b(digest_size=16)
        self._to_do: list[Callable[[], object]] = []
        self._kept = True

    def register(self, name: str, table: object) -> None:
        self._to_do.append(lambda: self._cursor.register(name, table))
        self._kept = self._kept and isinstance(table, pa.Table) and table.nbytes <= LARGE
        if self._kept:
            self._learn(b"table", name.encode(), _bytes_of(table))

    def execute(self, sql: str, parameters: object = None) -> None:
        self._to_do.append(lambda: self._cursor.execute(sql, parameters))
        self._learn(b"done", sql.encode(), repr(parameters).encode())

    def sql(self, sql: str, *, params: object = None) -> Question:
        return Question(self, sql, params)

    def answered(self, sql: str, params: object, how: str) -> Any:
        key = (self._known.digest(), sql, repr(params), how)
        if self._kept and key in _ANSWERS:
            _ANSWERS[key] = answer = _ANSWERS.pop(key)  # the last one to go
            return answer
        for do in self._to_do:
            do()
        self._to_do.clear()
        answer = self._asked_once(sql, params, how)
        if self._kept:
            if len(_ANSWERS) >= MOST:
                del _ANSWERS[next(iter(_ANSWERS))]
            _ANSWERS[key] = answer
        return answer

    def _asked_once(self, sql: str, params: object, how: str) -> Any:
        """Ask as ``sql`` does, but that a question about a few rows is bound once: its words are a sixth of what it takes."""
        if not self._kept:
            return getattr(self._cursor.sql(sql, params=params), how)()
        self._cursor.execute(sql, params)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that the rows are copied once more
            return getattr(self._cursor, how)()

    def close(self) -> None:
        self._cursor.close()

    def _learn(self, *said: bytes) -> None:
        for one in said:
            self._known.update(len(one).to_bytes(8, "little") + one)


class Question:
    """A question that is answered in the form in which it is read."""

    def __init__(self, connection: Connection, sql: str, params: object) -> None:
        self._asked = (connection, sql, params)

    def to_arrow_table(self) -> pa.Table:
        return self._answer("to_arrow_table")

    def fetchall(self) -> list[Any]:
        return list(self._answer("fetchall"))

    def _answer(self, how: str) -> Any:
        connection, sql, params = self._asked
        return connection.answered(sql, params, how)


def _bytes_of(table: pa.Table) -> memoryview:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return memoryview(sink.getvalue())
