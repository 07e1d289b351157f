"""How many more letters the kits cover: a dealer's shelf first, then the pool, (7) to (9), by hand."""

import numpy as np

from cases import at_once
from planner.cases import bundle, dealer, problem
from renotify.planner.dealer_groups import DealerGroups, ungrouped
from renotify.planner.kit_limit import FEW, KitLimit


def limit(stock, pool, *, each=1, response=(1.0,), weeks=4, **more):
    case = problem(
        [bundle(kits={"P": each}, response=list(response))],
        [dealer(f"d{i:02d}", P=kits) for i, kits in enumerate(stock)],
        {("b", f"d{i:02d}"): 99 for i in range(len(stock))},
        weeks=weeks, supply={"P": pool}, **more,
    )  # fmt: skip
    return KitLimit(ungrouped(case), 0)


def allowed(checked, week, want, later=None):
    return checked.allowed(0, week, np.array(want), later).tolist()


@at_once(("pool", "letters"), [(5, 2), (5.999, 2), (6, 3), (7, 3), (0, 0)])
def test_a_kit_less_is_a_letter_less(pool, letters):
    assert allowed(limit([0], [pool], each=2), 0, [9]) == [letters]


@at_once(("stock", "letters"), [(1, 0), (2, 1), (3, 1), (4, 2)])
def test_a_shelf_alone_covers_whole_vehicles(stock, letters):
    assert allowed(limit([stock], [0], each=2), 0, [9]) == [letters]


def test_a_shelf_and_the_pool_serve_the_last_vehicle_together():
    assert allowed(limit([1], [1], each=2), 0, [9]) == [1]
    assert allowed(limit([1], [2], each=2), 0, [9]) == [1]
    assert allowed(limit([1], [3], each=2), 0, [9]) == [2]


def test_the_shelf_is_used_before_the_pool_is_shared():
    assert allowed(limit([0, 2], [3]), 0, [3, 5]) == [2, 3]  # 3 of the pool for 3 and 5 - 2 wanted
    assert allowed(limit([0, 10], [3]), 0, [5, 5]) == [3, 5]
    assert allowed(limit([0, 5], [0]), 0, [5, 5]) == [0, 5]


def test_the_pool_of_a_week_is_what_has_come_by_then():
    checked = limit([0], [2, 2, 5])
    assert [allowed(checked, week, [9])[0] for week in range(4)] == [2, 2, 5, 5]


def test_kits_taken_are_gone_for_all_later_weeks_and_shelves_go_first():
    checked = limit([2, 0], [4])
    checked.take(0, 1, np.array([3, 1]), None)  # two of the shelf, two of the pool
    assert allowed(checked, 0, [9, 9]) == [1, 1]
    assert allowed(checked, 3, [0, 9]) == [0, 2]


def test_earlier_letters_may_not_use_kits_that_later_ones_need():
    checked = limit([0], [3, 5])
    checked.take(0, 1, np.array([4]), None)
    assert [allowed(checked, week, [9])[0] for week in range(4)] == [1, 1, 1, 1]


def test_a_letter_moved_forward_needs_its_kit_earlier_only():
    checked = limit([0], [1, 4])
    checked.take(0, 1, np.array([4]), None)
    assert allowed(checked, 0, [4], later=1) == [1]
    checked.take(0, 0, np.array([1]), 1)
    assert allowed(checked, 0, [3], later=1) == [0]
    assert allowed(checked, 1, [9]) == [0]


def test_background_takes_kits_first_from_the_shelf():
    walk_in = [{"bundle": "b", "dealer": "d00", "per_week": [1, 1, 1, 1]}]
    assert allowed(limit([5], [0], background=walk_in), 0, [9]) == [1]
    assert allowed(limit([3], [2], background=walk_in), 0, [9]) == [1]  # 4 of 5 kits walk in


@at_once(
    ("dealers", "letters"),
    [
        (2 * FEW - 2, 2 * FEW - 3),  # the pool alone serves 10; the 12 others are tried one by one
        (
            2 * FEW,
            2 * FEW - 1,
        ),  # the pool alone serves 11; with 13 others the number is found first
    ],
)
def test_shelf_and_pool_serve_a_vehicle_together(dealers, letters):
    """Each dealer has one of the two kits that a vehicle takes; the pool lacks one kit for all of them."""
    checked = limit([1] * dealers, [dealers - 1], each=2)
    assert sum(allowed(checked, 0, [1] * dealers)) == letters


def test_only_answers_within_the_horizon_need_a_kit():
    assert allowed(limit([0], [1], response=[0, 0.5], weeks=3), 2, [9]) == [9]
    assert allowed(limit([0], [1], response=[0, 0.5], weeks=3), 1, [9]) == [2]


def test_a_tool_that_is_borrowed_in_a_later_week_may_be_lent_before():
    case = problem(
        [bundle(tools={"jack": 1})], [{**dealer(), "tools": {"jack": 2}}], {("b", "d"): 9},
        tools={"jack": {"weeks": 1, "pool": [0]}},
        background=[{"bundle": "b", "dealer": "d", "per_week": [0, 0, 2, 0]}],
    )  # fmt: skip
    checked = KitLimit(ungrouped(case), 0)
    assert [allowed(checked, week, [9])[0] for week in range(4)] == [2, 2, 0, 2]


def test_a_letter_more_than_shelves_and_pool_hold_together_costs_that_letter_and_no_other():
    """Each of twenty shelves has a kit, and walk-ins who ask for two in the last week: by itself no shelf holds a letter to the end."""
    codes = [f"d{i:02d}" for i in range(20)]
    late = [{"bundle": "b", "dealer": code, "per_week": [0, 0, 0, 2]} for code in codes]
    case = problem(
        [bundle(kits={"P": 1}, response=[0.5, 0.5])], [dealer(code, P=1) for code in codes],
        {("b", code): 9 for code in codes}, supply={"P": [50, 50, 50, 300]}, background=late,
    )  # fmt: skip
    limit = KitLimit(ungrouped(case), 0)
    # a week later all have asked: 20 kits of the shelves and 50 of the pool
    asked = np.repeat([4, 3], 10)
    assert limit.allowed(0, 0, asked, None).tolist() == asked.tolist()
    one_more = asked + (np.arange(20) == 10)
    assert limit.allowed(0, 0, one_more, None).sum() == 70


def test_a_shelf_that_is_short_only_when_the_pool_has_plenty_holds_no_letter_back():
    """Each of twenty shelves has the kit that two letters draw at first; a week later the pool has the rest for everybody."""
    stocked = limit([1] * 20, [0, 500], response=(0.5, 0.5))
    assert allowed(stocked, 0, [4] * 20) == [2] * 20


def test_shelves_of_a_group_and_the_pool_cover_together_what_they_have_together():
    """One kit and two on the shelves of the first two dealers, four in the pool in week 0 and five from week 1 on; a letter takes one."""
    case = problem(
        [bundle(kits={"P": 1})], [dealer("d", P=1), dealer("e", P=2), dealer("f")],
        {("b", name): 99 for name in "def"}, weeks=2, supply={"P": [4, 5]},
    )  # fmt: skip
    groups = DealerGroups(case, np.array([0, 0, 1]))
    checked = KitLimit(ungrouped(case), 0)
    assert checked.together(0, 0, groups).tolist() == [1 + 2 + 4, 4]
    assert checked.together(0, 1, groups).tolist() == [1 + 2 + 5, 5]
