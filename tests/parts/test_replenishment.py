"""The seven properties of the order rule (planner study, section 6), and the base stock."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import at_once
from renotify.errors import BadInput
from renotify.parts.replenishment import base_stock, order_quantity

KITS = st.integers(0, 60)
PACKS = st.integers(1, 12)


@given(KITS, KITS, KITS, KITS, PACKS)
def test_an_order_is_a_whole_number_of_packs(hand, coming, booked, base, pack):
    order = order_quantity(hand, coming, booked, base, pack)
    assert order >= 0
    assert order % pack == 0


@given(KITS, KITS, KITS, KITS, PACKS)
def test_the_position_after_the_order_reaches_the_base_stock(hand, coming, booked, base, pack):
    assert hand + coming - booked + order_quantity(hand, coming, booked, base, pack) >= base


@given(KITS, KITS, KITS, KITS, PACKS)
def test_never_more_than_one_pack_over(hand, coming, booked, base, pack):
    order = order_quantity(hand, coming, booked, base, pack)
    assert order == 0 or hand + coming - booked + order < base + pack


@given(KITS, KITS, KITS, KITS, PACKS)
def test_ordering_again_with_the_order_open_orders_nothing(hand, coming, booked, base, pack):
    order = order_quantity(hand, coming, booked, base, pack)
    assert order_quantity(hand, coming + order, booked, base, pack) == 0


@given(KITS, KITS, KITS, KITS, PACKS, st.integers(1, 5))
def test_a_booked_repair_changes_no_order(hand, coming, booked, base, pack, kits):
    before = order_quantity(hand + kits, coming, booked + kits, base, pack)
    assert order_quantity(hand, coming, booked, base, pack) == before


@given(KITS, KITS, KITS, KITS, PACKS, st.integers(1, 5))
def test_one_more_booking_never_lowers_the_order(hand, coming, booked, base, pack, kits):
    before = order_quantity(hand, coming, booked, base, pack)
    assert order_quantity(hand, coming, booked + kits, base, pack) >= before


@given(KITS, KITS, KITS, KITS, PACKS)
def test_one_more_kit_on_hand_never_raises_the_order(hand, coming, booked, base, pack):
    before = order_quantity(hand, coming, booked, base, pack)
    assert order_quantity(hand + 1, coming, booked, base, pack) <= before


def test_sell_one_buy_one():
    """The memo, section 4: a walk-in sale is ordered again, kit for kit."""
    assert order_quantity(4, 0, 0, 5) - order_quantity(5, 0, 0, 5) == 1


def test_whole_columns_are_ordered_at_once():
    assert order_quantity(np.array([0, 9]), 0, np.array([3, 3]), 0, np.array([4, 4])).tolist() == [
        4,
        0,
    ]


@at_once(
    ("change", "words"),
    [({"on_hand": -1}, "on_hand"), ({"pack": 0}, "pack"), ({"booked": np.nan}, "booked")],
)
def test_impossible_amounts_are_refused(change, words):
    with pytest.raises(BadInput, match=words):
        order_quantity(
            **{"on_hand": 1, "on_order": 0, "booked": 0, "base_stock": 0, "pack": 1, **change}
        )


def test_base_stock_covers_walk_ins_at_the_service_level():
    assert base_stock(np.array([0.0, 1.0, 2.0]), 1, 1, 0.95).tolist() == [
        0,
        5,
        8,
    ]  # Poisson of 2 and of 4


def test_strictly_to_appointments_needs_no_base_stock():
    assert base_stock(3.0, 2, 1, 0.0) == 0
    with pytest.raises(BadInput):
        base_stock(1.0, 1, 1, 1.0)


@at_once("level", [0.01, 0.5, 0.9, 0.95, 0.99, 0.9999])
def test_the_base_stock_is_the_poisson_quantile_of_scipy_stats(level):
    from scipy import stats

    mean = np.concatenate([[1e-12, 1e-6], np.logspace(-3, 5, 4001)])
    assert (base_stock(mean, 1, 0, level) == stats.poisson.ppf(level, mean)).all()
