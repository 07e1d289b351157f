"""A wave released: who gets a letter, what is written, and how a killed release goes on."""

from __future__ import annotations

from datetime import date, timedelta

import pikepdf
import pytest

from mailing.plant import (
    CAMPAIGNS,
    NAME,
    ON,
    WEEK,
    Plant,
    campaign,
    happen,
    moved,
    repair,
)
from mailing.releases import interrupted, manifest, planted, release, states
from renotify import mailing
from renotify.errors import AlreadyDone, Refused
from renotify.ledger import artifacts, pieces


@pytest.mark.usefixtures("ledger")
def test_a_wave_is_printed_with_manifest_ticket_and_digests(tmp_path):
    planted(["9LA", "ALE"], ["ALE"], ["ALE", "CLB"])
    done = release(tmp_path)
    assert (done["planned"], done["released"], done["printed"]) == (4, 4, 4)
    assert (done["withdrawn"], done["exceptions"], done["versions"]) == (0, 0, 3)
    rows = manifest(done)
    assert {row["family"] for row in rows} == {"safety", "service"}
    assert all(row["file"].startswith(f"{row['family']}/") for row in rows)
    files = artifacts.of_follow_up(NAME).to_pylist()
    kinds = {row["kind"] for row in files}
    assert kinds >= {"letters", "letter_version", "manifest", "exceptions", "wave_folder"}


@pytest.mark.usefixtures("sqlite_ledger")
def test_every_artifact_has_the_digest_of_its_file(tmp_path):
    planted(["ALE"])
    release(tmp_path)
    for row in artifacts.of_follow_up(NAME).to_pylist():
        if row["kind"] != "wave_folder":
            assert artifacts.digest(tmp_path.__class__(row["path"])) == row["sha256"]


@pytest.mark.usefixtures("sqlite_ledger")
def test_the_letter_stands_on_the_page_that_the_manifest_says(tmp_path):
    vins = planted(["ALE"], ["ALE"], ["ALE"])
    done = release(tmp_path)
    rows = manifest(done)
    assert sorted(row["vin"] for row in rows) == sorted(vins)
    for row in rows:
        told = mailing.proof(row["piece_id"], tmp_path)
        with pikepdf.open(told["pages"]) as pdf:
            body = b"".join(page.Contents.read_bytes() for page in pdf.pages)
        assert row["vin"].encode("utf-16-be").hex().encode() in body.lower()


@pytest.mark.usefixtures("ledger")
def test_a_repaired_vehicle_gets_no_letter(tmp_path):
    vins = planted(["9LA", "ALE"], ["ALE"], ["ALE"])
    repair(vins[1], "ALE")
    repair(vins[0], "9LA")
    done = release(tmp_path)
    rows = manifest(done)
    assert vins[1] not in {row["vin"] for row in rows}
    assert done["withdrawn_reasons"] == {"repaired": 1}
    assert next(row["bundle"] for row in rows if row["vin"] == vins[0]) == "ALE"
    assert done["rebundled"] == 1


@pytest.mark.usefixtures("sqlite_ledger")
def test_a_scrapped_vehicle_gets_no_letter(tmp_path):
    vins = planted(["ALE"], ["ALE"])
    happen(vins[0], "scrapped", "", date(2013, 3, 1))
    assert release(tmp_path)["withdrawn_reasons"] == {"unreachable_scrapping": 1}


@pytest.mark.usefixtures("ledger")
def test_the_newest_owner_gets_the_letter(tmp_path):
    (vin,) = planted(["ALE"])
    moved(vin, date(2013, 3, 1), name1="BEN MADEUP", zip="02109")
    done = release(tmp_path)
    assert done["readdressed"] == 1
    (row,) = pieces.of_wave(NAME, 1).to_pylist()
    assert row["owner_as_of"] == date(2013, 3, 1)
    assert row["imb"].endswith("02109")
    told = mailing.proof(row["piece_id"], with_address=True)
    assert told["address"]["name1"] == "BEN MADEUP"


@pytest.mark.usefixtures("ledger")
def test_a_wave_of_repaired_vehicles_is_released_without_a_letter(tmp_path):
    (vin,) = planted(["ALE"])
    repair(vin, "ALE")
    done = release(tmp_path)
    assert (done["printed"], done["withdrawn"]) == (0, 1)
    assert mailing.reconcile(NAME)["closes"]


@pytest.mark.usefixtures("ledger")
def test_each_wave_has_serials_of_its_own(tmp_path):
    plant = Plant()
    for number in range(1, 5):
        plant.vehicle(number, "ALE", wave=1 + number % 2)
    plant.write()
    release(tmp_path)
    release(tmp_path, wave=2, on=WEEK + timedelta(days=7))
    imbs = [row["imb"] for wave in (1, 2) for row in pieces.of_wave(NAME, wave).to_pylist()]
    assert sorted(imb[11:20] for imb in imbs) == [f"{n:09}" for n in range(4)]
    assert all(imb.startswith("00270999999") for imb in imbs)


@pytest.mark.usefixtures("sqlite_ledger")
def test_a_letter_to_puerto_rico_is_in_both_languages(tmp_path):
    plant = Plant()
    plant.vehicle(1, "ALE", state="PR", zip="00901", city="San Juan")
    plant.vehicle(2, "ALE")
    plant.write()
    release(tmp_path)
    assert {row["language"] for row in pieces.of_wave(NAME, 1).to_pylist()} == {"en", "en+es"}


@pytest.mark.usefixtures("sqlite_ledger")
def test_a_remedy_that_is_not_there_yet_makes_an_interim_letter(tmp_path):
    later = campaign("ALE", remedy_available_date=date(2013, 9, 1))
    planted(["ALE"], campaigns=(CAMPAIGNS[0], later, CAMPAIGNS[2]), kind="initial")
    done = release(tmp_path)
    (version,) = (tmp_path / NAME / "wave-01" / "safety").glob("*.form")
    from renotify.letters import LetterVersion

    assert done["printed"] == 1
    assert LetterVersion.load(version).summary["kind"] == "interim"


@pytest.mark.usefixtures("sqlite_ledger")
def test_a_bundle_waits_with_its_remedy_letter_for_the_last_of_its_remedies(tmp_path):
    later = campaign("ALE", remedy_available_date=date(2013, 9, 1))
    planted(["9LA", "ALE"], ["9LA"], campaigns=(CAMPAIGNS[0], later, CAMPAIGNS[2]), kind="initial")
    release(tmp_path)
    from renotify.letters import LetterVersion

    kept = [LetterVersion.load(path).summary for path in (tmp_path / NAME).rglob("*.form")]
    kinds = {"+".join(c["code"] for c in one["campaigns"]): one["kind"] for one in kept}
    assert kinds == {"9LA+ALE": "interim", "9LA": "initial"}


@pytest.mark.usefixtures("sqlite_ledger")
def test_a_name_outside_the_font_goes_to_the_exceptions(tmp_path):
    plant = Plant()
    plant.vehicle(1, "ALE")
    vin = plant.vehicle(2, "ALE", name1="鈴木 一郎")
    plant.write()
    done = release(tmp_path)
    assert (done["released"], done["printed"], done["exceptions"]) == (2, 1, 1)
    assert states()[vin] == "exception"
    reasons = mailing.reconcile(NAME)["reasons"]["exceptions"]
    (reason,) = reasons
    assert reason.startswith("name1: the letter")
    assert "鈴木" not in reason


@pytest.mark.usefixtures("sqlite_ledger")
def test_the_mail_house_is_disclosed(tmp_path):
    vins = planted(["ALE"], ["ALE"])
    release(tmp_path)
    (row,) = artifacts.disclosures().to_pylist()
    assert (row["recipient"], row["purpose"], row["vehicles"]) == ("mail house", "recall", 2)
    assert row["vin_digest"] == artifacts.vin_digest(pieces.of_wave(NAME, 1)["vin"])[1]
    assert len(vins) == 2


@pytest.mark.usefixtures("ledger")
def test_a_wave_is_not_released_twice(tmp_path):
    planted(["ALE"])
    release(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(AlreadyDone, match="Wave 1 of 'lexus-2013' was released before"):
        release(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_wave_is_released_by_one_process_at_a_time(ledger, tmp_path):
    if ledger.startswith("sqlite"):
        pytest.skip("a file lock binds other processes only: see test_kill")
    planted(["ALE"])
    with pieces.claim(NAME, 1), pytest.raises(Refused, match="by another process"):
        release(tmp_path)


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("where", ["_print", "_record"])
def test_an_interrupted_release_goes_on_with_its_own_pieces(tmp_path, monkeypatch, where):
    vins = planted(["ALE"], ["ALE"])
    with monkeypatch.context() as patched:
        interrupted(patched, where)
        with pytest.raises(KeyboardInterrupt):
            release(tmp_path)
    repair(vins[0], "ALE", date(2013, 3, 7))
    assert not mailing.reconcile(NAME)["waves"][0]["printed"]
    assert "has not finished" in mailing.reconcile(NAME)["sentences"][0]
    done = release(tmp_path, on=date(2013, 3, 8))
    assert (done["resumed"], done["checked_on"], done["printed"]) == (True, "2013-03-06", 2)
    assert sorted(row["vin"] for row in manifest(done)) == sorted(vins)


@pytest.mark.usefixtures("sqlite_ledger")
def test_a_resumed_release_writes_the_same_bytes(tmp_path, monkeypatch):
    planted(["ALE"], ["9LA"])
    with monkeypatch.context() as patched:
        interrupted(patched, "_record")
        with pytest.raises(KeyboardInterrupt):
            release(tmp_path)
    folder = tmp_path / NAME / "wave-01"
    before = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    release(tmp_path, on=date(2013, 3, 9))
    after = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert before == after


@pytest.mark.usefixtures("sqlite_ledger")
def test_the_letters_of_a_follow_up_are_checked_looked_at_and_approved(tmp_path):
    planted(["ALE"], ["CLB"])
    found = mailing.check_letters(NAME, on=ON)
    assert {row["bundle"] for row in found} == {"ALE", "CLB", "safety", "service"}
    assert {row["severity"] for row in found} <= {"", "should"}
    assert any(name.endswith(".png") for name in mailing.proof_letters(NAME, on=ON, out=tmp_path))
    assert release(tmp_path / "one")["unapproved"] == 2
