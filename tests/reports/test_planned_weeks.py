"""A week is mailed by its Friday, for the plan and for the clocks: one rule (``values.calendar.last_mailing_day``)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mailing.follow_up import FACTS, WEEK, planned
from renotify.ledger.kinds import DayWord
from renotify.ledger.stated_days import stated
from renotify.planner.lawful_weeks import last_full_week
from renotify.reports import ledger_clocks
from renotify.reports.deadlines import deadlines, state_day
from renotify.reports.one_number import recalls
from renotify.values.calendar import last_mailing_day

FRIDAY = date(2013, 3, 8)  # of WEEK, the week of the first lawful letters
SIXTY_DAYS, TWO_WEEKS = timedelta(days=60), timedelta(days=14)
ON = date(2013, 3, 1)


@pytest.fixture
def follow_up(sqlite_session, tmp_path):
    """One first notice, planned for the week of 4 March, of a recall that was reported so that its last day is ``due``."""

    def made(due):
        facts = FACTS["ALE"] | {"filed_date": due - SIXTY_DAYS, "first_notice_date": None}
        planned(sqlite_session, tmp_path, ["ALE"], kind="initial", ALE=facts)
        return sqlite_session

    return made


@pytest.mark.parametrize(
    ("due", "late"), [(FRIDAY, 0), (FRIDAY - timedelta(days=1), 1), (WEEK, 1)], ids=str
)
def test_letters_planned_for_a_week_are_in_time_when_its_friday_is(follow_up, due, late):
    session = follow_up(due)
    found = ledger_clocks.mailed(session, recalls(session), stated(session), ON)["ALE"]
    assert (found.untold, found.planned_late) == (1, late)
    assert (last_full_week(due, WEEK) < 0) == bool(late)  # as the plan has it
    (clock,) = [one for one in deadlines(session, ON) if one["id"] == "ALE:letters"]
    assert ("1 vehicle planned for later than that" in clock["sentence"]) == bool(late)


@pytest.mark.parametrize(
    ("on_file", "told"), [(FRIDAY - TWO_WEEKS, False), (date(2013, 2, 21), True)], ids=str
)
def test_the_last_letter_of_a_plan_is_of_its_last_friday(follow_up, on_file, told):
    """573.6(c)(8)(ii): two weeks after 22 February is that Friday; after the 21st it is the day before."""
    session = follow_up(FRIDAY)
    state_day(session, "ALE:schedule_slip:owners-end", DayWord.STARTED, on_file)
    (clock,) = [
        one for one in deadlines(session, ON) if one["what"] == "schedule, the last owner letter"
    ]
    assert ("planned for 2013-03-08, more than 14 days later" in clock["sentence"]) is told


@pytest.mark.parametrize(
    ("on_file", "told"), [(date(2013, 2, 19), False), (date(2013, 2, 18), True)], ids=str
)
def test_the_first_letter_of_a_plan_is_of_the_first_day_on_which_one_may_go(
    follow_up, on_file, told
):
    """The week begins on Monday the 4th, and no letter may go before Tuesday the 5th: two weeks after the 19th, not after the 18th."""
    session = follow_up(FRIDAY)
    state_day(session, "ALE:schedule_slip:owners-begin", DayWord.STARTED, on_file)
    (clock,) = [
        one for one in deadlines(session, ON) if one["what"] == "schedule, the first owner letter"
    ]
    assert ("planned for 2013-03-05, more than 14 days later" in clock["sentence"]) is told


def test_a_week_is_mailed_by_its_friday():
    assert last_mailing_day(WEEK) == FRIDAY
