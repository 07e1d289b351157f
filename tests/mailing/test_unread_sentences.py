"""A sentence that comes near a denial only warns, and goes out by a signature alone (decision 0128)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mailing.follow_up import NAME, load, planned, small_follow_up
from renotify.ledger import follow_ups
from renotify.mailing.unread_sentences import wanted
from small_world import Desk

TUESDAY = date(2013, 3, 5)
ANYWAY = ("--anyway", "in a hurry", "--by", "me")
NEAR = "A leak is highly unlikely."


@pytest.fixture
def desk(sqlite_ledger, tmp_path):
    return Desk(sqlite_ledger, tmp_path)


def run(desk, *arguments):
    return desk.run(*arguments, "--on", TUESDAY, "--json")


def test_a_letter_with_a_sentence_that_no_rule_decides_waits_for_a_signature(
    sqlite_session, tmp_path, desk
):
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"defect": f"A pump can break. {NEAR}"})
    checked = run(desk, "letter", "check", NAME)
    assert checked.code == 0  # it is shown, and does not refuse
    release = ("mail", "release", NAME, 1, "--workers", 1)
    refused = run(desk, *release, *ANYWAY)  # a reason answers readiness, and not this
    assert refused.code == 1
    for words in (
        "1 sentence that no rule decides stands in letters that nobody signed",
        "highly unlikely",
        f"renotify letter approve {NAME} --by WHO",
    ):
        assert words in refused.err

    (signed,) = run(desk, "letter", "approve", NAME, "--by", "counsel").json
    assert NEAR.rstrip(".") in " ".join(one["text"] for one in signed["sentences"])
    assert desk.do(*release, on=TUESDAY)["printed"] == 1


def test_a_signature_that_is_wanted_says_every_sentence_that_it_is_wanted_for():
    asked = wanted(NAME, ["the en defect of ALE: 'A' (577.8)", "the es remedy of 9LA: 'B' (577.8)"])
    assert asked.words.splitlines() == [
        "2 sentences that no rule decides stand in letters that nobody signed:",
        "  the en defect of ALE: 'A' (577.8).",
        "  the es remedy of 9LA: 'B' (577.8).",
    ]


def test_a_signature_is_of_that_sentence_and_of_no_other(sqlite_session, tmp_path, desk):
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"defect": "A pump can break."})
    assert run(desk, "letter", "approve", NAME, "--by", "counsel").code == 0
    changed = small_follow_up(tmp_path / "again", ALE={"defect": f"A pump can break. {NEAR}"})
    load(sqlite_session, changed)
    refused = run(desk, "mail", "release", NAME, 1, "--workers", 1, *ANYWAY)
    assert (refused.code, "nobody signed" in refused.err) == (1, True)


def test_a_letter_whose_sentences_say_nothing_near_goes_without_a_signature(
    sqlite_session, tmp_path, desk
):
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"defect": "A pump can break."})
    done = desk.do("mail", "release", NAME, 1, "--workers", 1, on=TUESDAY)
    assert (done["printed"], done["unapproved"]) == (1, 1)


def test_the_readiness_of_a_wave_and_the_check_of_its_letters_announce_the_signature_in_the_same_words(
    sqlite_session, tmp_path, desk
):
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"defect": f"A pump can break. {NEAR}"})
    said = run(desk, "mail", "release", NAME, 1, "--workers", 1, *ANYWAY).err
    asked = run(desk, "mail", "ready", NAME, 1).json
    assert asked["ready"] is False
    assert asked["released_by"] == "nobody"  # a reason does not let it go
    assert asked["signature"]["words"] in said
    assert asked["signature"]["next"] in said
    for command in (("mail", "ready", NAME, 1), ("letter", "check", NAME)):
        words = " ".join(desk.run(*command, "--on", TUESDAY).out.split())
        assert asked["signature"]["words"].split(":")[0] in words, command
        assert f"renotify letter approve {NAME} --by WHO" in words, command

    words = desk.run("mail", "ready", NAME, 1, "--on", TUESDAY).out
    # that letters are unsigned, and the command, are said once
    assert (words.count("not signed off"), words.count("letter approve")) == (1, 1)

    assert run(desk, "letter", "approve", NAME, "--by", "counsel").code == 0
    asked = run(desk, "mail", "ready", NAME, 1).json
    assert (asked["signature"], asked["released_by"]) == (None, "a person who says why")
    checked = " ".join(desk.run("letter", "check", NAME, "--on", TUESDAY).out.split())
    assert "Every letter is signed." in checked


def test_letters_in_which_nothing_is_near_are_counted_among_the_unsigned_alone(
    sqlite_session, tmp_path, desk
):
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"defect": "A pump can break."})
    assert run(desk, "mail", "ready", NAME, 1).json["signature"] is None
    checked = " ".join(desk.run("letter", "check", NAME, "--on", TUESDAY).out.split())
    assert (
        "1 letter version is not signed: a wave with one is held, unless [readiness] says otherwise"
        in checked
    )
    assert "that no rule decides" not in checked


UNSEEN = "A pump can break. It is a matter of noise alone."


@pytest.mark.parametrize("kind", ["initial", "interim", "follow_up_ordered"])
def test_a_letter_that_the_law_has_sent_waits_for_a_signature_though_no_rule_finds_anything_in_it(
    sqlite_session, tmp_path, desk, kind
):
    """No net of words reads all that can be said: no row finds the last sentence, and it goes by no reason and for no day."""
    planned(sqlite_session, tmp_path, ["ALE"], kind=kind, readiness={}, ALE={"defect": UNSEEN})
    cleared = ("--cleared", date(2013, 2, 20))
    release = ("mail", "release", NAME, 1, "--workers", 1, *cleared)
    refused = run(desk, *release, *ANYWAY)
    assert refused.code == 1
    assert "1 letter version has sentences of the maker's own that nobody signed" in refused.err
    ready = run(desk, "mail", "ready", NAME, 1).json
    assert (ready["ready"], ready["released_by"]) == (False, "nobody")
    checked = " ".join(desk.run("letter", "check", NAME, "--on", TUESDAY).out.split())
    assert "A release will ask for a signature. 1 letter version has" in checked

    assert run(desk, "letter", "approve", NAME, "--by", "counsel").code == 0
    checked = " ".join(desk.run("letter", "check", NAME, "--on", TUESDAY).out.split())
    assert "Every letter is signed." in checked
    assert desk.do(*release, *ANYWAY, on=TUESDAY)["printed"] == 1


@pytest.mark.parametrize("rule", ["tell", "ask"])
@pytest.mark.parametrize("kind", ["initial", "interim", "follow_up_ordered"])
def test_no_setting_lets_a_letter_that_is_owed_go_unsigned(
    sqlite_session, tmp_path, desk, kind, rule
):
    """Neither a new list nor one that is changed may say so; one that was frozen with it before is signed all the same (0138)."""
    planned(sqlite_session, tmp_path, ["ALE"], kind=kind, readiness={}, ALE={"defect": UNSEEN})
    reason = ("--by", "me", "--because", "counsel reads all elsewhere")
    changed = run(desk, "followup", "set", NAME, f"readiness.versions={rule}", *reason)
    assert changed.code == 2
    assert f"versions cannot be '{rule}' in a follow-up of kind {kind}" in changed.err
    of_before = {"kind": kind, "readiness": {"versions": rule}}
    assert replace(follow_ups.settings(sqlite_session, NAME), **of_before).ready.all_signed


def test_a_voluntary_letter_in_which_nothing_is_found_goes_unless_its_follow_up_has_all_signed(
    sqlite_session, tmp_path, desk
):
    planned(sqlite_session, tmp_path, ["ALE"], readiness={}, ALE={"defect": "A pump can break."})
    release = ("mail", "release", NAME, 1, "--workers", 1, *ANYWAY)
    settings = ("readiness.versions=refuse", "--by", "me", "--because", "counsel reads all")
    assert run(desk, "followup", "set", NAME, *settings).code == 0
    assert "nobody signed" in run(desk, *release).err
    settings = ("readiness.versions=tell", *settings[1:])
    assert run(desk, "followup", "set", NAME, *settings).code == 0
    assert desk.do(*release, on=TUESDAY)["printed"] == 1
