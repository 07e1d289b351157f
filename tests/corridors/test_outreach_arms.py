"""A planted wording and a planted day, by files and commands only: drawn, mailed, answered, told, and reckoned with next time."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from corridors import world as w
from renotify.campaigns.outreach_settings import LEAST_LETTERS
from small_world import Desk, World, follow_up_file, vin, write_csv

OWNERS = 240
DAY = "Thursday"
RELEASED, ON_DAY, LATE = w.FIRST_LETTER, date(2013, 3, 7), date(2013, 3, 8)
READ = date(2013, 4, 22)  # seven weeks later
SOON = "Call your dealer today and ask for an early day."
WORDINGS = {"soon": {"what_to_do": SOON}}
ARMS = (
    {"name": "usual", "share": 0.4},
    {"name": "soon", "share": 0.4, "wording": "soon"},
    {"name": "thursday", "share": 0.2, "day": DAY},
)
DRAWN = {"usual": 96, "soon": 96, "thursday": 48}
ANSWER = {"usual": 10, "soon": 40, "thursday": 5}  # the wording does much, the day nothing
LATE_LETTERS = 6  # of the day's letters that the mail house mails on Friday
ALL_SOON = ({"name": "a", "share": 0.5, "wording": "soon"}, {"name": "b", "share": 0.5, "wording": "soon"})  # fmt: skip


@pytest.fixture(scope="module")
def store() -> str:
    """The report's own tests read both stores."""
    return "sqlite"


def new(desk: Desk, name: str, on: date, **more: object) -> None:
    stated = w.SETTINGS | {
        "name": name, "campaigns": (w.A,), "notice_date": on, "horizon_weeks": 12, "mail_house_letters_per_week": OWNERS, **more,
    }  # fmt: skip
    response = {"share": 0.2, "scale_weeks": 2.0, "shape": 1.0, "background_per_week": 0}
    desk.do("followup", "new", follow_up_file(desk.folder / f"{name}.toml", response, **stated), on=on)  # fmt: skip


def printed(desk: Desk) -> list[dict[str, str]]:
    """Release the wave, and return the mail house's rows of it."""
    done = desk.do("mail", "release", "spring", 1, "--out", "out", on=RELEASED)
    assert done["arms"] == DRAWN
    with (desk.folder / done["folder"] / "manifest.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def mailed(desk: Desk, rows: list[dict[str, str]]) -> None:
    """Every letter goes on its day, but for six that go the day after."""
    late = {row["piece_id"] for row in [one for one in rows if one["mail_on"]][:LATE_LETTERS]}
    evidence = [
        {
            "piece_id": row["piece_id"], "status": "accepted",
            "mailed_date": LATE if row["piece_id"] in late else row["mail_on"] or RELEASED,
        }
        for row in rows
    ]  # fmt: skip
    file = write_csv(desk.folder / "evidence.csv", evidence)
    desk.do("mail", "accept", "spring", 1, file, on=LATE + timedelta(days=1))


@pytest.fixture(scope="module")
def answered(shared_desk: Desk) -> Desk:
    """All letters are out, and of each arm so many owners have made an appointment in the fortnight after."""
    desk = shared_desk
    world = World(desk.folder / "input").dealer(w.EAST).campaign(w.A).labour(w.A, 1.0)
    for number in range(OWNERS):
        world.vehicle(vin(number), w.A, dealer=w.EAST)
    desk.do("load", world.write(), on=w.NOTICE)
    new(desk, "spring", w.NOTICE, outreach={"arms": ARMS, "wordings": WORDINGS})
    desk.do("plan", "spring", on=w.NOTICE)
    rows = printed(desk)
    mailed(desk, rows)
    later = World(desk.folder / "later")
    for arm, count in ANSWER.items():
        for n, row in enumerate([one for one in rows if one["arm"] == arm][:count]):
            later.appointment(row["vin"], w.EAST, w.A, day=LATE + timedelta(days=3 + n % 10))
    desk.do("load", later.write(), on=READ - timedelta(days=7))
    return desk


@pytest.fixture
def told(answered: Desk) -> Any:
    return answered.do("report", "outreach", "spring", on=READ)


def test_the_ledger_keeps_the_arm_of_each_vehicle_as_it_was_drawn(answered: Desk) -> None:
    kept = answered.sql("select arm from listed where follow_up = 'spring'")
    assert Counter(arm for (arm,) in kept) == DRAWN


def test_answers_are_counted_by_the_arm_that_was_drawn_and_days_as_they_went(told: Any) -> None:
    classes = {row["class"]: row for row in told["classes"]}
    assert {arm: row["mailed"] for arm, row in classes.items()} == DRAWN
    assert {arm: row["answered"] for arm, row in classes.items()} == ANSWER
    assert {arm: row["on_day"] for arm, row in classes.items()} == {
        "usual": None, "soon": None, "thursday": DRAWN["thursday"] - LATE_LETTERS,
    }  # fmt: skip


def test_the_planted_wording_is_told_as_an_effect_and_the_planted_day_as_none(told: Any) -> None:
    _, soon, thursday = told["classes"]
    planted = 40 / 96 - 10 / 96
    assert soon["difference"] == pytest.approx(planted)
    assert 0 < soon["difference_low"] < planted < soon["difference_high"]
    assert thursday["difference_low"] < 0 < thursday["difference_high"]
    wording, day = told["messages"]
    assert wording.startswith("soon against usual: +31.25 points")
    assert "more answer" in wording
    assert day.startswith("thursday against usual: +0.00 points")
    assert "do not tell a difference" in day


def test_what_is_told_is_printed_with_the_letters_that_went_on_their_day(answered: Desk) -> None:
    shown = answered.run("report", "outreach", "spring", "--on", READ).out
    rows = [line.split() for line in shown.splitlines()]
    assert ["thursday", "48", "42", "0", "5"] in [row[:5] for row in rows]  # nobody is touched
    assert ["soon", "96", "0", "40"] in [row[:4] for row in rows]
    assert "+31.25 points" in " ".join(shown.split())


def test_with_few_letters_it_is_too_early_and_how_few_is_asked(answered: Desk) -> None:
    """96 have the usual letter, 96 other words and 48 a day."""
    assert f"[default: ({LEAST_LETTERS});" in answered.run("report", "outreach", "--help").out
    said = " ".join(
        answered.run("report", "outreach", "spring", "--least", 50, "--on", READ).out.split()
    )
    assert "soon against usual: +31.25 points" in said
    assert (
        "thursday: too early to tell: 48 letters out for a whole week, at least 50 are asked for."
        in said
    )
    assert answered.run("report", "outreach", "spring", "--least", 0, "--on", READ).code == 2


def test_the_next_follow_up_is_reckoned_with_by_the_words_of_its_letters(answered: Desk) -> None:
    """Two lists of the same owners: the letters of one have the wording that did much, those of the other the house's own words."""
    own, soon = {"rest_weeks": 0}, {"rest_weeks": 0, "outreach": {"arms": ALL_SOON, "wordings": WORDINGS}}  # fmt: skip
    expected = {}
    for name, stated in (("as-usual", own), ("soon", soon)):
        new(answered, name, READ, **stated)
        expected[name] = sum(answered.problem(name, on=READ)["bundles"][0]["response"])
    assert expected["soon"] > 1.5 * expected["as-usual"]
