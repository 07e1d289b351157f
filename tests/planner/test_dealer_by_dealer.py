"""Dealers of few hours take whole jobs: their letters are found dealer by dealer, at prices for what all share; by hand."""

from dataclasses import replace

import numpy as np
import pytest

from planner.cases import bundle, dealer, problem
from planner.hostile_problems import few_hours
from renotify.planner import plan_by_policy
from renotify.planner.dealer_by_dealer import dealt_by_dealer
from renotify.planner.dealer_groups import grouped, grouped_by_shelves, shelves_differ
from renotify.planner.dealer_prices import Prices, ceiling_by_dealer
from renotify.planner.letter_plan import exposure_removed
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify
from renotify.planner.solver import OneByOne, Program
from renotify.planner.told_apart import told_apart
from renotify.planner.two_level import draft, solved
from renotify.planner.whole_letters import most_alone


def one_long_or_three_short(**changes):
    """At d three hours hold one long job of risk 3 or three short ones of risk 2; at e nobody needs hours. Three kits for all."""
    kinds = [
        bundle("long", risk=3, hours=3, kits={"P": 1}, **changes),
        bundle("short", risk=2, hours=1, kits={"P": 1}, **changes),
        bundle("low", risk=1, hours=0, kits={"P": 1}, **changes),
    ]
    owners = {("long", "d"): 1, ("short", "d"): 3, ("low", "e"): 3}
    return problem(kinds, [dealer("d", [3]), dealer("e")], owners, weeks=1, supply={"P": [3]})


def by_dealer(case):
    """The plan dealt dealer by dealer after the riskiest letters first, at the prices of dealers told apart."""
    groups = told_apart(case)
    prices = Prices.of_master(solved(groups, most=most_alone(groups)))
    return dealt_by_dealer(draft(case, None), prices)


def test_a_dealer_s_letters_are_the_best_that_its_hours_hold_and_another_gives_up_its_kits_for_them():
    case = one_long_or_three_short()
    # the riskiest first: the long job, and two of the low ones with the kits that are left
    assert exposure_removed(case, draft(case, None).remedy) == 3 + 2 * 1
    made = by_dealer(case)
    assert exposure_removed(case, made.remedy) == 3 * 2
    assert made.remedy[:, :, 0].tolist() == [[0, 0], [3, 0], [0, 0]]


def test_a_plan_with_lawful_dates_stays_as_it_is():
    case = one_long_or_three_short(mail_by_week=0)
    assert (by_dealer(case).remedy == draft(case, None).remedy).all()


def test_a_job_is_never_cut_four_letters_of_which_one_in_four_asks_are_a_visit():
    """Five hours in a week; a letter asks for 2 x 1 hours at once: two letters, and what is left of the hours is for nobody."""
    kinds = [bundle("b", hours=2)]
    case = problem(kinds, [dealer("d", [5])], {("b", "d"): 9}, weeks=2)
    # two in each week: worth two weeks and one
    assert by_dealer(case).remedy[0, 0].tolist() == [2, 2]


@pytest.fixture
def few_are_searched(monkeypatch):
    """A problem of some thousand decisions is planned as one of thirty thousand is."""
    for limit in ("WHOLE_DECISIONS", "ROOT_DECISIONS", "LUMPY_DECISIONS"):
        monkeypatch.setattr(plan_by_policy, limit, 0)
    monkeypatch.setattr(plan_by_policy, "APART_CELLS", 0)
    monkeypatch.setattr(plan_by_policy, "DEALER_CELLS", 0)


@pytest.mark.usefixtures("few_are_searched")
@pytest.mark.parametrize("apart", [True, False], ids=["prices of dealers", "prices of groups"])
def test_dealers_of_few_hours_are_planned_near_the_ceiling_within_every_limit(apart, monkeypatch):
    case = few_hours(2, 5, 40, 15)
    if not apart:
        monkeypatch.setattr(plan_by_policy, "APART_AT_NEED", 0)
    made = plan(case)
    monkeypatch.setattr(plan_by_policy, "DEALT_CELLS", 0)  # as before
    before = plan(case)
    assert not verify(case, made)
    assert made.objective <= made.bound < before.bound
    assert made.objective > before.objective
    assert made.gap < 0.01 < before.gap


@pytest.mark.usefixtures("few_are_searched")
def test_the_letters_of_the_master_that_tells_dealers_apart_are_drafted(monkeypatch):
    """Ten times the owners, kits, places and hours: a dealer's fractions are near whole letters, and dealing has nothing to mend."""
    few = few_hours(2, 5, 40, 15)
    names = ("owners", "hours", "supply", "stock", "mail_capacity", "background")
    case = replace(few, **{name: 10 * getattr(few, name) for name in names})
    monkeypatch.setattr(plan_by_policy, "dealt_by_dealer", lambda made, *_, **__: made)
    made = plan(case)
    assert not verify(case, made)
    assert made.gap < 0.001
    own = draft(case, solved(told_apart(case)).guide)
    assert made.objective >= exposure_removed(case, own.remedy)


def test_at_any_prices_the_ceiling_lends_no_dealer_s_hours_to_another():
    """d has two hours a week for one owner, e one for four; two weeks, a letter of the first is worth 2, of the second 1."""
    owners = {("b", "d"): 1, ("b", "e"): 4}
    shops = [dealer("d", [2]), dealer("e", [1])]
    case = problem([bundle("b", hours=1)], shops, owners, weeks=2, wait_bound=0)
    one = solved(grouped(case, 1))
    # the group: three hours in each week for five owners
    assert one.solution.ceiling == pytest.approx(3 * 2 + 2 * 1)
    # by themselves: d its one owner in the first week, e one in each
    assert ceiling_by_dealer(Prices.of_master(one)) == pytest.approx(2 + 2 + 1)


def shops_of_kits():
    """P lies at c and d, Q at d and e; one owner at each needs both, and no kit is delivered. Hours: 9 at c, 2 at d, 5 at e."""
    shelves = {"c": {"P": 4}, "d": {"P": 4, "Q": 4}, "e": {"Q": 4}}
    shops = [
        dealer(name, [hours], **shelves[name]) for name, hours in (("c", 9), ("d", 2), ("e", 5))
    ]
    owners = {("b", name): 1 for name in shelves}
    kinds = [bundle("b", hours=1, kits={"P": 1, "Q": 1})]
    return problem(kinds, shops, owners, weeks=1, supply={"P": [0], "Q": [0]})


def test_dealers_of_one_group_lend_their_shelves_and_those_told_apart_by_shelves_do_not():
    """In one group c's kit of P and e's of Q serve a second owner, no shelf more than its own; by themselves d's alone has both."""
    case = shops_of_kits()
    assert shelves_differ(case)
    assert solved(grouped(case, 1)).solution.ceiling == pytest.approx(2)
    apart = grouped_by_shelves(case, 4)
    assert apart.group.tolist() == [1, 2, 0]
    assert solved(apart).solution.ceiling == pytest.approx(1)


def test_where_there_are_more_kinds_of_shelves_than_groups_the_part_that_divides_the_owners_evenly_tells_them_apart():
    """P is at one of six dealers, Q at three: two kinds by Q, each in two by its hours, the tightest dealer and the other two."""
    shops = [
        dealer("c", [9], P=1, Q=1), dealer("d", [8], Q=1), dealer("e", [1], Q=1),
        dealer("f", [5]), dealer("g", [2]), dealer("h", [7]),
    ]  # fmt: skip
    kinds = [bundle(name, hours=1, kits={name: 1}) for name in ("P", "Q")]
    owners = {(kind["id"], shop["id"]): 1 for kind in kinds for shop in shops}
    case = problem(kinds, shops, owners, weeks=1, supply={"P": [0], "Q": [0]})
    assert grouped_by_shelves(case, 2).group.tolist() == [3, 3, 2, 1, 0, 1]
    # a single kind: the three tightest of six would be two, for a third begins the second half
    assert grouped_by_shelves(case, 1).group.tolist() == [1, 1, 0, 1, 0, 1]


def test_nothing_is_told_apart_by_shelves_where_all_have_a_part_or_none():
    kinds = [bundle("b", hours=1, kits={"P": 1, "Q": 1})]
    shops = [dealer("d", [4], P=1), dealer("e", [4], P=2)]
    owners = {("b", "d"): 3, ("b", "e"): 3}
    assert not shelves_differ(problem(kinds, shops, owners, weeks=1, supply={"P": [0], "Q": [0]}))


@pytest.mark.usefixtures("few_are_searched")
@pytest.mark.parametrize("shelves", [True, False])
def test_a_plan_far_from_its_ceiling_is_dealt_at_prices_of_dealers_told_apart_by_shelves(shelves, monkeypatch):  # fmt: skip
    """Where dealers have kits of their own, and only there; the plan is within what they prove together."""
    monkeypatch.setattr(plan_by_policy, "groups_for", lambda _case: 2)
    told, asked = [], []

    def by_shelves(problem, count):
        told.append(grouped_by_shelves(problem, count))
        return told[-1]

    def dealt(made, prices, **how):
        asked.append(prices)
        return dealt_by_dealer(made, prices, **how)

    monkeypatch.setattr(plan_by_policy, "grouped_by_shelves", by_shelves)
    monkeypatch.setattr(plan_by_policy, "dealt_by_dealer", dealt)
    case = few_hours(2, 5, 40, 15)
    if not shelves:
        case = replace(case, stock=0 * case.stock)
    made = plan(case)
    assert not verify(case, made)
    assert asked
    assert len(told) == shelves
    if shelves:
        own = Prices.of_master(solved(told[0], most=most_alone(told[0])))
        assert (asked[0].each == own.each).all()
        assert made.bound <= ceiling_by_dealer(own)


def test_where_few_dealers_are_solved_at_a_time_letters_are_dealt_dealer_by_dealer_before(monkeypatch):  # fmt: skip
    """Between two thousand contested decisions and fifteen thousand, and where the draft is far from the ceiling."""
    for limit in ("WHOLE_DECISIONS", "ROOT_DECISIONS", "AT_ONCE"):
        monkeypatch.setattr(plan_by_policy, limit, 0)
    monkeypatch.setattr(plan_by_policy, "LUMPY_GAP", 0.001)
    monkeypatch.setattr(plan_by_policy, "improved", lambda made: made)
    case = few_hours(2, 5, 40, 15)
    made = plan(case)
    assert not verify(case, made)
    monkeypatch.setattr(plan_by_policy, "dealt_by_dealer", lambda made, *_, **__: made)
    before = plan(case)
    assert before.gap > 0.001
    assert made.objective > before.objective


def test_a_ceiling_holds_at_prices_that_are_too_low():
    """Two kits, owners of risk 3 at d and of risk 1 at e, two of each. For nothing all get one: 2 x 3 + 2 x 1. At the master's
    prices only two do: 2 x 3."""
    kinds = [
        bundle("high", risk=3, hours=1, kits={"P": 1}),
        bundle("low", risk=1, hours=1, kits={"P": 1}),
    ]
    owners = {("high", "d"): 2, ("low", "e"): 2}
    case = problem(kinds, [dealer("d", [4]), dealer("e", [4])], owners, weeks=1, supply={"P": [2]})
    prices = Prices.of_master(solved(grouped(case, 1)))
    assert ceiling_by_dealer(prices) == pytest.approx(2 * 3)
    assert ceiling_by_dealer(prices.times(0.0)) == pytest.approx(2 * 3 + 2 * 1)


def test_a_small_program_is_solved_for_one_set_of_limits_after_the_other():
    program = Program()
    goods = program.columns(0.0, np.full(2, 10.0), np.array([3.0, 2.0]))
    rows = program.rows(-np.inf, np.array([6.0, 4.0]), (2,))
    program.put(rows[0], goods, np.array([2.0, 1.0]))
    program.put(rows[1], goods, 1.0)
    solver = OneByOne(program)
    assert solver.begun().tolist() == pytest.approx([2, 2])  # 6 hours, 4 places
    assert solver.again(goods, np.zeros(2), np.array([1.0, 10.0])).tolist() == pytest.approx([1, 3])
    # two and two use up the hours and the places: 6 x 1 + 4 x 1 by their prices
    solver.begun()
    assert solver.ceiling() == pytest.approx(3 * 2 + 2 * 2)
    solver.row_high[rows[1]] = 1
    assert solver.begun().tolist() == pytest.approx([1, 0])
    # two of each take more than there is: what is there already stays
    assert solver.again(goods, np.full(2, 2.0), np.full(2, 9.0)).tolist() == [2, 2]
