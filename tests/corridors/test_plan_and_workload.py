"""From PROBLEM.json to letters by week, waves, and the work that they bring the dealers."""

from __future__ import annotations

from collections import Counter

import pytest

from corridors import by_hand
from corridors import world as w
from corridors.walk import Walk

DAY_HOURS = 6.5  # productive hours of a technician's day
BAY_HOURS = 40.0


def letters(document: dict) -> dict[tuple[str, str, int], int]:
    """Vehicles by campaigns, dealer and week; those of two letters, and those booked, stand among the others."""
    counts: Counter[tuple[str, str, int]] = Counter()
    for row in document["letters"]:
        name = by_hand.of_all(row["bundle"].removesuffix(w.TWO_LETTERS))
        counts[name, row["dealer"], row["week"]] += row["count"]
    return dict(counts)


def test_every_letter_goes_in_its_week_by_risk_remedy_and_kits(walk: Walk) -> None:
    assert letters(walk.planned) == {
        (*place, by_hand.LETTER_WEEK[place]): count for place, count in w.LISTED.items()
    }
    assert (walk.planned["held"], walk.planned["owed"], walk.planned["interim"]) == ([], [], [])


def test_the_objective_is_the_risk_that_the_answers_take_off_the_road_and_no_plan_does_better(
    walk: Walk,
) -> None:
    # 3 x 6 x G(0) + (1 x 3 + 0.5 x 2) x G(1) + ..; G(w) = 0.8 x sum of (1 - 2^-k), k = 1 .. 6 - w, or 0.4 x for both recalls
    expected = by_hand.exposure(w.LISTED, w.WEEKS)
    assert expected == pytest.approx(178.125)
    assert walk.planned["objective"] == pytest.approx(expected)
    assert walk.planned["bound"] == pytest.approx(expected)
    assert walk.planned["gap"] == pytest.approx(0.0, abs=1e-6)


def test_the_plan_says_from_when_it_counts(walk: Walk) -> None:
    assert walk.planned["first_letter"] == w.FIRST_LETTER.isoformat()
    assert walk.planned["first_week"] == w.MONDAYS[0].isoformat()


def test_the_plan_says_that_walk_ins_alone_want_kits_that_are_not_there(walk: Walk) -> None:
    # WEST: 2 + 2 + 1 + 2 valves of five vehicles at 0.005 a week, three weeks long, and none there before week 3
    short = 3 * w.WALK_INS * (2 * 1 + 2 + 1 + 2)
    assert (
        f"Background traffic alone is {short:.1f} kits of {w.VALVE} short in the week of 2013-03-18 (needed {short:.1f} by then,"
        " 0.0 confirmed); first clears in the week of 2013-03-25."
    ) in walk.planned["messages"]


def test_a_week_of_letters_is_a_wave_and_counts_its_pieces(walk: Walk) -> None:
    pieces = [
        6 + 1,
        3 + 2,
        5,
        5,
    ]  # the lessor's copy goes with the first wave, and takes a place of its own
    leased = [row for row in walk.planned["letters"] if row["bundle"].endswith(w.TWO_LETTERS)]
    assert [(row["week"], row["count"]) for row in leased] == [(0, 1)]
    assert max(pieces) <= w.MAIL_HOUSE
    assert walk.shown["waves"] == [
        {
            "wave": week + 1,
            "week": w.MONDAYS[week].isoformat(),
            "planned": count,
            "released": False,
            "interim": 0,
            "again": 0,
        }
        for week, count in enumerate(pieces)
    ]


def test_the_follow_up_shows_the_frozen_list_beside_its_waves(walk: Walk) -> None:
    assert walk.shown["bundles"] == walk.frozen["bundles"]
    assert walk.shown["left_out"] == walk.frozen["left_out"]


def _row(walk: Walk, dealer: str, week: int) -> dict:
    (row,) = (
        row
        for row in walk.workload["rows"]
        if (row["dealer"], row["week"]) == (dealer, w.MONDAYS[week].isoformat())
    )
    return row


PLACES = [(dealer, week) for dealer in (w.EAST, w.WEST) for week in range(w.WEEKS)]


def test_the_workload_has_a_row_for_each_dealer_and_week(walk: Walk) -> None:
    found = {(row["dealer"], row["week"], row["area"]) for row in walk.workload["rows"]}
    assert found == {(d, w.MONDAYS[t].isoformat(), w.AREA[d]) for d, t in PLACES}
    assert len(walk.workload["rows"]) == len(PLACES)


@pytest.mark.parametrize(("dealer", "week"), PLACES)
def test_a_dealers_week_counts_answers_to_letters_and_walk_ins(
    walk: Walk, dealer: str, week: int
) -> None:
    """Guards: letters, response and background of the plan -> visits and hours (walk-ins were left out unnoticed)."""
    row = _row(walk, dealer, week)
    visits = by_hand.visits(dealer, week, by_hand.STILL_TO_ASK)
    hours = by_hand.visits(dealer, week, by_hand.STILL_TO_ASK, hours=True)
    assert row["appointments"] == pytest.approx(visits, abs=0.0051)
    assert row["hours"] == pytest.approx(hours, abs=0.0051)


@pytest.mark.parametrize(("dealer", "week"), PLACES)
def test_a_busy_week_is_counted_from_the_plans_visits_beside_the_hours_at_hand(
    walk: Walk, dealer: str, week: int
) -> None:
    """Guards: hours at hand -> the workload; nine weeks of ten stay below the busy week, within the length of a long visit."""
    row = _row(walk, dealer, week)
    visits = by_hand.visits(dealer, week, by_hand.STILL_TO_ASK)
    hours = by_hand.visits(dealer, week, by_hand.STILL_TO_ASK, hours=True)
    busy = max(by_hand.busy_visits(visits) * hours / visits, hours)
    assert row["hours_q90"] == pytest.approx(busy, abs=4.5)
    assert row["capacity"] == w.HOURS[dealer][week]
    assert row["short"] == pytest.approx(max(row["hours_q90"] - row["capacity"], 0), abs=0.011)
    assert row["bays"] == -(-row["hours_q90"] // BAY_HOURS)


def test_a_busy_week_whose_work_fits_into_the_weeks_after_it_books_no_day(walk: Walk) -> None:
    """EAST has 5 hours in its first two weeks, of which a busy one takes six; within two weeks there is room for it."""
    short = [(row["dealer"], row["week"]) for row in walk.workload["rows"] if row["short"] > 0]
    assert (w.EAST, w.MONDAYS[0].isoformat()) in short
    assert walk.workload["sentences"] == []
    assert walk.workload["totals"]["extra_technician_days"] == 0
    late = {row["late_chance"] for row in walk.workload["rows"]}
    assert max(late) < 0.2


def test_the_workload_of_one_dealer_is_its_rows_of_the_whole(walk: Walk) -> None:
    own = walk.workload_of_west
    assert own["rows"] == [row for row in walk.workload["rows"] if row["dealer"] == w.WEST]
    assert own["sentences"] == []


def test_no_wave_has_more_pieces_than_the_mail_house_prints_in_a_week(walk: Walk) -> None:
    assert max(wave["planned"] for wave in walk.shown["waves"]) <= w.MAIL_HOUSE
