"""docs/how-to/run-a-follow-up.md can be typed as it stands: its recipe brings a ledger to where the page is, week by week."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

import two_dealers as w
from renotify.cli import main
from small_world import Desk

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "run-a-follow-up.md").read_text(encoding="utf-8")
(RECIPE,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
SHOWN = re.findall(r"```console\n\$ (renotify .+?)\n(.*?)```", PAGE, re.DOTALL)
OF_WEEK = re.compile(r'grep -e "--on (\S+)\$" diary.txt \| sh -v')
FIRST, *MONDAYS = (
    "2013-03-05",
    "2013-03-11",
    "2013-03-18",
    "2013-03-25",
    "2013-04-01",
    "2013-04-08",
)
SHIM = """#!/bin/sh
printf '%s\\0' "$PWD" "$RENOTIFY_DATABASE_URL" "$COLUMNS" "$@" > {desk}/words
echo typed > {desk}/asked
read code < {desk}/told
cat {desk}/out
cat {desk}/err >&2
exit "$code"
"""
NOT_IN_THE_DIARY = (
    "report progress",
    "mail reconcile",
    "vehicles",
    "workload",
    "deadlines",
    "verify",
)


def typed(folder: Path, lines: str, **more: str) -> str:
    """Type lines in a shell that knows the command ``renotify``; return what was said.

    The shell is a real one. Its command is a script that hands its words to this process, which has imported the house already.
    """
    desk = folder.parent / "bin"
    desk.mkdir(exist_ok=True)
    for name in ("asked", "told"):
        with suppress(FileExistsError):
            os.mkfifo(desk / name)
    shim = desk / "renotify"
    shim.write_text(SHIM.format(desk=desk), encoding="utf-8")
    shim.chmod(0o755)
    environment = {**os.environ, "PATH": f"{desk}:{os.environ['PATH']}", "COLUMNS": "110", **more}

    def shell() -> str:
        try:
            done = subprocess.run(
                ["/bin/sh", "-c", lines], cwd=folder, env=environment, text=True, capture_output=True, check=False
            )  # fmt: skip
        finally:
            (desk / "asked").write_text("ended\n")
        return done.stdout + done.stderr

    with ThreadPoolExecutor(1) as typing:
        said = typing.submit(shell)
        while (desk / "asked").read_text() == "typed\n":
            (desk / "told").write_text(f"{_answered(desk)}\n")
        return said.result()


def _answered(desk: Path) -> int:
    """Run the command that was typed in its folder, write what it said where the script reads it, and return its exit code."""
    where, ledger, columns, *words = (desk / "words").read_text(encoding="utf-8").split("\0")[:-1]
    environment = {"RENOTIFY_DATABASE_URL": ledger, "COLUMNS": columns}
    with chdir(where):
        told = CliRunner(env=environment).invoke(main, words)
    if told.exception and not isinstance(told.exception, SystemExit):
        raise told.exception
    (desk / "out").write_text(told.stdout, encoding="utf-8")
    (desk / "err").write_text(told.stderr, encoding="utf-8")
    return told.exit_code


def words(text: str) -> str:
    """The words of an answer: where its lines end depends on how long the folder's name is."""
    return " ".join(text.split())


def letters(file: Path) -> list[tuple[str, int]]:
    with sqlite3.connect(file) as ledger:
        return ledger.execute(
            "select state, count(*) from piece group by state order by 1"
        ).fetchall()


def test_the_page_types_every_week_of_its_diary() -> None:
    assert OF_WEEK.findall(RECIPE) == [FIRST]
    assert [day for day in MONDAYS if day in PAGE] == MONDAYS
    shown = {line.rpartition("--on ")[2] for line, _ in SHOWN}
    assert shown <= {FIRST, *MONDAYS}
    assert len(SHOWN) > 20


def test_the_recipe_brings_a_ledger_to_where_the_play_is(office: Desk) -> None:
    """The recipe of the page, on a small ledger in place of the demo's, for the three weeks that are played there."""
    lines = RECIPE.splitlines()[2:]  # the demo and the name of its ledger
    first, *mondays = (str(w.NOTICE), "2013-03-05", "2013-03-11", "2013-03-18")
    lines = [
        one.replace("follow-up-2013-02 --play 6", "spring --play 3").replace(FIRST, first)
        for one in lines
    ]
    weeks = [lines[-1].replace(first, monday) for monday in mondays]
    said = typed(office.folder, "\n".join([*lines, *weeks]), RENOTIFY_DATABASE_URL=office.ledger)
    assert "Refused" not in said
    own = Path(office.ledger.removeprefix("sqlite:///"))
    assert letters(own) == letters(office.folder / "weeks" / "renotify.sqlite3")
    assert dict(letters(own))["accepted"] == 9
    assert office.run("verify").code == 0


@pytest.mark.slow
def test_the_page_says_what_its_commands_say_on_a_fresh_demo(tmp_path: Path) -> None:
    """Some eight minutes of CPU: the demo, the play and six weeks typed; each block of the page is what its line says in its week."""
    folder = tmp_path / "page"
    folder.mkdir()
    ledger = {"RENOTIFY_DATABASE_URL": f"sqlite:///{folder}/demo/renotify.sqlite3"}
    weeks = {FIRST: typed(folder, RECIPE, **ledger)}
    for monday in MONDAYS:
        line = RECIPE.splitlines()[-1].replace(FIRST, monday)
        beside = [one for one, _ in SHOWN if one.endswith(monday) and one.split()[1:3]]
        looks = [
            one for one in beside if one.removeprefix("renotify ").startswith(NOT_IN_THE_DIARY)
        ]
        weeks[monday] = typed(folder / "typed", "\n".join([line, *looks]), **ledger)
    for line, answer in SHOWN:
        told = words(weeks[line.rpartition("--on ")[2]].replace(f"{folder}/typed/", ""))
        for one in answer.splitlines():
            assert words(one) in told or one.startswith("... "), (line, one)
