"""``workload --svg`` and ``simulate --svg`` draw what they tell, in a file of the caller's choice."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_support import DAY, follow_up_file
from folder import Folder, make_vin


@pytest.fixture
def planned(sqlite_ledger, folder: Folder, run, tmp_path: Path) -> str:
    folder.campaign("9LA").dealer()
    for number in range(5):
        folder.vehicle(make_vin(number), "9LA")
    run("load", folder.write(), "--on", DAY)
    run("followup", "new", follow_up_file(tmp_path, ["9LA"]), "--on", DAY)
    assert run("plan", "small", "--on", DAY).code == 0
    return "small"


def test_the_workload_is_drawn_as_a_heat_map(planned, run, tmp_path: Path) -> None:
    said = run("workload", planned, "--svg", tmp_path / "load.svg", "--json", "--on", DAY)
    assert said.json["heat_map"] == (tmp_path / "load.svg").read_text()
    assert "D0001" in said.json["heat_map"]


def test_a_replay_is_drawn_with_a_line_a_policy(planned, run, tmp_path: Path) -> None:
    said = run("simulate", planned, "--runs", 3, "--svg", tmp_path / "replay.svg", "--json", "--on", DAY)  # fmt: skip
    drawing = (tmp_path / "replay.svg").read_text()
    assert drawing.startswith("<svg")
    assert all(f">{row['policy']}, " in drawing for row in said.json["rows"])
    assert set(said.json) == {"rows", "said", "breaks"}


def test_a_drawing_in_a_folder_that_is_not_there_is_refused(planned, run, tmp_path: Path) -> None:
    said = run("workload", planned, "--svg", tmp_path / "nowhere" / "load.svg", "--on", DAY)
    assert said.code != 0
    assert "There is no folder" in said.err
