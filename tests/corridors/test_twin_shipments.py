"""Two shipments of one part to one dealer on one day: the same row twice counts once, and it is said."""

from __future__ import annotations

from datetime import date

from small_world import Desk, World, vin

DAY = date(2024, 3, 13)


def test_the_same_shipment_twice_in_a_file_is_counted_once_and_named(desk: Desk) -> None:
    world = World(desk.folder / "input").dealer("D1").dealer("D2").campaign("9LA").part("P-SH")
    world.vehicle(vin(1), "9LA", dealer="D1")
    for dealer, day in (("D2", DAY), ("D1", DAY), ("D2", DAY), ("D2", date(2024, 3, 14))):
        world.add("part_shipments", dealer_code=dealer, part_no="P-SH", ship_date=day, qty=2)
    found = desk.do("load", world.write(), on=date(2024, 3, 15))
    (said,) = [note for note in found["notes"] if "part_shipments" in note]
    assert said == (
        "part_shipments.csv: 1 row (4) the same as a row before, counted once: if they are others of one dealer_code, part_no, ship_date,"
        " add them up in one row."
    )
    assert desk.sql("select count(*), sum(qty) from part_shipment") == [(3, 6)]
    again = World(desk.folder / "again")
    again.add("part_shipments", dealer_code="D2", part_no="P-SH", ship_date=DAY, qty=2)
    found = desk.do("load", again.write(), on=date(2024, 3, 16))
    assert not any("part_shipments" in note for note in found.get("notes", ()))
