"""A weekly re-plan keeps what is at the mail house, drops who came in, and moves no more than it may."""

from dataclasses import replace

import numpy as np
import pytest

from planner.cases import bundle, dealer, problem
from planner.made_up_problems import made_up
from renotify.planner.letter_plan import possible_exposure
from renotify.planner.moved_letters import LastPlan, moved_later, moves
from renotify.planner.plan_by_policy import plan
from renotify.planner.replan import (
    replan,
    shifted,
    with_letters_in_the_mail,
    with_second_notices,
)


def moving(letters, share, earlier):
    """The sentence of a report that says how many letters move."""
    return (
        f"{letters} letters move to a later week or to none ({share} % of the last plan's other letters), counted over all dealers of a"
        f" bundle; {earlier} come earlier."
    )


def held_back(used, weeks, share):
    """The sentence of a report whose churn limit held letters back: what is used of it, and what it costs."""
    return (
        f"The churn limit held back further moves: {used}. Without it the plan would take off {weeks}.0 vehicle-weeks of risk ({share} % of"
        " what is possible) more."
    )


@pytest.fixture(scope="module")
def case():
    return made_up(2, 6, 12, parts=0.5, labour=0.75)


@pytest.fixture(scope="module")
def last(case):
    return plan(case).letters


def test_nothing_new_moves_nothing_much_and_keeps_the_frozen_weeks(case, last):
    again = replan(case, last)
    assert (again.plan.letters[:, :, :2] == last[:, :, :2]).all()
    assert again.churn <= 0.25
    assert again.plan.objective == pytest.approx(plan(case).objective, rel=0.01)


def test_owners_who_came_in_are_dropped_also_from_the_frozen_weeks(case, last):
    came = np.minimum(last[:, :, 0], 2)
    fewer = replace(case, owners=last.sum(axis=2) - came)
    again = replan(fewer, last)
    assert again.dropped == came.sum()
    assert (again.plan.letters.sum(axis=2) <= fewer.owners).all()
    assert f"{came.sum():,} planned letters are dropped" in " ".join(again.report)


@pytest.mark.parametrize("limit", [0.0, 0.1, 0.3])
def test_churn_stays_within_its_limit_when_the_world_only_improves(case, last, limit):
    better = replace(case, supply=case.supply * 1.3, hours=case.hours * 1.3)
    again = replan(better, last, churn_limit=limit)
    assert again.churn <= limit + 1e-9
    assert "letters move" in " ".join(again.report)


def test_a_broken_supply_moves_letters_beyond_any_limit(case, last):
    worse = replace(case, supply=case.supply * 0.6)
    again = replan(worse, last, churn_limit=0.0)
    assert again.moved > 0
    assert not [m for m in again.plan.messages if m.startswith("(8)")]


def test_shifting_a_plan_drops_the_weeks_gone_by(last):
    assert (shifted(last, 3)[:, :, :-3] == last[:, :, 3:]).all()
    assert shifted(last, 3)[:, :, -3:].sum() == 0


def test_letters_in_the_mail_keep_asking_with_what_is_left_of_their_curve():
    base = problem([bundle(response=[0.2, 0.4, 0.2])], [dealer()], {("b", "d"): 5})
    mailed = np.array([[[0, 80]]])  # 80 silent owners, one week after their letter
    background = with_letters_in_the_mail(base, mailed).background
    assert background[0].tolist() == pytest.approx([40, 20, 0, 0])


def test_letters_released_this_week_ask_with_their_whole_curve():
    base = problem([bundle(response=[0.2, 0.4, 0.2])], [dealer()], {("b", "d"): 5})
    background = with_letters_in_the_mail(base, np.array([[[50, 0]]])).background
    assert background[0].tolist() == pytest.approx([10, 20, 10, 0])


def test_frozen_weeks_stand_and_what_they_ask_for_is_not_planned_again():
    base = problem([bundle(hours=1)], [dealer(hours=[4])], {("b", "d"): 20}, weeks=5)
    again = replan(base, np.array([[[4, 3, 4, 4, 4]]], np.int32), churn_limit=1.0)
    assert again.plan.letters[0, 0].tolist() == [4, 3, 4, 4, 4]
    assert (again.dropped, again.moved, again.churn) == (0, 0, 0.0)
    assert again.plan.held[0].count == 1


def test_who_came_in_is_dropped_from_the_last_weeks_of_the_old_plan():
    base = problem([bundle()], [dealer()], {("b", "d"): 5}, mail=[2])
    again = replan(base, np.array([[[2, 2, 2, 1]]], np.int32))
    assert again.dropped == 2
    assert again.plan.letters[0, 0].tolist() == [2, 2, 1, 0]


def test_letters_of_the_next_week_keep_kits_from_the_free_ones():
    base = problem([bundle(kits={"P": 1})], [dealer()], {("b", "d"): 9}, supply={"P": [2, 3, 6]})
    again = replan(base, np.array([[[1, 2, 3, 0]]], np.int32))
    assert again.plan.letters[0, 0].tolist() == [1, 2, 3, 0]
    assert again.plan.held[0].reason == "P is short"


def test_letters_that_nothing_holds_any_more_come_forward_at_once_and_count_as_no_move():
    """A shortage that was none: 40 dealers with one or two letters each, planned for weeks 9 and 10; week 2 is the first free one."""
    dealers = [dealer(f"d{i:02d}") for i in range(40)]
    owners = {("b", f"d{i:02d}"): 1 + i % 2 for i in range(40)}
    late = np.zeros((1, 40, 12), np.int32)
    late[0, :, 9] = 1
    late[0, 1::2, 10] = 1
    again = replan(problem([bundle()], dealers, owners, weeks=12), late)
    assert again.plan.letters[0].sum(axis=0).tolist() == [0, 0, 60, *[0] * 9]
    assert (again.moved, again.churn) == (0, 0.0)
    assert (
        "0 letters move to a later week or to none (0.0 % of the last plan's other letters)"
        in again.report[-1]
    )
    assert again.report[-1].endswith("; 60 come earlier.")


def graver_owners(owners=20):
    """Twenty mild letters in weeks 2 and 3 of a mail house of ten a week; grave owners join the list."""
    grave, mild = bundle("grave", risk=5), bundle("mild")
    base = problem(
        [grave, mild], [dealer()], {("grave", "d"): owners, ("mild", "d"): 20}, weeks=6, mail=[10]
    )
    last = np.zeros((2, 1, 6), np.int32)
    last[1, 0, 2:4] = 10
    return base, last


def test_the_churn_limit_is_kept_where_graver_owners_would_push_every_letter_back():
    """Free, all twenty go two weeks later. A quarter may: by week 3 fifteen of the twenty are out, and five grave ones took their place.

    A letter of week 2 removes 4 weeks, one of week 5 one; grave ones five times as many. Free 5 (40 + 30) + 20 + 10 = 380. Held: grave
    3, 2, 7 and 8 in weeks 2 to 5, 5 (12 + 6 + 14 + 8) = 200, mild 7, 8, 3 and 2, 28 + 24 + 6 + 2 = 60: 120 less, of 20 x 6 x 6 = 720.
    """
    base, last = graver_owners()
    free, held = replan(base, last, churn_limit=1.0), replan(base, last)
    assert free.plan.letters[:, 0].tolist() == [[0, 0, 10, 10, 0, 0], [0, 0, 0, 0, 10, 10]]
    assert (free.moved, free.churn, free.report[-1][:12]) == (20, 1.0, "20 letters m")
    assert (held.moved, held.churn) == (5, 0.25)
    assert held.plan.letters[1, 0, :4].sum() == 15
    assert held.plan.letters[:, 0].sum(axis=0).tolist() == [0, 0, 10, 10, 10, 10]
    assert held.report[-1] == held_back("5 of the 5 letters that it lets move do", 120, "16.7")


@pytest.mark.parametrize(("limit", "moved"), [(0.11, 11), (0.25, 25), (0.35, 35), (0.5, 50)])
def test_what_the_churn_limit_lets_move_is_used(limit, moved):
    """A hundred mild letters, two a dealer in weeks 2 and 3, and a grave owner for each: mixtures move letters in steps of dealers."""
    dealers = [dealer(f"d{i:02d}") for i in range(50)]
    owners = {(kind, one["id"]): 2 for kind in ("grave", "mild") for one in dealers}
    kinds = [bundle("grave", risk=5), bundle("mild")]
    base = problem(kinds, dealers, owners, weeks=6, mail=[50])
    last = np.zeros((2, 50, 6), np.int32)
    last[1, :, 2:4] = 1
    again = replan(base, last, churn_limit=limit)
    assert moved - 1 <= again.moved <= moved


def test_a_churn_limit_of_none_moves_no_letter_later():
    base, last = graver_owners()
    held = replan(base, last, churn_limit=0.0)
    assert held.moved == 0
    assert held.plan.letters[:, 0].tolist() == [[0, 0, 0, 0, 10, 10], [0, 0, 10, 10, 0, 0]]


def test_a_churn_limit_that_holds_nothing_back_says_nothing():
    base, last = graver_owners(owners=5)
    again = replan(base, last)
    assert again.moved == 5
    assert "churn limit" not in " ".join(again.report)


def test_limits_of_today_that_move_more_than_the_churn_limit_are_told():
    base = problem([bundle(kits={"P": 1})], [dealer()], {("b", "d"): 4}, supply={"P": [0, 0, 0, 4]})
    again = replan(base, np.array([[[0, 0, 4, 0]]], np.int32))
    assert again.plan.letters[0, 0].tolist() == [0, 0, 0, 4]
    assert again.report[-2].startswith("4 letters move to a later week or to none (100.0 %")
    assert again.report[-1].startswith("That is more than the churn limit of 25.0 %:")


def test_moves_are_counted_over_all_dealers_and_only_towards_later():
    old = np.array([[[2, 0, 1], [0, 2, 0]], [[1, 1, 0], [0, 0, 0]]], np.int32)
    swapped = old[:, ::-1]
    assert moved_later(swapped, old) == 0
    later = np.array([[[0, 0, 3], [0, 0, 2]], [[2, 0, 0], [0, 0, 0]]], np.int32)
    assert (
        moved_later(later, old) == 4
    )  # 2 of week 0 and 2 of week 1 go in week 2; the other bundle came earlier
    fewer = np.array([[[2, 0, 0], [0, 2, 0]], [[1, 1, 0], [0, 0, 0]]], np.int32)
    assert moved_later(fewer, old) == 1  # its place went to nobody


@pytest.mark.parametrize(
    ("old", "new", "later", "earlier"),
    [
        ([1, 0, 1, 0], [0, 1, 0, 1], 2, 0),  # each a week later
        ([0, 2, 0, 2], [1, 0, 1, 2], 1, 1),  # of two of week 1 one comes earlier, one goes later
        ([0, 1, 1, 0], [1, 0, 0, 1], 1, 1),
        ([1, 1, 1, 0], [0, 1, 1, 1], 1, 0),  # from the first week to the last, past two that stay
        ([2, 0, 2, 0], [0, 1, 0, 1], 4, 0),  # two later, two to nobody
        ([0, 0, 0, 2], [2, 0, 0, 3], 0, 0),  # three are new
        ([0, 3, 0, 0], [1, 0, 1, 0], 2, 1),  # one earlier, one later, one to nobody
    ],
)
def test_each_letter_that_leaves_its_week_moves_once_later_or_earlier(old, new, later, earlier):
    """Of the letters that leave, the first takes the first place that is new; who finds none goes to nobody."""
    base = problem([bundle()], [dealer()], {("b", "d"): 9})
    before, after = (np.array([[weeks]], np.int32) for weeks in (old, new))
    made = moves(LastPlan.of(base, before), after, dropped=0, fixed=0, held_back=0.0)
    assert (made.later, made.earlier) == (later, earlier)


def test_letters_whose_places_another_dealers_owners_take_are_told_and_count_as_no_move():
    """East has no hours in week 2 any more: its three letters go in week 3, and west's three, which come earlier, in their places."""
    dealers = [dealer("east", [9, 9, 0, 9]), dealer("west")]
    base = problem([bundle()], dealers, {("b", "east"): 3, ("b", "west"): 3}, weeks=5, mail=[3])
    last = np.zeros((1, 2, 5), np.int32)
    last[0, 0, 2], last[0, 1, 3] = 3, 3
    again = replan(base, last, churn_limit=0.0)
    assert again.plan.letters[0].tolist() == [[0, 0, 0, 3, 0], [0, 0, 3, 0, 0]]
    assert again.moved == 0
    assert again.report[-2:] == (
        moving(0, "0.0", 0),
        "Counted dealer by dealer 3 do: owners of the same bundle at other dealers take the places of 3.",
    )


def grave_owners_without_room(mail, limit):
    """Ten grave owners join twenty mild letters of weeks 2 and 3, the last two weeks."""
    grave, mild = bundle("grave", risk=5), bundle("mild")
    base = problem([grave, mild], [dealer()], {("grave", "d"): 10, ("mild", "d"): 20}, mail=mail)
    last = np.zeros((2, 1, 4), np.int32)
    last[1, 0, 2:] = 10
    again = replan(base, last, churn_limit=limit)
    return again, {one.bundle: (one.count, one.reason) for one in again.plan.held}


def test_owners_whom_the_last_plans_letters_hold_are_held_for_that_beside_the_limit():
    """Five mild letters may give way: five grave owners find no place, five mild ones would find none in any plan."""
    again, held = grave_owners_without_room(mail=[10], limit=0.25)
    # free: ten grave in week 2, ten mild in week 3, 5 x 20 + 10 = 110; held: five of each, then ten mild, 50 + 10 + 10; 280 possible
    assert again.report[-1] == held_back("5 of the 5 letters that it lets move do", 40, "14.3")
    assert held == {
        "grave": (5, "the mail house is full: letters of the last plan keep their weeks"),
        "mild": (5, "the mail house is full"),
    }


def test_where_todays_limits_move_more_than_the_churn_limit_nobody_is_said_to_be_held_by_it():
    """Only fifteen places are left: five mild letters find none, twice as many as may move; no other letter gives way."""
    again, held = grave_owners_without_room(mail=[10, 10, 5, 10], limit=0.1)
    assert (again.moved, again.churn) == (5, 0.25)
    # free: five grave in week 2 and five in week 3, five mild, 50 + 25 + 5 = 80; held: five mild and ten, 10 + 10; 10 x 5 x 4 + 80 possible
    assert again.report[-1] == (
        "That is more than the churn limit of 10.0 %: today's limits and lawful dates go before it; beyond what these move, letters of the"
        " last plan keep their weeks, which costs 60.0 vehicle-weeks of risk (21.4 % of what is possible)."
    )
    assert held == {
        "grave": (10, "the mail house is full: letters of the last plan keep their weeks"),
        "mild": (5, "the mail house is full"),
    }
    assert not any("churn limit" in reason for _, reason in held.values())


def test_a_re_plan_without_a_further_letter_says_so_and_why():
    base = problem([bundle(kits={"P": 1})], [dealer()], {("b", "d"): 5}, supply={"P": [2]})
    none = replan(base, np.array([[[2, 0, 0, 0]]], np.int32)).plan
    assert none.letters.sum() == 2
    assert none.messages[0] == (
        "No more letters than those at the mail house go out within the horizon: P is short (3 owners)."
    )


def test_what_is_said_of_the_gravest_is_said_of_the_letters_that_the_churn_limit_leaves():
    """Free, both grave letters go in week 2; a limit of none leaves the mild ones of the last plan there, and the grave ones wait."""
    grave, mild = bundle("grave", risk=5), bundle("mild")
    base = problem(
        [grave, mild], [dealer()], {("grave", "d"): 2, ("mild", "d"): 20}, weeks=6, mail=[10]
    )
    last = np.zeros((2, 1, 6), np.int32)
    last[1, 0, 2:4] = 10
    free, held = (replan(base, last, churn_limit=limit).plan for limit in (1.0, 0.0))
    waits = "Of the 2 gravest owners 2 wait: 2 of grave (risk 5) until week 4; their letters may go from week 2 on."
    assert waits not in free.messages
    assert waits in held.messages


def test_only_this_week_and_the_next_are_kept_when_kits_fail_to_come():
    base = problem([bundle(kits={"P": 1})], [dealer()], {("b", "d"): 5}, supply={"P": [0, 0, 0, 5]})
    again = replan(base, np.array([[[0, 2, 3, 0]]], np.int32), churn_limit=1.0)
    assert again.plan.letters[0, 0].tolist() == [0, 2, 0, 3]
    assert again.moved == 3


def test_an_interim_notice_of_the_frozen_weeks_stays_one_and_takes_no_kit():
    """Three kits: the two letters of this week take two, the two interim notices beside them none, so that one letter can follow."""
    base = problem([bundle(kits={"P": 1})], [dealer()], {("b", "d"): 6}, supply={"P": [3]})
    last, interim = np.zeros((2, 1, 1, 4), np.int32)
    last[0, 0, 0], interim[0, 0, 0] = 4, 2
    again = replan(base, last, interim=interim)
    assert again.plan.letters[0, 0].tolist() == [4, 0, 1, 0]
    assert again.plan.interim[0, 0].tolist() == [2, 0, 0, 0]
    assert again.plan.remedy_letters[0, 0].tolist() == [2, 0, 1, 0]
    assert replan(base, last).plan.letters[0, 0].tolist() == [4, 0, 0, 0]


def test_a_first_notice_whose_lawful_week_has_passed_goes_in_the_first_free_week():
    base = problem([bundle(kits={"P": 1}, mail_by_week=0)], [dealer()], {("b", "d"): 3}, supply={"P": [1]})  # fmt: skip
    again = replan(base, np.zeros((1, 1, 4), np.int32))
    assert again.plan.letters[0, 0].tolist() == [0, 0, 3, 0]
    assert again.plan.interim[0, 0].tolist() == [0, 0, 2, 0]


def test_owners_who_were_told_to_wait_are_queued_with_the_whole_response_and_their_kits():
    base = problem(
        [bundle(kits={"P": 1}, response=[0.5])], [dealer()], {("b", "d"): 5}, supply={"P": [9]}
    )
    queued = with_second_notices(base, np.array([[4]]))
    assert queued.bundles == ("b", "b second notice from week 2")
    assert queued.owners[:, 0].tolist() == [5, 4]
    assert queued.first_week.tolist() == [0, 2]
    assert queued.response[:, 0].tolist() == [0.5, 0.5]
    assert queued.kits.tolist() == [[1, 1]]
    assert with_second_notices(base, np.array([[0]])) is base


def weeks_that_passed(grave=0, limit=0.25):
    """A mail house of ten a week. Thirty mild letters: ten of a week that passed without a release, ten of week 2, ten of week 3;
    and ``grave`` owners of a week that passed."""
    kinds = [bundle("grave", risk=5), bundle("mild")]
    owners = {("grave", "d"): grave, ("mild", "d"): 30}
    base = problem(kinds, [dealer()], owners, weeks=6, mail=[10])
    last, missed = np.zeros((2, 1, 6), np.int32), np.zeros((2, 1, 7), np.int32)
    last[1, 0, 2:4] = 10
    missed[:, 0, 0] = grave, 10
    return replan(base, last, missed=missed, churn_limit=limit)


def test_letters_of_a_wave_that_nobody_released_have_moved():
    """Ten were due before week 0. By the end of weeks 2, 3 and 4 twenty, thirty and thirty were to be out: ten, twenty and thirty are."""
    again = weeks_that_passed(limit=0.0)
    assert again.plan.letters[1, 0].tolist() == [0, 0, 10, 10, 10, 0]
    assert (again.moved, again.churn) == (10, pytest.approx(1 / 3))
    assert again.report[1:] == (
        moving(10, "33.3", 0),
        (
            "10 of them were due in weeks that have passed and were not released: the first they can go in is week 2, for those before are"
            " at the mail house."
        ),
    )


@pytest.mark.parametrize(
    ("limit", "mild"), [(0.0, [0, 0, 10, 10, 0, 10]), (0.5, [0, 0, 0, 10, 10, 10])]
)
def test_the_churn_limit_is_of_the_letters_that_could_stay(limit, mild):
    """Ten grave ones missed their week too. The twenty mild ones of weeks 2 and 3 keep theirs; or half of these give way to them."""
    again = weeks_that_passed(grave=10, limit=limit)
    assert again.plan.letters[1, 0].tolist() == mild
    # grave: ten behind from the start; mild: ten from the start, and in the end as many more as give way in week 2
    assert again.moved == (20 if limit == 0.0 else 30)
    # grave ones in week 2 and not in week 4 are 5 x 10 x 2 more, mild ones then 10 x 2 less; 10 x 5 x 6 + 30 x 6 possible
    held = again.report[-1] == held_back("it lets none move", 80, "16.7")
    assert held == (limit == 0.0)


def test_of_letters_that_missed_their_week_the_gravest_go_first_as_far_as_others_may_give_way():
    """A quarter of twenty: five mild letters give their places in week 2 to grave ones."""
    again = weeks_that_passed(grave=10)
    assert again.plan.letters[0, 0].tolist()[:4] == [0, 0, 5, 0]
    assert again.moved == 20 + 5


def test_letters_that_were_due_before_the_day_of_their_remedy_have_moved_and_the_limit_is_not_of_them():
    base = problem([bundle(first_week=4)], [dealer()], {("b", "d"): 6}, weeks=6)
    missed = np.zeros((1, 1, 7), np.int32)
    missed[0, 0, 1 + 2] = 6  # week 2
    again = replan(base, np.zeros((1, 1, 6), np.int32), missed=missed, churn_limit=0.0)
    assert again.plan.letters[0, 0].tolist() == [0, 0, 0, 0, 6, 0]
    assert (again.moved, again.churn) == (6, 1.0)
    assert again.report[1:] == (
        moving(6, "100.0", 0),
        "6 of them were due before the week of their remedies, as it is known now.",
    )


def test_shares_of_a_replan_are_of_the_whole_that_its_headline_is_of():
    """Forty owners who ask in the week of their letter, ten kits: ten letters are promised in week 0, and remove six weeks each.

    Ten kits more take off four weeks each, from week 2 on: 40 of the 240 that all letters at once would; of those that are left to plan
    it would be a third.
    """
    case = problem(
        [bundle("b", kits={"P": 1})], [dealer()], {("b", "d"): 40}, weeks=6, supply={"P": [10] * 6}
    )
    last = np.zeros((1, 1, 6), np.int32)
    last[0, 0, 0] = 10
    again = replan(case, last)
    assert possible_exposure(case) == 240
    (kits,) = [message for message in again.plan.messages if message.startswith("P binds: ")]
    assert (
        "would remove at least 40 vehicle-weeks of risk more (16.7 % of what is possible)" in kits
    )
