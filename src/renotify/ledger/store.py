"""Where the ledger is: one SQLite file or one PostgreSQL database, named by a URL."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from renotify.errors import BadInput

VARIABLE = "RENOTIFY_DATABASE_URL"
ADDRESS_FILE = "renotify.url"  # in a folder: the address of the ledger that its files belong to
DEFAULT_URL = "sqlite:///renotify.sqlite3"
PAGE = 16384  # bytes of a page of a new SQLite file: a load of millions of rows splits and logs a quarter as many


@dataclass(frozen=True)
class Store:
    """One database: ``file`` for SQLite, ``parts`` of the URL for PostgreSQL."""

    url: str
    file: Path | None
    parts: SplitResult

    @property
    def is_sqlite(self) -> bool:
        return self.file is not None

    @property
    def host(self) -> str:
        """The server or the folder of its socket, which stands in the query of a URL."""
        return parse_qs(self.parts.query).get("host", [self.parts.hostname or ""])[0]

    @property
    def user(self) -> str:
        return unquote(self.parts.username or "")

    @property
    def password(self) -> str:
        return unquote(self.parts.password or "")

    @property
    def name(self) -> str:
        """The database of PostgreSQL, or SQLite's file."""
        return str(self.file) if self.file else self.parts.path[1:]

    def beside(self, ending: str) -> Path:
        """Return the path of a file beside SQLite's own, such as a lock."""
        return Path(f"{self.name}-{ending}")


def named_store(url: str | None = None) -> Store:
    """Return the store of a URL; without one, of ``RENOTIFY_DATABASE_URL``, else of the working folder.

    A folder's ledger is the one that its file ``renotify.url`` names, or that of the nearest folder above it; else renotify.sqlite3 in it.

    ``sqlite:///relative.sqlite3``, ``sqlite:////absolute.sqlite3`` or ``postgresql://user:password@host/name``.
    Raises BadInput for any other URL.
    """
    where = url or os.environ.get(VARIABLE) or _of_folder(Path.cwd()) or DEFAULT_URL
    parts = urlsplit(where)
    if parts.scheme == "sqlite" and parts.path[1:]:
        return Store(where, Path(parts.path[1:]).absolute(), parts)
    if parts.scheme in ("postgresql", "postgres"):
        standard = where.replace("postgres://", "postgresql://", 1)
        return Store(standard, None, urlsplit(standard))
    raise BadInput(
        f"The database URL begins with {parts.scheme or 'nothing'!r}.",
        "Use sqlite:///file.sqlite3 or postgresql://user:password@host/name.",
    )


def _of_folder(folder: Path) -> str:
    """Return the address that a folder or the nearest one above it carries; blank where none does. A SQLite file is found from there."""
    for place in (folder, *folder.parents):
        file = place / ADDRESS_FILE
        if file.is_file():
            address = file.read_text(encoding="utf-8").strip()
            parts = urlsplit(address)
            if parts.scheme == "sqlite" and parts.path[1:]:
                return f"sqlite:///{(place / parts.path[1:]).absolute()}"
            return address
    return ""


def not_there(store: Store) -> BadInput:
    """Return the one sentence for a ledger that nobody has made yet: a name typed wrong makes no new one."""
    return BadInput(
        f"There is no ledger {store.name}.",
        f"renotify load FOLDER makes it and fills it. To ask another one, name it by {VARIABLE} or go to its folder.",
    )


def unopened(error: Exception) -> BadInput:
    """Return the one sentence for a database that does not open."""
    reason = (str(error).splitlines() or ["no reason given"])[0]
    return BadInput(
        f"The database cannot be opened: {reason}.",
        "Check RENOTIFY_DATABASE_URL: is the server running, is the folder there, is the file a ledger?",
    )
