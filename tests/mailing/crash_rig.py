"""Releases waves in processes that are killed at random instants, until each wave is released.

Run as a program: URL OUT WAVES SEED. A process is forked for each attempt, so that an attempt costs
a fraction of a second; letter versions are compiled once, before. Prints one JSON document.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from django.db import connections

from mailing import conftest
from mailing.plant import NAME, ON
from renotify import mailing
from renotify.errors import RenotifyError
from renotify.ledger import follow_ups, pieces
from renotify.ledger.database import open_ledger
from renotify.mailing import releasing, versions

MOST_KILLS = 3  # of one wave, before it is let through


def compile_all(url, waves):
    """Compile every version that the waves need, in this process, and leave the ledger closed."""
    versions.compile_letter = conftest.compiled
    open_ledger(url)
    settings = follow_ups.settings(NAME)
    made = releasing._versions(settings, ON)
    for wave in waves:
        made.compile(versions.wanted(pieces.of_wave(NAME, wave)))
    connections.close_all()


def attempt(url, out, wave):
    """Fork a process that releases a wave; return its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        open_ledger(url)
        mailing.release(NAME, wave, on=ON, out=out)
        code = 0
    except RenotifyError as error:
        sys.stderr.write(f"{type(error).__name__}: {error.message}\n")
    finally:
        os._exit(code)


def finish(child):
    """Wait for a process; return its exit code, negative when it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def storm(url, out, waves, chance):
    """Release each wave, killing up to three attempts at it; return what happened."""
    took, kills, ends = 0.5, 0, []
    for wave in waves:
        for _ in range(chance.randint(1, MOST_KILLS)):
            child = attempt(url, out, wave)
            time.sleep(chance.uniform(0, took))
            os.kill(child, signal.SIGKILL)
            code = finish(child)
            kills += code < 0
            if code == 0:
                break
        start = time.monotonic()
        ends.append(finish(attempt(url, out, wave)))
        if ends[-1] == 0:
            took = max(0.9 * took, time.monotonic() - start)
    return {"kills": kills, "ends": ends}


def main():
    url, out, count, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    waves = range(1, count + 1)
    compile_all(url, waves)
    sys.stdout.write(json.dumps(storm(url, out, waves, random.Random(seed))))


if __name__ == "__main__":
    main()
