"""What was set aside at a release: seen beforehand, corrected, and printed once under the same piece numbers."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from mailing.follow_up import (
    FACTS,
    NAME,
    ON,
    load,
    moved,
    plan,
    repaired,
    signed,
    small_follow_up,
    vehicle,
)
from mailing.releases import manifest, release, rows_of, states
from renotify.cli.mail_wave import printed_later
from renotify.errors import NothingToDo, Refused
from renotify.ledger import artifacts
from renotify.ledger.kinds import DayWord
from renotify.ledger.stated_days import stated
from renotify.mailing import approving, corrected, reconciling
from renotify.reports import deadlines
from small_world import World

LATER = date(2013, 3, 8)
NOT_IN_THE_FACE = "鈴木 12"


def set_aside(session, folder, roles=("owner",), **how):
    """Plan a wave of three vehicles; the streets of two are in letters that the face does not have."""
    world = small_follow_up(folder / "input", told=how.get("kind") != "initial")
    printed = vehicle(world, 1, "ALE")
    aside = [vehicle(world, n, "ALE", roles=roles, addr1=NOT_IN_THE_FACE) for n in (2, 3)]
    plan(session, world, **how)
    return printed, aside


def again(session, on=LATER, **how):
    return corrected.release(session, NAME, 1, on=on, **how)


def pieces_of(session):
    return {row["vin"]: row for row in rows_of(session)}


def test_letter_check_lists_who_would_be_set_aside_by_piece_and_field_alone(
    sqlite_session, tmp_path
):
    _, aside = set_aside(sqlite_session, tmp_path)
    found = approving.check_letters(sqlite_session, NAME, on=ON)
    listed = {row["piece_id"]: row for row in found if "piece_id" in row}
    ids = {row["piece_id"] for row in rows_of(sqlite_session) if row["vin"] in aside}
    assert set(listed) == ids
    assert {row["field"] for row in listed.values()} == {"addr1"}
    (version,) = [row for row in found if row["role"] == "owner" and "piece_id" not in row]
    assert (version["letters"], version["set_aside"]) == (3, 2)
    assert "鈴" not in str(found)
    assert set(states(sqlite_session).values()) == {"planned"}  # nothing was decided


def test_a_corrected_row_is_printed_once_under_its_own_piece_number(session, tmp_path):
    printed, (mended, left) = set_aside(session, tmp_path)
    first = release(session, tmp_path)
    assert (first["printed"], first["exceptions"]) == (1, 2)
    before = pieces_of(session)
    moved(session, tmp_path, mended, date(2012, 12, 1), addr1="12 Suzuki St", zip="02109")
    done = again(session)
    assert (done["printed"], done["withdrawn"], done["exceptions"]) == (1, 0, 1)
    assert states(session) == {printed: "printed", mended: "printed", left: "exception"}
    after = pieces_of(session)[mended]
    assert after["piece_id"] == before[mended]["piece_id"]
    assert after["imb"] == before[mended]["imb"][:20] + "02109"  # its own serial, its place now
    assert Path(first["folder"], after["file"]).is_file()
    (row,) = manifest(done)
    assert (row["piece_id"], Path(done["folder"]).parent) == (
        after["piece_id"],
        Path(first["folder"]),
    )
    assert [r["piece_id"] for r in manifest(first)] == [before[printed]["piece_id"]]
    counts = reconciling.reconcile(session, NAME)
    assert counts["closes"], counts["sentences"]
    with pytest.raises(NothingToDo, match="can be printed now"):
        again(session)


def test_what_was_corrected_later_still_gets_a_folder_of_its_own(sqlite_session, tmp_path):
    _, vins = set_aside(sqlite_session, tmp_path)
    release(sqlite_session, tmp_path)
    folders = []
    for vin in vins:
        moved(sqlite_session, tmp_path, vin, date(2012, 12, 1), addr1="12 Suzuki St")
        folders.append(Path(again(sqlite_session)["folder"]).name)
    assert folders == ["exceptions-1", "exceptions-2"]
    assert set(states(sqlite_session).values()) == {"printed"}
    assert reconciling.reconcile(sqlite_session, NAME)["closes"]
    with pytest.raises(NothingToDo, match="set aside"):
        again(sqlite_session)


def test_a_vehicle_that_was_repaired_meanwhile_is_withdrawn(sqlite_session, tmp_path):
    _, (fixed, left) = set_aside(sqlite_session, tmp_path)
    release(sqlite_session, tmp_path)
    repaired(sqlite_session, tmp_path, fixed, "ALE", date(2013, 3, 7))
    done = again(sqlite_session)
    assert (done["printed"], done["withdrawn"], done["exceptions"]) == (0, 1, 1)
    assert states(sqlite_session)[fixed] == "withdrawn"
    assert states(sqlite_session)[left] == "exception"


def killed(session, monkeypatch, where):
    """Print the corrected letters, in a run that ends as it comes to a step."""

    def stop(*_args, **_named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(corrected, where, stop)
        with pytest.raises(KeyboardInterrupt):
            again(session)


@pytest.mark.parametrize("where", ["_print", "_record"])
def test_a_run_that_was_killed_is_finished_and_prints_nothing_twice(
    sqlite_session, tmp_path, monkeypatch, where
):
    _, vins = set_aside(sqlite_session, tmp_path)
    release(sqlite_session, tmp_path)
    for vin in vins:
        moved(sqlite_session, tmp_path, vin, date(2012, 12, 1), addr1="12 Suzuki St")

    killed(sqlite_session, monkeypatch, where)
    assert {states(sqlite_session)[vin] for vin in vins} == {"released"}  # the intent is durable
    done = again(sqlite_session)
    assert (done["resumed"], done["printed"], Path(done["folder"]).name) == (
        True,
        2,
        "exceptions-1",
    )
    with Path(done["manifest"]).open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 2
    assert reconciling.reconcile(sqlite_session, NAME)["closes"]
    disclosed = artifacts.disclosures(sqlite_session)["vehicles"].to_pylist()
    assert disclosed == [1, 2]


def test_a_resumed_run_names_the_letters_that_say_something_else(
    sqlite_session, tmp_path, monkeypatch, capsys
):
    """The defect is stated anew between the run that was killed and the next; where nothing was, nothing is named."""
    _, vins = set_aside(sqlite_session, tmp_path)
    release(sqlite_session, tmp_path)
    for vin in vins:
        moved(sqlite_session, tmp_path, vin, date(2012, 12, 1), addr1="12 Suzuki St")

    killed(sqlite_session, monkeypatch, "_print")
    restated = small_follow_up(tmp_path / "restated", ALE={"defect": "The pipe can burst."})
    load(sqlite_session, restated, date(2013, 3, 7))
    done = again(sqlite_session)
    (told,) = done["texts_changed"]
    assert (told["bundle"], told["pieces"], told["keys"]) == ("ALE", 2, {"ALE": ["defect"]})
    printed_later(done, "corrected")
    said = " ".join(capsys.readouterr().out.split())
    assert "says something else than when it was begun (ALE: defect): 2 pieces are printed" in said


def test_a_run_that_was_not_killed_names_no_text(sqlite_session, tmp_path):
    """Stated anew between the release and the first run for the others: they begin with it."""
    _, vins = set_aside(sqlite_session, tmp_path)
    release(sqlite_session, tmp_path)
    for vin in vins:
        moved(sqlite_session, tmp_path, vin, date(2012, 12, 1), addr1="12 Suzuki St")
    restated = small_follow_up(tmp_path / "restated", ALE={"defect": "The pipe can burst."})
    load(sqlite_session, restated, date(2013, 3, 7))
    assert again(sqlite_session)["texts_changed"] == []


def test_a_killed_run_that_is_finished_days_later_asks_again_and_withdraws_what_was_repaired(
    sqlite_session, tmp_path, monkeypatch
):
    _, (fixed, left) = set_aside(sqlite_session, tmp_path)
    release(sqlite_session, tmp_path)
    for vin in (fixed, left):
        moved(sqlite_session, tmp_path, vin, date(2012, 12, 1), addr1="12 Suzuki St")

    killed(sqlite_session, monkeypatch, "_print")
    own = pieces_of(sqlite_session)[left]["imb"]
    repaired(sqlite_session, tmp_path, fixed, "ALE", date(2013, 3, 9))
    done = again(sqlite_session, on=date(2013, 3, 11))
    assert (done["resumed"], done["printed"], done["withdrawn"]) == (True, 1, 1)
    assert [states(sqlite_session)[vin] for vin in (fixed, left)] == ["withdrawn", "printed"]
    row = pieces_of(sqlite_session)[left]
    assert (row["imb"], row["checked_on"]) == (own, date(2013, 3, 11))
    assert reconciling.reconcile(sqlite_session, NAME)["closes"]


def test_exceptions_are_printed_after_the_wave_s_own_release_only(sqlite_session, tmp_path):
    set_aside(sqlite_session, tmp_path)
    with pytest.raises(Refused, match="not printed yet"):
        again(sqlite_session)


# ---- what is printed now was before NHTSA, too (577.5(a), decisions 0032 and 0041)


SUBMITTED = date(2013, 2, 27)  # five Federal business days before ON


def kept(session):
    """The texts that are kept under each day of submission."""
    found = {}
    for row in stated(session).of(NAME).rows:
        if row.name.count(":") == 2:
            found.setdefault(row.day, set()).add(row.name.split(":")[2])
    return found


def test_corrected_letters_of_the_text_that_was_submitted_go_without_a_word(
    sqlite_session, tmp_path
):
    _, (mended, _) = set_aside(sqlite_session, tmp_path, kind="initial")
    release(sqlite_session, tmp_path, cleared=SUBMITTED)
    before = kept(sqlite_session)
    assert [len(texts) for texts in before.values()] == [2]  # the letter and its envelope
    moved(sqlite_session, tmp_path, mended, date(2012, 12, 1), addr1="12 Suzuki St")
    assert again(sqlite_session)["warnings"] == []
    assert kept(sqlite_session) == before


def test_a_corrected_letter_of_another_text_waits_for_its_own_submission_and_is_kept_with_it(
    sqlite_session, tmp_path
):
    """Five business days before Monday 18 March are the 11th."""
    _, (mended, left) = set_aside(sqlite_session, tmp_path, kind="initial")
    release(sqlite_session, tmp_path, cleared=SUBMITTED)
    facts = FACTS["ALE"] | {"defect": "A hose can break.", "first_notice_date": None}
    load(sqlite_session, World(tmp_path / "changed").campaign("ALE", **facts), date(2013, 3, 8))
    moved(sqlite_session, tmp_path, mended, date(2012, 12, 1), addr1="12 Suzuki St")
    on, before = date(2013, 3, 18), kept(sqlite_session)
    signed(sqlite_session, on=on)
    with pytest.raises(Refused) as refused:
        again(sqlite_session, on=on)
    assert refused.value.message == (
        "Not as it was when it was submitted to NHTSA on 2013-02-27: the letter for ALE to the owner (en)."
    )
    assert kept(sqlite_session) == before
    assert states(sqlite_session)[mended] == "exception"
    with pytest.raises(Refused, match="letters may go out from 2013-03-19"):
        again(sqlite_session, on=on, cleared=date(2013, 3, 12))
    done = again(sqlite_session, on=on, cleared=date(2013, 3, 11))
    assert (done["printed"], done["warnings"]) == (1, [])
    assert kept(sqlite_session).keys() == {SUBMITTED, date(2013, 3, 11)}
    moved(sqlite_session, tmp_path, left, date(2012, 12, 1), addr1="14 Suzuki St")
    assert again(sqlite_session, on=on)["warnings"] == []  # the same text goes again


def test_a_letter_that_only_a_corrected_piece_needs_is_named_once(sqlite_session, tmp_path):
    """The owner lives in Puerto Rico now: the letter in both languages never went before."""
    _, vins = set_aside(sqlite_session, tmp_path, kind="initial")
    release(sqlite_session, tmp_path, cleared=SUBMITTED)
    home = {"addr1": "12 Calle Sol", "city": "San Juan", "state": "PR", "zip": "00901"}
    told = []
    for vin in vins:
        moved(sqlite_session, tmp_path, vin, date(2012, 12, 1), **home)
        signed(sqlite_session, on=LATER)
        told.append(again(sqlite_session)["warnings"])
    assert told == [
        ["Goes out for the first time: the letter for ALE to the owner (en+es). Was it among what was submitted on 2013-02-27?"],
        [],
    ]  # fmt: skip
    assert [len(texts) for texts in kept(sqlite_session).values()] == [3]


def test_corrected_letters_wait_for_a_submission_where_the_one_on_file_was_taken_back(
    sqlite_session, tmp_path
):
    _, (mended, _) = set_aside(sqlite_session, tmp_path, kind="initial")
    release(sqlite_session, tmp_path, cleared=SUBMITTED)
    moved(sqlite_session, tmp_path, mended, date(2012, 12, 1), addr1="12 Suzuki St")
    deadlines.state_day(sqlite_session, f"{NAME}:preclearance", DayWord.WITHDRAWN, SUBMITTED)
    with pytest.raises(Refused, match="No day is stated on which letter and envelope"):
        again(sqlite_session)
    assert states(sqlite_session)[mended] == "exception"
