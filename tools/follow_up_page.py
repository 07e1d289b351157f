"""Writes docs/how-to/run-a-follow-up.md: an analyst's first six weeks, with what the commands really said.

    PYTHONPATH=src python tools/follow_up_page.py FOLDER

FOLDER is made, and holds the demo and the weeks that were played on it (some three minutes of CPU). The weeks are those of
``renotify rehearse --play``: it keeps the files that came in and a diary of what was typed. This types the diary again on the demo's
ledger as it was, and puts what it says between the words of ``tools/follow_up_page.md``.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME, FIRST, WEEKS = "follow-up-2013-02", "2013-03-05", 6
LONGEST = 14  # lines of an answer that are shown
PLACE = re.compile(
    r"<!-- week (\d+)( too)?: (.+?) -->"
)  # too: not in the diary, typed at the end of the week's work
RENOTIFY = (sys.executable, "-m", "renotify")


def run(folder: Path, ledger: Path, *words: str) -> str:
    """Run a command in a folder on a ledger and return what it said, refused or not."""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "110", "RENOTIFY_DATABASE_URL": f"sqlite:///{ledger}",
    }  # fmt: skip
    said = subprocess.run([*RENOTIFY, *words], cwd=folder, env=environment, text=True, capture_output=True, check=False)  # fmt: skip
    return (said.stdout + said.stderr).replace(f"{folder}/", "")


def played(folder: Path) -> Path:
    """Make the demo and play its weeks once; return the folder of the play, its ledger put back to the beginning."""
    demo, weeks = folder / "demo", folder / "weeks"
    if not weeks.exists():
        folder.mkdir(parents=True)
        run(folder, folder / "none.sqlite3", "demo", str(demo))
        run(folder, demo / "renotify.sqlite3", "rehearse", NAME, "--play", str(WEEKS), "--on", FIRST, "--out", str(weeks))  # fmt: skip
    for made in ("out", "work", "rejects"):
        shutil.rmtree(weeks / made, ignore_errors=True)
    for file in weeks.glob("again.sqlite3*"):
        file.unlink()
    with sqlite3.connect(demo / "renotify.sqlite3") as ledger:
        ledger.execute("vacuum into ?", (str(weeks / "again.sqlite3"),))
    return weeks


def day_of(line: str) -> str:
    """Return the day on which a line of the diary was typed."""
    return line.rpartition("--on ")[2][:10]


def answers(weeks: Path, words: str) -> dict[str, list[tuple[str, str]]]:
    """Return by day what was typed and what it said, in order; at the end of a day what the page asks for beside the diary."""
    typed = [line for line in (weeks / "diary.txt").read_text("utf-8").splitlines() if line[0] != "#"]  # fmt: skip
    by_day = {day: list(lines) for day, lines in groupby(typed, day_of)}
    for number, day in enumerate(by_day, 1):
        beside = [
            found[3] for found in PLACE.finditer(words) if found[2] and int(found[1]) == number
        ]
        by_day[day] += [f"renotify {one} --on {day}" for one in beside]
    ledger = weeks / "again.sqlite3"
    return {
        day: [(line, run(weeks, ledger, *shlex.split(line)[1:])) for line in lines]
        for day, lines in by_day.items()
    }


def shown(command: str, said: str) -> str:
    """Return a command and the beginning of its answer as a block of a page."""
    lines = [line.rstrip() for line in said.strip("\n").splitlines()]
    more = len(lines) - LONGEST
    if more > 0:
        lines = [*lines[:LONGEST], f"... {more:,} more {'line' if more == 1 else 'lines'}"]
    return "\n".join(["```console", f"$ {command}", *lines, "```"])


def page(words: str, by_day: dict[str, list[tuple[str, str]]]) -> str:
    """Return the page: each ``<!-- week N: BEGINNING -->`` is the week's command that begins so, with what it said."""
    days = sorted(by_day)

    def answer(found: re.Match[str]) -> str:
        day, beginning = days[int(found[1]) - 1], f"renotify {found[3]}"
        for command, said in by_day[day]:
            if command.startswith(beginning):
                return shown(command, said)
        raise SystemExit(f"On {day} nobody typed {beginning!r}.")

    return PLACE.sub(answer, words)


if __name__ == "__main__":
    text = (ROOT / "tools" / "follow_up_page.md").read_text("utf-8")
    made = page(text, answers(played(Path(sys.argv[1]).absolute()), text))
    (ROOT / "docs" / "how-to" / "run-a-follow-up.md").write_text(made, "utf-8")
