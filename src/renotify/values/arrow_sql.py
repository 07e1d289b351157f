"""SQL over Arrow tables in memory, by DuckDB: one engine a process, a connection of its own for each use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """Return the engine; starting one takes ten milliseconds, and it keeps nothing but what is registered.

    A name that nobody registered is an error: by itself DuckDB would take any variable of the caller that has the name.
    """
    import duckdb  # a tenth of a second, which most loads need not spend

    return duckdb.connect(config={"python_enable_replacements": False})


@contextmanager
def arrow_sql() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection for the length of a ``with``: what is registered or made temporary in it is seen by nobody else."""
    connection = _engine().cursor()
    try:
        yield connection
    finally:
        connection.close()
