"""The three kinds of session, for tests of what they promise alike."""

from __future__ import annotations

import subprocess
import sys

SQLITE_BULK, SQLITE_DESK, POSTGRESQL = "sqlite bulk", "sqlite desk", "postgresql"
KINDS = (SQLITE_BULK, SQLITE_DESK, POSTGRESQL)
_ELSEWHERE = """
import sys
from renotify.ledger.session import open_session
with open_session(sys.argv[1]) as session:
    {work}
"""


def elsewhere(url: str, work: str) -> str:
    """Run Python lines with a ``session`` of their own in another process, and return what they print."""
    script = _ELSEWHERE.format(work="\n    ".join(work.strip().splitlines()))
    done = subprocess.run(
        [sys.executable, "-c", script, url], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


NEW_SOURCE = """
with session.transaction():
    session.execute(
        "insert into source (kind, name, sha256, table_name, recorded_at)"
        " values ('command', 'elsewhere', '', '', current_timestamp)"
    )
"""
