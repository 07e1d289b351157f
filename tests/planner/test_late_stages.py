"""What is decided once the risk is: small waves, the last week and a smooth load, each by hand."""

from __future__ import annotations

import numpy as np
import pytest

from planner.cases import bundle, dealer, problem
from renotify.planner.late_stages import late_stages
from renotify.planner.letter_plan import exposure_removed
from renotify.planner.plan_by_policy import plan
from renotify.planner.two_level import completed


def three_waves(third: int = 4, **middle):
    """Six letters in week 0, two in week 2 and five in the week of ``third``; every answer comes in its letter's week."""
    kinds = [
        bundle("early"),
        bundle("middle", **{"first_week": 2, **middle}),
        bundle("third", first_week=third),
    ]
    owners = {("early", "d"): 6, ("middle", "d"): 2, ("third", "d"): 5}
    return problem(kinds, [dealer()], owners, weeks=9, least_wave=4)


def weeks_of(made, name="middle"):
    return np.flatnonzero(made.letters[made.problem.bundles.index(name), 0]).tolist()


def test_a_small_wave_waits_for_a_larger_one_and_the_plan_says_what_that_costs():
    made = plan(three_waves())
    assert weeks_of(made) == [4]
    assert made.messages[0] == (
        "1 wave of fewer than 4 pieces joined another week's, for 4.0 vehicle-weeks of risk."
    )


def test_pieces_and_not_vehicles_make_a_wave_small():
    assert weeks_of(plan(three_waves(pieces=2))) == [2]


@pytest.mark.parametrize(
    ("third", "middle", "why"),
    [
        (7, {}, "in a wave before it within 4 weeks, and no wave follows within 4 weeks"),
        (4, {"mail_by_week": 3}, "in a wave before it or a larger one after it within 4 weeks"),
    ],
    ids=["a wait of five weeks", "a lawful date in between"],
)
def test_a_small_wave_stays_where_the_larger_one_is_too_late(third, middle, why):
    made = plan(three_waves(third, **middle))
    assert weeks_of(made) == [2]
    (said,) = (one for one in made.messages if "below the least of 4 pieces" in one)
    assert said.startswith(
        "1 wave stays below the least of 4 pieces. Limits and dates leave no room"
    )
    assert said.endswith(f"{why}: week 2 (2).")


def kits_for(*letters: int, least_wave: int):
    """A bundle of which kits for so many letters come each week; every answer comes in its letter's week."""
    supply = {"P": np.cumsum(letters).tolist()}
    return problem(
        [bundle(kits={"P": 1})], [dealer()], {("b", "d"): sum(letters)}, weeks=len(letters),
        supply=supply, least_wave=least_wave,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("letters", "joined"),
    [
        # five weeks of one letter make one of five: they wait 4, 3, 2, 1 and no week, two on average
        ((1, 1, 1, 1, 1, 0, 0), [0, 0, 0, 0, 5, 0, 0]),
        ((2, 2, 2, 2, 2, 2, 0), [0, 0, 6, 0, 0, 6, 0]),
        ((4, 0, 0, 0, 1, 0, 0), [4, 0, 0, 0, 1, 0, 0]),  # four would wait four weeks for one
        ((1, 1, 1, 1, 0, 0, 0), [1, 1, 1, 1, 0, 0, 0]),  # four are no wave of five
    ],
)
def test_small_waves_that_follow_each_other_wait_for_the_last_of_them(letters, joined):
    made = plan(kits_for(*letters, least_wave=5))
    assert made.letters[0, 0].tolist() == joined


def test_a_plan_says_of_small_waves_why_they_stay():
    alone = " ".join(plan(kits_for(9, 0, 0, 0, 0, 2, 0, least_wave=5)).messages)
    assert (
        "1 wave stays below the least of 5 pieces. No other wave within 4 weeks: week 5 (2)."
        in alone
    )
    first = " ".join(plan(kits_for(9, 1, 1, 0, 0, 0, 0, least_wave=5)).messages)
    assert (
        "2 waves stay below the least of 5 pieces. Limits and dates leave no room for all its letters in a wave before it within 4 weeks,"
        " and with the small waves within 4 weeks it would still be too small: week 1 (1), week 2 (1)."
    ) in first
    long = " ".join(plan(kits_for(9, 4, 0, 0, 0, 1, 0, least_wave=5)).messages)
    assert (
        "with small waves the letters would wait more than 2 weeks on average: week 1 (4), week 5 (1)."
        in long
    )
    few = " ".join(plan(kits_for(1, 0, 1, 0, 0, 0, 0, least_wave=5)).messages)
    assert "All waves within 4 weeks are fewer together: week 0 (1), week 2 (1)." in few


def test_where_the_mail_house_prints_less_than_the_least_size_no_wave_waits_and_that_is_the_reason():
    """Of five weeks with four letters each none can be of ten; the two of week 5 would find room in the week before and make it six."""
    kinds = [bundle(f"b{week}", first_week=week) for week in range(6)]
    owners = {(f"b{week}", "d"): 4 if week < 5 else 2 for week in range(6)}
    made = plan(problem(kinds, [dealer()], owners, weeks=8, least_wave=10, mail=7))
    assert made.letters.sum(axis=(0, 1)).tolist() == [4, 4, 4, 4, 4, 2, 0, 0]
    (said,) = (one for one in made.messages if "below the least" in one)
    assert said.startswith(
        "6 waves stay below the least of 10 pieces. The mail house prints no more than 7 in a week: week 0 (4)"
    )


def test_a_small_wave_passes_one_that_has_no_room_for_a_larger_one_further_on():
    """Dealer d has hours for a job in weeks 2 and 6 alone, e for two in week 3: the one letter joins the five of week 6."""
    kinds = [bundle("job", hours=2), bundle("large", hours=0, first_week=6)]
    dealers = [dealer("d", [0, 0, 2, 0, 0, 0, 2, 0]), dealer("e", [0, 0, 0, 4, 0]), dealer("f")]
    owners = {("job", "d"): 1, ("job", "e"): 2, ("large", "f"): 5}
    made = plan(problem(kinds, dealers, owners, weeks=9, least_wave=6))
    assert made.letters.sum(axis=(0, 1)).tolist() == [0, 0, 0, 2, 0, 0, 6, 0, 0]
    assert (
        "1 wave stays below the least of 6 pieces. Limits and dates leave no room for all its letters in a larger wave after it within 4"
        " weeks: week 3 (2)."
    ) in made.messages


def test_a_plain_policy_joins_no_wave_and_says_so():
    """Early letters leave by two in weeks 0 to 2, the middle two from week 2 on, the third five from week 4 on: no week has four."""
    (said,) = (m for m in plan(three_waves(), "uniform:3").messages if "below the least" in m)
    assert said.startswith(
        "7 waves stay below the least of 4 pieces. The policy joins none: week 0 (2)"
    )


def test_a_small_wave_joins_the_week_before_where_limits_allow():
    """The two letters of week 1 go with the four of week 0 at no cost."""
    asked = problem([bundle()], [dealer()], {("b", "d"): 6}, least_wave=3, mail=6)
    letters = np.array([[[4, 2, 0, 0]]], np.int32)
    assert late_stages(completed(asked, letters, reach=0)).remedy.tolist() == [[[6, 0, 0, 0]]]


def test_nothing_is_joined_where_no_least_size_is_stated():
    letters = np.array([[[4, 2, 0, 0]]], np.int32)
    asked = problem([bundle()], [dealer()], {("b", "d"): 6}, mail=4)
    assert (late_stages(completed(asked, letters, reach=0)).remedy == letters).all()


def test_the_letters_of_the_last_week_come_earlier_where_there_is_room():
    asked = problem([bundle()], [dealer()], {("b", "d"): 6}, weeks=9, mail=4)
    letters = np.array([[[4, 1, 0, 0, 0, 0, 0, 1, 0]]], np.int32)
    assert late_stages(completed(asked, letters, reach=0)).remedy[0, 0, :3].tolist() == [4, 2, 0]


def exchanged(first=(2, 0), second=(0, 2), **changes):
    """Two dealers of one bundle; the mail house prints two of its letters in each of two weeks."""
    low, stock = changes.get("low", 0), changes.get("stock", 0)
    kinds = [bundle("b", risk=2, kits={"P": 1}), bundle("low", risk=1)]
    dealers = [dealer("d0", P=stock), dealer("d1")]
    owners = {("b", "d0"): 2, ("b", "d1"): 2, ("low", "d0"): low}
    asked = problem(kinds, dealers, owners, weeks=3, mail=[2 + low, 2, 0], supply={"P": [9]})
    letters = np.zeros((2, 2, 3), np.int32)
    letters[0, 0, :2], letters[0, 1, :2] = first, second
    letters[1, 0, 0] = low
    made = completed(asked, letters, reach=0)
    after = late_stages(made)
    assert exposure_removed(asked, after.remedy) == exposure_removed(asked, letters)
    assert (after.remedy.sum(axis=1) == letters.sum(axis=1)).all()
    return after.remedy[0, :, :2].tolist()


def test_letters_of_a_bundle_change_places_between_dealers_for_a_smoother_load():
    assert exchanged() == [[1, 1], [1, 1]]
    assert exchanged((1, 1), (1, 1)) == [[1, 1], [1, 1]]


def test_letters_do_not_change_places_past_a_lower_risk_or_a_shelf_of_the_dealers_own():
    assert exchanged(low=1) == [[2, 0], [0, 2]]
    assert exchanged(stock=2) == [[2, 0], [0, 2]]


def two_models(hours=(100, 100), order=((0, 4), (4, 0)), **changes):
    """Four jobs of four hours and four of one at one dealer, four letters a week; every answer comes in its letter's week."""
    kinds = [bundle("long", hours=4), bundle("short", hours=1, **changes)]
    asked = problem(
        kinds, [dealer("d", list(hours))], {("long", "d"): 4, ("short", "d"): 4}, weeks=3, mail=[4, 4, 0],
    )  # fmt: skip
    letters = np.zeros((2, 1, 3), np.int32)
    letters[:, 0, :2] = order
    after = late_stages(completed(asked, letters, reach=0))
    assert exposure_removed(asked, after.remedy) == exposure_removed(asked, letters)
    return after.remedy[:, 0, :2].tolist()


def test_letters_of_two_models_of_one_recall_change_places_at_a_dealer_for_a_smoother_load():
    """Four hours in one week and sixteen in the next become ten and ten."""
    assert two_models() == [[2, 2], [2, 2]]
    assert two_models(order=((4, 0), (0, 4))) == [[2, 2], [2, 2]]


def test_the_load_of_two_dealers_is_smoothed_over_all_weeks_and_not_only_between_neighbours():
    """Four weeks of four letters: from the four short ones first to one long and one short a week at each of two dealers."""
    kinds = [bundle("long", hours=4), bundle("short", hours=1)]
    owners = {(kind, d): 4 for kind in ("long", "short") for d in ("d", "e")}
    asked = problem(kinds, [dealer("d"), dealer("e")], owners, weeks=4, mail=4)
    letters = np.zeros((2, 2, 4), np.int32)
    letters[1, :, :2], letters[0, :, 2:] = 2, 2
    after = late_stages(completed(asked, letters, reach=0))
    assert (after.remedy == 1).all()


def test_letters_of_two_bundles_keep_their_weeks_where_one_takes_more_risk_off_or_the_hours_do_not_bear_it():
    assert two_models(order=((4, 0), (0, 4)), risk=0.5) == [[4, 0], [0, 4]]
    assert two_models(order=((4, 0), (0, 4)), response=[0.5]) == [[4, 0], [0, 4]]
    # seven hours in the second week bear one long job beside three short ones, and not two
    assert two_models(hours=(16, 7), order=((4, 0), (0, 4))) == [[3, 1], [1, 3]]


def test_letters_do_not_change_places_where_the_hours_do_not_bear_it():
    """An hour in the first week and two in the second: the second dealer cannot take one of two letters a week earlier."""
    asked = problem(
        [bundle("b", hours=2)], [dealer("d0"), dealer("d1", [1, 4])],
        {("b", "d0"): 2, ("b", "d1"): 2}, weeks=3, mail=[2, 2, 0],
    )  # fmt: skip
    letters = np.array([[[2, 0, 0], [0, 2, 0]]], np.int32)
    assert (late_stages(completed(asked, letters, reach=0)).remedy == letters).all()
