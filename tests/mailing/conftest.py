"""Letter versions are compiled once a session: these tests are about mailing, not typesetting."""

from __future__ import annotations

import pytest

from renotify.letters import compose
from renotify.letters.compose import compile_letter
from renotify.mailing import versions
from renotify.rules import load

_COMPILED = {}


def compiled(spec, *, rules_on, profile):
    """Return the version of a specification, compiled and checked the first time only."""
    digest = compose.recipe(spec, profile, load(rules_on)).digest
    if digest not in _COMPILED:
        _COMPILED[digest] = compile_letter(spec, rules_on=rules_on, profile=profile)
    return _COMPILED[digest]


@pytest.fixture(autouse=True)
def compiled_once(monkeypatch):
    monkeypatch.setattr(versions, "compile_letter", compiled)
