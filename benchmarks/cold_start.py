"""What a command costs from cold: CPU and wall seconds of a process of its own, on an empty ledger and on the demo of 25,000 vehicles.

    python benchmarks/cold_start.py [DEMO]

DEMO is the folder of a demo (`make demo`); without it one is made for the run. Each command is run several times, and the least counts:
user and system time with its children, and the time on the clock. Importing Django alone is measured beside them, in the same run.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
RUNS = 5
NAME = "follow-up-2013-02"
DAY = ("--on", "2013-03-05")
VINS = (
    "select min(vin) from listed where left_out = '' and vin not in (select vin from appointment)",
    "select min(vin) from appointment where status = 'booked'",
)


class Taken(NamedTuple):
    """Seconds of one run."""

    cpu: float
    wall: float


class Asked(NamedTuple):
    """A command, and what it is to reach: seconds of CPU, or of wall where ``wall`` says so."""

    words: tuple[str, ...]
    reach: float | None = None
    wall: bool = False


def taken(command: list[str], environment: dict[str, str]) -> Taken:
    """Return the seconds that one run of a command takes with its children; a refusal (exit code 1) is an answer too."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=environment, check=False, capture_output=True)
    assert done.returncode in (0, 1), done.stderr
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Taken(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall)


def measured(title: str, command: list[str], environment: dict[str, str], asked: Asked) -> None:
    """Print the least seconds of a command, beside what it is to reach."""
    runs = [taken(command, environment) for _ in range(RUNS)]
    cpu, wall = (min(one[part] for one in runs) for part in (0, 1))
    to_reach = (
        "" if asked.reach is None else f"{asked.reach:6.1f} {'wall' if asked.wall else 'CPU'}"
    )
    print(f"{title:<52} {cpu:8.2f} {wall:8.2f}  {to_reach}")


def of_the_demo(ledger: Path) -> list[Asked]:
    """Return what is asked of the demo's ledger."""
    import sqlite3

    with sqlite3.connect(ledger) as opened:
        plain, booked = (opened.execute(sql).fetchone()[0] for sql in VINS)
    return [
        Asked(("lookup", plain), 0.5, wall=True),
        Asked(("explain", plain, *DAY), 0.5, wall=True),
        Asked(("explain", booked, *DAY), 0.5, wall=True),
        Asked(("answer", plain, *DAY), 0.5, wall=True),
        Asked(("status",), 1.0),
        Asked(("deadlines", *DAY), 1.0),
        Asked(("report", "quarterly", "9LA", "2013Q1", "--on", "2013-04-15"), 1.0),
        Asked(("letter", "check", NAME, *DAY), 10.0),
    ]


def main() -> None:
    renotify = [sys.executable, "-m", "renotify"]
    print(f"{'':<52} {'CPU s':>8} {'wall s':>8}  to reach")
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "RENOTIFY_DATABASE_URL": f"sqlite:///{folder}/empty.sqlite3",
        }
        empty = {
            "python -c pass": ([sys.executable, "-c", "pass"], Asked(())),
            "python -c 'import django'": ([sys.executable, "-c", "import django"], Asked(())),
            "renotify --help": ([*renotify, "--help"], Asked((), 0.3)),
            "renotify status, empty ledger": ([*renotify, "status"], Asked((), 0.6)),
        }
        made = "from renotify.ledger.session import open_session\nwith open_session(): pass"
        taken([sys.executable, "-c", made], environment)  # the empty ledger, and the byte code
        for title, (command, asked) in empty.items():
            measured(title, command, environment, asked)
        demo = Path(sys.argv[1]) if sys.argv[1:] else Path(folder) / "demo"
        if not sys.argv[1:]:
            subprocess.run([*renotify, "demo", str(demo)], env=environment, check=True, capture_output=True)  # fmt: skip
        ledger = (demo / "renotify.sqlite3").absolute()
        environment["RENOTIFY_DATABASE_URL"] = f"sqlite:///{ledger}"
        for asked in of_the_demo(ledger):
            shown = " ".join(word for word in asked.words if not word.startswith("--"))
            measured(shown[:52], [*renotify, *asked.words], environment, asked)


if __name__ == "__main__":
    main()
