"""A draft that provably cannot win is not finished; one that could is, letter by letter."""

import json
from pathlib import Path

import numpy as np
import pytest

from cases import at_once
from planner.cases import bundle, dealer, problem
from planner.made_up_problems import made_up, tight
from renotify.planner.dealer_groups import ungrouped
from renotify.planner.forgone import Forgone, greedy_unless_beaten
from renotify.planner.letter_plan import exposure_removed
from renotify.planner.plan_by_policy import plan
from renotify.planner.policies import letters_of, within_limits
from renotify.planner.problem_json import from_json
from renotify.planner.two_level import draft, solve_master, solved


def small(seed):
    return made_up(3, 12, 10, seed=seed, parts=0.5, labour=0.75, owners_per_cell=4.0)


def forgone(prices, letters):
    """What the letters of all weeks forgo."""
    return sum(prices.in_week(week, letters[:, :, week]) for week in range(letters.shape[2]))


def two_bundles():
    """A grave and a mild owner, one letter a week: 20 + 3 is the best, 4 + 15 what the other order brings."""
    return problem(
        [bundle("grave", risk=5), bundle("mild", risk=1)], [dealer()],
        {("grave", "d"): 1, ("mild", "d"): 1}, mail=[1],
    )  # fmt: skip


def test_the_best_letters_forgo_nothing():
    prices = Forgone(solved(ungrouped(two_bundles())))
    best = np.zeros((2, 1, 4), np.int32)
    best[0, 0, 0] = best[1, 0, 1] = 1
    assert prices.ceiling == pytest.approx(23)
    assert forgone(prices, best) == pytest.approx(0)


def test_other_letters_forgo_no_more_than_they_are_worth_less():
    prices = Forgone(solved(ungrouped(two_bundles())))
    other = np.zeros((2, 1, 4), np.int32)
    other[1, 0, 0] = other[0, 0, 1] = 1
    assert -1e-9 <= forgone(prices, other) <= 23 - 19 + 1e-9


def test_nobody_written_to_forgoes_what_all_letters_could_add():
    free = problem([bundle(risk=2)], [dealer()], {("b", "d"): 3})  # no limit: 3 owners of 8 each
    prices = Forgone(solved(ungrouped(free)))
    assert forgone(prices, np.zeros((1, 1, 4), np.int32)) <= 24 + 1e-9
    assert prices.ceiling == pytest.approx(24)


@at_once("seed", range(6))
def test_no_plan_within_the_limits_is_worth_more_than_the_ceiling_less_what_it_forgoes(seed):
    case = small(seed)
    for groups in (1, 3, 12):
        master = solve_master(case, groups)
        prices = Forgone(master)
        for letters in (
            draft(case, None).remedy,
            draft(case, master.guide).remedy,
            within_limits(case, letters_of(case, "uniform:4")),
        ):
            weeks = [prices.in_week(week, letters[:, :, week]) for week in range(case.weeks)]
            assert min(weeks) >= -1e-6
            worth = exposure_removed(case, letters)
            assert worth <= (prices.ceiling - sum(weeks)) * (1 + 1e-9)


def test_the_greedy_draft_is_given_up_where_its_first_weeks_prove_it_worse():
    case = tight()  # greedy is 3.5 % from the ceiling, the master's draft 0.3 %
    master = solve_master(case, 8)
    best = draft(case, master.guide)
    assert greedy_unless_beaten(best, exposure_removed(case, best.remedy), [master]) is None


def test_the_greedy_draft_is_finished_where_it_could_win():
    case = small(0)
    greedy = draft(case, None)
    master = solve_master(case, 3)
    worth = exposure_removed(case, greedy.remedy)
    for least in (0.0, worth):  # a draft as good as it is not worth less
        made = greedy_unless_beaten(draft(case, master.guide), least, [master])
        assert (made.remedy == greedy.remedy).all()


def test_where_there_are_lawful_dates_the_greedy_draft_is_always_finished():
    case = problem([bundle(mail_by_week=2)], [dealer()], {("b", "d"): 7}, mail=[5, 2, 3])
    master = solve_master(case, 1)
    best = draft(case, master.guide)
    made = greedy_unless_beaten(best, np.inf, [master])
    assert (made.remedy == draft(case, None).remedy).all()


@at_once("seed", range(4))
def test_a_plan_is_never_worse_than_the_greedy_one(seed):
    case = small(seed)
    assert plan(case).objective >= plan(case, "greedy").objective


def test_no_published_plan_is_below_the_greedy_one_where_jobs_are_long_and_owners_few():
    """What comes after risk (``late_stages``) may add more to the greedy draft than to the one that was better before."""
    document = Path(__file__).with_name("few_owners_long_jobs.json").read_text(encoding="utf-8")
    given = from_json(json.loads(document))
    greedy = plan(given, "greedy").objective
    assert plan(given, "optimal").objective >= greedy
    assert plan(given, "exact").objective >= greedy
