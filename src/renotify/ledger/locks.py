"""Locks that end with the process that holds them: a file lock beside SQLite's file, a number in PostgreSQL."""

from __future__ import annotations

import fcntl
import os
import threading
import zlib
from collections.abc import Callable, Iterator
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
        with _locked(file, _is_free) as own:
            yield own
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
    with _locked(path, _waited_for):
        yield


def _waited_for(lock: TextIO) -> bool:
    fcntl.flock(lock, fcntl.LOCK_EX)
    return True


@contextmanager
def _locked(file: Path, lock: Callable[[TextIO], bool]) -> Iterator[bool]:
    """Lock a file for the length of the block, and take it away with it; say whether the lock was got.

    It goes while it is locked. Whoever opened it before and gets the lock after that holds a file that is not there any more, and begins
    again: of two processes never both have it.
    """
    while True:
        with file.open("w") as opened:
            if not lock(opened):
                yield False
                return
            if not _stands_at(file, opened):
                continue
            try:
                yield True
            finally:
                file.unlink(missing_ok=True)
            return


def _stands_at(file: Path, opened: TextIO) -> bool:
    """Tell whether an open file is still the one of its name."""
    try:
        return os.path.samestat(file.stat(), os.fstat(opened.fileno()))
    except FileNotFoundError:
        return False


def number_of(what: str) -> int:
    """Return the number by which PostgreSQL knows a named claim."""
    return (CLAIMS << 32) + zlib.crc32(what.encode())
