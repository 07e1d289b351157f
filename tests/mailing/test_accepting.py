"""A wording that the gate refuses and counsel accepts: this sentence, beside these texts, under this row, by name and with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mailing.follow_up import NAME, ON, load, planned, small_follow_up
from renotify.ledger import pieces
from renotify.letters.checks.finding import Finding, RefusedByFindings
from renotify.mailing import printing
from renotify.mailing.versions import Versions
from renotify.reports.campaign_sheet import campaign_sheet
from renotify.rules import pack
from small_world import Desk

TUESDAY = date(2013, 3, 5)
SENTENCE = (
    "The free repair ends when the pump stops."  # of a pump, says counsel: row limited_offer.en
)
DEFECT = f"A pump can break. {SENTENCE}"
WHO = ("--by", "counsel", "--because", "it tells what the pump does")


@pytest.fixture
def desk(sqlite_ledger, tmp_path):
    return Desk(sqlite_ledger, tmp_path)


def run(desk, *arguments, on=TUESDAY):
    return desk.run("letter", *arguments, "--on", on, "--json")


def listed(desk, on=TUESDAY):
    """Return the wordings of the follow-up's letters as `letter accept NAME` lists them."""
    return run(desk, "accept", NAME, on=on).json


def number(desk):
    (one,) = [row for row in listed(desk) if row["stands"] == "refused"]
    return one["id"]


def stands(desk):
    return sorted(row["stands"] for row in listed(desk))


def accepted(desk, sqlite_session, tmp_path, **facts):
    """Plan a letter that is refused for one sentence, and accept that."""
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"defect": DEFECT} | facts)
    done = run(desk, "accept", NAME, number(desk), *WHO)
    assert done.code == 0, done.err


def again(sqlite_session, tmp_path, **facts):
    """Load the campaign of the letter with other facts."""
    load(sqlite_session, small_follow_up(tmp_path / "again", ALE={"defect": DEFECT} | facts))


def test_a_refused_sentence_is_listed_with_its_id_text_rule_and_campaign(
    sqlite_session, tmp_path, desk
):
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"defect": DEFECT})
    (one,) = listed(desk)
    assert (one["stands"], one["campaign"], one["key"], one["language"], one["rule"]) == (
        "refused", "ALE", "defect", "en", "limited_offer.en",
    )  # fmt: skip
    assert one["sentence"] == SENTENCE.rstrip(".")
    assert one["citation"].startswith("49 USC 30120(a)")
    refused = run(desk, "check", NAME)
    assert refused.code == 1
    assert f"renotify letter accept {NAME} ID" in refused.err
    assert [row["accept"] for row in refused.json if row["severity"] == "must"] == [one["id"]]


def test_an_accepted_sentence_is_said_at_the_check_the_signature_the_readiness_and_the_release(
    sqlite_session, tmp_path, desk
):
    accepted(desk, sqlite_session, tmp_path)
    checked = run(desk, "check", NAME)
    assert checked.code == 0
    (row,) = [one for one in checked.json if one["severity"] == "accepted"]
    assert row["finding"].endswith("accepted by counsel on 2013-03-05: it tells what the pump does")
    assert (
        f"the en defect of ALE: {SENTENCE.rstrip('.')!r}"
        in run(desk, "approve", NAME, "--by", "qa").json[0]["accepted"][0]
    )
    assert "accepted by counsel" in desk.do("mail", "ready", NAME, 1, on=TUESDAY)["accepted"][0]
    done = desk.do("mail", "release", NAME, 1, "--workers", 1, on=TUESDAY)
    assert (done["printed"], done["unapproved"]) == (1, 0)
    assert [one for one in done["warnings"] if "accepted by counsel" in one]
    shown = campaign_sheet(sqlite_session, "ALE", TUESDAY)["accepted_wordings"]
    assert [(one["accepted_by"], one["sentence"], one["withdrawn_on"]) for one in shown] == [
        ("counsel", SENTENCE.rstrip("."), None)
    ]


def test_nobody_accepts_without_a_name_and_a_reason_and_nothing_but_what_is_refused(
    sqlite_session, tmp_path, desk
):
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"defect": DEFECT})
    one = number(desk)
    assert "needs a reason" in run(desk, "accept", NAME, one, "--by", "counsel").err
    assert "needs the name" in run(desk, "accept", NAME, one, "--because", "so").err
    assert "No wording 'ffff0000' stands" in run(desk, "accept", NAME, "ffff0000", *WHO).err
    assert "takes 4 digits" in run(desk, "accept", NAME, one[:2], *WHO).err
    assert run(desk, "accept", NAME, *WHO).code == 2
    assert stands(desk) == ["refused"]
    assert run(desk, "check", NAME).code == 1


@pytest.mark.parametrize("by", ["\u200b", "\u2060\ufeff", ".", " - ", "\u00ad\u200e"])
def test_a_name_that_nobody_reads_accepts_and_signs_nothing(sqlite_session, tmp_path, desk, by):
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"defect": DEFECT})
    one = number(desk)
    assert "needs the name" in run(desk, "accept", NAME, one, "--by", by, "--because", "so").err
    assert "needs a reason" in run(desk, "accept", NAME, one, "--by", "qa", "--because", by).err
    assert stands(desk) == ["refused"]
    assert "needs the name" in run(desk, "approve", NAME, "--by", by).err


def test_a_name_is_kept_without_what_nobody_sees(sqlite_session, tmp_path, desk):
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"defect": DEFECT})
    by = ("--by", "\u200b J. Counsel\u00a0Núñez\ufeff", "--because", "so\u200b")
    (kept,) = run(desk, "accept", NAME, number(desk), *by).json
    assert (kept["accepted_by"], kept["reason"]) == ("J. Counsel Núñez", "so")


def test_to_accept_the_same_again_changes_nothing(sqlite_session, tmp_path, desk):
    accepted(desk, sqlite_session, tmp_path)
    before = listed(desk)
    (again,) = run(
        desk, "accept", NAME, before[0]["id"], "--by", "another", "--because", "too", on=ON
    ).json
    assert (again["accepted_by"], again["accepted_on"]) == ("counsel", "2013-03-05")
    assert listed(desk) == before
    assert sqlite_session.scalar("select count(*) from accepted_wording") == 1


def test_an_acceptance_counts_from_its_day_on(sqlite_session, tmp_path, desk):
    """Accepted from Wednesday 6 March: a letter of Tuesday is refused as before, and one of Wednesday goes."""
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"defect": DEFECT})
    one = number(desk)
    assert run(desk, "accept", NAME, one, *WHO, on=ON).code == 0
    assert [row["stands"] for row in listed(desk)] == ["refused"]
    assert (run(desk, "check", NAME).code, run(desk, "check", NAME, on=ON).code) == (1, 0)
    early = desk.run("mail", "release", NAME, 1, "--workers", 1, "--on", TUESDAY)
    assert early.code == 1
    assert not pieces.wave(sqlite_session, NAME, 1).released
    assert [row["stands"] for row in listed(desk, on=ON)] == ["accepted"]
    again = run(desk, "accept", NAME, one, *WHO)
    assert "is accepted from 2013-03-06 on, by counsel" in again.err
    assert run(desk, "accept", NAME, one, "--withdrawn", *WHO).code == 0
    assert run(desk, "accept", NAME, one, *WHO).code == 0
    assert run(desk, "check", NAME).code == 0


def test_an_acceptance_that_is_taken_back_refuses_the_letter_again_and_stays_on_record(
    sqlite_session, tmp_path, desk
):
    accepted(desk, sqlite_session, tmp_path)
    one = listed(desk)[0]["id"]
    taken = run(
        desk, "accept", NAME, one, "--withdrawn", "--by", "chief", "--because", "read again", on=ON
    )
    assert taken.code == 0
    assert (stands(desk), run(desk, "check", NAME).code) == (["refused"], 1)
    (shown,) = campaign_sheet(sqlite_session, "ALE", ON)["accepted_wordings"]
    assert (shown["withdrawn_by"], shown["withdrawn_on"]) == ("chief", "2013-03-06")
    assert run(desk, "accept", NAME, one, *WHO).code == 0  # and it can be accepted anew
    assert stands(desk) == ["accepted"]


@pytest.mark.parametrize(
    "changed",
    [
        {"defect": f"A hose can break. {SENTENCE}"},
        {"defect": f"A pump can break. {SENTENCE.replace('pump', 'motor')}"},
        {"remedy": "The dealer will replace the pump."},
        {"campaign_type": "noncompliance_recall", "standard": "301, Fuel System Integrity", "performance_in_defect": True,
         "conditions_in_defect": True, "first_test_date": date(2009, 12, 1)},
    ],
    ids=["another sentence beside it", "another word", "another text of the campaign", "another kind of recall"],
)  # fmt: skip
def test_it_lapses_with_the_text_and_with_the_campaign(sqlite_session, tmp_path, desk, changed):
    accepted(desk, sqlite_session, tmp_path)
    again(sqlite_session, tmp_path, **changed)
    assert stands(desk) == ["lapsed", "refused"]
    assert run(desk, "check", NAME).code == 1


def test_it_does_not_lapse_while_its_letter_is_refused_for_something_else(
    sqlite_session, tmp_path, desk, monkeypatch
):
    """A template that lost a sentence of the law refuses every letter; what counsel signed of the campaign's text stands."""
    accepted(desk, sqlite_session, tmp_path)
    missing = Finding("statement", "49 CFR 577.5(g)(1)(vii)", "a sentence of the law is missing")

    def refused(*_args, **_kwargs):
        raise RefusedByFindings("The letter may not be printed.", "", [missing])

    with monkeypatch.context() as broken:
        broken.setattr(Versions, "compile", refused)
        assert run(desk, "check", NAME).code == 1
        assert stands(desk) == ["accepted"]
    assert (stands(desk), run(desk, "check", NAME).code) == (["accepted"], 0)
    again(sqlite_session, tmp_path, remedy="The dealer will replace the pump.")
    with monkeypatch.context() as broken:
        broken.setattr(Versions, "compile", refused)
        assert stands(desk) == ["lapsed"]  # its text is another by now, whatever else is wrong


def test_it_outlasts_what_is_no_text_of_the_campaign(sqlite_session, tmp_path, desk):
    accepted(desk, sqlite_session, tmp_path)
    again(sqlite_session, tmp_path, risk_weight=3.0)
    assert stands(desk) == ["accepted"]
    assert desk.do("mail", "release", NAME, 1, "--workers", 1, on=TUESDAY)["printed"] == 1


def test_it_lapses_with_the_row_of_the_rule_pack(sqlite_session, tmp_path, desk, monkeypatch):
    accepted(desk, sqlite_session, tmp_path)
    known = pack.all_rows()
    rows = [
        replace(row, note="read again") if row.id == "limited_offer.en" else row
        for row in known["forbidden"]
    ]
    changed = {**known, "forbidden": tuple(rows)}
    monkeypatch.setattr(pack, "all_rows", lambda _jurisdiction="us": changed)
    pack.load.cache_clear()
    pack._chosen.cache_clear()
    try:
        assert stands(desk) == ["lapsed", "refused"]
    finally:
        monkeypatch.undo()
        pack.load.cache_clear()
        pack._chosen.cache_clear()


def test_the_load_and_a_new_follow_up_no_longer_tell_what_was_accepted(
    sqlite_session, tmp_path, desk
):
    """The same handle is worked out from campaigns.toml and from the finished letter."""
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"defect": DEFECT})
    world = small_follow_up(tmp_path / "told", ALE={"defect": DEFECT, "risk_weight": 2.0})
    said = desk.run("load", world.write(), "--on", TUESDAY).out
    assert "letter check refuses its `defect`" in said
    run(desk, "accept", NAME, number(desk), *WHO)
    world = small_follow_up(tmp_path / "untold", ALE={"defect": DEFECT, "risk_weight": 3.0})
    said = desk.run("load", world.write(), "--on", TUESDAY).out
    assert "Loaded" in said
    assert "letter check refuses" not in said


def test_a_fact_that_is_not_stated_has_no_id(sqlite_session, tmp_path, desk):
    """577.5(f): whether a crash can come is a fact; nobody accepts a letter that leaves it open."""
    planned(sqlite_session, tmp_path, ["ALE"])
    world = small_follow_up(tmp_path / "again", ALE={"consequence": "The brakes can fail."})
    load(sqlite_session, world)
    refused = run(desk, "check", NAME)
    assert refused.code == 1
    assert {row["accept"] for row in refused.json if row["severity"] == "must"} == {""}
    assert "letter accept" not in refused.err
    assert listed(desk) == []


def test_an_injury_in_words_that_nobody_listed_can_be_accepted(sqlite_session, tmp_path, desk):
    """577.5(f)(2)(i): the program has no word for it; counsel reads that it is one."""
    text = "Damage to your hearing."
    facts = {"crash": False, "consequence": "The airbag can open at rest.", "injury": text}
    planned(sqlite_session, tmp_path, ["ALE"], ALE=facts)
    (one,) = listed(desk)
    assert (one["stands"], one["key"], one["rule"]) == ("refused", "injury", "no_injury.en")
    assert run(desk, "accept", NAME, one["id"], *WHO).code == 0
    assert [(row["id"], row["stands"]) for row in listed(desk)] == [(one["id"], "accepted")]
    checked = run(desk, "check", NAME)
    assert checked.code == 0
    assert [row["accept"] for row in checked.json if row["severity"] == "accepted"] == [one["id"]]
    done = desk.do("mail", "release", NAME, 1, "--workers", 1, on=TUESDAY)
    assert [said for said in done["warnings"] if "accepted by counsel" in said]


def test_nobody_accepted_a_wording_before_the_follow_up_was_made(sqlite_session, tmp_path, desk):
    """It was made on the day of its notice, 2013-02-26: an acceptance of the day before is refused, one of that day is kept."""
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"defect": DEFECT})
    one = number(desk)
    early = run(desk, "accept", NAME, one, *WHO, on=date(2013, 2, 25))
    assert (early.code, "was made on 2013-02-26" in early.err) == (1, True)
    assert stands(desk) == ["refused"]
    assert run(desk, "accept", NAME, one, *WHO, on=date(2013, 2, 26)).code == 0
    assert stands(desk) == ["accepted"]


def test_a_release_that_was_killed_goes_on_with_what_was_accepted(
    sqlite_session, tmp_path, desk, monkeypatch
):
    accepted(desk, sqlite_session, tmp_path)

    def killed(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(printing, "write", killed)
        told = ("--anyway", "no dealer is told here")
        assert (
            desk.run("mail", "release", NAME, 1, "--workers", 1, *told, "--on", TUESDAY).code != 0
        )
    assert pieces.wave(sqlite_session, NAME, 1).released
    done = desk.do("mail", "release", NAME, 1, "--workers", 1, on=TUESDAY)
    assert (done["resumed"], done["printed"], done["texts_changed"]) == (True, 1, [])


def test_who_accepts_is_told_what_still_holds_the_release_and_the_next_command(
    sqlite_session, tmp_path, desk
):
    """A second sentence that is refused, then one that no rule decides, then nothing but the signature of all."""
    near = "A leak is highly unlikely."
    twice = f"{DEFECT} You pay for the pump. {near}"
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"defect": twice})
    first, second = [row["id"] for row in listed(desk) if row["stands"] == "refused"]
    said = [
        " ".join(desk.run("letter", "accept", NAME, one, *WHO, "--on", TUESDAY).out.split())
        for one in (first, second)
    ]
    assert (
        "The release is still refused: 1 finding about ALE, of them 1 wording that can be accepted"
        in said[0]
    )
    assert f"({second}). Next: renotify letter check {NAME}" in said[0]
    assert "The release still waits for a signature: 1 sentence that no rule decides" in said[1]
    assert "highly unlikely" in said[1]
    assert f"renotify letter approve {NAME} --by WHO" in said[1]
