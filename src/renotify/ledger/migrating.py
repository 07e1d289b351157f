"""Brings the one schema up to date. Django's models are the schema and its migrations change it; nothing else here needs Django."""

from __future__ import annotations

import pkgutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from renotify.errors import BadInput
from renotify.ledger import locks
from renotify.ledger.same_process import PythonConnection
from renotify.ledger.store import Store, unopened

if TYPE_CHECKING:
    from renotify.ledger.session import Session

MIGRATION_LOCK = 573577  # any number, the same in every process
_MIGRATIONS = Path(__file__).parent / "migrations"
_EMPTY_LEDGER = Path(__file__).with_name("empty_ledger.sql")


class Applied(NamedTuple):
    """A migration that a database has."""

    name: str


def is_behind(session: Session) -> bool:
    """Return whether a database lacks a migration of this version; a new one lacks all."""
    table = (
        "select count(*) from sqlite_master where name = 'django_migrations'"
        if session.sqlite
        else "select count(to_regclass('django_migrations'))"
    )
    if not session.scalar(table):
        return True
    applied = session.rows(Applied, "select name from django_migrations where app = 'ledger'")
    return bool(_known() - {one.name for one in applied})


@cache
def _known() -> frozenset[str]:
    """Return the names of this version's migrations: looking for their files took a third of the time in which a ledger opens."""
    return frozenset(one.name for one in pkgutil.iter_modules([str(_MIGRATIONS)]))


def set_up_django(store: Store) -> None:
    """Give Django the ledger's database, in this process: for migrations, and for accounts and sessions of the web."""
    from django.conf import settings
    from django.db import connections

    database = described(store)
    if not settings.configured:
        configure(store)
    elif connections.databases["default"]["NAME"] != database["NAME"]:
        connections.close_all()
        known = list(connections.all(initialized_only=True))
        connections.settings = connections.configure_settings({"default": database})
        if known:
            del connections["default"]  # the next use makes a connection of the right kind


def configure(store: Store) -> None:
    """Tell Django that there is the ledger, and no more; the site tells it all of its own before (``web.site.web_settings``)."""
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={"default": described(store)},
        INSTALLED_APPS=["renotify.ledger"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
        TIME_ZONE="UTC",
    )
    django.setup()


def described(store: Store) -> dict[str, Any]:
    """Return Django's own description of the ledger's database: SQLite as every session of ours opens it, or PostgreSQL."""
    if store.file is not None:
        start = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;"
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(store.file),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": start,
                "timeout": 60,
                "factory": PythonConnection,
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": store.name,
        "USER": store.user,
        "PASSWORD": store.password,
        "HOST": store.host,
        "PORT": str(store.parts.port or ""),
    }


def bring_up_to_date(store: Store) -> None:
    """Make a new SQLite ledger from the script of an empty one, which takes no Django; migrate any other. Raises what they raise."""
    if store.file is None or not _made(store):
        migrate(store)


def _made(store: Store) -> bool:
    """Run ``empty_ledger.sql`` on a file without tables; return whether it was one."""
    try:
        with (
            locks.file_turn(store.beside("migration")),
            closing(PythonConnection(store.name, timeout=60, isolation_level=None)) as connection,
        ):
            if connection.execute("select count(*) from sqlite_master").fetchone()[0]:
                return False
            connection.execute("pragma journal_mode=wal")
            connection.executescript(f"begin; {_EMPTY_LEDGER.read_text(encoding='utf-8')} commit;")
            return True
    except sqlite3.Error as error:
        raise unopened(error) from error


def migrate(store: Store) -> None:
    """Apply the migrations that a database lacks; two processes at once take turns, and the second finds nothing to do.

    Raises BadInput for a database that does not open, and for one whose rows the newer schema refuses: it stays as it was.
    """
    from django.core.management import call_command
    from django.db import DatabaseError, IntegrityError, connection

    set_up_django(store)
    try:
        connection.ensure_connection()
        with _one_at_a_time(store):
            call_command("migrate", "ledger", interactive=False, verbosity=0)
    except IntegrityError as error:
        raise BadInput(
            f"The ledger cannot be brought up to date: {str(error).splitlines()[0]}",
            "A row of it is none that a load would take; ask with the release that made it: renotify verify.",
        ) from error
    except DatabaseError as error:
        raise unopened(error) from error
    finally:
        connection.close()


@contextmanager
def _one_at_a_time(store: Store) -> Iterator[None]:
    """Hold the migration lock: a file beside SQLite's (which cannot migrate inside a transaction), an advisory lock in PostgreSQL."""
    from django.db import connection

    if store.file is not None:
        with locks.file_turn(store.beside("migration")):
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [MIGRATION_LOCK])
