"""Characters that nobody sees, and those that stand for plain ones: what a cell says without them.

Taken out: zero-width characters, byte-order marks, marks of direction, soft hyphens, variation selectors. Any blank is a plain one.
Letters of full, half or small width, of mathematics, of ligatures and Roman numerals become the plain letters that they are by
compatibility (Unicode, NFKC), where nothing is lost: a half, a superscript, a trade mark are no such characters and stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, pairwise, starmap

import pyarrow as pa
import pyarrow.compute as pc

_UNSEEN = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xE0000, 0xE0FFF),
)  # fmt: skip
_BLANKS = (0x2028, 0x2029, 0x2800, 0x3164)  # beside those that Unicode calls spaces
_WIDTHS = ("<wide>", "<narrow>", "<small>", "<font>")
# ligatures, Roman numerals, digraphs, letters in circles: of the other compatible characters those of which nothing is lost
_COMPATIBLE = (
    (0x149, 0x149), (0x17F, 0x17F), (0x1C4, 0x1CC), (0x1F1, 0x1F3), (0x2160, 0x217F), (0x24B6, 0x24E9), (0xFB00, 0xFB06), (0xFB13, 0xFB17),
)  # fmt: skip
_MINUS = 0x2212
_LOOKED_AT = (
    (0xA0, 0x33FF),
    (0xFB00, 0xFFEF),
    (0x1D400, 0x1D7FF),
    (0x1FBF0, 0x1FBF9),
)  # no other part of Unicode has any


def _codes(ranges: Iterable[tuple[int, int]]) -> chain[int]:
    return chain.from_iterable(starmap(lambda first, last: range(first, last + 1), ranges))


def _meant(code: int, compatible: frozenset[int]) -> str | None:
    """Return what a character is taken for; None where it stays as it is."""
    character = chr(code)
    if code in _BLANKS or unicodedata.category(character) == "Zs":
        return " "
    if code in compatible or unicodedata.decomposition(character).startswith(_WIDTHS):
        return unicodedata.normalize("NFKC", character)
    return "-" if code == _MINUS else None


@cache
def _table() -> dict[int, str]:
    compatible = frozenset(_codes(_COMPATIBLE))
    found = ((code, _meant(code, compatible)) for code in _codes(_LOOKED_AT))
    taken = {code: text for code, text in found if text is not None}
    return taken | dict.fromkeys(_codes(_UNSEEN), "")


def _ranges(codes: list[int]) -> Iterator[str]:
    starts = [codes[0], *(b for a, b in pairwise(codes) if b != a + 1)]
    ends = [*(a for a, b in pairwise(codes) if b != a + 1), codes[-1]]
    yield from (rf"\x{{{a:x}}}-\x{{{b:x}}}" for a, b in zip(starts, ends, strict=True))


@cache
def _odd() -> str:
    return f"[{''.join(_ranges(sorted(_table())))}]"


def plain_characters(text: str) -> str:
    """Return a text without what nobody sees, and with plain letters and blanks; no blank at its ends."""
    return re.sub(" +", " ", text.translate(_table())).strip(" ")


def stated_words(text: str) -> str:
    """Return a name or reason that a person states, in plain characters; blank where nobody reads a letter or digit in it."""
    plain = plain_characters(text).strip()
    return plain if any(character.isalnum() for character in plain) else ""


def with_plain_characters(texts: pa.Array) -> pa.Array:
    """Return texts in plain characters; those that have them already are the same, and one look at all is what they cost."""
    if pc.all(pc.string_is_ascii(texts), min_count=0).as_py():
        return texts
    odd = pc.fill_null(pc.match_substring_regex(texts, _odd()), False)
    if not pc.any(odd, min_count=0).as_py():
        return texts
    plain = [plain_characters(text) for text in texts.filter(odd).to_pylist()]
    return pc.replace_with_mask(texts, odd, pa.array(plain, pa.string()))
