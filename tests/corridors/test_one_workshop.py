"""Two follow-ups have one workshop: hours that letters, walk-ins and bookings of one take are not given to the other, by hand numbers.

A dealer has four hours a week, a visit takes one, no visit may wait, and every owner asks in the week of the letter. Spring writes to
eight owners, four a week; fall to six others.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pypdfium2
import pytest

from corridors import one_recall
from corridors import world as w
from small_world import Desk, World, follow_up_file, vin

HOURS, OF_SPRING, OF_FALL = 4.0, 8, 6


def frozen(desk: Desk, name: str, campaign: str, walk_ins: float = 0, **changed: object) -> None:
    response = {"share": 1.0, "scale_weeks": 0.01, "shape": 1.0, "background_per_week": walk_ins}
    stated = w.SETTINGS | {
        "name": name,
        "campaigns": (campaign,),
        "wait_bound_weeks": 0,
        "rest_weeks": 0,
        **changed,
    }
    del stated["mail_house_letters_per_week"]
    file = follow_up_file(desk.folder / f"{name}.toml", response, **stated)
    desk.do("followup", "new", file, on=w.NOTICE)


def with_spring(desk: Desk, walk_ins: float = 0, **changed: object) -> Desk:
    world = World(desk.folder / "input").dealer(w.EAST).capacity(w.EAST, {w.MONDAYS[0]: HOURS})
    for campaign, owners in ((w.A, range(OF_SPRING)), (w.B, range(20, 20 + OF_FALL))):
        world.campaign(campaign).labour(campaign, 1.0)
        for number in owners:
            world.vehicle(vin(number), campaign, dealer=w.EAST)
    desk.do("load", world.write(), on=w.NOTICE)
    frozen(desk, "spring", w.A, walk_ins, **changed)
    assert desk.do("plan", "spring", on=w.NOTICE)["broken"] == []
    frozen(desk, "fall", w.B, **changed)
    return desk


@pytest.fixture
def spring(desk: Desk) -> Desk:
    return with_spring(desk)


def letters(desk: Desk, name: str, *command: object, on: date = w.NOTICE) -> dict[int, int]:
    return one_recall.by_week(desk.do(*(command or ("plan", name)), on=on))


def rows(desk: Desk, name: str, figure: str, on: date = w.NOTICE) -> list[Any]:
    return [row[figure] for row in desk.do("workload", name, on=on)["rows"]]


def test_letters_have_the_hours_that_the_other_list_leaves(desk_on_both: Desk) -> None:
    """Spring's visits fill the first two weeks: four of fall go in the third week, two in the fourth."""
    spring = with_spring(desk_on_both)
    made = spring.do("plan", "fall", on=w.NOTICE)
    assert one_recall.by_week(made) == {2: 4, 3: 2}
    assert spring.problem("fall", on=w.NOTICE)["dealers"][0]["hours"] == [0, 0, 4, 4, 4, 4]
    assert (
        "Technicians work for spring, too: of the hours at these dealers 8 hours are of spring, its letters out and planned and its"
        " owners without one, and are taken off before letters are planned."
    ) in made["messages"]
    assert letters(spring, "spring", "replan", "spring") == {0: 4, 1: 4}
    assert spring.problem("spring", on=w.NOTICE)["dealers"][0]["hours"] == [4, 4, 0, 2, 4, 4]


def test_letters_that_are_out_keep_their_hours(spring: Desk) -> None:
    spring.do("mail", "release", "spring", 1, "--out", "out", on=w.FIRST_LETTER)
    assert spring.problem("fall", on=w.FIRST_LETTER)["dealers"][0]["hours"] == [0, 0, 4, 4, 4, 4]
    spring.do("followup", "end", "spring", "--because", "another way", on=w.FIRST_LETTER)
    hours = spring.problem("fall", on=w.FIRST_LETTER)["dealers"][0]["hours"]
    assert hours == [0, 4, 4, 4, 4, 4]  # what is out asks; what was planned does not go


def test_owners_who_come_without_a_letter_take_hours_once(desk: Desk) -> None:
    """A tenth of eight owners a week: 0.8 hours, as long as they have no letter; of owners who are on both lists fall counts none."""
    spring = with_spring(desk, walk_ins=0.1)
    taken = sum(4 - left for left in spring.problem("fall", on=w.NOTICE)["dealers"][0]["hours"])
    visits = spring.do("workload", "spring", on=w.NOTICE)["totals"]["visits"]
    assert taken == pytest.approx(visits, abs=0.1)
    assert visits > OF_SPRING


def test_booked_visits_come_off_before_letters_are_planned(spring: Desk) -> None:
    """Six visits of one hour are booked for the third week, of which it holds four: two hours wait for the fourth."""
    world = World(spring.folder / "booked").dealer(w.EAST)
    for number in range(6):
        world.vehicle(vin(50 + number), w.B, dealer=w.EAST)
        world.appointment(vin(50 + number), w.EAST, w.B, day=w.MONDAYS[2])
    spring.do("load", world.write(), on=w.NOTICE)
    assert spring.problem("fall", on=w.NOTICE)["dealers"][0]["hours"] == [0, 0, 0, 2, 4, 4]
    assert letters(spring, "fall") == {3: 2, 4: 4}


def test_a_dealer_has_one_figure_of_hours_waits_and_days_in_both_workloads(desk: Desk) -> None:
    """Twelve hours in two weeks of four hours each, if fall states no bound: both say what lacks, and whose the hours are."""
    spring = with_spring(desk)
    spring.do("plan", "fall", "--policy", "all-at-once", on=w.NOTICE)
    first, second = (
        spring.do("workload", "spring", on=w.NOTICE),
        spring.do("workload", "fall", on=w.NOTICE),
    )
    assert [row["hours"] for row in first["rows"][:3]] == [10, 4, 0]
    assert [row["hours_of_others"] for row in first["rows"][:3]] == [6, 0, 0]
    assert [row["hours_of_others"] for row in second["rows"][:3]] == [4, 4, 0]
    assert [row["appointments"] for row in first["rows"][:3]] == [4, 4, 0]
    assert [row["appointments"] for row in second["rows"][:3]] == [6, 0, 0]
    for figure in ("hours", "hours_q90", "late_chance", "extra_technician_days"):
        assert [row[figure] for row in first["rows"]] == [row[figure] for row in second["rows"]]
    assert first["totals"]["extra_technician_days"] >= 1
    assert first["totals"]["hours_of_others"] == OF_FALL
    said = " ".join(spring.run("workload", "spring", "--on", w.NOTICE).out.split())
    assert "14 technician hours, of which 6 hours of fall." in said


def test_a_notice_says_whose_the_hours_are(spring: Desk) -> None:
    spring.do("plan", "fall", on=w.NOTICE)
    spring.do("notices", "spring", on=w.NOTICE)
    document = pypdfium2.PdfDocument(spring.folder / "out" / "notices" / f"dealer-{w.EAST}.pdf")
    text = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    document.close()
    assert (
        "fall, which goes on beside it, is expected to bring 6 visits more in these weeks" in text
    )
    assert "6 hours of the hours here are of fall" in text
