"""What the tests of a release share."""

from __future__ import annotations

import csv
from pathlib import Path

from mailing.follow_up import NAME, ON, planned
from released_before import released_before
from renotify.ledger import artifacts, pieces
from renotify.mailing import releasing

LONG = 150  # characters of a path


def release(session, out, wave=1, on=ON, cleared=None, gate=None, **how):
    """Release a wave; of a world to which nobody wrote since it was filled, once (``released_before``)."""

    def done():
        stated = releasing.Stated(cleared, gate)
        return releasing.release(session, NAME, wave, on=on, out=out, stated=stated, **how)

    if gate is not None or how or len(str(out)) > LONG:
        return done()
    with pieces.claim(session, NAME, wave):
        pass  # refused where another process has it
    return released_before(session, Path(out) / NAME, (wave, on, cleared), done)


def rows_of(session, wave=1):
    return pieces.of_wave(session, NAME, wave).to_pylist()


def manifest(done):
    with Path(done["manifest"]).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def states(session, wave=1):
    return {row["vin"]: row["state"] for row in rows_of(session, wave) if row["family"] == "safety"}


def contents(folder):
    """Return the bytes of every file below a folder, by its path from there."""
    files = (path for path in Path(folder).rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def nothing_written(session, out):
    assert list(out.glob(NAME)) == []
    assert set(states(session).values()) <= {"planned"}
    assert not pieces.wave(session, NAME, 1).released
    assert artifacts.disclosures(session).num_rows == 0
    return True


def without_pieces(session, folder):
    """Plan a follow-up and delete its pieces behind the ledger's back, as no command does."""
    planned(session, folder, ["ALE"])
    with session.transaction():
        session.execute("delete from piece")


def interrupted(monkeypatch, where):
    """Make the first release stop where a killed process could have."""

    def stop(*_args, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr(releasing, where, stop)
    return monkeypatch
