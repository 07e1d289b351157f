"""The linear program's value where it can be worked out on paper: letters may be split, so each limit counts in full.

One letter that is answered at once, of risk 1, is worth 4, 3, 2, 1 in weeks 0 to 3 of four.
"""

import numpy as np
import pytest

from cases import at_once
from planner.cases import bundle, dealer, problem
from renotify.planner.dealer_groups import grouped, tightness, ungrouped
from renotify.planner.two_level import solve_master


def value(case, groups=1):
    found = solve_master(case, groups).solution
    assert found.worth == pytest.approx(found.ceiling, abs=1e-6)
    return pytest.approx(found.ceiling, abs=1e-6)


LIMITS = ("supply", "mail", "wait", "background", "parts_quantile")


def one(owners=99, at=None, **changes):
    """One bundle at one dealer with hours ``at``; limits as in ``document``, the rest is the bundle's."""
    limits = {key: changes.pop(key) for key in LIMITS if key in changes}
    return problem([bundle(**changes)], [dealer("d", at)], {("b", "d"): owners}, **limits)


def test_1_no_more_letters_than_owners():
    assert value(one(owners=7)) == 7 * 4


@at_once(("printed", "worth"), [([2], 20), ([2.5], 25), ([2.5, 0], 10), ([0, 0, 0, 3], 3)])  # fmt: skip
def test_2_the_mail_house_prints_so_much_a_week(printed, worth):
    assert value(one(mail=printed)) == worth


@at_once(("first", "worth"), [(0, 28), (1, 21), (3, 7)])
def test_3_no_letter_before_the_first_week(first, worth):
    assert value(one(owners=7, first_week=first)) == worth


def test_4_a_later_answer_is_worth_less_and_one_past_the_horizon_nothing():
    assert value(one(owners=10, response=[0.5, 0.25])) == 10 * (0.5 * 4 + 0.25 * 3)
    assert value(one(owners=10, response=[0, 0, 0, 0, 1])) == 0


@at_once(
    ("wait", "worth"),
    [
        (0, 1.5 * 10),  # 1.5 letters a week
        (1, 3 * 4 + 1.5 * 6),  # week 0 borrows the hours of week 1
        (2, 4.5 * 4 + 1.5 * 6),
    ],
)
def test_5_and_6_hours_wait_no_longer_than_they_may(wait, worth):
    assert value(one(hours=2, at=[3], wait=wait)) == worth


def test_5_hours_asked_for_before_stand_in_the_way_later():
    # a letter asks for an hour at once and one a week later; week 1 is full with those of week 0
    assert value(one(hours=2, at=[3], response=[0.5, 0.5])) == 3 * (2 + 1.5) + 3 * (1 + 0.5)


def test_7_a_shelf_is_its_own_dealers_and_the_pool_everybodys():
    case = problem(
        [bundle(kits={"P": 2})], [dealer("bare"), dealer("stocked", P=3)],
        {("b", "bare"): 9, ("b", "stocked"): 9}, supply={"P": [1, 1, 3]},
    )  # fmt: skip
    assert value(case, groups=2) == 1.5 * 4 + 0.5 * 4 + 1 * 2


def test_7_a_shelf_in_a_group_counts_no_further_than_its_dealers_owners():
    case = problem(
        [bundle(kits={"P": 1})], [dealer("bare"), dealer("stocked", P=50)],
        {("b", "bare"): 9, ("b", "stocked"): 2}, supply={"P": [1]},
    )  # fmt: skip
    assert value(case, groups=1) == 3 * 4


@at_once(("pool", "worth"), [([3], 6), ([0, 3], 4.5), ([1, 1, 2], 2 + 1), ([4, 9], 2 * 4 + 2.5 * 3)])  # fmt: skip
def test_8_kits_come_week_by_week_and_stay(pool, worth):
    assert value(one(kits={"P": 2}, supply={"P": pool})) == worth


def test_8_kits_are_taken_when_owners_ask_not_when_letters_go_out():
    # 4 letters of week 0 use 2 kits in week 1; 2 more kits in week 2 are for letters of week 1
    case = one(kits={"P": 1}, response=[0, 0.5], supply={"P": [0, 2, 4]})
    assert value(case) == 4 * 0.5 * 3 + 4 * 0.5 * 2 + (99 - 8) * 0


def test_8_parts_are_planned_at_the_quantile_of_the_response():
    factor = np.exp(0.15 * 1.2815515655446004)
    case = one(kits={"P": 1}, response=[0.5], supply={"P": [5]}, parts_quantile=0.9)
    assert value(case) == 5 / (0.5 * factor) * 0.5 * 4


def test_9_a_tool_is_lent_again_when_it_comes_back():
    # 3 own and half a pooled one: 3.5 in week 0, away in week 1, and again in week 2
    case = problem(
        [bundle(tools={"jack": 1})], [{**dealer(), "tools": {"jack": 3}}], {("b", "d"): 99},
        tools={"jack": {"weeks": 2, "pool": [0.5]}},
    )  # fmt: skip
    assert value(case) == 3.5 * 4 + 3.5 * 2


def test_background_takes_hours_and_kits_before_letters():
    walk_in = [{"bundle": "b", "dealer": "d", "per_week": [1, 1, 1, 1]}]
    assert value(one(at=[3], background=walk_in)) == 2 * 10
    assert value(one(kits={"P": 1}, supply={"P": [9]}, background=walk_in)) == 5 * 4


def test_a_lawful_date_costs_what_an_interim_and_a_late_notice_are_priced_at():
    # 5 owners, kits for 2: three interim notices, each 1 + 2 x 4
    master = solve_master(one(owners=5, kits={"P": 1}, supply={"P": [2]}, mail_by_week=1), 1)
    assert master.exposure == pytest.approx(2 * 4)
    assert master.emergency == pytest.approx(3 * 9)
    assert master.solution.worth == pytest.approx(8 - 27)
    # the mail house prints 3 by the date: two are late, at ten times the price
    late = solve_master(one(owners=5, mail=[3, 0], mail_by_week=1), 1)
    assert late.emergency == pytest.approx(2 * 90)


@at_once(("last", "interim"), [(0, 3), (1, 1), (2, 0)])
def test_only_letters_up_to_the_lawful_week_keep_the_date(last, interim):
    case = one(owners=5, kits={"P": 1}, supply={"P": [2, 4, 5]}, mail_by_week=last)
    assert solve_master(case, 1).emergency == pytest.approx(interim * 9)


def test_dealers_are_grouped_by_how_tight_their_hours_are():
    desks = [dealer("a", [10]), dealer("b", [2]), dealer("c", [5]), dealer("d", [1])]
    owners = {("b", "a"): 10, ("b", "b"): 9, ("b", "c"): 10, ("b", "d"): 10}
    case = problem([bundle(hours=2)], desks, owners)
    assert tightness(case).tolist() == [20 / 40, 18 / 8, 20 / 20, 20 / 4]
    assert grouped(case, 2).group.tolist() == [
        1,
        0,
        1,
        0,
    ]  # 19 owners of the tighter two, 20 others
    assert grouped(case, 2).hours[:, 0].tolist() == [2 + 1, 10 + 5]
    assert grouped(case, 4).group.tolist() == grouped(case, 9).group.tolist() == [0, 1, 2, 3]
    assert ungrouped(case).hours[:, 0].tolist() == [10, 2, 5, 1]


def test_the_price_of_a_limit_is_what_one_more_of_it_is_worth():
    master = solve_master(one(mail=[2, 0, 9, 9]), 1)
    prices = master.solution.prices[master.variables.rows["mail"]]
    assert prices.tolist() == pytest.approx([4, 3, 2, 1])


def test_7_a_shelf_keeps_what_is_not_used_and_background_takes_from_it_first():
    walk_in = [{"bundle": "b", "dealer": "d", "per_week": [1, 1, 0, 0]}]
    case = problem(
        [bundle(kits={"P": 1}, first_week=1)], [dealer("d", P=5)], {("b", "d"): 9},
        supply={"P": [0]}, background=walk_in,
    )  # fmt: skip
    assert value(case) == (5 - 2) * 3


def test_9_background_borrows_tools_before_letters():
    case = problem(
        [bundle(tools={"jack": 1})], [{**dealer(), "tools": {"jack": 3}}], {("b", "d"): 99},
        tools={"jack": {"weeks": 1, "pool": [0]}},
        background=[{"bundle": "b", "dealer": "d", "per_week": [1, 0, 3, 0]}],
    )  # fmt: skip
    assert value(case) == 2 * 4 + 3 * 3 + 0 * 2 + 3 * 1


def test_background_beyond_a_limit_leaves_letters_nothing_and_makes_nothing_impossible():
    walk_in = [{"bundle": "b", "dealer": "d", "per_week": [5, 0, 0, 0]}]
    assert value(one(at=[3, 3, 3], background=walk_in)) == 1 * 3 + 3 * 2 + 3 * 1
    assert value(one(kits={"P": 1}, supply={"P": [2, 6]}, background=walk_in)) == 1 * 3
