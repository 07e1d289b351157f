"""Runs tests for ``mutants.py``: other people's packages are imported once, each run is a process forked from there that imports ours.

Reads one JSON list a line: the folder of the copy, the processor seconds and the seconds a run may take, pytest's arguments. Answers
one line: whether the tests passed, and the processor seconds they took. What a run started ends with it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from math import ceil

A_GLANCE = 0.02  # seconds between two looks at a run


def run(
    folder: str, work: float | None, patience: float | None, arguments: Sequence[str]
) -> tuple[bool, float]:
    """Run pytest in a process of its own; one that works or lasts longer than it may has failed."""
    child = os.fork()
    if not child:
        os.setsid()
        os.chdir(folder)
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        if work is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (ceil(work), ceil(work)))
        os._exit(_pytest(arguments))
    try:
        return _waited(child, patience)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)


def _pytest(arguments: Sequence[str]) -> int:
    import pytest

    try:
        return int(pytest.main(list(arguments)))
    except BaseException:  # noqa: BLE001 - whatever broke, the tests did not pass
        return 1


def _waited(child: int, patience: float | None) -> tuple[bool, float]:
    end = None if patience is None else time.monotonic() + patience
    done, status, used = os.wait4(child, os.WNOHANG)
    while not done:
        if end is not None and time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
        time.sleep(A_GLANCE)
        done, status, used = os.wait4(child, os.WNOHANG)
    return status == 0, used.ru_utime + used.ru_stime


def main() -> None:
    """Import the packages that are named, then answer until the questions end."""
    for name in ("pytest", *sys.argv[1:]):
        with suppress(ImportError):
            import_module(name)
    for line in sys.stdin:
        print(json.dumps(run(*json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
