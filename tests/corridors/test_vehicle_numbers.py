"""Lists that read all vehicles at once: told apart by numbers, who holds each, and when it was last written to."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from corridors import world as w
from renotify.vehicle_lists import held_by
from renotify.vehicle_lists.vehicle_numbers import numbered, with_columns_of
from small_world import Desk, World, vin

FIRST, SECOND = date(2012, 12, 1), date(2013, 1, 7)
WRITTEN, AGAIN, TAKEN_BACK = date(2012, 3, 5), date(2012, 5, 7), date(2012, 6, 4)
LATER = date(2013, 4, 2)
PLAIN, MOVED, LEASED, ENDED, STOCKED, UNKNOWN = (vin(n) for n in range(1, 7))


@pytest.mark.parametrize(
    "vins", [["A", "A", "B", "C"], ["B", "A", "A", "C"], ["A", "B", "A", "A"], []]
)
def test_the_same_vehicle_has_the_same_number_in_any_order(vins: list[str]) -> None:
    found = numbered(pa.chunked_array([pa.array(vins, pa.string())]))
    assert [found.vins[number].as_py() for number in found.numbers.to_pylist()] == vins
    assert sorted(found.vins.to_pylist()) == sorted(set(vins))
    assert found.rows_each().to_pylist() == [vins.count(one) for one in found.vins.to_pylist()]
    assert [vins[row] for row in found.first_rows().to_pylist()] == found.vins.to_pylist()


@pytest.mark.parametrize("vins", [["A", "A", "B", "D"], ["D", "A", "A", "B"]])
@pytest.mark.parametrize("known", [["A", "B", "D"], ["B", "A"], ["A", "B", "C", "D"], []])
def test_a_row_gets_the_columns_of_its_own_vehicle(vins: list[str], known: list[str]) -> None:
    """Whether the table has the same vehicles in the same order, others, or fewer."""
    rows = pa.table({"vin": pa.array(vins, pa.string())})
    vehicles = pa.table({"vin": pa.array(known, pa.string()), "of": [f"of {one}" for one in known]})
    told = with_columns_of(rows, vehicles.cast(pa.schema([("vin", "string"), ("of", "string")])))
    assert told["vin"].to_pylist() == vins
    assert told["of"].to_pylist() == [f"of {one}" if one in known else None for one in vins]


@pytest.mark.parametrize("most", [held_by.MOST_LOOKED_UP, 0])
def test_a_list_that_reads_all_vehicles_says_who_holds_each_and_when_it_was_written_to(
    desk_on_both: Desk, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One has the one plain record; one has moved, one is leased, the record of one has ended, one stands in stock, one has none.

    The plain one was written to twice, and the second letter is withdrawn; the one that moved has a letter that is stated again.
    """
    monkeypatch.setattr(held_by, "MOST_LOOKED_UP", most)
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


@pytest.mark.parametrize("most", [held_by.MOST_LOOKED_UP, 0])
def test_groups_of_a_whole_list_count_vehicles_without_a_row_or_a_dealer_as_blank(
    desk_on_both: Desk, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of four vehicles two are of a dealer in MA, in one campaign and in two; one is of a dealer that nobody loaded; one is only a
    line of a population. The owner of one moved to TX before the day.
    """
    monkeypatch.setattr(held_by, "MOST_LOOKED_UP", most)
    desk = desk_on_both
    world = World(desk.folder / "input").campaign(w.A, involved=4).campaign(w.B, involved=1)
    world.dealer(w.EAST, state="MA")
    world.vehicle(PLAIN, w.A, dealer=w.EAST, model=w.SMALL).owner(MOVED, state="TX", as_of=SECOND)
    world.vehicle(MOVED, w.A, w.B, dealer=w.EAST, model=w.SMALL)
    world.vehicle(LEASED, w.A, dealer="D9", model=w.LARGE)
    world.add("population", vin=ENDED, campaign_code=w.A)
    desk.do("load", world.write(), on=LATER)
    found = desk.do("vehicles", "--by", "model,owner_state,dealer_state", on=LATER)
    names = ("model", "owner_state", "dealer_state", "count", "vehicles")
    assert [tuple(row[name] for name in names) for row in found["rows"]] == [
        (w.SMALL, "TX", "MA", 2, 1), ("", None, "", 1, 1), (w.LARGE, "MA", "", 1, 1), (w.SMALL, "MA", "MA", 1, 1),
    ]  # fmt: skip
    assert (found["total"], found["vehicles"]) == (5, 4)
    then = desk.do("vehicles", "--by", "status,model", "--as-of", LATER, on=LATER)
    assert [(row["status"], row["model"], row["count"], row["vehicles"]) for row in then["rows"]] == [
        ("open", w.SMALL, 3, 2), ("open", "", 1, 1), ("open", w.LARGE, 1, 1),
    ]  # fmt: skip
