"""The verifier finds a planted breach of each constraint, and nothing where there is none."""

from dataclasses import replace

import numpy as np

from cases import at_once
from planner.cases import PLAIN, bundle, dealer, problem
from planner.made_up_problems import made_up
from renotify.planner.letter_plan import LetterPlan
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify


def planted(case, letters, **more):
    found = verify(case, LetterPlan(case, "planted", np.array(letters, np.int32), **more))
    return [str(breach) for breach in found]


def only(found, words):
    assert len(found) == 1
    assert words in found[0]


def test_1_more_letters_than_owners():
    only(
        planted(problem([bundle()], [dealer()], {("b", "d"): 3}), [[[2, 2, 0, 0]]]),
        "(1) owners: 4 letters for the 3",
    )


def test_1_a_negative_count():
    found = planted(problem([bundle()], [dealer()], {("b", "d"): 3}), [[[2, -1, 0, 0]]])
    assert "(1) owners: a number of letters is negative." in found


def test_1_a_lawful_date_missed():
    case = problem([bundle(mail_by_week=1)], [dealer()], {("b", "d"): 3})
    only(
        planted(case, [[[0, 2, 1, 0]]]),
        "(1) owners: 1 first notice of b misses its last lawful week, 1",
    )


def test_1_a_second_letter_before_its_interim_one():
    case = problem([bundle()], [dealer()], {("b", "d"): 3})
    interim, second = np.zeros((2, 1, 1, 4), np.int32)
    interim[0, 0, 2] = second[0, 0, 1] = 1
    only(planted(case, [[[0, 0, 1, 0]]], interim=interim, second=second), "before its interim one")


def test_2_a_week_beyond_the_mail_house():
    only(
        planted(problem([bundle()], [dealer()], {("b", "d"): 9}, mail=[3]), [[[2, 5, 0, 0]]]),
        "(2) mail house: week 1",
    )


def test_3_a_letter_before_the_first_week():
    case = problem([bundle(first_week=2)], [dealer()], {("b", "d"): 9})
    only(planted(case, [[[0, 1, 2, 0]]]), "(3) first date: 1 letter of b goes out")


@at_once(("wait", "ok"), [(0, 2), (1, 4), (2, 6)])
def test_5_and_6_hours_beyond_the_wait_bound(wait, ok):
    case = problem([bundle(hours=2)], [dealer(hours=[4])], {("b", "d"): 9}, wait=wait)
    assert planted(case, [[[ok, 0, 0, 0]]]) == []
    only(planted(case, [[[ok + 1, 0, 0, 0]]]), "(6) wait: dealer d is 2.0 hours over in week 0")


def test_7_and_8_kits_beyond_shelf_and_pool():
    case = problem(
        [bundle(kits={"P": 2})],
        [dealer(P=2), dealer("e", P=50)],
        {("b", "d"): 9, ("b", "e"): 9},
        supply={"P": [2, 4]},
    )
    assert planted(case, [[[2, 1, 0, 0], [9, 0, 0, 0]]]) == []
    only(
        planted(case, [[[2, 2, 0, 0], [9, 0, 0, 0]]]),
        "(8) parts: P is 2.0 kits short in week 1 (needed 6.0 by then, 4.0 confirmed)",
    )


def test_8_at_the_planned_quantile():
    case = problem(
        [bundle(kits={"P": 1}, response=[0.5])],
        [dealer()],
        {("b", "d"): 99},
        supply={"P": [30]},
        parts_quantile=0.9,
    )
    assert planted(case, [[[49, 0, 0, 0]]]) == []
    only(planted(case, [[[50, 0, 0, 0]]]), "(8) parts: P")


def test_9_a_tool_that_is_still_away():
    case = problem(
        [bundle(tools={"jack": 1})],
        [dealer()],
        {("b", "d"): 9},
        tools={"jack": {"weeks": 2, "pool": [2]}},
    )
    assert planted(case, [[[2, 0, 2, 0]]]) == []
    only(planted(case, [[[2, 1, 0, 0]]]), "(9) tools: jack is 1.0 kits short in week 1")


def test_background_beyond_a_limit_is_not_the_plans_fault():
    walk_in = [{"bundle": "b", "dealer": "d", "per_week": [9, 0, 0, 0]}]
    case = problem([bundle()], [dealer(hours=[3])], {("b", "d"): 9}, background=walk_in)
    assert planted(case, [[[0, 0, 0, 3]]]) == []
    only(planted(case, [[[1, 0, 0, 0]]]), "(6) wait")


def test_a_plan_of_another_shape():
    only(planted(problem([bundle()], [dealer()], {}), [[[1]]]), "shaped")


def test_what_a_plain_policy_breaks_is_in_its_messages():
    case = made_up(2, 8, 12, parts=0.3, labour=0.5)
    for policy in PLAIN:
        assert any(m.startswith("(6) wait") for m in plan(case, policy).messages)


def test_plain_policies_write_to_everybody_once_and_respect_first_weeks():
    case = replace(made_up(2, 8, 20), mail_capacity=np.full(20, 500.0))
    for policy in PLAIN:
        made = plan(case, policy)
        assert (made.letters.sum(axis=2) <= case.owners).all()
        broken = {breach.constraint for breach in verify(case, made)}
        assert not broken & {"(1) owners", "(3) first date"}
    found = verify(case, plan(case, "oldest-first"))
    assert "(2) mail house" not in {breach.constraint for breach in found}


def test_zip_order_follows_the_zip_codes():
    dealers = [{**dealer("a"), "zip": "90210"}, {**dealer("b"), "zip": "10001"}]
    case = problem([bundle()], dealers, {("b", "a"): 2, ("b", "b"): 2}, mail=[2])
    assert plan(case, "zip-order").letters[0, :, 0].tolist() == [0, 2]


def test_oldest_first_follows_the_stated_order():
    bundles = [bundle("young", order=2), bundle("old", order=1)]
    case = problem(bundles, [dealer()], {("young", "d"): 2, ("old", "d"): 2}, mail=[2])
    assert plan(case, "oldest-first").letters[:, 0, 0].tolist() == [0, 2]
