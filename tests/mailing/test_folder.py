"""Where the print job of a wave lies: the ledger's wave says it, and nobody guesses it from a name or from --out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mailing.follow_up import NAME, planned
from mailing.releases import interrupted, release, rows_of
from renotify.errors import NothingToDo
from renotify.ledger import pieces
from renotify.mailing import proving, reconciling


def folder_of_wave(session):
    return pieces.wave(session, NAME, 1).folder


def say(session, folder):
    """Let the ledger say that the job of the first wave lies in another folder, as no command does."""
    with session.transaction():
        session.execute("update wave set folder = :folder where number = 1", folder=str(folder))


def test_a_wave_has_its_folder_from_the_intent_on(session, tmp_path, monkeypatch):
    planned(session, tmp_path, ["ALE"], ["ALE"], weeks=2)
    assert folder_of_wave(session) == ""
    with monkeypatch.context() as patched:
        interrupted(patched, "_print")
        with pytest.raises(KeyboardInterrupt):
            release(session, tmp_path / "one")
    assert folder_of_wave(session) == str(tmp_path / "one" / NAME / "wave-01")
    assert pieces.wave(session, NAME, 2).folder == ""


def test_a_proof_is_cut_from_the_folder_of_the_release_whatever_out_says(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"])
    done = release(sqlite_session, tmp_path / "one")
    (piece,) = rows_of(sqlite_session)
    other = tmp_path / "two"
    wrong = other / NAME / "wave-01" / piece["file"]
    wrong.parent.mkdir(parents=True)
    wrong.write_bytes(b"not the batch file of this piece")
    proof = proving.proof(sqlite_session, piece["piece_id"], other)
    assert proof["batch"]["path"] == str(Path(done["folder"]) / piece["file"])
    assert proof["batch"]["intact"]
    assert proof["pages"] == str(other / "proofs" / f"{piece['piece_id']}.pdf")
    copy = proving.accessible(sqlite_session, piece["piece_id"], other)
    assert copy.is_relative_to(other)
    assert copy.read_bytes().startswith(b"%PDF")


def test_a_job_that_was_carried_away_proves_nothing_and_contradicts_nothing(
    sqlite_session, tmp_path
):
    planned(sqlite_session, tmp_path, ["ALE"])
    release(sqlite_session, tmp_path / "one")
    (piece,) = rows_of(sqlite_session)
    (tmp_path / "one").rename(tmp_path / "three")
    proof = proving.proof(sqlite_session, piece["piece_id"], tmp_path / "three")
    assert not proof["batch"]["intact"]
    assert proof["batch"]["sha256"]
    assert proof["pages"] is None
    with pytest.raises(NothingToDo, match="its version is gone"):
        proving.accessible(sqlite_session, piece["piece_id"], tmp_path / "three")
    assert reconciling.reconcile(sqlite_session, NAME)["closes"]


def test_the_count_is_closed_with_the_manifest_in_the_folder_of_the_wave(sqlite_session, tmp_path):
    """A changed manifest is told where the wave's folder is, and not where the release would put it today."""
    planned(sqlite_session, tmp_path, ["ALE"])
    folder = Path(release(sqlite_session, tmp_path)["folder"])
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(folder, elsewhere)
    (elsewhere / "manifest.csv").write_text("piece_id\n", "utf-8")
    assert reconciling.reconcile(sqlite_session, NAME)["closes"]
    say(sqlite_session, elsewhere)
    told = reconciling.reconcile(sqlite_session, NAME)
    assert told["sentences"][0] == "Wave 1: manifest.csv was changed after it was written."
    assert not told["closes"]


def test_a_file_is_proven_only_under_the_path_on_record(sqlite_session, tmp_path):
    """The wave's folder says where to look; the digest on record is of the file under its own path."""
    planned(sqlite_session, tmp_path, ["ALE"])
    folder = Path(release(sqlite_session, tmp_path)["folder"])
    (piece,) = rows_of(sqlite_session)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(folder, elsewhere)
    say(sqlite_session, elsewhere)
    batch = proving.proof(sqlite_session, piece["piece_id"])["batch"]
    assert batch == {"path": str(elsewhere / piece["file"]), "sha256": None, "intact": False}
