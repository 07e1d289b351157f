"""Planted effects of a wording and of a day are recovered: 200 cohorts, drawn by the list's own lot, told by the report's own sums."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from folder import make_vin
from renotify.campaigns.outreach_settings import LEAST_LETTERS, Arm, Outreach
from renotify.reports.outreach_effect import _compared, _of_arms
from renotify.selection.drawn import drawn
from renotify.values.arrow_sql import arrow_sql

OWNERS, LOTS, A_LOT = 2400, 10, 20  # 200 cohorts: twenty of each lot
STRATA = tuple(product(("9LA", "ALE", "9LA+ALE"), ("D1", "D2", "D3"), ("en", "en+es")))
SHARES = np.linspace(0.04, 0.16, len(STRATA))  # who answer in the end, by stratum
WEEKS, SHOCK = (
    6,
    0.2,
)  # waves, and the standard deviation of what all owners of one week have in common
ARMS = (
    Arm("usual", 0.4),
    Arm("soon", 0.3, wording="soon"),
    Arm("tuesday", 0.3, day="Tuesday"),
)
ON_DAY = 0.85  # of an arm's letters go on its day; the others stay in the arm


@cache
def lot(seed: int) -> np.ndarray:
    """The arm of each owner, as a list draws it. [owners]"""
    vins = [make_vin(number) for number in range(OWNERS)]
    kinds = [STRATA[number % len(STRATA)] for number in range(OWNERS)]
    listed = pa.table({
        "vin": vins, "family": ["safety"] * OWNERS, "bundle": [kind[0] for kind in kinds],
        "dealer_code": [kind[1] for kind in kinds], "left_out": [""] * OWNERS, "rank": pa.array(range(OWNERS), pa.int64()),
    })  # fmt: skip
    with arrow_sql() as arrow:
        owners = {"vin": vins, "language": [kind[2] for kind in kinds], "mailable": [True] * OWNERS}
        arrow.register("newest_owners", pa.table(owners))
        dealers = {"dealer_code": ["D1", "D2", "D3"], "area_code": ["E", "E", "W"]}
        arrow.register("dealers", pa.table(dealers))
        found = drawn(arrow, listed, Outreach(seed=seed, arms=ARMS), "small")
    arm = dict(zip(found["vin"].to_pylist(), found["arm"].to_pylist(), strict=True))
    return np.array([arm[vin] for vin in vins])


def told(effects: dict[str, float]) -> dict[str, list[dict[str, Any]]]:
    """What the report tells of each arm in each of the cohorts, its sentence too; ``effects`` in shares of owners, planted by arm."""
    chance = np.random.default_rng(577)
    cohorts: dict[str, list[dict[str, Any]]] = {"soon": [], "tuesday": []}
    for seed in range(LOTS):
        arm = lot(seed)
        week = chance.integers(0, WEEKS, (A_LOT, OWNERS))
        shocks = chance.gamma(SHOCK**-2, SHOCK**2, (A_LOT, WEEKS))
        likely = SHARES[np.arange(OWNERS) % len(STRATA)] * np.take_along_axis(shocks, week, 1)
        on_day = (arm != "tuesday") | (chance.random((A_LOT, OWNERS)) < ON_DAY)
        likely += on_day * np.array([effects.get(str(one), 0.0) for one in arm])
        answered = chance.random((A_LOT, OWNERS)) < likely
        of = {one.name: arm == one.name for one in ARMS}
        for cohort in answered:
            rows = _compared(
                [
                    {
                        "class": name, "mailed": int(own.sum()), "answered": int(cohort[own].sum()), "touched": 0,
                        "on_day": int(own.sum()), "first_touch": None, "before_touch": 0,
                        "silent": int(own.sum()), "since": int(cohort[own].sum()),
                        "first_silent": int(of["usual"].sum()), "first_since": int(cohort[of["usual"]].sum()),
                    }
                    for name, own in of.items()
                ],
                ARMS,
                LEAST_LETTERS,
            )  # fmt: skip
            for row, sentence in zip(
                rows[1:],
                _of_arms(rows, {one.name: one for one in ARMS}, LEAST_LETTERS),
                strict=True,
            ):
                cohorts[row["class"]].append(row | {"said": sentence})
    return cohorts


def holding(rows: list[dict[str, Any]], effect: float) -> float:
    """The share of cohorts whose interval holds the effect."""
    return float(
        np.mean([one["difference_low"] <= effect <= one["difference_high"] for one in rows])
    )


def said(rows: list[dict[str, Any]], verdict: str) -> float:
    """The share of cohorts of which the report says so."""
    return float(np.mean([verdict in one["said"] for one in rows]))


@pytest.mark.parametrize("planted", [{"soon": 0.05, "tuesday": 0.04}, {"soon": -0.03}])
def test_intervals_of_ninety_per_cent_hold_what_a_wording_and_a_day_do(
    planted: dict[str, float],
) -> None:
    """An arm of a day counts as drawn: fifteen of a hundred letters that went on another day take so much of its effect away."""
    cohorts = told(planted)
    true = {"soon": planted["soon"], "tuesday": ON_DAY * planted.get("tuesday", 0.0)}
    for name, rows in cohorts.items():
        assert len(rows) == LOTS * A_LOT
        assert 0.86 <= holding(rows, true[name]) <= 0.96, name
        middle = np.mean([one["difference"] for one in rows])
        assert middle == pytest.approx(true[name], abs=0.003), name


def test_a_wording_and_a_day_that_do_nothing_are_hardly_ever_called_an_effect() -> None:
    """An interval of 90 % leaves nothing out on one side in a twentieth of cases, and on the other in another."""
    for rows in told({}).values():
        assert said(rows, "these counts do not tell a difference") >= 0.86
        assert said(rows, "more answer") <= 0.08
        assert said(rows, "fewer answer") <= 0.08


def test_the_difference_that_would_be_told_in_four_of_five_times_is() -> None:
    least = float(np.mean([one["least_difference"] for one in told({})["soon"]]))
    rows = told({"soon": least})["soon"]
    assert 0.72 <= said(rows, "more answer") <= 0.88
    assert said(rows, "fewer answer") == 0
