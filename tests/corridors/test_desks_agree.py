"""The letter, the dealer's notice, the desk and whoever answers the telephone tell the same hours and days of the same vehicle.

Two owners at one dealer. One has both recalls, 7 and 3 hours by themselves and 9 together, a visit booked for the first alone, and one
pipe that the dealer was promised for the week of its visit. The other's model takes 22 hours, and its remedy comes on March 20.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from corridors import world as w
from corridors.test_remedies_by_model import words_of
from corridors.walk import pdf_text
from small_world import Desk, World, follow_up_file, vin

BOTH, LATE = vin(1), vin(2, "JTHBE262")
LONG_AGO = date(2010, 1, 4)
REMEDY = date(2013, 3, 20)  # a Wednesday, of the week of March 18
VISIT = date(2013, 3, 13)
ON = date(2013, 3, 6)


class Told(NamedTuple):
    """What each place says: the letters' words by vehicle, the notice's words and list, the dealer's week, the answers by vehicle."""

    letter: str
    notice: str
    listed: dict[str, dict[str, str]]
    week: dict[str, Any]
    answers: dict[str, dict[str, Any]]
    text: str


@pytest.fixture(scope="module")
def told(shared_desk: Desk) -> Told:
    desk = shared_desk
    world = World(desk.folder / "input").dealer(w.EAST).capacity(w.EAST, {w.MONDAYS[0]: 40.0})
    late = [{"model": w.LARGE, "remedy_available_date": REMEDY}]
    world.campaign(w.A, remedy_available_date=LONG_AGO, remedy_date=late)
    world.campaign(w.B, remedy_available_date=LONG_AGO)
    world.labour(w.A, 7.0, w.SMALL).labour(w.A, 22.0, w.LARGE).labour(w.B, 3.0)
    world.labour(f"{w.B}+{w.A}", 9.0, w.SMALL)
    world.part(w.PIPE).takes(w.A, w.PIPE, 1).supply(w.PIPE, {w.MONDAYS[1]: 5})
    world.vehicle(BOTH, w.A, w.B, dealer=w.EAST, model=w.SMALL)
    world.vehicle(LATE, w.A, dealer=w.EAST, model=w.LARGE)
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {"name": "agree", "campaigns": (w.A, w.B), "horizon_weeks": 6}
    response = {"share": w.SHARE, "scale_weeks": 1.0, "shape": 1.0, "background_per_week": 0}
    desk.do("followup", "new", follow_up_file(desk.folder / "agree.toml", response, **stated), on=w.NOTICE)  # fmt: skip
    desk.do("plan", "agree", "--policy", "all-at-once", on=w.NOTICE)
    done = desk.do("mail", "release", "agree", 1, "--out", "out", on=w.FIRST_LETTER)
    booked = World(desk.folder / "booked").appointment(BOTH, w.EAST, w.A, day=VISIT)
    desk.do("load", booked.write(), on=ON)
    desk.do("parts", "order", "--keep", on=ON)
    written = desk.do("notices", "agree", "--out", "notices", on=ON)
    folder = Path(desk.folder / written["folder"])
    (file,) = folder.rglob(f"*{w.EAST}*.pdf")
    (rows,) = folder.rglob(f"*{w.EAST}*.csv")
    with rows.open(encoding="utf-8") as lines:
        listed = {row["vin"]: row for row in csv.DictReader(lines)}
    return Told(
        words_of(done, BOTH),
        " ".join(pdf_text(file).split()),
        listed,
        desk.do("dealer", "week", w.EAST, on=VISIT),
        {one: desk.do("answer", one, on=ON) for one in (BOTH, LATE)},
        desk.run("answer", BOTH, "--lang", "es", "--on", ON).out,
    )


def test_all_tell_nine_hours_for_the_whole_visit(told: Told) -> None:
    """It is booked for the first recall alone, and the other one is done in the same visit: 9 hours are stated for both."""
    assert "All of this work is done in one visit of about 9 hours." in told.letter
    assert f"{w.BOTH} about 9 hours" in told.notice
    (visit,) = told.week["visits"]
    assert (visit["vin"], visit["campaigns"], visit["also_open"]) == (BOTH, w.A, w.B)
    assert (visit["takes"], visit["hours"]) == ("9 hours", 9.0)
    answer = told.answers[BOTH]
    assert answer["visit_time"] == "Both are done in one visit of about 9 hours."
    assert answer["visit_hours"] == 9.0
    assert "en una sola visita de cerca de 9 horas" in " ".join(told.text.split())


def test_all_tell_the_hours_of_each_recall_for_this_model(told: Told) -> None:
    assert "takes about 7 hours" in told.letter
    assert "takes about 3 hours" in told.letter
    assert f"{w.SMALL} about 7 hours; {w.LARGE} about 22 hours" in told.notice
    hours = {one["campaign"]: one["hours"] for one in told.answers[BOTH]["campaigns"]}
    assert hours == {w.A: 7.0, w.B: 3.0}
    (late,) = told.answers[LATE]["campaigns"]
    assert late["hours"] == 22.0


def test_all_tell_the_day_of_the_remedy_and_of_the_letter_that_waits_for_it(told: Told) -> None:
    """The letter waits for March 20; the plan has it in the week of March 18."""
    assert told.listed[LATE]["letter"] == REMEDY.isoformat()
    (late,) = told.answers[LATE]["campaigns"]
    assert late["what_to_do"].startswith("The repair is expected on March 20, 2013.")
    (letter,) = told.answers[LATE]["planned_letters"]
    assert (letter["campaigns"], letter["week"]) == ([w.A], w.MONDAYS[2].isoformat())
    assert f"{w.LARGE}" in told.notice
    assert "March 20, 2013" in told.notice or "Mar 20" in told.notice


def test_desk_and_answer_tell_the_same_kits(told: Told) -> None:
    """The dealer has none; one is promised from the supply of the week of March 11, in which the visit is."""
    (visit,) = told.week["visits"]
    assert (visit["kits_state"], visit["kits_from"]) == ("promised", w.MONDAYS[1].isoformat())
    kits = told.answers[BOTH]["kits"]
    assert (kits["state"], kits["from"]) == ("promised", w.MONDAYS[1].isoformat())


def test_desk_and_answer_tell_the_same_booking(told: Told) -> None:
    (visit,) = told.week["visits"]
    booked = told.answers[BOTH]["booking"]
    assert booked["start"] == f"{visit['day']}T{visit['time']}"
    assert booked["campaigns"] == [visit["campaigns"]]
