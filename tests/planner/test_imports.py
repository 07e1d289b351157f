"""What starting the planner loads: a command that only reads a plan pays for no solver."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cases import at_once

HEAVY = ("scipy", "highspy", "fontTools", "duckdb", "pyarrow")


def printed(script, **settings):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **settings}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def loaded_by(statement):
    return printed(f"{statement}\nimport sys\nprint([m for m in {HEAVY!r} if m in sys.modules])")


@at_once(
    ("statement", "heavy"),
    [
        ("import renotify.planner, renotify.planner.simulate, renotify.planner.replan", "[]"),
        ("import renotify.planner.from_ledger, renotify.planner.weekly", "['duckdb', 'pyarrow']"),
    ],
)
def test_importing_the_planner_loads_no_solver_and_no_scipy(statement, heavy):
    assert loaded_by(statement) == heavy


TASKS = Path("/proc/self/task")
MATRICES = """
import os, renotify, numpy
numpy.ones((600, 600)) @ numpy.ones((600, 600))
print(len(os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(not TASKS.is_dir(), reason="threads are counted on Linux")
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="one processor has one thread anyway")
def test_matrices_are_worked_on_by_one_thread_unless_more_are_asked_for():
    quiet = {"OPENBLAS_NUM_THREADS": ""}
    assert printed("import os; os.environ.pop('OPENBLAS_NUM_THREADS')" + MATRICES, **quiet) == "1"
    assert printed(MATRICES, OPENBLAS_NUM_THREADS="2") == "2"
