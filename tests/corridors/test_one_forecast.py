"""One forecast in the whole house: over the first Mondays of a small world, workload, notices, progress and the plan expect the same.

Twelve owners of recall A and eight of A and B at two dealers, four letters a week. Each Monday the past week is loaded (who came, who
booked for later), the plan is made again, and every room is asked.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corridors import world as w
from renotify.ledger.session import open_session
from renotify.notices import gather
from renotify.planner import weekly
from renotify.plans.expected import AHEAD
from renotify.plans.response import requests
from small_world import Desk, World, follow_up_file, vin

DEALERS = (w.EAST, w.WEST)
ALONE, BOTH = range(12), range(12, 20)
WALK_INS = 0.01


@pytest.fixture
def desk(sqlite_ledger: str, tmp_path: Path) -> Desk:
    desk = Desk(sqlite_ledger, tmp_path)
    world = (
        World(desk.folder / "input").campaign(w.A, risk_weight=5.0).campaign(w.B, risk_weight=1.0)
    )
    for dealer in DEALERS:
        world.dealer(dealer).capacity(dealer, {w.MONDAYS[0]: 40.0})
    world.labour(w.A, 1.0).labour(w.B, 2.0)
    for number in (*ALONE, *BOTH):
        codes = (w.A,) if number in ALONE else (w.A, w.B)
        world.vehicle(vin(number), *codes, dealer=DEALERS[number % 2])
    world.vehicle(
        vin(90), w.A, dealer=w.EAST, owner=None
    )  # open, and on no list: nobody to write to
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {
        "name": "small", "campaigns": (w.A, w.B), "mail_house_letters_per_week": 4, "horizon_weeks": 12,
    }  # fmt: skip
    response = {"share": 0.5, "scale_weeks": 3.0, "shape": 1.0, "background_per_week": WALK_INS}
    file = follow_up_file(desk.folder / "small.toml", response, **stated)
    desk.do("followup", "new", file, on=w.NOTICE)
    desk.do("plan", "small", on=w.NOTICE)
    desk.do("mail", "release", "small", 1, "--out", "out", on=w.FIRST_LETTER)
    return desk


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray[Any, Any]]:
    """What each plan that is made again expects to be asked for by week, from its problem and its own letters."""
    seen: list[np.ndarray[Any, Any]] = []

    def watched(problem: Any, *given: Any, **named: Any) -> Any:
        again = original(problem, *given, **named)
        asked = requests(again.plan.remedy_letters, problem.response).sum(axis=(0, 1))
        seen.append(asked + problem.background.sum(axis=0))
        return again

    original = weekly.replan
    monkeypatch.setattr(weekly, "replan", watched)
    return seen


def out(desk: Desk) -> list[str]:
    """Owners whose letter is out, in order."""
    rows = desk.sql(
        "select vin from piece where state in ('released', 'printed', 'accepted') order by vin"
    )
    return [row[0] for row in rows]


def week_passes(desk: Desk, monday: date, number: int, asked: list[str]) -> None:
    """One owner with a letter has come, and one has booked for eight days on; ``asked`` are those who asked before, and then these too."""
    came, booked, *_ = (one for one in out(desk) if one not in asked)
    asked += [came, booked]
    world = World(desk.folder / f"week-{number}")
    dealer = {vin(n): DEALERS[n % 2] for n in (*ALONE, *BOTH)}
    for code in DEALERS:
        world.dealer(code)
    codes = {vin(n): (w.A,) if n in ALONE else (w.A, w.B) for n in (*ALONE, *BOTH)}
    for code in codes[came]:
        world.repair(came, code, monday - timedelta(days=3), dealer=dealer[came])
    world.appointment(
        booked,
        dealer[booked],
        *codes[booked],
        day=monday + timedelta(days=8),
        booked_on=monday - timedelta(days=2),
    )
    desk.do("load", world.write(), on=monday)


def test_every_room_expects_the_same_visits_monday_after_monday(
    desk: Desk, planned: list[np.ndarray[Any, Any]], sqlite_ledger: str
) -> None:
    asked: list[str] = []
    for number in range(3):
        monday = w.MONDAYS[number + 1]
        week_passes(desk, monday, number, asked)
        desk.do("replan", "small", on=monday)
        load = desk.do("workload", "small", on=monday)
        weeks = [(monday + timedelta(weeks=week)).isoformat() for week in range(AHEAD)]
        rows = [row for row in load["rows"] if row["week"] in weeks]
        assert {row["week"] for row in load["rows"]} >= set(weeks)
        assert min(row["week"] for row in load["rows"]) == weeks[0]  # no week that has passed
        booked = sum(row["booked_visits"] for row in rows)
        visits = sum(row["appointments"] for row in rows)
        rounding = 0.005 * len(rows)
        # the plan: what is still to be asked for
        assert planned[-1][:AHEAD].sum() == pytest.approx(visits - booked, abs=rounding)
        # notices: each dealer's weeks, and the week is that of the workload
        with open_session(sqlite_ledger) as session:
            told = gather.dealers(session, gather.occasion(session, "small", monday))
        for row in rows:
            (own,) = (one for one in told if one.code == row["dealer"])
            (week,) = (one for one in own.weeks if one.week.isoformat() == row["week"])
            assert (round(week.visits, 2), round(week.hours, 2), week.days) == (
                row["appointments"], row["hours"], row["extra_technician_days"],
            )  # fmt: skip
        # progress: visits times the campaigns that each does
        forecasts = {
            row["campaign"]: row["forecast"]
            for row in desk.do("report", "progress", "--by", "campaign", on=monday)
        }
        repairs = {code: one["more"][-1] - one["off_list"] for code, one in forecasts.items()}
        assert repairs[w.A] == pytest.approx(
            visits, abs=rounding + 0.1
        )  # every vehicle is open for A
        of_both = planned_of_both(sqlite_ledger, monday)
        assert repairs[w.B] == pytest.approx(of_both, abs=rounding + 0.1)
        assert forecasts[w.A]["weeks"] == weeks
        # one open vehicle is on no list, so that no dealer's workload counts it
        assert forecasts[w.A]["off_list"] == pytest.approx(AHEAD * WALK_INS, abs=0.051)
        for one in forecasts.values():
            assert one["low"][-1] <= one["done"][-1] <= one["high"][-1]
        assert load["totals"]["low"] <= load["totals"]["visits"] <= load["totals"]["high"]
        desk.do(
            "mail", "release", "small", number + 2, "--out", "out", on=monday + timedelta(days=1)
        )


def planned_of_both(ledger: str, monday: date) -> float:
    """Visits of vehicles of both recalls in the next weeks, those that are booked with them."""
    from renotify.plans.in_force import plan_in_force
    from renotify.workload.forecast import forecast

    with open_session(ledger) as session:
        plan = plan_in_force(session, "small")
        found = forecast(session, plan, on=monday)
        places = [b for b, one in enumerate(plan.bundles) if one.campaigns == w.BOTH]
        weeks = slice(found.expected.now, found.expected.now + AHEAD)
        booked = session.scalar(
            "select count(*) from appointment where status = 'booked' and campaign_codes = :codes and start >= :monday and start < :end",
            codes=f"{w.A};{w.B}", monday=monday.isoformat(), end=(monday + timedelta(weeks=AHEAD)).isoformat(),
        )  # fmt: skip
        return float(found.to_come[places][:, :, weeks].sum()) + int(booked)
