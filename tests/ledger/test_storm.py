"""Loads, look-ups and Django at once in many processes, killed at random: nothing durable is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from folder import ON, Folder
from ledger.intake.conftest import content
from ledger.intake.small_history import fill
from renotify.ledger import tables
from renotify.ledger.intake import load
from renotify.ledger.session import open_session
from renotify.ledger.verify import verify

STORM = Path(__file__).with_name("storm.py")
ROLES = ("load", "desk", "django", "desk")
LIFE = (0.5, 4.0)  # seconds until a process is killed


def storm(url, folder, acknowledged, seconds):
    """Keep a process of each role at work, and kill each at a random instant for so many seconds; then wait for a word of each."""
    chance = random.Random(573)
    environment = {**os.environ, "PYTHONPATH": "src"}

    def start(role):
        command = [sys.executable, str(STORM), role, url, str(acknowledged), str(folder)]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        return role, process, time.monotonic() + chance.uniform(*LIFE)

    end = time.monotonic() + seconds
    alive = [start(role) for role in ROLES]
    while time.monotonic() < end or not acknowledged_by(acknowledged) >= {
        "desk",
        "django",
        "loaded",
    }:
        time.sleep(0.02)
        storming = (
            time.monotonic() < end
        )  # then none is killed any more: on a busy machine too each says its word
        due = [one for one in alive if storming and one[2] < time.monotonic()]
        for one in due:
            alive.remove(one)
            kill(one[1])
            alive.append(start(one[0]))
    for _, process, _ in alive:
        kill(process)


def acknowledged_by(acknowledged):
    return {line.partition(" ")[0] for line in acknowledged.read_text().splitlines()}


def kill(process):
    process.send_signal(signal.SIGKILL)
    _, said = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL, said.decode()


def stands(url, folder, acknowledged, tmp_path):
    """The file is sound, everything acknowledged is there, and another load makes the ledger as any other."""
    durable = acknowledged.read_text().split("\n")[:-1]
    with open_session(url) as session:
        assert (
            session.scalar(
                "select count(*) from pragma_integrity_check where integrity_check <> 'ok'"
            )
            == 0
        )
        assert verify(session)["ok"]
        names = set(tables.read(session, "source", "name")["name"].to_pylist())
        assert {name for name in durable if name != "loaded"} <= names
        again = load(session, [folder], on=ON, rejects_dir=tmp_path).tables
        assert all(counts.accepted == 0 for counts in again.values())
        found = content(session)
    with open_session(f"sqlite:///{tmp_path}/undisturbed.sqlite3") as session:
        load(session, [folder], on=ON, rejects_dir=tmp_path)
        assert found == content(session)


@pytest.mark.parametrize(
    "seconds", [pytest.param(4, id="short"), pytest.param(240, id="long", marks=pytest.mark.slow)]
)
def test_a_storm_of_processes_loses_nothing_that_was_acknowledged(sqlite_ledger, tmp_path, seconds):
    folder = fill(Folder(tmp_path / "input")).write()
    acknowledged = tmp_path / "acknowledged"
    acknowledged.touch()
    storm(sqlite_ledger, folder, acknowledged, seconds)
    stands(sqlite_ledger, folder, acknowledged, tmp_path)
