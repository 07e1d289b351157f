"""A load in a process of its own, killed at a moment told by name.

    python child.py FOLDER MOMENT [GATE]

MOMENT is ``never``, ``reading:N`` (after the Nth batch), ``before_commit:N`` (after the Nth table's
state was written, before its commit) or ``between:N`` (before the Nth table's transaction). GATE is
a file to wait for.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from renotify.ledger.intake import first_load, load, loading
from renotify.ledger.session import Session, open_session


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


def main(folder: str, moment: str, gate: str = "") -> None:
    first_load.MANY = 0  # the indexes are off when it dies
    word, _, number = moment.partition(":")
    dying = die_at(int(number or 0))
    if word == "before_commit":
        loading.refold = after(loading.refold, dying)
        loading.write_first = after(loading.write_first, dying)
    if word == "between":
        Session.transaction = after(Session.transaction, dying)
    while gate and not Path(gate).exists():
        time.sleep(0.005)
    with open_session() as session:
        load(
            session,
            [Path(folder)],
            on=date(2013, 2, 26),
            rejects_dir=Path(folder) / "rejects",
            progress=dying if word == "reading" else None,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
