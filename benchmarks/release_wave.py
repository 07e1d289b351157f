"""A wave from the command to its job folder, and a letter version from its words to its checks.

    python benchmarks/release_wave.py              # wave 1 of the demo's 25,000 vehicles, and one wave of some 22,000 letters
    python benchmarks/release_wave.py FOLDER       # the same; the ledgers are made in FOLDER once and kept there

Wall and CPU seconds of ``renotify mail release``, started as a user starts it, the least of three runs on copies of one
ledger; then CPU seconds of each letter version of wave 1, compiled and checked in one process, the first one apart: it warms up.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from renotify.campaigns.follow_up_settings import FollowUpSettings, read  # noqa: E402
from renotify.demo.oem import write_input  # noqa: E402
from renotify.ledger import intake  # noqa: E402
from renotify.ledger.session import open_session  # noqa: E402
from renotify.letters import compile_task  # noqa: E402
from renotify.mailing import preclearance, releasing  # noqa: E402
from renotify.planner.from_ledger import plan_follow_up  # noqa: E402
from renotify.selection.freeze import freeze_follow_up  # noqa: E402

ON = date(2013, 2, 26)
RUNS = 3


class Case(NamedTuple):
    """A made-up maker of so many vehicles, whose letters are planned by a policy."""

    title: str
    vehicles: int
    policy: str


CASES = (
    Case("wave 1 of the demo", 25_000, "greedy"),
    Case("one wave of all letters", 85_000, "all-at-once"),
)


def made(folder: Path, case: Case) -> tuple[Path, FollowUpSettings]:
    """Return the ledger of a case and its settings, made in the folder unless it is there."""
    own = folder / str(case.vehicles)
    ledger = own / "ledger.sqlite3"
    fresh = not ledger.exists()
    if fresh:
        write_input(own / "input", vehicles=case.vehicles, seed=20130226)
    settings = read(own / "input" / "followup.toml")
    if fresh:
        with open_session(f"sqlite:///{ledger}") as session:
            intake.load(session, [own / "input"], on=ON, rejects_dir=own / "rejects")
            freeze_follow_up(session, settings, ON)
            plan_follow_up(session, settings.name, case.policy)
            with session.transaction():
                preclearance.keep(session, settings.name, ON, [])
    return ledger, settings


def copied(ledger: Path, work: Path) -> str:
    """Return the URL of a fresh copy of a ledger in an empty folder."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    url = f"sqlite:///{shutil.copy(ledger, work / 'ledger.sqlite3')}"
    os.sync()  # what the copy left to be written would slow the run
    return url


def released(url: str, settings: FollowUpSettings, out: Path) -> tuple[float, float, str]:
    """Return wall and CPU seconds of one release by the command, and the first line that it says."""
    command = [sys.executable, "-m", "renotify", "mail", "release", settings.name, "1"]
    command += ["--anyway", "no dealer is told here"]
    command += ["--on", settings.first_letter.isoformat(), "--out", str(out)]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "RENOTIFY_DATABASE_URL": url}
    before, start = children(), time.perf_counter()
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return time.perf_counter() - start, children() - before, done.stdout.strip().splitlines()[0]


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def version_times(url: str, settings: FollowUpSettings, out: Path) -> list[float]:
    """Return the CPU seconds that each letter version of wave 1 takes, in the order in which a release compiles them."""
    times = []
    compiled = compile_task.compile_letter

    def timed(*what, **how):
        start = time.process_time()
        version = compiled(*what, **how)
        times.append(time.process_time() - start)
        return version

    compile_task.compile_letter = timed
    with open_session(url) as session:
        releasing.release(session, settings.name, 1, on=settings.first_letter, out=out)
    return times


def main() -> None:
    with tempfile.TemporaryDirectory() as made_here:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else made_here)
        work = folder / "work"
        for case in CASES:
            ledger, settings = made(folder, case)
            runs = [released(copied(ledger, work), settings, work / "out") for _ in range(RUNS)]
            wall, cpu, said = min(runs)
            print(f"{case.title}: {wall:.1f} s wall, {cpu:.1f} s CPU. {said}", flush=True)
        ledger, settings = made(folder, CASES[0])
        first, *others = version_times(copied(ledger, work), settings, work / "out")
        print(
            f"{1 + len(others)} letter versions, compiled and checked: {sum(others) / len(others):.2f} s CPU each,"
            f" the slowest {max(others):.2f}; the first, which warms up, {first:.2f}"
        )


if __name__ == "__main__":
    main()
