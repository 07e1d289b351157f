"""The plan made again in the second week: what is out stays, who came in is dropped, weeks keep their days."""

from __future__ import annotations

from datetime import timedelta

import pytest

from corridors import by_hand
from corridors import world as w
from corridors.test_plan_and_workload import PLACES, letters
from corridors.walk import Walk

OUT = {(w.A, w.EAST), (w.A, w.WEST)}  # mailed in week 0
CAME_IN = (by_hand.SMALL_B, w.EAST)  # one of the two
AHEAD = {place: count - (place == CAME_IN) for place, count in w.LISTED.items() if place not in OUT}
FROZEN = {place: count for place, count in AHEAD.items() if by_hand.LETTER_WEEK[place] <= 2}


def test_letters_that_are_out_stand_and_the_others_keep_their_weeks(walk: Walk) -> None:
    """Guards: last plan's letters shifted to today, so that the frozen weeks are this one and the next (unshifted unnoticed)."""
    out = {place: w.LISTED[place] for place in OUT}
    assert letters(walk.replanned) == {
        (*place, by_hand.LETTER_WEEK[place]): count for place, count in (out | AHEAD).items()
    }
    assert walk.replanned["held"] == []


def test_silent_owners_without_a_booking_are_due_another_letter_eight_weeks_after_theirs(
    walk: Walk,
) -> None:
    """Both of WEST's have booked; of EAST's four one cancelled. Letters of week 0 are due again in week 8, whatever today is."""
    assert walk.replanned["queued"] == [
        {
            "bundle": f"{name} follow-up from the week of 2013-04-29",
            "dealer": w.EAST,
            "week": 8,
            "count": count,
        }
        for name, count in ((w.A, w.LISTED[w.A, w.EAST] - 1), (w.A + w.TWO_LETTERS, 1))
    ]
    due = w.MONDAYS[0] + timedelta(weeks=8)
    assert (
        "4 owners with a letter of this follow-up have work open and no visit booked; 4 of them are due another letter from the"
        f" week of {due}, 8 weeks after theirs: freeze the next follow-up then: renotify followup new --silent-of spring."
    ) in walk.replanned["messages"]


def test_the_objective_counts_the_letters_ahead_from_today(walk: Walk) -> None:
    # EAST's large one of both recalls (8 x 0.4 x 3.0625 = 9.8) and its booked one of recall C (0.8 x 4.03125 = 3.225) have asked
    asking = {place: count - by_hand.BOOKED.get(place, 0) for place, count in AHEAD.items()}
    expected = by_hand.exposure(asking, w.WEEKS - w.PASSED, now=w.PASSED)
    assert expected == pytest.approx(93.65 - 9.8 - 3.225)
    assert walk.replanned["objective"] == pytest.approx(expected)
    assert walk.replanned["bound"] == pytest.approx(expected)
    assert walk.replanned["counts"] == {
        "from": w.MONDAYS[w.PASSED].isoformat(), "weeks": w.WEEKS - w.PASSED, "letters": sum(AHEAD.values()), "second_notices": 0,
        "letters_out": sum(w.LISTED[place] for place in OUT),
    }  # fmt: skip


def test_the_plan_says_what_is_promised_what_moves_and_what_it_learned(walk: Walk) -> None:
    promised = sum(FROZEN.values())
    assert promised == 3 + 2 + 4
    said = walk.replanned["messages"]
    assert (
        f"{promised} letters of this week and the next 1 are promised to the mail house and stay as they are."
    ) in said
    assert (
        "0 letters move to a later week or to none (0.0 % of the last plan's other letters), counted over all dealers of a bundle; 0 come"
        " earlier."
    ) in said
    assert "The stated response stays. No letter has been out for a whole week." in said


def test_the_plan_says_how_many_letters_are_dropped(walk: Walk) -> None:
    assert (
        "1 planned letter is dropped: owners came in or left the list."
        in walk.replanned["messages"]
    )


def test_weeks_count_from_the_first_week_as_before(walk: Walk) -> None:
    """Guards: weeks of today -> weeks of the follow-up (re-planned vehicles got today's numbers unnoticed)."""
    assert walk.replanned["first_week"] == w.MONDAYS[0].isoformat()
    assert [(wave["wave"], wave["week"], wave["released"]) for wave in walk.waves_again] == [
        (week + 1, w.MONDAYS[week].isoformat(), week == 0) for week in range(4)
    ]
    weeks = walk.weeks_again
    assert {weeks[vin] for vin in w.EAST_A + w.WEST_A} == {0}
    assert {weeks[vin] for vin in w.EAST_C + w.WEST_C} == {1}
    assert {weeks[vin] for vin in w.EAST_BOTH + w.EAST_BOTH_LARGE} == {2}
    assert {weeks[vin] for vin in w.WEST_B + w.WEST_B_LARGE + w.WEST_BOTH} == {3}


def test_waves_keep_their_pieces(walk: Walk) -> None:
    assert [walk.waves_again[number]["planned"] for number in (0, 1, 3)] == [7, 5, 5]


def test_a_wave_loses_the_piece_of_an_owner_who_came_in(walk: Walk) -> None:
    assert walk.waves_again[2]["planned"] == 5 - 1


def test_the_week_that_has_passed_has_no_work(walk: Walk) -> None:
    assert {row["week"] for row in walk.workload_again["rows"]} == {
        day.isoformat() for day in w.MONDAYS[w.PASSED :]
    }


@pytest.mark.parametrize(("dealer", "week"), [place for place in PLACES if place[1] >= w.PASSED])
def test_the_workload_expects_one_letter_less(walk: Walk, dealer: str, week: int) -> None:
    """Of who had a letter in week 0 and has not asked, two thirds of the rest come: 0.4 of 0.6, a half of them in week 1, and so on."""
    found = {(row["dealer"], row["week"]): row for row in walk.workload_again["rows"]}
    left = {place: count - (place == CAME_IN) for place, count in by_hand.STILL_TO_ASK.items()}
    row = found[dealer, w.MONDAYS[week].isoformat()]
    # to a walk-in: whether an owner who came in may walk in again is not this test's question
    one = w.WALK_INS + 0.0051
    assert row["appointments"] == pytest.approx(
        by_hand.visits(dealer, week, left, now=w.PASSED), abs=one
    )
    assert row["hours"] == pytest.approx(
        by_hand.visits(dealer, week, left, hours=True, now=w.PASSED), abs=3 * one
    )
    assert row["capacity"] == w.HOURS[dealer][week]
