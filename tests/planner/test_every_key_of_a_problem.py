"""Every key of PROBLEM.json is read: another value makes another plan, or is refused. A key that nothing reads fails here."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from planner.cases import bundle, document
from renotify.errors import BadInput
from renotify.planner import letter_plan, plan_by_policy
from renotify.planner.not_stated import BACKGROUND, BUNDLE, DEALER, OWNERS, TOOL, TOP
from renotify.planner.problem_json import from_json

POLICIES = ("optimal", "oldest-first", "zip-order")


def stated() -> dict[str, Any]:
    """Two bundles at two dealers in four weeks, with every key of the contract, and every limit near its bound."""
    bundles = [
        bundle("b1", risk=2, hours=2, kits={"P": 1}, tools={"jack": 1}, response=[0.5, 0.25], order=2, pieces=1),
        bundle("b2", risk=1, hours=1, kits={"P": 1}, tools={}, response=[0.5, 0.25], order=1, pieces=1),
    ]  # fmt: skip
    dealers = [
        {"id": "d1", "hours": [8], "stock": {"P": 3}, "zip": "02108", "area": "E", "tools": {"jack": 1}},
        {"id": "d2", "hours": [20], "stock": {"P": 1}, "zip": "89501", "area": "W", "tools": {"jack": 1}},
    ]  # fmt: skip
    return document(
        bundles, dealers, {("b1", "d1"): 9, ("b1", "d2"): 7, ("b2", "d1"): 8}, weeks=5, supply={"P": [4, 8, 10, 20]}, mail=9, wait=1,
        background=[{"bundle": "b2", "dealer": "d1", "per_week": [1, 1, 1, 1, 1]}], parts_quantile=0.9, response_spread=0.15,
        count_spread=0.0, parts_count_spread=1.0, least_wave=1, monday="2013-03-04",
        tools={"jack": {"weeks": 1, "pool": [2]}},
    )  # fmt: skip


OTHERWISE: dict[str, Any] = {
    "weeks": 3, "bundles": "b", "dealers": "d", "owners": "o", "supply": {"P": [1]}, "mail_capacity": 4, "wait_bound": 3,
    "background": [], "parts_quantile": 0.5, "tools": {}, "response_spread": 1.5, "count_spread": 4.0, "parts_count_spread": 9.0,
    "least_wave": 8, "monday": "2013-03-11",
    "bundles.id": "b2", "bundles.risk": 5, "bundles.hours": 9, "bundles.kits": {"P": 3}, "bundles.first_week": 2,
    "bundles.mail_by_week": 0, "bundles.response": [0.1], "bundles.order": 0, "bundles.tools": {"jack": 5}, "bundles.pieces": 3,
    "dealers.id": "d2", "dealers.hours": [1], "dealers.stock": {"P": 30}, "dealers.zip": "99999", "dealers.tools": {"jack": 0},
    "owners.bundle": "b2", "owners.dealer": "d9", "owners.count": 20,
    "background.bundle": "b1", "background.dealer": "d2", "background.per_week": [4, 4, 4, 4, 4],
    "tools.weeks": 3, "tools.pool": [0],
}  # fmt: skip
NOT_OF_A_PLAN = {
    "dealers.area": "rolls up what is said of a plan's dealers (tests/planner/test_explain_plan.py)"
}


def plans(of: dict[str, Any]) -> list[dict[str, Any]] | str:
    """What each policy makes of a document, or why it is refused."""
    try:
        problem = from_json(of)
    except BadInput as refused:
        return refused.message
    return [
        letter_plan.to_json(plan_by_policy.plan(problem, policy, workers=1)) for policy in POLICIES
    ]


@pytest.fixture(scope="module")
def as_stated() -> list[dict[str, Any]] | str:
    made = plans(stated())
    assert isinstance(made, list)
    return made


def test_every_key_of_the_contract_is_tried() -> None:
    rows = {
        "bundles": BUNDLE,
        "dealers": DEALER,
        "owners": OWNERS,
        "background": BACKGROUND,
        "tools": TOOL,
    }
    keys = TOP | {f"{name}.{key}" for name, known in rows.items() for key in known}
    assert OTHERWISE.keys() | NOT_OF_A_PLAN.keys() == keys


@pytest.mark.parametrize("key", OTHERWISE)
def test_another_value_makes_another_plan_or_is_refused(key: str, as_stated: object) -> None:
    other = deepcopy(stated())
    where, _, name = key.rpartition(".")
    if not where:
        other[key] = OTHERWISE[key]
    elif where == "tools":
        other["tools"]["jack"][name] = OTHERWISE[key]
    else:
        other[where][0][name] = OTHERWISE[key]
    assert plans(other) != as_stated
