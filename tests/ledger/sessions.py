"""The three kinds of session, for tests of what they promise alike."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from functools import cache

SQLITE_BULK, SQLITE_DESK, POSTGRESQL = "sqlite bulk", "sqlite desk", "postgresql"
KINDS = (SQLITE_BULK, SQLITE_DESK, POSTGRESQL)
_ELSEWHERE = """
import contextlib, io, json, sys
from renotify.ledger.session import open_session
for line in sys.stdin:
    url, work = json.loads(line)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), open_session(url) as session:
        exec(work)
    print(json.dumps(said.getvalue().strip()), flush=True)
"""


@cache
def _other_process() -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", _ELSEWHERE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    atexit.register(child.communicate)
    return child


def elsewhere(url: str, work: str) -> str:
    """Run Python lines with a ``session`` of their own in another process, and return what they print; it is one for all of them."""
    child = _other_process()
    assert child.stdin
    assert child.stdout
    child.stdin.write(json.dumps([url, work]) + "\n")
    child.stdin.flush()
    return json.loads(child.stdout.readline())


NEW_SOURCE = """
with session.transaction():
    session.execute(
        "insert into source (kind, name, sha256, table_name, recorded_at)"
        " values ('command', 'elsewhere', '', '', current_timestamp)"
    )
"""
