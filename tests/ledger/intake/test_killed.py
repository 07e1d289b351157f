"""Killed at any moment and run again, or run twice at once: the ledger is as if run once."""

from __future__ import annotations

import shutil
import signal
from functools import partial

import pytest

from folder import ON, Folder
from ledger.intake.child import start
from ledger.intake.conftest import content
from ledger.intake.small_history import fill
from renotify.ledger.intake import load
from renotify.ledger.session import open_session

MOMENTS = ("reading:4", "before_commit:2", "between:5")


@pytest.fixture
def child(ledger):
    """Start a load in a process of its own on the ledger of this test."""

    return partial(start, ledger)


@pytest.fixture(scope="module")
def once(tmp_path_factory, sqlite_template):
    """What a ledger holds after the history was loaded once, undisturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    path = folder / "undisturbed.sqlite3"
    shutil.copy(sqlite_template, path)
    with open_session(f"sqlite:///{path}") as other:
        load(other, [fill(Folder(folder / "input")).write()], on=ON, rejects_dir=folder)
        return content(other)


def finish(process):
    process.join(timeout=120)
    assert process.exitcode == 0


def test_a_load_killed_at_any_moment_is_made_whole_by_the_next(child, folder, once, known):
    path = fill(folder).write()
    for moment in MOMENTS:
        process = child(path, moment)
        process.join(timeout=120)
        assert process.exitcode == -signal.SIGKILL, moment
    finish(child(path))
    assert known() == once


def test_a_killed_load_leaves_whole_tables_or_none(child, folder, known):
    path = fill(folder).write()
    child(path, "before_commit:1").join(timeout=120)
    content = known()
    assert len(content["vehicle"]) == 24
    assert (content["event"], content["state"]) == ([], [])


def test_two_loads_at_once_both_finish_and_say_everything_once(
    child, folder, once, known, tmp_path
):
    path = fill(folder).write()
    gate = tmp_path / "gate"
    both = [child(path, gate=gate), child(path, gate=gate)]
    gate.touch()
    for process in both:
        finish(process)
    assert known() == once
