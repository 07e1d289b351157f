"""A release is called back before the mail house answers, and a spoiled or lost letter is printed again under its own number."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from mailing.follow_up import NAME, ON, moved, planned, repaired
from mailing.releases import interrupted, manifest, release, rows_of
from renotify.errors import NothingToDo, Refused
from renotify.ledger import artifacts, ending_follow_ups, follow_ups, pieces, wave_decisions
from renotify.ledger.wave_decisions import Decision
from renotify.mailing import (
    calling_back,
    corrected,
    evidence,
    open_work,
    proving,
    reconciling,
    void_jobs,
)

WHY = Decision("R. Analyst", "a wrong telephone number")
LATER = date(2013, 3, 8)


def call_back(session, on=ON):
    return calling_back.call_back(session, NAME, 1, WHY, on)


def by_vin(session, *columns, wave=1):
    return {row["vin"]: tuple(row[one] for one in columns) for row in rows_of(session, wave)}


def answered(session, folder, on=LATER, **statuses):
    """Load evidence: a status for each piece_id."""
    file = folder / "evidence.csv"
    lines = [
        f"{one},{status},{on if status == 'accepted' else ''}" for one, status in statuses.items()
    ]
    file.write_text("\n".join(("piece_id,status,mailed_date", *lines)) + "\n", encoding="utf-8")
    return evidence.accept(session, NAME, 1, file, on=on, rejects_dir=folder / "rejects")


def reprint(session, on=LATER):
    return corrected.release(session, NAME, 1, on=on, again=corrected.SPOILED)


# ---- called back


def test_a_wave_that_is_called_back_goes_out_later_under_the_same_numbers(session, tmp_path):
    """One of three was withdrawn as repaired, which was a mistake; the wave after it has barcodes of its own."""
    vins = planned(session, tmp_path, ["ALE"], ["9LA", "ALE"], ["ALE"])
    repaired(session, tmp_path, vins[1], "9LA")
    done = release(session, tmp_path / "out")
    printed = by_vin(session, "piece_id", "imb", "owner_as_of")
    files = artifacts.of_follow_up(session, NAME)["path"].to_pylist()
    told = call_back(session)
    assert told["called_back"] == 3
    assert told["folder"] == f"{done['folder']}-void-1"
    assert by_vin(session, "state", "reason", "form_digest", "file", "checked_on") == dict.fromkeys(
        vins, ("planned", "", "", "", None)
    )
    assert by_vin(session, "bundle")[vins[1]] == ("9LA+ALE",)  # as the list has it
    assert not pieces.wave(session, NAME, 1).released
    assert not Path(done["folder"]).exists()
    assert "Nothing of it may be mailed" in (Path(told["folder"]) / "VOID.txt").read_text("utf-8")
    moved_to = [path.replace(done["folder"], told["folder"]) for path in files]
    assert artifacts.of_follow_up(session, NAME)["path"].to_pylist() == moved_to
    assert all(Path(path).is_file() for path in moved_to)
    (kept,) = wave_decisions.decisions(session, NAME)
    assert (kept.kind, kept.reason, kept.folder) == ("called_back", WHY.reason, told["folder"])
    again = release(session, tmp_path / "out", on=LATER)
    assert (again["printed"], again["folder"], again["resumed"]) == (3, done["folder"], False)
    assert by_vin(session, "piece_id", "imb", "owner_as_of") == printed
    assert {row["piece_id"] for row in manifest(again)} == {one for one, _, _ in printed.values()}
    assert reconciling.reconcile(session, NAME)["closes"]


def test_barcodes_stay_unique_when_another_wave_goes_after_a_call_back(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"], ["ALE"], weeks=2)
    on = date(2013, 3, 12)
    release(sqlite_session, tmp_path / "out", on=on)
    calling_back.call_back(sqlite_session, NAME, 1, WHY, on)
    for wave in (2, 1):
        release(sqlite_session, tmp_path / "out", wave, on=on)
    codes = pieces.of_follow_up(sqlite_session, NAME)["imb"].to_pylist()
    assert len(set(codes)) == len(codes) == 2


@pytest.mark.parametrize("status", ["accepted", "spoiled"])
def test_a_wave_that_the_mail_house_answered_for_is_not_called_back(
    sqlite_session, tmp_path, status
):
    planned(sqlite_session, tmp_path, ["ALE"], ["ALE"])
    release(sqlite_session, tmp_path / "out")
    before = by_vin(sqlite_session, "state")
    first = rows_of(sqlite_session)[0]
    answered(sqlite_session, tmp_path, **{first["piece_id"]: status})
    with pytest.raises(Refused, match="has answered for 1 piece of wave 1") as refused:
        call_back(sqlite_session, LATER)
    assert "renotify mail pull" in refused.value.hint
    assert by_vin(sqlite_session, "state") == before | {first["vin"]: (status,)}
    assert wave_decisions.decisions(sqlite_session, NAME) == []


def test_a_wave_that_is_not_released_has_nothing_to_call_back(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"])
    with pytest.raises(NothingToDo, match="is not released"):
        call_back(sqlite_session)


def stopped(*_args, **_named):
    raise KeyboardInterrupt


@pytest.mark.parametrize("by", ["the same command", "the next release"])
def test_a_call_back_that_was_killed_before_the_folder_moved_is_finished(
    sqlite_session, tmp_path, monkeypatch, by
):
    planned(sqlite_session, tmp_path, ["ALE"])
    done = release(sqlite_session, tmp_path / "out")
    with monkeypatch.context() as killed:
        killed.setattr(Path, "rename", stopped)
        with pytest.raises(KeyboardInterrupt):
            call_back(sqlite_session)
    assert set(by_vin(sqlite_session, "state").values()) == {("planned",)}
    assert Path(done["folder"]).exists()
    if by == "the same command":
        told = call_back(sqlite_session)
        assert (told["called_back"], told["folder"]) == (0, f"{done['folder']}-void-1")
        with pytest.raises(NothingToDo):
            call_back(sqlite_session)
    else:
        assert release(sqlite_session, tmp_path / "out", on=LATER)["printed"] == 1
    assert (Path(f"{done['folder']}-void-1") / "VOID.txt").exists()
    assert Path(done["folder"]).exists() is (by != "the same command")


def test_a_call_back_that_was_killed_before_it_was_recorded_changed_nothing(
    sqlite_session, tmp_path, monkeypatch
):
    planned(sqlite_session, tmp_path, ["ALE"])
    done = release(sqlite_session, tmp_path / "out")
    before = by_vin(sqlite_session, "state", "file")
    with monkeypatch.context() as killed:
        killed.setattr(calling_back.artifacts, "moved", stopped)
        with pytest.raises(KeyboardInterrupt):
            call_back(sqlite_session)
    assert by_vin(sqlite_session, "state", "file") == before
    assert Path(done["folder"]).exists()
    assert wave_decisions.decisions(sqlite_session, NAME) == []


def test_a_release_that_did_not_finish_is_called_back_too(sqlite_session, tmp_path, monkeypatch):
    planned(sqlite_session, tmp_path, ["ALE"])
    with monkeypatch.context() as killed:
        interrupted(killed, "_print")
        with pytest.raises(KeyboardInterrupt):
            release(sqlite_session, tmp_path / "out")
    told = call_back(sqlite_session)
    assert (told["called_back"], told["folder"]) == (1, "")
    assert release(sqlite_session, tmp_path / "out")["resumed"] is False


def test_what_is_called_back_of_an_ended_follow_up_is_withdrawn(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"], ["ALE"], weeks=2)
    release(sqlite_session, tmp_path / "out")
    with sqlite_session.transaction():
        ending_follow_ups.end(sqlite_session, NAME, "another list", ON)
    call_back(sqlite_session)
    assert set(by_vin(sqlite_session, "state", "reason").values()) == {
        ("withdrawn", follow_ups.ENDED)
    }


# ---- printed again


def test_a_spoiled_and_a_lost_letter_are_printed_again_under_their_numbers(session, tmp_path):
    """Of four, one is accepted; of the three that are not, one was repaired meanwhile and gets no letter."""
    vins = planned(session, tmp_path, ["ALE"], ["ALE"], ["ALE"], ["ALE"])
    first = release(session, tmp_path / "out")
    numbers = by_vin(session, "piece_id", "imb")
    ids = [numbers[vin][0] for vin in vins]
    with pytest.raises(NothingToDo, match="is spoiled or lost"):
        reprint(session)
    answered(
        session, tmp_path, **dict(zip(ids, ("accepted", "spoiled", "lost", "torn"), strict=True))
    )
    repaired(session, tmp_path, vins[3], "ALE", date(2013, 3, 7))
    moved(session, tmp_path, vins[2], date(2013, 3, 7), name1="BEN MADEUP")
    lists = open_work.open_work(session, NAME, LATER)
    assert set(lists["spoiled"]["piece_id"].to_pylist()) == set(ids[1:])
    done = reprint(session)
    assert (done["printed"], done["withdrawn"]) == (2, 1)
    assert done["folder"] == f"{first['folder']}/reprint-1"
    assert {row["piece_id"] for row in manifest(done)} == set(ids[1:3])
    assert list(Path(done["folder"]).glob("*ticket*.pdf"))
    assert by_vin(session, "piece_id", "imb") == numbers
    rows = by_vin(session, "state", "file")
    assert [rows[vin][0] for vin in vins] == ["accepted", "printed", "printed", "withdrawn"]
    assert rows[vins[1]][1].startswith("reprint-1/")
    waiting = open_work.open_work(session, NAME, LATER)
    assert set(waiting["awaiting"]["piece_id"].to_pylist()) == set(ids[1:3])
    assert waiting["spoiled"].num_rows == 0
    told = answered(session, tmp_path, date(2013, 3, 11), **dict.fromkeys(ids[1:3], "accepted"))
    assert (told["accepted"], told["complete"]) == (2, True)
    counted = reconciling.reconcile(session, NAME)
    assert counted["closes"], counted["sentences"]


def test_a_reprint_goes_where_out_says_and_is_proven_and_counted_from_there(
    sqlite_session, tmp_path
):
    """The wave lies in one folder, its two reprints in another: a number each, and the counts have all of them."""
    planned(sqlite_session, tmp_path, ["ALE"], ["ALE"])
    first = release(sqlite_session, tmp_path / "out")
    ids = [row["piece_id"] for row in rows_of(sqlite_session)]
    for number, piece in enumerate(ids, start=1):
        answered(sqlite_session, tmp_path, **{piece: "spoiled"})
        elsewhere = corrected.SPOILED._replace(out=tmp_path / "copy")
        done = corrected.release(sqlite_session, NAME, 1, on=LATER, again=elsewhere)
        assert done["folder"] == str(tmp_path / "copy" / NAME / "wave-01" / f"reprint-{number}")
        assert [row["piece_id"] for row in manifest(done)] == [piece]
        proven = proving.proof(sqlite_session, piece, out=tmp_path / "proofs")
        assert proven["batch"]["intact"]
    assert Path(proven["batch"]["path"]).is_relative_to(done["folder"])
    assert not list(Path(first["folder"]).glob("reprint-*"))
    assert reconciling.reconcile(sqlite_session, NAME)["closes"]


def test_a_wave_s_void_jobs_are_numbered_by_its_own(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"])
    folder = release(sqlite_session, tmp_path / "out")["folder"]
    call_back(sqlite_session)
    other = folder.replace("wave-01", "wave-07")
    assert void_jobs.void_folder(sqlite_session, NAME, other) == f"{other}-void-1"
    assert void_jobs.void_folder(sqlite_session, NAME, folder) == f"{folder}-void-2"


def test_a_reprint_that_was_killed_is_finished_by_the_next(sqlite_session, tmp_path, monkeypatch):
    planned(sqlite_session, tmp_path, ["ALE"])
    release(sqlite_session, tmp_path / "out")
    answered(sqlite_session, tmp_path, **{rows_of(sqlite_session)[0]["piece_id"]: "spoiled"})
    with monkeypatch.context() as killed:
        killed.setattr(corrected, "_print", stopped)
        with pytest.raises(KeyboardInterrupt):
            reprint(sqlite_session)
    done = reprint(sqlite_session)
    assert (done["printed"], done["resumed"]) == (1, True)
    with pytest.raises(NothingToDo):
        reprint(sqlite_session)


# ---- the work lists


def test_each_list_is_a_file_with_what_to_do_and_nothing_of_an_owner(sqlite_session, tmp_path):
    vins = planned(sqlite_session, tmp_path, ["ALE"], ["ALE"])
    release(sqlite_session, tmp_path / "out")
    with sqlite_session.transaction():
        sqlite_session.execute("update owner set zip = '' where vin = :vin", vin=vins[0])
        sqlite_session.execute(
            "update piece set returned_on = :on, return_code = 'WXYZ' where vin = :vin",
            on=LATER, vin=vins[1],
        )  # fmt: skip
    lists = open_work.open_work(sqlite_session, NAME, LATER)
    assert {one: rows.num_rows for one, rows in lists.items()} == {
        "awaiting": 2, "spoiled": 0, "set_aside": 0, "left_out": 1, "codes": 1,
    }  # fmt: skip
    files = open_work.write(sqlite_session, NAME, lists, tmp_path / "out")
    assert [file.name for file in files] == ["awaiting.csv", "left_out.csv", "codes.csv"]
    with files[0].open(newline="", encoding="utf-8") as file:
        (row, _) = csv.DictReader(file)
    assert f"renotify mail accept {NAME} 1 EVIDENCE.csv" in row["what_to_do"]
    words = "".join(file.read_text(encoding="utf-8") for file in files)
    assert "ZIP" in words
    assert "WXYZ" in words
    assert "MADEUP" not in words
    assert "Fictitious" not in words


def test_a_void_job_keeps_its_place_once_its_wave_is_released_again(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"])
    done = release(sqlite_session, tmp_path / "out")
    call_back(sqlite_session)
    release(sqlite_session, tmp_path / "out")
    assert void_jobs.finish(sqlite_session, NAME) == []
    second = call_back(sqlite_session)
    assert second["folder"] == f"{done['folder']}-void-2"
    assert Path(f"{done['folder']}-void-1").exists()
