"""Typst as a function: shipped fonts only, reproducible, and no glyph that the face lacks."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from letters import samples
from letters.samples import FUEL
from renotify.errors import LetterRefused
from renotify.letters.faces import surely_shown
from renotify.letters.typesetting import ACCESSIBLE, SOURCES, compile_typst

PAGE = '#import "/theme.typ": *\n#show: house.with(title: "A notice")\n= Notice\n#sys.inputs.text\n'


def test_the_same_source_gives_the_same_bytes():
    assert compile_typst(PAGE, {"text": "José"}) == compile_typst(PAGE, {"text": "José"})


def test_a_glyph_the_face_lacks_is_refused_by_name():
    with pytest.raises(LetterRefused, match="鈴"):
        compile_typst(PAGE, {"text": "鈴木"})


def test_an_author_s_mistake_is_one_sentence_with_the_place_in_the_hint():
    with pytest.raises(LetterRefused, match="unknown variable") as caught:
        compile_typst("#nothing_here", {})
    assert "#nothing_here" in caught.value.hint


def test_an_accessible_copy_can_be_asked_for():
    assert compile_typst(PAGE, {"text": "x"}, pdf_standards=ACCESSIBLE).startswith(b"%PDF-1.7")


def test_values_other_than_text_travel_as_json():
    source = "#assert.eq(json(bytes(sys.inputs.rows)), (1, 2, 3))"
    assert compile_typst(source, {"rows": [1, 2, 3]})
    with pytest.raises(LetterRefused, match="not equal"):
        compile_typst(source, {"rows": [1, 2, "3"]})


@pytest.mark.parametrize("character", ["鈴", "→", "ا"])
def test_a_character_of_a_letter_that_the_face_lacks_is_refused_where_the_print_would_show_a_box(
    typeset, character
):
    with pytest.raises(LetterRefused, match=f"{character}.*could not be displayed"):
        typeset(samples.spec(replace(FUEL, defect=f"The fuel pipe {character} can leak")))


def test_marks_and_scripts_that_are_shaped_are_not_surely_shown():
    assert surely_shown("“Ñandú” – 7 °C,\n½ hour\N{NO-BREAK SPACE}€ 5 Ж")
    assert not any(map(surely_shown, ("n\u0338", "เ", "鈴", "😀", "\x00", "\udc80")))


def test_the_shipped_sources_hold_only_characters_that_are_surely_shown_and_name_none_by_number():
    for source in SOURCES.rglob("*.typ"):
        body = source.read_text("utf-8")
        assert surely_shown(body), source.name
        assert not re.search(r"\\u\{|\bsym\.|\bemoji\.|\bstr\.from-unicode", body), source.name
