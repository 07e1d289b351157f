"""A problem as a document and back: the same problem, and the same letters from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from cases import at_once
from planner.cases import bundle, dealer, documents, problem
from planner.made_up_problems import made_up
from plans import sample
from renotify.ledger.session import Session
from renotify.planner.from_ledger import frame
from renotify.planner.plan_by_policy import plan
from renotify.planner.problem import Problem
from renotify.planner.problem_json import from_json, to_document


def again(whole: Problem) -> Problem:
    """The problem read from its document, as text."""
    return from_json(json.loads(json.dumps(to_document(whole))))


def different(one: Problem, other: Problem) -> list[str]:
    """The fields of two problems that are not equal, type and shape included."""
    found = []
    for field in fields(Problem):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if isinstance(left, np.ndarray):
            same = left.shape == right.shape and left.dtype == right.dtype and (left == right).all()
        else:
            same = left == right
        if not same:
            found.append(field.name)
    return found


def everything() -> Problem:
    """A problem that states each key of a document but loan tools."""
    return problem(
        [
            bundle("b1", kits={"P": 1}, first_week=1, mail_by_week=3, response=[0.5, 0.25], risk=2.5, hours=1.5),
            bundle("b2", kits={"P": 0.5, "Q": 2}, response=[1.0]),
        ],
        [dealer("d1", [5, 2.5], P=1) | {"zip": "02108", "area": "E"}, dealer("d2") | {"zip": "94105", "area": "W"}],
        {("b1", "d1"): 4, ("b2", "d2"): 7},
        supply={"P": [1, 2, 3.5, 4], "Q": [9]}, mail=[5, 4], wait=2, parts_quantile=0.9, response_spread=0.3, parts_count_spread=0.5,
        background=[{"bundle": "b2", "dealer": "d1", "per_week": [0.5, 0.25, 0, 0]}],
    )  # fmt: skip


def test_every_key_of_a_document_comes_back() -> None:
    assert different(everything(), again(everything())) == []
    assert again(everything()).digest() == everything().digest()


@at_once(
    "changed",
    [
        {"parts_quantile": None},
        {"mail_capacity": np.full(4, np.inf)},
        {"wait_bound": 0, "hours": np.full((2, 4), np.inf)},
        {"zips": None},
        {"areas": None},
        {"zips": ("02108", ""), "areas": ("", "W")},
        {"background_at": np.zeros((0, 2), np.int64), "background": np.zeros((0, 4))},
    ],
    ids="-".join,
)
def test_what_is_not_stated_comes_back_as_not_stated(changed: Mapping[str, Any]) -> None:
    bare = replace(everything(), **changed)
    assert different(bare, again(bare)) == []


@settings(max_examples=60, deadline=None)
@given(documents())
def test_a_problem_of_any_small_document_comes_back(case: dict[str, Any]) -> None:
    for one in case["dealers"]:
        one["hours"] = one["hours"] and one["hours"][: case["weeks"]]
    whole = from_json(case)
    assert different(whole, again(whole)) == []


def test_a_part_that_does_not_bind_is_left_out_and_the_letters_are_the_same() -> None:
    limited = everything()
    supply = np.concatenate([limited.supply[:1], np.full((1, 4), np.inf)])
    free = replace(limited, supply=supply)
    assert again(free).parts == ("P",)
    assert different(free, again(free)) == ["parts", "kits", "stock", "supply", "away", "notes"]
    assert again(free).notes[0].startswith("supply does not have Q, which b2 takes: ")
    np.testing.assert_array_equal(plan(free).letters, plan(again(free)).letters)


def test_a_large_problem_and_its_document_give_the_same_letters() -> None:
    whole = replace(made_up(campaigns=2, dealers=8, weeks=10), order=None)
    assert different(whole, again(whole)) == []
    np.testing.assert_array_equal(plan(whole).letters, plan(again(whole)).letters)


# ---- from the ledger


@pytest.fixture
def framed(session: Session, tmp_path: Path) -> Problem:
    sample.freeze(session, tmp_path / "input")
    return frame(session, "small").problem


def test_the_framed_problem_and_its_document_give_the_same_letters(framed: Problem) -> None:
    assert different(framed, again(framed)) == []
    for policy in ("optimal", "greedy", "uniform:3"):
        made, read = plan(framed, policy), plan(again(framed), policy)
        assert made.letters.sum() == len(sample.VEHICLES)
        np.testing.assert_array_equal(made.letters, read.letters)
        assert made.objective == read.objective
