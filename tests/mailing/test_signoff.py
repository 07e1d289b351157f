"""Sign-off through the commands: a text approved on Tuesday is approved when mailed on Thursday."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corridors.walk import pdf_text
from mailing.follow_up import NAME, NOTICE, load, plan, planned, small_follow_up, vehicle
from mailing.releases import without_pieces
from renotify.ledger import artifacts
from renotify.rules import pack
from small_world import Desk

TUESDAY, WEDNESDAY, THURSDAY = (date(2013, 3, day) for day in (5, 6, 7))


@pytest.fixture
def desk(sqlite_ledger, tmp_path):
    return Desk(sqlite_ledger, tmp_path)


def approve(desk, on=TUESDAY, by="counsel"):
    return desk.run("letter", "approve", NAME, "--by", by, "--on", on, "--json")


def unapproved(desk, on=THURSDAY):
    """Release the wave on a day; return how many of its versions nobody signed off."""
    return desk.do("mail", "release", NAME, 1, "--workers", 1, on=on)["unapproved"]


@pytest.fixture
def from_thursday(monkeypatch):
    """Let one row of the rule pack take the place of another, or join it, from Thursday on."""
    known = pack.all_rows()

    def change(table, row, **changes):
        new = replace(row, effective_from=THURSDAY, **changes)
        kept = [
            replace(old, effective_to=WEDNESDAY) if old.id == new.id else old
            for old in known[table]
        ]
        rows = {**known, table: (*kept, new)}
        monkeypatch.setattr(pack, "all_rows", lambda _jurisdiction="us": rows)
        pack.load.cache_clear()
        pack._chosen.cache_clear()

    yield change
    monkeypatch.undo()
    pack.load.cache_clear()
    pack._chosen.cache_clear()  # rows by their places, which two changes may share


def row_of(table, name):
    return next(row for row in pack.all_rows()[table] if row.id == name and not row.effective_to)


def test_a_text_approved_on_tuesday_is_approved_when_mailed_on_thursday(
    sqlite_session, tmp_path, desk
):
    planned(sqlite_session, tmp_path, ["ALE"], ["CLB"])
    signed = approve(desk).json
    assert [row["approved_by"] for row in signed] == ["counsel", "counsel"]
    assert unapproved(desk) == 0


def test_a_text_nobody_approved_is_counted(sqlite_session, tmp_path, desk):
    planned(sqlite_session, tmp_path, ["ALE"], ["CLB"])
    assert unapproved(desk) == 2


def test_a_wave_is_held_until_its_letters_are_signed_where_nothing_is_stated_of_readiness(
    sqlite_session, tmp_path, desk
):
    world = small_follow_up(tmp_path / "input")
    vehicle(world, 1, "ALE")
    vehicle(world, 2, "CLB")
    plan(sqlite_session, world, readiness={"notices": "tell"})
    held = desk.run("mail", "release", NAME, 1, "--workers", 1, "--on", THURSDAY)
    assert held.code == 1
    assert "2 letter versions are not signed off" in held.err
    assert f"renotify letter approve {NAME} --by WHO" in held.err.replace("\n", " ")
    assert desk.sql("select count(*) from piece where state = 'printed'") == [(0,)]
    approve(desk)
    assert unapproved(desk) == 0


def test_a_changed_word_withdraws_the_approval(sqlite_session, tmp_path, desk):
    planned(sqlite_session, tmp_path, ["ALE"], ["CLB"])
    approve(desk)
    corrected = small_follow_up(tmp_path / "corrected", ALE={"defect": "The pipe can break."})
    load(sqlite_session, corrected)
    assert unapproved(desk) == 1


def test_a_statement_reworded_from_thursday_withdraws_the_approval(
    sqlite_session, tmp_path, desk, from_thursday
):
    planned(sqlite_session, tmp_path, ["ALE"])
    approve(desk)
    statement = row_of("statements", "P9")
    matcher = {language: f"(?:{words})" for language, words in statement.matcher.items()}
    from_thursday("statements", statement, matcher=matcher)
    assert unapproved(desk) == 1


def test_a_word_forbidden_from_thursday_withdraws_the_approval(
    sqlite_session, tmp_path, desk, from_thursday
):
    planned(sqlite_session, tmp_path, ["ALE"])
    approve(desk)
    from_thursday("forbidden", row_of("forbidden", "goodwill.en"), id="new", pattern="zebra")
    assert unapproved(desk) == 1


def test_a_rule_of_thursday_is_not_yet_a_rule_on_wednesday(
    sqlite_session, tmp_path, desk, from_thursday
):
    planned(sqlite_session, tmp_path, ["ALE"])
    approve(desk)
    from_thursday("forbidden", row_of("forbidden", "goodwill.en"), id="new", pattern="zebra")
    assert unapproved(desk, on=WEDNESDAY) == 0


def test_a_rule_about_something_else_leaves_the_approval(
    sqlite_session, tmp_path, desk, from_thursday
):
    planned(sqlite_session, tmp_path, ["ALE"])
    approve(desk)
    clock = pack.all_rows()["clocks"][0]
    from_thursday("clocks", clock, amount=clock.amount + 1)
    assert unapproved(desk) == 0


def test_a_text_that_fails_its_checks_is_not_approved(sqlite_session, tmp_path, desk):
    world = small_follow_up(tmp_path / "input")
    vehicle(world, 1, "ALE", language="es")
    plan(sqlite_session, world)
    load(sqlite_session, small_follow_up(tmp_path / "again", ALE={"es": None}))
    refused = approve(desk)
    assert (refused.code, refused.out) == (1, "")
    assert "in language 'es'" in refused.err
    assert artifacts.approvals(sqlite_session) == {}


def test_an_approval_needs_a_name_and_pieces_to_approve(sqlite_session, tmp_path, desk):
    without_pieces(sqlite_session, tmp_path)
    refused = approve(desk)
    assert refused.code == 1
    assert "has no pieces" in refused.err
    assert approve(desk, by=" ").code == 2
    assert artifacts.approvals(sqlite_session) == {}


# What is judged is what is printed


REMEDY = date(2013, 3, 20)  # two weeks after the first lawful letter


def test_what_is_approved_before_a_remedy_is_there_is_what_is_printed_on_its_day(
    sqlite_session, tmp_path, desk
):
    planned(
        sqlite_session,
        tmp_path,
        ["ALE"],
        ["9LA", "ALE"],
        ["9LA"],
        ALE={"remedy_available_date": REMEDY},
    )
    signed = approve(desk, on=NOTICE).json
    assert {one["bundle"]: one["mail_date"] for one in signed} == {
        "9LA": "2013-03-05", "ALE": "2013-03-20", "9LA+ALE": "2013-03-20",
    }  # fmt: skip
    assert [
        desk.do("mail", "release", NAME, wave, "--workers", 1, on=on)["unapproved"]
        for wave, on in ((1, TUESDAY), (2, REMEDY))
    ] == [0, 0]


def test_the_checks_and_the_proof_show_the_letter_of_the_first_day_on_which_it_can_go(
    sqlite_session, tmp_path, desk
):
    planned(sqlite_session, tmp_path, ["ALE"], ALE={"remedy_available_date": REMEDY})
    checked = desk.run("letter", "check", NAME, "--on", NOTICE, "--json").json
    assert {(one["bundle"], one["finding"], one["mail_date"]) for one in checked} == {
        ("ALE", "passes", "2013-03-20"), ("safety", "passes", "2013-03-20"),
    }  # fmt: skip
    proofs = desk.run("letter", "proof", NAME, "--out", "out", "--on", NOTICE, "--json").json
    fronts = [Path(p).name for p in proofs if "envelope" in Path(p).name]
    assert fronts == ["envelope-safety.pdf", "envelope-safety.png"]
    letters = [Path(p) for p in proofs if p.endswith(".pdf") and Path(p).name not in fronts]
    (shown,) = {" ".join(pdf_text(path).split()) for path in letters}
    assert "The remedy is available now, without charge." in shown
    assert "not yet available" not in shown


def test_a_letter_of_two_waves_is_judged_and_approved_under_the_rules_of_each(
    sqlite_session, tmp_path, desk, from_thursday
):
    """A statement and a word are other ones from Thursday on; a clock that is another too makes no version."""
    planned(sqlite_session, tmp_path, ["ALE"], ["ALE"], weeks=2)
    clock = pack.all_rows()["clocks"][0]
    from_thursday("clocks", clock, amount=clock.amount + 1)
    assert [one["mail_date"] for one in approve(desk).json] == ["2013-03-05"]
    from_thursday("forbidden", row_of("forbidden", "goodwill.en"), id="new", pattern="dealer", house_words_only=False)  # fmt: skip
    found = desk.run("letter", "check", NAME, "--on", TUESDAY, "--json").json
    said = {one["mail_date"]: one["finding"] for one in found if one["bundle"] == "ALE"}
    assert said["2013-03-05"] == "passes"
    assert "forbidden wording" in said["2013-03-11"]
    assert [one["mail_date"] for one in approve(desk).json] == ["2013-03-05", "2013-03-11"]


def test_a_later_wave_with_another_statement_is_approved_before_it_goes(
    sqlite_session, tmp_path, desk, from_thursday
):
    planned(sqlite_session, tmp_path, ["ALE"], ["ALE"], weeks=2)
    statement = row_of("statements", "P9")
    matcher = {language: f"(?:{words})" for language, words in statement.matcher.items()}
    from_thursday("statements", statement, matcher=matcher)
    signed = approve(desk).json
    assert [one["mail_date"] for one in signed] == ["2013-03-05", "2013-03-11"]
    assert signed[0]["signed"] != signed[1]["signed"]
    assert [
        desk.do("mail", "release", NAME, wave, "--workers", 1, on=on)["unapproved"]
        for wave, on in ((1, TUESDAY), (2, date(2013, 3, 12)))
    ] == [0, 0]


def test_a_first_notice_whose_remedy_comes_between_its_waves_is_approved_as_both_are_printed(
    sqlite_session, tmp_path, desk
):
    """The first wave does not wait for the remedy of the week after it, and says so; the second tells that it is there."""
    later = {
        "remedy_available_date": date(2013, 3, 11),
        "filed_date": date(2013, 2, 20),
        "first_notice_date": None,
    }
    planned(sqlite_session, tmp_path, ["ALE"], ["ALE"], weeks=2, kind="initial", ALE=later)
    signed = approve(desk, on=NOTICE).json
    assert [one["mail_date"] for one in signed] == ["2013-03-05", "2013-03-11"]
    assert [
        desk.do("mail", "release", NAME, wave, "--workers", 1, *cleared, on=on)["unapproved"]
        for wave, cleared, on in (
            (1, ("--cleared", NOTICE), TUESDAY),
            (2, ("--cleared", TUESDAY), date(2013, 3, 12)),
        )
    ] == [0, 0]
