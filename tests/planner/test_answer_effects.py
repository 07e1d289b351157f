"""Classes of owners that answer more or less often: planted effects are found, and a bundle is reckoned with by who is in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from renotify.planner.answer_effects import (
    MOST_SHARE,
    NO_EFFECTS,
    OLDEST,
    Effects,
    effects_of,
    with_effects,
    words,
)
from renotify.plans.in_force import PlannedBundle

YOUNG = "an address of under a year"
STATED = PlannedBundle("A", "A", (), 1.0, {}, (0.06, 0.04), 0.003)
HALF_OLD = Effects(
    {("age", YOUNG): (np.log(1.2), 0.1), ("age", OLDEST): (np.log(0.8), 0.1)}, {}, 4000
)


def cells(scale: int, **planted: float) -> pa.Table:
    """Letters of each class, of which a tenth was expected to answer; ``planted`` factors by language and by what an arm adds."""
    rows = [
        {
            "bundle": "A", "age": age, "language": language, "arm": arm, "mailed": 10 * scale, "expected": float(scale),
            "answered": round(scale * planted.get(language, 1.0) * planted.get(arm, 1.0)),
        }
        for age in (YOUNG, OLDEST)
        for language in ("en", "es")
        for arm in ("", "email")
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


def against(found: Effects, kind: str, one: str, other: str) -> float:
    return float(np.exp(found.log_effect[kind, one][0] - found.log_effect[kind, other][0]))


def test_planted_effects_of_language_and_arm_are_found() -> None:
    found = effects_of(cells(400, es=0.6, email=1.3))
    assert against(found, "language", "es", "en") == pytest.approx(0.6, abs=0.06)
    assert against(found, "arm", "email", "") == pytest.approx(1.3, abs=0.1)
    assert against(found, "age", YOUNG, OLDEST) == pytest.approx(1.0, abs=0.01)
    assert found.letters == 8 * 4000


def test_intervals_of_ninety_per_cent_hold_planted_effects() -> None:
    """Of 100 samples of a class that answers 1.3 times as often: within the interval in 90, give or take."""
    rng, held = np.random.default_rng(54), 0
    for _ in range(100):
        table = cells(40, email=1.3)
        drawn = rng.poisson(
            table["expected"].to_numpy() * np.where(np.asarray(table["arm"]) == "email", 1.3, 1.0)
        )
        found = effects_of(
            table.set_column(table.column_names.index("answered"), "answered", pa.array(drawn))
        )
        (one, sd), (other, _) = (found.log_effect["arm", arm] for arm in ("email", ""))
        held += abs(one - other - np.log(1.3)) < 1.645 * 2 * sd
    assert held >= 85


def test_few_letters_tell_little_and_none_nothing() -> None:
    few = against(effects_of(cells(1, email=2.0)), "arm", "email", "")
    assert 1.0 < few < 1.5
    assert effects_of(cells(0)).log_effect["arm", "email"][0] == pytest.approx(0.0)


def test_an_effect_that_may_be_none_changes_no_plan() -> None:
    table = cells(5, email=1.3)
    found = effects_of(table)
    assert found.told == {}
    assert found.factors(table).tolist() == [1.0] * table.num_rows
    assert words(found, [STATED], [STATED]) == []


def test_curves_that_expect_too_few_of_all_are_no_effect_of_a_class() -> None:
    found = effects_of(cells(400, en=1.5, es=1.5))
    assert all(abs(effect) < 0.03 for effect, _ in found.log_effect.values())


def test_the_average_letter_has_factor_one() -> None:
    table = cells(400, es=0.6, email=1.3)
    factors = effects_of(table).factors(table)
    assert np.average(factors, weights=table["expected"].to_numpy()) == pytest.approx(1.0)


def planned(
    *ages: str, effects: Effects = HALF_OLD, bundle: PlannedBundle = STATED
) -> PlannedBundle:
    vins = [f"V{n}" for n in range(len(ages))]
    family = ["recall"] * len(ages)
    vehicles = pa.table({"vin": vins, "family": family, "planning_bundle": ["A"] * len(ages)})
    none = [""] * len(ages)
    classes = pa.table(
        {"vin": vins, "family": family, "age": list(ages), "language": none, "arm": none}
    )
    (found,) = with_effects([bundle], vehicles, classes, effects)
    return found


def test_a_bundle_answers_as_its_own_owners_do() -> None:
    assert planned(YOUNG, YOUNG).response == (0.072, 0.048)
    assert planned(OLDEST).response == (0.048, 0.032)
    assert planned(YOUNG, OLDEST).response == (0.06, 0.04)
    assert planned(YOUNG, effects=NO_EFFECTS) == STATED


def test_what_was_learned_of_old_addresses_is_raised_for_those_still_to_be_written_to() -> None:
    """Letters that are out went to the oldest, at 0.8 of the average; a young one that is left answers 1.2 / 0.8 times as often."""
    learned = replace(HALF_OLD, of_mailed={"A": 0.8})
    assert planned(YOUNG, effects=learned).response == pytest.approx((0.09, 0.06))


def test_no_bundle_is_reckoned_with_beyond_nearly_all_its_owners() -> None:
    found = planned(YOUNG, bundle=replace(STATED, response=(0.6, 0.3)))
    assert sum(found.response) == pytest.approx(MOST_SHARE)


def test_what_was_found_is_said_with_its_interval_and_what_it_changes() -> None:
    said = words(HALF_OLD, [STATED], [planned(YOUNG)])
    told, changed = said
    assert told == (
        "Against the average of 4,000 letters, owners answer so often: of an address of under a year 1.20 times (1.02 to 1.41);"
        " of an address of three years and more 0.80 times (0.68 to 0.94)."
    )
    assert changed == "For the owners of each bundle that is: A 12.0 % in place of 10.0 %."
    assert words(NO_EFFECTS, [STATED], [STATED]) == []
