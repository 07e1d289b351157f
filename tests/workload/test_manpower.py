"""What letters mean at a dealer: hours by week, visits that wait too long, and the days to book. Held against a day-book of single jobs."""

from __future__ import annotations

import numpy as np
import pytest

from cases import at_once
from renotify.workload import manpower
from renotify.workload.manpower import DAY_HOURS, Asked, Workload, workload


def work(
    visits: list[list[float]],
    capacity: float | list[float] = np.inf,
    *,
    hours: tuple[float, ...] = (1.0,),
    booked: list[float] | None = None,
    wait: int = 2,
    dealers: tuple[str, ...] = ("D1",),
) -> Workload:
    """The work of dealers with the same visits [B, T] each."""
    one = np.array(visits)
    count, weeks = len(dealers), one.shape[1]
    lines = np.broadcast_to(np.asarray(capacity, float), (count, weeks))
    own = np.broadcast_to(np.asarray(booked or [0.0] * weeks, float), (count, weeks))
    visits_booked = (own > 0).astype(float)
    every = np.repeat(one[:, None, :], count, axis=1)
    return workload(Asked(dealers, every, np.array(hours), visits_booked, own, lines, wait))


def test_the_busy_week_of_the_study() -> None:
    """Study, section 7: 18 visits of 2.5 hours, 62.5 hours at 90 % where the rate is uncertain; played, within a visit of it."""
    found = work([[18.0]], hours=(2.5,))
    assert found.mean_hours[0, 0] == 45
    assert found.busy_hours[0, 0] == pytest.approx(62.5, abs=2.5)
    assert found.bays[0, 0] == 2


def test_a_week_without_visits_needs_nothing() -> None:
    found = work([[0.0]], 0.0)
    assert (found.busy_hours[0, 0], found.late[0, 0], found.days[0, 0]) == (0, 0, 0)


def test_work_that_fits_into_the_weeks_after_it_asks_for_no_day() -> None:
    """Twenty hours of one week, ten hours at hand a week: done at the end of the week after it, or of the next."""
    assert work([[20, 0, 0, 0, 0]], 10.0).days.sum() == 0
    assert work([[20, 0, 0, 0, 0]], 10.0).late[0, 0] < 0.1


def test_days_are_as_many_as_the_total_lacks_and_not_as_each_week_does() -> None:
    """Six weeks of ten visits of an hour, seven hours at hand: 60 hours, nine times of ten below 79, against eight weeks of 7.

    One day makes up for the four hours that lack in half of the cases. Week by week, each would have lacked two.
    """
    found = work([[10.0] * 6 + [0.0] * 6], 7.0)
    assert found.days.sum() == 1
    assert found.most_days[0] == pytest.approx((79 - 56) / DAY_HOURS, abs=1)
    rare = work([[0.02] * 26], 0.5, hours=(2.0,))
    assert (
        rare.days.sum() == 0
    )  # a visit that is likelier not to come in half a year is no reason to book ahead


def test_a_shortage_of_every_week_is_booked_where_it_arises() -> None:
    """Twenty hours a week, none at hand: 160 in all, of a deviation of sqrt(160 + 0.04 x 160 x 160); nine times of ten below 204."""
    found = work([[20.0] * 8], 0.0, wait=1)
    assert found.days.sum() == pytest.approx(160 / DAY_HOURS, abs=2)
    assert found.most_days[0] == pytest.approx(204 / DAY_HOURS, abs=2)
    assert found.mean_days[0] == pytest.approx(160 / DAY_HOURS, abs=2)
    assert found.days.max() <= 2 * 20 / DAY_HOURS + 1
    assert (found.days > 0).sum() >= 7
    assert found.late.min() == 1.0
    assert found.short_hours[0] == pytest.approx(160, rel=0.05)


def test_a_day_stands_where_half_of_those_who_call_for_it_do() -> None:
    """Six of ten plays call for a day, three by the second week and three by the third; four never do, and say nothing of when."""
    calls = np.array([[0, 0, 0, 0]] * 4 + [[0, 1, 1, 1]] * 3 + [[0, 0, 1, 1]] * 3)
    assert manpower._days(calls, 2).tolist() == [0, 1, 0, 0]


def test_days_that_are_called_for_together_stand_in_weeks_of_their_own() -> None:
    """All three days are called for by the first week, and may be worked in it and the two after it."""
    assert manpower._days(np.array([[3, 3, 3, 3]] * 4), 2).tolist() == [1, 1, 1, 0]


def test_an_unknown_capacity_asks_for_no_days() -> None:
    found = work([[50.0, 50.0]])
    assert (found.days.sum(), found.late.sum(), found.short_hours.sum()) == (0, 0, 0)


def test_what_is_booked_stands_beside_what_is_still_to_come() -> None:
    """One visit of four hours is booked, two of an hour are to come: three visits, six hours."""
    found = work([[2.0, 0.0]], booked=[4.0, 0.0])
    assert found.visits.tolist() == [[3.0, 0.0]]
    assert found.mean_hours.tolist() == [[6.0, 0.0]]
    assert found.busy_hours[0, 0] > 6
    assert found.busy_hours[0, 1] == 0


def test_weeks_that_have_passed_have_no_work() -> None:
    found = work([[0.0] * 4], 1.0, booked=[20.0, 0, 0, 0])
    later = found.after(2)
    assert later.days.tolist() == [[0, 0, *found.days[0].tolist()]]
    assert later.mean_hours.tolist() == [[0, 0, 20, 0, 0, 0]]
    assert later.capacity.tolist() == [[np.inf, np.inf, 1, 1, 1, 1]]


def test_a_booked_visit_waits_as_one_to_come_does() -> None:
    assert work([[0.0] * 4], 1.0, booked=[20.0, 0, 0, 0]).late[0, 0] == 1.0


def test_hours_that_are_booked_are_work_whatever_is_expected() -> None:
    assert (
        work([[0.0] * 4], 1.0, booked=[20.0, 0, 0, 0]).days.sum() == 3
    )  # 20 hours less 1, 1 and 1
    assert work([[0.0] * 4], 1.0, booked=[3.0, 0, 0, 0]).days.sum() == 0


def booked_at(*weeks: int, hours: float, capacity: float = 1.0) -> Workload:
    """A dealer with nothing but booked jobs of so many hours, in some of twelve weeks."""
    return work([[0.0] * 12], capacity, booked=[hours * (week in weeks) for week in range(12)])


def test_two_shortages_of_one_year_are_both_booked() -> None:
    """Jobs of ten hours in the first week and in the ninth, an hour at hand a week and two weeks to wait: each time 10 - 3 = 7 hours lack,
    which are two days. The second is booked as well, though never more than seven hours lack at once.
    """
    found = booked_at(0, 8, hours=10.0)
    assert found.days[0].tolist() == [1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0]
    assert (found.most_days[0], found.mean_days[0], found.short_hours[0]) == (4, 4, 14)


def test_what_a_day_has_left_serves_the_weeks_of_the_bound() -> None:
    """Seven hours of 13 in the first week, so that six are left till the third: of the 12 hours that are there then, two can wait, one is
    done in the week, and of the nine .. eight .. that lack six are left: one day more, not two.
    """
    found = booked_at(0, 2, hours=10.0)
    # week 0: 10 - 1, two of it wait, 7 lack: 2 days. Week 2: 2 - 1 + 10 - 1 = 10, two wait, 8 lack, 6 are left over: 1 day
    assert (found.days.sum(), found.most_days[0]) == (3, 3)
    assert found.short_hours[0] == 15


def test_a_job_that_comes_to_one_dealer_of_three_is_nobodys_day_and_the_countrys() -> None:
    """A job of 22 hours comes 0.4 times in half a year, an hour at hand a week: 22 - 3 = 19 hours lack, three days, in a third of the
    cases (1 - e^-0.4 = 0.33). No dealer books them before it is asked for; a hundred dealers will need some 3 x 0.4 x 100 = 120.
    """
    codes = tuple(f"D{number}" for number in range(100))
    found = work([[0.4 / 26] * 26], 1.0, hours=(22.0,), dealers=codes)
    assert found.days.sum() == 0
    assert set(found.most_days.tolist()) == {3}
    assert found.mean_days.sum() == pytest.approx(120, rel=0.05)


def test_the_figures_of_a_dealer_depend_on_no_other() -> None:
    both = work([[3.0] * 5], 2.0, dealers=("D1", "D2"))
    alone = work([[3.0] * 5], 2.0, dealers=("D2",))
    for name in ("busy_hours", "late", "days", "short_hours", "most_days", "mean_days"):
        assert getattr(both, name)[1].tolist() == getattr(alone, name)[0].tolist()


def day_book(visits: np.ndarray, hours: np.ndarray, capacity: float, wait: int, runs: int):
    """Play single jobs, first come, first served: the share of jobs that wait too long, and the days a manager calls for in each run."""
    chance = np.random.default_rng(7)
    jobs = late = 0
    called = np.zeros(runs, int)
    for run in range(runs):
        rate = chance.gamma(25.0, 0.04)
        alone: list[float] = []  # the jobs where no day is ever booked
        helped: list[float] = []
        days: list[
            tuple[int, float]
        ] = []  # the last week of each day called for, and its hours left
        for week in range(visits.shape[1]):
            new = [
                h
                for h, m in zip(hours, visits[:, week], strict=True)
                for _ in range(chance.poisson(rate * m))
            ]
            alone, helped = worked(alone + new, capacity), worked(helped + new, capacity)
            jobs += len(new)
            late += len(new) * (sum(alone) > wait * capacity + 1e-9)
            while (beyond := sum(helped) - wait * capacity) > 1e-9:
                if not days:
                    days.append((week + wait, DAY_HOURS))
                    called[run] += 1
                last, left = days.pop(0)
                helped = worked(helped, min(beyond, left))
                if left > beyond:
                    days.insert(0, (last, left - beyond))
            helped = worked(helped, sum(left for last, left in days if last == week))
            days = [day for day in days if day[0] > week]
    return late / jobs, called


def worked(queue: list[float], hours: float) -> list[float]:
    """The jobs, or what is left of them, after so many hours of work."""
    queue = list(queue)
    while queue and hours > 0:
        done = min(queue[0], hours)
        queue[0] -= done
        hours -= done
        if queue[0] <= 1e-12:
            queue.pop(0)
    return queue


@at_once(
    ("capacity", "rates"),
    [(1.1, (0.05, 0.04, 0.01)), (3.0, (0.3, 0.2, 0.05)), (12.0, (2.0, 1.0, 0.4))],
)
def test_jobs_of_every_length_mixed_wait_as_a_day_book_of_single_jobs_says(
    capacity: float, rates: tuple[float, ...]
) -> None:
    """A day is booked where it is called for in more than half of the runs, and nine runs of ten need no more than the most."""
    hours = (0.3, 7.0, 22.0)
    visits = np.repeat(np.array(rates)[:, None], 20, axis=1)
    found = work(visits.tolist(), capacity, hours=hours)
    share, called = day_book(visits, np.array(hours), capacity, 2, 1500)
    total = (found.late * found.visits).sum() / found.visits.sum()
    booked, most = found.days.sum(), found.most_days[0]
    assert total == pytest.approx(share, abs=0.06)
    assert found.mean_days[0] == pytest.approx(called.mean(), rel=0.12)
    assert (called >= booked).mean() >= 0.44
    assert (called > booked).mean() <= 0.56
    assert (called <= most).mean() >= 0.86
    assert (called < most).mean() <= 0.94


def test_over_many_dealers_the_days_are_of_the_order_of_what_they_need() -> None:
    """Two hundred dealers of some three visits in half a year, as a small maker has: no more than are needed in the mean, where nine times
    of ten at each of them are three times as many.
    """
    codes = tuple(f"D{number}" for number in range(200))
    rates = [[0.05] * 26, [0.04] * 26, [0.01] * 26]
    found = work(rates, 1.1, hours=(0.3, 7.0, 22.0), dealers=codes)
    needed = found.mean_days.sum()
    assert 0.5 * needed < found.days.sum() < 1.1 * needed
    assert found.most_days.sum() > 2 * needed
    assert needed < 2 * found.short_hours.sum() / DAY_HOURS
