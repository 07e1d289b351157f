"""kill -9 at random instants of a release: no letter twice, none skipped."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from mailing.follow_up import (
    AS_OF,
    DEALER,
    NAME,
    ON,
    PERSON,
    STREET,
    WEEK,
    load,
    moved,
    plan,
    planned,
    repaired,
    small_follow_up,
    vehicle,
)
from mailing.releases import release, rows_of
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
        pages = LetterVersion.load(version).pages_in_file
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


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from renotify.ledger.session import open_session
from renotify.mailing import releasing
url, name, on, out = sys.argv[1:]
releasing._print = lambda *_rest: os.kill(os.getpid(), signal.SIGKILL)
with open_session(url) as session:
    releasing.release(session, name, 1, on=date.fromisoformat(on), out=Path(out))
"""


def killed_before_printing(url, out):
    """Release the first wave in a process that is killed between its intent and its printing."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, url, NAME, ON.isoformat(), str(out)],
        env={**os.environ, "PYTHONPATH": str(Path("src").absolute())}, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL


def test_a_resumed_release_writes_to_the_new_owner_with_todays_words_and_not_about_the_repaired(
    ledger, session, tmp_path
):
    """A repair and a move come too late; a corrected text is printed, for the version is made again."""
    vins = planned(session, tmp_path, ["ALE"], ["ALE"])
    killed_before_printing(ledger, tmp_path)
    session.renew()
    intended = {row["vin"]: row for row in rows_of(session)}
    assert {row["state"] for row in intended.values()} == {"released"}
    repaired(session, tmp_path, vins[0], "ALE", date(2013, 3, 7))
    moved(session, tmp_path, vins[1], date(2013, 3, 7), name1="BEN MADEUP", zip="02109")
    load(session, small_follow_up(tmp_path / "corrected", ALE={"defect": "The pipe can burst."}))
    done = release(session, tmp_path, on=date(2013, 3, 8))
    assert (done["resumed"], done["checked_on"]) == (True, "2013-03-08")
    assert (done["printed"], done["withdrawn"], done["versions"]) == (1, 1, 1)
    rows = {row["vin"]: row for row in rows_of(session)}
    assert [rows[vin]["state"] for vin in vins] == ["withdrawn", "printed"]
    for kept in ("piece_id", "bundle"):
        assert [rows[vin][kept] for vin in vins] == [intended[vin][kept] for vin in vins]
    assert rows[vins[1]]["owner_as_of"] == date(2013, 3, 7)
    assert rows[vins[0]]["imb"] == intended[vins[0]]["imb"]  # no other piece gets its serial number
    assert rows[vins[1]]["imb"] == intended[vins[1]]["imb"][:20] + "02109"
    assert {one["vin"]: one["change"] for one in done["changed"]} == {
        vins[0]: "withdrawn: repaired", vins[1]: "new owner",
    }  # fmt: skip
    assert rows[vins[1]]["form_digest"] != intended[vins[1]]["form_digest"]
    with (Path(done["folder"]) / "withdrawn.csv").open(encoding="utf-8", newline="") as file:
        (pulled,) = csv.DictReader(file)  # an earlier copy of the job may hold it
    wanted = {"piece_id", "vin", "imb", "reason"}
    assert pulled == {name: rows[vins[0]][name] for name in wanted}
    assert (pulled["reason"], done["withdrawn_since"]) == ("repaired", 1)
    words = " ".join(paper(done).split())
    assert words.count("The pipe can burst.") == 1
    assert "BEN MADEUP" in words
    assert PERSON not in words


def paper(done):
    """Return the text of every batch file of a release."""
    found = []
    for path in sorted(Path(done["folder"]).glob("*/*.pdf")):
        document = pypdfium2.PdfDocument(path)
        found += [page.get_textpage().get_text_range() for page in document]
        document.close()
    return "\n".join(found)


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
    told = once_each(sqlite_ledger, tmp_path, 3, seed)
    assert told["kills"] >= 3


@pytest.mark.slow
def test_two_hundred_kills_mail_each_owner_once(ledger, tmp_path):
    told = once_each(ledger, tmp_path, 120, seed=1)
    assert told["kills"] >= 100
