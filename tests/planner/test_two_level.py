"""Two levels: the master's size, the places of lawful notices, first and second letters, and what a fill may move."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import at_once
from planner.cases import bundle, dealer, documents, problem
from renotify.planner.fill import Fill, fill_to_quota, priority, pull_forward, top_up
from renotify.planner.letter_plan import LetterPlan
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify
from renotify.planner.problem_json import from_json
from renotify.planner.two_level import (
    Draft,
    _without_superseded,
    draft,
    groups_for,
    lawful_places,
    solve_master,
)


def sized(bundles, dealers, weeks):
    return problem(
        [bundle(f"b{i}") for i in range(bundles)], [dealer(f"d{i}") for i in range(dealers)], {}, weeks=weeks,
    )  # fmt: skip


@at_once(
    ("bundles", "dealers", "weeks", "groups"),
    [
        (10, 30, 26, 24),  # 13000 / 260 would be 50; no more than 24
        (50, 20, 32, 8),  # 13000 / 1600
        (100, 20, 40, 5),  # 13000 / 4000 would be 3; no fewer than 5
        (10, 2, 26, 2),  # no more than there are dealers
    ],
)
def test_a_master_has_as_many_groups_as_its_size_allows(bundles, dealers, weeks, groups):
    assert groups_for(sized(bundles, dealers, weeks)) == groups


def test_places_at_the_mail_house_go_to_the_earliest_date_first():
    dates = {"late": 2, "early": 1, "opens": 2}
    bundles = [bundle(name, mail_by_week=week) for name, week in dates.items()]
    bundles[2]["first_week"] = 1
    case = problem(
        [*bundles, bundle("free")], [dealer()],
        {("late", "d"): 4, ("early", "d"): 3, ("opens", "d"): 2, ("free", "d"): 9}, mail=[2.9, 3, 2, 9],
    )  # fmt: skip
    assert lawful_places(case).tolist() == [
        [0, 2, 2, 0],  # late: what early leaves
        [2, 1, 0, 0],  # early: two of the 2.9 of week 0, and its last one
        [0, 0, 0, 0],  # opens: its date is that of late, which is named first; nothing is left
        [0, 0, 0, 0],  # free: no date
    ]


class TestFirstAndSecondLetters:
    """Six owners, to be told by week 1: two with a remedy in time, three by an interim notice, one late."""

    def made(self):
        case = problem([bundle(mail_by_week=1)], [dealer()], {("b", "d"): 6})
        remedy, interim = np.zeros((2, 1, 1, 4), np.int32)
        remedy[0, 0] = [1, 1, 2, 1]
        interim[0, 0] = [0, 3, 0, 0]
        return Draft(case, remedy, interim, Fill(case))

    def test_a_letter_after_the_date_is_a_first_one_for_who_had_none_and_a_second_one_else(self):
        first, second = self.made().split()
        assert first[0, 0].tolist() == [1, 4, 1, 0]
        assert second[0, 0].tolist() == [0, 0, 1, 1]

    def test_a_notice_after_the_date_is_late(self):
        assert self.made().late.tolist() == [[1]]

    def test_interim_and_late_notices_are_priced_as_in_the_master(self):
        price = 1 + 2 * 4  # more than twice what a letter of week 0 is worth
        assert self.made().emergency == price * 3 + 10 * price * 1

    def test_without_a_date_nothing_is_late_and_nothing_costs(self):
        case = problem([bundle()], [dealer()], {("b", "d"): 6})
        empty = np.zeros((1, 1, 4), np.int32)
        made = Draft(case, empty, empty, Fill(case))
        assert made.late.tolist() == [[0]]
        assert made.emergency == 0
        assert [counts.sum() for counts in made.split()] == [0, 0]


def test_interim_notices_go_out_as_late_as_the_date_allows():
    case = problem([bundle(kits={"P": 1}, mail_by_week=2)], [dealer()], {("b", "d"): 7}, supply={"P": [0]}, mail=[5, 2, 3])  # fmt: skip
    made = draft(case, solve_master(case, 1).guide)
    assert made.interim[0, 0].tolist() == [2, 2, 3, 0]
    assert made.remedy.sum() == 0


def test_an_interim_notice_is_taken_back_when_the_remedy_letter_comes_in_time_after_all():
    case = problem([bundle(kits={"P": 1}, mail_by_week=2)], [dealer()], {("b", "d"): 5}, supply={"P": [0, 2]})  # fmt: skip
    made = draft(case, None)
    assert made.remedy[0, 0].tolist() == [0, 2, 0, 0]
    assert made.interim[0, 0].sum() == 3


def test_letters_follow_the_quota_of_their_group_and_no_further():
    case = problem([bundle()], [dealer("d"), dealer("e")], {("b", "d"): 6, ("b", "e"): 3})
    fill = Fill(case)
    quota = np.array([[[2.0, 3.9, 3.99, 8.0]]])  # 3.9 is three letters, 3.99 four
    fill_to_quota(fill, quota, np.array([0, 0]), lambda _week: priority(case))
    assert fill.letters[0].sum(axis=0).tolist() == [2, 1, 1, 4]
    assert fill.letters[0].sum(axis=1).tolist() == [5, 3]
    assert fill.left.tolist() == [[1, 0]]


def test_letters_sent_before_count_against_the_quota():
    case = problem([bundle()], [dealer()], {("b", "d"): 9})
    fill = Fill(case)
    fill.place(0, 1, np.array([2]))
    had = fill.letters.sum(axis=1, keepdims=True).astype(float)
    fill_to_quota(fill, np.array([[[1.0, 4.0, 4.0, 4.0]]]), np.array([0]), lambda _week: [0], had)
    assert fill.letters[0, 0].tolist() == [1, 3, 0, 0]


@at_once(("reach", "right"), [(1, [0, 9, 0, 0]), (2, [9, 0, 0, 0])])
def test_letters_are_pulled_forward_no_further_than_the_reach(reach, right):
    case = problem([bundle()], [dealer()], {("b", "d"): 9})
    fill = Fill(case)
    fill.place(0, 2, np.array([9]))
    moved = pull_forward(fill, lambda _week: priority(case), reach)
    assert fill.letters[0, 0].tolist() == right
    assert moved == 9


def test_no_letter_is_pulled_across_a_lawful_date_or_before_the_first_week():
    dated = problem([bundle(mail_by_week=1)], [dealer()], {("b", "d"): 9})
    opens = problem([bundle(first_week=2)], [dealer()], {("b", "d"): 9})
    for case in (dated, opens):
        fill = Fill(case)
        fill.place(0, 3 if case is dated else 2, np.array([9]))
        pull_forward(fill, lambda _week: [0], 3)
        assert fill.letters[0, 0, 2] == 9


def test_the_riskiest_bundle_is_served_first_and_of_equal_ones_the_more_valuable():
    case = problem(
        [bundle("mild", risk=1), bundle("late", risk=5, first_week=1), bundle("grave", risk=5)], [dealer()], {},
    )  # fmt: skip
    assert priority(case).tolist() == [2, 1, 0]
    two = [bundle("mild", risk=1), bundle("grave", risk=5)]
    fill = Fill(problem(two, [dealer()], {("mild", "d"): 2, ("grave", "d"): 2}, mail=[3]))
    top_up(fill, lambda _week: priority(fill.problem))
    assert fill.letters[:, 0].tolist() == [[1, 1, 0, 0], [2, 0, 0, 0]]


@st.composite
def fills(draw):
    """A one-dealer problem, some letters placed, and one more batch to place or to move forward."""
    case = draw(documents())
    case["dealers"] = case["dealers"][:1]
    case["owners"] = [row for row in case["owners"] if row["dealer"] == "d0"]
    case["mail_capacity"] = None
    made = from_json(case)
    bundles, weeks = st.integers(0, len(made.bundles) - 1), st.integers(0, made.weeks - 1)
    steps = draw(st.lists(st.tuples(bundles, weeks, st.integers(1, 5)), max_size=4))
    return made, steps, draw(bundles), draw(weeks), draw(weeks)


def keeps_limits(fill, b, week, count, later=None):
    """Whether the independent check passes with ``count`` more letters in a week, or moved there from a later one."""
    letters = fill.letters.copy()
    letters[b, 0, week] += count
    if later is not None:
        letters[b, 0, later] -= count
    found = verify(fill.problem, LetterPlan(fill.problem, "", letters))
    return {breach.constraint for breach in found} <= {"(3) first date"}


@settings(max_examples=100, deadline=None)
@given(fills())
def test_every_batch_is_as_large_as_the_limits_allow_and_not_one_letter_larger(case):
    made, steps, b, week, other = case
    fill = Fill(made)
    for place in [*steps, (b, week, 99)]:
        before = keeps_limits(fill, place[0], place[1], 0)
        assert before
        sent = int(fill.place(place[0], place[1], np.array([place[2]]))[0])
        assert keeps_limits(fill, place[0], place[1], 0)
        if sent < place[2] and fill.left[place[0], 0]:
            assert not keeps_limits(fill, place[0], place[1], 1)
    if other < week:
        moved = int(fill.advance(b, other, week)[0])
        assert keeps_limits(fill, b, other, 0)
        if fill.letters[b, 0, week]:
            assert not keeps_limits(fill, b, other, 1, week), (moved, fill.letters)


def test_a_letter_moved_forward_frees_its_place_at_the_mail_house():
    case = problem([bundle()], [dealer()], {("b", "d"): 9}, mail=[2, 3])
    fill = Fill(case)
    assert fill.place(0, 1, np.array([5])).tolist() == [3]
    assert fill.advance(0, 0, 1).tolist() == [2]
    assert fill.place(0, 1, np.array([5])).tolist() == [2]
    assert fill.letters[0, 0].tolist() == [2, 3, 0, 0]


def test_notices_that_miss_the_date_go_out_in_the_first_week_with_a_place():
    case = problem([bundle(kits={"P": 1}, mail_by_week=1)], [dealer()], {("b", "d"): 9}, supply={"P": [0]}, mail=[4, 4, 1])  # fmt: skip
    made = draft(case, solve_master(case, 1).guide)
    assert made.interim[0, 0].tolist() == [4, 4, 1, 0]
    assert made.late.tolist() == [[1]]


def test_of_interim_notices_and_remedy_letters_beyond_the_owners_the_latest_notices_are_dropped():
    case = problem([bundle(mail_by_week=2)], [dealer()], {("b", "d"): 5})
    remedy, interim = np.zeros((2, 1, 1, 4), np.int32)
    remedy[0, 0], interim[0, 0] = [2, 1, 0, 4], [1, 1, 2, 0]
    assert _without_superseded(case, remedy, interim)[0, 0].tolist() == [1, 1, 0, 0]


def test_owners_beyond_the_masters_quotas_are_written_to_where_limits_still_allow():
    case = problem([bundle()], [dealer()], {("b", "d"): 9}, mail=[4])
    timid = replace(case, mail_capacity=np.ones(4))
    made = draft(case, solve_master(timid, 1).guide)  # quotas of one letter a week
    assert made.remedy[0, 0].tolist() == [4, 4, 1, 0]


@at_once(("owners", "bits"), [(9, 16), (70_000, 32)])
def test_letters_are_kept_in_as_many_bits_as_the_owners_of_a_dealer_need(owners, bits):
    case = problem([bundle()], [dealer()], {("b", "d"): owners})
    fill = Fill(case)
    assert fill.place(0, 1, np.array([owners])).tolist() == [owners]
    assert fill.letters[0, 0].tolist() == [0, owners, 0, 0]
    assert fill.letters.itemsize * 8 == bits
    assert plan(case).letters.dtype == np.int32
