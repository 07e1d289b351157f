"""A follow-up that runs for months, on a world that answers: every week's figures against the world's own books."""

from __future__ import annotations

from datetime import timedelta

import pytest

from corridors import answering_world as a
from corridors.answering_world import AnsweringWorld
from small_world import Desk


def check_letters(world: AnsweringWorld, said: dict) -> None:
    """Nobody twice within the rest, nobody who is known to be repaired, no more pieces than the mail house takes."""
    for car in world.cars.values():
        for one, other in zip(car.mailed, car.mailed[1:], strict=False):
            assert other - one >= timedelta(weeks=8), car.vin
    for name in world.names:
        done = [one for one in said["released"] if one["follow_up"] == name]
        beyond = sum(one["printed"] for one in done) - a.MAIL_HOUSE
        assert all(one["printed"] <= a.MAIL_HOUSE for one in done)
        if beyond > 0:  # letters sent again come to a full week
            assert f"agree on {beyond} more with it" in " ".join(done[-1]["warnings"])
        assert all(one["planned"] == one["printed"] + one["withdrawn"] for one in done)


def check_kits(world: AnsweringWorld, said: dict) -> None:
    """Delivered kits are on shelves, on their way, fitted, promised or free; none of them is given twice."""
    before, known = 2 * len(a.DEALERS), world.known
    for part, line in said["pool"].items():
        shelf = sum(count for place, count in known.shelf.items() if place[1] == part)
        coming = sum(count for place, count in known.coming.items() if place[1] == part)
        assert line["delivered"] == world.books.delivered[part], part
        assert (line["on_shelves"], line["on_order"]) == (shelf, coming), part
        assert line["fitted"] == known.fitted[part], part
        assert line["left_pool"] + line["on_order"] == known.shipped[part], part
        assert shelf + known.fitted[part] - before + coming == known.shipped[part], part
        taken = line["left_pool"] + line["on_order"] + line["promised"] + line["for_orders"]
        assert line["free"] >= 0
        assert taken <= line["delivered"] + line["promised"], part


def check_open(world: AnsweringWorld, on: object) -> None:
    counts = {row["campaign"]: row for row in world.desk.do("status", on=on)}
    for code in (a.A, a.B):
        row = counts[code]
        assert row["open"] + row["unreachable"]["failure_to_receive"] == world.known_open[code]


WEEKS = [
    pytest.param(4, id="four weeks"),
    pytest.param(26, id="half a year", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("weeks", WEEKS)
def test_a_follow_up_keeps_the_worlds_books_week_by_week(desk: Desk, weeks: int) -> None:
    world = AnsweringWorld(desk, 150)
    world.begin()
    for week in range(weeks):
        world.note_what_can_be_known()
        said = world.play(week)
        check_letters(world, said)
        check_kits(world, said)
        check_open(world, said["on"])
        for name in world.names:
            counted = desk.do("mail", "reconcile", name)
            assert counted["closes"], counted
    assert desk.do("verify")["ok"]
    if weeks < 26:
        return
    check_the_end(world, said)


def check_the_end(world: AnsweringWorld, said: dict) -> None:
    """Nobody on the list is forgotten, who was silent was written to again, and what was learned holds what was planted."""
    open_still = [car for car in world.cars.values() if car.open and not car.nowhere]
    assert [car.vin for car in open_still if not car.mailed and car.vin not in world.lost] == []
    assert len(world.names) > 1
    assert sum(len(car.mailed) > 1 for car in world.cars.values()) > 10
    assert world.without_kits < 20  # a supplier's slip of two weeks among them
