"""When the dealers' orders exceed the national pool: the oldest booking first, then the risk, and the others hear their week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import pyarrow as pa

from folder import ON, Folder, make_vin
from renotify.ledger.intake import load
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.parts.allocation import AllocationRules
from renotify.parts.national_pool import allotted_orders, shortages

THIS_WEEK, NEXT_WEEK = date(2013, 2, 25), date(2013, 3, 4)


def booked(
    session: Session,
    folder: Folder,
    supply: dict[date, float],
    starts: dict[str, str],
    areas: Mapping[str, str] = MappingProxyType({}),
    pack: int = 1,
) -> None:
    """One booked vehicle a dealer, by its day, one kit each."""
    folder.campaign("9LA")
    folder.add("parts", part_no="K1", description="made-up kit", pack_qty=pack, lead_days=0)
    folder.add("campaign_parts", campaign_code="9LA", model="", part_no="K1", qty=1, take_rate=1.0)
    for number, (dealer, start) in enumerate(starts.items()):
        folder.dealer(dealer, areas.get(dealer, "E")).vehicle(
            make_vin(number), "9LA", dealer=dealer
        )
        folder.add(
            "appointments", appointment_id=f"A{number}", dealer_code=dealer, vin=make_vin(number), campaign_codes="9LA",
            start=f"{start}T09:00", status="booked",
        )  # fmt: skip
    for week, kits in supply.items():
        folder.add("part_supply", part_no="K1", week=week, supply_qty=kits)
    load(session, [folder.write()], on=ON)


def told(
    session: Session, rules: AllocationRules | None = None, scope: Scope = ALL
) -> dict[str, tuple[int, int, date | None]]:
    rows = allotted_orders(session, ON, scope, rules).to_pylist()
    return {r["dealer_code"]: (r["order"], r["allotted"], r["promise_week"]) for r in rows}


def test_a_short_pool_serves_the_oldest_booking_and_promises_the_others_a_week(
    session: Session, folder: Folder
) -> None:
    starts = {"D1": "2013-03-08", "D2": "2013-03-01", "D3": "2013-03-09"}
    booked(session, folder, {THIS_WEEK: 1, NEXT_WEEK: 1}, starts)
    assert told(session) == {"D1": (1, 0, NEXT_WEEK), "D2": (1, 1, THIS_WEEK), "D3": (1, 0, None)}
    assert shortages(allotted_orders(session, ON).to_pylist()) == [
        "The pool of K1 is 2 kits short of the orders of 2 dealers: no confirmed supply covers all of them."
    ]


def test_a_dealer_s_first_booking_does_not_wait_for_its_later_one(
    sqlite_session: Session, folder: Folder
) -> None:
    """D1 is booked for 1 and 9 March, D2 for 5 March: the one kit of the pool is for 1 March."""
    folder.vehicle(make_vin(9), "9LA", dealer="D1")
    folder.add(
        "appointments", appointment_id="A9", dealer_code="D1", vin=make_vin(9), campaign_codes="9LA",
        start="2013-03-09T09:00", status="booked",
    )  # fmt: skip
    booked(sqlite_session, folder, {THIS_WEEK: 1}, {"D1": "2013-03-01", "D2": "2013-03-05"})
    assert told(sqlite_session) == {"D1": (2, 1, None), "D2": (1, 0, None)}


def test_a_pool_that_suffices_gives_every_order_at_once(
    sqlite_session: Session, folder: Folder
) -> None:
    booked(sqlite_session, folder, {date(2013, 2, 4): 2}, {"D1": "2013-03-08", "D2": "2013-03-01"})
    assert told(sqlite_session) == {"D1": (1, 1, THIS_WEEK), "D2": (1, 1, THIS_WEEK)}


def test_a_part_without_supply_rows_is_not_known_to_be_short(
    sqlite_session: Session, folder: Folder
) -> None:
    booked(sqlite_session, folder, {}, {"D1": "2013-03-08"})
    assert told(sqlite_session) == {"D1": (1, 1, THIS_WEEK)}


def test_the_dealers_own_kit_serves_its_oldest_booking_so_the_order_is_for_the_later_one(
    sqlite_session: Session, folder: Folder
) -> None:
    folder.vehicle(make_vin(50), "9LA", dealer="D1")
    folder.add(
        "appointments", appointment_id="A50", dealer_code="D1", vin=make_vin(50), campaign_codes="9LA",
        start="2013-03-20T09:00", status="booked",
    )  # fmt: skip
    folder.add("dealer_part_stock", dealer_code="D1", part_no="K1", as_of=ON, on_hand=1, on_order=0)
    booked(sqlite_session, folder, {THIS_WEEK: 1}, {"D1": "2013-03-01", "D2": "2013-03-08"})
    assert told(sqlite_session) == {"D1": (1, 0, None), "D2": (1, 1, THIS_WEEK)}


def test_kits_for_the_shelf_wait_for_every_booking(sqlite_session: Session, folder: Folder) -> None:
    folder.dealer("D0")
    for number in range(100, 300):
        folder.vehicle(make_vin(number), "9LA", dealer="D0", owner=None)
    booked(sqlite_session, folder, {THIS_WEEK: 2, NEXT_WEEK: 9}, {"D1": "2013-03-08"})
    found = told(sqlite_session)
    assert found["D1"] == (1, 1, THIS_WEEK)
    assert found["D0"] == (2, 1, NEXT_WEEK)


def test_controlled_allocation_gives_nothing_to_the_shelf(
    sqlite_session: Session, folder: Folder
) -> None:
    folder.dealer("D0")
    for number in range(100, 300):
        folder.vehicle(make_vin(number), "9LA", dealer="D0", owner=None)
    booked(sqlite_session, folder, {THIS_WEEK: 2}, {"D1": "2013-03-08"})
    assert told(sqlite_session, AllocationRules(named_vehicle_only=True))["D0"][1:] == (0, None)


def test_a_ledger_without_parts_orders_nothing(sqlite_session: Session) -> None:
    assert isinstance(allotted_orders(sqlite_session, ON), pa.Table)
    assert told(sqlite_session) == {}


def test_a_dealer_hears_its_own_line_of_a_pool_that_the_whole_country_draws_on(
    sqlite_session: Session, folder: Folder
) -> None:
    starts, areas = {"D1": "2013-03-08", "D2": "2013-03-01"}, {"D1": "E", "D2": "W"}
    booked(sqlite_session, folder, {THIS_WEEK: 1, NEXT_WEEK: 1}, starts, areas)
    waits, served = {"D1": (1, 0, NEXT_WEEK)}, {"D2": (1, 1, THIS_WEEK)}
    assert told(sqlite_session, scope=Scope(dealer="D1")) == waits
    assert told(sqlite_session, scope=Scope(area="W")) == served
    assert told(sqlite_session, scope=Scope(dealer="D9")) == {}


def test_a_short_pool_ships_whole_packs_and_a_booking_takes_what_another_s_pack_leaves(
    session: Session, folder: Folder
) -> None:
    """Packs of two, a pool of three, a pack a dealer: D1, whose two bookings share one, is first; D2's waits for the fourth kit."""
    folder.vehicle(make_vin(9), "9LA", dealer="D1")
    folder.appointment(make_vin(9), "D1", "9LA", day=date(2013, 3, 9))
    starts = {"D1": "2013-03-01", "D2": "2013-03-05"}
    booked(session, folder, {THIS_WEEK: 3, NEXT_WEEK: 1}, starts, pack=2)
    assert told(session) == {"D1": (2, 2, THIS_WEEK), "D2": (2, 0, NEXT_WEEK)}
    assert shortages(allotted_orders(session, ON).to_pylist()) == [
        (
            "The pool of K1 is 2 kits short of the orders of 1 dealer:"
            f" the pool has the last of them in the week of {NEXT_WEEK}; dealers are allotted whole packs of 2."
        )
    ]
