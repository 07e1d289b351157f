"""What is looked for at the edges of words and in small letters alone is found where the row's own pattern finds it, place by place."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

from cases import at_once
from renotify import rules
from renotify.rules.quick_patterns import (
    alternatives,
    in_small_letters,
    pattern_in_small_letters,
    words_first,
)
from renotify.rules.wording import spelled_out

HERE = Path(__file__).parent
FILES = ("disclaimers.toml", "free_remedy.toml")
PACK = rules.load(date(2026, 2, 20))


def test_alternatives_are_parted_outside_of_groups_classes_and_escapes():
    pattern = r"\ba(?:b|c)|[|(\]]d|e\|f\(|[^]|]g"
    assert alternatives(pattern) == [r"\ba(?:b|c)", r"[|(\]]d", r"e\|f\(", "[^]|]g"]


def test_the_edge_is_asked_once_for_neighbours_and_their_order_stays():
    assert words_first(r"\bone|\btwo(?:a|b)|(?<!x )three|\bfour") == (
        r"\b(?:one|two(?:a|b))|(?<!x )three|\bfour"
    )


def test_the_first_alternative_that_matches_counts_as_before():
    # of "red car" the shorter words come first in the pattern: the place is 3 letters wide, not 7
    found = [re.search(one, "a red car") for one in (r"\bred|\bred car", words_first(r"\bred|\bred car"))]  # fmt: skip
    assert [one and one.span() for one in found] == [(2, 5), (2, 5)]


def test_a_pattern_in_small_letters_keeps_its_escapes():
    assert (
        pattern_in_small_letters(r"\b(?:FMVSS|Ñu)\W[^\W\d_A]\\S") == r"\b(?:fmvss|ñu)\W[^\W\d_a]\\s"
    )


def test_a_text_with_letters_whose_capitals_are_others_is_left_as_it_is():
    assert in_small_letters("ÁÑỄ Owner") == "áñễ owner"
    assert [in_small_letters(one) for one in ("rıght", "İt", "2 µm", "ſafe")] == [None] * 4


def test_what_is_forbidden_is_found_in_capitals_and_with_a_letter_without_its_dot():
    row = PACK.rows["forbidden"]["not_safety.en"]
    plain = "This does not affect safety."
    ((first, last),) = row.find(plain)
    assert "not affect" in plain[first:last]
    assert row.find(plain.upper()) == [(first, last)]
    assert row.find(plain.replace("This", "Thıs")) == [(first, last)]
    assert row.find(plain.replace("affect", "AFFECT")) == [(first, last)]


@at_once("language", ("en", "es"))
def test_every_row_finds_the_same_places_of_all_tested_sentences(language):
    tables = [tomllib.loads((HERE / name).read_text("utf-8"))[language] for name in FILES]
    text = rules.normal(" ".join(one for table in tables for part in ("refused", "warned", "lawful") for one in table[part]))  # fmt: skip
    rows = {row.id: row for row in PACK.rows["forbidden"].values() if row.language == language}
    shorter = 0
    for row in rows.values():
        plain = spelled_out(row.pattern, row.words)
        shorter += row.looked_for != plain
        before = [found.span() for found in re.finditer(plain, text, re.IGNORECASE)]
        small = pattern_in_small_letters(row.looked_for)
        after = [found.span() for found in re.finditer(small, in_small_letters(text) or "")]
        assert after == before, row.id
    assert (
        shorter > 20
    )  # of some 50 rows: the others have one alternative, or none at the edge of a word
