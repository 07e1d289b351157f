"""The share of inspected vehicles that need the part: the stated rate, corrected by what inspections have shown."""

from __future__ import annotations

import pytest

from cases import at_once
from renotify.errors import BadInput
from renotify.visits.take_rate import TakeRate, learned_take_rate


def test_the_take_rate_moves_from_the_stated_to_the_seen() -> None:
    few, many = learned_take_rate(0.3, 1, 0), learned_take_rate(0.3, 80, 920)
    assert few.mean == pytest.approx(0.375)  # (0.5 + 3 + 1) / (1 + 10 + 1)
    assert many.mean == pytest.approx(83.5 / 1011)
    assert many.quantile(0.9) > many.mean


def test_the_weight_is_how_many_repair_orders_the_stated_rate_is_worth() -> None:
    assert learned_take_rate(0.5, 1, 2, weight=0.0).mean == pytest.approx(1.5 / 4)
    assert learned_take_rate(1.0, 0, 0, weight=0.0).mean == 0.5


def test_a_stated_one_stays_open_to_evidence() -> None:
    assert learned_take_rate(1.0, 0, 39).mean == pytest.approx(10.5 / 50)


@at_once("stated", [-0.1, 1.2])
def test_a_stated_rate_below_zero_or_above_one_is_refused(stated: float) -> None:
    with pytest.raises(BadInput, match="take_rate"):
        learned_take_rate(stated, 0, 0)


@at_once("stated", [0.0, 1.0])
def test_a_stated_rate_of_zero_or_one_is_taken(stated: float) -> None:
    assert learned_take_rate(stated, 0, 0).mean == pytest.approx((0.5 + 10 * stated) / 11)


@at_once("level", [0.05, 0.5, 0.9, 0.99])
def test_the_quantile_of_a_take_rate_is_the_beta_quantile_of_scipy_stats(level: float) -> None:
    from scipy import stats

    for needed, spared in ((0.5, 10.5), (3.5, 7.5), (200.25, 9000.0), (1e4, 0.5)):
        assert TakeRate(needed, spared).quantile(level) == stats.beta.ppf(level, needed, spared)
