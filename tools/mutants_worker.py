"""Runs tests for ``mutants.py``: other people's packages are imported once, each run is a process forked from there that imports ours.

Reads one JSON list a line, the folder of the copy, the seconds a run may take and pytest's arguments; answers one line, whether the
tests passed. A run leaves nothing behind: what it started ends with it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

A_GLANCE = 0.02  # seconds between two looks at a run


def passes(folder: str, patience: float | None, arguments: Sequence[str]) -> bool:
    """Run pytest in a process of its own; a run that takes longer than ``patience`` seconds has failed."""
    child = os.fork()
    if not child:
        os.setsid()
        os.chdir(folder)
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        os._exit(_pytest(arguments))
    try:
        return _waited(child, patience) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)


def _pytest(arguments: Sequence[str]) -> int:
    import pytest

    try:
        return int(pytest.main(list(arguments)))
    except BaseException:  # noqa: BLE001 - whatever broke, the tests did not pass
        return 1


def _waited(child: int, patience: float | None) -> int | None:
    end = None if patience is None else time.monotonic() + patience
    while end is None or time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(A_GLANCE)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def main() -> None:
    """Import the packages that are named, then answer until the questions end."""
    for name in ("pytest", *sys.argv[1:]):
        with suppress(ImportError):
            import_module(name)
    for line in sys.stdin:
        print(json.dumps(passes(*json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
