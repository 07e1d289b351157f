"""kill -9 at random instants of a release: no letter twice, none skipped."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pikepdf
import pytest
from django.db import connections

from mailing.plant import NAME, ON, PERSON, STREET, WEEK, Plant, repair
from renotify.errors import Refused
from renotify.ledger import artifacts, pieces
from renotify.mailing import reconciling, releasing

RIG = Path(__file__).with_name("crash_rig.py")
BUNDLES = (["ALE"], ["9LA", "ALE"], ["ALE", "CLB"], ["ALE"])


def planted(waves):
    """Four vehicles a wave, the last one repaired between the plan and the release."""
    plant = Plant(waves=dict.fromkeys(range(1, waves + 1), WEEK))
    vins = [
        [plant.vehicle(4 * wave + n, *codes, wave=wave) for n, codes in enumerate(BUNDLES)]
        for wave in range(1, waves + 1)
    ]
    plant.write()
    for wave in vins:
        repair(wave[-1], "ALE")
    return [vin for wave in vins for vin in wave[:-1]], [wave[-1] for wave in vins]


def storm(url, out, waves, seed):
    connections.close_all()
    folders = [str(Path(folder).absolute()) for folder in ("src", "tests")]
    done = subprocess.run(
        [sys.executable, str(RIG), url, str(out), str(waves), str(seed)],
        env={**os.environ, "PYTHONPATH": ":".join(folders)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def manifest_rows(out):
    for path in sorted((out / NAME).glob("wave-*/manifest.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            yield from ({**row, "folder": path.parent} for row in csv.DictReader(file))


def letters_on_paper(out):
    """Return how many letters stand in all batch files together: pages by pages of a letter."""
    from renotify.letters.version import LetterVersion

    count = 0
    for version in (out / NAME).glob("wave-*/*/*.form"):
        pages = LetterVersion.load(version).page_count
        for batch in version.parent.glob(f"{version.stem}*.pdf"):
            with pikepdf.open(batch) as pdf:
                count += len(pdf.pages) // pages
    return count


def once_each(url, out, waves, seed):
    wanted, repaired = planted(waves)
    told, said = storm(url, out, waves, seed)
    assert told["surprises"] == [], said
    rows = list(manifest_rows(out))
    ids = Counter(row["piece_id"] for row in rows)
    assert max(ids.values()) == 1
    assert {row["vin"] for row in rows} == set(wanted)
    assert not {row["vin"] for row in rows} & set(repaired)
    printed = pieces.only(pieces.of_follow_up(NAME), *pieces.PRINTED_ONCE)
    assert set(printed["piece_id"].to_pylist()) == set(ids)
    assert letters_on_paper(out) == len(rows) == 4 * waves
    assert len(set(printed["imb"].to_pylist())) == len(rows)
    assert artifacts.disclosures().num_rows == waves
    counted = reconciling.reconcile(NAME)
    assert counted["closes"], counted["sentences"]
    assert (counted["total"]["printed"], counted["total"]["withdrawn"]) == (4 * waves, waves)
    assert not list((out / NAME).glob(".*"))
    assert PERSON not in said
    assert STREET not in said
    return told


HOLD = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); input()"


def test_a_second_process_is_refused_and_the_death_of_the_first_frees_the_wave(
    sqlite_ledger, tmp_path
):
    planted(1)
    lock = sqlite_ledger.removeprefix("sqlite:///") + "-release"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        first.stdout.readline()
        with pytest.raises(Refused, match="by another process"):
            releasing.release(NAME, 1, on=ON, out=tmp_path)
        first.kill()
    assert releasing.release(NAME, 1, on=ON, out=tmp_path)["printed"] == 4


@pytest.mark.parametrize("seed", [2013])
def test_a_release_killed_at_any_instant_mails_each_owner_once(sqlite_ledger, tmp_path, seed):
    told = once_each(sqlite_ledger, tmp_path / "out", 9, seed)
    assert told["kills"] >= 5


@pytest.mark.slow
def test_two_hundred_kills_mail_each_owner_once(ledger, tmp_path):
    told = once_each(ledger, tmp_path / "out", 120, seed=1)
    assert told["kills"] >= 100
