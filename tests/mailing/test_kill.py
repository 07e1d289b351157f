"""kill -9 at random instants of a release: no letter twice, none skipped."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest

from mailing.follow_up import (
    AS_OF,
    DEALER,
    NAME,
    PERSON,
    STREET,
    WEEK,
    load,
    plan,
    planned,
    small_follow_up,
    vehicle,
)
from mailing.releases import release
from renotify.errors import Refused
from renotify.ledger import artifacts, pieces
from renotify.ledger.session import open_session
from renotify.mailing import reconciling
from small_world import World

RIG = Path(__file__).with_name("crash_rig.py")
BUNDLES = (["ALE"], ["9LA", "ALE"], ["ALE", "CLB"], ["ALE"])


def four_a_wave(url, folder, waves):
    """Plan four vehicles a wave, of which the last one is repaired between the plan and the release.

    The newest registration is written to first, so that each wave has a day of registration of its own.
    """
    world, repairs = small_follow_up(folder / "input"), World(folder / "news")
    vins = [
        [
            vehicle(world, 4 * wave + n, *codes, as_of=AS_OF - timedelta(days=wave))
            for n, codes in enumerate(BUNDLES)
        ]
        for wave in range(waves)
    ]
    for wave in vins:
        repairs.repair(wave[-1], "ALE", WEEK, dealer=DEALER)
    with open_session(url) as session:
        plan(session, world, weeks=waves, horizon=waves)
        load(session, repairs)
    return [vin for wave in vins for vin in wave[:-1]], [wave[-1] for wave in vins]


def storm(url, out, waves, seed):
    last = WEEK + timedelta(weeks=waves)  # by then every wave may be mailed
    folders = [str(Path(folder).absolute()) for folder in ("src", "tests")]
    done = subprocess.run(
        [sys.executable, str(RIG), url, str(out), last.isoformat(), str(waves), str(seed)],
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


def once_each(url, folder, waves, seed):
    wanted, repaired = four_a_wave(url, folder, waves)
    out = folder / "out"
    told, said = storm(url, out, waves, seed)
    assert told["surprises"] == [], said
    rows = list(manifest_rows(out))
    ids = Counter(row["piece_id"] for row in rows)
    assert max(ids.values()) == 1
    assert {row["vin"] for row in rows} == set(wanted)
    assert not {row["vin"] for row in rows} & set(repaired)
    with open_session(url) as session:
        printed = pieces.only(pieces.of_follow_up(session, NAME), *pieces.PRINTED_ONCE)
        disclosed = artifacts.disclosures(session)
        counted = reconciling.reconcile(session, NAME)
    assert set(printed["piece_id"].to_pylist()) == set(ids)
    assert letters_on_paper(out) == len(rows) == 4 * waves
    assert len(set(printed["imb"].to_pylist())) == len(rows)
    assert disclosed.num_rows == waves
    assert counted["closes"], counted["sentences"]
    assert (counted["total"]["printed"], counted["total"]["withdrawn"]) == (4 * waves, waves)
    assert not list((out / NAME).glob(".*"))
    assert PERSON not in said
    assert STREET not in said
    return told


HOLD = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); input()"


def test_a_second_process_is_refused_and_the_death_of_the_first_frees_the_wave(
    sqlite_ledger, sqlite_session, tmp_path
):
    planned(sqlite_session, tmp_path, ["ALE"])
    lock = sqlite_ledger.removeprefix("sqlite:///") + "-release"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        first.stdout.readline()
        with pytest.raises(Refused, match="by another process"):
            release(sqlite_session, tmp_path)
        first.kill()
    assert release(sqlite_session, tmp_path)["printed"] == 1


@pytest.mark.parametrize("seed", [2013])
def test_a_release_killed_at_any_instant_mails_each_owner_once(sqlite_ledger, tmp_path, seed):
    told = once_each(sqlite_ledger, tmp_path, 9, seed)
    assert told["kills"] >= 5


@pytest.mark.slow
def test_two_hundred_kills_mail_each_owner_once(ledger, tmp_path):
    told = once_each(ledger, tmp_path, 120, seed=1)
    assert told["kills"] >= 100
