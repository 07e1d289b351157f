"""Waves whose week passes without a release: the plan made again tells their letters as moved, once."""

from __future__ import annotations

from typing import Any

import pytest

from corridors import one_recall
from corridors import world as w
from corridors.one_recall import by_week
from small_world import Desk


@pytest.fixture
def small(desk: Desk) -> Desk:
    """Four letters in each of the first three weeks; nobody releases one."""
    one_recall.frozen(desk)
    assert by_week(desk.do("plan", "small", on=w.NOTICE)) == {0: 4, 1: 4, 2: 4}
    return desk


def told(document: dict[str, Any]) -> list[str]:
    return [
        one for one in document["messages"] if "letters move" in one or "of them were due" in one
    ]


def test_letters_of_a_week_that_passed_without_a_release_are_told_as_moved_and_when_they_can_go(
    small: Desk,
) -> None:
    """In the second week: four were due in the first, four each stay in the second and third, and the fourth is free."""
    made = small.do("replan", "small", on=w.MONDAYS[1])
    assert by_week(made) == {1: 4, 2: 4, 3: 4}
    moved, when = told(made)
    assert moved.startswith(
        "4 letters move to a later week or to none (100.0 % of the last plan's other letters)"
    )
    assert when == (
        f"4 of them were due in weeks that have passed and were not released: the first they can go in is the week of {w.MONDAYS[3]}, for"
        " those before are at the mail house."
    )


def test_a_plan_made_twice_on_a_day_tells_them_once(small: Desk) -> None:
    small.do("replan", "small", on=w.MONDAYS[1])
    (said,) = told(small.do("replan", "small", on=w.MONDAYS[1]))
    assert said.startswith("0 letters move")


def test_letters_that_were_released_are_no_move(small: Desk) -> None:
    small.do("mail", "release", "small", 1, "--out", "out", on=w.FIRST_LETTER)
    (said,) = told(small.do("replan", "small", on=w.MONDAYS[1]))
    assert said.startswith("0 letters move")
