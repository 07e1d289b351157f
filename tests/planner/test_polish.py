"""A block of dealers may use what it uses already and its share of what the plan leaves, and no more."""

import numpy as np

from cases import at_once
from planner.cases import bundle, dealer, problem
from renotify.planner.polish import block_problem


@at_once(
    ("block", "mail", "supply"),
    [
        ([0], [3 + 4, 1 + 6], [2 + 4.5, 2 + 6]),  # 6 of 8 owners: three quarters of what is left
        ([1], [1 + 1, 0 + 2], [1 + 1.5, 1 + 2]),
    ],
)
def test_a_block_has_its_own_use_and_its_share_of_each_national_limit(block, mail, supply):
    walk_in = [{"bundle": "b", "dealer": "e", "per_week": [1]}]
    case = problem(
        [bundle(kits={"P": 1})], [dealer("d", [5], P=2), dealer("e", [7])], {("b", "d"): 6, ("b", "e"): 2},
        weeks=2, mail=[10, 9], supply={"P": [9, 11]}, background=walk_in,
    )  # fmt: skip
    letters = np.array([[[3, 1], [1, 0]]], np.int32)
    drawn = np.array([[2.0, 2.0], [1.0, 1.0]])  # kits that each dealer draws on the pool
    spare = np.array([[6.0, 8.0]])
    part = block_problem(case, letters, np.array(block), drawn[block], spare)
    assert part.mail_capacity.tolist() == mail
    assert part.supply[0].tolist() == supply
    assert part.owners.tolist() == [[[6], [2]][block[0]]]
    assert part.hours[0, 0] == [5, 7][block[0]]
    assert part.stock.tolist() == [[[2], [0]][block[0]]]
    assert part.background_at.tolist() == ([] if block == [0] else [[0, 0]])
