"""The maker's own codes as NHTSA's field MFGCAMPNO has them: one, several, none in many words, or one that cannot be ours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from renotify.campaigns.nhtsa import campaign_number
from renotify.values.stated_tables import read_toml

WORDS = Path(__file__).with_name("maker_codes.toml")
_SEPARATORS = re.compile(r"[,;&]|\band\b", re.IGNORECASE)


def stated_codes(fields: Iterable[str], number: str) -> tuple[str, ...]:
    """Return the codes that fields of one recall, known by its NHTSA number, state, in capitals and in order, each once.

    ``S12, S13`` and ``6LD 60F`` are two codes, ``2014-01 PHASE 2`` and ``A/B`` are one. Words for no code
    (``maker_codes.toml``) and the recall's own number are none.
    """
    found = (
        code for text in fields for part in _SEPARATORS.split(text) for code in _codes(part, number)
    )
    return tuple(sorted(set(found)))


def _codes(part: str, number: str) -> Iterator[str]:
    text = " ".join(part.upper().split())
    if not (_is_none(text) or campaign_number(text) == number):
        words = text.split()
        several = len(words) > 1 and all(re.search(r"\d", w) and len(w) > 2 for w in words)
        yield from words if several else [text]


def _is_none(text: str) -> bool:
    """Tell whether a text is no code: marks or zeros alone, or a word for nothing, whatever is said of it in brackets."""
    outside = re.sub(r"\([^)]*\)", "", text)
    keys = {_key(text), _key(outside) or _key(text)}
    return any(not key.strip("0") or key in _words() for key in keys)


def _key(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())


@cache
def _words() -> frozenset[str]:
    return frozenset(_key(word) for word in read_toml(WORDS)["none"])
