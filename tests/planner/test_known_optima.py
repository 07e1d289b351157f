"""Problems whose best plan can be worked out on paper; numbers in brackets are constraints (1) to (9)."""

import pytest

from planner.cases import FEASIBLE, bundle, dealer, document, problem
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify
from renotify.planner.problem_json import from_json


def sent(made):
    return {
        (made.problem.bundles[b], made.problem.dealers[d], w): int(n)
        for (b, d, w), n in zip(
            __import__("numpy").argwhere(made.letters).tolist(),
            made.letters[made.letters > 0],
            strict=True,
        )
    }


@pytest.mark.parametrize("policy", FEASIBLE)
class TestOnPaper:
    def test_without_limits_everybody_is_written_to_in_the_first_week(self, policy):
        made = plan(problem([bundle(first_week=1)], [dealer()], {("b", "d"): 7}), policy)
        assert sent(made) == {("b", "d", 1): 7}
        assert made.objective == made.bound == 7 * 3

    def test_the_mail_house_prints_so_many_a_week_2(self, policy):
        made = plan(problem([bundle()], [dealer()], {("b", "d"): 7}, mail=[3]), policy)
        assert sent(made) == {("b", "d", 0): 3, ("b", "d", 1): 3, ("b", "d", 2): 1}

    def test_the_riskier_bundle_goes_first_when_the_mail_house_is_short_2(self, policy):
        bundles = [bundle("mild", risk=1), bundle("grave", risk=5)]
        made = plan(
            problem(bundles, [dealer()], {("mild", "d"): 3, ("grave", "d"): 3}, mail=[3]), policy
        )
        assert sent(made) == {("grave", "d", 0): 3, ("mild", "d", 1): 3}

    def test_hours_without_patience_limit_each_week_5(self, policy):
        made = plan(problem([bundle(hours=2)], [dealer(hours=[6])], {("b", "d"): 20}), policy)
        assert sent(made) == {("b", "d", w): 3 for w in range(4)}
        assert made.held[0].count == 8
        assert made.held[0].reason == "the dealer's hours are full"

    def test_patience_of_one_week_borrows_the_next_weeks_hours_6(self, policy):
        made = plan(
            problem([bundle(hours=2)], [dealer(hours=[6])], {("b", "d"): 20}, wait=1), policy
        )
        assert sent(made) == {
            ("b", "d", 0): 6,
            ("b", "d", 1): 3,
            ("b", "d", 2): 3,
            ("b", "d", 3): 3,
        }

    def test_hours_after_the_last_week_repeat_it_6(self, policy):
        made = plan(problem([bundle()], [dealer(hours=[0, 2])], {("b", "d"): 99}, wait=2), policy)
        assert made.letters[0, 0].tolist() == [4, 2, 2, 2]

    def test_kits_arrive_week_by_week_and_unused_ones_stay_8(self, policy):
        case = document(
            [bundle(kits={"P": 2}, first_week=1)],
            [dealer()],
            {("b", "d"): 9},
            supply={"P": [2, 6, 6, 9]},
        )
        made = plan(from_json(case), policy)
        assert sent(made) == {("b", "d", 1): 3, ("b", "d", 3): 1}

    def test_the_dealer_with_its_own_stock_is_not_starved_when_the_pool_is_empty_7(self, policy):
        case = problem(
            [bundle(kits={"P": 1})], [dealer("bare"), dealer("stocked", P=10)],
            {("b", "bare"): 10, ("b", "stocked"): 10}, supply={"P": [0]},
        )  # fmt: skip
        made = plan(case, policy)
        assert sent(made) == {("b", "stocked", 0): 10}
        assert made.gap == pytest.approx(0)

    def test_stock_does_not_move_between_dealers_7(self, policy):
        case = problem(
            [bundle(kits={"P": 1})], [dealer("bare"), dealer("stocked", P=3)],
            {("b", "bare"): 10, ("b", "stocked"): 1}, supply={"P": [2]},
        )  # fmt: skip
        assert sent(plan(case, policy)) == {("b", "bare", 0): 2, ("b", "stocked", 0): 1}

    def test_shares_beyond_the_list_are_zero_and_spread_demand_over_weeks_4(self, policy):
        case = problem(
            [bundle(kits={"P": 1}, response=[0.0, 0.5])],
            [dealer()],
            {("b", "d"): 40},
            supply={"P": [0, 0, 5, 10]},
        )
        assert plan(case, policy).letters[0, 0].tolist() == [0, 10, 10, 0]

    def test_background_uses_hours_and_kits_before_letters_do_4(self, policy):
        walk_in = [{"bundle": "b", "dealer": "d", "per_week": [1, 1, 1, 1]}]
        case = problem(
            [bundle(kits={"P": 1})],
            [dealer(hours=[3])],
            {("b", "d"): 50},
            supply={"P": [9]},
            background=walk_in,
        )
        made = plan(case, policy)
        assert made.letters[0, 0].tolist() == [2, 2, 1, 0]
        assert verify(case, made) == []

    def test_a_loan_tool_comes_back_and_is_lent_again_9(self, policy):
        jack = {"jack": {"weeks": 2, "pool": [0]}}
        case = problem(
            [bundle(tools={"jack": 1})],
            [{**dealer(), "tools": {"jack": 3}}],
            {("b", "d"): 50},
            tools=jack,
        )
        made = plan(case, policy)
        assert made.letters[0, 0].tolist() == [3, 0, 3, 0]
        assert verify(case, made) == []

    def test_a_pool_of_loan_tools_serves_one_dealer_at_a_time_9(self, policy):
        jack = {"jack": {"weeks": 1, "pool": [2]}}
        case = problem(
            [bundle(tools={"jack": 1})],
            [dealer("d1"), dealer("d2")],
            {("b", "d1"): 5, ("b", "d2"): 5},
            tools=jack,
        )
        made = plan(case, policy)
        assert made.letters.sum(axis=(0, 1)).tolist() == [2, 2, 2, 2]


def test_the_plan_waits_for_a_grave_bundle_that_needs_the_same_kit():
    """Greedy spends the kits of week 0 on the mild bundle; the best plan keeps them for the grave one."""
    bundles = [
        bundle("mild", risk=1, kits={"P": 1}),
        bundle("grave", risk=9, kits={"P": 1}, first_week=1),
    ]
    case = problem(bundles, [dealer()], {("mild", "d"): 5, ("grave", "d"): 5}, supply={"P": [5]})
    assert sent(plan(case, "optimal")) == {("grave", "d", 1): 5}
    assert plan(case, "optimal").objective == 9 * 5 * 3
    assert plan(case, "greedy").objective == 1 * 5 * 4


def test_parts_at_a_quantile_leave_a_margin_8():
    case = document(
        [bundle(kits={"P": 1}, response=[0.5])], [dealer()], {("b", "d"): 1000}, supply={"P": [100]}
    )
    mean, careful = (
        plan(from_json({**case, **more}), "optimal") for more in ({}, {"parts_quantile": 0.9})
    )
    assert mean.letters.sum() == 200
    assert careful.letters.sum() == 165  # 100 / (0.5 * exp(0.15 * 1.2816))


def test_a_plan_with_count_noise_keeps_the_quantile_within_the_hours():
    from renotify.planner.adjusted_limits import binding_mean

    fits = binding_mean(__import__("numpy").array([0.0, 4.0, 100.0, float("inf")]), 1.0, 1.2816)
    assert fits[:3] + 1.2816 * fits[:3] ** 0.5 == pytest.approx([0, 4, 100])
    case = document(
        [bundle()], [dealer(hours=[16])], {("b", "d"): 100}, parts_quantile=0.9, count_spread=1.0
    )
    assert plan(from_json(case), "optimal").letters[0, 0, 0] == 11  # 11.6 + 1.28 sqrt(11.6) = 16


def test_nobody_to_write_to_is_an_empty_plan():
    made = plan(problem([bundle()], [dealer()], {}), "optimal")
    assert made.letters.sum() == 0
    assert made.messages == ("There is nobody to write to.",)
