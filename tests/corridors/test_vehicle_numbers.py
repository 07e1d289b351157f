"""Lists that read all vehicles at once: told apart by numbers, who holds each, and when it was last written to."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from corridors import world as w
from renotify.vehicle_lists import beside
from small_world import Desk, World, vin

FIRST, SECOND = date(2012, 12, 1), date(2013, 1, 7)
WRITTEN, AGAIN, TAKEN_BACK = date(2012, 3, 5), date(2012, 5, 7), date(2012, 6, 4)
LATER = date(2013, 4, 2)
PLAIN, MOVED, LEASED, ENDED, STOCKED, UNKNOWN = (vin(n) for n in range(1, 7))


@pytest.mark.parametrize(
    "vins", [["A", "A", "B", "C"], ["B", "A", "A", "C"], ["A", "B", "A", "A"], []]
)
def test_the_same_vehicle_has_the_same_number_in_any_order(vins: list[str]) -> None:
    numbers = beside._numbers(pa.chunked_array([pa.array(vins, pa.string())])).to_pylist()
    assert len(numbers) == len(vins)
    assert len(set(numbers)) == len(set(vins)) == len(set(zip(vins, numbers, strict=True)))


@pytest.mark.parametrize("most", [beside.MOST_LOOKED_UP, 0])
def test_a_list_that_reads_all_vehicles_says_who_holds_each_and_when_it_was_written_to(
    desk_on_both: Desk, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One has the one plain record; one has moved, one is leased, the record of one has ended, one stands in stock, one has none.

    The plain one was written to twice, and the second letter is withdrawn; the one that moved has a letter that is stated again.
    """
    monkeypatch.setattr(beside, "MOST_LOOKED_UP", most)
    desk = desk_on_both
    world = World(desk.folder / "input").campaign(w.A, involved=6).dealer(w.EAST)
    for one in (PLAIN, MOVED, LEASED, ENDED, STOCKED, UNKNOWN):
        world.vehicle(one, w.A, dealer=w.EAST, owner=None)
    world.owner(PLAIN, state="MA").owner(MOVED, state="MA").owner(MOVED, state="TX", as_of=SECOND)
    world.owner(LEASED, role="lessor", state="NY").owner(LEASED, role="lessee", state="FL")
    world.owner(ENDED, state="MA", end_date=SECOND).owner(STOCKED, state="MA")
    world.in_stock(STOCKED, w.EAST, "used", SECOND)
    for one, day in ((PLAIN, WRITTEN), (PLAIN, TAKEN_BACK), (MOVED, WRITTEN), (MOVED, AGAIN)):
        world.add("mail_events", vin=one, campaign_code=w.A, kind="mailed", mailed_date=day)
    desk.do("load", world.write(), on=LATER)
    later = World(desk.folder / "later")
    stated = {"vin": PLAIN, "campaign_code": w.A, "kind": "mailed", "mailed_date": TAKEN_BACK}
    later.add("mail_events", **stated, withdrawn="yes")
    desk.do("load", later.write(), on=LATER)
    found = desk.do("vehicles", "--columns", "vin,owner_state,last_contact", on=LATER)["rows"]
    assert {row["vin"]: (row["owner_state"], row["last_contact"]) for row in found} == {
        PLAIN: ("MA", WRITTEN.isoformat()), MOVED: ("TX", AGAIN.isoformat()), LEASED: ("FL", None),
        ENDED: (None, None), STOCKED: (None, None), UNKNOWN: (None, None),
    }  # fmt: skip
    held_there = desk.do("vehicles", "--owner-state", "NY", "--columns", "vin", on=LATER)["rows"]
    assert held_there == [{"vin": LEASED}]  # the lessor holds it, too
