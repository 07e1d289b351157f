"""Which dealers a master must tell apart, and that nothing is lost by summing the others."""

from dataclasses import replace

import numpy as np
import pytest

from cases import at_once
from planner.cases import bundle, dealer, problem
from planner.made_up_problems import made_up
from renotify.planner.dealer_groups import ungrouped
from renotify.planner.plan_by_policy import DEALER_CELLS, _masters
from renotify.planner.told_apart import columns, hours_to_spare, told_apart
from renotify.planner.two_level import solved


def two_visits(hours):
    """Six owners at a dealer, half of whom ask in the first week and half in the second; a visit takes two hours."""
    return problem([bundle(hours=2, response=[0.5, 0.5])], [dealer("d", hours)], {("b", "d"): 6})


@at_once(
    ("hours", "spare"),
    [
        ([6], True),  # three visits in a week at most, whenever their letters go
        ([5.9], False),
        ([6, 6, 6, 5.9], False),  # letters timed for the week with fewer hours
        ([9, 9, 3, 9], False),  # no patience: what week 2 lacks no other week gives
    ],
)
def test_hours_are_to_spare_if_they_hold_all_letters_in_whatever_weeks_they_go(hours, spare):
    assert hours_to_spare(ungrouped(two_visits(hours))).tolist() == [spare]


@at_once(("supply", "short"), [([1, 4], False), ([1, 3], True), ([0, 4], True)])
def test_a_part_may_run_short_only_if_all_letters_at_once_would_take_more(supply, short):
    """Six owners ask for a kit, half of them a week later; one dealer has two on its shelf."""
    case = problem(
        [bundle(kits={"P": 1}, response=[0.5, 0.5])], [dealer("d", P=2), dealer("e")],
        {("b", "d"): 4, ("b", "e"): 2}, supply={"P": supply}, weeks=2,
    )  # fmt: skip
    # d: 2 and 4 asked so far, 0 and 2 beyond its shelf; e: 1 and 2
    assert case.may_run_short(0) == short


def test_dealers_with_hours_to_spare_and_no_short_shelf_share_a_group():
    kinds = [bundle("one", kits={"P": 1}), bundle("other", kits={"Q": 1})]
    places = [dealer("full", [1]), dealer("shelf", P=3), dealer("ample", Q=3), dealer("free")]
    owners = {(b, d["id"]): 5 for b in ("one", "other") for d in places}
    case = problem(kinds, places, owners, supply={"P": [6], "Q": [99]}, wait=0)
    groups = told_apart(case)
    assert groups.group.tolist() == [0, 1, 2, 2]  # Q never runs short: its shelf tells nobody apart
    assert columns(groups) == 2 * 3 * 4
    assert groups.single.tolist() == [True, True, False]


@pytest.mark.parametrize("seed", range(3))
def test_the_ceiling_is_that_of_every_dealer_by_itself(seed):
    case = made_up(2, 15, 8, seed=seed, parts=0.5, labour=0.2, owners_per_cell=9)
    spare = np.arange(15)[:, None] % 3 > 0
    case = replace(case, hours=np.where(spare, 40 * case.hours, case.hours))
    groups = told_apart(case)
    assert 1 < groups.size < 15
    exact = solved(ungrouped(case)).solution.ceiling
    assert solved(groups).solution.ceiling == pytest.approx(exact, rel=2e-4)


def test_optimal_has_the_ceiling_of_exact_where_few_dealers_are_told_apart():
    case = made_up(2, 90, 50, parts=0.5, owners_per_cell=1)
    case = replace(case, hours=40 * case.hours)
    assert case.owners.size * case.weeks > DEALER_CELLS > columns(told_apart(case))
    assert [master.groups.size for master in _masters(case, "optimal")] == [told_apart(case).size]
