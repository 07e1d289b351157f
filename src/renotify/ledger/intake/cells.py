"""What a cell says, before it is read as its column's kind: escapes of other programs decoded, words for nothing taken as such.

Works on a column's distinct values; where none holds an ampersand, a backslash or a listed word, a look at the bytes and one
search for the words are all that is paid.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.entities import name2codepoint

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.intake.contract import Column, Kind
from renotify.values.placeholders import ColumnWords, Meaning

NOTHING = pa.scalar(None, pa.string())
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,9});")
ESCAPED = r"""\\["'\\/]"""  # a quote, backslash or slash behind a backslash, as SQL dumps and JSON write them
OPENED = re.compile(r"""^[^"\\]*\\(?!["'\\/])[^"]*(?:\\"[^"]*)+(?<!\\)"$""")
TIMES = 3  # text that went through several programs is escaped as often


@dataclass(frozen=True)
class Cells:
    """Distinct values as they are meant; ``refused`` are words for nothing in a column that must say something.

    ``changed`` are masks by what was done: blanked, decoded; and asked: an owner's words that a person must look at.
    """

    values: pa.Array
    refused: pa.Array | None = None
    changed: dict[str, pa.Array] = field(default_factory=dict)


def meant(column: Column, values: pa.Array, words: ColumnWords | None) -> Cells:
    """Return what distinct, trimmed values of a column mean; null is blank and stays it."""
    changed = {}
    if column.kind is Kind.TEXT:
        decoded = _decoded(values)
        if decoded is not None:
            changed["decoded"] = pc.fill_null(pc.not_equal(decoded, values), False)
            values = _blank_where_empty(decoded)
    if not words:
        return Cells(values, None, changed)
    said = words.masks(values)
    blank, refused, asked = (said.get(m) for m in (Meaning.BLANK, Meaning.REFUSE, Meaning.ASK))
    if blank is not None and column.required:
        refused = _either(refused, blank if column.kind is Kind.TEXT or column.names_alone else None)
    elif blank is not None:
        values = pc.if_else(blank, NOTHING, values)
        changed["blanked"] = blank
    if asked is not None:
        changed["asked"] = asked
    return Cells(values, refused, changed)


def _either(one: pa.Array | None, other: pa.Array | None) -> pa.Array | None:
    return one if other is None else other if one is None else pc.or_(one, other)


def _blank_where_empty(values: pa.Array) -> pa.Array:
    trimmed = pc.utf8_trim_whitespace(values)
    return pc.if_else(pc.equal(trimmed, ""), NOTHING, trimmed)


def _decoded(values: pa.Array) -> pa.Array | None:
    """Return the values with HTML entities and backslash escapes decoded, or None where there is none."""
    raw = _bytes(values)
    entities, backslashes = b"&" in raw, b"\\" in raw
    if not entities and not backslashes:
        return None
    decoded = values
    if entities:
        decoded = _where(decoded, "&[#A-Za-z][#A-Za-z0-9]*;", without_entities)
    if backslashes:
        decoded = _where(decoded, r"\\", without_escapes)
    return decoded


def _bytes(values: pa.Array) -> bytes:
    if not len(values):
        return b""
    return bytes(values.buffers()[2] or b"")


def _where(values: pa.Array, pattern: str, change: Callable[[str], str]) -> pa.Array:
    """Change the distinct values in which a pattern is found: few, or the file is one of escapes."""
    found = pc.fill_null(pc.match_substring_regex(values, pattern), False)
    if not pc.any(found).as_py():
        return values
    changed = [change(text) for text in values.filter(found).to_pylist()]
    return pc.replace_with_mask(values, found, pa.array(changed, pa.string()))


def without_entities(text: str) -> str:
    """Return text with its HTML entities decoded, however often they were escaped; ``AT&T`` and ``R&D;`` are none."""
    for _ in range(TIMES):
        plain = ENTITY.sub(_character, text)
        if plain == text:
            break
        text = plain
    return text


def _character(entity: re.Match[str]) -> str:
    name = entity[0][1:-1]
    if name.startswith("#") or name in name2codepoint or name == "apos":
        return html.unescape(entity[0]).replace("\u00a0", " ")
    return entity[0]


def without_escapes(text: str) -> str:
    r"""Return text with ``\"``, ``\'``, ``\\`` and ``\/`` decoded; any other backslash stays.

    A CSV reader takes the first ``\"`` of a quoted cell for its end, and the quote after the last one for text: a cell of that
    shape (``John \Jack\" Smith"``) is put right too.
    """
    if OPENED.match(text):
        text = text[:-1].replace("\\", '\\"', 1)
    return re.sub(ESCAPED, lambda pair: pair[0][1], text)
