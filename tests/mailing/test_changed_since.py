"""What a resumed release names of its letters and owners: what is otherwise than when it was begun, and what comes of it."""

from __future__ import annotations

from datetime import date

import pytest

from mailing.follow_up import (
    NAME,
    NOTICE,
    PERSON,
    SPANISH,
    load,
    moved,
    plan,
    planned,
    signed,
    small_follow_up,
    vehicle,
)
from mailing.releases import interrupted, release
from renotify.cli.mail_wave import texts_changed
from renotify.errors import Refused
from renotify.mailing import approving
from small_world import World

LATER = date(2013, 3, 8)  # Friday: the release was begun on Wednesday, the 6th


def begun(session, out, monkeypatch, **how):
    """Begin a release that is killed before it prints."""
    with monkeypatch.context() as patched:
        interrupted(patched, "_print")
        with pytest.raises(KeyboardInterrupt):
            release(session, out, **how)


def restated(session, folder, **facts):
    load(session, small_follow_up(folder / "corrected", **facts), date(2013, 3, 7))


def test_a_text_corrected_since_is_named_with_its_version_its_key_and_what_comes_of_it(
    session, tmp_path, monkeypatch, capsys
):
    planned(session, tmp_path, ["ALE"], ["ALE"], ["9LA", "ALE"], ["9LA"], ["CLB"])
    begun(session, tmp_path, monkeypatch)
    restated(session, tmp_path, ALE={"defect": "The pipe can burst.", "risk_weight": 3.0})
    done = release(session, tmp_path, on=LATER)
    told = {one["bundle"]: one for one in done["texts_changed"]}
    assert {bundle: one["pieces"] for bundle, one in told.items()} == {"ALE": 2, "9LA+ALE": 1}
    assert told["ALE"] == {
        "version": "the letter for ALE to the owner (en)", "bundle": "ALE", "recipient": "owner", "language": "en", "pieces": 2,
        "why": "text", "keys": {"ALE": ["defect"]}, "signed_off": False,
    }  # fmt: skip
    assert done["changed"] == []  # of no piece anything else changed
    texts_changed(done)
    assert (
        "- resumed, the letter for ALE to the owner (en) says something else than when it was begun (ALE: defect):"
        " 2 pieces are printed with the new text, not signed off; mail nothing of an earlier copy of this job"
    ) in capsys.readouterr().out.splitlines()


def test_a_text_corrected_on_the_day_of_the_release_is_named_too(
    sqlite_session, tmp_path, monkeypatch
):
    planned(sqlite_session, tmp_path, ["ALE"])
    begun(sqlite_session, tmp_path, monkeypatch)
    restated(
        sqlite_session,
        tmp_path,
        ALE={"consequence": "The engine can stop. This can cause a crash at any speed."},
    )
    (told,) = release(sqlite_session, tmp_path)["texts_changed"]
    assert (told["why"], told["keys"]) == ("text", {"ALE": ["consequence"]})


def test_spanish_words_corrected_since_change_the_letters_that_have_them_alone(
    sqlite_session, tmp_path, monkeypatch
):
    world = small_follow_up(tmp_path / "input")
    vehicle(world, 1, "ALE", state="PR", zip="00901", city="San Juan")
    vehicle(world, 2, "ALE")
    plan(sqlite_session, world)
    begun(sqlite_session, tmp_path, monkeypatch)
    restated(sqlite_session, tmp_path, ALE={"es": {**SPANISH, "defect": "El tubo puede romperse."}})
    (told,) = release(sqlite_session, tmp_path, on=LATER)["texts_changed"]
    assert (told["language"], told["pieces"]) == ("en+es", 1)
    assert told["keys"] == {"ALE": ["es.defect"]}


def test_a_text_signed_off_since_says_so(sqlite_session, tmp_path, monkeypatch, capsys):
    planned(sqlite_session, tmp_path, ["ALE"])
    begun(sqlite_session, tmp_path, monkeypatch)
    restated(sqlite_session, tmp_path, ALE={"defect": "The pipe can burst."})
    approving.approve_letters(sqlite_session, NAME, approver="Ann Approver", on=LATER)
    done = release(sqlite_session, tmp_path, on=LATER)
    assert [one["signed_off"] for one in done["texts_changed"]] == [True]
    texts_changed(done)
    assert "1 piece is printed with the new text, which is signed off;" in capsys.readouterr().out


def test_hours_stated_anew_change_the_text_and_no_key_of_a_campaign(
    sqlite_session, tmp_path, monkeypatch
):
    planned(sqlite_session, tmp_path, ["ALE"], ["9LA"])
    begun(sqlite_session, tmp_path, monkeypatch)
    load(sqlite_session, World(tmp_path / "hours").labour("ALE", 5.0), date(2013, 3, 7))
    (told,) = release(sqlite_session, tmp_path, on=LATER)["texts_changed"]
    assert (told["bundle"], told["why"], told["keys"]) == ("ALE", "text", {})


def test_another_day_alone_is_no_change_of_a_text(sqlite_session, tmp_path, monkeypatch):
    planned(sqlite_session, tmp_path, ["ALE"], ["9LA", "ALE"])
    begun(sqlite_session, tmp_path, monkeypatch)
    restated(sqlite_session, tmp_path, ALE={"risk_weight": 3.0})  # no letter says it
    done = release(sqlite_session, tmp_path, on=LATER)
    assert (done["resumed"], done["texts_changed"]) == (True, [])


def test_a_release_that_was_not_resumed_names_no_text(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"])
    assert release(sqlite_session, tmp_path)["texts_changed"] == []


def test_a_text_that_must_be_before_nhtsa_first_is_refused_by_its_version_until_it_is_stated(
    sqlite_session, tmp_path, monkeypatch
):
    """The remedy is there since yesterday: the letter asks its owner in, which was not what NHTSA was shown."""
    soon = {"remedy_available_date": date(2013, 3, 7), "first_notice_date": None}
    planned(sqlite_session, tmp_path, ["ALE"], kind="initial", ALE=soon)
    begun(sqlite_session, tmp_path, monkeypatch, cleared=NOTICE)
    signed(sqlite_session, on=LATER)
    with pytest.raises(Refused, match=r"Not as it was .* the letter for ALE to the owner \(en\)"):
        release(sqlite_session, tmp_path, on=LATER)
    done = release(sqlite_session, tmp_path, on=date(2013, 3, 18), cleared=date(2013, 3, 8))
    (told,) = done["texts_changed"]
    assert (told["bundle"], told["why"], told["keys"]) == ("ALE", "day", {})


@pytest.mark.parametrize(
    ("newer", "change"),
    [
        ({"language": "es"}, "letter in en+es, not en"),
        ({"zip": "02109"}, "newer address"),
        ({"zip4": "1234"}, "newer address"),
        ({"addr1": "14 Fictitious St"}, "newer address"),
        ({"name2": "BEN MADEUP"}, "newer name"),
        ({"addr1": "14 Fictitious St", "name2": "BEN MADEUP"}, "newer address; newer name"),
        ({"name1": "BEN MADEUP", "addr1": "14 Fictitious St"}, "new owner"),
        ({"name1": "BEN MADEUP", "language": "es"}, "new owner; letter in en+es, not en"),
        ({}, ""),
        ({"addr1": "12 FICTITIOUS STREET"}, ""),  # the same in another spelling
        ({"phone": "617-555-0100", "email": "ana@example.com"}, ""),
    ],
)
def test_what_a_newer_owner_record_says_otherwise_is_named(
    newer, change, sqlite_session, tmp_path, monkeypatch
):
    (vin,) = planned(sqlite_session, tmp_path, ["ALE"])
    begun(sqlite_session, tmp_path, monkeypatch)
    moved(sqlite_session, tmp_path, vin, date(2013, 3, 7), **newer)
    done = release(sqlite_session, tmp_path, on=LATER)
    assert [one["change"] for one in done["changed"]] == ([change] if change else [])
    assert done["printed"] == 1


def test_another_role_of_the_same_person_is_named_as_a_role(sqlite_session, tmp_path, monkeypatch):
    (vin,) = planned(sqlite_session, tmp_path, ["ALE"])
    begun(sqlite_session, tmp_path, monkeypatch)
    for role, name in (("lessee", PERSON), ("lessor", "MADEUP LEASING LLC")):
        moved(sqlite_session, tmp_path, vin, date(2013, 3, 7), role=role, name1=name)
    done = release(sqlite_session, tmp_path, on=LATER)
    assert sorted(one["change"] for one in done["changed"]) == [
        "added: the lessee, who holds the vehicle now", "added: the lessor, who holds the vehicle now",
        "withdrawn: moved_owner",
    ]  # fmt: skip
