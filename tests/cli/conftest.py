"""Runs commands as a person would: arguments in, exit code, stdout and stderr out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner

from compiled_letters import compiled
from renotify.cli import main
from renotify.mailing import versions


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture(autouse=True)
def compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letter versions are compiled once a session: these tests are about commands."""
    monkeypatch.setattr(versions, "compile_letter", compiled)


@pytest.fixture
def run() -> Run:
    def invoke(*arguments: object) -> Said:
        result = CliRunner().invoke(main, [str(a) for a in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return invoke
