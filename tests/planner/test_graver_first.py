"""No letter waits while one goes that is worth less there and needs at least as much: set right in whole letters, by hand."""

import numpy as np
import pytest

from planner.cases import bundle, dealer, problem
from renotify.planner.graver_first import graver_first, needs_no_more
from renotify.planner.letter_plan import exposure_removed
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify
from renotify.planner.two_level import completed


def case(weeks=4, mail=(1,), **grave):
    """Two low and two grave owners of one dealer, one piece printed a week."""
    return problem(
        [bundle("low"), bundle("grave", risk=2, **grave)],
        [dealer()],
        {("low", "d"): 2, ("grave", "d"): 2},
        weeks=weeks,
        mail=list(mail),
    )


def draft_of(one, low, grave):
    return completed(one, np.array([[low], [grave]], np.int16), reach=0)


def test_the_graver_letters_take_the_places_of_the_others_which_go_as_soon_as_there_is_room():
    one = case()
    before = draft_of(one, [1, 1, 0, 0], [0, 0, 1, 1])
    after = graver_first(before)
    assert after.remedy.tolist() == [[[0, 0, 1, 1]], [[1, 1, 0, 0]]]
    assert exposure_removed(one, before.remedy) == 1 * 4 + 1 * 3 + 2 * 2 + 2 * 1
    assert exposure_removed(one, after.remedy) == 2 * 4 + 2 * 3 + 1 * 2 + 1 * 1


def test_a_letter_that_never_goes_waits_too():
    one = case(weeks=2)
    after = graver_first(draft_of(one, [1, 1], [0, 0]))
    assert after.remedy.tolist() == [[[0, 0]], [[1, 1]]]


@pytest.mark.parametrize(
    "more", [{"pieces": 2}, {"hours": 2}, {"first_week": 3}, {"mail_by_week": 3}]
)
def test_a_letter_that_needs_more_or_may_not_go_yet_takes_no_place(more):
    one = case(mail=(1, 1, 2, 2), **more)
    before = draft_of(one, [1, 1, 0, 0], [0, 0, 0, 1])
    assert graver_first(before) is before


def test_what_needs_no_more_is_told_by_pieces_hours_and_kits_of_every_week():
    kinds = [
        bundle("a", hours=2, kits={"P": 1}, response=[0.5]),
        bundle("b", hours=0, kits={"P": 1}, response=[0.2, 0.3]),  # by no week has it more kits
        bundle("c", hours=1, kits={"P": 2}, response=[0.5]),
        bundle("d", hours=2, kits={"P": 1}, response=[0.2, 0.3]),  # more hours in the second week
    ]
    one = problem(kinds, [dealer()], {("a", "d"): 1}, supply={"P": [1]})
    assert needs_no_more(one).tolist() == [
        [False, False, False, False],
        [True, False, True, True],
        [False, False, False, False],
        [False, False, False, False],
    ]


def test_a_grave_letter_answered_later_takes_no_place_whose_later_hours_are_not_there():
    """Five hours in week 0 and none after it: one that asks for 0.2 of them in week 1 has none there, though for fewer in all."""
    one = problem(
        [bundle("low"), bundle("grave", risk=9, response=[0.5, 0.2])], [dealer("d", [5, 0])],
        {("low", "d"): 2, ("grave", "d"): 2},
    )  # fmt: skip
    before = draft_of(one, [2, 0, 0, 0], [0, 0, 0, 0])
    assert graver_first(before) is before
    made = plan(one)
    assert made.objective == made.bound == 2 * 4
    assert not verify(one, made)
