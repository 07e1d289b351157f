"""Starting the site: its tables brought up to date, its people, and the server."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from renotify.ledger import migrating
from renotify.ledger.session import open_session
from renotify.ledger.store import VARIABLE, named_store

SETTINGS = "renotify.web.site.web_settings"
LOOKED_AT = 0.5  # seconds between two looks at the worker
PAUSE = 2.0  # seconds before another one follows


def set_up_site(day: date | None = None) -> None:
    """Make Django know the site in this process, on the ledger in force; ``day`` is a day that is played."""
    os.environ[VARIABLE] = (
        named_store().url if not named_store().is_sqlite else f"sqlite:///{named_store().file}"
    )
    if day is not None:
        os.environ["RENOTIFY_DAY"] = day.isoformat()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    from django.conf import settings

    if not settings.configured:
        configure()
    migrating.set_up_django(named_store())  # another ledger than that of the last time


def configure() -> None:
    """Tell Django the site's settings, once in a process."""
    import django

    django.setup()


def bring_site_up_to_date() -> None:
    """Make the tables of people, sessions, jobs and the reading log, or migrate them; the ledger must be there."""
    from django.core.management import call_command
    from django.db import connection

    with open_session(bulk=False, make=False):
        pass
    call_command("migrate", interactive=False, verbosity=0)
    connection.close()


def give_back() -> None:
    """Close what this process has open of the site's tables."""
    from django.db import connections

    connections.close_all()


@contextmanager
def own_worker(*, starts: bool) -> Iterator[None]:
    """Have a worker process beside the server, where it ``starts`` one; one that dies is followed by another, until the block ends."""
    if not starts:
        yield
        return
    ends = threading.Event()
    keeper = threading.Thread(target=_keep_a_worker, args=(ends,), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ends.set()
        keeper.join()


def _keep_a_worker(ends: threading.Event) -> None:
    """Start workers one after the other, as each dies, with a pause between them; end the last one with the server."""
    while not ends.is_set():
        process = subprocess.Popen([sys.executable, "-m", "renotify", "worker", "-q"])
        while process.poll() is None and not ends.wait(LOOKED_AT):
            pass
        if process.poll() is None:
            process.terminate()
            process.wait()
        else:
            ends.wait(PAUSE)


def run_server(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the site until it is stopped; returns after Ctrl-C. A process that dies is followed by another, as a job worker is."""
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "renotify.web.site.application:application", address=host, port=port, interface=Interfaces.WSGI,
        workers=workers, blocking_threads=threads, log_access=False, respawn_failed_workers=True,
    ).serve()  # fmt: skip
