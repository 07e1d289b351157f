"""What starting the planner loads: a command that only reads a plan pays for no solver."""

import os
import subprocess
import sys

from cases import at_once

HEAVY = ("scipy", "highspy", "fontTools", "duckdb", "pyarrow")


def loaded_by(statement):
    script = f"{statement}\nimport sys\nprint([m for m in {HEAVY!r} if m in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@at_once(
    ("statement", "heavy"),
    [
        ("import renotify.planner, renotify.planner.simulate, renotify.planner.replan", "[]"),
        ("import renotify.planner.from_ledger, renotify.planner.weekly", "['duckdb', 'pyarrow']"),
    ],
)
def test_importing_the_planner_loads_no_solver_and_no_scipy(statement, heavy):
    assert loaded_by(statement) == heavy
