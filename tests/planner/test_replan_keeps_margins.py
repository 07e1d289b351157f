"""A re-plan keeps parts for letters that are promised or out as the plan did: at the quantile, never at the mean; by hand numbers.

Four of ten owners ask in the week of the letter, five of ten at the quantile (factor 1.25). A visit takes a kit, and there are ten: twenty
letters, six a week.
"""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from planner.cases import bundle, dealer, problem
from renotify.planner.letter_plan import gap_note
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify
from renotify.planner.replan import made_again, replan, with_letters_in_the_mail

AT_NINETY = 1.2815515655446004  # the normal quantile


def case(share: float = 0.4, *, mail: int | None = 6, weeks: int = 5, **changes):
    return problem(
        [bundle(hours=0, kits={"P": 1}, response=[share])], [dealer()], {("b", "d"): 40}, weeks=weeks, mail=mail,
        supply={"P": [10]}, parts_quantile=0.9, response_spread=log(1.25) / AT_NINETY, **changes,
    )  # fmt: skip


def weekly(made) -> list[int]:
    return made.letters.sum(axis=(0, 1)).tolist()


def test_letters_of_frozen_weeks_keep_the_kits_that_they_were_planned_with():
    """Twelve are frozen and keep six kits; four are left, for eight letters. At the mean they would keep 4.8, and ten letters would go."""
    stated = case()
    last = plan(stated)
    assert weekly(last) == [6, 6, 6, 2, 0]
    again = replan(stated, last.letters)
    assert weekly(again.plan) == [6, 6, 6, 2, 0]
    assert (again.plan.objective, again.moved) == (pytest.approx(last.objective), 0)
    assert again.plan.objective <= last.bound + 1e-6


def test_letters_that_are_out_keep_kits_beyond_their_mean():
    """Ten silent owners ask for four kits in the mean and keep five: ten letters may go, not twelve."""
    found = plan(with_letters_in_the_mail(case(mail=None), np.array([[[10]]])))
    assert found.letters.sum() == 10
    assert verify(found.problem, found) == []


def test_nobody_keeps_more_kits_than_there_are_owners():
    """All owners ask: nine letters out keep nine kits, not 11.25, and one more letter may go."""
    found = plan(with_letters_in_the_mail(case(1.0, mail=None), np.array([[[9]]])))
    assert found.letters.sum() == 1


def test_the_check_counts_what_is_kept_for_letters_that_are_out():
    out = with_letters_in_the_mail(case(mail=None), np.array([[[10]]]))
    made = plan(case(mail=None))
    (breach,) = verify(out, made)  # twenty letters keep ten kits, ten that are out five
    assert "P is 5.0 kits short" in str(breach)


def test_a_plan_of_the_same_problem_is_the_same_plan():
    stated = case()
    last = plan(stated)
    again = made_again(stated, last.letters)
    assert again is not None
    assert weekly(again.plan) == weekly(last)
    assert (again.plan.objective, again.plan.bound) == (last.objective, last.bound)
    assert set(last.messages) <= set(again.plan.messages)
    assert again.report[0].startswith("12 letters of this week and the next 1 are promised")


def test_letters_that_were_chosen_in_another_way_are_not_made_again():
    stated = case()
    later = np.zeros_like(plan(stated).letters)
    later[0, 0, :3] = (2, 2, 2)
    assert made_again(stated, later) is None
    assert weekly(replan(stated, later).plan)[:2] == [2, 2]


def test_a_mail_house_that_takes_less_than_is_promised_has_no_place_and_no_proof_is_stated():
    """Six are promised for each of two weeks, and four is what the mail house takes from now on: two pieces beyond it in each."""
    last = plan(case()).letters
    again = replan(case(mail=4), last).plan
    assert weekly(again) == [6, 6, 4, 4, 0]
    assert [(one.limit, one.what, one.over) for one in again.broken] == [
        ("mail house", "week 0", 2.0), ("mail house", "week 1", 2.0)
    ]  # fmt: skip
    assert "capacity of -" not in " ".join(again.messages)
    assert gap_note(again).startswith("how far from the best is not stated")
