"""Letter versions are compiled once a session: these tests are about mailing, not typesetting."""

from __future__ import annotations

import pytest

from compiled_letters import compiled
from renotify.mailing import versions


@pytest.fixture(autouse=True)
def compiled_once(monkeypatch):
    monkeypatch.setattr(versions, "compile_letter", compiled)
