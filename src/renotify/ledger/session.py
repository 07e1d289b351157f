"""A session with the ledger: one connection, one snapshot for reading, one transaction for writing.

It is opened where people come in (a command, a request, a worker) and handed down as the first argument.
All reads between two writes see one instant of the ledger. SQL is written once for both stores, with
``:name`` for values. Staged tables are temporary: a killed process leaves nothing behind.

There are two kinds (docs/decisions/0010). A *bulk* session moves whole populations as Arrow through ADBC.
A *desk* session answers small questions and writes a few rows; on SQLite it is Python's own sqlite3, the same
copy of the library that Django uses, so that many threads may work on one file.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from renotify.errors import Inconsistent
from renotify.ledger import locks, migrating
from renotify.ledger.store import Store, named_store, not_there

if TYPE_CHECKING:
    import pyarrow as pa

Value = str | int | float | date | None
Row = TypeVar("Row", bound=NamedTuple)
Found = TypeVar("Found")
WRITERS_LOCK = 573578  # any number, the same in every process: the fold must see every event
_TEMPORARY = ("temp", "pg_temp")
_CHANGES = re.compile(
    r"""(?:^|\()\s*(?:
        (?P<makes> create \s+ temp(?:orary)? \s+ table (?:\s+ if \s+ not \s+ exists)? )
        | insert \s+ (?:or \s+ \w+ \s+)? into | replace \s+ into | update (?:\s+ or \s+ \w+)? | delete \s+ from
        | truncate (?:\s+ table)? | alter \s+ table
        | drop \s+ (?:table|index|view|trigger) (?:\s+ if \s+ exists)?
        | create \s+ (?:unique \s+)? index \s+ \w+ \s+ on | create \s+ (?:table|view|trigger)
    ) \s+ \[?(?P<table> [a-z_] [\w.]*)""",
    re.IGNORECASE | re.VERBOSE,
)


class Session(ABC):
    """One connection to the ledger. See the module for what it promises.

    ``read`` and ``stream`` bring sets out as Arrow, ``rows`` a few rows as typed values, ``scalar`` one value;
    ``stage`` brings Arrow in as a temporary table, ``execute`` works on sets. A statement that changes a table of
    the ledger is Inconsistent outside a transaction: it would be lost with the snapshot.
    """

    sqlite: bool

    def __init__(self, store: Store) -> None:
        self.store = store
        self._writing = False
        self._reading = False
        self._temporary: set[str] = set()
        self._remembered: dict[tuple[Hashable, ...], Any] = {}

    # What each kind does in its own way

    @abstractmethod
    def close(self) -> None:
        """Give the connection back; temporary tables go with it."""

    @abstractmethod
    def stage(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> int:
        """Bring rows in as temporary table ``name`` and return how many; a table of that name is replaced."""

    @abstractmethod
    def execute(self, sql: str, **values: Value) -> int:
        """Run one statement; return how many rows an insert, update or delete changed."""

    @abstractmethod
    def rows(self, kind: type[Row], sql: str, **values: Value) -> list[Row]:
        """Return a few rows as values of a NamedTuple, whose fields are the query's columns in order and by name."""

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
        with self._instant(sql):
            return self._scalar(sql, values)

    def remembered(self, what: Callable[..., Found], *about: Hashable) -> Found:
        """Return what a function of the ledger, and of what it is ``about``, finds: found once while the snapshot stands.

        Within a transaction it is found anew. What is found is given to everybody who asks: nobody changes it.
        """
        if self._writing:
            return what(self, *about)
        if not self._reading:
            self._remembered.clear()
        key = (what, *about)
        if key not in self._remembered:
            self._remembered[key] = what(self, *about)
        return cast("Found", self._remembered[key])

    def list_values(self, name: str) -> str:
        """Return SQL of the texts in a JSON list given as value ``:name``, as table with one column ``value``."""
        if self.sqlite:
            return f"(select value from json_each(:{name}))"
        return (
            f"(select value from jsonb_array_elements_text(cast(:{name} as jsonb)) as each (value))"
        )

    def temporary(self, name: str) -> str:
        """Return the full name of a temporary table, which no table of the ledger can be taken for."""
        return f"{'temp' if self.sqlite else 'pg_temp'}.{name}"

    def kept(self, name: str) -> str:
        """Return the table that rows of ``event`` or ``state`` are written to: PostgreSQL reads both through views."""
        return name if self.sqlite else f"{name}_row"

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable at the end; writers take turns from the first statement on.

        The snapshot of earlier reads ends here: what is read inside is the newest state, and nobody changes it.
        Raises Inconsistent within another transaction of the session.
        """
        if self._writing:
            raise Inconsistent("This session has a transaction open already.")
        self.renew()
        self._statement("begin immediate" if self.sqlite else "begin")
        self._writing = True
        try:
            if not self.sqlite:
                self._statement(f"select pg_advisory_xact_lock({WRITERS_LOCK})")
            yield
            self._statement("commit")
        except BaseException:
            with suppress(Exception):  # some errors undo the transaction themselves
                self._statement("rollback")
            raise
        finally:
            self._writing = False

    def renew(self) -> None:
        """End the snapshot; the next read sees the ledger as it is then. Staged tables stay."""
        if self._reading:
            self._reading = False
            self._statement("commit")

    @contextmanager
    def claim(self, what: str) -> Iterator[bool]:
        """Hold a named right while the block runs, and say whether it was free; it ends with the process.

        What is read under it is the newest state. On SQLite a file lock, so that there is one such right a ledger;
        on PostgreSQL an advisory lock.
        """
        self.renew()
        if self.store.file is not None:
            with locks.file_claim(self.store.beside("release")) as free:
                yield free
            return
        key = locks.number_of(what)
        free = bool(self._scalar("select cast(pg_try_advisory_lock(:key) as int)", {"key": key}))
        try:
            yield free
        finally:
            if free:
                self.renew()
                self._scalar("select cast(pg_advisory_unlock(:key) as int)", {"key": key})

    @contextmanager
    def _instant(self, sql: str) -> Iterator[None]:
        """Run a statement within the open transaction, else within the snapshot, which begins with the first read."""
        if not self._writing:
            self._refuse_lost_write(sql)
            if not self._reading:
                level = "begin" if self.sqlite else "begin isolation level repeatable read"
                self._statement(level)
                self._reading = True
                self._remembered.clear()
        try:
            yield
        except BaseException:
            if (
                self._reading and not self.sqlite
            ):  # PostgreSQL takes no statement after a failed one
                self._reading = False
                self._statement("rollback")
            raise
        self._temporary.update(_made(sql))

    def _refuse_lost_write(self, sql: str) -> None:
        for table in _changed(sql):
            schema, _, name = table.rpartition(".")
            if schema not in _TEMPORARY and name not in self._temporary:
                raise Inconsistent(
                    f"A change of {table} outside a transaction would be lost.",
                    "Write within `with session.transaction()`.",
                )


@lru_cache(maxsize=1024)
def _changed(sql: str) -> tuple[str, ...]:
    """Return the tables that a statement changes, but for a temporary one that it makes."""
    return tuple(m["table"].lower() for m in _CHANGES.finditer(sql) if not m["makes"])


@lru_cache(maxsize=1024)
def _made(sql: str) -> tuple[str, ...]:
    """Return the temporary tables that a statement makes."""
    return tuple(m["table"].lower() for m in _CHANGES.finditer(sql) if m["makes"])


@contextmanager
def open_session(
    url: str | None = None, *, bulk: bool = True, make: bool = True
) -> Iterator[Session]:
    """Open the ledger of a URL for the length of a ``with``, and bring its schema up to date if it is new or old.

    Without ``make`` a SQLite file that is not there is BadInput, and stays away.
    ``bulk`` opens a session for whole populations; without it, a desk session, which many threads may open at once.
    Raises BadInput for a URL or database that does not open, Inconsistent where this process may not open this kind.
    """
    store = named_store(url)
    if not make and store.file is not None and not store.file.exists():
        raise not_there(store)
    session = _opened(store, bulk=bulk)
    try:
        if migrating.is_behind(session):
            session.close()
            migrating.bring_up_to_date(store)
            session = _opened(store, bulk=bulk)
        session.renew()
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
