"""What a plan brings to the dealers, each figure by hand: letters, walk-ins, visits, hours and kits by week."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from plans import sample
from plans.sample import BOTH, BUNDLES, EAST, LARGE, ON, PIPE, SMALL, VALVE, WEST, A
from renotify.ledger import follow_ups, pieces
from renotify.ledger.follow_ups import NewPlan
from renotify.ledger.intake import load
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.plans.expected import Expected, expected, expected_by_campaign
from renotify.plans.in_force import PlannedBundle, bundles_as_json, plan_in_force
from renotify.plans.response import requests
from renotify.selection.freeze import freeze_follow_up
from small_world import World, vin

PLACE = {bundle.name: place for place, bundle in enumerate(BUNDLES)}
SMALL_A, LARGE_A = f"{A}:{SMALL}", f"{A}:{LARGE}"
SERVICE = "CLB"
TWO_FAMILIES = (
    PlannedBundle(A, A, (), 2.0, {}, (0.5, 0.25), 0.1),
    PlannedBundle(SERVICE, SERVICE, (), 0.5, {}, (0.4,), 0.0),
)


def planned(session: Session, folder: Path) -> None:
    sample.freeze(session, folder)
    sample.keep_plan(session)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, session_on: Callable[..., Session]) -> Session:
    """A ledger with the plan by hand, on both stores."""
    return session_on(request.param, planned)


@pytest.fixture
def frozen(session_on: Callable[..., Session]) -> Session:
    """The frozen list alone, on SQLite."""
    return session_on("sqlite", sample.freeze)


def brought(session: Session, scope: Scope = ALL) -> Expected:
    return expected(session, plan_in_force(session, "small"), scope)


def line(of: Expected, figures: object, bundle: str, dealer: str) -> list[float]:
    """The weeks of one bundle at one dealer."""
    return np.asarray(figures)[PLACE[bundle], of.dealers.index(dealer)].tolist()


def by_dealer(of: Expected, figures: object) -> dict[str, list[float]]:
    return dict(zip(of.dealers, np.asarray(figures).tolist(), strict=True))


# ---- letters and visits


def test_letters_ask_in_the_weeks_of_their_curve() -> None:
    letters = np.zeros((1, 1, 4))
    letters[0, 0, 1] = 10
    asked = requests(letters, np.array([[0.5, 0.2, 0.1, 0.1]]), np.ones((1, 1, 4)))
    assert asked[0, 0].tolist() == [1, 6, 3, 2]


def test_a_letter_of_the_last_week_is_answered_once_within_the_horizon() -> None:
    letters = np.zeros((1, 1, 3))
    letters[0, 0, 2] = 10
    asked = requests(letters, np.array([[0.5, 0.2, 0.1, 0.1]]))
    assert asked[0, 0].tolist() == [0, 0, 5]


def test_letters_are_counted_by_bundle_dealer_and_week(kept: Session) -> None:
    found = brought(kept)
    assert found.dealers == (EAST, WEST)
    assert line(found, found.letters, SMALL_A, EAST) == [2, 0, 0, 0]
    assert line(found, found.letters, LARGE_A, EAST) == [0, 0, 1, 0]
    assert line(found, found.letters, SMALL_A, WEST) == [0, 1, 0, 0]  # the other one is held
    assert line(found, found.letters, BOTH, WEST) == [0, 1, 0, 0]
    assert found.letters.sum() == 5


def test_visits_are_answers_and_walk_ins_of_listed_vehicles(kept: Session) -> None:
    found = brought(kept)
    assert line(found, found.visits, SMALL_A, EAST) == pytest.approx([1.2, 0.7, 0.2, 0.2])
    assert line(found, found.visits, LARGE_A, EAST) == pytest.approx([0.1, 0.1, 0.6, 0.35])
    assert line(found, found.visits, SMALL_A, WEST) == pytest.approx([0.2, 0.7, 0.45, 0.2])
    assert line(found, found.visits, BOTH, WEST) == pytest.approx([0, 0.4, 0, 0])
    assert line(found, found.visits, BOTH, EAST) == [0, 0, 0, 0]


def test_hours_are_visits_times_their_bundles_hours(kept: Session) -> None:
    found = brought(kept)
    assert by_dealer(found, found.hours) == {
        EAST: pytest.approx([2.4 + 0.3, 1.4 + 0.3, 0.4 + 1.8, 0.4 + 1.05]),
        WEST: pytest.approx([0.4, 1.4 + 1.8, 0.9, 0.4]),
    }


# ---- kits


def kits(of: Expected, from_week: int = 0) -> dict[tuple[str, str], float]:
    rows = of.kits(from_week).to_pylist()
    return {(row["dealer_code"], row["part_no"]): row["kits"] for row in rows}


def test_kits_are_visits_times_what_each_takes(kept: Session) -> None:
    assert kits(brought(kept)) == pytest.approx(
        {(EAST, PIPE): 2.3 + 2 * 1.15, (WEST, PIPE): 1.55 + 0.4, (WEST, VALVE): 0.6}
    )


def test_kits_of_the_weeks_to_come_leave_the_others_out(kept: Session) -> None:
    assert kits(brought(kept), from_week=2) == pytest.approx(
        {(EAST, PIPE): 0.4 + 2 * 0.95, (WEST, PIPE): 0.65}
    )
    assert kits(brought(kept), from_week=4) == {}


def test_kits_by_week_are_those_of_all_dealers(kept: Session) -> None:
    found = brought(kept)
    assert found.parts == (PIPE, VALVE)
    pipes, valves = found.kits_by_week().tolist()
    assert pipes == pytest.approx(
        [1.2 + 0.2 + 0.2, 0.7 + 0.2 + 0.7 + 0.4, 0.2 + 1.2 + 0.45, 0.2 + 0.7 + 0.2]
    )
    assert valves == pytest.approx([0, 0.6, 0, 0])


def test_a_plan_without_parts_takes_no_kits(frozen: Session) -> None:
    bare = tuple(replace(bundle, kits={}) for bundle in BUNDLES)
    sample.keep_plan(frozen, bare)
    assert kits(brought(frozen)) == {}
    assert brought(frozen).kits_by_week().shape == (0, 4)


# ---- whose


@pytest.mark.parametrize(
    ("scope", "dealer"),
    [(Scope(dealer=EAST), EAST), (Scope(area="E"), EAST), (Scope(dealer=WEST), WEST), (Scope(area="W"), WEST)],
)  # fmt: skip
def test_one_dealer_and_one_area_see_the_figures_that_all_would_show_them(
    kept: Session, scope: Scope, dealer: str
) -> None:
    every, own = brought(kept), brought(kept, scope)
    at = every.dealers.index(dealer)
    assert own.dealers == (dealer,)
    np.testing.assert_array_equal(own.letters[:, 0], every.letters[:, at])
    np.testing.assert_allclose(own.visits[:, 0], every.visits[:, at])
    np.testing.assert_allclose(own.hours[0], every.hours[at])


def test_a_dealer_without_listed_vehicles_has_nothing_to_expect(kept: Session) -> None:
    found = brought(kept, Scope(dealer="D0009"))
    assert (found.dealers, found.letters.shape, found.kits().num_rows) == ((), (3, 0, 4), 0)


# ---- who came in


def came_in(session: Session, folder: Path, number: int) -> None:
    dealer, _, (code, *_), _ = sample.VEHICLES[number]
    world = World(folder).repair(vin(number), code, ON, dealer=dealer)
    load(session, [world.write()], on=ON)


def released(session: Session, number: int) -> None:
    """Release the recall's letter of a vehicle."""
    with session.transaction():
        moved = session.execute(
            "update piece set state = 'released', checked_on = :on where vin = :vin and family = 'safety'",
            vin=vin(number),
            on=ON,
        )
    assert moved == 1


def test_a_vehicle_that_came_in_before_its_letter_is_not_written_to(
    kept: Session, tmp_path: Path
) -> None:
    came_in(kept, tmp_path / "later", 3)
    found = brought(kept)
    assert line(found, found.letters, LARGE_A, EAST) == [0, 0, 0, 0]
    assert line(found, found.letters, SMALL_A, EAST) == [2, 0, 0, 0]
    assert (
        line(found, found.visits, LARGE_A, EAST) == [0] * 4
    )  # nor does its owner come without one


def test_a_letter_that_went_out_counts_though_its_vehicle_came_in_since(
    kept: Session, tmp_path: Path
) -> None:
    released(kept, 3)
    came_in(kept, tmp_path / "later", 3)
    found = brought(kept)
    assert line(found, found.letters, LARGE_A, EAST) == [0, 0, 1, 0]
    assert line(found, found.visits, LARGE_A, EAST) == [0] * 4


# ---- as of a day


def on_day(session: Session, week: int, days: int = 0) -> Expected:
    day = sample.FIRST_WEEK + timedelta(weeks=week, days=days)
    return expected(session, plan_in_force(session, "small"), on=day)


def test_who_is_silent_asks_by_what_is_left_of_the_response(kept: Session) -> None:
    """Half of the owners ask in the first week, a quarter in the second: of who is silent in the second, half ask in it."""
    released(kept, 1)
    released(kept, 2)
    found = on_day(kept, 1, days=2)
    assert found.now == 1
    assert line(found, found.letters, SMALL_A, EAST) == [2, 0, 0, 0, 0]
    assert line(found, found.of_letters, SMALL_A, EAST) == pytest.approx(
        [0, 2 * 0.25 / 0.5, 0, 0, 0]
    )
    assert line(found, found.walk_ins, SMALL_A, EAST) == pytest.approx([0, 0.2, 0.2, 0.2, 0.2])


def test_a_letter_that_is_released_ahead_asks_from_its_wave_on(kept: Session) -> None:
    """Released on 26 February for the wave of 18 March."""
    released(kept, 3)
    found = on_day(kept, 0)
    assert line(found, found.of_letters, LARGE_A, EAST) == [0, 0, 0.5, 0.25]


def sent_again(session: Session, number: int, on: date) -> None:
    """The vehicle's letter came back, and goes again in a wave of the week of a day."""
    with session.transaction():
        session.execute(
            "update piece set returned_on = :day, return_code = 'TA' where vin = :vin",
            day=on,
            vin=vin(number),
        )
        back = session.read(
            "select piece_id from piece where returned_on is not null",
            pa.schema([("piece_id", pa.string())]),
        )
        pieces.send_again(session, "small", back, on)


def test_a_letter_that_goes_again_asks_anew_from_its_wave_on_before_it_is_released_and_after(
    kept: Session,
) -> None:
    """Of two letters that are a week old one came back: what it asks anew is known when its wave is made, and stands when it goes."""
    released(kept, 1)
    released(kept, 2)
    monday = sample.FIRST_WEEK + timedelta(weeks=1)
    sent_again(kept, 1, monday)
    anew = [0, 0.25 / 0.5 + 0.5, 0.25, 0, 0]
    assert line(on_day(kept, 1), on_day(kept, 1).of_letters, SMALL_A, EAST) == pytest.approx(anew)
    # a week later it has not gone: it asks from that week on
    late = on_day(kept, 2)
    assert line(late, late.of_letters, SMALL_A, EAST) == pytest.approx([0, 0, 0.5, 0.25, 0, 0])
    with kept.transaction():
        kept.execute(
            "update piece set state = 'released', checked_on = :day where piece_id like '%-2'",
            day=monday,
        )
    assert line(on_day(kept, 1), on_day(kept, 1).of_letters, SMALL_A, EAST) == pytest.approx(anew)


def test_a_letter_that_was_due_and_not_released_asks_from_this_week_on(kept: Session) -> None:
    found = on_day(kept, 2)
    assert line(found, found.of_letters, SMALL_A, EAST) == [0, 0, 1.0, 0.5, 0, 0]


def booked(session: Session, folder: Path, number: int, status: str = "booked") -> None:
    world = World(folder).dealer(EAST, "E")
    world.appointment(vin(number), EAST, A, day=date(2013, 3, 20), status=status)
    load(session, [world.write()], on=ON)


@pytest.mark.parametrize(("status", "asks"), [("booked", 0), ("arrived", 0), ("no_show", 0.5), ("cancelled", 0.5)])  # fmt: skip
def test_who_has_an_appointment_that_stands_asks_no_more(
    kept: Session, tmp_path: Path, status: str, asks: float
) -> None:
    booked(kept, tmp_path / "booked", 3, status)
    found = brought(kept)
    assert line(found, found.letters, LARGE_A, EAST) == [0, 0, 1, 0]
    assert line(found, found.of_letters, LARGE_A, EAST)[2] == asks
    assert line(found, found.walk_ins, LARGE_A, EAST)[0] == (0.1 if asks else 0)


def test_walk_ins_are_counted_with_the_newest_plan_that_lists_them(kept: Session) -> None:
    """Guards: a later follow-up's list -> walk-ins of the earlier one."""
    freeze_follow_up(
        kept, replace(sample.SETTINGS, name="later", notice_date=date(2013, 3, 5), rest_weeks=0), ON
    )
    with kept.transaction():
        follow_ups.save_plan(
            kept, "later", NewPlan("by hand", sample.FIRST_WEEK, "{}", bundles_as_json(BUNDLES), sample.weeks_table())
        )  # fmt: skip
    later = kept.read(
        "select vin from listed where follow_up = 'later' and left_out = ''",
        pa.schema([("vin", pa.string())]),
    )
    assert later.num_rows == 6
    assert brought(kept).walk_ins.sum() == 0
    assert brought(kept).of_letters.sum() > 0
    own = expected(kept, plan_in_force(kept, "later"))
    assert own.walk_ins[:, :, 0].sum() == pytest.approx(0.5)  # five open vehicles of a tenth each


def test_the_doubt_is_that_of_each_week_since_the_letter(frozen: Session) -> None:
    doubted = tuple(replace(b, doubt=(0.2, 0.4), walk_ins_doubt=0.5) for b in BUNDLES)
    sample.keep_plan(frozen, doubted)
    found = brought(frozen)
    assert line(found, found.doubt_of_letters, SMALL_A, EAST) == pytest.approx(
        [2 * 0.5 * 0.2, 2 * 0.25 * 0.4, 0, 0]
    )
    assert line(found, found.doubt_of_walk_ins, SMALL_A, EAST) == pytest.approx([0.1] * 4)


def test_each_campaign_is_done_by_the_visits_of_vehicles_that_are_open_for_it(
    kept: Session, tmp_path: Path
) -> None:
    """The vehicle of both campaigns was repaired for the first: its visit, of 0.4 in the second week, does the other one alone."""
    came_in(kept, tmp_path / "later", 5)
    found = expected_by_campaign(kept, plan_in_force(kept, "small"))
    assert set(found) == {A, sample.B}
    assert found[sample.B].visits.sum(axis=(0, 1)).tolist() == pytest.approx([0, 0.4, 0, 0])
    assert found[A].visits.sum() == pytest.approx(brought(kept).visits.sum() - 0.4)


def test_a_vehicle_that_is_still_open_for_one_of_two_campaigns_is_written_to(
    kept: Session, tmp_path: Path
) -> None:
    came_in(kept, tmp_path / "later", 5)  # repaired for the first of its campaigns
    found = brought(kept)
    assert line(found, found.letters, BOTH, WEST) == [0, 1, 0, 0]


def test_a_vehicle_that_is_open_for_a_campaign_outside_its_bundle_only_is_not_written_to(
    kept: Session, tmp_path: Path
) -> None:
    """The second campaign came to the vehicle after the freeze: its letter is for the next follow-up."""
    world = World(tmp_path / "later").repair(vin(3), A, ON, dealer=EAST)
    load(kept, [world.add("population", campaign_code=sample.B, vin=vin(3)).write()], on=ON)
    found = brought(kept)
    assert line(found, found.letters, LARGE_A, EAST) == [0, 0, 0, 0]


def test_a_vehicle_repaired_by_the_new_remedy_is_not_written_to_for_the_old_one(
    kept: Session, tmp_path: Path
) -> None:
    """The first remedy was never done and never will be: what counts is the current one, of March, and that is done."""
    new_remedy, repaired = date(2013, 3, 1), date(2013, 3, 5)
    world = World(tmp_path / "later").repair(vin(3), A, repaired, dealer=EAST)
    world.add("population", campaign_code=A, vin=vin(3), remedy_version=2, added_date=new_remedy)
    load(kept, [world.write()], on=repaired)
    found = brought(kept)
    assert line(found, found.letters, LARGE_A, EAST) == [0, 0, 0, 0]
    assert line(found, found.visits, LARGE_A, EAST) == [0] * 4


def two_letters(session: Session, folder: Path) -> None:
    """Plan a recall's letter of one vehicle for the first week, and a service campaign's letter of the same for the third."""
    world = World(folder).dealer(EAST, "E").campaign(A)
    world.campaign(SERVICE, campaign_type="service_campaign", consequence="Water can come in.")
    load(session, [world.vehicle(vin(1), A, SERVICE, dealer=EAST, model=SMALL).write()], on=ON)
    freeze_follow_up(session, replace(sample.SETTINGS, campaigns=(A, SERVICE)), ON)
    weeks = pa.table({"vin": [vin(1)] * 2, "family": ["safety", "service"], "week": [0, 2]})
    bundles = bundles_as_json(TWO_FAMILIES)
    with session.transaction():
        follow_ups.save_plan(
            session, "small", NewPlan("by hand", sample.FIRST_WEEK, "{}", bundles, weeks)
        )


def test_a_recall_s_letter_that_went_out_counts_though_the_service_letter_has_not(
    session: Session, tmp_path: Path
) -> None:
    """The recall is repaired after its letter: it asks no more, and the other family's letter, still to be written, undoes nothing."""
    two_letters(session, tmp_path / "input")
    released(session, 1)
    came_back = date(2013, 3, 12)
    world = World(tmp_path / "later").repair(vin(1), A, came_back, dealer=EAST)
    load(session, [world.write()], on=came_back)
    found = brought(session)
    assert found.letters[:, 0].tolist() == [[1, 0, 0, 0], [0, 0, 1, 0]]
    assert found.visits[:, 0].tolist() == [
        [0, 0, 0, 0], pytest.approx([0, 0, 0.4, 0]),
    ]  # fmt: skip


def test_a_service_letter_to_a_vehicle_that_came_in_is_not_written_though_the_recall_s_went_out(
    session: Session, tmp_path: Path
) -> None:
    two_letters(session, tmp_path / "input")
    released(session, 1)
    world = World(tmp_path / "later").repair(vin(1), SERVICE, ON, dealer=EAST)
    load(session, [world.write()], on=ON)
    assert brought(session).letters[:, 0].tolist() == [[1, 0, 0, 0], [0, 0, 0, 0]]


def test_another_follow_up_of_the_same_vehicles_brings_nothing_to_this_plan(kept: Session) -> None:
    before = brought(kept)
    freeze_follow_up(kept, replace(sample.SETTINGS, name="other", rest_weeks=0), ON)
    after = brought(kept)
    assert after.letters.tolist() == before.letters.tolist()
    assert after.visits.tolist() == before.visits.tolist()


# ---- edges


def test_a_letter_of_the_last_week_brings_its_first_answers_only(frozen: Session) -> None:
    sample.keep_plan(frozen, changed={3: 3})
    found = brought(frozen)
    assert line(found, found.visits, LARGE_A, EAST) == pytest.approx([0.1, 0.1, 0.1, 0.6])


def test_a_letter_after_the_horizon_brings_nothing_within_it(frozen: Session) -> None:
    sample.keep_plan(frozen, changed={3: 4})
    found = brought(frozen)
    assert line(found, found.letters, LARGE_A, EAST) == [0, 0, 0, 0]
    assert line(found, found.visits, LARGE_A, EAST) == pytest.approx([0.1] * 4)


def test_a_model_that_the_plan_has_no_bundle_for_brings_nothing(frozen: Session) -> None:
    sample.keep_plan(frozen, tuple(b for b in BUNDLES if b.name != LARGE_A))
    found = brought(frozen)
    assert found.dealers == (EAST, WEST)
    assert found.letters.sum() == 4
    assert found.visits[:, 0].sum() == pytest.approx(1.2 + 0.7 + 0.2 + 0.2)
