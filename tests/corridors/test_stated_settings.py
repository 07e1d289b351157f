"""What a follow-up or a campaign states has its effect where it is asked for, or is refused: nothing is read and forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from corridors import by_hand
from corridors import world as w
from small_world import Desk, World, follow_up_file, vin

EARLIER_NOTICE = date(2013, 1, 29)
KIT, OTHER_KIT = "KIT", "OTHER-KIT"
UNSTATED = 0.003  # walk-ins a week where no follow-up states them


def freeze(
    desk: Desk, *codes: str, response: Mapping[str, Any], name: str = "small", **changed: object
) -> None:
    stated = w.SETTINGS | {"name": name, "campaigns": codes, "mail_house_letters_per_week": 1000}
    general = {"share": w.SHARE, "scale_weeks": w.HALF_LIFE, "shape": 1.0}
    settings = follow_up_file(
        desk.folder / f"{name}.toml", general | dict(response), **(stated | changed)
    )
    desk.do("followup", "new", settings, on=w.NOTICE)


# ---- walk-ins of one bundle


@pytest.fixture
def two_recalls(desk: Desk) -> Desk:
    """Three vehicles of A, two small ones and a large one of B, which takes longer."""
    world = World(desk.folder / "input").dealer(w.EAST).campaign(w.A).campaign(w.B)
    world.labour(w.A, 2.0).labour(w.B, 3.0, w.SMALL).labour(w.B, 6.0, w.LARGE)
    for number in (1, 2, 3):
        world.vehicle(vin(number), w.A, dealer=w.EAST)
    for number, model in ((4, w.SMALL), (5, w.SMALL), (6, w.LARGE)):
        world.vehicle(vin(number), w.B, dealer=w.EAST, model=model)
    desk.do("load", world.write(), on=w.NOTICE)
    return desk


def walk_ins(desk: Desk) -> dict[str, list[float]]:
    """Walk-ins a week by bundle; a bundle without a row has none."""
    rows = desk.problem("small")["background"] or []
    found = {row["bundle"]: by_hand.by_week(row["per_week"]) for row in rows}
    return {bundle: weekly for bundle, weekly in found.items() if any(weekly)}


def test_the_general_rate_holds_for_every_bundle_without_its_own(two_recalls: Desk) -> None:
    freeze(two_recalls, w.A, w.B, response={"background_per_week": 0.01})
    assert walk_ins(two_recalls) == {
        w.A: pytest.approx([3 * 0.01] * w.WEEKS),
        f"{w.B}:{w.SMALL}": pytest.approx([2 * 0.01] * w.WEEKS),
        f"{w.B}:{w.LARGE}": pytest.approx([1 * 0.01] * w.WEEKS),
    }


def test_a_bundles_own_rate_holds_for_all_of_its_models(two_recalls: Desk) -> None:
    response = {"background_per_week": 0.01, w.B: {"background_per_week": 0.2}}
    freeze(two_recalls, w.A, w.B, response=response)
    assert walk_ins(two_recalls) == {
        w.A: pytest.approx([3 * 0.01] * w.WEEKS),
        f"{w.B}:{w.SMALL}": pytest.approx([2 * 0.2] * w.WEEKS),
        f"{w.B}:{w.LARGE}": pytest.approx([1 * 0.2] * w.WEEKS),
    }


@pytest.mark.parametrize(
    ("general", "own", "expected"), [(0, 0.5, {w.A: 3 * 0.5}), (0.01, 0, {w.B: 3 * 0.01})]
)
def test_a_rate_of_zero_is_a_rate(
    two_recalls: Desk, general: float, own: float, expected: dict[str, float]
) -> None:
    response = {"background_per_week": general, w.A: {"background_per_week": own}}
    freeze(two_recalls, w.A, w.B, response=response)
    summed: dict[str, float] = {}
    for bundle, weekly in walk_ins(two_recalls).items():
        family = bundle.partition(":")[0]
        summed[family] = summed.get(family, 0.0) + weekly[0]
    assert summed == pytest.approx(expected)


def test_a_bundles_own_walk_ins_come_to_the_dealers_workload(two_recalls: Desk) -> None:
    response = {"share": 0.0, "background_per_week": 0.0, w.B: {"background_per_week": 0.2}}
    freeze(two_recalls, w.A, w.B, response=response)
    two_recalls.do("plan", "small")
    for row in two_recalls.do("workload", "small", on=w.NOTICE)["rows"]:
        assert row["appointments"] == pytest.approx(3 * 0.2, abs=0.0051)
        assert row["hours"] == pytest.approx((2 * 3.0 + 6.0) * 0.2, abs=0.0051)


# ---- take rates


STATED, PRIOR_WEIGHT, HALF = 0.4, 10, 0.5  # what was stated is worth ten repair orders
NEEDED, SPARED = 20, 10  # thirty inspected vehicles: enough to learn from


def inspected(desk: Desk, take_rate: float, needed: int, spared: int, **facts: object) -> Desk:
    """One open vehicle with a booking, and others that were inspected: some took the part, some were sent home without it."""
    world = World(desk.folder / "input").dealer(w.EAST).campaign(w.C, **facts).labour(w.C, 1.0)
    world.part(KIT).takes(w.C, KIT, 1, take_rate=take_rate)
    world.vehicle(vin(0), w.C, dealer=w.EAST)
    world.appointment(vin(0), w.EAST, w.C, day=date(2013, 3, 14))
    for number in range(1, needed + spared + 1):
        outcome = "remedied" if number <= needed else "inspected_ok"
        world.vehicle(vin(number), w.C, dealer=w.EAST, owner=None)
        world.repair(vin(number), w.C, w.LONG_AGO, outcome, dealer=w.EAST)
    desk.do("load", world.write(), on=w.NOTICE)
    freeze(desk, w.C, response={})
    return desk


def kits(desk: Desk) -> float:
    """Kits of one visit in PROBLEM.json; those of the booking in the dealer's order are the same."""
    (bundle,) = desk.problem("small")["bundles"]
    (line,) = desk.do("parts", "order", on=w.NOTICE)
    assert line["booked"] == pytest.approx(bundle["kits"][KIT])
    return bundle["kits"][KIT]


def learned(stated: float, needed: int, spared: int) -> float:
    return (HALF + PRIOR_WEIGHT * stated + needed) / (2 * HALF + PRIOR_WEIGHT + needed + spared)


def test_the_take_rate_of_an_inspect_first_campaign_is_learned(desk: Desk) -> None:
    inspected(desk, STATED, NEEDED, SPARED, inspect_first=True)
    assert kits(desk) == pytest.approx(24.5 / 41)
    assert learned(STATED, NEEDED, SPARED) == pytest.approx(24.5 / 41)
    said = " ".join(desk.do("plan", "small")["messages"])
    assert "Of 30 inspected vehicles of BLG, 20 took the part" in said


def test_too_few_outcomes_teach_nothing(desk: Desk) -> None:
    inspected(desk, STATED, NEEDED, SPARED - 1, inspect_first=True)
    assert kits(desk) == STATED


@pytest.mark.parametrize("facts", [{}, {"inspect_first": False}])
def test_a_stated_rate_of_a_campaign_that_is_not_inspected_first_stands(
    desk: Desk, facts: dict[str, object]
) -> None:
    inspected(desk, STATED, NEEDED, SPARED, **facts)
    assert kits(desk) == STATED


def test_an_inspect_first_campaign_with_full_kits_is_learned_too(desk: Desk) -> None:
    inspected(desk, 1.0, NEEDED, SPARED, inspect_first=True)
    assert learned(1.0, NEEDED, SPARED) == pytest.approx(30.5 / 41)
    assert kits(desk) == pytest.approx(30.5 / 41)


def test_thirty_of_thirty_that_took_the_part_are_learned_too(desk: Desk) -> None:
    inspected(desk, STATED, NEEDED + SPARED, 0, inspect_first=True)
    assert kits(desk) == pytest.approx((HALF + 4 + 30) / 41)


def told_of_inspections(desk: Desk) -> list[str]:
    said = desk.do("plan", "small")["messages"]
    return [message for message in said if message.startswith(f"{w.C} is inspected first")]


def test_full_kits_for_inspections_are_told_with_the_campaign(desk: Desk) -> None:
    inspected(desk, 1.0, 0, 0, inspect_first=True)
    assert kits(desk) == 1.0
    assert len(told_of_inspections(desk)) == 1


def test_full_kits_of_other_campaigns_are_not_told(desk: Desk) -> None:
    inspected(desk, 1.0, 0, 0)
    assert told_of_inspections(desk) == []


# ---- walk-ins of the parts order


LEAD_DAYS, OPEN = 28, 10
WEEKS_COVERED = LEAD_DAYS / 7 + 1  # lead time and the week of review


@pytest.fixture
def two_parts(desk: Desk) -> Desk:
    """Ten vehicles of A take one part, ten of C another."""
    world = World(desk.folder / "input").dealer(w.EAST)
    for code, part, first in ((w.A, KIT, 0), (w.C, OTHER_KIT, OPEN)):
        world.campaign(code).labour(code, 1.0)
        world.part(part, lead_days=LEAD_DAYS).takes(code, part, 1)
        for number in range(first, first + OPEN):
            world.vehicle(vin(number), code, dealer=w.EAST)
    desk.do("load", world.write(), on=w.NOTICE)
    return desk


def shelf(rate: float) -> int:
    """The base stock of ten open vehicles at a rate of walk-ins a week."""
    return by_hand.base_stock(OPEN * rate * WEEKS_COVERED)


def base_stocks(desk: Desk) -> dict[str, int]:
    lines = desk.do("parts", "order", on=w.NOTICE)
    assert all(line["order"] == line["base_stock"] for line in lines)  # nothing on hand or booked
    return {line["part_no"]: line["base_stock"] for line in lines}


def test_rates_of_walk_ins_make_different_shelves() -> None:
    assert [shelf(rate) for rate in (UNSTATED, 0.02, 0.05, 0.1)] == [1, 3, 5, 9]


def test_without_a_follow_up_walk_ins_are_assumed(two_parts: Desk) -> None:
    assert base_stocks(two_parts) == {KIT: shelf(UNSTATED), OTHER_KIT: shelf(UNSTATED)}


def test_a_follow_up_that_states_no_walk_ins_leaves_the_assumed_ones(two_parts: Desk) -> None:
    freeze(two_parts, w.A, response={})
    assert base_stocks(two_parts) == {KIT: shelf(UNSTATED), OTHER_KIT: shelf(UNSTATED)}


def test_orders_cover_the_walk_ins_that_the_follow_up_of_the_campaign_states(
    two_parts: Desk,
) -> None:
    freeze(two_parts, w.A, response={"background_per_week": 0.05})
    assert base_stocks(two_parts) == {KIT: shelf(0.05), OTHER_KIT: shelf(UNSTATED)}


def test_orders_cover_the_walk_ins_that_the_bundle_states_for_itself(two_parts: Desk) -> None:
    response = {"background_per_week": 0.02, w.C: {"background_per_week": 0.1}}
    freeze(two_parts, w.A, w.C, response=response)
    assert base_stocks(two_parts) == {KIT: shelf(0.02), OTHER_KIT: shelf(0.1)}


def test_the_follow_up_with_the_latest_notice_says_it(two_parts: Desk) -> None:
    freeze(two_parts, w.A, response={"background_per_week": 0.05}, name="newer")
    freeze(
        two_parts, w.A, w.C, response={"background_per_week": 0.1}, name="older", notice_date=EARLIER_NOTICE,
    )  # fmt: skip
    assert base_stocks(two_parts) == {KIT: shelf(0.05), OTHER_KIT: shelf(0.1)}


def test_a_follow_up_that_expects_no_walk_ins_needs_no_shelf(two_parts: Desk) -> None:
    freeze(two_parts, w.A, response={"background_per_week": 0})
    assert base_stocks(two_parts) == {KIT: 0, OTHER_KIT: shelf(UNSTATED)}
