"""A load in a process of its own, killed at a moment told by name: ``run(URL, FOLDER, MOMENT, GATE)``.

A process is forked from one that has imported all this, and nothing else: to import it takes longer than the
load. MOMENT is ``never``, ``reading:N`` (after the Nth batch), ``before_commit:N`` (after the Nth table's
state was written, before its commit) or ``between:N`` (before the Nth table's transaction). GATE is
a file to wait for.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi

from renotify.ledger.intake import first_load, load, loading
from renotify.ledger.session import Session, open_session

LIBRARIES = (adbc_driver_postgresql.dbapi, adbc_driver_sqlite.dbapi)  # a session imports its own
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])


def start(url: str, folder: Path, moment: str = "never", gate: Path | None = None) -> Any:
    """Start a load of a folder into a ledger, and return its process."""
    process = FORKS.Process(target=run, args=(url, folder, moment, gate))
    process.start()
    return process


def die_at(count: int) -> Callable[..., None]:
    left = [count]

    def counted(*_arguments: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return counted


def after(function: Callable[..., Any], then: Callable[..., None]) -> Callable[..., Any]:
    def both(*arguments: Any, **named: Any) -> Any:
        result = function(*arguments, **named)
        then()
        return result

    return both


def run(url: str, folder: Path, moment: str, gate: Path | None) -> None:
    first_load.MANY = 0  # the indexes are off when it dies
    word, _, number = moment.partition(":")
    dying = die_at(int(number or 0))
    if word == "before_commit":
        loading.refold = after(loading.refold, dying)
        loading.write_first = after(loading.write_first, dying)
    if word == "between":
        Session.transaction = after(Session.transaction, dying)
    while gate and not gate.exists():
        time.sleep(0.005)
    with open_session(url) as session:
        load(
            session,
            [folder],
            on=date(2013, 2, 26),
            rejects_dir=folder / "rejects",
            progress=dying if word == "reading" else None,
        )
