"""When the pool is short: oldest booking, then risk; the others hear their week."""

from datetime import date

import pyarrow as pa
import pytest

from renotify.errors import BadInput
from renotify.parts.allocation import AllocationRules, allocate

OLD, NEW = date(2013, 3, 1), date(2013, 3, 8)


def demands(*rows):
    names = ("dealer_code", "booked_on", "risk", "kits", "vin")
    return pa.table({name: pa.array([row[i] for row in rows]) for i, name in enumerate(names)})


def served(table, *columns):
    return list(zip(*(table.column(c).to_pylist() for c in columns), strict=True))


def test_the_oldest_booking_is_served_first_then_the_higher_risk():
    found = allocate(
        [2, 3],
        demands(("D1", NEW, 1.0, 1, "a"), ("D2", NEW, 5.0, 1, "b"), ("D3", OLD, 1.0, 1, "c")),
    )
    assert served(found, "vin", "granted", "promise_week") == [
        ("c", 1, 0),
        ("b", 1, 0),
        ("a", 0, 1),
    ]


def test_who_asks_past_all_confirmed_supply_is_promised_no_week():
    found = allocate([1, 1], demands(("D1", OLD, 1.0, 1, "a"), ("D1", NEW, 1.0, 1, "b")))
    assert served(found, "granted", "promise_week", "reason") == [
        (1, 0, ""),
        (0, -1, "the pool is short"),
    ]


def test_a_first_order_cap_holds_a_dealer_back_and_says_so():
    rules = AllocationRules(first_order_cap=2)
    found = allocate([9], demands(("D1", OLD, 1.0, 3, "a"), ("D2", OLD, 1.0, 2, "b")), rules)
    assert served(found, "granted", "reason") == [
        (2, "above the dealer's first-order cap"),
        (2, ""),
    ]


def test_controlled_allocation_ships_for_named_vehicles_only():
    rules = AllocationRules(named_vehicle_only=True)
    found = allocate([9], demands(("D1", OLD, 1.0, 1, "a"), ("D1", OLD, 1.0, 4, None)), rules)
    assert served(found, "granted", "reason") == [(1, ""), (0, "a kit needs a named vehicle")]


def test_a_pool_that_shrinks_is_refused():
    with pytest.raises(BadInput, match="running totals"):
        allocate([3, 2], demands(("D1", OLD, 1.0, 1, "a")))


def test_packs_are_shipped_whole_from_the_pool():
    """Five kits are two packs of two: the third waits for the week in which the pool has six."""
    asked = demands(("D1", OLD, 1.0, 2, "a"), ("D2", OLD, 1.0, 2, "b"), ("D3", NEW, 1.0, 2, "c"))
    found = allocate([5, 5, 6], asked, pack=2)
    assert served(found, "granted", "promise_week") == [(2, 0), (2, 0), (0, 2)]


def test_a_demand_that_is_covered_in_part_is_covered_in_whole_packs():
    found = allocate([3], demands(("D1", OLD, 1.0, 4, "a")), pack=2)
    assert served(found, "granted", "promise_week") == [(2, -1)]


def test_a_cap_counts_whole_packs():
    asked = demands(("D1", OLD, 1.0, 6, "a"))
    for cap, granted in ((0, 0), (1, 0), (2, 2), (3, 2), (5, 4), (9, 6)):
        (found,) = served(
            allocate([9], asked, AllocationRules(first_order_cap=cap), pack=2), "granted"
        )
        assert found == (granted,)


def test_a_demand_of_half_a_pack_is_refused():
    with pytest.raises(BadInput, match="whole packs of 2"):
        allocate([9], demands(("D1", OLD, 1.0, 3, "a")), pack=2)
