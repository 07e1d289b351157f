"""A recall whose remedy comes over the air: explained with what its owner does, and no visit of it is expected anywhere."""

from __future__ import annotations

from typing import Any

import pytest

from corridors import world as w
from small_world import Desk, World, follow_up_file, vin

AIR, SHOP, BOTH = vin(1), vin(2), vin(3)
STEPS = "Park where the vehicle has a signal"


@pytest.fixture(scope="module")
def planned(shared_desk: Desk) -> Desk:
    """One vehicle of each kind: open for the recall by air, for the dealer's, for both; two hours and a part of the dealer's."""
    desk = shared_desk
    world = World(desk.folder / "input").dealer(w.EAST)
    world.campaign("OTA", remedy_delivery="over_the_air", owner_steps=f"{STEPS}.").campaign("9LA")
    world.labour("9LA", 2.0).labour("OTA", 1.0)
    world.vehicle(AIR, "OTA", dealer=w.EAST).vehicle(SHOP, "9LA", dealer=w.EAST)
    world.vehicle(BOTH, "9LA", "OTA", dealer=w.EAST)
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {"name": "spring", "campaigns": ("9LA", "OTA"), "horizon_weeks": 4}
    desk.do("followup", "new", follow_up_file(desk.folder / "f.toml", {"share": 0.5}, **stated), on=w.NOTICE)  # fmt: skip
    desk.do("plan", "spring", "--policy", "all-at-once")
    return desk


def progress(desk: Desk) -> dict[str, dict[str, Any]]:
    rows = desk.do("report", "progress", "--by", "campaign", on=w.FIRST_LETTER)
    return {row["campaign"]: row["forecast"] for row in rows}


def test_the_vehicle_is_explained_with_how_its_owner_gets_the_remedy(planned: Desk) -> None:
    found = planned.do("explain", BOTH, on=w.NOTICE)
    (one,) = found["without_dealer"]
    assert one["campaign"] == "OTA"
    assert one["sentence"] == (
        f"Its remedy comes over the air, without a visit to a dealer. What the owner does: {STEPS}."
    )
    assert one["sentence"] in " ".join(planned.run("explain", BOTH).out.split())
    assert planned.do("explain", SHOP, on=w.NOTICE)["without_dealer"] == []


def test_no_visit_is_expected_of_a_remedy_without_a_dealer(planned: Desk) -> None:
    """Of three letters two ask for a visit: half of two owners come, and those who come unasked are of the two as well."""
    by_air, at_dealer = progress(planned)["OTA"], progress(planned)["9LA"]
    assert set(by_air["more"]) == {0.0}
    assert by_air["note"] == (
        "OTA: its remedy comes over the air or by mail, and no visit to a dealer is expected."
    )
    assert at_dealer["more"][-1] > 0


def test_the_workload_has_the_visits_and_hours_of_the_dealer_s_recall_alone(planned: Desk) -> None:
    """Each visit that is expected takes the two hours of the dealer's recall: none stands there for a remedy by air."""
    rows = planned.do("workload", "spring", on=w.FIRST_LETTER)["rows"]
    visits = sum(row["appointments"] for row in rows)
    assert visits > 0
    assert sum(row["hours"] for row in rows) == pytest.approx(2.0 * visits, rel=0.05)
