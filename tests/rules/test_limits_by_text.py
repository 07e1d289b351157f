"""Deadlines, fees, ceilings and denials by the text they stand in: what limits a free remedy refuses, what may is shown."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from cases import at_once
from rules.test_twin_rows import gravest

HERE = Path(__file__).parent
SAID: list[dict[str, Any]] = [
    said
    for name in ("limits_by_text.toml", "makers_sentences.toml")
    for said in tomllib.loads((HERE / name).read_text("utf-8"))["said"]
]
FARES = {"refused": {"must"}, "shown": {"should"}, "stands": {"", "should"}, "silent": {""}}


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


def test_what_stops_in_a_defect_is_a_description_and_in_the_words_for_the_work_a_limit() -> None:
    """30120(a) has no end of the remedy; 577.5(e) asks what goes wrong: "it" is the pump in one and the work in the other."""
    for language, text in (("en", "It ends on June 30, 2027."), ("es", "El servicio termina.")):
        assert gravest(text, language, "remedy") == "must"
        for key in ("defect", "consequence", "conditions", "warning", "precaution"):
            assert gravest(text, language, key) == ""
    for key in ("defect", "remedy"):
        assert gravest("The free repair ends in June.", "en", key) == "must"
        assert gravest("La reparación gratuita termina en junio.", "es", key) == "must"


def test_a_maker_that_pays_stands_and_the_same_words_with_an_owner_or_a_part_do_not() -> None:
    """30120(a): what the maker bears is no charge; what it holds back of it is."""
    paid = "Lexus will cover the full cost of the repair"
    assert gravest(f"{paid}.", "en") == ""
    for rest in (", up to $50", " if you pay the tow", " less a fee", ", but owners cover the tow"):
        assert gravest(f"{paid}{rest}.", "en") == "must", rest
    for who in ("You", "Owners", "Your insurer", "The owner's bank"):
        assert gravest(f"{who} will cover the full cost of the repair.", "en") == "must", who


def test_at_least_sixty_lawful_sentences_of_makers_stand() -> None:
    lawful = {
        text
        for said in SAID
        if said["fares"] in ("stands", "silent")
        for text in said["sentences"]
        if said["language"] == "en"
    }
    assert len(lawful) >= 60
