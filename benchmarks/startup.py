"""CPU seconds of starting: the command line's help, and the first question to an empty ledger, beside importing Django alone.

    python benchmarks/startup.py

Each is run several times in a process of its own, and the least counts: user and system time of the process.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = 5
REACH = {"renotify --help": 0.3, "renotify status": 0.6}


def cpu_seconds(command: list[str], environment: dict[str, str]) -> float:
    """Return the CPU seconds that one run of a command takes with its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "src"),
            "RENOTIFY_DATABASE_URL": f"sqlite:///{folder}/empty.sqlite3",
        }
        renotify = [sys.executable, "-m", "renotify"]
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "python -c 'import django'": [sys.executable, "-c", "import django"],
            "python -c 'import django.db.models'": [
                sys.executable,
                "-c",
                "import django.db.models",
            ],
            "renotify --help": [*renotify, "--help"],
            "renotify status": [*renotify, "status"],
        }
        cpu_seconds([*renotify, "status"], environment)  # makes the ledger and the byte code
        for name, command in commands.items():
            least = min(cpu_seconds(command, environment) for _ in range(RUNS))
            reach = f"  (to reach: {REACH[name]:.1f})" if name in REACH else ""
            print(f"{name:<40} {least:6.2f} CPU s{reach}")


if __name__ == "__main__":
    main()
