"""Locks that end with the process that holds them: a file lock beside SQLite's file, a number in PostgreSQL."""

from __future__ import annotations

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CLAIMS = 573578  # any number, the same in every process: the upper half of a claim's key


@contextmanager
def file_claim(path: Path) -> Iterator[bool]:
    """Try to lock a file for the length of the block, and say whether it was free."""
    with path.open("w") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


@contextmanager
def file_turn(path: Path) -> Iterator[None]:
    """Wait for a file's lock and hold it for the length of the block."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def number_of(what: str) -> int:
    """Return the number by which PostgreSQL knows a named claim."""
    return (CLAIMS << 32) + zlib.crc32(what.encode())
