"""One process of the storm: it works on the ledger until it is killed, and says on a file what is durable.

python storm.py load|desk|django URL ACKNOWLEDGED FOLDER
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from renotify.ledger import migrating, sources
from renotify.ledger.intake import load
from renotify.ledger.kinds import SourceKind
from renotify.ledger.lookup import lookup
from renotify.ledger.session import open_session
from renotify.ledger.store import named_store

ON = date(2013, 2, 26)
Say = Callable[[str], None]


def loads(url: str, folder: str, say: Say) -> None:
    """Load the folder again and again: the first load that ends makes the ledger whole."""
    while True:
        with open_session(url) as session:
            load(session, [Path(folder)], on=ON, rejects_dir=Path(folder) / "rejects")
        say("loaded")


def desk(url: str, folder: str, say: Say) -> None:
    """Look a vehicle up and record a command, in turn."""
    (vin, *_) = (Path(folder) / "vehicles.csv").read_text().splitlines()[1].split(",")
    with open_session(url, bulk=False) as session:
        for number in itertools.count():
            lookup(session, [vin], on=ON)
            with session.transaction():
                sources.record(session, SourceKind.COMMAND, f"desk {os.getpid()} {number}")
            say(f"desk {os.getpid()} {number}")


def django(url: str, folder: str, say: Say) -> None:
    """Make rows by Django's ORM, on connections that come and go."""
    migrating.set_up_django(named_store(url))
    from django.db import connection

    from renotify.ledger.models import Source

    for number in itertools.count():
        name = f"django {os.getpid()} {number}"
        Source.objects.create(
            kind="command", name=name, sha256="", table_name="", recorded_at=datetime.now(UTC)
        )
        say(name)
        if number % 5 == 4:
            connection.close()


def main(role: str, url: str, acknowledged: str, folder: str) -> None:
    file = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    work = {"load": loads, "desk": desk, "django": django}[role]
    work(url, folder, lambda what: os.write(file, f"{what}\n".encode()) and None)


if __name__ == "__main__":
    main(*sys.argv[1:])
