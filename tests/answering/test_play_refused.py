"""A play that cannot be copied is refused before any work begins."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from renotify.answering.playing import Played, play_follow_up
from renotify.errors import Refused


def nothing(*_given: Any) -> Any:
    raise AssertionError("work has begun")


def test_a_ledger_on_postgresql_is_refused_before_its_plan_is_read(tmp_path: Path) -> None:
    """The session answers no question at all: whatever reads it fails."""
    session = cast("Any", SimpleNamespace())
    asked = Played(weeks=4, seed=1, answers=1.0, no_shows=0.1, late_weeks=0)
    with pytest.raises(Refused, match="PostgreSQL is not copied"):
        play_follow_up(session, "spring", asked, nothing, tmp_path, date(2013, 3, 4), nothing)
    assert not list(tmp_path.iterdir())
