"""What a release refuses: one sentence, and nothing half-written."""

from __future__ import annotations

from datetime import date

import pytest

from mailing.plant import (
    CAMPAIGNS,
    NAME,
    NOTICE,
    ON,
    PERSON,
    STREET,
    Plant,
    campaign,
)
from mailing.releases import interrupted, nothing_written, planted, release
from renotify import mailing
from renotify.errors import BadInput, LetterRefused, NothingToDo, Refused, UnknownName
from renotify.ledger import pieces
from renotify.mailing import proving, reconciling, releasing

pytestmark = pytest.mark.usefixtures("sqlite_ledger")


def test_no_letter_before_the_days_after_the_notice(tmp_path):
    planted(["ALE"], waves={1: NOTICE})
    with pytest.raises(Refused, match="No letter may be mailed before 2013-03-05"):
        release(tmp_path, on=date(2013, 3, 4))
    assert nothing_written(tmp_path)


def test_no_wave_before_its_week(tmp_path):
    planted(["ALE"], waves={1: date(2013, 4, 1)})
    with pytest.raises(Refused, match="planned for the week of 2013-04-01; today is 2013-03-29"):
        release(tmp_path, on=date(2013, 3, 29))
    assert nothing_written(tmp_path)


def test_a_campaign_without_its_translation_refuses_the_wave(tmp_path):
    plant = Plant(campaigns=(campaign("ALE", spanish={}), CAMPAIGNS[0], CAMPAIGNS[2]))
    plant.vehicle(1, "ALE")
    plant.vehicle(2, "ALE", language="es")
    plant.write()
    with pytest.raises(LetterRefused, match=r"letter for ALE to the owner .* in language 'es'"):
        release(tmp_path)
    assert nothing_written(tmp_path)


@pytest.mark.parametrize(
    ("sender", "said"),
    [({}, "sender has no name"), ({"mailer_id": "12"}, "'12' is not a Mailer ID")],
)
def test_a_sender_that_cannot_write_refuses_the_wave(tmp_path, sender, said):
    planted(["ALE"])
    from renotify.ledger.models import FollowUp

    row = FollowUp.objects.get(name=NAME)
    row.settings = {
        **row.settings,
        "sender": {**row.settings["sender"], **sender} if sender else {},
    }
    row.save()
    with pytest.raises(BadInput, match=said):
        release(tmp_path)
    assert nothing_written(tmp_path)


def test_an_unknown_wave_and_an_unknown_follow_up_are_refused(tmp_path):
    planted(["ALE"])
    with pytest.raises(UnknownName, match="has no wave 9"):
        release(tmp_path, wave=9)
    with pytest.raises(UnknownName, match="nobody"):
        releasing.release("nobody", 1, on=ON, out=tmp_path)


def test_a_folder_from_another_ledger_is_not_written_over(tmp_path):
    planted(["ALE"])
    (tmp_path / NAME / "wave-01").mkdir(parents=True)
    with pytest.raises(Refused, match="this ledger did not write it"):
        release(tmp_path)
    assert not pieces.wave(NAME, 1).released


def test_an_interrupted_release_is_finished_where_it_was_begun(tmp_path, monkeypatch):
    planted(["ALE"])
    with monkeypatch.context() as patched:
        interrupted(patched, "_record")
        with pytest.raises(KeyboardInterrupt):
            release(tmp_path / "one")
    with pytest.raises(Refused, match="was begun in"):
        release(tmp_path / "two")
    assert release(tmp_path / "one")["printed"] == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda out: mailing.check_letters("nobody", on=ON),
        lambda out: mailing.proof_letters("nobody", on=ON, out=out),
        lambda out: mailing.approve_letters("nobody", approver="counsel", on=ON),
        lambda out: mailing.reconcile("nobody"),
    ],
    ids=["check", "proof", "approve", "reconcile"],
)
def test_letters_of_a_follow_up_that_nobody_froze_are_refused(tmp_path, ask):
    with pytest.raises(UnknownName, match="nobody"):
        ask(tmp_path)
    assert list(tmp_path.glob("nobody*")) == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda out: mailing.check_letters(NAME, on=ON),
        lambda out: mailing.proof_letters(NAME, on=ON, out=out),
        lambda out: mailing.approve_letters(NAME, approver="counsel", on=ON),
    ],
    ids=["check", "proof", "approve"],
)
def test_there_are_no_letters_without_pieces(tmp_path, ask):
    planted()
    with pytest.raises(NothingToDo, match="has no pieces"):
        ask(tmp_path)


def test_a_follow_up_without_waves_cannot_be_reconciled():
    planted(waves={})
    with pytest.raises(UnknownName, match="has no waves"):
        mailing.reconcile(NAME)


def test_a_wave_without_pieces_is_not_released(tmp_path):
    planted()
    with pytest.raises(NothingToDo, match="has no pieces to release"):
        release(tmp_path)


def test_no_copy_is_made_of_a_letter_that_was_not_printed(tmp_path):
    planted(["ALE"])
    with pytest.raises(UnknownName, match="no piece 'XXX'"):
        mailing.accessible("XXX", tmp_path)
    row = pieces.of_wave(NAME, 1).to_pylist()[0]
    with pytest.raises(NothingToDo, match="was not printed"):
        mailing.accessible(row["piece_id"], tmp_path)
    done = release(tmp_path)
    for path in (tmp_path / NAME).rglob("*.form"):
        path.unlink()
    with pytest.raises(NothingToDo, match="its version is gone"):
        mailing.accessible(row["piece_id"], tmp_path)
    assert done["printed"] == 1
    assert not (tmp_path / "proofs").exists()


def test_a_file_of_returned_mail_with_another_header_is_refused_whole(tmp_path):
    planted(["ALE"])
    file = tmp_path / "back.csv"
    file.write_text("piece,code\n1,2\n", "utf-8")
    with pytest.raises(BadInput, match=r"back\.csv does not have one column 'piece_id'"):
        mailing.returned(file, on=ON)


def test_a_path_too_long_to_record_is_refused_before_anything_is_written(tmp_path):
    planted(["ALE"])
    with pytest.raises(BadInput, match="more than 180 characters"):
        release(tmp_path / ("x" * 180))
    assert nothing_written(tmp_path)


def test_nothing_personal_stands_in_a_name_or_a_manifest(tmp_path):
    planted(["ALE"])
    done = release(tmp_path)
    words = [*PERSON.split(), STREET.split()[1], "Boston"]
    said = str(done) + str(reconciling.reconcile(NAME)) + "".join(map(str, tmp_path.rglob("*")))
    for path in (tmp_path / NAME / "wave-01").glob("*.csv"):
        said += path.read_text("utf-8")
    row = pieces.of_wave(NAME, 1).to_pylist()[0]
    said += str(proving.proof(row["piece_id"]))
    assert [word for word in words if word.lower() in said.lower()] == []
