"""What a dealer should order, from the ledger: stock counted, bookings promised, walk-ins covered."""

from __future__ import annotations

from datetime import date
from math import exp, factorial

import pytest

from folder import ON, Folder, make_vin
from renotify.errors import UnknownName
from renotify.ledger.intake import load
from renotify.ledger.scope import Scope, dealer_scope
from renotify.ledger.session import Session
from renotify.parts import dealer_orders
from renotify.parts.allocation import AllocationRules
from renotify.parts.dealer_orders import bookings, orders
from renotify.parts.national_pool import allotted_orders


def kits(folder: Folder, on_hand: float = 0, on_order: float = 0) -> Folder:
    folder.campaign("9LA").campaign("BLB").dealer()
    folder.add("parts", part_no="K1", description="made-up kit", pack_qty=2, lead_days=3)
    folder.add("campaign_parts", campaign_code="9LA", model="", part_no="K1", qty=1, take_rate=1.0)
    folder.add("campaign_parts", campaign_code="BLB", model="", part_no="K1", qty=1, take_rate=1.0)
    folder.vehicle(make_vin(1), "9LA", "BLB")
    return folder.add(
        "dealer_part_stock",
        dealer_code="D0001",
        part_no="K1",
        as_of=date(2013, 2, 20),
        on_hand=on_hand,
        on_order=on_order,
    )


def book(folder: Folder, number: int, status: str = "booked") -> Folder:
    return folder.add(
        "appointments", appointment_id=f"A{number}", dealer_code="D0001", vin=make_vin(1), campaign_codes="9LA;BLB",
        start="2013-03-01T09:00", status=status,
    )  # fmt: skip


def line(session: Session, folder: Folder) -> dict[str, object]:
    """Load the folder and return the dealer's only line."""
    load(session, [folder.write()], on=ON)
    (found,) = orders(session, Scope(dealer="D0001")).to_pylist()
    return found


def test_a_booked_vehicle_takes_a_part_that_two_campaigns_share_once(
    session: Session, folder: Folder
) -> None:
    assert line(session, book(kits(folder), 1))["booked"] == 1


def test_a_vehicle_booked_twice_is_promised_one_kit(
    sqlite_session: Session, folder: Folder
) -> None:
    assert line(sqlite_session, book(book(kits(folder), 1), 2))["booked"] == 1


def test_a_vehicle_that_has_arrived_still_takes_its_kit(
    sqlite_session: Session, folder: Folder
) -> None:
    assert line(sqlite_session, book(kits(folder), 1, "arrived"))["booked"] == 1


@pytest.mark.parametrize(
    ("start", "status", "kits_held"),
    [("2013-02-19T09:00", "booked", 0), ("2013-02-20T09:00", "booked", 1), ("2013-02-19T09:00", "arrived", 1)],
)  # fmt: skip
def test_a_visit_that_nobody_reported_holds_no_kit_of_a_newer_count(
    session: Session, folder: Folder, start: str, status: str, kits_held: int
) -> None:
    """The shelf was counted on 2013-02-20. A visit of the day before was done, and its kit had left the shelf, or nobody comes for it."""
    book(kits(folder), 1, status).rows["appointments"][0]["start"] = start
    found = line(session, folder)
    assert (found["booked"], found["order"]) == (kits_held, 2 * kits_held)  # a pack of two


@pytest.mark.parametrize(("booked_on", "visits"), [("2013-02-22", 1), ("2013-02-19", 2)])
def test_of_a_visit_and_one_booked_anew_after_its_day_the_newest_counts(
    session: Session, folder: Folder, booked_on: str, visits: int
) -> None:
    """Booked at D0001 for 2013-02-20 and never reported; booked at D0002 for 2013-03-07, after that day, or before it."""
    book(kits(folder), 1).dealer("D0002").rows["appointments"][0]["start"] = "2013-02-20T09:00"
    folder.add(
        "appointments", appointment_id="A2", dealer_code="D0002", vin=make_vin(1), campaign_codes="9LA;BLB", start="2013-03-07T10:00",
        status="booked", booked_on=booked_on,
    )  # fmt: skip
    load(session, [folder.write()], on=ON)
    held = {row["dealer_code"]: row["booked"] for row in orders(session).to_pylist()}
    assert held == {"D0001": visits - 1, "D0002": 1}


def test_an_appointment_cancelled_or_done_promises_nothing(
    sqlite_session: Session, folder: Folder
) -> None:
    assert line(sqlite_session, book(book(kits(folder), 1, "cancelled"), 2, "done"))["booked"] == 0


def test_a_part_that_no_open_vehicle_takes_is_counted_and_not_ordered(
    sqlite_session: Session, folder: Folder
) -> None:
    kits(folder, on_hand=3, on_order=1).repair(make_vin(1), "9LA", ON).repair(
        make_vin(1), "BLB", ON
    )
    found = line(sqlite_session, folder)
    one_fitted_since = 3 - 1
    assert (found["on_hand"], found["on_order"], found["booked"]) == (one_fitted_since, 1, 0)
    assert (found["open_kits"], found["open_vehicles"], found["walk_ins_per_week"]) == (0, 0, 0)
    assert (found["base_stock"], found["order"]) == (0, 0)


def test_a_live_number_that_the_parts_file_does_not_list_comes_one_by_one_at_once(
    sqlite_session: Session, folder: Folder
) -> None:
    book(kits(folder), 1).rows["parts"][0]["superseded_by"] = "K9"
    found = line(sqlite_session, folder)
    assert (found["part_no"], found["description"]) == ("K9", "")
    assert (found["pack_qty"], found["lead_days"]) == (1, 0)
    assert (found["booked"], found["order"]) == (1, 1)


def test_a_booked_vehicle_that_nobody_loaded_takes_the_kit_of_every_model(
    sqlite_session: Session, folder: Folder
) -> None:
    book(kits(folder), 1).rows.pop("vehicles")
    folder.rows.pop("population")
    folder.rows.pop("owners")
    assert line(sqlite_session, folder)["booked"] == 1


def test_orders_come_in_whole_packs_and_kits_on_their_way_are_not_ordered_again(
    sqlite_session: Session, folder: Folder
) -> None:
    assert line(sqlite_session, book(kits(folder), 1))["order"] == 2
    folder.rows["dealer_part_stock"][0].update(on_order=2, as_of=date(2013, 2, 21))
    assert line(sqlite_session, folder)["order"] == 0


def test_a_dealer_nobody_loaded_is_refused(sqlite_session: Session) -> None:
    with pytest.raises(UnknownName):
        dealer_scope(sqlite_session, "nobody")


def test_a_superseded_number_is_counted_needed_and_ordered_under_the_live_one(
    session: Session, folder: Folder
) -> None:
    book(kits(folder, on_hand=1), 1)
    folder.rows["parts"][0]["superseded_by"] = "K2"
    folder.add("parts", part_no="K2", description="made-up new kit", pack_qty=1, lead_days=3)
    folder.add(
        "dealer_part_stock", dealer_code="D0001", part_no="K2", as_of=date(2013, 2, 21), on_hand=2, on_order=0
    )  # fmt: skip
    found = line(session, folder)
    assert (found["part_no"], found["on_hand"], found["booked"], found["order"]) == ("K2", 3, 1, 0)


def test_a_cap_and_named_vehicles_only_limit_what_a_dealer_is_allotted(
    sqlite_session: Session, folder: Folder
) -> None:
    book(kits(folder), 1).add("part_supply", part_no="K1", week=date(2013, 2, 25), supply_qty=50)
    load(sqlite_session, [folder.write()], on=ON)

    def allotted(rules: AllocationRules | None) -> int:
        (found,) = allotted_orders(sqlite_session, ON, rules=rules).to_pylist()
        return int(found["allotted"])

    assert allotted(None) == 2
    assert allotted(AllocationRules(first_order_cap=1)) == 0  # no pack of two is opened
    assert allotted(AllocationRules(first_order_cap=3)) == 2
    assert allotted(AllocationRules(named_vehicle_only=True)) == 2  # the pack that holds its kit


# ---- the kits of each booked vehicle


def test_a_vehicle_booked_twice_stands_in_the_queue_by_its_first_visit(
    sqlite_session: Session, folder: Folder
) -> None:
    book(book(book(kits(folder), 1), 2), 3)
    for row, day in zip(folder.rows["appointments"], (8, 4, 6), strict=True):
        row["start"] = f"2013-03-{day:02}T09:00"
    load(sqlite_session, [folder.write()], on=ON)
    (found,) = bookings(sqlite_session).to_pylist()
    assert (found["vin"], found["part_no"], found["kits"]) == (make_vin(1), "K1", 1)
    assert found["booked_on"] == date(2013, 3, 4)


def test_a_booked_vehicle_carries_the_risk_of_all_its_campaigns(
    sqlite_session: Session, folder: Folder
) -> None:
    """Two and three are five; a visit for the first alone carries two."""
    kits(folder).campaigns.clear()
    folder.campaign("9LA", risk_weight=2.0).campaign("BLB", risk_weight=3.0)
    book(folder.vehicle(make_vin(2), "9LA"), 1)
    folder.appointment(make_vin(2), "D0001", "9LA", day=date(2013, 3, 1))
    load(sqlite_session, [folder.write()], on=ON)
    found = bookings(sqlite_session).to_pylist()
    assert {row["vin"]: row["risk"] for row in found} == {make_vin(1): 5, make_vin(2): 2}


def test_owners_who_are_booked_do_not_walk_in(
    sqlite_session: Session, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three open vehicles of D0001 one is booked there and one at D0002: one is left, of which a tenth a week walks in."""
    monkeypatch.setattr(
        dealer_orders, "walk_in_rates", lambda _session, bundles, _on: dict.fromkeys(bundles, 0.1)
    )
    book(kits(folder), 1).dealer("D0002").vehicle(make_vin(2), "9LA").vehicle(make_vin(3), "9LA")
    folder.add(
        "appointments", appointment_id="A2", dealer_code="D0002", vin=make_vin(2), campaign_codes="9LA", start="2013-03-04T09:00",
        status="booked",
    )  # fmt: skip
    found = line(sqlite_session, folder)
    assert (found["open_vehicles"], found["booked"]) == (3, 1)
    assert found["walk_ins_per_week"] == pytest.approx(0.1)
    weeks = (
        3 / 7 + 1
    )  # three days of lead and a week of review: 0.143 visits, of which one is not exceeded in 95 of 100
    assert sum(exp(-0.1 * weeks) * (0.1 * weeks) ** n / factorial(n) for n in range(2)) > 0.95
    assert (found["base_stock"], found["order"]) == (1, 2)  # one and one booked: a pack of two
