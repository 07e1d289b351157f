"""A desk at which a play's analyst works: the commands themselves, in this process, on the ledger of a copy."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from renotify.ledger.store import VARIABLE

DIARY = "diary.txt"  # what was typed, line by line
WORKERS = "--workers"


@dataclass(frozen=True)
class Words:
    """What a command said: its exit code, what it printed, and what it told on stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever a command prints
        """Its one JSON document."""
        return json.loads(self.out)


@dataclass(frozen=True)
class PlayedDesk:
    """Commands on the ledger of a URL, run in a folder, and written down there."""

    url: str
    folder: Path

    def run(self, *arguments: object) -> Words:
        """Run a command and return what it said, refused or not."""
        from renotify.cli import main

        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        with (
            _ledger(self.url),
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = main.main([str(one) for one in arguments], standalone_mode=False)
        said = Words(int(code or 0), _written(out), _written(err))
        self._write_down([str(one) for one in arguments], said)
        return said

    def _write_down(self, arguments: list[str], said: Words) -> None:
        """Add a command to the diary as a person types it in the folder, with the words of one that was refused."""
        typed = [one.removeprefix(f"{self.folder}/") for one in arguments if one != "--json"]
        if WORKERS in typed:
            place = typed.index(WORKERS)
            del typed[place : place + 2]
        lines = [shlex.join(["renotify", *typed])]
        if said.code:
            lines += [f"# {line}" for line in said.err.splitlines()]
        with (self.folder / DIARY).open("a", encoding="utf-8") as diary:
            diary.write("".join(f"{line}\n" for line in lines))


def _written(stream: io.TextIOWrapper) -> str:
    """Return what was written to a stream in memory, as text and as bytes alike."""
    stream.flush()
    stream.seek(0)
    return stream.read()


@contextlib.contextmanager
def _ledger(url: str) -> Iterator[None]:
    """Name a ledger in the environment for as long as the ``with``."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = url
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before
