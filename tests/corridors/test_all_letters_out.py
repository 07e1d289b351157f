"""Once every letter of a follow-up is out a re-plan still learns, counts the silent and hears changed settings, by hand numbers.

Twelve owners, four letters in each of the weeks of March 4, 11 and 18; half answer, half of these in the week of the letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from conftest import copy_of
from corridors import one_recall
from corridors import world as w
from corridors.conftest import NewLedger
from small_world import Desk, World, vin

THIRD = w.MONDAYS[2]


@pytest.fixture(scope="module")
def kept(
    request: pytest.FixtureRequest, new_ledger: NewLedger, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The ledger with all letters out, made once for the tests of this module: to be copied."""
    folder = tmp_path_factory.mktemp("all-out")
    with new_ledger(request, folder, "sqlite") as url:
        desk = one_recall.frozen(Desk(url, folder / "desk"))
        desk.do("plan", "small", on=w.NOTICE)
        for wave, day in ((1, w.FIRST_LETTER), (2, w.MONDAYS[1]), (3, THIRD)):
            desk.do("mail", "release", "small", wave, "--out", "out", on=day)
        yield url


@pytest.fixture
def out(kept: str, tmp_path: Path) -> Iterator[Desk]:
    with copy_of(kept, tmp_path) as url:
        yield Desk(url, tmp_path / "desk")


def still_to_ask(desk: Desk, on: date = THIRD) -> float:
    return sum(row["appointments"] for row in desk.do("workload", "small", on=on)["rows"]) - sum(
        row["booked_visits"] for row in desk.do("workload", "small", on=on)["rows"]
    )


def test_a_response_that_is_stated_anew_is_heard(out: Desk) -> None:
    """In four weeks 4 x (15/32 + 15/64 / (1 - 1/4) + 15/128 / (1 - 3/8)) = 3.875 ask; of a quarter 4 x (15/64 + ..) = 1.76."""
    assert still_to_ask(out) == pytest.approx(3.875, abs=0.02)
    why = ("--because", "fewer", "--by", "analyst")
    out.do("followup", "set", "small", "response.share=0.25", *why, on=THIRD)
    made = out.do("replan", "small", on=THIRD)
    assert made["gap"] is None
    assert (
        "Every letter is out, or its owner came in: none is left to plan, and the plan keeps what was learned since."
        in made["messages"]
    )
    assert still_to_ask(out) == pytest.approx(1.76, abs=0.02)


def test_what_bookings_teach_is_kept(out: Desk) -> None:
    """All twelve but one book in the weeks after their letters: more answer than was stated, and of the last one more is expected."""
    world = World(out.folder / "booked").dealer(w.EAST)
    for number in range(11):
        booked_on = w.MONDAYS[1 + number // 4]
        world.appointment(vin(number), w.EAST, w.A, day=w.MONDAYS[5], booked_on=booked_on)
    out.do("load", world.write(), on=w.MONDAYS[4])
    untaught = still_to_ask(out, on=w.MONDAYS[4])
    made = out.do("replan", "small", on=w.MONDAYS[4])
    assert "Learned from " in " ".join(made["messages"])
    assert still_to_ask(out, on=w.MONDAYS[4]) > untaught


def test_the_silent_are_counted_on_every_monday(out: Desk) -> None:
    made = out.do("replan", "small", on=w.MONDAYS[5])
    assert (
        "12 owners with a letter of this follow-up have work open and no visit booked"
        in " ".join(made["messages"])
    )


def test_a_follow_up_whose_owners_all_came_has_nothing_to_plan(desk: Desk) -> None:
    one_recall.frozen(desk)
    desk.do("plan", "small", on=w.NOTICE)
    world = World(desk.folder / "done").dealer(w.EAST)
    for number in range(one_recall.OWNERS):
        world.repair(vin(number), w.A, dealer=w.EAST, day=w.FIRST_LETTER)
    desk.do("load", world.write(), on=w.MONDAYS[1])
    refused = desk.run("replan", "small", "--on", w.MONDAYS[1])
    assert refused.code == 1
    assert "No letter of small is left to plan, and none is out" in refused.err
