"""Runs commands as a person would: arguments in, exit code, stdout and stderr out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner

from renotify.cli import main
from renotify.ledger.store import VARIABLE


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def run() -> Run:
    def invoke(*arguments: object) -> Said:
        result = CliRunner().invoke(main, [str(a) for a in arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return invoke


@pytest.fixture(scope="module")
def kept_empty(
    new_ledger: Callable[..., Any],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    with new_ledger(request, tmp_path_factory.mktemp("refused"), "sqlite") as url:
        yield url


@pytest.fixture
def refusing_ledger(kept_empty: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty ledger in force, one for all calls of a module that are refused: the first about people makes the site's tables."""
    monkeypatch.setenv(VARIABLE, kept_empty)
    return kept_empty
