"""Typst as a function: shipped fonts only, reproducible, and no glyph that the face lacks."""

from __future__ import annotations

import pytest

from renotify.errors import LetterRefused
from renotify.letters.typesetting import ACCESSIBLE, compile_typst

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
