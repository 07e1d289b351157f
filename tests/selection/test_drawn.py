"""What a list draws by lot: arms with their share of every stratum, an order that knows no arm, the same on every machine."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pyarrow as pa
import pytest

from folder import make_vin
from renotify.campaigns.outreach_settings import Arm, Outreach
from renotify.selection.drawn import drawn
from renotify.values.arrow_sql import arrow_sql

AREA = {"D1": "E", "D2": "E", "D3": "W"}
STRATA = list(product(("9LA", "9LA+ALE"), AREA, ("en", "en+es")))
SIZES = [1, 2, 3, 5, 8, 13, 21, 34, 40, 55, 60, 71]  # of the twelve kinds of vehicle
KINDS = [kind for kind, size in zip(STRATA, SIZES, strict=True) for _ in range(size)]
VINS = [make_vin(number) for number in range(len(KINDS))]
ARMS = (Arm("A", 0.5), Arm("B", 0.3, "email"), Arm("C", 0.2, "sms"))


def listed(family: str = "safety", left_out: str = "", first: int = 1) -> pa.Table:
    return pa.table({
        "vin": VINS, "family": [family] * len(VINS), "bundle": [kind[0] for kind in KINDS],
        "dealer_code": [kind[1] for kind in KINDS], "left_out": [left_out] * len(VINS),
        "rank": pa.array(range(first, first + len(VINS)), pa.int64()), "dealer_assigned": [0] * len(VINS),
    })  # fmt: skip


def draw(outreach: Outreach, rows: pa.Table | None = None, name: str = "small") -> pa.Table:
    roles = ["lessee", "lessor"]  # two letters of a vehicle are no two vehicles
    with arrow_sql() as arrow:
        arrow.register("newest_owners", pa.table({
            "vin": [vin for vin in VINS for _ in roles], "language": [kind[2] for kind in KINDS for _ in roles],
            "mailable": [True] * 2 * len(VINS),
        }))  # fmt: skip
        arrow.register(
            "dealers", pa.table({"dealer_code": list(AREA), "area_code": list(AREA.values())})
        )
        return drawn(arrow, listed() if rows is None else rows, outreach, name)


def column(found: pa.Table, name: str) -> dict[str, object]:
    return dict(zip(found["vin"].to_pylist(), found[name].to_pylist(), strict=True))


def test_nothing_stated_nothing_changes() -> None:
    found = draw(Outreach())
    assert found.drop_columns(["arm"]) == listed()
    assert set(found["arm"].to_pylist()) == {""}


@pytest.mark.parametrize("seed", [0, 1, 577])
def test_each_arm_has_its_share_of_every_bundle_area_and_language_within_one_vehicle(
    seed: int,
) -> None:
    arm = column(draw(Outreach(seed=seed, arms=ARMS)), "arm")
    stratum = {
        vin: (bundle, AREA[dealer], language)
        for vin, (bundle, dealer, language) in zip(VINS, KINDS, strict=True)
    }
    sizes, counts = Counter(stratum.values()), Counter((stratum[vin], arm[vin]) for vin in VINS)
    for one in ARMS:
        assert all(
            abs(counts[place, one.name] - one.share * size) < 1 for place, size in sizes.items()
        )


def test_vehicles_that_stand_alone_do_not_all_get_the_first_arm() -> None:
    """300 strata of one vehicle: half of them each, within four standard deviations."""
    rows = listed().slice(0, 300).set_column(2, "bundle", pa.array([f"B{n}" for n in range(300)]))
    found = draw(Outreach(arms=(Arm("A", 0.5), Arm("B", 0.5))), rows)
    assert 150 - 35 < found["arm"].to_pylist().count("A") < 150 + 35


def test_a_vehicle_with_two_letters_is_in_one_arm() -> None:
    service = listed("service", first=len(VINS) + 1)
    found = draw(Outreach(arms=ARMS), pa.concat_tables([listed(), service]))
    pairs = set(zip(found["vin"].to_pylist(), found["arm"].to_pylist(), strict=True))
    assert len(pairs) == len(VINS)


def test_who_is_left_out_is_in_no_arm() -> None:
    found = draw(Outreach(arms=ARMS), listed(left_out="repaired"))
    assert set(found["arm"].to_pylist()) == {""}


def test_the_same_seed_draws_the_same_and_another_seed_or_name_another() -> None:
    once = draw(Outreach(True, 7, ARMS))
    assert draw(Outreach(True, 7, ARMS)) == once
    upside_down = listed().take(pa.array(range(len(VINS) - 1, -1, -1)))
    assert draw(Outreach(True, 7, ARMS), upside_down).select(once.column_names) == once
    for other in (draw(Outreach(True, 8, ARMS)), draw(Outreach(True, 7, ARMS), name="other")):
        assert column(other, "arm") != column(once, "arm")
        assert column(other, "rank") != column(once, "rank")


def test_the_order_is_a_permutation_that_no_arm_is_early_in() -> None:
    found = draw(Outreach(True, 0, ARMS))
    assert sorted(found["rank"].to_pylist()) == listed()["rank"].to_pylist()
    ranks, arms = found["rank"].to_numpy(), np.array(found["arm"].to_pylist())
    whole = (len(VINS) + 1) / 2
    for one in ARMS:  # the mean place of an arm is that of the list, within three standard errors
        n = int(np.sum(arms == one.name))
        assert abs(ranks[arms == one.name].mean() - whole) < 3 * len(VINS) / (12 * n) ** 0.5
