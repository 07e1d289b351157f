"""Planning bundles split by the week of their vehicles' remedies, by values."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa

from planner.cases import bundle, dealer, problem
from renotify.planner import weekly
from renotify.planner.from_ledger import Framed
from renotify.planner.remedy_weeks import split_by_week
from renotify.plans.in_force import PlanInForce, PlannedBundle, _from_json, bundles_as_json

APRIL, MAY = date(2013, 4, 8), date(2013, 5, 6)
WHOLE = PlannedBundle("A", "A", ("L", "S"), 1.0, {}, (0.5,), 0.0)


def kind(
    model: str, from_week: str = "", *, code: str = "A", days: str = "2013-04-10", pieces: int = 1
) -> dict[str, object]:
    return {
        "bundle": code, "model": model, "remedy_days": days, "from_week": from_week, "pieces": pieces,
    }  # fmt: skip


def test_vehicles_that_wait_for_other_weeks_are_planning_bundles_of_their_own() -> None:
    kinds = [kind("S"), kind("L", "2013-05-06"), kind("S", "2013-04-08"), kind("L", "2013-04-08")]
    assert split_by_week([WHOLE], kinds) == (
        replace(WHOLE, models=("S",)),
        replace(WHOLE, name="A from 2013-04-08", from_week=APRIL),
        replace(WHOLE, name="A from 2013-05-06", models=("L",), from_week=MAY),
    )


def test_a_bundle_whose_remedies_come_on_one_day_for_all_keeps_its_name() -> None:
    kinds = [kind("S", "2013-04-08", days=""), kind("L", "2013-04-08", days="")]
    assert split_by_week([WHOLE], kinds) == (replace(WHOLE, from_week=APRIL),)
    own = [kind("S", "2013-04-08"), kind("L", "2013-04-08")]  # of their own, if all the same today
    assert [one.name for one in split_by_week([WHOLE], own)] == ["A from 2013-04-08"]


def test_models_that_need_other_visits_are_split_each_for_itself() -> None:
    small, large = (replace(WHOLE, name=f"A:{model}", models=(model,)) for model in "SL")
    other = replace(WHOLE, name="B", campaigns="B")
    kinds = [
        kind("S"),
        kind("L", "2013-04-08"),
        kind("S", code="B", days=""),
        kind("L", code="B", days=""),
    ]
    assert [one.name for one in split_by_week([small, large, other], kinds)] == [
        "A:S", "A:L from 2013-04-08", "B",
    ]  # fmt: skip


def test_a_plan_finds_the_bundle_of_a_week_and_of_an_unknown_week_the_first() -> None:
    later = replace(WHOLE, name="A from 2013-04-08", from_week=APRIL)
    plan = PlanInForce("small", "optimal", date(2013, 3, 4), 8, (WHOLE, later))
    assert [plan.place_of("A", "S", week) for week in (None, APRIL, MAY)] == [0, 1, 0]
    assert plan.place_of("B", "S", APRIL) is None


def test_the_week_of_a_bundle_is_kept_and_an_older_plan_has_none() -> None:
    later = replace(WHOLE, from_week=APRIL)
    kept = json.loads(bundles_as_json([WHOLE, later]))
    assert tuple(map(_from_json, kept)) == (WHOLE, later)
    del kept[1]["from_week"]
    assert _from_json(kept[1]) == WHOLE


def test_a_letter_that_was_planned_before_the_week_of_its_remedy_is_planned_again() -> None:
    """The remedy slipped to week 2: of the letters of weeks 1 and 2 the second stands."""
    asked = problem([bundle("A", first_week=2)], [dealer("d")], {("A", "d"): 2}, weeks=4)
    vehicles = pa.table({
        "vin": ["1", "2"], "family": ["safety"] * 2, "planning_bundle": ["A"] * 2, "dealer_code": ["d"] * 2, "rank": [1, 2],
    })  # fmt: skip
    today = Framed(None, date(2013, 3, 4), asked, (), vehicles, None, ())  # type: ignore[arg-type]
    free = pa.table({"vin": ["1", "2"], "family": ["safety"] * 2, "week": [1, 2]})
    assert weekly.letters_of_vehicles(today, free, 0).tolist() == [[[0, 0, 1, 0]]]
    assert np.array_equal(weekly.letters_of_vehicles(today, free, 1), np.array([[[0, 0, 0, 0]]]))
