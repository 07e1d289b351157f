from __future__ import annotations

from pathlib import Path

import pytest

from small_world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An input folder to fill: see tests/small_world.py."""
    return World(tmp_path / "input")
