"""Runs the README's terminal session on examples/follow_up_2013 and returns what a reader would see; cog checks that it stays true."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONGEST, FIRST = 60, 8  # lines of an output shown whole, else its first ones and the last


def session(*lines: str) -> str:
    """Run each line in one temporary folder with a ledger of its own and return prompt and output as a Markdown block."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "examples").symlink_to(ROOT / "examples")
        shown = "\n".join(_run(line, folder) for line in lines)
    return f"```console\n{shown}\n```\n"


def _run(line: str, folder: str) -> str:
    environment = {
        **os.environ,
        "RENOTIFY_DATABASE_URL": f"sqlite:///{folder}/renotify.sqlite3",
        "COLUMNS": "110",
    }
    command = [sys.executable, "-m", *shlex.split(line)]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    lines = [text.rstrip() for text in (done.stdout + done.stderr).splitlines()]
    if len(lines) > LONGEST:
        lines[FIRST:-1] = [f"[{len(lines) - FIRST - 1} more lines]"]
    output = "\n".join(lines)
    return f"$ {line}\n{output}\n"
