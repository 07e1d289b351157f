"""Letter and envelope are before NHTSA five Federal business days before the first piece, or the first piece does not go (577.5(a))."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from mailing.follow_up import FACTS, NAME, NOTICE, ON, load, planned, signed
from mailing.releases import nothing_written, release
from renotify.errors import AlreadyDone, BadInput, Refused, UnknownName
from renotify.ledger import follow_ups
from renotify.ledger.kinds import DayWord
from renotify.ledger.stated_days import state, stated
from renotify.letters import envelope
from renotify.mailing import preclearance
from renotify.reports import deadlines
from small_world import World

# ON is Wednesday 6 March 2013; five business days before it is Wednesday 27 February
LAST, TOO_LATE = date(2013, 2, 27), date(2013, 2, 28)
FIRST = ("initial", "interim", "follow_up_ordered")


def drafts(session, on=ON):
    found = [one for one in deadlines.deadlines(session, on) if one["what"] == "drafts to NHTSA"]
    return found[0] if found else None


@pytest.mark.parametrize("kind", FIRST)
def test_the_first_piece_does_not_go_while_no_submission_is_stated(sqlite_session, tmp_path, kind):
    planned(sqlite_session, tmp_path, ["ALE"], kind=kind)
    with pytest.raises(Refused) as refused:
        release(sqlite_session, tmp_path / "out")
    assert "no later than 2013-02-27, 5 Federal business days before" in refused.value.message
    assert "--cleared DATE" in refused.value.hint
    assert nothing_written(sqlite_session, tmp_path / "out")


def test_a_submission_of_four_business_days_is_too_late_and_one_of_five_is_in_time(
    session, tmp_path
):
    planned(session, tmp_path, ["ALE"], kind="initial")
    with pytest.raises(Refused) as refused:
        release(session, tmp_path / "out", cleared=TOO_LATE)
    assert "submitted on 2013-02-28: letters may go out from 2013-03-07" in refused.value.message
    assert stated(session).rows == ()  # what was refused keeps nothing
    assert release(session, tmp_path / "out", cleared=LAST)["warnings"] == []
    kept = drafts(session)
    assert (kept["state"], kept["due"]) == (
        "ok",
        date(2013, 2, 26),
    )  # the day on which they were to be submitted
    assert "submitted on 2013-02-27" in kept["sentence"]
    own = [one for one in deadlines.deadlines(session, ON) if one["campaign"] == NAME]
    assert {one["vehicles"] for one in own} == {1}  # of every clock, though all pieces went


def test_of_drafts_submitted_on_a_sunday_the_day_that_is_named_is_taken(sqlite_session, tmp_path):
    """Sunday 24 February 2013 counts as Monday: five Federal business days on is Monday 4 March."""
    planned(sqlite_session, tmp_path, ["ALE"], kind="initial")
    sunday, named = date(2013, 2, 24), date(2013, 3, 4)
    with pytest.raises(Refused, match=f"letters may go out from {named},"):
        preclearance.check(
            sqlite_session, follow_ups.settings(sqlite_session, NAME), date(2013, 3, 1), sunday
        )
    assert (
        preclearance.check(sqlite_session, follow_ups.settings(sqlite_session, NAME), named, sunday)
        == []
    )


def test_a_text_that_was_changed_after_the_submission_is_told_at_the_release(
    sqlite_session, tmp_path
):
    planned(sqlite_session, tmp_path, ["ALE"], kind="initial")
    facts = FACTS["ALE"] | {"defect": "A hose can break.", "first_notice_date": None}
    changed = World(tmp_path / "changed").campaign("ALE", **facts)
    load(sqlite_session, changed, date(2013, 3, 1))
    signed(sqlite_session, on=date(2013, 3, 1))
    (warning,) = release(sqlite_session, tmp_path / "out", cleared=LAST)["warnings"]
    assert "What is stated of ALE changed on 2013-03-01, after" in warning
    assert "were submitted on 2013-02-27" in warning


def test_a_holiday_is_no_business_day(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"], kind="initial")
    before = drafts(sqlite_session, date(2013, 2, 20))
    # the first wave is of Tuesday 5 March, the first lawful day; 18 February, a holiday, is further back
    assert (before["state"], before["due"]) == ("soon", date(2013, 2, 26))
    assert before["closes"] == f"renotify mail release {NAME} 1 --cleared DATE"
    assert drafts(sqlite_session, date(2013, 2, 27))["state"] == "overdue"


def test_a_voluntary_follow_up_goes_with_a_warning_that_names_what_is_not_established(
    sqlite_session, tmp_path
):
    planned(sqlite_session, tmp_path, ["ALE"])
    (warning,) = release(sqlite_session, tmp_path / "out")["warnings"]
    assert warning.endswith(
        "That this binds a voluntary follow-up is not established: ask counsel."
    )
    assert drafts(sqlite_session) is None  # it went


def test_a_later_wave_is_not_asked_again(sqlite_session, tmp_path):
    planned(sqlite_session, tmp_path, ["ALE"], ["ALE"], weeks=2)
    assert release(sqlite_session, tmp_path / "out")["warnings"]
    assert release(sqlite_session, tmp_path / "out", wave=2, on=date(2013, 3, 13))["warnings"] == []


def test_a_follow_up_of_service_campaigns_alone_is_not_asked(sqlite_session, tmp_path):
    service = {"campaign_type": "service_campaign", "nhtsa_campaign_number": None}
    planned(sqlite_session, tmp_path, ["CLB"], **{"9LA": service, "ALE": service})
    assert release(sqlite_session, tmp_path / "out")["warnings"] == []
    assert drafts(sqlite_session) is None
    for clock in ("preclearance", "filing_copy:letters"):  # Parts 573 and 577 are of recalls
        with pytest.raises(BadInput, match="is a follow-up of service campaigns"):
            deadlines.state_day(sqlite_session, f"{NAME}:{clock}", DayWord.STARTED, ON)


def test_a_release_that_is_refused_leaves_the_day_of_submission_as_it_was(sqlite_session, tmp_path):
    out = tmp_path / "out"
    planned(sqlite_session, tmp_path, ["ALE"], kind="initial")
    with pytest.raises(BadInput, match="lies ahead"):
        release(sqlite_session, out, cleared=date(2013, 3, 7))
    with pytest.raises(UnknownName):
        release(sqlite_session, out, wave=9, cleared=NOTICE)
    assert stated(sqlite_session).rows == ()
    release(sqlite_session, out, cleared=NOTICE)
    kept = stated(sqlite_session).rows
    with pytest.raises(AlreadyDone):
        release(sqlite_session, out, cleared=LAST)
    assert stated(sqlite_session).rows == kept
    assert drafts(sqlite_session)["sentence"].count(str(NOTICE)) == 1


def test_another_day_of_submission_than_the_one_on_file_is_refused_until_that_is_taken_back(
    sqlite_session, tmp_path
):
    planned(sqlite_session, tmp_path, ["ALE"], kind="initial")
    deadlines.state_day(sqlite_session, f"{NAME}:preclearance", DayWord.STARTED, NOTICE)
    with pytest.raises(BadInput) as refused:
        release(sqlite_session, tmp_path / "out", cleared=LAST)
    assert "on file as submitted on 2013-02-26, not on 2013-02-27" in refused.value.message
    assert f"--withdrawn {NAME}:preclearance" in refused.value.hint
    assert [row.day for row in stated(sqlite_session).rows] == [NOTICE]


# ---- what was submitted is kept, so that another text asks again

LETTER = preclearance.Draft("the letter for ALE to the owner (en)", "k1", "text 1")
FRONT = preclearance.Draft("the envelope (en)", "k2", "front 1")
SPANISH = preclearance.Draft("the letter for ALE to the owner (es)", "k3", "text 2")
ORDERED = SimpleNamespace(name=NAME, kind="initial")
VOLUNTARY = SimpleNamespace(name=NAME, kind="follow_up_voluntary")


@pytest.fixture
def submitted(session):
    """Letter and envelope went out under a submission of 26 February."""
    with session.transaction():
        preclearance.keep(session, NAME, NOTICE, [LETTER, FRONT])
    return session


def test_the_drafts_that_were_submitted_go_out_again_without_a_word(submitted):
    assert preclearance.check_drafts(submitted, ORDERED, [LETTER, FRONT], None) == []
    assert preclearance.check_drafts(submitted, ORDERED, [FRONT], NOTICE) == []


@pytest.mark.parametrize("changed", [LETTER, FRONT], ids=["letter", "envelope"])
def test_another_text_or_front_is_refused_until_its_submission_is_stated(submitted, changed):
    now = changed._replace(digest="another")
    with pytest.raises(Refused) as refused:
        preclearance.check_drafts(submitted, ORDERED, [LETTER, FRONT, now], NOTICE)
    assert refused.value.message == f"Not as it was when it was submitted to NHTSA on 2013-02-26: {changed.words}."  # fmt: skip
    assert "--cleared DATE" in refused.value.hint
    (told,) = preclearance.check_drafts(submitted, VOLUNTARY, [now], None)
    assert told == refused.value.message
    later = date(2013, 3, 20)
    assert preclearance.check_drafts(submitted, ORDERED, [now], later) == []
    with submitted.transaction():
        preclearance.keep(submitted, NAME, later, [now])
    assert preclearance.check_drafts(submitted, ORDERED, [now, FRONT], None) == []


def test_a_new_day_covers_what_goes_out_under_it_however_it_was_stated(submitted):
    """Digests are of the day under which they went: 26 February says nothing of what was submitted on 20 March."""
    later, now = date(2013, 3, 20), LETTER._replace(digest="another")
    with submitted.transaction():
        state(submitted, f"{NAME}:preclearance", DayWord.STARTED, later, "deadlines --started")
    for cleared in (None, later):
        assert preclearance.check_drafts(submitted, ORDERED, [now, FRONT], cleared) == []
    with submitted.transaction():
        preclearance.keep(submitted, NAME, None, [now])
    assert preclearance.check_drafts(submitted, ORDERED, [now, LETTER, FRONT], None) == []
    with pytest.raises(Refused, match="submitted to NHTSA on 2013-03-20: the letter for ALE"):
        preclearance.check_drafts(submitted, ORDERED, [now._replace(digest="a third")], None)


def test_what_goes_out_for_the_first_time_is_asked_about_once(submitted):
    (told,) = preclearance.check_drafts(submitted, ORDERED, [LETTER, SPANISH], None)
    assert told == f"Goes out for the first time: {SPANISH.words}. Was it among what was submitted on 2013-02-26?"  # fmt: skip
    with submitted.transaction():
        preclearance.keep(submitted, NAME, None, [LETTER, SPANISH])
    assert preclearance.check_drafts(submitted, ORDERED, [LETTER, SPANISH], None) == []


def test_a_submission_that_is_taken_back_takes_its_drafts_with_it(submitted):
    with submitted.transaction():
        state(submitted, f"{NAME}:preclearance", DayWord.WITHDRAWN, NOTICE, "deadlines --withdrawn")
        preclearance.keep(submitted, NAME, LAST, [LETTER])
    now = FRONT._replace(digest="another")
    (told,) = preclearance.check_drafts(submitted, ORDERED, [LETTER, now], None)
    assert told.startswith("Goes out for the first time: the envelope (en).")


def test_a_later_wave_with_another_text_waits_for_its_own_five_days(
    sqlite_session, tmp_path, monkeypatch
):
    """The text changes on 8 March, the envelope's front too; five business days before Monday 18 March is the 11th."""
    planned(sqlite_session, tmp_path, ["ALE"], ["ALE"], weeks=2, kind="initial")
    release(sqlite_session, tmp_path / "out", cleared=LAST)
    facts = FACTS["ALE"] | {"defect": "A hose can break.", "first_notice_date": None}
    load(sqlite_session, World(tmp_path / "changed").campaign("ALE", **facts), date(2013, 3, 8))
    monkeypatch.setattr(envelope, "POSTAGE", ("OTHER", "POSTAGE"))
    again = {"wave": 2, "on": date(2013, 3, 18)}
    signed(sqlite_session, on=date(2013, 3, 18))
    with pytest.raises(Refused) as refused:
        release(sqlite_session, tmp_path / "out", **again)
    assert refused.value.message == (
        "Not as it was when it was submitted to NHTSA on 2013-02-27: the envelope (en) and the letter for ALE to the owner (en)."
    )
    with pytest.raises(Refused, match="letters may go out from 2013-03-19"):
        release(sqlite_session, tmp_path / "out", cleared=date(2013, 3, 12), **again)
    assert release(sqlite_session, tmp_path / "out", cleared=date(2013, 3, 11), **again)["warnings"] == []  # fmt: skip
    assert "submitted on 2013-03-11" in drafts(sqlite_session)["sentence"]


def test_a_later_wave_is_refused_once_the_submission_is_taken_back_and_goes_under_another(
    sqlite_session, tmp_path
):
    """Wave 1 went under 27 February; five business days before Wednesday 13 March is the 6th."""
    planned(sqlite_session, tmp_path, ["ALE"], ["ALE"], weeks=2, kind="initial")
    release(sqlite_session, tmp_path / "out", cleared=LAST)
    clock, again = f"{NAME}:preclearance", {"wave": 2, "on": date(2013, 3, 13)}
    deadlines.state_day(sqlite_session, clock, DayWord.WITHDRAWN, LAST)
    with pytest.raises(Refused, match="No day is stated on which letter and envelope") as refused:
        release(sqlite_session, tmp_path / "out", **again)
    assert "WAVE --cleared DATE" in refused.value.hint
    deadlines.state_day(sqlite_session, clock, DayWord.STARTED, date(2013, 3, 7))
    with pytest.raises(Refused, match="letters may go out from 2013-03-14"):
        release(sqlite_session, tmp_path / "out", **again)
    deadlines.state_day(sqlite_session, clock, DayWord.WITHDRAWN, date(2013, 3, 7))
    assert release(sqlite_session, tmp_path / "out", cleared=date(2013, 3, 6), **again)["warnings"] == []  # fmt: skip
