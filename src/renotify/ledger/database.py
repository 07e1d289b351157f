"""Opens the one database: SQLite (WAL, synchronous=FULL, IMMEDIATE) or PostgreSQL, by its URL, and brings its schema up to date."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import django
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from renotify.errors import BadInput

DEFAULT_URL = "sqlite:///renotify.sqlite3"
SQLITE_START = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
MIGRATION_LOCK = 573577  # any number, the same in every process


def url() -> str:
    """Return the database in force: ``RENOTIFY_DATABASE_URL``, else ``renotify.sqlite3`` in the working folder."""
    return os.environ.get("RENOTIFY_DATABASE_URL", DEFAULT_URL)


def set_up() -> None:
    """Set Django up for the database in force; entering this room does it, before any model is imported."""
    if settings.configured:
        return
    settings.configure(
        DATABASES={"default": _django_database(url())},
        INSTALLED_APPS=["renotify.ledger"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
        TIME_ZONE="UTC",
    )
    django.setup()


def open_ledger(database_url: str | None = None) -> None:
    """Use a database from here on, in this process, and migrate it if it is new or old.

    ``sqlite:///relative.sqlite3``, ``sqlite:////absolute.sqlite3`` or ``postgresql://user:password@host/name``.
    Raises BadInput for any other URL, and for a database that does not open. May be called again with another URL.
    """
    where = database_url or url()
    description = _django_database(where)
    connections.close_all()
    connections.settings = connections.configure_settings({"default": description})
    del connections["default"]  # the next use makes a connection of the right kind
    os.environ["RENOTIFY_DATABASE_URL"] = where
    _connect()
    _migrate()


def _connect() -> None:
    """Open the connection now, so that a database that is not there is one sentence and no traceback."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        reason = (str(error).splitlines() or ["no reason given"])[0]
        raise BadInput(
            f"The database cannot be opened: {reason}.",
            "Check RENOTIFY_DATABASE_URL: is the server running, is the folder there, is the file a ledger?",
        ) from error


def _django_database(database_url: str) -> dict[str, Any]:
    parts = urlsplit(database_url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "renotify.ledger.sqlite",
            "NAME": str(Path(parts.path[1:] or ":memory:").absolute()),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": SQLITE_START,
                "timeout": 60,
            },
        }
    if parts.scheme in ("postgresql", "postgres"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path[1:],
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parse_qs(parts.query).get("host", [parts.hostname or ""])[0],
            "PORT": str(parts.port or ""),
        }
    raise BadInput(
        f"The database URL begins with {parts.scheme or 'nothing'!r}.",
        "Use sqlite:///file.sqlite3 or postgresql://user:password@host/name.",
    )


def _migrate() -> None:
    """Apply what is missing; two processes at once take turns, and the second finds nothing to do."""
    if not _pending():
        return
    with _one_at_a_time():
        if _pending():
            call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold the migration lock: a file beside SQLite's (which cannot migrate inside a transaction), an advisory lock in PostgreSQL."""
    if connection.vendor == "sqlite":
        with Path(f"{connection.settings_dict['NAME']}-migration").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def _pending() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
