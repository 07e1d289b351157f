"""Kits that are enough 95 times in 100: visits of two and four kits, and inspections of which some take none."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from cases import at_once
from folder import ON, Folder, make_vin
from renotify.ledger.intake import load
from renotify.ledger.session import Session
from renotify.parts.dealer_orders import orders
from renotify.parts.kits_at_a_level import of_bookings, of_walk_ins
from renotify.parts.replenishment import base_stock

LEVEL = 0.95
MEANS = np.array([0.01, 0.3, 1.0, 4.2, 17.0, 240.0])


def served(kits: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """The share of weeks [n, weeks] in which the kits [n] were enough."""
    return (drawn <= kits[:, None]).mean(axis=1)


@at_once("sizes", [(2.0,), (4.0,), (1.0, 2.0, 4.0), (2.0, 4.0), (1.5, 4.0)])
def test_walk_ins_find_their_kits_in_95_of_100_weeks_and_one_kit_less_would_not_do(sizes) -> None:
    rng = np.random.default_rng(2013)
    visits = np.outer(MEANS, np.ones(len(sizes)) / len(sizes))
    kits = of_walk_ins(LEVEL, np.array(sizes), visits)
    drawn = sum(
        size * rng.poisson(visits[:, [s]], (len(MEANS), 40_000)) for s, size in enumerate(sizes)
    )
    assert np.all(served(kits, drawn) >= LEVEL - 0.004)
    some = kits > 0
    assert np.all(served(kits - 0.01, drawn)[some] < LEVEL + 0.004)


def test_a_visit_of_two_kits_needs_two_times_the_kits_of_one() -> None:
    one = base_stock(MEANS, 1, 0, LEVEL)
    assert np.array_equal(base_stock(MEANS, 1, 0, LEVEL, size=2), 2 * one)
    assert np.array_equal(base_stock(MEANS[:, None], 1, 0, LEVEL, size=[2.0]), 2 * one)


@at_once(("booked", "expected"), [(1, 1), (2, 2), (10, 8), (30, 22)])
def test_inspections_booked_at_a_take_rate_of_six_in_ten_find_their_kits(booked, expected) -> None:
    """By hand: the smallest k with at least 95 % of the binomial at or below it; the mean would do 0.6 times."""
    chances = [comb(booked, k) * 0.6**k * 0.4 ** (booked - k) for k in range(booked + 1)]
    assert sum(chances[: expected + 1]) >= LEVEL > sum(chances[:expected])
    found = of_bookings(LEVEL, np.array([1.0]), np.array([0.6]), np.array([[booked]]))
    assert found.tolist() == [expected]


def test_bookings_that_take_their_kits_for_certain_are_added_up() -> None:
    sizes, sure = np.array([1.0, 2.5]), np.array([1.0, 1.0])
    assert of_bookings(LEVEL, sizes, sure, np.array([[3, 2], [0, 0]])).tolist() == [8.0, 0.0]


def test_sure_and_unsure_bookings_of_different_sizes_count_together() -> None:
    rng = np.random.default_rng(2013)
    sizes, chances = np.array([1.0, 2.0, 4.0]), np.array([1.0, 0.5, 0.1])
    booked = np.array([[3, 8, 0], [0, 1, 12], [5, 40, 60]])
    kits = of_bookings(LEVEL, sizes, chances, booked)
    drawn = sum(
        size * rng.binomial(booked[:, [s]], chances[s], (3, 40_000)) for s, size in enumerate(sizes)
    )
    assert np.all(served(kits, drawn) >= LEVEL - 0.004)
    assert np.all(served(kits - 1, drawn) < LEVEL + 0.004)


def test_nobody_expected_needs_no_kits() -> None:
    assert of_walk_ins(LEVEL, np.array([2.0, 4.0]), np.zeros((2, 2))).tolist() == [0, 0]
    assert of_bookings(LEVEL, np.array([1.0]), np.array([0.5]), np.zeros((1, 1))).tolist() == [0]


def test_many_dealers_are_counted_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    visits = np.outer(np.linspace(0, 5, 50), [0.5, 0.5])
    at_once_ = of_walk_ins(LEVEL, np.array([2.0, 4.0]), visits)
    monkeypatch.setattr("renotify.parts.kits_at_a_level.AT_ONCE", 300)
    assert np.array_equal(of_walk_ins(LEVEL, np.array([2.0, 4.0]), visits), at_once_)


# ---- from the ledger to the line


def test_ten_booked_inspections_hold_eight_kits_and_walk_ins_of_four_kits_their_own(
    session: Session, folder: Folder
) -> None:
    """Ten visits of one kit at 0.6: 8. Ten open vehicles of four kits, 0.3 % a week, 13 weeks: Poisson of 0.39 at 95 % is 2 visits."""
    folder.campaign("9LA", inspect_first=True).campaign("ALE").dealer()
    for part, campaign, qty, rate in (("K1", "9LA", 1, 0.6), ("K4", "ALE", 4, 1.0)):
        folder.part(part, lead_days=84).takes(campaign, part, qty, take_rate=rate)
    for number in range(10):
        folder.vehicle(make_vin(number), "9LA").vehicle(make_vin(100 + number), "ALE")
        folder.appointment(make_vin(number), "D0001", "9LA", day=ON)
    load(session, [folder.write()], on=ON)
    first, second = orders(session).to_pylist()
    assert (first["booked"], first["booked_q95"]) == (pytest.approx(6.0), 8)
    assert first["base_stock"] == 0  # all ten are booked: nobody is left to walk in
    assert first["order"] == 8
    assert (second["booked"], second["base_stock"], second["order"]) == (0, 2 * 4, 2 * 4)
