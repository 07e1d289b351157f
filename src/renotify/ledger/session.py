"""A session with the ledger: one connection, one snapshot for reading, one transaction for writing.

It is opened where people come in (a command, a request, a worker) and handed down as the first argument.
All reads between two writes see one instant of the ledger. SQL is written once for both stores, with
``:name`` for values. Staged tables are temporary: a killed process leaves nothing behind.

There are two kinds (docs/decisions/0010). A *bulk* session moves whole populations as Arrow through ADBC.
A *desk* session answers small questions and writes a few rows; on SQLite it is Python's own sqlite3, the same
copy of the library that Django uses, so that many threads may work on one file.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from renotify.ledger import locks, migrating
from renotify.ledger.store import Store, named_store

if TYPE_CHECKING:
    import pyarrow as pa

Value = str | int | float | date | None
Row = TypeVar("Row", bound=NamedTuple)
WRITERS_LOCK = 573578  # any number, the same in every process: the fold must see every event


class Session(ABC):
    """One connection to the ledger. See the module for what it promises.

    ``read`` and ``stream`` bring sets out as Arrow, ``rows`` a few rows as typed values, ``scalar`` one value;
    ``stage`` brings Arrow in as a temporary table, ``execute`` works on sets.
    """

    sqlite: bool

    def __init__(self, store: Store) -> None:
        self.store = store
        self._writing = False
        self._reading = False

    # What each kind does in its own way

    @abstractmethod
    def close(self) -> None:
        """Give the connection back; temporary tables go with it."""

    @abstractmethod
    def stage(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> int:
        """Bring rows in as temporary table ``name`` and return how many; a table of that name is replaced."""

    @abstractmethod
    def execute(self, sql: str, **values: Value) -> int:
        """Run one statement; return the rows it changed."""

    @abstractmethod
    def rows(self, kind: type[Row], sql: str, **values: Value) -> list[Row]:
        """Return a few rows as values of a NamedTuple, whose fields are the query's columns in order."""

    @abstractmethod
    @contextmanager
    def stream(
        self, sql: str, schema: pa.Schema, **values: Value
    ) -> Iterator[pa.RecordBatchReader]:
        """Return the rows of a query batch by batch, in ``schema``; columns are taken by name."""

    @abstractmethod
    def _statement(self, sql: str) -> None:
        """Run a statement without values outside of any snapshot: begin, commit, rollback."""

    @abstractmethod
    def _scalar(self, sql: str, values: Mapping[str, Value]) -> Any:  # noqa: ANN401 - the database decides the type
        """Return the single value of a query."""

    # What all kinds share

    def read(self, sql: str, schema: pa.Schema, **values: Value) -> pa.Table:
        """Return the rows of a query as Arrow in ``schema``; columns are taken by name."""
        with self.stream(sql, schema, **values) as reader:
            return reader.read_all()

    def scalar(self, sql: str, **values: Value) -> Any:  # noqa: ANN401 - the database decides the type
        """Return the single value of a query."""
        with self._instant():
            return self._scalar(sql, values)

    def list_values(self, name: str) -> str:
        """Return SQL of the texts in a JSON list given as value ``:name``, as table with one column ``value``."""
        if self.sqlite:
            return f"(select value from json_each(:{name}))"
        return (
            f"(select value from jsonb_array_elements_text(cast(:{name} as jsonb)) as each (value))"
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable at the end; writers take turns from the first statement on.

        The snapshot of earlier reads ends here: what is read inside is the newest state, and nobody changes it.
        """
        self.renew()
        self._statement("begin immediate" if self.sqlite else "begin")
        self._writing = True
        try:
            if not self.sqlite:
                self._statement(f"select pg_advisory_xact_lock({WRITERS_LOCK})")
            yield
        except BaseException:
            self._writing = False
            self._statement("rollback")
            raise
        self._writing = False
        self._statement("commit")

    def renew(self) -> None:
        """End the snapshot; the next read sees the ledger as it is then. Staged tables stay."""
        if self._reading:
            self._reading = False
            self._statement("commit")

    @contextmanager
    def claim(self, what: str) -> Iterator[bool]:
        """Hold a named right while the block runs, and say whether it was free; it ends with the process.

        On SQLite a file lock, so that there is one such right a ledger; on PostgreSQL an advisory lock.
        """
        if self.store.file is not None:
            with locks.file_claim(self.store.beside("release")) as free:
                yield free
            return
        key = locks.number_of(what)
        free = bool(self.scalar("select cast(pg_try_advisory_lock(:key) as int)", key=key))
        try:
            yield free
        finally:
            if free:
                self.scalar("select cast(pg_advisory_unlock(:key) as int)", key=key)

    @contextmanager
    def _instant(self) -> Iterator[None]:
        """Read within the open transaction, else within the snapshot, which begins with the first read."""
        if not self._writing and not self._reading:
            level = "begin" if self.sqlite else "begin isolation level repeatable read"
            self._statement(level)
            self._reading = True
        try:
            yield
        except BaseException:
            if (
                self._reading and not self.sqlite
            ):  # PostgreSQL takes no statement after a failed one
                self._reading = False
                self._statement("rollback")
            raise


@contextmanager
def open_session(url: str | None = None, *, bulk: bool = True) -> Iterator[Session]:
    """Open the ledger of a URL for the length of a ``with``, and bring its schema up to date if it is new or old.

    ``bulk`` opens a session for whole populations; without it, a desk session, which many threads may open at once.
    Raises BadInput for a URL or database that does not open, Inconsistent where this process may not open this kind.
    """
    store = named_store(url)
    session = _opened(store, bulk=bulk)
    if migrating.is_behind(session):
        session.close()
        migrating.migrate(store)
        session = _opened(store, bulk=bulk)
    session.renew()
    try:
        yield session
    finally:
        session.close()


def _opened(store: Store, *, bulk: bool) -> Session:
    """Import the library of a kind only when it is used: a look-up needs neither Arrow nor ADBC."""
    if not store.is_sqlite:
        from renotify.ledger.bulk_session import PostgresqlSession

        return PostgresqlSession(store)
    if bulk:
        from renotify.ledger.bulk_session import SqliteBulkSession

        return SqliteBulkSession(store)
    from renotify.ledger.desk_session import SqliteDeskSession

    return SqliteDeskSession(store)
