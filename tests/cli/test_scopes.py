"""``--area`` and ``--dealer``: whose rows a command shows, and what it refuses."""

from __future__ import annotations

import csv
import shlex
from pathlib import Path

import pytest

import two_dealers as w
from printed import refusal
from small_world import Desk

COMMANDS = {
    "status": (("status", "--by", "dealer"), "dealer"),
    "workload": (("workload", "spring"), "dealer"),
    "orders": (("parts", "order"), "dealer_code"),
    "holds": (("stock", "holds"), "dealer_code"),
    "progress": (("report", "progress", "--by", "dealer"), "dealer"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_an_area_and_a_dealer_are_shown_their_own_rows(office: Desk, command: str) -> None:
    asked, key = COMMANDS[command]

    def shown(*whose: str) -> list[dict[str, object]]:
        document = office.do(*asked, *whose, on=w.NOTICE)
        return document["rows"] if isinstance(document, dict) else document

    every = shown()
    assert {row[key] for row in every} == {w.EAST, w.WEST}
    for area, dealer in (("E", w.EAST), ("W", w.WEST)):
        own = [row for row in every if row[key] == dealer]
        assert [row[key] for row in shown("--area", area)] == [dealer] * len(own)
        assert shown("--area", area) == shown("--dealer", dealer)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_area_or_dealer_that_nobody_has_loaded_is_refused(office: Desk, command: str) -> None:
    asked, _ = COMMANDS[command]
    assert refusal(office.run(*asked, "--area", "Q").err)[0] == "There is no area Q."
    assert refusal(office.run(*asked, "--dealer", "D0009").err)[0] == "There is no dealer D0009."
    said = office.run(*asked, "--dealer", w.EAST, "--area", "E")
    assert said.code == 2
    assert "--area and --dealer both say whose rows to show." in said.err


def test_the_status_names_the_list_behind_its_figures(office: Desk, tmp_path: Path) -> None:
    said = office.run("status", "--campaign", w.PMP, "--area", "E", "--as-of", w.NOTICE).out
    *_, named = said.strip().splitlines()
    assert named == (
        f"The list behind a figure: renotify vehicles --campaign {w.PMP} --status open --as-of {w.NOTICE} --area E"
    )
    file = tmp_path / "open.csv"
    office.do(*shlex.split(named.partition(": renotify ")[2]), "--sort", "vin", "--out", file)
    with file.open(newline="", encoding="utf-8") as opened:
        rows = [(row["vin"], row["campaign"]) for row in csv.DictReader(opened)]
    expected = sorted({*w.EAST_OPEN, w.EAST_BOTH, w.NEW_IN_STOCK})
    assert rows == [(vin, w.PMP) for vin in expected]


def test_a_code_or_command_that_is_typed_wrong_is_asked_back(office: Desk) -> None:
    """Dealers are known by few codes: those alike are named, else all of them."""
    said = refusal(office.run("status", "--dealer", w.EAST + "1").err)
    assert f"Did you mean {w.EAST}" in said[1]
    assert refusal(office.run("status", "--area", "Q").err)[1] == (
        "Areas are named by dealers.csv; known are E, W."
    )
    wrong = office.run("statuss")
    assert (wrong.code, wrong.out) == (2, "")
    assert "Did you mean status?" in wrong.err
    assert "Did you mean 'reconcile'?" in office.run("mail", "reconcil").err
