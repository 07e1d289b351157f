"""Cyrillic and Greek letters that look like Latin ones, within a word of Latin letters: a mistyped or disguised SMITH.

Such a word is read as Latin where every odd letter of it is a look-alike; a word with any other Cyrillic or Greek letter, and a word
without a Latin one, stays as it is written. The pairs are from memory (MEM).
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

_LATIN_OF = str.maketrans(
    "АВЕЅІЈКМНОРСТУҮХԚԜаеѕіјорсухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανικρυχ",
    "ABESIJKMHOPCTYYXQWaesijopcyxhdqwABEZHIKMNOPTYXoavikpux",
)
_MIXED = r"[A-Za-z\x{C0}-\x{24F}][^\s/-]*[\x{370}-\x{52F}]|[\x{370}-\x{52F}][^\s/-]*[A-Za-z\x{C0}-\x{24F}]"
_WORD = re.compile(r"[^\s/-]+")
_LATIN, _ODD = re.compile("[A-Za-z\u00c0-\u024f]"), re.compile("[\u0370-\u052f]")


def as_latin(text: str) -> str:
    """Return a text whose words of Latin letters and look-alikes are Latin."""
    return _WORD.sub(lambda word: _word(word[0]), text)


def _word(word: str) -> str:
    read = word.translate(_LATIN_OF)
    return read if _LATIN.search(word) and not _ODD.search(read) else word


def with_latin_words(texts: pa.Array) -> pa.Array:
    """Return texts as ``as_latin`` reads them; those without such words are the same, and one look at all is what they cost."""
    if pc.all(pc.string_is_ascii(texts), min_count=0).as_py():
        return texts
    mixed = pc.fill_null(pc.match_substring_regex(texts, _MIXED), False)
    if not pc.any(mixed, min_count=0).as_py():
        return texts
    read = [as_latin(text) for text in texts.filter(mixed).to_pylist()]
    return pc.replace_with_mask(texts, mixed, pa.array(read, pa.string()))
