"""The calls to come by day: counted by hand from half of the owners answering, 1 - 1/e of them in the week of the letter."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from renotify.contact.calls_to_come import WeeklyCalls, calls_to_come, of_days, working_days
from renotify.ledger.session import Session
from two_dealers import FIRST_LETTER, answered

# Silent owners with a letter: three of the East, WEST_OPEN, WEST_SERVICE, and both letters of WEST_TWO_LETTERS; two are booked
ASKING = 7


def test_each_owner_who_asks_is_one_call_on_a_working_day(planned_session: Session) -> None:
    found = calls_to_come(planned_session, date(2013, 3, 4), weeks=2)
    assert [one.day.isoweekday() for one in found.days] == [1, 2, 3, 4, 5] * 2
    first, second = found.days[0], found.days[5]
    assert first.calls == pytest.approx(ASKING * answered(0) / 5, rel=1e-4)
    assert second.calls == pytest.approx(ASKING * answered(1) / 5, rel=1e-4)


def test_what_is_over_of_a_week_is_not_called_for_again(planned_session: Session) -> None:
    """Tuesday has as many calls as Monday would have had; the wave brings four fifths of its first week and all of its second."""
    found = calls_to_come(planned_session, FIRST_LETTER, weeks=2)
    assert found.days[0].day == FIRST_LETTER
    assert len(found.days) == 9
    (wave,) = found.waves
    assert (wave.follow_up, wave.wave, wave.week) == ("spring", 1, date(2013, 3, 4))
    assert wave.calls == pytest.approx(ASKING * (0.8 * answered(0) + answered(1)), rel=1e-4)
    assert wave.calls == pytest.approx(sum(one.calls for one in found.days))


def test_without_a_plan_in_force_nobody_is_expected(planned_session: Session) -> None:
    found = calls_to_come(planned_session, date(2014, 3, 4))
    assert (found.days, found.waves, found.busiest) == ((), (), None)


def test_a_holiday_has_no_calls_and_the_other_days_have_more() -> None:
    """Washington's Birthday of 2013 is Monday, February 18: eight calls come on four days, two each."""
    week = WeeklyCalls(np.array([[8.0]]), np.array([[0.0]]), np.zeros(1), np.zeros(1), 40.0)
    days = list(of_days([week], date(2013, 2, 18), 1))
    assert [one.day for one in days] == working_days(date(2013, 2, 18))
    assert [(one.day.day, one.calls) for one in days] == [
        (19, 2.0),
        (20, 2.0),
        (21, 2.0),
        (22, 2.0),
    ]


def test_the_interval_holds_chance_and_grows_with_doubt() -> None:
    """A mean of 20 calls a day, a fifth of it for what a week does to all: a negative binomial of size (20 / 4) squared."""
    from scipy.stats import nbinom

    sure = WeeklyCalls(np.array([[100.0]]), np.array([[0.0]]), np.zeros(1), np.zeros(1), 1e6)
    doubtful = WeeklyCalls(np.array([[100.0]]), np.array([[50.0]]), np.zeros(1), np.zeros(1), 1e6)
    (one, *_), (other, *_) = (
        list(of_days([week], date(2013, 3, 4), 1)) for week in (sure, doubtful)
    )
    assert one.calls == other.calls == 20.0
    assert [one.low, one.high] == nbinom.ppf([0.05, 0.95], 25, 25 / 45).tolist()
    assert other.low < one.low
    assert one.high < other.high


def test_owners_without_a_letter_call_too() -> None:
    week = WeeklyCalls(np.array([[5.0]]), np.array([[0.0]]), np.array([5.0]), np.array([0.0]), 40.0)
    assert next(of_days([week], date(2013, 3, 4), 1)).calls == 2.0
