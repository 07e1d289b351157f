"""A job's command in the test's own process: what a process of its own says, without a second in which it imports the house.

That a command has a process of its own, is watched, ended and begun again, is shown by tests/web/jobs/test_jobs.py.
"""

from __future__ import annotations

import io
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest
from django.db import connections

from renotify.ledger.store import VARIABLE
from renotify.values.progress_callback import VARIABLE as PROGRESS
from small_world import Desk

OF_PYTHON = 3  # words before those of the command: the interpreter, -m, the house


class Ended:
    """Stands for ``subprocess.Popen``: the command was run, and is over, when it is made."""

    def __init__(
        self, command: Sequence[str], *, cwd: str, env: Mapping[str, str], **_: object
    ) -> None:
        connections.close_all()  # a file is open by one copy of SQLite alone (ledger/same_process.py)
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv(PROGRESS, env[PROGRESS])
            answer = Desk(env[VARIABLE], Path(cwd)).run(*command[OF_PYTHON:])
        self.stdout, self.stderr = io.StringIO(answer.out), io.StringIO(answer.err)
        self.poll = self.wait = lambda: answer.code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing runs."""


def run_here(monkeypatch: Any) -> None:
    """Let jobs run their commands in this process."""
    from renotify.web.jobs import running

    instead = SimpleNamespace(Popen=Ended, DEVNULL=subprocess.DEVNULL, PIPE=subprocess.PIPE)
    monkeypatch.setattr(running, "subprocess", instead)
