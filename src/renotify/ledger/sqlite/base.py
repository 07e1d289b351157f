"""Django's own SQLite backend, taking turns with ADBC (see ``turns``)."""

from __future__ import annotations

from sqlite3 import Connection
from typing import Any

from django.db.backends.sqlite3 import base

from renotify.ledger.sqlite import turns


class DatabaseWrapper(base.DatabaseWrapper):
    """Opens the file only when no bulk connection has it open."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        turns.django_opens(self)
        try:
            opened: Connection = super().get_new_connection(conn_params)
        except BaseException:
            turns.django_closes(self)
            raise
        return opened

    def close(self) -> None:
        super().close()
        if self.connection is None:
            turns.django_closes(self)
