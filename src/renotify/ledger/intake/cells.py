"""What a cell says, before it is read as its column's kind: escapes of other programs decoded, words for nothing taken as such.

Works on a column's distinct values; where none holds an ampersand, a backslash or a listed word, a look at the bytes and one
search for the words are all that is paid.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.entities import name2codepoint

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.intake.contract import Column, Kind
from renotify.values.characters import with_plain_characters
from renotify.values.look_alikes import with_latin_words
from renotify.values.placeholders import NAMES, ColumnWords, Meaning
from renotify.values.private_in_names import private_in

NOTHING = pa.scalar(None, pa.string())
ENTITY = re.compile(
    r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,9};|(?:amp|nbsp|quot)(?![A-Za-z0-9=;]))",
    re.IGNORECASE,
)
UNICODE = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")  # as JSON writes a character
ESCAPED = r"""\\["'\\/]"""  # a quote, backslash or slash behind a backslash, as SQL dumps and JSON write them
OPENED = re.compile(r"""^[^"\\]*\\(?!["'\\/])[^"]*(?:\\"[^"]*)+(?<!\\)"$""")
ENTITIES = {**{name: chr(code) for name, code in name2codepoint.items()}, "apos": "'"}
CONTROL = re.compile(r"#(?:0*(?:[0-9]|[12][0-9]|3[01]|127)|[xX]0*(?:[01]?[0-9a-fA-F]|7[fF]))")
# A telephone number, and its extension: the one of a text that has no other
PHONE = re.compile(
    r"(?<![\d-])(?:\+?1[-. ]?)?(?:\(\d{3}\) ?|\d{3}[-. ]?)?\d{3}[-. ]?\d{4}(?![\d-])(?:,? ?(?:extension|ext|x)\.? ?\d{1,6})?",
    re.IGNORECASE,
)
# What a cell is taken as where it cannot stand and its row can, as told with file, rows and column
NOTED = {
    "cut": "held more than it can; the beginning was taken",
    "number": "held more than it can; the telephone number in it was taken",
    "blank": "held more than it can, taken as blank",
    "private": (
        "held an e-mail address or a number in the form of a Social Security number, which no letter prints: correct the record;"
        " followup show NAME --unwritten lists it"
    ),
    "wrong": "held what it cannot, taken as blank",
    "unmet": "asked for a language that no letter is made in; it is kept, and the letters go as their address has them",
}
NUMBERS = frozenset({Kind.NUMBER, Kind.WHOLE})
NOT_A_NUMBER = r"(?i)^[^a-z0-9]*nan[^a-z0-9]*$"  # what a reckoning that failed leaves: no word for nothing where a number stands
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
    changed: dict[str, pa.Array] = {}
    if column.kind is Kind.TEXT:
        values = _text_as_meant(column, values, changed)
    if not words:
        return Cells(values, None, changed)
    said = words.masks(values)
    blank, refused, asked = (said.get(m) for m in (Meaning.BLANK, Meaning.REFUSE, Meaning.ASK))
    if blank is not None and column.kind in NUMBERS:
        blank = pc.and_(blank, pc.invert(pc.match_substring_regex(values, NOT_A_NUMBER)))
    if blank is not None and column.needed:
        refused = _either(
            refused, blank if column.kind is Kind.TEXT or column.names_alone else None
        )
    elif blank is not None:
        values = pc.if_else(blank, NOTHING, values)
        changed["blanked"] = blank
    if asked is not None:
        changed["asked"] = asked
    return Cells(values, refused, changed)


def _text_as_meant(column: Column, values: pa.Array, changed: dict[str, pa.Array]) -> pa.Array:
    for what, change in _READ_AS:
        values = _changed(values, change(values), what, changed)
    if column.if_longer:
        values = _shortened(column, values, changed)
    if column.personal and column.name in NAMES:
        held = private_in(values)
        if pc.any(held, min_count=0).as_py():
            changed["private"] = held
    return values


def _shortened(column: Column, values: pa.Array, changed: dict[str, pa.Array]) -> pa.Array:
    long = pc.fill_null(pc.greater(pc.utf8_length(values), column.longest), False)
    if not pc.any(long, min_count=0).as_py():
        return values
    if column.if_longer == "cut":
        kept = pc.utf8_slice_codeunits(values, 0, column.longest)
        return _changed(values, pc.if_else(long, kept, values), "cut", changed)
    if column.if_longer == "number":
        numbers = pa.array([_only_number(text) for text in values.filter(long).to_pylist()])
        values = _changed(values, pc.replace_with_mask(values, long, numbers), "number", changed)
        long = pc.greater(pc.utf8_length(values), column.longest)
    return _changed(values, pc.if_else(long, "", values), "blank", changed)


def _only_number(text: str) -> str:
    """Return the telephone number of a text, the text itself where it has none or several: whose they are nobody knows."""
    found = PHONE.findall(text)
    return found[0] if len(found) == 1 else text


def _changed(
    values: pa.Array, meant: pa.Array | None, what: str, changed: dict[str, pa.Array]
) -> pa.Array:
    """Return values as meant, null where nothing is left of one, and note which are other than they stood."""
    if meant is None or meant is values:
        return values
    other = pc.fill_null(pc.not_equal(meant, values), False)
    if not pc.any(other).as_py():
        return values
    changed[what] = other
    return _blank_where_empty(meant)


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
        decoded = _where(decoded, "&[#A-Za-z]", without_entities)
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
    """Return the character an entity stands for, a blank for a control character; the entity itself where it stands for none."""
    name = entity[0][1:].rstrip(";")
    if CONTROL.fullmatch(name):  # which html takes for another
        return " "
    name = name if name.startswith("#") else _entity_name(name)
    character = html.unescape(f"&{name};") if name else ""
    if character.isspace():
        return " "
    return character if character.isprintable() and character not in ("", "\ufffd") else entity[0]


def _entity_name(written: str) -> str:
    """Return the name that an entity was given before a program wrote it in capitals; blank where there is none."""
    capital = (written.capitalize(),) if written.isupper() else ()
    names = (written, *capital, written.lower())
    return next((name for name in names if name in ENTITIES), "")


def without_escapes(text: str) -> str:
    r"""Return text with ``\"``, ``\'``, ``\\`` and ``\/`` decoded; any other backslash stays.

    A CSV reader takes the first ``\"`` of a quoted cell for its end, and the quote after the last one for text: a cell of that
    shape (``John \Jack\" Smith"``) is put right too.
    """
    if OPENED.match(text):
        text = text[:-1].replace("\\", '\\"', 1)
    text = UNICODE.sub(_from_json, text)
    for _ in range(TIMES):
        plain = re.sub(ESCAPED, lambda pair: pair[0][1], text)
        if plain == text or not re.search(r"""\\["']""", plain):
            return plain
        text = plain
    return text


def _from_json(escaped: re.Match[str]) -> str:
    try:
        text = str(
            json.loads(f'"{escaped[0]}"').encode("utf-8"), "utf-8"
        )  # half a pair is no character
    except UnicodeError:
        return escaped[0]
    return text if text.isprintable() else escaped[0]


_READ_AS = (
    ("decoded", _decoded),
    ("made_plain", with_plain_characters),
    ("made_latin", with_latin_words),
)  # what is done to the characters of a text, in this order
