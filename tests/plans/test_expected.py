"""What a plan brings to the dealers, each figure by hand: letters, walk-ins, visits, hours and kits by week."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from plans import sample
from plans.sample import BOTH, BUNDLES, EAST, LARGE, ON, PIPE, SMALL, VALVE, WEST, A
from renotify.ledger import follow_ups
from renotify.ledger.follow_ups import NewPlan
from renotify.ledger.intake import load
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.plans.expected import Expected, expected
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
    assert line(found, found.visits, LARGE_A, EAST) == pytest.approx([0.1] * 4)


def test_a_letter_that_went_out_counts_though_its_vehicle_came_in_since(
    kept: Session, tmp_path: Path
) -> None:
    released(kept, 3)
    came_in(kept, tmp_path / "later", 3)
    found = brought(kept)
    assert line(found, found.letters, LARGE_A, EAST) == [0, 0, 1, 0]


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
    assert line(found, found.visits, LARGE_A, EAST) == pytest.approx([0.1] * 4)


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
    """The recall is repaired after its letter; the letter of the other family, still to be written, does not undo it."""
    two_letters(session, tmp_path / "input")
    released(session, 1)
    came_back = date(2013, 3, 12)
    world = World(tmp_path / "later").repair(vin(1), A, came_back, dealer=EAST)
    load(session, [world.write()], on=came_back)
    found = brought(session)
    assert found.letters[:, 0].tolist() == [[1, 0, 0, 0], [0, 0, 1, 0]]
    assert found.visits[:, 0].tolist() == [
        pytest.approx([0.6, 0.35, 0.1, 0.1]), pytest.approx([0, 0, 0.4, 0]),
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
