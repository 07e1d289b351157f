"""What letters mean at the dealer: appointments, hours, bays, and the days to book."""

from __future__ import annotations

import numpy as np

from renotify.workload.manpower import ExtraDays, extra_days, visits_quantile, workload


def test_the_busy_week_of_the_study() -> None:
    """Study, section 7: 18 visits of 2.5 hours: 60 h at 90 % if the rate is known, 62.5 h if not."""
    assert visits_quantile(np.array([18.0]), 0.9, 0.0) * 2.5 == 60
    work = workload(np.array([[18.0]]), np.array([[45.0]]))
    assert work.mean_hours[0, 0] == 45
    assert work.busy_hours[0, 0] == 62.5
    assert work.bays[0, 0] == 2


def test_a_week_without_visits_needs_nothing() -> None:
    work = workload(np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((1, 1)))
    assert (work.busy_hours[0, 0], work.bays[0, 0], work.extra_hours[0, 0]) == (0, 0, 0)


def test_hours_beyond_the_capacity_are_whole_technician_days() -> None:
    """18 visits of 2.5 hours stay under 62.5 hours: 6.5 hours more than 56 are a day, a little more are two."""
    visits, hours = np.full((1, 3), 18.0), np.full((1, 3), 45.0)
    work = workload(visits, hours, np.array([[62.5, 56.0, 55.9]]))
    assert work.extra_hours[0].round(9).tolist() == [0, 6.5, 6.6]
    assert work.extra_technician_days[0].tolist() == [0, 1, 2]


def test_runs_of_weeks_with_too_few_hours_are_told_apart() -> None:
    """20 visits of an hour stay under 28 hours: 8 beyond the 20 at hand, two days a week."""
    visits = np.zeros((2, 7))
    visits[0, 2:5] = visits[1, 0] = visits[1, 6] = 20
    found = extra_days(workload(visits, visits, np.full((2, 7), 20.0)))
    assert found == [ExtraDays(0, 2, 4, 6), ExtraDays(1, 0, 0, 2), ExtraDays(1, 6, 6, 2)]


def test_an_unknown_capacity_asks_for_no_extra_days() -> None:
    assert extra_days(workload(np.full((1, 2), 50.0), np.full((1, 2), 50.0))) == []


def test_a_week_without_visits_stays_under_none() -> None:
    assert visits_quantile(np.array([0.0, 18.0, 0.0])).tolist() == [0, 25, 0]


def test_a_week_in_which_nobody_comes_nine_times_of_ten_stays_under_none() -> None:
    """With a spread of one the chance of nobody is 1 / (1 + m): 0.9 at a mean of one ninth."""
    assert visits_quantile(np.array([0.111, 0.112]), 0.9, 1.0).tolist() == [0, 1]
