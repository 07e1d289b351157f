"""The hours of a repair from labor_times.csv to the owner's letter, the answer on the telephone and the dealer's notice."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corridors import world as w
from corridors.test_remedies_by_model import words_of
from corridors.walk import pdf_text
from small_world import Desk, World, follow_up_file, vin, write_csv

ENGINE, MATS = w.A, w.B
LONG_AGO = w.NOTICE.replace(year=2010)
SHORT, LONG, BOTH, OTHER = vin(1), vin(2, "JTHBE262"), vin(3), vin(4, "JTJBT20X")
OTHER_MODEL = "LX 470"


@pytest.fixture(scope="module")
def hours(shared_desk: Desk) -> tuple[Desk, Any]:
    """The engine takes seven hours of the small model and 22 of the large one, the mats three of every model; of the small one
    both together are stated: nine. One wave is out.
    """
    world = World(shared_desk.folder / "input").dealer(w.EAST)
    for code in (ENGINE, MATS):
        world.campaign(code, remedy_available_date=LONG_AGO, first_notice_date=LONG_AGO)
    world.labour(ENGINE, 7.0, w.SMALL).labour(ENGINE, 22.0, w.LARGE).labour(MATS, 3.0)
    world.labour(f"{MATS}+{ENGINE}", 9.0, w.SMALL)
    world.vehicle(SHORT, ENGINE, dealer=w.EAST, model=w.SMALL)
    world.vehicle(LONG, ENGINE, dealer=w.EAST, model=w.LARGE)
    world.vehicle(BOTH, ENGINE, MATS, dealer=w.EAST, model=w.SMALL)
    world.vehicle(OTHER, ENGINE, dealer=w.EAST, model=OTHER_MODEL)
    shared_desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {"name": "hours", "campaigns": (ENGINE, MATS), "horizon_weeks": 4}
    response = {"share": w.SHARE, "scale_weeks": 1.0, "shape": 1.0, "background_per_week": 0}
    settings = follow_up_file(shared_desk.folder / "hours.toml", response, **stated)
    shared_desk.do("followup", "new", settings, on=w.NOTICE)
    planned = shared_desk.do("plan", "hours")
    done = shared_desk.do("mail", "release", "hours", 1, "--out", "out", on=w.FIRST_LETTER)
    return shared_desk, done | {"messages": planned["messages"]}


def test_a_letter_states_the_hours_of_its_own_model(hours: tuple[Desk, Any]) -> None:
    _, done = hours
    assert (done["printed"], done["versions"]) == (4, 4)
    for vehicle, told in ((SHORT, "7"), (LONG, "22"), (OTHER, "7 to 22")):
        words = words_of(done, vehicle)
        assert f"takes about {told} hours" in words
        assert words.count(" hours") == 1
        assert "one visit" not in words


def test_a_model_without_hours_of_its_own_is_planned_as_its_letter_tells(
    hours: tuple[Desk, Any],
) -> None:
    """Its letter says 7 to 22 hours: 14.5 are planned, and the plan names the campaign and the model that lack a labour time."""
    desk, done = hours
    planned = {bundle["id"]: bundle["hours"] for bundle in desk.problem("hours")["bundles"]}
    assert planned == {
        f"{ENGINE}:{w.LARGE}": 22.0, f"{ENGINE}:{w.SMALL}": 7.0, f"{ENGINE}:{OTHER_MODEL}": 14.5, f"{ENGINE}+{MATS}": 9.0,
    }  # fmt: skip
    (told,) = (m for m in done["messages"] if "labour time" in m)
    assert told.startswith(
        f"No labour time is loaded for {ENGINE} of {OTHER_MODEL}: planned with the middle of 7 to 22 hours"
    )


def test_a_bundle_states_the_hours_of_the_one_visit(hours: tuple[Desk, Any]) -> None:
    """7 + 3 = 10 hours; labor_times states 9 for both of the small model."""
    words = words_of(hours[1], BOTH)
    for told in (
        "takes about 7 hours",
        "takes about 3 hours",
        "All of this work is done in one visit of about 9 hours.",
    ):
        assert words.count(told) == 1


def test_contact_staff_say_what_the_letter_says(hours: tuple[Desk, Any]) -> None:
    desk, _ = hours
    told = {one: desk.do("answer", one, on=w.FIRST_LETTER) for one in (SHORT, LONG, BOTH)}
    for one, time in ((SHORT, 7), (LONG, 22)):
        (campaign,) = told[one]["campaigns"]
        assert campaign["what_to_do"].endswith(f"The work takes about {time} hours.")
        assert (told[one]["visit_hours"], told[one]["visit_time"]) == (
            time, f"The visit takes about {time} hours.",
        )  # fmt: skip
    assert told[BOTH]["visit_hours"] == 9.0
    assert told[BOTH]["visit_time"] == "Both are done in one visit of about 9 hours."


def test_a_dealer_is_told_whose_mail_came_back(hours: tuple[Desk, Any]) -> None:
    """Of two letters that came back one is looked for, of the other the owner moved; the vehicle stays on the list."""
    desk, _ = hours
    pieces = dict(desk.sql("select vin, piece_id from piece"))
    mailed, back = (
        [{"piece_id": pieces[one]} | more for one in (SHORT, LONG)]
        for more in (
            {"status": "accepted", "mailed_date": "2013-03-06"},
            {"returned_date": "2013-03-11", "return_code": "ANK"},
        )
    )
    evidence = write_csv(desk.folder / "mailed.csv", mailed)
    desk.do("mail", "accept", "hours", 1, evidence, on=date(2013, 3, 7))
    desk.do("mail", "returned", write_csv(desk.folder / "back.csv", back), on=date(2013, 3, 11))
    told = World(desk.folder / "told")
    told.owner(LONG, as_of=date(2013, 3, 12), addr1="1 Newer St")
    desk.do("load", told.write(), on=date(2013, 3, 12))
    done = desk.do("notices", "hours", "--out", "later", on=date(2013, 3, 13))
    (file,) = Path(desk.folder / done["folder"]).rglob(f"*{w.EAST}*.pdf")
    words = " ".join(pdf_text(file).split())
    assert "A letter for 1 vehicle came back, and no newer address is known." in words
    _, _, section = words.partition("Vehicles whose mail came back")
    section, _, _ = section.partition("Vehicles to be repaired")
    assert SHORT in section
    assert LONG not in section


def test_a_dealer_is_told_the_hours_by_model(hours: tuple[Desk, Any]) -> None:
    desk, _ = hours
    done = desk.do("notices", "hours", "--out", "notices", on=w.NOTICE)
    (file,) = Path(desk.folder / done["folder"]).rglob(f"*{w.EAST}*.pdf")
    words = " ".join(pdf_text(file).split())
    assert f"Time for the work: {w.SMALL} about 7 hours; {w.LARGE} about 22 hours." in words
    assert "Time for the work: every model about 3 hours." in words
    assert (
        f"A vehicle with several campaigns is done in one visit: {ENGINE}+{MATS} about 9 hours."
        in words
    )
