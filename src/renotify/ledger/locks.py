"""Locks that end with the process that holds them: a file lock beside SQLite's file, a number in PostgreSQL."""

from __future__ import annotations

import fcntl
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

CLAIMS = 573578  # any number, the same in every process: the upper half of a claim's key


_claimed: set[Path] = set()
_guard = threading.Lock()


@contextmanager
def file_claim(path: Path) -> Iterator[bool]:
    """Try to lock a file for the length of the block, and say whether it was free, for other threads too.

    A child that is forked meanwhile does not hold it, so that the claim ends with this process; but such a lock is
    the process's and lost with any descriptor of the file, so a second thread must not even open it.
    """
    file = path.resolve()
    with _guard:
        free = file not in _claimed
        if free:
            _claimed.add(file)
    if not free:
        yield False
        return
    try:
        with file.open("w") as lock:
            yield _is_free(lock)
    finally:
        _claimed.discard(file)


def _is_free(lock: TextIO) -> bool:
    try:
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def file_turn(path: Path) -> Iterator[None]:
    """Wait for a file's lock and hold it for the length of the block."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def number_of(what: str) -> int:
    """Return the number by which PostgreSQL knows a named claim."""
    return (CLAIMS << 32) + zlib.crc32(what.encode())
