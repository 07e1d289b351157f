"""Releases waves in processes that are killed at random instants, until each wave is released.

Run as a program: URL OUT DAY WAVES SEED. A process is forked for each attempt, so that an attempt costs
a fraction of a second; letter versions are compiled once, before. Prints one JSON document.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from datetime import date
from pathlib import Path

import compiled_letters
from mailing.follow_up import NAME
from renotify.errors import RenotifyError
from renotify.ledger import follow_ups, pieces
from renotify.ledger.session import open_session
from renotify.letters import compile_task
from renotify.letters.version import LetterVersion
from renotify.mailing import releasing, versions

MOST_KILLS = 3  # of one wave, before it is let through
PATIENCE = 120  # seconds after which an attempt that hangs is ended, and counts as failed


def compile_all(url, on, waves, folder):
    """Compile every version that the waves need and keep it in a folder."""
    with open_session(url) as session:
        made = releasing._versions(session, follow_ups.settings(session, NAME), on)
        for wave in waves:
            planned = versions.settle_remedies(session, pieces.of_wave(session, NAME, wave), made)
            made.compile(versions.wanted(planned))
    folder.mkdir()
    for version in made.compiled.values():
        version.save(folder / version.digest)


def load_all(folder):
    """Take the compiled versions into this process, which forks and so may have no threads."""
    for path in folder.iterdir():
        compiled_letters.KEPT[path.name] = LetterVersion.load(path)


def forked(work):
    """Run ``work`` in a process of its own; return the process's number."""
    child = os.fork()
    if child:
        return child
    signal.alarm(PATIENCE)
    code = 1
    try:
        work()
        code = 0
    except RenotifyError as error:
        sys.stderr.write(f"{type(error).__name__}: {error.message}\n")
    finally:
        os._exit(code)


def attempt(url, out, on, wave):
    """Release a wave in a process of its own; return its number."""

    def work():
        with open_session(url) as session:
            releasing.release(session, NAME, wave, on=on, out=out)

    return forked(work)


def finish(child):
    """Wait for a process; return its exit code, negative when it was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def storm(url, out, on, waves, chance):
    """Release each wave, killing up to three attempts at it; return what happened.

    The last attempt must succeed, or be refused where an earlier one got through.
    """
    took, kills, surprises = 0.5, 0, []
    for wave in waves:
        code = -signal.SIGKILL
        for _ in range(chance.randint(1, MOST_KILLS)):
            code = killed_or_done(attempt(url, out, on, wave), chance.uniform(0, 0.8 * took))
            kills += code < 0
            if code >= 0:
                break
        start = time.monotonic()
        last = finish(attempt(url, out, on, wave))
        if last not in ({0, 1} if code < 0 else {1}):  # killed, perhaps when all was done
            surprises.append({"wave": wave, "killed": code, "last": last})
        if last == 0:
            took = max(0.9 * took, time.monotonic() - start)
    return {"kills": kills, "surprises": surprises}


def killed_or_done(child, after):
    """Kill a process after some seconds; return its exit code, negative when it was killed."""
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    return finish(child)


def main():
    url, out, on = sys.argv[1], Path(sys.argv[2]), date.fromisoformat(sys.argv[3])
    waves, seed = range(1, int(sys.argv[4]) + 1), int(sys.argv[5])
    forms = out.with_name("forms")
    compile_task.compile_letter = compiled_letters.compiled
    if finish(forked(lambda: compile_all(url, on, waves, forms))):
        sys.exit("The versions cannot be compiled.")
    load_all(forms)
    sys.stdout.write(json.dumps(storm(url, out, on, waves, random.Random(seed))))


if __name__ == "__main__":
    main()
