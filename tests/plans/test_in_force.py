"""The plan in force as values: what is kept comes back, and each vehicle finds the bundle of its own model."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from plans import sample
from plans.sample import (
    ALL_BOTH,
    BOTH,
    BUNDLES,
    FIRST_WEEK,
    LARGE,
    LARGE_A,
    SMALL,
    SMALL_A,
    WEEKS,
    A,
    B,
)
from renotify.errors import NothingToDo, UnknownName
from renotify.ledger.session import Session
from renotify.plans.in_force import PlanInForce, plan_in_force


def plan(*bundles: object) -> PlanInForce:
    return PlanInForce("small", "by hand", FIRST_WEEK, WEEKS, bundles)


def test_what_is_kept_comes_back(session: Session, tmp_path: Path) -> None:
    sample.freeze(session, tmp_path / "input")
    sample.keep_plan(session)
    assert plan_in_force(session, "small") == plan(*BUNDLES)


def test_a_second_plan_takes_the_place_of_the_first(session: Session, tmp_path: Path) -> None:
    sample.freeze(session, tmp_path / "input")
    sample.keep_plan(session)
    other = replace(SMALL_A, models=(SMALL, LARGE), hours=2.5, kits={}, response=(), walk_ins=0.0)
    sample.keep_plan(session, (other,))
    assert plan_in_force(session, "small") == plan(other)


def test_a_follow_up_without_a_plan_has_none_in_force(
    sqlite_session: Session, tmp_path: Path
) -> None:
    sample.freeze(sqlite_session, tmp_path / "input")
    with pytest.raises(NothingToDo, match="no plan yet"):
        plan_in_force(sqlite_session, "small")
    with pytest.raises(UnknownName, match="nobody"):
        plan_in_force(sqlite_session, "nobody")


def test_a_vehicle_finds_the_bundle_of_its_campaigns_and_model() -> None:
    known = plan(*BUNDLES)
    assert known.bundles[known.place_of(A, SMALL)] is SMALL_A
    assert known.bundles[known.place_of(A, LARGE)] is LARGE_A


def test_a_bundle_without_models_is_for_every_model() -> None:
    known = plan(*BUNDLES)
    assert known.bundles[known.place_of(BOTH, SMALL)] is ALL_BOTH
    assert known.bundles[known.place_of(BOTH, "LS 460")] is ALL_BOTH


def test_a_models_own_bundle_comes_before_one_for_every_model() -> None:
    every = replace(SMALL_A, name=A, models=())
    for known in (plan(every, LARGE_A), plan(LARGE_A, every)):
        assert known.bundles[known.place_of(A, LARGE)] is LARGE_A
        assert known.bundles[known.place_of(A, SMALL)] is every


def test_a_vehicle_that_the_plan_has_no_bundle_for_finds_none() -> None:
    known = plan(*BUNDLES)
    assert known.place_of(A, "LS 460") is None
    assert known.place_of(B, SMALL) is None


def test_weeks_are_counted_from_the_plans_first_monday() -> None:
    known = plan()
    assert known.monday(0) == date(2013, 3, 4)
    assert known.monday(2) == date(2013, 3, 18)
    assert known.mondays == tuple(date(2013, 3, day) for day in (4, 11, 18, 25))
