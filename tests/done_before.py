"""What a command did to a ledger it does again to one of the same bytes: done by the first test of a process, taken over by the others.

For the commands with which a world begins, that leave their trace in the ledger alone. Nothing but the bytes of the ledger, of the files
that are named, the words of the command and the day decides; within one test it is taken over once at most, so that a test that does a
thing twice has it done, and never where a test has changed the house (``monkeypatch``). On SQLite, where nobody has the ledger open.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import ClassVar, Generic, NamedTuple, TypeVar

import pyarrow as pa
import pytest

Said = TypeVar("Said")

COMMANDS = (("load",), ("followup", "new"), ("plan",))
OPTIONS = {"--on", "--json", "--policy", "--as", "--workers"}
MOST = 1_000  # ledgers of a process, some 60 kB each: those that were last asked for


_TAKEN: dict[str, set[bytes]] = {}  # by the running test: what it took over


def is_first_in_its_test(key: bytes) -> bool:
    """Note that the running test does something, and tell whether it does it for the first time: only that is taken over."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    if test not in _TAKEN:
        _TAKEN.clear()
    done = _TAKEN.setdefault(test, set())
    known = key in done
    done.add(key)
    return not known


class Patches(list[pytest.MonkeyPatch]):
    """What a test changes in the house: by its fixture, and within each ``context`` of it."""

    def __bool__(self) -> bool:
        return any(one._setattr for one in self)

    @contextmanager
    def context(self) -> Iterator[pytest.MonkeyPatch]:
        """In the place of the fixture's own: what is changed within it counts."""
        with pytest.MonkeyPatch.context() as one:
            self.append(one)
            try:
                yield one
            finally:
                self.remove(one)


class _Done(NamedTuple, Generic[Said]):
    ledger: bytes  # packed; most of a small ledger is empty pages
    size: int  # bytes, unpacked
    said: Said


class Doing(Generic[Said]):
    """One command that is about to be done on a ledger in a folder."""

    patched: ClassVar[Collection[object]] = ()  # what the running test has changed in the house
    _kept: ClassVar[dict[bytes, _Done]] = {}

    def __init__(self, ledger: str, folder: Path, words: Sequence[str]) -> None:
        self._file = Path(ledger.removeprefix("sqlite:///"))
        self._folder = folder
        self._key = self._of(words) if ledger.startswith("sqlite:") else None

    def before(self) -> Said | None:
        """Return what was said when it was done before, with the ledger as it was then; None where it is to be done."""
        if self._key is None or not is_first_in_its_test(self._key):
            return None
        done = self._kept.pop(self._key, None)
        if done is None:
            return None
        self._kept[self._key] = done  # the last one to go
        self._file.write_bytes(pa.decompress(done.ledger, done.size, "zstd", asbytes=True))
        said: Said = done.said
        return said

    def keep(self, said: Said, text: str) -> None:
        """Keep what it said and did, unless it tells where it was done."""
        known = self._key is None or self._key in self._kept
        if not known and self._closed() and str(self._folder) not in text:
            if len(self._kept) >= MOST:
                del self._kept[next(iter(self._kept))]
            whole = self._file.read_bytes()
            packed = pa.compress(whole, "zstd", asbytes=True)
            self._kept[self._key] = _Done(packed, len(whole), said)

    def _closed(self) -> bool:
        return not any(self._file.with_name(f"{self._file.name}-{end}").exists() for end in ("wal", "shm"))  # fmt: skip

    def _of(self, words: Sequence[str]) -> bytes | None:
        options = {word for word in words if word.startswith("--")}
        is_one = any(tuple(words[: len(one)]) == one for one in COMMANDS)
        if not is_one or options - OPTIONS or self.patched:
            return None
        if not self._file.exists() or not self._closed():
            return None
        parts = [self._file.read_bytes(), date.today().isoformat().encode()]  # noqa: DTZ011 - as the command has it
        for word in words:
            path = self._folder / word
            parts.append(word.replace(str(self._folder), "").encode())
            if path.exists():
                files = [path] if path.is_file() else sorted(path.rglob("*"))
                parts += [one for file in files if file.is_file() for one in (file.name.encode(), file.read_bytes())]  # fmt: skip
        known = hashlib.sha256()  # twice as fast as others where the processor knows it
        for part in parts:
            known.update(len(part).to_bytes(8, "little") + part)
        return known.digest()
