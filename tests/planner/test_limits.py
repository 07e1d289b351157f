"""Each limit of a plan one unit below, at and above its boundary: for the policies that keep it, and for the check."""

import numpy as np
import pytest

from cases import at_once
from planner.cases import FEASIBLE, bundle, dealer, problem
from renotify.planner.letter_plan import LetterPlan
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify

OWNERS = {("b", "d"): 9}


def kits(pool):
    return problem([bundle(kits={"P": 1})], [dealer()], OWNERS, supply={"P": [pool]})


def shelf(stock):
    return problem([bundle(kits={"P": 1})], [dealer(P=stock)], OWNERS, supply={"P": [0]})


def tool(pool):
    jack = {"jack": {"weeks": 4, "pool": [pool]}}
    return problem([bundle(tools={"jack": 1})], [dealer()], OWNERS, tools=jack)


def hours(week):
    return problem([bundle()], [dealer(hours=[week, 0])], OWNERS)


def waiting(week):
    return problem([bundle()], [dealer(hours=[0, week, 0])], OWNERS, wait=1)


def mail(printed):
    return problem([bundle()], [dealer()], OWNERS, mail=[printed, 0])


@pytest.mark.parametrize("limited", [kits, shelf, tool, hours, waiting, mail])
class TestThreeLetters:
    """A limit of three units lets three letters go out; one unit less lets two, one more four."""

    @at_once("policy", FEASIBLE)
    @at_once("units", [2, 3, 4])
    def test_a_plan_sends_what_the_limit_allows(self, limited, units, policy):
        case = limited(units)
        made = plan(case, policy)
        assert made.letters[0, 0, 0] == units
        assert made.letters.sum() == units
        assert verify(case, made) == []

    @at_once(("letters", "breaches"), [(2, 0), (3, 0), (4, 1)])
    def test_the_check_finds_one_letter_too_many(self, limited, letters, breaches):
        sent = np.array([[[letters, 0, 0, 0]]], np.int32)
        assert len(verify(limited(3), LetterPlan(limited(3), "", sent))) == breaches

    @at_once(("units", "breaches"), [(3 - 1e-7, 0), (3 - 1e-5, 1)])
    def test_the_check_forgives_rounding_and_nothing_more(self, limited, units, breaches):
        case = limited(units)
        sent = np.array([[[3, 0, 0, 0]]], np.int32)
        assert len(verify(case, LetterPlan(case, "", sent))) == breaches


@at_once(("week", "breaches"), [(1, 1), (2, 0), (3, 0)])
def test_the_check_finds_a_letter_before_the_first_week(week, breaches):
    case = problem([bundle(first_week=2)], [dealer()], OWNERS)
    sent = np.zeros((1, 1, 4), np.int32)
    sent[0, 0, week] = 9
    assert len(verify(case, LetterPlan(case, "", sent))) == breaches


@at_once("policy", FEASIBLE)
@at_once("first", [0, 1, 3])
def test_a_plan_begins_in_the_first_week_and_not_before(first, policy):
    made = plan(problem([bundle(first_week=first)], [dealer()], OWNERS), policy)
    assert made.letters[0, 0].tolist() == [9 * (week == first) for week in range(4)]


@at_once(("week", "breaches"), [(0, 0), (1, 0), (2, 1)])
def test_the_check_finds_a_first_notice_after_the_lawful_week(week, breaches):
    case = problem([bundle(mail_by_week=1)], [dealer()], OWNERS)
    sent = np.zeros((1, 1, 4), np.int32)
    sent[0, 0, week] = 9
    assert len(verify(case, LetterPlan(case, "", sent))) == breaches


@at_once("policy", FEASIBLE)
@at_once(("printed", "late"), [([4, 5, 9], 0), ([4, 4, 9], 1), ([5, 5, 9], 0), ([0, 0, 9], 9)])
def test_a_lawful_week_is_kept_where_the_mail_house_can_print_by_then(printed, late, policy):
    made = plan(problem([bundle(mail_by_week=1)], [dealer()], OWNERS, mail=printed), policy)
    assert made.letters[0, 0, 2:].sum() == late
    assert made.letters.sum() == 9
    assert made.interim.sum() == 0


@at_once("policy", FEASIBLE)
@at_once(("pool", "interim"), [([0, 8], 1), ([0, 9], 0), ([0, 8, 9], 1), ([9], 0)])
def test_a_kit_that_is_missing_in_the_lawful_week_makes_an_interim_notice(pool, interim, policy):
    case = problem([bundle(kits={"P": 1}, mail_by_week=1)], [dealer()], OWNERS, supply={"P": pool})
    made = plan(case, policy)
    assert made.interim.sum() == interim
    assert made.letters[0, 0, :2].sum() == 9
    assert made.second.sum() == (interim if len(pool) == 3 else 0)
    assert verify(case, made) == []


@at_once(("interim", "breaches"), [(2, 0), (3, 0), (4, 1)])
def test_the_check_finds_more_interim_notices_than_letters(interim, breaches):
    case = problem([bundle()], [dealer()], OWNERS)
    sent, warned = np.zeros((2, 1, 1, 4), np.int32)
    sent[0, 0, 1], warned[0, 0, 1] = 3, interim
    assert len(verify(case, LetterPlan(case, "", sent, interim=warned))) == breaches


@at_once(("week", "breaches"), [(1, 1), (2, 0), (3, 0)])
def test_the_check_finds_a_second_letter_before_its_interim_one(week, breaches):
    case = problem([bundle()], [dealer()], OWNERS)
    sent, second = np.zeros((2, 1, 1, 4), np.int32)
    sent[0, 0, 2], second[0, 0, week] = 1, 1
    made = LetterPlan(case, "", sent, interim=sent, second=second)
    assert len(verify(case, made)) == breaches


def test_second_letters_count_at_the_mail_house_and_interim_ones_ask_for_no_kit():
    case = problem([bundle(kits={"P": 1})], [dealer()], OWNERS, supply={"P": [0, 0, 1]}, mail=[2])
    sent, second = np.zeros((2, 1, 1, 4), np.int32)
    sent[0, 0, 0], second[0, 0, 2] = 2, 1
    assert verify(case, LetterPlan(case, "", sent, interim=sent, second=second)) == []
    sent[0, 0, 0], second[0, 0, 2] = 2, 2
    (breach,) = verify(case, LetterPlan(case, "", sent, interim=sent, second=second))
    assert str(breach).startswith("(8) parts: P is 1.0 kits short in week 2")
    sent[0, 0, 2] = 1
    found = verify(case, LetterPlan(case, "", sent, interim=sent, second=second))
    assert [breach.constraint for breach in found] == ["(2) mail house", "(8) parts"]


@at_once(("letters", "breaches"), [(10, 0), (11, 1)])
def test_a_quantile_plans_no_more_than_one_kit_a_letter(letters, breaches):
    """0.95 at the 99 % quantile is 0.95 x exp(0.15 x 2.33) = 1.35 requests a letter: one is taken."""
    case = problem(
        [bundle(kits={"P": 1}, response=[0.95])], [dealer()], {("b", "d"): 20},
        supply={"P": [10]}, parts_quantile=0.99,
    )  # fmt: skip
    sent = np.array([[[letters, 0, 0, 0]]], np.int32)
    assert len(verify(case, LetterPlan(case, "", sent))) == breaches
    assert plan(case).letters.sum() == 10
