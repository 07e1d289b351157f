"""How many more letters a dealer's backlog window takes: (5) and (6), by hand and at the boundary."""

import numpy as np

from cases import at_once
from planner.cases import bundle, dealer, problem
from renotify.planner.dealer_groups import ungrouped
from renotify.planner.labour_limit import LabourLimit


def limit(hours, *, wait=0, labour=2, response=(1.0,), weeks=4, **more):
    case = problem(
        [bundle(hours=labour, response=list(response))], [dealer(hours=hours)], {("b", "d"): 99},
        weeks=weeks, wait=wait, **more,
    )  # fmt: skip
    return LabourLimit(ungrouped(case))


def allowed(checked, week, later=None, want=99):
    return int(checked.allowed(0, week, np.array([want]), later)[0])


@at_once(
    ("hours", "letters"),
    [(5.9, 2), (6 - 1e-6, 2), (6 - 1e-9, 3), (6, 3), (7.9, 3), (8, 4), (0, 0)],
)
def test_an_hour_less_is_a_letter_less(hours, letters):
    assert allowed(limit([hours]), 0) == letters


def test_no_more_letters_than_wanted():
    assert allowed(limit([6]), 0, want=2) == 2


def test_letters_already_sent_leave_the_rest_of_the_hours():
    checked = limit([6])
    checked.take(0, 0, np.array([2]), None)
    assert [allowed(checked, week) for week in range(4)] == [1, 3, 3, 3]


@at_once(
    ("wait", "first", "second"),
    [(0, 3, 3), (1, 6, 3), (2, 9, 3)],  # 6, 12 and 18 hours; then only what a week adds
)
def test_owners_may_wait_for_the_hours_of_the_next_weeks(wait, first, second):
    checked = limit([6], wait=wait)
    assert allowed(checked, 0) == first
    checked.take(0, 0, np.array([first]), None)
    assert allowed(checked, 1) == second


def test_unused_hours_are_not_saved_for_later_weeks():
    checked = limit([6, 6, 2], wait=0)
    assert allowed(checked, 2) == 1


def test_a_later_week_with_fewer_hours_limits_letters_that_are_answered_then():
    checked = limit([6, 6, 2], response=[0.0, 0.5])  # a letter asks for one hour, a week after it
    assert [allowed(checked, week) for week in range(4)] == [6, 2, 2, 99]


def test_moving_a_letter_forward_asks_for_its_hours_earlier_and_frees_them_later():
    checked = limit([6])
    checked.take(0, 0, np.array([1]), None)
    checked.take(0, 1, np.array([3]), None)
    assert allowed(checked, 0, later=1) == 2
    checked.take(0, 0, np.array([2]), 1)
    assert [allowed(checked, week) for week in (0, 1)] == [0, 2]


def test_background_is_served_before_letters():
    walk_in = [{"bundle": "b", "dealer": "d", "per_week": [1, 0, 4]}]
    checked = limit([6], background=walk_in)
    # 8 hours walk in in week 2: the 2 that do not fit are worked in week 3
    assert [allowed(checked, week) for week in range(4)] == [2, 3, 0, 2]


def test_a_dealer_without_limit_takes_all():
    assert allowed(limit(None), 0) == 99


def test_a_letter_may_not_push_those_who_wait_later_beyond_their_bound():
    checked = limit([6], wait=1)
    checked.take(0, 1, np.array([6]), None)  # 12 hours in week 1, of which 6 wait for week 2
    assert allowed(checked, 0) == 3


def test_owners_who_wait_already_are_counted_for_letters_answered_later():
    case = problem(
        [bundle("now", hours=2), bundle("next", hours=2, response=[0.0, 1.0])], [dealer(hours=[6])],
        {("now", "d"): 99, ("next", "d"): 99}, wait=1,
    )  # fmt: skip
    checked = LabourLimit(ungrouped(case))
    checked.take(0, 0, np.array([6]), None)  # 12 hours in week 0: week 1 works the other 6
    assert checked.allowed(1, 0, np.array([5]), None).tolist() == [3]


def test_letters_written_in_any_order_of_weeks_all_count():
    checked = limit([4])  # two letters a week
    checked.take(0, 2, np.array([1]), None)
    assert [allowed(checked, week) for week in (0, 2)] == [2, 1]
    checked.take(0, 3, np.array([2]), None)
    checked.take(0, 1, np.array([2]), None)  # nobody asked before
    assert [allowed(checked, week) for week in (3, 2, 1, 0)] == [0, 1, 0, 2]
