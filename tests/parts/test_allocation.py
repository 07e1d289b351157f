"""When the pool is short: oldest booking, then risk; the others hear their week."""

from datetime import date

import pyarrow as pa
import pytest

from renotify.errors import BadInput, Inconsistent
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


def test_superseded_numbers_are_counted_under_the_live_one():
    counts = pa.table({"dealer_code": ["D1"] * 3, "part_no": ["A", "B", "C"], "on_hand": [1, 2, 4]})
    live = to_live_numbers(
        counts, {"A": "B", "B": "D"}, keys=("dealer_code", "part_no"), amounts=("on_hand",)
    )
    assert served(live, "part_no", "on_hand") == [("C", 4), ("D", 3)]


def test_a_circle_of_replacements_is_refused():
    with pytest.raises(Inconsistent, match="A -> B -> A"):
        live_number("A", {"A": "B", "B": "A"})


def test_the_take_rate_moves_from_the_stated_to_the_seen():
    few, many = learned_take_rate(0.3, 1, 0), learned_take_rate(0.3, 80, 920)
    assert few.mean == pytest.approx(0.375)
    assert many.mean == pytest.approx(0.083, abs=0.002)
    assert many.quantile(0.9) > many.mean


def test_take_rates_are_read_from_repair_orders():
    orders = pa.table(
        {
            "campaign_code": ["BLB"] * 5,
            "outcome": ["remedied", "inspected_ok", "inspected_ok", "declined", "other"],
        }
    )
    rates = take_rates(orders, {"BLB": 0.5, "9LA": 1.0}, weight=0.0)
    assert rates["BLB"].mean == pytest.approx(1.5 / 4)
    assert rates["9LA"].mean == 0.5


def test_a_stated_rate_above_one_is_refused():
    with pytest.raises(BadInput, match="take_rate"):
        learned_take_rate(1.2, 0, 0)


@pytest.mark.parametrize("level", [0.05, 0.5, 0.9, 0.99])
def test_the_quantile_of_a_take_rate_is_the_beta_quantile_of_scipy_stats(level):
    from scipy import stats

    for needed, spared in ((0.5, 10.5), (3.5, 7.5), (200.25, 9000.0), (1e4, 0.5)):
        assert TakeRate(needed, spared).quantile(level) == stats.beta.ppf(level, needed, spared)
