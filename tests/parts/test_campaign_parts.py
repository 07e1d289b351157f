"""Inspect-first campaigns: what the inspections have shown takes the stated take rate's place, in orders and in plans alike."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cli_support import follow_up_file
from folder import ON, Folder, make_vin


def inspected(folder: Folder, needed: int, spared: int, *rates: float) -> Folder:
    """A campaign of inspections with their outcomes, one vehicle still open, and a part for each stated rate."""
    from renotify.ledger import intake

    folder.campaign("BLB").dealer()
    for number in range(needed + spared):
        folder.vehicle(make_vin(number), "BLB", owner=None)
        outcome = "remedied" if number < needed else "inspected_ok"
        folder.repair(make_vin(number), "BLB", date(2012, 5, 2), outcome)
    folder.vehicle(make_vin(900), "BLB")
    for number, rate in enumerate(rates):
        folder.add(
            "parts", part_no=f"K{number}", description="made-up kit", pack_qty=1, lead_days=3
        )
        folder.add("campaign_parts", campaign_code="BLB", model="", part_no=f"K{number}", qty=2, take_rate=rate)  # fmt: skip
    folder.add(
        "appointments", appointment_id="A1", dealer_code="D0001", vin=make_vin(900), campaign_codes="BLB",
        start="2013-03-01T09:00", status="booked",
    )  # fmt: skip
    intake.load([folder.write()], on=ON)
    return folder


def planned_rates() -> list[float]:
    from renotify.parts.campaign_parts import campaign_parts

    return [round(rate, 4) for rate in campaign_parts().rows["take_rate"].to_pylist()]


def test_orders_and_plans_take_the_learned_rate_and_the_plan_says_so(
    ledger: str, folder: Folder, tmp_path: Path
) -> None:
    from renotify.campaigns.follow_up_settings import read
    from renotify.parts.dealer_orders import booked_kits
    from renotify.planner import from_ledger
    from renotify.selection.freeze import freeze_follow_up

    inspected(folder, 4, 36, 0.5)
    rate = (0.5 + 10 * 0.5 + 4) / (1 + 10 + 40)
    assert booked_kits()["kits"].to_pylist() == [pytest.approx(2 * rate)]
    freeze_follow_up(read(follow_up_file(tmp_path, ["BLB"])), ON)
    document = from_ledger.plan_follow_up("small", "optimal")
    assert any("a take rate of 0.19 in place of the stated 0.50" in m for m in document["messages"])
    (bundle,) = from_ledger.frame("small").document["bundles"]
    assert bundle["kits"] == {"K0": pytest.approx(2 * rate)}


def test_a_few_repair_orders_leave_the_stated_rate(sqlite_ledger: str, folder: Folder) -> None:
    inspected(folder, 4, 20, 0.5)
    assert planned_rates() == [0.5]


def test_a_part_that_every_repair_takes_stays_so(sqlite_ledger: str, folder: Folder) -> None:
    inspected(folder, 4, 36, 1.0, 0.5)
    assert planned_rates() == [1.0, round(9.5 / 51, 4)]


def test_outcomes_cannot_tell_two_stated_rates_apart(sqlite_ledger: str, folder: Folder) -> None:
    inspected(folder, 4, 36, 0.3, 0.5)
    assert planned_rates() == [0.3, 0.5]


def test_a_campaign_that_spares_nobody_is_not_inspect_first(
    sqlite_ledger: str, folder: Folder
) -> None:
    inspected(folder, 40, 0, 0.5)
    assert planned_rates() == [0.5]
