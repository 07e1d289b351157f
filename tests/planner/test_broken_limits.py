"""A plain policy that breaks limits says which and by how much, and is replayed within them, too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cases import at_once
from planner.cases import bundle, dealer, problem
from planner.made_up_problems import made_up
from renotify.planner.broken_limits import broken_limits
from renotify.planner.letter_plan import LetterPlan
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify
from renotify.planner.policies import PLAIN, letters_of, within_limits
from renotify.planner.simulate import judgement, simulate

EVERYTHING = (
    "the mail house 2.0 times its letters in week 0, kits of Q 6.0 times what is confirmed, kits of P 3.0 times what is confirmed,"
    " kits of S 2.0 times what is confirmed, 1 more part and hours at 1 dealer (d3 3.0 times what it has within the wait)"
)


def all_at_once(case):
    return broken_limits(case, letters_of(case, "all-at-once"))


def three_owners_a_dealer(**limits):
    """Twelve owners at four dealers, who all ask at once."""
    dealers = [dealer(f"d{i}", limits.pop(f"hours{i}", None)) for i in range(4)]
    owners = {("b", f"d{i}"): 3 for i in range(4)}
    kits = dict.fromkeys(limits.get("supply") or {}, 1)
    return problem([bundle(kits=kits)], dealers, owners, **limits)


@at_once(
    ("limits", "said"),
    [
        ({}, ""),
        ({"mail": [12], "supply": {"P": [12]}, "hours0": [3]}, ""),
        ({"mail": [2.5]}, "the mail house 4.8 times its letters in week 0"),
        ({"mail": [0, 12]}, "the mail house in week 0, when it prints none"),
        ({"supply": {"P": [4]}}, "kits of P 3.0 times what is confirmed"),
        ({"supply": {"P": [0, 12]}}, "kits of P in week 0, when none is there (12.0 missing)"),
        ({"supply": {"P": [11.9]}}, "kits of P 1.01 times what is confirmed"),
        ({"hours1": [2], "hours2": [1]}, "hours at 2 dealers (d2 3.0 times what it has within the wait)"),
        ({"hours0": [1, 0], "wait": 1}, "hours at 1 dealer (d0 3.0 times what it has within the wait)"),
        ({"hours0": [1], "wait": 1}, "hours at 1 dealer (d0 1.5 times what it has within the wait)"),
        ({"hours0": [0], "hours1": [1]}, "hours at 2 dealers (d0 has none within the wait)"),
        (
            {"supply": {"P": [4], "Q": [2], "R": [12], "S": [6], "T": [8]}, "mail": [6], "hours3": [1]},
            EVERYTHING,
        ),
    ],
)  # fmt: skip
def test_limits_that_all_letters_at_once_break_are_named_with_how_many_times(limits, said):
    assert all_at_once(three_owners_a_dealer(**limits)) == said


@at_once(
    ("quantile", "said"),
    [
        (None, "kits of P 2.0 times what is confirmed"),
        (0.5, "kits of P 2.0 times what is confirmed"),
        (0.9, "kits of P 2.4 times what is confirmed (in 1 run of 10)"),
        (0.95, "kits of P 2.6 times what is confirmed (in 1 run of 20)"),
        (0.85, "kits of P 2.3 times what is confirmed (in 15.0 % of runs)"),
    ],
)
def test_kits_at_the_quantile_of_parts_say_how_often_as_many_are_asked_for(quantile, said):
    """Twelve owners of whom half ask, three kits: 6 / 3 on average; e^(0.15 x 1.282), e^(0.15 x 1.645), e^(0.15 x 1.036) times as many."""
    case = problem(
        [bundle(kits={"P": 1}, response=[0.5])], [dealer()], {("b", "d"): 12}, supply={"P": [3]},
        parts_quantile=quantile, response_spread=0.15,
    )  # fmt: skip
    assert all_at_once(case) == said
    (breach,) = verify(case, LetterPlan(case, "", letters_of(case, "all-at-once")))
    often = said.partition("(")[2].strip(")")
    assert f"by then{f' {often}' if often else ''}, 3.0 confirmed" in str(breach)


def test_a_tool_that_cannot_be_lent_and_a_crumb_of_a_kit_are_told_too():
    """Three visits in week 0, the tools come a week later; four letters of whom one in a hundred asks for a kit that is not there."""
    case = problem([bundle(tools={"jack": 1})], [dealer()], {("b", "d"): 3}, tools={"jack": {"weeks": 1, "pool": [0, 3]}})  # fmt: skip
    assert all_at_once(case) == "the tool jack in week 0, when none is there (3.0 missing)"
    few = problem([bundle(kits={"P": 1}, response=[0.01])], [dealer()], {("b", "d"): 4}, supply={"P": [0, 1]})  # fmt: skip
    assert all_at_once(few) == "kits of P in week 0, when none is there (less than 0.1 missing)"


def test_weeks_of_the_mail_house_beyond_the_worst_are_counted():
    case = problem([bundle("a"), bundle("b", first_week=1)], [dealer()], {("a", "d"): 4, ("b", "d"): 6}, mail=[2])  # fmt: skip
    assert all_at_once(case) == "the mail house 3.0 times its letters in week 1 (1 more week)"


@at_once("policy", ["uniform:3", *PLAIN])
def test_a_policy_cut_to_the_limits_keeps_every_one(policy):
    case = made_up(2, 10, 20, parts=0.5, labour=0.75)
    cut = within_limits(case, letters_of(case, policy))
    assert verify(case, LetterPlan(case, policy, cut)) == []
    assert broken_limits(case, cut) == ""
    assert cut.sum() > 0.5 * letters_of(case, policy).sum()


def test_who_finds_no_room_waits_for_a_week_that_has_some_oldest_bundle_first():
    case = problem(
        [bundle("new", risk=9, order=2), bundle("old", order=1)], [dealer()], {("new", "d"): 3, ("old", "d"): 3}, mail=[2]
    )  # fmt: skip
    cut = within_limits(case, letters_of(case, "all-at-once"))
    assert cut[:, 0].tolist() == [[0, 1, 2, 0], [2, 1, 0, 0]]


def test_a_policy_that_keeps_every_limit_is_cut_by_nothing():
    case = three_owners_a_dealer(mail=[12])
    letters = letters_of(case, "all-at-once")
    assert (within_limits(case, letters) == letters).all()


def test_no_policy_is_called_better_without_the_limits_that_it_breaks():
    case = replace(
        problem([bundle(response=[0.2] * 4)], [dealer()], {("b", "d"): 4000}, mail=[500], weeks=8),
        response_spread=1e-9,
    )
    seen = [simulate(case, p, plan(case, p).letters, replications=3) for p in ("optimal", "all-at-once")]  # fmt: skip
    breaks = {"all-at-once": all_at_once(case)}
    (told,) = judgement(seen, "optimal", breaks)
    assert told.startswith("all-at-once saves ")
    assert " more exposure than optimal here (" in told
    assert told.endswith("; it breaks limits: the mail house 8.0 times its letters in week 0.")
    assert judgement(seen, "all-at-once", breaks)[0] == (
        "all-at-once breaks limits: the mail house 8.0 times its letters in week 0."
    )
    assert np.array_equal(
        within_limits(case, plan(case, "all-at-once").letters), plan(case).letters
    )


def test_a_plain_policy_is_held_to_the_kits_that_are_kept_for_chance_and_to_their_ceiling():
    """Ten kits; of a mean m nine of ten counts stay below m + 1.28 sqrt(m): 6.69 owners may ask. All nine are 2.3 kits beyond it."""

    def case(owners):
        return problem(
            [bundle(hours=0, kits={"P": 1})], [dealer()], {("b", "d"): owners}, supply={"P": [10]}, parts_quantile=0.9,
            response_spread=0, parts_count_spread=1,
        )  # fmt: skip

    assert plan(case(9)).letters.sum() == 6
    plain = plan(case(9), "all-at-once")
    ((limit, part, over),) = plain.broken
    assert (limit, part, round(over, 1)) == ("kits", "P", 2.3)
    kept = "(needed 9.0 by then, 10.0 confirmed, 3.3 of them kept for chance)"
    assert kept in " ".join(plain.messages)
    assert (
        6 <= plain.bound / 4 < 6.7
    )  # four weeks of each owner's risk; of all ten kits it would be nine
    assert plan(case(6), "all-at-once").broken == ()
