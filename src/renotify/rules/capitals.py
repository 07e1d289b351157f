"""Whether a text is in capitals, as the summaries of NHTSA's file are: judged by its long words, as short ones may be abbreviations."""

from __future__ import annotations

import re

CAPITALS = 0.6  # share of the letters of a sentence's long words that makes it one in capitals
LONG_WORD = re.compile(r"[^\W\d_]{4,}")


def in_capitals(text: str) -> bool:
    """Tell whether a text, or a sentence of it, is in capitals; short words may be abbreviations.

    Judged by the share of the letters: a few words of small letters, as in brackets, make no sentence of it.
    """
    sentences = _sentences(text)
    return any(_shouted(words) and sum(map(str.isupper, words)) >= 3 for words in sentences) or (
        bool(sentences) and all(all(map(str.isupper, words)) for words in sentences)
    )


def name_in_capitals(name: str) -> bool:
    """Tell whether a name has a long word in capitals, as ``RIDGE HYBRID``; ``RAV4``, ``F-150`` and ``BMW`` have none."""
    return any(map(str.isupper, LONG_WORD.findall(name)))


def all_in_capitals(text: str) -> bool:
    """Tell whether each sentence of a text is in capitals."""
    return all(map(_shouted, _sentences(text)))


def _sentences(text: str) -> list[list[str]]:
    """Return the long words of each sentence that has any."""
    return [words for one in re.split(r"[.!?:;]\s", text) if (words := LONG_WORD.findall(one))]


def _shouted(words: list[str]) -> bool:
    capitals = sum(len(word) for word in words if word.isupper())
    return capitals >= CAPITALS * sum(map(len, words))
