"""From a program's fractions to whole letters: nothing is lost to rounding, and the best of what is computed is the plan."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from planner.cases import bundle, dealer, problem
from planner.made_up_problems import made_up, with_two_letters
from renotify.planner import plan_by_policy
from renotify.planner.fill import Fill, fill_to_quota, whole_quota
from renotify.planner.letter_plan import exposure_removed
from renotify.planner.plan_by_policy import plan
from renotify.planner.policies import PLAIN, letters_of, weekly_letters_of, within_national_limits
from renotify.planner.two_level import Guide, draft

SEEDS = [
    0,
    *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2)),
    3,
]  # of one owner, and of eight
FOUR_OF_32 = [  # each number of owners at a dealer once, of other parts; the others are slow
    pytest.param(seed, marks=() if seed < 4 else pytest.mark.slow) for seed in range(32)
]
WITHIN = 1e-4  # of the exposure removed: what rounding may cost


@cache
def small_dealers(seed):
    """Twenty dealers with one to eight owners of a bundle each, short of kits and hours."""
    return made_up(3, 20, 12, seed=seed, parts=0.5, labour=0.75, owners_per_cell=(1, 2, 4, 8)[seed])


@cache
def planned(seed, policy):
    return plan(small_dealers(seed), policy)


def cumulative(*weeks):
    """A quota of one bundle: for each week the letters that each group should have had. [1, G, T]"""
    return np.array(weeks, float).T[None]


def test_a_quota_that_the_solver_leaves_a_hair_short_is_the_whole_number():
    assert whole_quota(cumulative([2.9999, 2.9998, 3.0001])).tolist() == [[[3], [3], [3]]]


def test_fractions_of_groups_add_up_to_the_nation_s_letters_and_never_beyond():
    # 0.4, 0.8, 1.2 so far: with the third group all together are owed one letter
    assert whole_quota(cumulative([0.4, 0.4, 0.4])).tolist() == [[[0], [0], [1]]]
    assert whole_quota(np.array([[[0.6, 0.9, 1.0]]])).tolist() == [[[0, 0, 1]]]


def test_letters_that_a_full_dealer_refuses_go_to_another_dealer_in_the_same_week():
    case = problem(
        [bundle("grave"), bundle("mild")], [dealer("full", hours=[0]), dealer("free")],
        {("grave", "full"): 4, ("grave", "free"): 4, ("mild", "free"): 9}, mail=[5],
    )  # fmt: skip
    fill = Fill(case)
    quota = np.zeros((2, 1, 4))
    quota[0], quota[1] = 4, 5
    fill_to_quota(fill, quota, np.zeros(2, np.int64), lambda _week: np.array([0, 1]))
    assert fill.letters[0, :, 0].tolist() == [0, 4]  # two of them were the full dealer's
    assert fill.letters[1, :, 0].tolist() == [0, 1]  # what the mail house still prints


def test_a_guide_made_of_a_plan_s_letters_gives_the_same_letters():
    case = problem([bundle()], [dealer("d"), dealer("e")], {("b", "d"): 5, ("b", "e"): 2}, mail=[3])
    letters = letters_of(case, "zip-order")
    guide = Guide.of_letters(letters)
    fill = Fill(case)
    fill_to_quota(fill, guide.quota, guide.group, lambda _week: np.array([0]))
    assert fill.letters.tolist() == letters.tolist()


def needs_no_more(case, one, other):
    """Whether a letter of one bundle uses no more pieces, and no more hours and kits in any week, than one of another."""
    if case.printed[one] > case.printed[other]:
        return False
    hours = case.labour[:, None] * case.cumulative
    kits = [case.kernel(int(p)) for p in case.binding]
    return all((use[one] <= use[other] + 1e-12).all() for use in (hours, *kits))


def waiting(case, letters):
    """Letters that wait at a dealer, or never go, while one goes that is worth less there and then and needs at least as much."""
    found = 0
    held = case.owners - letters.sum(axis=2)
    letters = np.concatenate([letters, held[:, :, None]], axis=2)  # the last week is never
    value = np.concatenate([case.value, np.zeros((len(case.bundles), 1))], axis=1)
    for one, other in np.ndindex(len(case.bundles), len(case.bundles)):
        if one == other or not needs_no_more(case, one, other):
            continue
        for early, late in zip(*np.triu_indices(case.weeks + 1, 1), strict=True):
            gain = value[one, early] - value[one, late]
            loss = value[other, early] - value[other, late]
            if case.first_week[one] <= early and gain > loss + 1e-9:
                found += np.minimum(letters[one, :, late], letters[other, :, early]).sum()
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_no_letter_waits_while_one_worth_less_goes_that_needs_at_least_as_much(seed):
    assert waiting(small_dealers(seed), planned(seed, "optimal").remedy_letters) == 0


@pytest.mark.parametrize("seed", FOUR_OF_32)
def test_ten_more_kits_never_make_a_plan_worse_nor_does_a_graver_letter_wait(seed):
    """Vehicles of one and of two letters, one to eight owners of a bundle at a dealer, short of kits, hours and the mail house."""
    case = made_up(2, 10, 10, seed=seed, parts=0.5, labour=0.75, owners_per_cell=2.0 ** (seed % 4))
    case = with_two_letters(case, seed=seed)
    part = case.binding[seed % len(case.binding)]
    more = case.supply.copy()
    more[part] += 10
    before, after = plan(case), plan(replace(case, supply=more))
    assert after.objective >= before.objective * (1 - WITHIN)
    assert waiting(case, before.remedy_letters) == 0


SIZES = {  # dealers, weeks, owners of a bundle at a dealer: letter decisions of three campaigns
    2_160: (30, 12, 4), 3_840: (40, 16, 2), 61_100: (235, 26, None)
}  # fmt: skip


@pytest.mark.parametrize(
    "decisions",
    [pytest.param(size, marks=() if size != 3_840 else pytest.mark.slow) for size in SIZES],
)
def test_ten_more_kits_of_every_part_never_make_a_larger_plan_worse_nor_does_a_graver_letter_wait(
    decisions,
):
    """None of these is proven to be the best; ten kits more of every part are worth more all the same."""
    dealers, weeks, owners = SIZES[decisions]
    case = made_up(
        3 if owners else 5, dealers, weeks,
        seed=weeks, parts=0.5, labour=0.75, owners_per_cell=owners,
    )  # fmt: skip
    assert case.owners.size * case.weeks == decisions
    before, after = plan(case), plan(replace(case, supply=case.supply + 10))
    assert after.objective >= before.objective
    assert waiting(case, before.remedy_letters) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_no_other_policy_within_the_limits_is_better_than_optimal_nor_optimal_better_than_exact(
    seed,
):
    best = planned(seed, "optimal").objective
    assert planned(seed, "greedy").objective <= best
    assert best <= planned(seed, "exact").objective * (1 + 1e-9)


def test_a_plain_policy_that_keeps_every_limit_is_among_the_drafts():
    # the riskier bundle's owners answer so late that the even spread is as good as anything: it may not be missed
    case = problem(
        [bundle("b", risk=1, kits={"P": 1})], [dealer()], {("b", "d"): 8},
        supply={"P": [2, 4, 6, 8]},
    )  # fmt: skip
    even = letters_of(case, "uniform:4")
    assert within_national_limits(case, weekly_letters_of(case, "uniform:4"))
    assert plan(case).objective >= exposure_removed(case, even)


def test_of_a_large_problem_a_plain_policy_worth_less_than_the_best_draft_is_not_filled(
    monkeypatch,
):
    """Forty kits of each week serve everybody at once: all at once and in order are worth the best draft, an even spread is worth less."""
    case = problem(
        [bundle(kits={"P": 1})], [dealer()], {("b", "d"): 8}, supply={"P": [40]}, mail=[40]
    )
    best, drafted = draft(case, None), []
    monkeypatch.setattr(
        plan_by_policy, "draft", lambda *given: drafted.append(given) or draft(*given)
    )
    same = plan_by_policy._best_of_plain(case, best)
    assert (
        len(drafted) == len(PLAIN) + 1
    )  # each plain policy, and an even spread over two weeks of four
    monkeypatch.setattr(plan_by_policy, "PLAIN_CELLS", 0)
    assert plan_by_policy._best_of_plain(case, best) is best
    assert len(drafted) == len(PLAIN) + 1
    nothing = draft(replace(case, supply=case.supply * 0), None)
    better = plan_by_policy._best_of_plain(
        case, nothing
    )  # what is worth more is filled, whatever the size
    assert exposure_removed(case, better.remedy) == exposure_removed(case, same.remedy) == 8 * 4


def test_a_plain_policy_is_no_draft_where_it_exceeds_the_mail_house_or_the_kits_of_the_nation():
    case = problem(
        [bundle(kits={"P": 1})],
        [dealer(P=1)],
        {("b", "d"): 4},
        supply={"P": [2, 3, 3, 3]},
        mail=[3, 9],
    )
    everything = weekly_letters_of(case, "all-at-once")
    assert not within_national_limits(case, everything)  # 4 letters, 3 pieces a week
    enough = replace(case, mail_capacity=np.array([9.0, 9, 9, 9]))
    assert not within_national_limits(
        enough, everything
    )  # 4 kits, 1 on the shelf and 2 in the pool
    assert within_national_limits(replace(enough, supply=enough.supply + 1), everything)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_problem_of_small_dealers_is_planned_within_half_a_percent_of_the_best(seed):
    assert planned(seed, "optimal").gap <= 0.005
