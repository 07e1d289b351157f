"""What a plan says of its gravest owners: how long they wait, what it would take to write to them at once, and what can warn them."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from planner.cases import bundle, dealer, problem
from renotify.planner.gravest_owners import MEANWHILE, gravest_bundles
from renotify.planner.letter_plan import to_json
from renotify.planner.plan_by_policy import plan

MILD = 90  # owners of little risk beside whom a few grave ones are less than a tenth


def case(grave=None, dealers=None, owners=4, **limits):
    """Owners at risk 5, and many at risk 1, for eight weeks; everybody answers in the week of the letter."""
    return problem(
        [bundle("grave", risk=5, **grave or {}), bundle("mild")], dealers or [dealer("d"), dealer("e")],
        {("grave", "d"): owners, ("mild", "e"): MILD}, weeks=8, **limits,
    )  # fmt: skip


def test_the_gravest_who_wait_for_kits_are_told_with_their_weeks_and_the_kits_that_lack():
    """No kit comes before week 3, then two a week: two letters go in week 3 and two in week 4. Four kits in week 0 would do."""
    made = plan(case({"kits": {"P": 1}}, supply={"P": [0, 0, 0, 2, 4]}))
    assert made.letters[0, 0].tolist() == [0, 0, 0, 2, 2, 0, 0, 0]
    assert made.messages[:2] == (
        "Of the 4 gravest owners 4 wait: 4 of grave (risk 5) until weeks 3 to 4; their letters may go from week 0 on.",
        f"To write to all of them at once takes 4 more kits of P by week 0. {MEANWHILE}",
    )
    assert "asks nobody in" in MEANWHILE
    # two weeks after the first that they may have a letter the four still wait
    assert to_json(made)["waiting"] == [{"bundle": "grave", "week": 2, "count": 4}]


def test_kits_that_walk_ins_lack_anyway_are_told_apart_from_those_of_the_letters():
    """A kit comes each week and an owner without a letter takes it: the four letters lack four of their own, walk-ins two of week 0."""
    walk_ins = [{"bundle": "mild-too", "dealer": "d", "per_week": [3, 1, 1, 1, 1, 1, 1, 1]}]
    base = problem(
        [bundle("grave", risk=5, kits={"P": 1}), bundle("mild"), bundle("mild-too", kits={"P": 1})], [dealer("d")],
        {("grave", "d"): 4, ("mild", "d"): MILD}, weeks=8, supply={"P": list(range(1, 9))}, background=walk_ins,
    )  # fmt: skip
    made = plan(base)
    assert (
        "takes 4 more kits of P by week 0. That is beyond what walk-ins alone lack: 2 kits of P in weeks 0 to 7."
        in " ".join(made.messages)
    )
    (short,) = to_json(made)["short_kits"]
    assert short == {
        "part": "P",
        "without_letters": 2,
        "weeks": "weeks 0 to 7",
        "for_letters": 4,
        "by": "week 0",
    }
    enough, less = (plan(replace(base, supply=base.supply + kits)).letters[0, 0] for kits in (6, 5))
    assert (enough[0], less[0]) == (4, 3)


def test_one_owner_needs_one_kit_however_many_walk_ins_lack():
    """Seventy come without a letter and find none before week 5; of them the plan says so, of the one letter that it needs one kit."""
    walk_ins = [{"bundle": "mild-too", "dealer": "d", "per_week": [70]}]
    base = problem(
        [bundle("grave", risk=5, kits={"P": 1}), bundle("mild"), bundle("mild-too", kits={"P": 1})], [dealer("d")],
        {("grave", "d"): 1, ("mild", "d"): MILD}, weeks=8, supply={"P": [0, 0, 0, 0, 0, 71]}, background=walk_ins,
    )  # fmt: skip
    made = plan(base)
    assert made.messages[1].startswith(
        "To write to all of them at once takes 1 more kit of P by week 0. That is beyond what walk-ins alone lack: 70 kits of P in"
        " weeks 0 to 4."
    )
    assert any("Background traffic alone is 70.0 kits of P short" in said for said in made.messages)


def test_a_kit_that_walk_ins_lack_may_do_for_a_letter_as_well():
    """Half a kit lacks without a letter, and half of one is asked by it: the kit that walk-ins lack is enough for both."""
    walk_ins = [{"bundle": "mild-too", "dealer": "d", "per_week": [0.5]}]
    base = problem(
        [bundle("grave", risk=5, kits={"P": 1}, response=[0.5]), bundle("mild"), bundle("mild-too", kits={"P": 1})], [dealer("d")],
        {("grave", "d"): 1, ("mild", "d"): MILD}, weeks=8, supply={"P": [0, 0, 0, 0, 0, 2]}, background=walk_ins,
    )  # fmt: skip
    assert plan(base).messages[1] == (
        f"They wait for what walk-ins alone lack: 1 kit of P in weeks 0 to 4. {MEANWHILE}"
    )


def test_a_trace_of_a_kit_is_not_told_as_none():
    walk_ins = [{"bundle": "b", "dealer": "d", "per_week": [0.01]}]
    base = problem(
        [bundle(kits={"P": 1})],
        [dealer("d")],
        {("b", "d"): 4},
        supply={"P": [0, 4]},
        background=walk_ins,
    )
    (said,) = [one for one in plan(base).messages if "Background" in one]
    assert said.startswith(
        "Background traffic alone is less than 0.1 kits of P short in week 0 (needed less than 0.1 by then, 0.0 confirmed)"
    )


def test_owners_who_get_no_letter_at_all_wait_past_the_horizon():
    made = plan(case({"kits": {"P": 1}}, supply={"P": [1, 1, 1, 1, 1, 2]}))
    assert made.messages[0] == (
        "Of the 4 gravest owners 3 wait: 1 of grave (risk 5) until week 5 and 2 past the horizon; their letters may go from week 0 on."
    )
    assert "takes 3 more kits of P by week 0." in made.messages[1]


def test_hours_and_places_at_the_mail_house_that_lack_are_told():
    """One hour a week for jobs of an hour, and two pieces a week for a letter of two: of four letters two wait two weeks or three."""
    made = plan(case({"pieces": 2}, [dealer("d", [1]), dealer("e")], mail=[2]))
    assert made.letters[0, 0].tolist() == [1, 1, 1, 1, 0, 0, 0, 0]
    assert made.messages[0].startswith(
        "Of the 4 gravest owners 2 wait: 2 of grave (risk 5) until weeks 2 to 3;"
    )
    assert made.messages[1].startswith(
        "To write to all of them at once takes technician hours at 1 dealer, the most at d (3.0); 6 more pieces of the mail house in"
        " week 0. "
    )


def test_an_interim_notice_is_offered_where_kits_or_hours_lack_and_not_where_the_mail_house_does():
    made = plan(case(mail=[1]))
    assert (
        made.messages[1]
        == "To write to all of them at once takes 3 more pieces of the mail house in week 0."
    )


def test_where_letters_of_less_risk_are_worth_more_nothing_is_said_to_be_short():
    """Ten hours a week are ten mild visits or one grave one: the mild ones remove twice the risk, and the grave one comes last."""
    base = problem(
        [bundle("grave", risk=5, hours=10), bundle("mild")], [dealer("d", [10])], {("grave", "d"): 1, ("mild", "d"): 30}, weeks=8
    )  # fmt: skip
    made = plan(base)
    assert made.letters[0, 0].tolist() == [0, 0, 0, 1, 0, 0, 0, 0]
    assert made.messages[1] == (
        "Nothing is short for them alone: letters that remove more risk by the same kits and hours go first."
    )


def test_with_the_kits_that_are_told_all_go_at_once_and_with_one_less_they_do_not():
    """Counts and response vary, so that it takes more kits than the mean; a margin grows with the pool."""
    made = case(
        {"kits": {"P": 1}, "response": [0.3, 0.2]}, owners=9, supply={"P": [0, 0, 0, 0, 20]}, parts_quantile=0.9, parts_count_spread=1.0
    )  # fmt: skip
    (told,) = re.findall(r"takes (\d+) more kits of P", " ".join(plan(made).messages))
    more = int(told)
    assert more > 9 * 0.5
    enough, less = (
        plan(replace(made, supply=made.supply + kits)).letters[0, 0] for kits in (more, more - 1)
    )
    assert enough[0] == 9
    assert less[0] < 9


def test_who_waits_a_week_and_who_is_as_grave_as_everybody_is_not_told():
    short = plan(case({"kits": {"P": 1}}, supply={"P": [2, 4]}))
    assert short.letters[0, 0, :2].tolist() == [2, 2]
    alike = plan(
        problem([bundle(kits={"P": 1})], [dealer()], {("b", "d"): 4}, supply={"P": [0, 0, 0, 4]})
    )
    assert not any("gravest" in message for made in (short, alike) for message in made.messages)


def test_the_gravest_are_the_bundles_of_the_highest_risk_up_to_a_tenth_of_the_owners():
    def of(*owners):
        bundles = [bundle(f"b{risk}", risk=risk) for risk in (9, 7, 5)]
        base = problem(
            bundles, [dealer()], {(b["id"], "d"): n for b, n in zip(bundles, owners, strict=True)}
        )
        return gravest_bundles(base).tolist()

    assert of(4, 6, 90) == [True, True, False]
    assert of(4, 7, 90) == [True, False, False]
    assert of(40, 7, 53) == [True, False, False]  # the highest alone is more
    assert of(60, 7, 33) == [False, False, False]  # most bear it


def test_a_bundle_with_a_lawful_date_is_told_by_its_interim_notices_instead():
    base = case({"kits": {"P": 1}, "mail_by_week": 1}, supply={"P": [0, 0, 0, 4]})
    assert not np.any(gravest_bundles(base)[0])
    assert plan(base).interim.sum() == 4
