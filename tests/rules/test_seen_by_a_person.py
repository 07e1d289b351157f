"""Nothing that is forbidden passes unseen: what the gate cannot refuse it shows to who signs (decision 0128); and plain words pass."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from renotify.rules import load, normal
from renotify.values.stated_tables import read_toml

PACK = load(date(2026, 11, 9))
TOLD = read_toml(Path(__file__).with_name("seen_by_a_person.toml"))
SUMMARY = ("defect", "consequence", "remedy")
SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+")


def found(language: str, key: str, text: str) -> set[str]:
    """Return the severities of the rows that read something in a text of a recall."""
    surfaces = ("letter", "own_terms", "own_text", *(["campaign_text"] if key in SUMMARY else []))
    rows = [row for surface in surfaces for row in PACK.forbidden(language, surface)]
    binding = [
        row
        for row in rows
        if not row.house_words_only
        and "safety" in row.families
        and row.looks_at(key)
        and row.holds_with(())
    ]
    sentences = SENTENCE_END.split(normal(text))
    return {row.severity for row in binding if any(row.find(one) for one in sentences)}


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_forbidden_sentence_passes_unseen_and_no_innocent_one_is_refused(language):
    unseen = [text for key, text in TOLD[language]["forbidden"] if not found(language, key, text)]
    assert unseen == []
    refused = [
        text for key, text in TOLD[language]["innocent"] if "must" in found(language, key, text)
    ]
    assert refused == []
    shown = [text for key, text in TOLD[language]["innocent"] if found(language, key, text)]
    assert len(shown) <= 3, shown  # of twenty, each asks for a signature


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_promise_of_the_past_is_refused_in_many_words_and_a_plain_past_is_not(language):
    rows = [row for row in PACK.forbidden(language, "campaign_text") if "promise" in row.id]
    assert rows

    def promised(text: str) -> bool:
        return any(row.find(normal(text)) for row in rows)

    told = TOLD[language]
    assert [text for text in told["past_promise"] if not promised(text)] == []
    assert [text for text in told["no_promise"] if promised(text)] == []
