"""The three ideas of 49 CFR 577.8 in the words of many: the law's rows refuse them, the house's net shows a person the rest."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from cases import at_once
from renotify import rules
from renotify.errors import Inconsistent
from renotify.rules.wording import spelled_out, words_used

HERE = Path(__file__).parent
SENTENCES = tomllib.loads((HERE / "disclaimers.toml").read_text("utf-8"))
OF_NHTSA = (HERE / "nhtsa_sentences.txt").read_text("utf-8").splitlines()
PACK = rules.load(date(2026, 2, 20))
LANGUAGES = ("en", "es")


def severity(sentence: str, language: str, *surfaces: str) -> str:
    """Return the gravest severity with which rows of these surfaces find something in a sentence; blank for none."""
    rows = [row for surface in surfaces for row in PACK.forbidden(language, surface)]
    found = {row.severity for row in rows if row.find(sentence)}
    return "must" if "must" in found else "should" if found else ""


@at_once("language", LANGUAGES)
def test_what_plainly_says_one_of_the_three_ideas_refuses(language):
    for sentence in SENTENCES[language]["refused"]:
        assert severity(sentence, language, "letter") == "must", sentence


@at_once("language", LANGUAGES)
def test_what_comes_near_warns(language):
    for sentence in SENTENCES[language]["warned"]:
        assert severity(sentence, language, "letter", "own_text") == "should", sentence


@at_once("language", LANGUAGES)
def test_facts_of_the_danger_and_the_work_neither_refuse_nor_warn(language):
    for sentence in SENTENCES[language]["lawful"]:
        assert severity(sentence, language, "letter", "own_text") == "", sentence


@at_once("language", LANGUAGES)
def test_capitals_and_line_ends_hide_no_disclaimer(language):
    for sentence in SENTENCES[language]["refused"]:
        for written in (sentence.upper(), sentence.replace(" ", "\n", 1), sentence.rstrip(".")):
            assert severity(written, language, "letter") == "must", written


def test_of_200_sentences_that_makers_sent_to_nhtsa_none_is_refused_and_few_warn():
    """Sentences with a denial, a risk or a defect in them, drawn from makers' communications of 2020 to 2026."""
    found = [severity(sentence, "en", "letter", "own_text") for sentence in OF_NHTSA]
    assert found.count("must") == 0
    assert found.count("should") <= 4


def test_the_wide_net_is_the_house_s_and_never_refuses():
    for language in LANGUAGES:
        net = PACK.forbidden(language, "own_text")
        assert {row.verified for row in net} == {"HOUSE"}
        assert {row.severity for row in net} == {"should"}
        assert {row.citation for row in net} == {"house policy after 49 CFR 577.8"}
        assert {row.families for row in net} == {("safety",)}


def test_a_condition_and_the_time_after_the_repair_excuse_their_own_clause_only():
    said = {
        "If no defect is found, the dealer will do nothing more.": "",
        "If you see no light, your car is safe to drive.": "must",
        "After the repair there is no risk of fire.": "",
        "There is no risk of fire.": "must",
        "Do not assume that your vehicle is safe.": "",
        "You can assume that your vehicle is safe.": "must",
    }
    for sentence, expected in said.items():
        assert severity(sentence, "en", "letter") == expected, sentence


def test_groups_of_words_are_taken_with_those_that_they_name():
    words = {"car": "vehicles?|{small}", "small": "cars?", "idle": "x"}
    assert words_used(["your {car}"], words) == {"car": "vehicles?|{small}", "small": "cars?"}
    assert spelled_out("your {car}", words) == "your (?:vehicles?|(?:cars?))"


def test_a_group_of_words_that_the_pack_does_not_hold_is_refused():
    with pytest.raises(Inconsistent, match="'cra'"):
        words_used(["{cra}"], {"car": "cars?"})


def test_a_row_carries_the_groups_that_it_uses_and_no_other():
    (row,) = [row for row in PACK.forbidden("en") if row.id == "no_defect.en"]
    assert set(row.words) >= {"flaw", "kind_of", "negated"}
    assert "small" not in row.words


def test_letters_of_other_alphabets_and_characters_nobody_sees_hide_no_disclaimer():
    """Cyrillic e, a and o within Latin words, a zero-width space and a word joiner."""
    plain = "There is no defect in your vehicle."
    for written in (
        plain.replace("defect", "d\u0435f\u0435ct"),
        plain.replace("no", "n\u043e"),
        plain.replace("defect", "de\u200bfe\u2060ct"),
    ):
        assert written != plain
        assert severity(written, "en", "letter") == "must", ascii(written)
    assert (
        rules.normal("\u041c\u043e\u0441\u043a\u0432\u0430")
        == "\u041c\u043e\u0441\u043a\u0432\u0430"
    )  # a Russian word stays
