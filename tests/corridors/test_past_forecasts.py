"""Past weeks as they were foretold, through the commands: each Monday's forecast by what was known that day, beside what came."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from corridors import world as w
from renotify.contact.calls_to_come import calls_to_come
from renotify.ledger.session import open_session
from renotify.notices import gather
from renotify.notices.counted_words import in_all
from renotify.reports.overview import overview
from small_world import Desk, World, follow_up_file, vin

OWNERS = 40
FIRST, SECOND, THIRD, FOURTH = w.MONDAYS[:4]
STATED = {"share": w.SHARE, "scale_weeks": w.HALF_LIFE, "shape": 1.0, "background_per_week": 0.0}


@pytest.fixture
def desk(sqlite_ledger: str, tmp_path: Path) -> Desk:
    """Forty owners of one recall, all of whom get their letter in the first week: 0.4 are to ask in it, 0.2 and 0.1 in the next ones."""
    desk = Desk(sqlite_ledger, tmp_path)
    world = World(desk.folder / "input").campaign(w.A, risk_weight=5.0)
    world.dealer(w.EAST).capacity(w.EAST, {FIRST: 400.0}).labour(w.A, 1.0)
    for number in range(OWNERS):
        world.vehicle(vin(number), w.A, dealer=w.EAST)
    desk.do("load", world.write(), on=w.NOTICE)
    settings = w.SETTINGS | {
        "name": "small",
        "campaigns": (w.A,),
        "mail_house_letters_per_week": OWNERS,
    }
    desk.do("followup", "new", follow_up_file(desk.folder / "small.toml", STATED, **settings), on=w.NOTICE)  # fmt: skip
    desk.do("plan", "small", on=w.NOTICE)
    desk.do("mail", "release", "small", 1, "--out", "out", on=w.FIRST_LETTER)
    return desk


def repaired(desk: Desk, name: str, on: date, days: dict[date, range]) -> None:
    """Load repairs by day, of vehicles by number."""
    world = World(desk.folder / name).dealer(w.EAST)
    for day, numbers in days.items():
        for number in numbers:
            world.repair(vin(number), w.A, day, dealer=w.EAST)
    desk.do("load", world.write(), on=on)


def foretold(desk: Desk, on: date) -> list[tuple[str, float, int]]:
    return [
        (one["week"], one["expected"], one["came"])
        for one in desk.do("report", "forecasts", "small", on=on)["weeks"]
    ]


def day(monday: date) -> date:
    return monday + timedelta(days=3)


def test_each_monday_is_foretold_by_what_was_known_then(desk: Desk) -> None:
    """On the first Monday 40 letters go out: 16 are to ask. Ten did, so that 30 are silent on the second: 30 x 0.2 / 0.6 are to ask.
    Four did: of 26 it is 0.1 / 0.4. What came is counted by the day on which it happened, whenever it was loaded.
    """
    came = {day(FIRST): range(10), day(SECOND): range(10, 14), day(THIRD): range(14, 16)}
    repaired(desk, "all", FOURTH, came)
    assert foretold(desk, FOURTH) == [
        ("2013-03-04", 16.0, 10),
        ("2013-03-11", 10.0, 4),
        ("2013-03-18", 6.5, 2),
    ]
    assert foretold(desk, SECOND + timedelta(days=6)) == [("2013-03-04", 16.0, 10)]
    assert foretold(desk, FIRST + timedelta(days=6)) == []


def test_a_replan_keeps_what_was_foretold_and_a_late_order_is_counted(desk: Desk) -> None:
    """An order of the second week that is loaded a week late: five came. Its forecast stands as it was made; the third week is
    foretold for 25 silent owners, and held against what came once files of it are loaded.
    """
    repaired(desk, "two", THIRD, {day(FIRST): range(10), day(SECOND): range(10, 14)})
    desk.do("replan", "small", on=THIRD)
    kept = json.loads(desk.sql("select past_forecasts from plan")[0][0])
    assert [(week, mean, came) for week, _, mean, _, _, came in kept] == [
        ("2013-03-04", 16.0, 10),
        ("2013-03-11", 10.0, 4),
    ]
    repaired(desk, "late", FOURTH, {day(SECOND): range(14, 15)})
    known = [("2013-03-04", 16.0, 10), ("2013-03-11", 10.0, 5)]
    assert foretold(desk, FOURTH) == known
    repaired(desk, "third", FOURTH, {day(THIRD): range(15, 16)})
    assert foretold(desk, FOURTH) == [*known, ("2013-03-18", 6.25, 1)]


def test_before_a_plan_there_is_nothing_to_hold_against_what_came(desk: Desk) -> None:
    said = desk.run("report", "forecasts", "nobody")
    assert said.code == 1
    assert "nobody" in said.err


def with_record(desk: Desk, forecasts: int, held: int) -> None:
    """Keep a record of past weeks with the plan: so many forecasts of 6 to 15, of which so many held."""
    monday = FIRST - timedelta(weeks=forecasts)
    rows = [
        [(monday + timedelta(weeks=week)).isoformat(), w.A, 10.0, 6.0, 15.0, 10 if week < held else 16]
        for week in range(forecasts)
    ]  # fmt: skip
    file = desk.ledger.removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(file)) as ledger, ledger:
        ledger.execute("update plan set past_forecasts = ?", [json.dumps(rows)])


def everywhere(desk: Desk) -> dict[str, str]:
    """What is said of the intervals wherever they are shown: at the terminal, in notices, on the page of the follow-up and on the site."""
    on = ("--on", FIRST)
    page = desk.folder / "page.html"
    desk.do("summary", "small", "--out", page, on=FIRST)
    told: list[dict[str, Any]] = desk.do("report", "progress", on=FIRST)
    with open_session(desk.ledger) as session:
        (dealer,) = gather.dealers(session, gather.occasion(session, "small", FIRST))
        (notice,) = in_all(gather.dealer_facts(dealer))
        (area,) = in_all(gather.area_facts("E", [dealer]))
        of_the_site = overview(session, FIRST).completion.cases
        calls = calls_to_come(session, FIRST).record.behind
    return {
        "dealer's notice": notice,
        "area's notice": area,
        "overview": of_the_site,
        "calls": calls,
        "workload": desk.run("workload", "small", *on).out,
        "progress": told[0]["forecast"]["past_forecasts"]["sentence"],
        "dealer's day": desk.run("dealer", "day", w.EAST, *on).out,
        "page": page.read_text(encoding="utf-8"),
    }


@pytest.mark.parametrize(
    ("forecasts", "held", "says", "never"),
    [
        (30, 22, "of 30 past forecasts 22 held", "nine of ten cases"),
        (30, 27, "", "too narrow"),
        (12, 3, "not yet proven by past weeks", "too narrow"),
    ],
)
def test_every_place_with_an_interval_says_how_past_forecasts_held(
    desk: Desk, forecasts: int, held: int, says: str, never: str
) -> None:
    with_record(desk, forecasts, held)
    for place, text in everywhere(desk).items():
        words = " ".join(text.split())
        assert says in words, place
        assert never not in words, place
    (row,) = desk.do("report", "progress", on=FIRST)
    counts = row["forecast"]["past_forecasts"]
    proven = {22: False, 27: True, 3: None}[held]
    assert (counts["forecasts"], counts["held"], counts["proven"]) == (forecasts, held, proven)
