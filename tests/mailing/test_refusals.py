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
from renotify.errors import BadInput, LetterRefused, Refused, UnknownName
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
