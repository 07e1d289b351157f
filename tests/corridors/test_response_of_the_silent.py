"""How the owners of a list of the silent are reckoned with: two lists, by files and commands only.

Of 120 owners of the first wave 24 answer in the two weeks after their letter, of 40 of the second 8: a fifth of each, where 7 % was stated.
Eight weeks later the first list of the silent has 96 letters, and four answers come in the two weeks after them; then the second is made.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import expm1
from typing import Any

import pytest

from corridors import world as w
from small_world import Desk, World, follow_up_file, vin, write_csv

FIRST, SECOND = range(120), range(120, 160)
WEEK = timedelta(weeks=1)
OUT = w.FIRST_LETTER
AGAIN = w.MONDAYS[0] + 8 * WEEK  # the first wave is due again
OUT_AGAIN = AGAIN + WEEK
LATER = OUT_AGAIN + 3 * WEEK
BELIEF = 1 / 0.8**2  # so much a stated factor weighs, in answers


def mailed(desk: Desk, name: str, wave: int, on: date) -> int:
    """Release a wave and have it accepted the same day; return its letters."""
    printed: int = desk.do("mail", "release", name, wave, "--out", "out", on=on)["printed"]
    pieces = desk.sql(
        f"select piece_id from piece where follow_up = '{name}' and wave = {wave} and state = 'printed'"
    )
    rows = [{"piece_id": piece, "status": "accepted", "mailed_date": on} for (piece,) in pieces]
    desk.do("mail", "accept", name, wave, write_csv(desk.folder / "evidence.csv", rows), on=on)
    return printed


def answered(desk: Desk, numbers: range, mailed_on: date, called: str) -> None:
    """Half of these owners book a visit within a week of their letter, half of them in the week after."""
    world = World(desk.folder / called)
    for number in numbers:
        day = mailed_on + timedelta(days=5 if number % 2 else 12)
        world.appointment(vin(number), w.EAST, w.A, day=day + WEEK, status="done", booked_on=day)
        world.rows["appointments"][-1]["appointment_id"] = f"{called}{number}"
        world.repair(vin(number), w.A, day + WEEK, dealer=w.EAST, ro_id=f"{called}{number}")
    desk.do("load", world.write(), on=mailed_on + 3 * WEEK)


@pytest.fixture(scope="module")
def first(shared_desk: Desk) -> tuple[Desk, Any]:
    """The first list of the silent, as it was frozen."""
    desk = shared_desk
    world = World(desk.folder / "input").dealer(w.EAST).campaign(w.A).labour(w.A, 1.0)
    for number in (*FIRST, *SECOND):
        world.vehicle(vin(number), w.A, dealer=w.EAST, owner=None)
        world.owner(vin(number), as_of=date(2012, 12, 1) - (number in SECOND) * WEEK)
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {
        "name": "spring", "campaigns": (w.A,), "mail_house_letters_per_week": len(FIRST), "horizon_weeks": 26,
    }  # fmt: skip
    response = {"share": 0.07, "scale_weeks": 2.0, "shape": 1.0, "background_per_week": 0}
    file = follow_up_file(desk.folder / "spring.toml", response, **stated)
    desk.do("followup", "new", file, on=w.NOTICE)
    desk.do("plan", "spring", on=w.NOTICE)
    assert mailed(desk, "spring", 1, OUT) == len(FIRST)
    answered(desk, FIRST[:24], OUT, "a")
    assert mailed(desk, "spring", 2, OUT + WEEK) == len(SECOND)
    answered(desk, SECOND[:8], OUT + WEEK, "b")
    return desk, desk.do("followup", "new", "--silent-of", "spring", on=AGAIN)


@pytest.fixture(scope="module")
def second(first: tuple[Desk, Any]) -> tuple[Desk, Any]:
    """The second list, after four answers to the first one."""
    desk, frozen = first
    name = frozen["follow_up"]
    desk.do("plan", name, on=AGAIN)
    assert mailed(desk, name, 1, OUT_AGAIN) == 96
    answered(desk, FIRST[24:28], OUT_AGAIN, "c")
    return desk, desk.do("followup", "new", "--silent-of", "spring", on=LATER)


def reached(response: dict[str, float], weeks: int) -> float:
    """The share of owners who have answered so many weeks after a first letter, by a Weibull."""
    share: float = -response["share"] * expm1(
        -((weeks / response["scale_weeks"]) ** response["shape"])
    )
    return share


def test_the_first_list_is_planned_by_what_was_learned_and_says_that_nobody_knows_the_rest(
    first: tuple[Desk, Any],
) -> None:
    desk, frozen = first
    own = frozen["response"][w.A]
    assert 0.14 < own["share"] < 0.22  # a fifth answered; 7 % was stated, and pulls
    assert frozen["response"]["of_silent"] == 1
    (said,) = frozen["messages"]
    assert said.startswith(
        "Its owners, silent after a letter, are planned to answer as often as owners answered letters of spring by"
    )
    assert "No letter to silent owners has been out for a week" in said
    made = desk.do("plan", frozen["follow_up"], on=AGAIN)
    (told,) = [one for one in made["messages"] if "stayed silent after a letter of spring" in one]
    assert f"{w.A} {100 * own['share']:.3g} %" in told
    assert f"renotify followup set {frozen['follow_up']} response.of_silent=TIMES" in told
    (bundle,) = desk.problem(frozen["follow_up"], on=AGAIN)["bundles"]
    assert sum(bundle["response"]) == pytest.approx(reached(own, 26), abs=1e-6)


def test_answers_to_the_first_list_tell_how_often_the_second_is_answered(
    second: tuple[Desk, Any],
) -> None:
    """96 letters are out for three weeks; four answered. By hand: (1.5625 + 4) / (1.5625 / 1 + 96 F(3))."""
    desk, frozen = second
    own = frozen["response"][w.A]
    expected = 96 * reached(own, 3)
    assert expected > 8
    factor = (BELIEF + 4) / (BELIEF + expected)
    assert frozen["response"]["of_silent"] == pytest.approx(factor, abs=1e-4)
    assert (
        f"96 letters to silent owners brought 4 answers where {expected:.1f} would be as often (stated 1)."
        in frozen["messages"][0]
    )
    desk.do("plan", frozen["follow_up"], on=LATER)
    (bundle,) = desk.problem(frozen["follow_up"], on=LATER)["bundles"]
    assert sum(bundle["response"]) == pytest.approx(factor * reached(own, 26), abs=1e-5)


def test_an_answer_to_the_second_letter_is_none_to_the_first(second: tuple[Desk, Any]) -> None:
    """Of the first letters 24 and 8 were answered; the four came after another."""
    desk, _ = second
    (every,) = desk.do("report", "outreach", "spring", "--by", "language", on=LATER)["classes"]
    assert (every["mailed"], every["answered"]) == (len(FIRST) + len(SECOND), 24 + 8)


def test_run_again_after_more_answers_the_list_stays(second: tuple[Desk, Any]) -> None:
    desk, frozen = second
    again = desk.do("followup", "new", "--silent-of", "spring", on=LATER)
    assert (again["follow_up"], again["frozen_before"]) == (frozen["follow_up"], True)


def test_the_analyst_states_how_often_the_silent_answer_of_all_bundles_at_once(
    second: tuple[Desk, Any],
) -> None:
    desk, frozen = second
    name = frozen["follow_up"]
    own = frozen["response"][w.A]
    desk.do(
        "followup", "set", name, "response.of_silent=0.25", "--because", "a study says so", on=LATER
    )
    made = desk.do("plan", name, on=LATER)
    assert any("0.25 times as often as a first letter" in one for one in made["messages"])
    (bundle,) = desk.problem(name, on=LATER)["bundles"]
    assert sum(bundle["response"]) == pytest.approx(0.25 * reached(own, 26), abs=1e-5)
