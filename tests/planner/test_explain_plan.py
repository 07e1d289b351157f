"""A plan says what binds, what cannot be and what it owes, in the words of the trade."""

from dataclasses import replace

import numpy as np
import pytest

from cases import at_once
from planner.cases import bundle, dealer, problem
from planner.made_up_problems import tight
from renotify.planner.adjusted_limits import trimmed, with_margins
from renotify.planner.letter_plan import to_json
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify
from renotify.planner.relief import Gain, what_binds
from renotify.planner.replan import with_letters_in_the_mail
from renotify.planner.two_level import solve_master


def said(made):
    return " ".join(made.messages)


def test_parts_that_bind_are_named_with_what_relief_would_buy():
    """A letter of week 0 removes half a vehicle for four weeks, 2; of 99 owners that is 198; ten kits serve twenty letters."""
    case = problem(
        [bundle(kits={"P": 1}, response=[0.5])], [dealer()], {("b", "d"): 99}, supply={"P": [5]}
    )
    assert (
        "P binds: 10 more kits of P in week 0 would remove at least 40 vehicle-weeks of risk more (20.2 % of what is possible): 20 more"
        " letters, 20 owners earlier by 80 owner-weeks, none later." in said(plan(case))
    )


def test_relief_joins_small_waves_as_the_plan_does():
    """50 of 84 owners have kits at once, 34 in week 3, two waves of 2 joined: 50 x 16 + 34 x 10; with ten kits more 60 and 24."""
    case = problem(
        [bundle(kits={"P": 1}, risk=2)], [dealer()], {("b", "d"): 84}, weeks=8, supply={"P": [50, 52, 54, 84]}, least_wave=20
    )  # fmt: skip
    made = plan(case)
    assert made.objective == 50 * 16 + 34 * 10
    told = "10 more kits of P in week 0 would remove at least 60 vehicle-weeks of risk more ("
    assert told in said(made)
    more = replace(case, supply=case.supply + 10)
    assert plan(more).objective == made.objective + 60


def test_relief_of_parts_at_their_quantile_begins_at_the_kits_that_are_not_kept_for_chance():
    """Ten kits at 90 %: of a mean of m nine counts in ten stay below m + 1.28 sqrt(m), so 6.69 of nine owners; with ten more all nine."""
    case = problem(
        [bundle(hours=0, kits={"P": 1})], [dealer()], {("b", "d"): 9}, supply={"P": [10]}, parts_quantile=0.9, response_spread=0,
        parts_count_spread=1,
    )  # fmt: skip
    (told,) = what_binds(case, solve_master(trimmed(with_margins(case)), 1))
    assert told.startswith(
        "P binds: 10 more kits of P in week 0 would remove 9.3 vehicle-weeks of risk more (25.7 % of"
    )


def test_relief_tells_who_comes_later_for_it():
    """Ten kits let ten grave letters into week 0: four weeks at risk 5, and 190 in all, as ten mild ones wait a week for their places."""
    case = problem(
        [bundle("grave", kits={"P": 1}, risk=5), bundle("mild")], [dealer()], {("grave", "d"): 10, ("mild", "d"): 10},
        supply={"P": [0]}, mail=[10],
    )  # fmt: skip
    assert (
        "10 more kits of P in week 0 would remove at least 190 vehicle-weeks of risk more (79.2 % of what is possible): 10 more letters,"
        " 10 owners earlier by 40 owner-weeks, 10 later by 10." in said(plan(case))
    )


def test_relief_that_would_only_swap_owners_of_equal_risk_is_not_told():
    gain = Gain(1e-9, 1e-12, 467, 500, 467, 500)
    assert not gain.is_one


def test_the_mail_house_that_binds_is_named():
    assert "The mail house binds" in said(
        plan(problem([bundle()], [dealer()], {("b", "d"): 9}, mail=[3]))
    )


def test_no_solver_speaks_in_a_plan():
    text = said(plan(tight())).lower()
    for word in ("infeasible", "dual", "simplex", "lp ", "solver", "slack", "constraint"):
        assert word not in text


def test_background_that_alone_exceeds_kits_is_caught_first_with_the_week_it_clears():
    walk_in = [{"bundle": "b", "dealer": "d", "per_week": [4, 0, 0, 0]}]
    case = problem(
        [bundle(kits={"P": 1})],
        [dealer()],
        {("b", "d"): 2},
        supply={"P": [1, 3, 9]},
        background=walk_in,
    )
    made = plan(case)
    assert (
        "Background traffic alone is 3.0 kits of P short in week 0 (needed 4.0 by then, 1.0 confirmed); first clears in week 2."
        in said(made)
    )
    assert made.letters[0, 0].tolist() == [0, 0, 2, 0]
    assert verify(case, made) == []


def test_a_shortage_of_letters_already_out_is_charged_to_them_and_not_to_background():
    walk_in = [{"bundle": "b", "dealer": "d", "per_week": [0.5, 0, 0, 0]}]
    case = problem(
        [bundle(kits={"P": 1}, response=[0, 0.5, 0.5])], [dealer(hours=[3])], {("b", "d"): 2},
        supply={"P": [1, 3, 9]}, background=walk_in,
    )  # fmt: skip
    out = with_letters_in_the_mail(
        case, np.array([[[0, 8]]])
    )  # eight owners a week after their letter: four ask in each of two weeks
    assert (out.letters_out, len(out.background)) == (1, 2)
    told = said(plan(out))
    assert (
        "Answers to letters that are out or at the mail house are 5.5 kits of P short in week 1 (needed 8.5 by then, 0.5 of them"
        " without a letter, 3.0 confirmed); first clears in week 2." in told
    )
    assert (
        "Answers to letters that are out or at the mail house are 2.5 hours over at dealer d in weeks 0 to 1;"
        in told
    )
    assert "Background traffic" not in told


def test_a_shortage_that_background_and_answers_make_together_is_charged_to_both():
    walk_in = [{"bundle": "b", "dealer": "d", "per_week": [4, 0, 0, 0]}]
    case = problem(
        [bundle(kits={"P": 1}, response=[0, 0.5, 0.5])], [dealer()], {("b", "d"): 2}, supply={"P": [1, 3, 9]}, background=walk_in
    )  # fmt: skip
    told = said(plan(with_letters_in_the_mail(case, np.array([[[0, 2]]]))))
    assert (
        "Background traffic and answers to letters that are out are 4.0 kits of P short in week 0 (needed 5.0 by then, 4.0 of them"
        " without a letter, 1.0 confirmed)" in told
    )


def test_background_that_alone_exceeds_hours_is_caught_first():
    walk_in = [{"bundle": "b", "dealer": "d", "per_week": [9, 0, 0, 0]}]
    case = problem([bundle()], [dealer(hours=[3])], {("b", "d"): 2}, background=walk_in)
    assert (
        "Background traffic alone is 6.0 hours over at dealer d in weeks 0 to 1; first clears in week 2"
        in said(plan(case))
    )


def test_a_mail_house_too_small_for_the_lawful_date_is_told_by_how_much():
    case = problem([bundle(mail_by_week=1)], [dealer()], {("b", "d"): 20}, mail=[7])
    made = plan(case)
    assert (
        "Not possible: 6 more letters than the mail house can print in weeks 0 to 1 (capacity 14 letters);"
        " the last goes out in week 2." in said(made)
    )
    assert "move the mail-by date of b" in said(made)
    assert made.letters.sum() == 20


@at_once("policy", ["optimal", "exact", "greedy"])
def test_a_late_first_notice_carries_the_remedy_when_kits_and_hours_are_there(policy):
    made = plan(problem([bundle(mail_by_week=0)], [dealer()], {("b", "d"): 5}, mail=[2]), policy)
    assert made.letters[0, 0].tolist() == [2, 2, 1, 0]
    assert made.interim.sum() == 0
    assert made.gap == pytest.approx(0)
    assert "on paper only" not in said(made)


@at_once("policy", ["optimal", "exact", "greedy"])
def test_first_notices_of_two_bundles_share_the_mail_house_so_that_both_dates_are_kept(policy):
    early = bundle("early", kits={"P": 1}, first_week=1, mail_by_week=3)
    late = bundle("late", kits={"P": 1}, first_week=2, mail_by_week=4)
    case = problem(
        [early, late], [dealer()], {("early", "d"): 40, ("late", "d"): 40},
        weeks=5, supply={"P": [0]}, mail=[0, 26, 18, 22, 22],
    )  # fmt: skip
    made = plan(case, policy)
    assert made.letters[0, 0, :4].sum() == made.letters[1, 0].sum() == 40
    assert verify(case, made) == []


@at_once("policy", ["optimal", "exact", "greedy"])
def test_a_letter_with_a_remedy_does_not_push_another_bundle_past_its_date(policy):
    fine, bare = bundle("a", mail_by_week=3), bundle("b", kits={"P": 1}, mail_by_week=0)
    case = problem(
        [fine, bare], [dealer()], {("a", "d"): 10, ("b", "d"): 10}, supply={"P": [0]}, mail=[10]
    )
    made = plan(case, policy)
    assert made.letters[1, 0].tolist() == [10, 0, 0, 0]
    assert verify(case, made) == []


def test_one_of_a_thing_is_told_in_the_singular():
    made = plan(problem([bundle(mail_by_week=0)], [dealer()], {("b", "d"): 3}, mail=[2]))
    assert "Not possible: 1 more letter than the mail house can print in week 0" in said(made)
    assert (
        "binds in 1 week, most in week 0: 1 more piece there would remove 1.0 vehicle-weeks of risk more"
        in said(made)
    )


def test_of_parts_that_bind_those_of_which_a_tenth_more_is_worth_most_are_named_first():
    """Ten more kits of C, D or E serve the eight owners left, ten of the part that many need serve ten: 200 vehicle-weeks to 160."""
    few = ("C", "D", "E")
    case = problem(
        [
            bundle("many", risk=5, kits={"S": 1}),
            *(bundle(part, risk=5, kits={part: 1}) for part in few),
        ],
        [dealer()],
        {("many", "d"): 200, **{(part, "d"): 9 for part in few}},
        supply={"S": [100], **{part: [1] for part in few}},
    )
    told = said(plan(case))
    assert (
        "S binds: 10 more kits of S in week 0 would remove at least 200 vehicle-weeks of risk more"
        in told
    )
    assert [part for part in few if f"{part} binds" in told] == ["C", "D"]


def test_hours_that_bind_are_named_with_what_one_hour_more_a_week_buys():
    """One visit of an hour in each of four weeks: four vehicle-weeks, three, two and one."""
    assert (
        "Technician hours bind: one more hour a week at each dealer would remove at least 10 vehicle-weeks of risk more (50.0 %"
        in said(plan(problem([bundle()], [dealer(hours=[0])], {("b", "d"): 5})))
    )


@pytest.mark.parametrize("policy", ["optimal", "exact", "greedy"])
class TestInterimNotices:
    def case(self, supply):
        return problem(
            [bundle("law", kits={"P": 1}, mail_by_week=1), bundle("free", kits={"P": 1}, risk=9)], [dealer()],
            {("law", "d"): 5, ("free", "d"): 5}, supply={"P": supply},
        )  # fmt: skip

    def test_a_first_notice_goes_out_by_its_date_without_kits_and_owes_a_second_letter(
        self, policy
    ):
        case = self.case([2, 2, 4, 4])
        made = plan(case, policy)
        assert made.letters[0, 0, :2].sum() == 5
        assert made.interim[0].sum() == 3
        assert verify(case, made) == []
        owed = to_json(made)["owed"]
        assert sum(o["count"] for o in owed) == 3
        (why,) = made.why_interim
        assert why in made.messages
        assert "P is 3 kits short in week 1 (needed 5 by then, 2 confirmed" in said(made)

    def test_a_lawful_notice_takes_kits_before_a_voluntary_letter(self, policy):
        made = plan(self.case([5]), policy)
        assert made.interim.sum() == 0
        assert made.letters[1].sum() == 0

    def test_with_kits_enough_nothing_is_owed(self, policy):
        made = plan(self.case([10]), policy)
        assert made.owed == ()
        assert made.letters.sum() == 10


def test_kits_that_the_plan_gives_to_another_bundle_are_told_as_theirs():
    """Three kits for twelve owners: the graver three get them, and of the others' nine none can be asked in."""
    one, both = bundle("A", kits={"P": 1}, mail_by_week=1), bundle("A+B", kits={"P": 1}, risk=9, mail_by_week=1)  # fmt: skip
    case = problem([one, both], [dealer()], {("A", "d"): 9, ("A+B", "d"): 3}, supply={"P": [3]})
    made = plan(case)
    assert made.interim.sum(axis=(1, 2)).tolist() == [9, 0]
    (why,) = made.why_interim
    assert "P is 9 kits short in week 1 (needed 9 by then, 3 confirmed, 3 of them for A+B;" in why


def test_hours_that_the_plan_gives_to_another_bundle_are_counted_as_theirs():
    """Eight hours: four visits of an hour and one of three are there, a second one of three is two hours over."""
    one, both = bundle("A", mail_by_week=0), bundle("A+B", hours=3, risk=90, mail_by_week=0)
    case = problem([one, both], [dealer(hours=[8, 0, 0, 0])], {("A", "d"): 4, ("A+B", "d"): 2})
    made = plan(case)
    assert made.interim.sum(axis=(1, 2)).tolist() == [0, 1]
    (why,) = made.why_interim
    assert "dealer d is 2.0 hours over in" in why


def test_short_hours_are_named_where_a_lawful_notice_cannot_offer_a_visit():
    case = problem([bundle(mail_by_week=0, hours=2)], [dealer(hours=[4])], {("b", "d"): 5})
    made = plan(case)
    assert "dealer d is 6.0 hours over in weeks 0 to 1" in said(made)
    assert made.interim.sum() == 3


@at_once(
    ("changes", "reason"),
    [
        ({"mail": [0]}, "the mail house is full"),
        ({"supply": {"P": [0]}}, "P is short"),
    ],
)
def test_held_owners_carry_the_limit_that_holds_them(changes, reason):
    made = plan(problem([bundle(kits={"P": 1})], [dealer()], {("b", "d"): 2}, **changes))
    assert [(h.count, h.reason) for h in made.held] == [(2, reason)]


@at_once(
    ("changes", "reason"),
    [
        ({"response": [0]}, "nobody is expected to answer"),
        ({"risk": 0}, "a visit would remove no risk"),
    ],
)
def test_owners_whom_a_letter_would_not_help_are_held_for_that(changes, reason):
    made = plan(problem([bundle(**changes)], [dealer()], {("b", "d"): 2}))
    assert [(h.count, h.reason) for h in made.held] == [(2, reason)]


def test_a_plan_without_a_letter_says_so_first_and_which_limits_hold_how_many():
    case = problem(
        [bundle("a", kits={"P": 1}), bundle("b", response=[0])], [dealer()], {("a", "d"): 2, ("b", "d"): 1}, supply={"P": [0]}
    )  # fmt: skip
    assert plan(case).messages[0] == (
        "No letter goes out within the horizon: P is short (2 owners) and nobody is expected to answer (1 owner)."
    )
    some = replace(case, supply=case.supply + 1)
    assert "No letter" not in said(plan(some))


def test_relief_is_told_in_whole_letters_and_what_a_linear_program_halves_as_about_so_many():
    """One piece a week prints no letter of two; two more are the least relief."""
    case = problem([bundle(pieces=2)], [dealer()], {("b", "d"): 3}, mail=[1])
    assert "2 more pieces there would remove at least" in said(plan(case))
    assert str(Gain(0.5, 0.1, 0.4, 3, 0.25, 0.7, -0.5)) == (
        "would remove 0.5 vehicle-weeks of risk more (10.0 % of what is possible): about 1 fewer letter, less than 1 owner earlier by 3"
        " owner-weeks, less than 1 later by about 1"
    )
    assert str(Gain(2, 0.1, 1, 2.5, 0.01, 0.3)).endswith(
        ": 1 owner earlier by about 2 owner-weeks, none later"
    )
    assert ": about 7 more letters, 12 owners earlier by 12,346 owner-weeks" in str(
        Gain(2, 0.1, 12.4, 12345.6, 0.0, 0.0, 6.9)
    )


def test_the_gap_of_a_plan_that_reaches_its_bound_is_no_negative_zero():
    made = replace(plan(problem([bundle()], [dealer()], {("b", "d"): 2})), gap=-1e-17)
    assert str(to_json(made)["gap"]) == "0.0"


def test_owners_of_a_bundle_that_opens_too_late_are_held_for_that():
    made = plan(problem([bundle(first_week=9)], [dealer()], {("b", "d"): 2}))
    assert made.held[0].reason == "its first week lies past the horizon"


def test_a_crowd_of_late_letters_is_warned_of():
    case = problem([bundle(response=[0.05, 0.9])], [dealer(hours=[2])], {("b", "d"): 90}, weeks=9)
    assert "letters go out in the last 3 weeks" in said(plan(case))


def test_a_plan_carries_solver_options_and_the_hash_of_its_input():
    meta = plan(problem([bundle()], [dealer()], {("b", "d"): 2})).meta
    assert meta["solver"].startswith("HiGHS ")
    assert len(meta["input_sha256"]) == 64
    assert meta["options"]["threads"] == 1
