"""A few texts are looked through by their parts: what the full patterns find among many, the quick look never passes over."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from renotify.values import placeholders
from renotify.values.placeholders import FEW, OWNERS

FORMS = (
    "{0}", "*{0}*", "({0})", "{0}, {0}", "{0} {1}", "JOHN {0}", "{0} JOHN", "12 MAIN ST {0}", "C/O {0}", "APARTMENT {0}", "{0}JONES",
)  # fmt: skip
PLAIN = ("", "-", "12", "12 34", "ANNA NULL", "N A SMITH", "JOHN N SMITH", " . ", "Ñandú", "C/O -")


def many_texts() -> list[str]:
    """Every word of the list in the forms in which files have it."""
    drawn = random.Random(2013)
    words = sorted({word for words in placeholders._packaged()["lists"].values() for word in words})
    texts = [form.format(word, drawn.choice(words)) for word in words for form in FORMS]
    apart = [word.replace(" ", mark) for word in words for mark in ("-", "  / ", "_")]
    return [*texts, *apart, *(word.lower() for word in words), *PLAIN]


@pytest.mark.parametrize("column", ["name1", "name2", "addr1", "addr2", "city"])
def test_whatever_the_patterns_find_among_many_is_found_by_itself(column: str) -> None:
    words = placeholders.packaged().of(OWNERS, column, text=True)
    texts = many_texts()
    assert len(texts) > FEW
    found = {
        text
        for mask in words.masks(pa.array(texts, pa.string())).values()
        for text, hit in zip(texts, mask.to_pylist(), strict=True)
        if hit
    }
    assert found
    assert [text for text in sorted(found) if not words._may_say_nothing(text)] == []


def test_a_plain_name_and_street_build_no_pattern() -> None:
    for column, text in (("name1", "ANA EXAMPLE"), ("addr1", "12 MAIN ST APT 4"), ("city", "RENO")):
        words = placeholders.packaged().of(OWNERS, column, text=True)
        assert not words._may_say_nothing(text)
