"""The key that signs sessions: in a file beside a SQLite ledger, made at the first start; for PostgreSQL it is stated."""

from __future__ import annotations

import os
import secrets

from renotify.errors import BadInput
from renotify.ledger.store import Store


def secret_key(store: Store) -> str:
    """Return the key of a ledger's site, for its owner to read alone. Raises BadInput where none can be kept beside the ledger."""
    if store.file is None:
        raise BadInput(
            "The site has no secret key.",
            "State one of 50 characters or more: export RENOTIFY_SECRET_KEY=...",
        )
    file = store.beside("web-key")
    try:
        with os.fdopen(
            os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
        ) as made:
            made.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return file.read_text(encoding="ascii")
