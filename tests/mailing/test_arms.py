"""Arms of another wording and of another day, from the list to the evidence: one small wave, read and counted by hand."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mailing.follow_up import NAME, ON, plan, small_follow_up, vehicle
from mailing.releases import interrupted, manifest, release
from renotify.campaigns.campaign import Campaign, CampaignType
from renotify.campaigns.outreach_settings import Arm, outreach_of
from renotify.ledger import follow_ups
from renotify.letters.profile import load_profile
from renotify.mailing import approving, evidence, mail_days, preclearance, versions
from renotify.mailing.versions import VersionKey, Versions
from renotify.rules import load
from small_world import SENDER

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2013, 3, day) for day in (4, 5, 6, 7))
SOON = "Call your dealer today and ask for an early day."
ARMS = {
    "arms": [
        {"name": "usual", "share": 0.25},
        {"name": "soon", "share": 0.25, "wording": "soon"},
        {"name": "tuesday", "share": 0.25, "day": "Tuesday"},
        {"name": "thursday", "share": 0.25, "day": "Thursday"},
    ],
    "wordings": {
        "soon": {"what_to_do": SOON, "es": {"what_to_do": "Llame hoy a su concesionario."}}
    },
}
OWNERS = 8


def in_arms(session, folder) -> None:
    """Eight owners of one recall, two in each arm."""
    world = small_follow_up(folder / "input")
    for number in range(OWNERS):
        vehicle(world, number, "ALE")
    plan(session, world, outreach=ARMS)


@pytest.fixture
def drawn(session_on):
    return session_on("sqlite", in_arms)


def arms(session):
    return {row["vin"]: row["arm"] for row in follow_ups.listed(session, NAME).to_pylist()}


def test_each_arm_is_printed_in_its_words_and_on_its_day_and_counted(drawn, tmp_path):
    """Released on Wednesday: Thursday's letters are a stream of their own, Tuesday's go at once, and the evidence says the rest."""
    of = arms(drawn)
    assert Counter(of.values()) == dict.fromkeys(("usual", "soon", "tuesday", "thursday"), 2)
    done = release(drawn, tmp_path)
    rows = manifest(done)
    assert {row["vin"]: row["arm"] for row in rows} == of
    days = {"thursday": "2013-03-07", "tuesday": "2013-03-06"}
    assert all(row["mail_on"] == days.get(row["arm"], "") for row in rows)
    assert done["arms"] == {"soon": 2, "thursday": 2, "tuesday": 2, "usual": 2}
    assert done["mail_days"] == {"2013-03-06": 2, "2013-03-07": 2}
    assert done["versions"] == 2
    assert len({row["form_digest"] for row in rows if row["arm"] != "soon"}) == 1
    (warned,) = [one for one in done["warnings"] if "Arm" in one]
    assert warned.startswith("Arm tuesday: 2 letters go out at once, not on Tuesday")

    ticket = json.loads(next(Path(done["folder"]).glob("*-job-ticket.json")).read_bytes())
    streams = {one["mail_on"]: one for one in ticket["streams"]}
    assert {day: one["letters"] for day, one in streams.items()} == {
        "": 4, "Wednesday, 2013-03-06": 2, "Thursday, 2013-03-07": 2,
    }  # fmt: skip
    assert "on Thursday, 2013-03-07" in streams["Thursday, 2013-03-07"]["name"]
    assert streams["Thursday, 2013-03-07"]["instructions"][0].startswith(
        "Mail these pieces on Thursday, 2013-03-07"
    )
    files = {one["name"] for day in streams.values() for one in day["files"]}
    assert files == {Path(row["file"]).name for row in rows}
    assert sum("-on_2013-03-07" in name for name in files) == 1
    assert sum("-soon-" in name for name in files) == 1

    answered = tmp_path / "evidence.csv"
    with answered.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("piece_id", "status", "mailed_date"))
        lines.writerows(
            (row["piece_id"], "accepted", row["mail_on"] or "2013-03-06") for row in rows
        )
    taken = evidence.accept(drawn, NAME, 1, answered, on=date(2013, 3, 8), rejects_dir=tmp_path)
    assert (taken["accepted"], taken["rejected"]) == (OWNERS, 0)
    assert taken["arms"] == {
        "soon": {"2013-03-06": 2}, "thursday": {"2013-03-07": 2}, "tuesday": {"2013-03-06": 2}, "usual": {"2013-03-06": 2},
    }  # fmt: skip


def test_the_text_of_each_wording_is_a_draft_of_its_own_before_nhtsa(drawn, tmp_path, monkeypatch):
    """And the house's own words keep the key under which drafts of before are on file."""
    seen = []
    monkeypatch.setattr(
        preclearance, "check_drafts", lambda _s, _f, drafts, _c: seen.extend(drafts) or []
    )
    release(drawn, tmp_path)
    letters = {one.words: one for one in seen if "letter" in one.words}
    own, soon = (
        letters[f"the letter for ALE to the owner (en){words}"]
        for words in ("", " in the wording soon")
    )
    assert own.key != soon.key
    assert own.digest != soon.digest
    assert "wording" not in repr(VersionKey("safety", "ALE", "owner", "en"))


def test_a_killed_release_that_is_resumed_keeps_the_arm_of_each_piece(drawn, tmp_path, monkeypatch):
    interrupted(monkeypatch, "_record")
    with pytest.raises(KeyboardInterrupt):
        release(drawn, tmp_path)
    monkeypatch.undo()
    done = release(drawn, tmp_path, on=THURSDAY)
    assert done["resumed"]
    assert {row["vin"]: row["arm"] for row in manifest(done)} == arms(drawn)
    assert done["versions"] == 2


def test_each_wording_is_checked_proven_and_approved_as_a_version_of_its_own(drawn, tmp_path):
    checked = [row for row in approving.check_letters(drawn, NAME, on=ON) if row["role"] == "owner"]
    assert {row["wording"]: row["letters"] for row in checked} == {"": 6, "soon": 2}
    assert len({row["digest"] for row in checked}) == 2
    approved = approving.approve_letters(drawn, NAME, approver="counsel", on=ON)
    assert {row["wording"] for row in approved} == {"", "soon"}
    files = approving.proof_letters(drawn, NAME, on=ON, out=tmp_path).files
    assert sum("ALE-owner-en-soon-" in name and name.endswith(".pdf") for name in files) == 1
    assert release(drawn, tmp_path)["unapproved"] == 0


# ---- the day, by rule


def made(on: date, kind: str = "initial", **campaign: object) -> Versions:
    own = {"remedy_available_date": MONDAY, "defect": "Made-up."} | campaign
    known = {"A": Campaign("A", CampaignType.SAFETY_RECALL, "Lexus", "Made-up", **own)}  # type: ignore[arg-type]
    drawn = outreach_of(ARMS)
    return Versions(kind, on, versions.sender_of(SENDER), known, [], load_profile(), outreach=drawn)


@pytest.mark.parametrize(
    ("day", "on", "campaign", "mailed"),
    [
        ("Thursday", MONDAY, {}, THURSDAY),
        ("Thursday", THURSDAY, {}, THURSDAY),
        ("Tuesday", WEDNESDAY, {}, WEDNESDAY),  # it has passed
        ("Thursday", MONDAY, {"filed_date": date(2013, 1, 6)}, THURSDAY),  # due on that very day
        ("Thursday", MONDAY, {"filed_date": date(2013, 1, 5)}, MONDAY),  # due the day before
        ("Thursday", MONDAY, {"remedy_available_date": THURSDAY}, MONDAY),  # it would not say any more that the remedy is to come
        ("Monday", date(2013, 2, 17), {}, date(2013, 2, 17)),  # a Sunday: that Monday is over
        ("Thursday", date(2013, 7, 1), {}, date(2013, 7, 1)),  # Independence Day
    ],
)  # fmt: skip
def test_a_letter_waits_for_its_day_only_where_the_law_and_its_words_let_it(
    day, on, campaign, mailed
):
    key = VersionKey("safety", "A", "owner", "en")
    assert mail_days.day_of(Arm("x", 0.5, day=day), key, made(on, **campaign)) == mailed


def test_a_letter_waits_for_no_day_on_which_other_rules_hold(monkeypatch):
    real = load
    changed = replace(real(THURSDAY), on=THURSDAY)
    object.__setattr__(changed, "of_letters", "other rules")
    monkeypatch.setattr(versions, "load", lambda on: changed if on == THURSDAY else real(on))
    key = VersionKey("safety", "A", "owner", "en")
    assert mail_days.day_of(Arm("x", 0.5, day="Thursday"), key, made(MONDAY)) == MONDAY


def test_a_day_is_no_reason_to_print_a_letter_apart_where_no_arm_has_one(sqlite_session, tmp_path):
    world = small_follow_up(tmp_path / "input")
    vehicle(world, 1, "ALE")
    plan(sqlite_session, world)
    done = release(sqlite_session, tmp_path)
    (row,) = manifest(done)
    assert (row["arm"], row["mail_on"], done["arms"], done["mail_days"]) == ("", "", {}, {})
