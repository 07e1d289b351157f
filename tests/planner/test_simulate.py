"""Replays: the queue keeps its books, the seed its word, and the best plan its lead on the tight instance."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from cases import at_once
from planner.cases import bundle, dealer, problem
from planner.made_up_problems import made_up, tight
from renotify.planner.plan_by_policy import plan
from renotify.planner.played_weeks import (
    Visits,
    answered,
    answers,
    arrivals,
    requests,
    worked,
)
from renotify.planner.simulate import MEASURES, Outcome, judgement, simulate, table


@cache
def best(quantile=None):
    """The best plan of the tight instance."""
    return plan(replace(tight(), parts_quantile=quantile))


@cache
def played(quantile):
    """Four runs of it."""
    return simulate(tight(), "optimal", best(quantile).remedy_letters, replications=4)


def sure(**changes):
    """A follow-up of which everybody answers at once, as far as Poisson allows."""
    case = problem(
        [bundle(hours=1, kits={"P": 1})],
        [dealer("d", [50])],
        {("b", "d"): 400},
        weeks=12,
        **changes,
    )
    return replace(case, response_spread=1e-9)


def test_one_seed_gives_one_table():
    case = made_up(2, 6, 12)
    letters = plan(case).remedy_letters
    first, second = (simulate(case, "optimal", letters, seed=5, replications=3) for _ in range(2))
    assert table([first]) == table([second])


def test_with_kits_and_hours_enough_nobody_waits_or_is_turned_away():
    case = problem([bundle()], [dealer()], {("b", "d"): 400}, weeks=12)
    seen = simulate(case, "all-at-once", plan(case, "all-at-once").letters)
    assert seen.mean("turned_away") == 0
    assert seen.mean("mean_wait") == pytest.approx(0, abs=1e-9)


def test_hours_are_worked_first_in_first_out():
    case = sure(supply={"P": [9999]})
    seen = simulate(case, "all-at-once", plan(case, "all-at-once").letters)
    assert seen.repaired[:8] == pytest.approx(50 * np.arange(1, 9), rel=0.1)
    assert seen.mean("mean_wait") == pytest.approx(3.5, rel=0.1)


def test_owners_who_find_no_kit_are_turned_away_and_some_never_return():
    case = sure(supply={"P": [100]})
    seen = simulate(case, "all-at-once", plan(case, "all-at-once").letters)
    assert seen.mean("turned_away") == pytest.approx(75, abs=3)
    assert seen.mean("lost") == pytest.approx(15, abs=2)
    assert seen.repaired[-1] == pytest.approx(100, abs=0.1)


def test_the_best_plan_beats_the_plain_policies_on_the_shipped_tight_instance():
    case = tight()
    plain = ("greedy", "uniform:8", "oldest-first", "zip-order", "all-at-once")
    plans = {"optimal": best()} | {policy: plan(case, policy) for policy in plain}
    seen = [
        simulate(case, policy, made.remedy_letters, replications=6)
        for policy, made in plans.items()
    ]
    assert all(sentence.startswith("optimal saves") for sentence in judgement(seen))
    assert all(name in table(seen) for name in MEASURES.values())


def test_where_a_plain_policy_is_as_good_it_says_so():
    case = problem([bundle()], [dealer()], {("b", "d"): 400}, weeks=12)
    seen = [simulate(case, p, plan(case, p).remedy_letters) for p in ("optimal", "all-at-once")]
    (told,) = judgement(seen)
    assert told.startswith(
        "all-at-once is as good as optimal here in exposure saved: it turns away as many"
    )
    assert told.endswith(" and all of them together wait as long.")


def test_parts_at_the_quantile_turn_fewer_owners_away():
    mean, careful = (played(q) for q in (None, 0.9))
    assert careful.mean("turned_away") < mean.mean("turned_away") / 3


def test_the_price_of_the_parts_margin_is_told_beside_what_it_saves():
    from renotify.planner.simulate import price_of_margin

    seen = [played(q) for q in (None, 0.9)]
    told = price_of_margin(*seen, *(best(q).objective for q in (None, 0.9)))
    assert "owners turned away go from" in told


def outcome(policy, saved, away, waited):
    """Of three runs that differ by chance; saved in thousands."""
    noise = np.array([-0.01, 0.0, 0.01])
    measures = {name: np.zeros(3) for name in MEASURES}
    measures |= {"saved": saved + noise, "turned_away": away + noise, "waited": waited + noise}
    return Outcome(policy, measures, np.zeros(4), 1, 2000.0)


BETTER = (
    "optimal saves 25.0 % more exposure than plain (200 vehicle-weeks of risk, 10.0 % of what is possible),"
    " turns away 3.0 points fewer of the owners who ask, and all of them together wait 40 owner-weeks more."
)
WORSE = (
    "plain saves 25.0 % more exposure than optimal here (250 vehicle-weeks of risk, 12.5 % of what is possible),"
    " turns away 30.0 points more of the owners who ask, and all of them together wait 1,200 owner-weeks more."
)
ONE_WEEK = (
    "plain is as good as optimal here in exposure saved: it turns away as many of the owners who ask,"
    " and all of them together wait 1 owner-week more."
)
ALIKE = (
    "plain is as good as optimal here in exposure saved: it turns away as many of the owners who ask,"
    " and all of them together wait 10 owner-weeks less."
)


@at_once(
    ("saved", "away", "waited", "said"),
    [
        (0.8, 4.0, 60.0, BETTER),
        (1.25, 31.0, 1300.0, WORSE),
        (1.0, 1.0, 90.0, ALIKE),
        (1.0, 1.0, 101.0, ONE_WEEK),
    ],
)
def test_both_sides_are_told_in_risk_owners_and_owner_weeks(saved, away, waited, said):
    ours = outcome("optimal", 1.0, 1.0, 100.0)
    assert judgement([ours, outcome("plain", saved, away, waited)]) == [said]


def test_plans_are_replayed_with_the_same_owners_and_the_same_walk_ins():
    """Who would answer is drawn before it is known who is written to when: written to a week later, they answer a week later."""
    case = problem(
        [bundle(response=[0.1, 0.05])], [dealer("d"), dealer("e")], {("b", "d"): 900, ("b", "e"): 100}, weeks=8,
        background=[{"bundle": "b", "dealer": "d", "per_week": [3.0] * 8}],
    )  # fmt: skip
    factors = np.ones((5, 1))
    now, later, half = (np.zeros((1, 2, 8), np.int64) for _ in range(3))
    now[0, :, 0] = later[0, :, 1] = 900, 100
    half[0, :, 0] = 450, 50
    drawn = [
        answers(case, letters, factors, np.random.default_rng(7)) for letters in (now, later, half)
    ]
    assert (drawn[0][..., :-1] == drawn[1][..., 1:]).all()
    assert (drawn[2] <= drawn[0]).all()
    assert 0 < drawn[2].sum() < drawn[0].sum()
    nobody = np.zeros_like(now)
    alone = requests(case, nobody, factors, np.random.default_rng(7))
    asking = requests(case, now, factors, np.random.default_rng(7))
    assert (alone.sum(axis=(1, 2, 3)) > 0).all()
    assert (asking >= alone).all()


def test_answers_are_poisson_of_the_mean_that_the_letters_bring():
    """900 letters in week 0 and 100 in week 2, of which 10 and 5 in a hundred answer in the letter's week and the next."""
    case = problem([bundle(response=[0.1, 0.05])], [dealer("d")], {("b", "d"): 1500}, weeks=4)
    letters = np.zeros((1, 1, 4), np.int64)
    letters[0, 0, [0, 2]] = 900, 100
    found = answers(case, letters, np.full((4000, 1), 1.2), np.random.default_rng(3))[:, 0, 0]
    mean = 1.2 * np.array([90, 45, 10, 5])
    assert found[:, :4].mean(axis=0) == pytest.approx(mean, rel=0.02)
    assert found[:, :4].var(axis=0) == pytest.approx(mean, rel=0.08)
    assert not found[:, 4:].any()
    assert abs(np.corrcoef(found[:, 0], found[:, 1])[0, 1]) < 0.05


def nobody_lost():
    return type("Rng", (), {"binomial": staticmethod(lambda n, _p: 0 * n)})


def test_kits_go_to_the_owner_who_asked_first_and_the_queue_is_served_in_turn():
    case = problem(
        [bundle(hours=2, kits={"P": 1})], [dealer("d", [4], P=1)], {("b", "d"): 9}, supply={"P": [1, 3, 3, 6]},
    )  # fmt: skip
    asking = np.zeros((1, 1, 1, 24), np.int64)
    asking[0, 0, 0, :2] = 4, 1
    met = answered(case, asking, nobody_lost())
    # shelf and pool; two of the pool, for those of week 0 who wait; one in week 3
    assert met.visits.ready.tolist() == [0, 0, 1, 1, 3]
    assert met.visits.asked.tolist() == [0, 0, 0, 0, 1]
    assert met.away[0, 0, :3].tolist() == [2, 1, 0]
    assert met.lacking[0, 0, :3].tolist() == [2, 1, 0]
    assert met.lost.sum() == 0
    # two jobs of two hours fill a week of four hours
    assert worked(case, met.visits, (1, 24)).done.tolist() == [0, 0, 1, 1, 3]


def visits(count, **changes):
    at = {name: np.zeros(count, np.int64) for name in ("run", "bundle", "dealer", "asked", "ready")}
    return Visits(**(at | changes))


def test_a_visit_is_done_in_the_week_that_works_its_last_hour():
    case = problem([bundle(hours=2)], [dealer("d", [3])], {("b", "d"): 9})
    seen = worked(case, visits(4), (1, 24))
    # hours 2, 4, 6 and 8 of the queue; weeks end at 3, 6 and 9
    assert seen.done.tolist() == [0, 1, 1, 2]
    assert seen.waiting[0, 0, :4].tolist() == [0, 5, 2, 0]


def test_a_job_longer_than_a_week_is_worked_over_several():
    case = problem([bundle(hours=14)], [dealer("d", [1])], {("b", "d"): 9})
    assert worked(case, visits(2), (1, 24)).done.tolist() == [13, 24]  # the second not in 24 weeks


def test_within_a_week_the_oldest_request_is_first_and_then_the_higher_risk():
    case = problem(
        [bundle("b"), bundle("grave", risk=5)], [dealer("d", [1])], {("b", "d"): 9, ("grave", "d"): 9}
    )  # fmt: skip
    three = visits(
        3, bundle=np.array([0, 1, 0]), asked=np.array([1, 1, 0]), ready=np.array([1, 1, 1])
    )
    assert worked(case, three, (1, 24)).done.tolist() == [3, 2, 1]


def test_hours_that_nobody_asks_for_are_gone():
    case = problem([bundle(hours=2)], [dealer("d", [3])], {("b", "d"): 9})
    late = visits(2, ready=np.array([2, 2]))
    assert worked(case, late, (1, 24)).done.tolist() == [2, 3]


def test_an_owner_who_does_not_come_loses_the_hours_and_books_again_next_week():
    case = problem([bundle()], [dealer("d", [1])], {("b", "d"): 9})
    draws = iter([np.array([0.1]), np.array([0.9]), np.array([0.9])])
    rng = type("Rng", (), {"random": staticmethod(lambda _n: next(draws, np.zeros(0)))})
    seen = worked(case, visits(2), (1, 24), no_shows=0.5, rng=rng)
    # the first does not come in week 0 and books behind the second
    assert seen.done.tolist() == [2, 1]
    assert sorted(zip(seen.visit, seen.booked, seen.week, strict=True)) == [
        (0, 0, 0),
        (0, 1, 2),
        (1, 0, 1),
    ]


def test_a_late_delivery_comes_later_and_what_is_there_stays():
    case = problem(
        [bundle(kits={"P": 1})], [dealer()], {("b", "d"): 9}, supply={"P": [2, 2, 5, 6]},
    )  # fmt: skip
    assert arrivals(case, 8).tolist() == [[2, 0, 3, 1, 0, 0, 0, 0]]
    assert arrivals(case, 8, 2).tolist() == [[2, 0, 0, 0, 3, 1, 0, 0]]
    assert arrivals(case, 4, 2).tolist() == [[2, 0, 0, 0]]
