"""What the tests of a release share."""

from __future__ import annotations

import csv
from pathlib import Path

from mailing.plant import NAME, ON, Plant
from renotify.ledger import artifacts, pieces
from renotify.mailing import releasing


def planted(*vehicles, **how):
    plant = Plant(**how)
    vins = [plant.vehicle(number, *codes) for number, codes in enumerate(vehicles, start=1)]
    plant.write()
    return vins


def release(out, wave=1, on=ON, **how):
    return releasing.release(NAME, wave, on=on, out=out, **how)


def manifest(done):
    with Path(done["manifest"]).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def states(wave=1):
    rows = pieces.of_wave(NAME, wave).to_pylist()
    return {row["vin"]: row["state"] for row in rows if row["family"] == "safety"}


def nothing_written(out):
    assert list(out.glob(NAME)) == []
    assert set(states().values()) <= {"planned"}
    assert not pieces.wave(NAME, 1).released
    assert artifacts.disclosures().num_rows == 0
    return True


def interrupted(monkeypatch, where):
    """Make the first release stop where a killed process could have."""
    from renotify.mailing import releasing

    def stop(*_args, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr(releasing, where, stop)
    return monkeypatch
