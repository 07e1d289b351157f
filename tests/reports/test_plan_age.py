"""A page of a later day says that its plan is old: which waves passed without a release, and which one comes next."""

from __future__ import annotations

from datetime import date

from renotify.reports.follow_up_figures import PlannedWave
from renotify.reports.plan_age import next_wave, plan_age
from reports.test_follow_up_page import nothing

WAVES = (
    PlannedWave(1, date(2013, 3, 5), 10, released=True),
    PlannedWave(2, date(2013, 3, 11), 20),
    PlannedWave(3, date(2013, 3, 18), 30),
    PlannedWave(4, date(2013, 3, 25), 40),
)


def test_a_wave_is_past_after_the_last_mailing_day_of_its_week() -> None:
    known = nothing(waves=WAVES, planned_on=date(2013, 2, 26))
    friday = date(2013, 3, 15)
    assert plan_age(known, friday) == ""
    ahead = next_wave(known, friday)
    assert ahead is not None
    assert ahead.number == 2
    assert plan_age(known, date(2013, 3, 16)).startswith(
        "The plan is of February 26, 2013, 2 weeks before this day. Wave 2 was not released in time: 20 letters."
    )


def test_several_waves_are_counted_and_the_next_is_that_of_the_day_asked() -> None:
    known = nothing(waves=WAVES, planned_on=date(2013, 2, 26))
    told = plan_age(known, date(2013, 3, 25))
    assert "2 waves, the first from March 11, 2013, were not released in time: 50 letters." in told
    assert told.endswith(f"plan again: renotify replan {known.name}.")
    ahead = next_wave(known, date(2013, 3, 25))
    assert ahead is not None
    assert (ahead.number, ahead.letters) == (4, 40)


def test_after_the_last_week_no_wave_comes_next() -> None:
    known = nothing(waves=WAVES)
    assert next_wave(known, date(2013, 12, 5)) is None
    assert plan_age(known, date(2013, 12, 5)).startswith("3 waves, the first from March 11, 2013,")
