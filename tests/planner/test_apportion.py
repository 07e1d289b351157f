"""Whole letters for dealers in proportion to what they want, by largest remainder."""

import numpy as np

from cases import at_once
from renotify.planner.apportion import apportion

ONE = [0, 0, 0]


def shares(total, want, group=ONE):
    return apportion(np.array(total, float), np.array(want), np.array(group)).tolist()


@at_once(
    ("total", "right"),
    [
        (11, [3, 3, 4]),  # more than all want
        (10, [3, 3, 4]),  # just enough
        (9, [3, 3, 3]),  # 2.7, 2.7, 3.6: the two letters beyond 2, 2, 3 go to the remainders .7
        (5, [2, 1, 2]),  # 1.5, 1.5, 2.0: of equal remainders the lower dealer's is rounded up
        (1, [0, 0, 1]),  # 0.3, 0.3, 0.4
        (0, [0, 0, 0]),
    ],
)
def test_letters_are_shared_by_largest_remainder(total, right):
    assert shares([total], [3, 3, 4]) == right


def test_each_group_shares_its_own_total():
    assert shares([3, 100], [4, 2, 4, 5], [0, 1, 0, 1]) == [2, 2, 1, 5]


def test_a_part_of_a_letter_is_no_letter_but_rounding_is_forgiven():
    assert sum(shares([2.9], [3, 3, 4])) == 2
    assert sum(shares([3 - 1e-12], [3, 3, 4])) == 3


def test_a_dealer_who_wants_nothing_gets_nothing():
    assert shares([1], [0, 2, 0]) == [0, 1, 0]


def test_the_letters_left_over_are_shared_within_each_group():
    assert shares([3, 3], [4, 4, 4, 4], [0, 0, 1, 1]) == [2, 1, 2, 1]
