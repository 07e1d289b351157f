"""A desk at which a play's analyst works: the commands themselves, in this process, on the ledger of a copy."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from renotify.ledger.store import VARIABLE


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
    """Commands on the ledger of a URL, run in a folder."""

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
        return Words(int(code or 0), _written(out), _written(err))


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
