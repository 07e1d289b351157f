"""The workload of a plan: rows by dealer and week, sentences for those who must book more, and hours as they are loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from plans import sample
from plans.sample import EAST, FIRST_WEEK, ON, WEST
from renotify.errors import NothingToDo, UnknownName
from renotify.ledger.intake import load
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.plans.expected import Expected
from renotify.plans.in_force import PlanInForce
from renotify.workload.forecast import Forecast
from renotify.workload.manpower import Asked, Workload, workload
from renotify.workload.of_plan import (
    PlanWorkload,
    Totals,
    weekly_hours,
    workload_of,
    workload_of_scope,
)
from small_world import World, vin

MONDAYS = tuple(FIRST_WEEK + timedelta(weeks=week) for week in range(-2, 6))
BEFORE, LAST_WEEK_BEFORE, FIRST, SECOND, THIRD, *_ = MONDAYS
AFTER = MONDAYS[-2]  # the Monday after the four weeks


def hours_loaded(session: Session, folder: Path, **hours: Mapping[date, float]) -> None:
    world = World(folder).dealer(EAST, "E").dealer(WEST, "W")
    for dealer, line in hours.items():
        world.capacity(dealer, line)
    load(session, [world.write()], on=ON)


# ---- hours at hand


def hours_of(session: Session, dealer: str, weeks: int = 4) -> list[float]:
    return weekly_hours(session, FIRST_WEEK, weeks)[dealer].tolist()


@pytest.mark.parametrize(
    ("stated", "weekly"),
    [
        ({FIRST: 10, SECOND: 20, THIRD: 30}, [10, 20, 30, 30]),
        ({FIRST: 10, THIRD: 30}, [10, 10, 30, 30]),
        ({BEFORE: 5}, [5, 5, 5, 5]),
        ({BEFORE: 5, LAST_WEEK_BEFORE: 7}, [7, 7, 7, 7]),
        ({BEFORE: 5, SECOND: 20}, [5, 20, 20, 20]),
        ({SECOND: 20}, [20, 20, 20, 20]),
        ({FIRST: 10, AFTER: 99}, [10, 10, 10, 10]),
        ({FIRST: 10, SECOND: 0}, [10, 0, 0, 0]),
    ],
)
def test_a_week_without_a_row_has_the_hours_of_the_week_before_it(
    sqlite_session: Session, tmp_path: Path, stated: dict[date, float], weekly: list[float]
) -> None:
    hours_loaded(sqlite_session, tmp_path / "input", D0001=stated)
    assert hours_of(sqlite_session, EAST) == weekly


def test_a_dealer_without_rows_has_no_known_hours(session: Session, tmp_path: Path) -> None:
    hours_loaded(session, tmp_path / "input", D0001={FIRST: 10})
    assert set(weekly_hours(session, FIRST_WEEK, 4)) == {EAST}


def test_hours_of_a_later_week_say_nothing_of_the_plans_own(
    sqlite_session: Session, tmp_path: Path
) -> None:
    hours_loaded(sqlite_session, tmp_path / "input", D0001={AFTER: 99})
    assert weekly_hours(sqlite_session, FIRST_WEEK, 4) == {}


# ---- rows and sentences of values


def of_values(visits: list[list[float]], days: list[list[int]], late: float = 0.0) -> PlanWorkload:
    """Dealers D1, D2, .. whose visits take an hour each, twenty hours at hand; their days to book, and who waits too long."""
    weekly, booked = np.array(visits, float), np.array(days)
    plan = PlanInForce("small", "by hand", FIRST_WEEK, weekly.shape[1], ())
    dealers = tuple(f"D{number}" for number in range(1, len(weekly) + 1))
    none = np.zeros((0, *weekly.shape), int)
    brought = Expected(plan, dealers, none, none, none, none, none.astype(float))
    seen = Forecast(brought, np.ones(1), weekly, weekly)
    chance, nothing = np.full(weekly.shape, late), np.zeros(weekly.shape)
    work = Workload(
        weekly,
        weekly,
        weekly + 4,
        nothing,
        nothing + 20,
        chance,
        booked,
        np.full(len(weekly), 6.5),
        nothing,
        np.full(len(weekly), 4),
        np.full(len(weekly), 2.0),
    )
    return PlanWorkload(seen, work, {}, 2)


def test_the_days_to_book_are_a_sentence_with_what_happens_without_them() -> None:
    work = of_values([[0, 0, 20, 20, 20, 0], [0] * 6], [[0, 0, 2, 1, 2, 0], [0] * 6], 0.25)
    (said,) = work.sentences
    assert said == (
        "Dealer D1: 1 extra technician-day in the week of 2013-03-25, 2 in each of the weeks of 2013-03-18 and 2013-04-01;"
        " else about 15.0 of 60.0 expected visits wait longer than 2 weeks."
    )


def test_days_that_may_be_needed_beyond_those_to_book_are_told() -> None:
    """Four days suffice nine times of ten: more than one, and fewer than the five of the dealer above, who says nothing of them."""
    (said,) = of_values([[20.0, 0]], [[1, 0]], 0.5).sentences
    assert said == (
        "Dealer D1: 1 extra technician-day in the week of 2013-03-04 (4 suffice in nine of ten cases);"
        " else about 10.0 of 20.0 expected visits wait longer than 2 weeks."
    )


def test_who_must_book_the_most_is_named_first() -> None:
    work = of_values([[20.0] * 3] * 4, [[1, 0, 0], [0, 1, 1], [1, 0, 2], [0, 0, 0]])
    assert [sentence.split(":")[0] for sentence in work.sentences] == [
        "Dealer D3",
        "Dealer D2",
        "Dealer D1",
    ]


def test_the_sums_are_told_first() -> None:
    work = of_values([[20.0, 0.0]] * 3, [[1, 1], [0, 1], [0, 0]], 0.5)
    assert work.totals == Totals(60.0, 60.0, 30.0, 19.5, 3, 2, 60, 0.0, 0.0, 60.0, 60.0, 0.0, 6.0)
    assert work.summary == (
        "60 visits expected from the week of 2013-03-04 on (60 to 60 in nine of ten cases,"
        " not yet proven by past weeks): 60 booked, by letters 0, without one 0;"
        " 60 technician hours. With the hours at hand about 30 visits would wait longer than 2 weeks,"
        " for want of 19.5 hours: some 6 technician-days of 6.5 hours, booked as visits are asked for."
        " 2 dealers should book 3 extra technician-days, each likelier needed than not."
    )
    assert of_values([[1.0]], [[0]]).summary.endswith("No dealer needs to book extra days ahead.")


def test_the_tightest_rows_come_by_days_then_by_visits_that_wait_then_by_hours() -> None:
    work = of_values([[5, 20, 6], [25, 0, 7]], [[0, 0, 1], [0, 0, 0]], 0.5)
    week = [FIRST_WEEK + timedelta(weeks=t) for t in range(3)]
    assert [(one.dealer, one.week) for one in work.tightest] == [
        ("D1", week[2]), ("D2", week[0]), ("D1", week[1]), ("D2", week[2]), ("D1", week[0]), ("D2", week[1]),
    ]  # fmt: skip


def test_ten_rows_are_the_tightest_and_the_eleventh_is_not_told() -> None:
    """Twelve visits of an hour in one week, eleven in the next, down to one."""
    work = of_values([[float(visits) for visits in range(12, 0, -1)]], [[0] * 12])
    assert [one.appointments for one in work.tightest] == [12, 11, 10, 9, 8, 7, 6, 5, 4, 3]


# ---- from the ledger


def planned(session: Session, folder: Path) -> None:
    sample.freeze(session, folder)
    sample.keep_plan(session)
    hours_loaded(session, folder.with_name("hours"), D0001={FIRST: 3})


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, session_on: Callable[..., Session]) -> Session:
    return session_on(request.param, planned)


def test_each_dealer_and_week_has_its_row(kept: Session) -> None:
    rows = workload_of(kept, "small").rows
    assert [(row["dealer"], row["area"]) for row in rows] == [(EAST, "E")] * 4 + [(WEST, "W")] * 4
    assert [row["week"] for row in rows[:4]] == [
        "2013-03-04",
        "2013-03-11",
        "2013-03-18",
        "2013-03-25",
    ]
    assert [row["appointments"] for row in rows] == [1.3, 0.8, 0.8, 0.55, 0.2, 1.1, 0.45, 0.2]
    assert [row["hours"] for row in rows] == [2.7, 1.7, 2.2, 1.45, 0.4, 3.2, 0.9, 0.4]
    assert [row["capacity"] for row in rows] == [3.0] * 4 + [None] * 4
    for row in rows[4:]:  # nobody knows the hours of the West
        assert (row["short"], row["late_chance"], row["extra_technician_days"]) == (0, 0, 0)


def test_what_is_booked_comes_to_its_week(sqlite_session: Session, tmp_path: Path) -> None:
    """Guards: appointments -> the work. Three vehicles are booked for the second week, an hour each where no labour time is loaded."""
    planned(sqlite_session, tmp_path / "input")
    world = World(tmp_path / "booked").dealer(EAST, "E").dealer(WEST, "W")
    for number in (1, 2, 3):
        world.appointment(vin(number), EAST, sample.A, day=SECOND + timedelta(days=number))
    load(sqlite_session, [world.write()], on=ON)
    rows = workload_of(sqlite_session, "small", Scope(dealer=EAST)).rows
    assert [row["booked_hours"] for row in rows] == [0, 3, 0, 0]
    assert [row["booked_visits"] for row in rows] == [0, 3, 0, 0]
    # all three of the East have asked, so that no letter and no week brings them a second time
    assert [row["appointments"] for row in rows] == [0, 3, 0, 0]


def test_weeks_that_have_passed_are_no_rows(kept: Session) -> None:
    """On Tuesday of the third week: letters of the first two weeks were never released, and ask from this week on."""
    rows = workload_of(kept, "small", Scope(dealer=EAST), on=THIRD + timedelta(days=1)).rows
    assert [row["week"] for row in rows[:2]] == ["2013-03-18", "2013-03-25"]
    # two small cars and a large one: half of them, then a quarter; a tenth of each comes without a letter
    assert [row["appointments"] for row in rows[:2]] == [1.5 + 0.3, 0.75 + 0.3]


def test_after_the_plan_four_weeks_are_foretold_all_the_same(kept: Session) -> None:
    rows = workload_of(kept, "small", Scope(dealer=EAST), on=AFTER + timedelta(weeks=10)).rows
    assert [row["week"] for row in rows] == ["2013-06-10", "2013-06-17", "2013-06-24", "2013-07-01"]


def test_no_week_has_fewer_visits_than_are_booked(sqlite_session: Session, tmp_path: Path) -> None:
    """Guards: the book -> the forecast. One of the two small cars of the first week is booked for it, the other is still to ask."""
    planned(sqlite_session, tmp_path / "input")
    world = World(tmp_path / "booked").dealer(EAST, "E").dealer(WEST, "W")
    world.appointment(vin(1), EAST, sample.A, day=FIRST)
    load(sqlite_session, [world.write()], on=ON)
    first, *_ = workload_of(sqlite_session, "small", Scope(dealer=EAST)).rows
    assert first["appointments"] == 1 + 0.5 + 2 * 0.1
    assert first["low"] >= first["booked_visits"] == 1
    assert first["high"] > first["appointments"]


def test_owners_come_as_long_after_they_ask_as_the_bookings_say(
    sqlite_session: Session, tmp_path: Path
) -> None:
    """Thirty bookings were made two weeks before their visit: what is asked for in the first week comes in the third."""
    planned(sqlite_session, tmp_path / "input")
    world = World(tmp_path / "booked").dealer(EAST, "E").dealer(WEST, "W")
    for number in range(30):
        world.appointment(
            vin(100 + number), WEST, sample.A, day=BEFORE, booked_on=BEFORE - timedelta(weeks=2), status="done"
        )  # fmt: skip
    load(sqlite_session, [world.write()], on=ON)
    found = workload_of(sqlite_session, "small", Scope(dealer=EAST))
    assert found.expected.visits.sum(axis=0)[0].tolist() == pytest.approx([1.3, 0.8, 0.8, 0.55])
    assert [row["appointments"] for row in found.rows] == [0, 0, 1.3, 0.8]


def test_a_visit_may_wait_as_long_as_the_follow_up_says(
    sqlite_session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards: ``wait_bound_weeks`` -> the work. Some 2.7 hours of the first week against three at hand, and more in the weeks after it."""
    monkeypatch.setattr(sample, "SETTINGS", replace(sample.SETTINGS, wait_bound_weeks=0))
    planned(sqlite_session, tmp_path / "input")
    found = workload_of(sqlite_session, "small", Scope(dealer=EAST))
    hours = np.array([bundle.hours for bundle in sample.BUNDLES])
    patient = workload(
        Asked(
            [EAST],
            found.expected.visits,
            hours,
            found.work.booked,
            found.work.booked,
            found.work.capacity,
            2,
        )
    )
    assert found.wait_weeks == 0
    assert found.work.late.sum() > 2 * patient.late.sum()


@pytest.mark.parametrize(("scope", "dealer"), [(Scope(area="E"), EAST), (Scope(dealer=WEST), WEST)])
def test_a_scope_sees_the_rows_that_all_would_show_it(
    kept: Session, scope: Scope, dealer: str
) -> None:
    every = [row for row in workload_of(kept, "small").rows if row["dealer"] == dealer]
    assert workload_of_scope(kept, "small", scope).rows == every


def test_one_dealer_is_asked_by_its_code(kept: Session) -> None:
    assert {row["dealer"] for row in workload_of(kept, "small", Scope(dealer=WEST)).rows} == {WEST}


def test_a_dealer_without_listed_vehicles_is_refused(kept: Session) -> None:
    with pytest.raises(UnknownName, match="Dealer D0009 has no vehicles in small"):
        workload_of(kept, "small", Scope(dealer="D0009"))


def test_a_follow_up_without_a_plan_has_no_workload(
    sqlite_session: Session, tmp_path: Path
) -> None:
    sample.freeze(sqlite_session, tmp_path / "input")
    with pytest.raises(NothingToDo):
        workload_of(sqlite_session, "small")
