"""One recall whose remedy comes model by model: plan, letters, look-up, answers and notices follow each vehicle's own day."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

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
BUILT = date(2006, 1, 9)
LONG_AGO = date(2010, 1, 4)
SOON = [vin(1), vin(2)]
LATE, BOTH_LATE, NO_DAY = vin(3, "JTHBE262"), vin(4, "JTHBE262"), vin(5, "JTJBT20X")
ONE_THERE = vin(
    6, "JTJBT20X"
)  # the remedy of the other recall has been there for years, that of the floor mats has no day
WAITING = f"{FLOOR_MATS} from {LATER_MONDAY}"
BOTH_WAITING = f"{BOTH}:{LATE_MODEL} from {LATER_MONDAY}"
ONE_DONE = f"{BOTH}:{NO_DAY_MODEL}"  # of the two, the one whose remedy is there: a planning bundle of its own
LATER_ON = "This remedy is available without charge from {}."
AVAILABLE_NOW = "The remedy is available now, without charge."
INTERIM = "The repair is not yet available"


def campaigns(folder: Path, later: date, *more: dict[str, object]) -> World:
    """The floor-mat recall, whose other models have no day yet, and a recall whose remedy has been there for years."""
    days = [
        {"model": w.SMALL, "remedy_available_date": WEDNESDAY},
        {"model": LATE_MODEL, "built_from": BUILT, "remedy_available_date": later},
        {"model": LATE_MODEL, "year_from": 2007, "remedy_available_date": later},
        *more,
    ]
    world = World(folder).campaign(FLOOR_MATS, remedy_available_date=None, remedy_date=days)
    return world.campaign(OTHER_RECALL, remedy_available_date=LONG_AGO)


def frozen(desk: Desk) -> Desk:
    world = campaigns(desk.folder / "input", LATER).dealer(w.EAST)
    world.labour(FLOOR_MATS, 1.0).labour(OTHER_RECALL, 1.0)
    for one in SOON:
        world.vehicle(one, FLOOR_MATS, dealer=w.EAST, model=w.SMALL)
    world.vehicle(LATE, FLOOR_MATS, dealer=w.EAST, model=LATE_MODEL, build_date=BUILT)
    late = {"dealer": w.EAST, "model": LATE_MODEL, "model_year": 2007}
    world.vehicle(BOTH_LATE, FLOOR_MATS, OTHER_RECALL, **late)
    world.vehicle(NO_DAY, FLOOR_MATS, dealer=w.EAST, model=NO_DAY_MODEL)
    world.vehicle(ONE_THERE, FLOOR_MATS, OTHER_RECALL, dealer=w.EAST, model=NO_DAY_MODEL)
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {
        "name": "mats", "campaigns": (FLOOR_MATS, OTHER_RECALL), "horizon_weeks": 10, "mail_house_letters_per_week": 100,
    }  # fmt: skip
    response = {
        "share": w.SHARE,
        "scale_weeks": w.HALF_LIFE,
        "shape": 1.0,
        "background_per_week": 0,
    }
    settings = follow_up_file(desk.folder / "mats.toml", response, **stated)
    desk.do("followup", "new", settings, on=w.NOTICE)
    return desk


def release(desk: Desk, wave: int, on: date) -> Answer:
    return desk.run(
        "mail", "release", "mats", wave, "--out", "out", "--on", on, "--json", "--anyway", "untold"
    )


def words_of(done: dict[str, Any], vehicle: str) -> str:
    """The print of a vehicle's letter, read back from its batch file."""
    folder = Path(done["folder"])
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        (row,) = (row for row in csv.DictReader(file) if row["vin"] == vehicle)
    words = " ".join(pdf_text(folder / row["file"]).split())
    assert vehicle in words
    return words


@pytest.fixture(scope="module")
def mats(shared_desk: Desk) -> Desk:
    return frozen(shared_desk)


@pytest.fixture(scope="module")
def planned(mats: Desk) -> Any:
    return mats.do("plan", "mats")


@pytest.fixture(scope="module")
def first_wave(mats: Desk, planned: Any) -> tuple[Answer, Any]:
    """The release that was refused a day before the remedy, and the one on its day."""
    assert planned
    return release(mats, 1, w.FIRST_LETTER), release(mats, 1, WEDNESDAY).json


@pytest.fixture(scope="module")
def slipped(mats: Desk, first_wave: tuple[Answer, Any]) -> tuple[Answer, Any]:
    """The remedy of the second wave comes two weeks later: the release that was refused, and the plan made again."""
    assert first_wave
    file = campaigns(mats.folder / "again", SLIPPED).write() / "campaigns.toml"
    mats.do("load", file, on=LATER)
    return release(mats, 2, LATER), mats.do("replan", "mats", on=LATER)


def test_each_vehicle_is_planned_from_the_week_of_its_own_remedies(planned: Any) -> None:
    """Two small ones and those without a day at once; the late model in week 5, with both recalls too: it waits for the last."""
    assert letters(planned) == {
        (FLOOR_MATS, w.EAST, 0): 3, (ONE_DONE, w.EAST, 0): 1, (WAITING, w.EAST, 5): 1, (BOTH_WAITING, w.EAST, 5): 1,
    }  # fmt: skip
    alone, beside = planned["messages"]
    assert alone.startswith(f"For 1 vehicle of {FLOOR_MATS} the day of the remedy is not known")
    assert beside.startswith(
        f"For 1 vehicle of {BOTH} the day of the remedy of {FLOOR_MATS} is not known: the letter says of {FLOOR_MATS} that the"
        " repair is not yet available, asks owners in for the others that are there, and waits for nothing."
    )


def test_the_workload_of_vehicles_that_wait_is_that_of_their_campaigns(
    mats: Desk, planned: Any
) -> None:
    """One hour a visit, two of both: four letters of week 0, and two of week 5. A remedy without a day is not done in a visit."""
    assert planned
    share = [w.SHARE * (1 - 0.5**weeks) for weeks in range(11)]
    asked = [after - before for before, after in pairwise(share)]
    rows = {row["week"]: row["hours"] for row in mats.do("workload", "mats", on=w.NOTICE)["rows"]}
    mondays = [w.MONDAYS[0] + timedelta(weeks=week) for week in range(10)]
    for week, monday in enumerate(mondays):
        late = asked[week - 5] if week >= 5 else 0.0
        by_hand = (3 + 1.0) * asked[week] + (1.0 + 2.0) * late
        assert rows[monday.isoformat()] == pytest.approx(by_hand, abs=0.0051), week


def test_a_look_up_and_an_answer_follow_the_vehicles_own_day(mats: Desk) -> None:
    for on, there in ((date(2013, 4, 9), False), (LATER, True)):
        asked = mats.do("lookup", SOON[0], LATE, BOTH_LATE, NO_DAY, on=on)
        found = {
            (one["vin"], campaign["campaign"]): (
                campaign["remedy_available"], campaign["remedy_available_date"]
            )
            for one in asked
            for campaign in one["campaigns"]
        }  # fmt: skip
        assert found == {
            (SOON[0], FLOOR_MATS): (True, WEDNESDAY.isoformat()),
            (LATE, FLOOR_MATS): (there, LATER.isoformat()),
            (BOTH_LATE, FLOOR_MATS): (there, LATER.isoformat()),
            (BOTH_LATE, OTHER_RECALL): (True, LONG_AGO.isoformat()),
            (NO_DAY, FLOOR_MATS): (False, None),
        }
        (said,) = mats.do("answer", LATE, on=on)["campaigns"]
        assert (said["remedy_available"], said["remedy_available_date"]) == (there, "2013-04-10")
        assert said["what_to_do"].startswith(
            "Make an appointment" if there else "The repair is expected on April 10, 2013."
        )
    (unknown,) = mats.do("answer", NO_DAY, on=LATER)["campaigns"]
    assert unknown["what_to_do"].startswith("The repair is not available yet.")


def test_a_wave_waits_for_the_day_of_its_remedy(first_wave: tuple[Answer, Any]) -> None:
    early, done = first_wave
    assert early.code == 1
    assert (
        f"2 letters of wave 1 would go out before the remedy: that of {FLOOR_MATS} is there on {WEDNESDAY}"
        in early.err
    )
    assert f"Release the wave from {WEDNESDAY} on." in early.err
    assert (done["planned"], done["printed"], done["versions"]) == (4, 4, 3)


def test_a_letter_says_its_own_vehicles_day_or_that_none_is_known(
    first_wave: tuple[Answer, Any],
) -> None:
    _, done = first_wave
    for one in SOON:
        words = words_of(done, one)
        assert AVAILABLE_NOW in words
        assert "without charge from" not in words
        assert INTERIM not in words
    words = words_of(done, NO_DAY)
    assert INTERIM in words
    assert AVAILABLE_NOW not in words
    assert "Follow-up notice" in words
    assert "First notice" not in words


def test_a_remedy_that_is_there_is_not_taken_back_by_one_that_is_not(
    first_wave: tuple[Answer, Any],
) -> None:
    """The letter asks the owner in for the one and says of the other alone that its repair is not there."""
    _, done = first_wave
    words = words_of(done, ONE_THERE)
    assert "Follow-up notice ·" in words
    for never in ("First notice", "wait for our second letter"):
        assert never not in words
    assert f"Recall {OTHER_RECALL}: This is a follow-up to an earlier notice." in words
    assert f"The first notice about Recall {OTHER_RECALL} went out on" in words
    assert f"The first notice about Recall {FLOOR_MATS}" not in words
    of_mats, of_other = (words.rindex(f"Recall {code} ") for code in (FLOOR_MATS, OTHER_RECALL))
    assert words.count(INTERIM) == words.count(AVAILABLE_NOW) == 1
    assert of_mats < words.index(INTERIM) < of_other < words.index(AVAILABLE_NOW)
    assert "Call your dealer for an appointment." in words


def test_a_notice_tells_the_dealer_the_days_by_model(mats: Desk, planned: Any) -> None:
    assert planned
    """And its list of vehicles the day on which each letter may go: a Tuesday by law, or the Wednesday of its remedy."""
    done = mats.do("notices", "mats", "--out", "notices", on=w.NOTICE)
    (file,) = (mats.folder / done["folder"]).rglob(f"*{w.EAST}*.pdf")
    words = " ".join(pdf_text(file).split())
    assert (
        f"{w.SMALL}: March 6, 2013; {LATE_MODEL} built from {BUILT}: April 10, 2013; from 2007 {LATE_MODEL}: April 10, 2013;"
        " all others: not yet known, and it follows when it is" in words
    )
    (listed,) = (mats.folder / done["folder"]).rglob(f"*{w.EAST}*.csv")
    with listed.open(encoding="utf-8") as file:
        days = {row["vin"]: row["letter"] for row in csv.DictReader(file)}
    assert days == {
        **dict.fromkeys(SOON, WEDNESDAY.isoformat()),
        **dict.fromkeys((NO_DAY, ONE_THERE), w.FIRST_LETTER.isoformat()),
        **dict.fromkeys((LATE, BOTH_LATE), LATER.isoformat()),
    }  # fmt: skip


def test_a_remedy_that_slipped_stops_its_letters_until_they_are_planned_again(
    mats: Desk, slipped: tuple[Answer, Any]
) -> None:
    early, again = slipped
    assert early.code == 1
    assert f"that of {FLOOR_MATS} and {BOTH} is there on {SLIPPED}; today is {LATER}" in early.err
    assert "Plan again with `renotify replan mats`" in early.err
    week = f"from {SLIPPED_MONDAY}"
    assert letters(again) == {
        (FLOOR_MATS, w.EAST, 0): 3, (ONE_DONE, w.EAST, 0): 1, (f"{FLOOR_MATS} {week}", w.EAST, 7): 1,
        (f"{BOTH}:{LATE_MODEL} {week}", w.EAST, 7): 1,
    }  # fmt: skip
    done = mats.do("mail", "release", "mats", 2, "--out", "out", on=SLIPPED)
    assert (done["planned"], done["printed"], done["versions"]) == (2, 2, 2)
    for one in (LATE, BOTH_LATE):
        assert words_of(done, one).count(AVAILABLE_NOW) == 1


def test_a_plan_made_again_waits_for_a_day_that_became_known_and_holds_what_lies_past_its_horizon(
    desk: Desk,
) -> None:
    """Ten weeks from 4 March end on 12 May."""
    frozen(desk)
    desk.do("plan", "mats")
    past_the_horizon = date(2013, 5, 13)
    known = {"model": NO_DAY_MODEL, "remedy_available_date": SLIPPED}
    world = campaigns(desk.folder / "again", past_the_horizon, known)
    desk.do("load", world.write() / "campaigns.toml", on=w.NOTICE)
    planned = desk.do("plan", "mats")
    assert letters(planned) == {
        (FLOOR_MATS, w.EAST, 0): 2, (f"{FLOOR_MATS} from {SLIPPED_MONDAY}", w.EAST, 7): 1,
        (f"{BOTH} from {SLIPPED_MONDAY}", w.EAST, 7): 1,
    }  # fmt: skip
    assert not any("not known" in told for told in planned["messages"])
    held = {(row["bundle"], row["count"], row["reason"]) for row in planned["held"]}
    why = "its first week lies past the horizon"
    assert held == {(f"{code} from {past_the_horizon}", 1, why) for code in (FLOOR_MATS, BOTH)}
