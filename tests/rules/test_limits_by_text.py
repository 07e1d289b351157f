"""Deadlines, fees, ceilings and denials by the text they stand in: what limits a free remedy refuses, what may is shown."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from cases import at_once
from rules.test_twin_rows import gravest

SAID: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "limits_by_text.toml").read_text("utf-8")
)["said"]
FARES = {"refused": {"must"}, "shown": {"should"}, "stands": {"", "should"}}


@at_once("said", SAID)
def test_each_sentence_fares_as_the_law_has_it_in_its_text(said: dict[str, Any]) -> None:
    """30120(a), 577.5(g)(1), 577.8(a)."""
    wrong = [
        (one, found)
        for one in said["sentences"]
        if (found := gravest(one, said["language"], said["key"])) not in FARES[said["fares"]]
    ]
    assert wrong == []


def test_a_day_by_which_to_come_is_refused_where_no_tire_is_remedied_and_a_precaution_may_name_one() -> (
    None
):
    """577.5(g)(1)(ii) knows a last day of tires alone; 577.5(e)(4) asks for precautions before the remedy."""
    assert gravest("Come in by August 30.", "en") == "must"
    assert gravest("Venga antes del 30 de agosto.", "es") == "must"
    assert gravest("Have the tires checked before winter.", "en", "precaution") != "must"


def test_how_a_noncompliance_differs_is_said_in_figures_of_any_kind_without_a_finding() -> None:
    figures = [
        one for one in SAID if (one["key"], one["fares"]) == ("performance_difference", "stands")
    ]
    assert {one["language"] for one in figures} == {"en", "es"}
    for one in figures:
        assert {gravest(text, one["language"], one["key"]) for text in one["sentences"]} == {""}
