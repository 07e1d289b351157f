"""A wave from the command to its job folder, and a letter version from its words to its checks.

    python benchmarks/release_wave.py              # the demo's 25,000 vehicles: wave 1, and all letters in one wave
    python benchmarks/release_wave.py FOLDER       # the same; the ledgers are made in FOLDER once and kept there

Wall and CPU seconds of ``renotify mail release``, started as a user starts it, the least of three runs on copies of one
ledger; then seconds of each letter version of wave 1, compiled and checked in one process, the first one apart: it warms up.
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

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from renotify.campaigns.follow_up_settings import read  # noqa: E402
from renotify.demo.oem import write_input  # noqa: E402
from renotify.ledger import follow_ups, intake  # noqa: E402
from renotify.ledger.session import open_session  # noqa: E402
from renotify.letters.compose import compile_letter  # noqa: E402
from renotify.mailing import preclearance, versions, wave_tables  # noqa: E402
from renotify.planner.from_ledger import plan_follow_up  # noqa: E402
from renotify.selection.freeze import freeze_follow_up  # noqa: E402

ON = date(2013, 2, 26)
VEHICLES = 25_000
RUNS = 3
CASES = (("wave 1 of the plan", "greedy"), ("all letters in one wave", "all-at-once"))


def made(folder: Path, policy: str) -> Path:
    """Return the ledger of a follow-up that is planned by a policy, made in the folder unless it is there."""
    ledger = folder / f"{policy}.sqlite3"
    if not ledger.exists():
        write_input(folder / "input", vehicles=VEHICLES, seed=20130226)
        settings = read(folder / "input" / "followup.toml")
        with open_session(f"sqlite:///{ledger}") as session:
            intake.load(session, [folder / "input"], on=ON, rejects_dir=folder / "rejects")
            freeze_follow_up(session, settings, ON)
            plan_follow_up(session, settings.name, policy)
            preclearance.submitted(session, settings.name, ON, ON)
    return ledger


def released(ledger: Path, name: str, on: date, work: Path) -> tuple[float, float, str]:
    """Return wall and CPU seconds of one release on a copy of the ledger, and what it says of itself."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    copy = shutil.copy(ledger, work / "ledger.sqlite3")
    os.sync()
    command = [sys.executable, "-m", "renotify", "mail", "release", name, "1", "--on", on.isoformat(), "--out", str(work / "out")]  # fmt: skip
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "src"),
        "RENOTIFY_DATABASE_URL": f"sqlite:///{copy}",
    }
    before, start = children(), time.perf_counter()
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return time.perf_counter() - start, children() - before, done.stdout.strip().splitlines()[0]


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def version_times(ledger: Path, name: str, on: date) -> list[float]:
    """Return the seconds that each letter version of wave 1 takes, in the order of their names."""
    with open_session(f"sqlite:///{ledger}") as session:
        settings = follow_ups.settings(session, name)
        made_of = versions.of_follow_up(
            session, settings.kind, settings.campaigns, settings.sender, mail_date=on
        )
        planned = versions.settle_language(wave_tables.planned(session, name, 1))
        wanted = sorted(versions.wanted(versions.settle_remedies(session, planned, made_of)))
    times = []
    for key in wanted:
        start = time.perf_counter()
        compile_letter(made_of.spec(key), profile=made_of.profile, rules_on=on)
        times.append(time.perf_counter() - start)
    return times


def main() -> None:
    with tempfile.TemporaryDirectory() as made_here:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else made_here)
        folder.mkdir(parents=True, exist_ok=True)
        ledgers = {title: made(folder, policy) for title, policy in CASES}
        settings = read(folder / "input" / "followup.toml")
        on = settings.first_letter
        for title, ledger in ledgers.items():
            runs = [released(ledger, settings.name, on, folder / "work") for _ in range(RUNS)]
            wall, cpu, said = min(runs)
            print(f"{title}: {wall:.1f} s wall, {cpu:.1f} s CPU. {said}")
        first, *others = version_times(ledgers[CASES[0][0]], settings.name, on)
        print(
            f"a letter version, compiled and checked: {sum(others) / len(others):.2f} s,"
            f" the slowest {max(others):.2f}, the first {first:.2f}"
        )


if __name__ == "__main__":
    main()
