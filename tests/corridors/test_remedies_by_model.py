"""One recall whose remedy comes model by model: plan, letters, look-up, answers and notices follow each vehicle's own day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from corridors import world as w
from corridors.test_plan_and_workload import letters
from corridors.walk import pdf_text
from small_world import Answer, Desk, World, follow_up_file, vin

FLOOR_MATS, OTHER_RECALL = w.A, w.B
BOTH = f"{FLOOR_MATS}+{OTHER_RECALL}"
LATE_MODEL, NO_DAY_MODEL = w.LARGE, "LX 470"
WEDNESDAY = date(2013, 3, 6)  # of week 0; the first letter may go on Tuesday
LATER = date(2013, 4, 10)  # the Wednesday of week 5
LATER_MONDAY = date(2013, 4, 8)
SLIPPED, SLIPPED_MONDAY = date(2013, 4, 24), date(2013, 4, 22)  # week 7
LONG_AGO = date(2010, 1, 4)
SOON = [vin(1), vin(2)]
LATE, BOTH_LATE, NO_DAY = vin(3, "JTHBE262"), vin(4, "JTHBE262"), vin(5, "JTJBT20X")
WAITING = f"{FLOOR_MATS} from {LATER_MONDAY}"
BOTH_WAITING = f"{BOTH} from {LATER_MONDAY}"
AVAILABLE = "This remedy is available without charge from {}."
INTERIM = "The repair is not yet available"


def remedies(later: date) -> list[dict[str, object]]:
    return [
        {"model": w.SMALL, "remedy_available_date": WEDNESDAY},
        {"model": LATE_MODEL, "remedy_available_date": later},
    ]


def campaigns(folder: Path, later: date) -> World:
    """The floor-mat recall, whose other models have no day yet, and a recall whose remedy has been there for years."""
    world = World(folder).campaign(
        FLOOR_MATS, remedy_available_date=None, remedy_date=remedies(later)
    )
    return world.campaign(OTHER_RECALL, remedy_available_date=LONG_AGO)


def frozen(desk: Desk) -> Desk:
    world = campaigns(desk.folder / "input", LATER).dealer(w.EAST)
    world.labour(FLOOR_MATS, 1.0).labour(OTHER_RECALL, 1.0)
    for one in SOON:
        world.vehicle(one, FLOOR_MATS, dealer=w.EAST, model=w.SMALL)
    world.vehicle(LATE, FLOOR_MATS, dealer=w.EAST, model=LATE_MODEL)
    world.vehicle(BOTH_LATE, FLOOR_MATS, OTHER_RECALL, dealer=w.EAST, model=LATE_MODEL)
    world.vehicle(NO_DAY, FLOOR_MATS, dealer=w.EAST, model=NO_DAY_MODEL)
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {
        "name": "mats", "campaigns": (FLOOR_MATS, OTHER_RECALL), "horizon_weeks": 10, "mail_house_letters_per_week": 100,
    }  # fmt: skip
    response = {"share": w.SHARE, "scale_weeks": w.HALF_LIFE, "shape": 1.0, "background_per_week": 0}
    settings = follow_up_file(desk.folder / "mats.toml", response, **stated)
    desk.do("followup", "new", settings, on=w.NOTICE)
    return desk


def release(desk: Desk, wave: int, on: date) -> Answer:
    return desk.run("mail", "release", "mats", wave, "--out", "out", "--on", on, "--json")


def words_of(answer: Answer, vehicle: str) -> str:
    """The print of a vehicle's letter, read back from its batch file."""
    assert answer.code == 0, answer.err
    folder = Path(answer.json["folder"])
    rows = (folder / "manifest.csv").read_text(encoding="utf-8").splitlines()
    columns = rows[0].replace('"', "").split(",")
    (row,) = (line.replace('"', "").split(",") for line in rows[1:] if vehicle in line)
    file = folder / row[columns.index("file")]
    assert sum(row[columns.index("file")] in line for line in rows) >= 1
    return " ".join(pdf_text(file).split())


@pytest.fixture(scope="module")
def mats(shared_desk: Desk) -> Iterator[Desk]:
    yield frozen(shared_desk)
