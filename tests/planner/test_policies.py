"""The plain policies on paper: who is written to in which week."""

import numpy as np

from cases import at_once
from planner.cases import bundle, dealer, problem
from renotify.planner.plan_by_policy import plan
from renotify.planner.policies import letters_of, weekly_letters_of


def case(**changes):
    return problem(
        [bundle("young", first_week=1), bundle("old")],
        [dealer("e"), dealer("d")],
        {("young", "e"): 2, ("young", "d"): 3, ("old", "e"): 4, ("old", "d"): 1},
        **changes,
    )


def weeks(policy, **changes):
    """Letters [bundle][dealer] by week."""
    return letters_of(case(**changes), policy).tolist()


def test_all_at_once_is_the_first_week_of_each_bundle():
    assert weeks("all-at-once", mail=[1]) == [
        [[0, 2, 0, 0], [0, 3, 0, 0]],
        [[4, 0, 0, 0], [1, 0, 0, 0]],
    ]


def test_uniform_goes_on_in_turn_from_dealer_to_dealer():
    # old: owners 1 to 4 at e and 5 at d, in turn in weeks 0, 1, 0, 1, 0; young alike from week 1
    assert weeks("uniform:2") == [
        [[0, 1, 1, 0], [0, 2, 1, 0]],
        [[2, 2, 0, 0], [1, 0, 0, 0]],
    ]


def test_uniform_spreads_bundles_of_one_owner_over_its_weeks():
    # five of one owner each, first of week 0, in turn in weeks 0, 1, 2, 0, 1; two of week 1 in weeks 1 and 2
    names = [*"abcde", "late", "later"]
    each = problem(
        [bundle(name, first_week=1 if name.startswith("late") else 0) for name in names],
        [dealer("d")],
        {(name, "d"): 1 for name in names},
    )
    letters = letters_of(each, "uniform:3")[:, 0]
    assert letters.argmax(axis=1).tolist() == [0, 1, 2, 0, 1, 1, 2]
    assert letters.sum(axis=1).tolist() == [1] * 7


def test_uniform_past_the_horizon_holds_the_rest():
    letters = letters_of(case(), "uniform:5")
    assert letters[0].sum(axis=0).tolist() == [0, 1, 1, 1]
    held = plan(case(), "uniform:5").held
    assert sum(owners.count for owners in held) == 2 + 1  # weeks 4 and 5 of young, week 4 of old
    assert {owners.reason for owners in held} == {"its turn falls past the horizon"}


def test_oldest_first_fills_the_mail_house_bundle_by_bundle_dealers_by_code():
    # the bundle that opened first is the oldest; d comes before e
    assert weeks("oldest-first", mail=[3]) == [
        [[0, 0, 1, 1], [0, 1, 2, 0]],
        [[2, 2, 0, 0], [1, 0, 0, 0]],
    ]


def test_zip_order_fills_the_mail_house_dealer_by_dealer():
    # week 0: old at d, then e; from week 1 young at d goes before old at e
    assert weeks("zip-order", mail=[3]) == [
        [[0, 0, 1, 1], [0, 3, 0, 0]],
        [[2, 0, 2, 0], [1, 0, 0, 0]],
    ]


@at_once("policy", ["all-at-once", "uniform:3", "oldest-first", "zip-order"])
def test_without_a_limit_every_policy_writes_to_everybody(policy):
    assert letters_of(case(), policy).sum() == 10
    assert letters_of(case(mail=None), policy).dtype == np.int32


@at_once("policy", ["all-at-once", "uniform:2", "uniform:5", "oldest-first", "zip-order"])
def test_the_letters_of_all_dealers_are_those_of_each_together(policy):
    for mail in (None, [3], [1, 0, 2]):
        each = letters_of(case(mail=mail), policy)
        assert weekly_letters_of(case(mail=mail), policy).tolist() == each.sum(axis=1).tolist()
