"""A copy of a ledger, to try things on: a file of its own, as the ledger is at this instant."""

from __future__ import annotations

from pathlib import Path

from renotify.errors import Refused
from renotify.ledger.bulk_session import SqliteBulkSession
from renotify.ledger.session import Session

HINT = (
    "Restore a dump of it under a name of its own, name that in RENOTIFY_DATABASE_URL, and walk through the weeks there; without --play"
    " a plan is rehearsed as it is."
)


def copied_from(session: Session) -> SqliteBulkSession:
    """Return the session as one whose ledger is copied; asked before long work begins. Raises Refused on PostgreSQL."""
    if not isinstance(session, SqliteBulkSession):
        raise Refused("A ledger on PostgreSQL is not copied into a file.", HINT)
    return session


def copy_ledger(session: Session, path: Path) -> str:
    """Copy the ledger of a session into a new file; return the copy's URL. Raises Refused on PostgreSQL, and where the file is there."""
    known = copied_from(session)
    if path.exists():
        raise Refused(f"{path} is there already.", "Name a folder of its own for the play.")
    known.copy_to(path)
    return f"sqlite:///{path.absolute()}"
