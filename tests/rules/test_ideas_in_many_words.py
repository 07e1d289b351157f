"""577.8(a)'s ideas and the sale beside the recall: whoever says one, in whatever words, is refused, in Spanish as in English."""

from __future__ import annotations

import tomllib
from pathlib import Path

from cases import at_once
from rules.test_twin_rows import gravest

TABLE = tomllib.loads((Path(__file__).parent / "idea_twins.toml").read_text("utf-8"))
REFUSED: dict[str, list[list[str]]] = TABLE["refused"]
LAWFUL: dict[str, list[list[str]]] = TABLE["lawful"]
DESCRIBED = ("defect", "consequence", "remedy")  # a sale is sought in what the dealer will do alone


@at_once("idea", REFUSED)
def test_each_idea_refuses_in_both_languages_in_whatever_text_it_stands(idea: str) -> None:
    for pair in REFUSED[idea]:
        for language, sentence in zip(("en", "es"), pair, strict=True):
            for text in ("remedy",) if "sale" in idea else DESCRIBED:
                assert gravest(sentence, language, text) == "must", (text, sentence)


@at_once("text", LAWFUL)
def test_what_makers_tell_of_the_danger_and_the_work_is_not_refused(text: str) -> None:
    for pair in LAWFUL[text]:
        for language, sentence in zip(("en", "es"), pair, strict=True):
            assert gravest(sentence, language, text) != "must", sentence


def test_each_idea_has_twenty_sentences_and_forty_innocent_ones_stand_beside_them() -> None:
    assert {idea for idea, pairs in REFUSED.items() if len(pairs) >= 20} == {
        "not in this vehicle", "not a matter of safety", "unlikely in this vehicle", "a sale beside the recall",
    }  # fmt: skip
    assert sum(len(pairs) for pairs in LAWFUL.values()) >= 40
