"""What a follow-up states of its response: for a bundle, else in general, else assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from cases import at_once
from plans.sample import SETTINGS
from renotify.errors import BadInput
from renotify.plans.response import StatedResponse, response_curve, stated_response

ASSUMED = StatedResponse(share=0.07, scale_weeks=6.0, shape=1.2, background_per_week=0.003)


def stated(response: Mapping[str, object], bundle: str = "") -> StatedResponse:
    return stated_response(replace(SETTINGS, response=response), bundle)


def test_the_response_curve_is_the_increments_of_a_cure_weibull() -> None:
    curve = response_curve(0.3, 4.0, 1.2, 60)
    assert curve.sum() == pytest.approx(0.3, abs=1e-4)
    assert curve[:4].sum() == pytest.approx(0.3 * (1 - np.exp(-1)))
    assert (curve >= 0).all()


def test_at_a_half_life_of_a_week_half_of_the_rest_answers_every_week() -> None:
    assert response_curve(0.8, 1 / np.log(2), 1.0, 3).tolist() == pytest.approx([0.4, 0.2, 0.1])


@at_once(
    ("given", "named"),
    [((1.2, 4, 1), "share"), ((-0.1, 4, 1), "share"), ((0.3, 0, 1), "scale_weeks"), ((0.3, 4, -1), "shape"), ((0.3, 4, 0), "shape")],
)  # fmt: skip
def test_an_impossible_response_curve_is_refused(
    given: tuple[float, float, float], named: str
) -> None:
    with pytest.raises(BadInput, match=f"The stated response: {named} must be ") as refused:
        response_curve(*given, 10)
    assert refused.value.hint.endswith("mend followup.toml and start it under another name.")


def test_a_scale_and_a_shape_below_one_are_owners_who_answer_at_once_and_stragglers() -> None:
    reached = 0.4 * (1 - np.exp(-np.sqrt([2.0, 4.0])))  # after one and two weeks, at half a week
    assert response_curve(0.4, 0.5, 0.5, 2).cumsum().tolist() == pytest.approx(reached.tolist())


@at_once("share", [0.0, 1.0])
def test_nobody_and_everybody_may_answer(share: float) -> None:
    assert response_curve(share, 1.0, 1.0, 60).sum() == pytest.approx(share)


def test_what_nobody_states_is_assumed() -> None:
    assert stated({}) == ASSUMED


def test_the_general_values_hold_for_every_bundle_and_the_rest_is_assumed() -> None:
    general = {"share": 0.2, "background_per_week": 0.01}
    expected = replace(ASSUMED, share=0.2, background_per_week=0.01)
    assert stated(general) == stated(general, "9LA") == expected


def test_a_bundles_own_value_comes_before_the_general_one_and_only_in_that_bundle() -> None:
    response = {"share": 0.2, "shape": 1.0, "9LA+ALE": {"share": 0.5}}
    assert stated(response, "9LA+ALE") == replace(ASSUMED, share=0.5, shape=1.0)
    assert stated(response, "9LA") == replace(ASSUMED, share=0.2, shape=1.0)


def test_a_stated_zero_is_a_value() -> None:
    response = {"background_per_week": 0.01, "9LA": {"background_per_week": 0}}
    assert stated(response, "9LA").background_per_week == 0
    assert stated({"background_per_week": 0}, "9LA").background_per_week == 0


def test_a_stated_response_has_its_curve() -> None:
    response = stated({"share": 0.8, "scale_weeks": 1 / np.log(2), "shape": 1.0})
    assert response.curve(2).tolist() == pytest.approx([0.4, 0.2])
