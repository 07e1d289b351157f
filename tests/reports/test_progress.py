"""Where completion is going: the house's one forecast by campaign and place, from Monday to Monday, told by who comes."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import two_dealers as w
from plans import sample
from plans.sample import BOTH, EAST, WEST, A, B
from renotify.errors import WrongUse
from renotify.ledger import intake
from renotify.ledger.session import Session
from renotify.reports.progress import progress
from renotify.workload.of_plan import workload_of
from small_world import World, vin

MONDAY = sample.FIRST_WEEK
WEDNESDAY = MONDAY + timedelta(days=2)


def forecasts(session: Session, on: date, by: Any = "campaign") -> dict[str, dict[str, Any]]:
    """Forecasts by campaign, or by campaign and place."""
    return {
        "|".join([row["campaign"], *([row[by]] if by != "campaign" else [])]): row["forecast"]
        for row in progress(session, on, by)
    }


@pytest.fixture
def planned(sqlite_session: Session, tmp_path: Path) -> Session:
    sample.freeze(sqlite_session, tmp_path / "input")
    sample.keep_plan(sqlite_session)
    return sqlite_session


def test_visits_do_every_campaign_for_which_their_vehicle_is_open(planned: Session) -> None:
    """By hand as in test_expected: seven small and large cars' visits of A alone, and those of both, 0.4 in the second week."""
    found = forecasts(planned, WEDNESDAY)
    assert set(found) == {A, B}
    assert found[A]["weeks"] == ["2013-03-04", "2013-03-11", "2013-03-18", "2013-03-25"]
    assert found[A]["more"] == [1.5, 3.4, 4.7, 5.4]
    assert found[B]["more"] == [0.0, 0.4, 0.4, 0.4]
    assert found[A]["done"] == found[A]["more"]  # nothing is done yet
    assert (found[A]["booked"], found[A]["of_letters"], found[A]["off_list"]) == (0, 3.4, 0.0)
    assert found[A]["without_letter"] == 4 * 0.5


def test_progress_expects_what_the_workload_does(planned: Session) -> None:
    """Visits times the campaigns that each does: A alone, but for those of both."""
    rows = workload_of(planned, "small", on=WEDNESDAY).rows
    expected = forecasts(planned, WEDNESDAY)
    visits = sum(row["appointments"] for row in rows)
    assert sum(one["more"][-1] for one in expected.values()) == pytest.approx(visits + 0.4)


def test_each_dealer_and_area_has_its_part(planned: Session) -> None:
    whole = forecasts(planned, WEDNESDAY)[A]["more"]
    for by, places in (("dealer", (EAST, WEST)), ("area", ("E", "W"))):
        own = forecasts(planned, WEDNESDAY, by)
        parts = [own[f"{A}|{place}"]["more"] for place in places]
        assert [sum(week) for week in zip(*parts, strict=True)] == pytest.approx(whole, abs=0.11)


def test_the_forecast_has_an_interval_from_the_first_week_on(planned: Session) -> None:
    told = forecasts(planned, WEDNESDAY)[A]
    for low, done, high in zip(told["low"], told["done"], told["high"], strict=True):
        assert low <= done <= high
    assert told["high"][-1] > told["done"][-1]


def test_who_is_booked_is_counted_once(planned: Session, tmp_path: Path) -> None:
    """The vehicle of both campaigns is booked: a visit for each, and no answer to its letter beside it."""
    world = World(tmp_path / "booked").dealer(WEST, "W")
    world.appointment(vin(5), WEST, A, B, day=MONDAY + timedelta(days=8))
    intake.load(planned, [world.write()], on=sample.ON)
    found = forecasts(planned, WEDNESDAY)
    assert found[B]["more"] == [0.0, 1.0, 1.0, 1.0]
    assert found[B]["low"] == found[B]["high"] == found[B]["done"]
    assert found[A]["booked"] == 1
    assert found[A]["more"][-1] == 5.4 - 0.4 + 1
    assert (
        forecasts(planned, MONDAY + timedelta(weeks=2))[B]["more"] == [0.0] * 4
    )  # its day has passed


def test_vehicles_on_no_list_are_named_apart(planned: Session, tmp_path: Path) -> None:
    """A hundred open vehicles came after the freeze: a tenth of them comes in a week, as the plan has it of the campaign."""
    world = World(tmp_path / "more").dealer(EAST, "E").campaign(A)
    for number in range(100, 200):
        world.vehicle(vin(number), A, dealer=EAST)
    intake.load(planned, [world.write()], on=sample.ON)
    found = forecasts(planned, WEDNESDAY)[A]
    assert found["off_list"] == pytest.approx(4 * 100 * 0.1)
    assert found["more"][-1] == pytest.approx(5.4 + 40)
    assert (found["of_letters"], found["without_letter"]) == (3.4, 2.0)


def test_a_letter_that_somebody_else_mailed_asks_by_what_is_stated(
    sqlite_session: Session, tmp_path: Path
) -> None:
    """Guards: mail without a follow-up -> the forecast. Forty of fifty owners had a letter last week; 7 % are assumed to answer."""
    on = date(2013, 3, 12)
    world = World(tmp_path / "input").dealer(EAST, "E").campaign(A)
    for number in range(50):
        world.vehicle(vin(number), A, dealer=EAST)
    for number in range(40):
        world.add(
            "mail_events",
            vin=vin(number),
            campaign_code=A,
            mailed_date=date(2013, 3, 5),
            kind="mailed",
        )
    intake.load(sqlite_session, [world.write()], on=on)
    found = forecasts(sqlite_session, on)[A]
    share = (
        0.07 * 0.4423
    )  # F(5) - F(1) of the assumed clock: exp(-(1 / 6) ** 1.2) less exp(-(5 / 6) ** 1.2)
    assert found["off_list"] == pytest.approx(40 * share + 4 * 50 * 0.003, abs=0.06)
    assert found["note"].startswith("9LA: no follow-up plans it")


def test_the_note_says_by_what_response_the_plan_reckons(planned: Session) -> None:
    found = forecasts(planned, WEDNESDAY)
    assert (
        found[A]["note"]
        == "9LA: 40.0 to 75.0 % of owners answer a letter within 4 weeks, as stated (small)."
    )
    learned = tuple(
        bundle
        if bundle.campaigns == BOTH
        else sample.PlannedBundle(**{**vars(bundle), "learned_from": 1350})
        for bundle in sample.BUNDLES
    )
    sample.keep_plan(planned, learned)
    assert forecasts(planned, WEDNESDAY)[A]["note"].endswith(
        ", learned from 1,350 letters (small)."
    )


def test_an_interim_notice_by_a_plan_is_no_letter_that_asks_in(own_session: Session) -> None:
    """Guards: listed.interim -> letters of the forecast."""
    assert forecasts(own_session, w.NOTICE)[w.PMP]["of_letters"] > 0
    with own_session.transaction():
        own_session.execute("update listed set interim = true")
    assert forecasts(own_session, w.NOTICE)[w.PMP]["of_letters"] == 0


def test_the_weeks_before_the_plans_first_have_walk_ins_alone(planned: Session) -> None:
    """On Tuesday of the week before: nobody is written to yet, five open cars of A come at a tenth a week."""
    found = forecasts(planned, sample.ON)[A]
    assert found["weeks"][0] == "2013-02-25"
    assert found["more"] == [0.5, 2.0, 3.9, 5.2]


def test_progress_by_another_word_is_refused(sqlite_session: Session) -> None:
    with pytest.raises(WrongUse):
        progress(sqlite_session, sample.ON, "colour")  # type: ignore[arg-type]
