"""Takes cells as they are meant where a spreadsheet or a scanner has put something around them.

A guard that keeps a spreadsheet from reading a number (``="01001"``, ``'01001``); midnight behind a
day; the marks of a barcode around a VIN, and hyphens or spaces within it. Set by set: a column in
which nothing of the kind occurs is not touched. No character of a value is repaired.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.intake.contract import Kind
from renotify.ledger.intake.plain_lines import Numbers, Remarks
from renotify.values import vin_columns
from renotify.values.vin import LENGTH

DAYS = (Kind.DATE, Kind.MONDAY)
NUMBERS = (Kind.VIN, Kind.NUMBER_OF_MAKER)
DAY_LENGTH = len("2013-02-26")
MIDNIGHT = r"^\s*([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00(:00(\.0+)?)?\s*$"
GUARD = r'^\s*="(.*)"\s*$'
APOSTROPHE = r"^\s*'([^']*)'?\s*$"
BARCODED = "a VIN was written as a barcode or with hyphens or spaces in it; it was taken as meant"


def as_meant(
    columns: Mapping[str, pa.Array],
    kinds: Mapping[str, Kind],
    numbers: Numbers,
    remarks: Remarks,
) -> dict[str, pa.Array]:
    """Return text columns without what was put around their cells."""
    return {name: _column(text, kinds[name], numbers, remarks) for name, text in columns.items()}


def _column(text: pa.Array, kind: Kind, numbers: Numbers, remarks: Remarks) -> pa.Array:
    if _holds(text, rb'="'):
        text = pc.replace_substring_regex(text, GUARD, r"\1")
    if kind is not Kind.TEXT and _holds(text, rb"'"):
        text = pc.replace_substring_regex(text, APOSTROPHE, r"\1")
    if kind in DAYS and _longest(text) > DAY_LENGTH:
        return pc.replace_substring_regex(text, MIDNIGHT, r"\1")
    return _vins(text, numbers, remarks) if kind in NUMBERS else text


def _holds(text: pa.Array, sign: bytes) -> bool:
    held = text.buffers()[2]
    return held is not None and re.search(sign, memoryview(held)) is not None


def _longest(text: pa.Array) -> int:
    return pc.max(pc.binary_length(text)).as_py() or 0


def _vins(text: pa.Array, numbers: Numbers, remarks: Remarks) -> pa.Array:
    lengths = pc.binary_length(text)
    bounds = pc.min_max(lengths).as_py()
    whole = bounds["min"] == bounds["max"] == LENGTH
    if bounds["max"] is None or (whole and not _marked(text)):
        return text
    plain = pc.equal(lengths, LENGTH)
    if _marked(text):
        plain = pc.and_(plain, pc.invert(pc.match_substring_regex(text, r"[\s*\-]")))
    other = np.flatnonzero(pc.fill_null(pc.invert(plain), False).to_numpy(zero_copy_only=False))
    given = pc.utf8_trim_whitespace(text.take(pa.array(other)))
    meant = plain_vins(given)
    changed = pc.not_equal(meant, given).to_numpy(zero_copy_only=False)
    remarks.add(BARCODED, numbers[other[changed]])
    mask = np.zeros(len(text), bool)
    mask[other[changed]] = True
    return pc.replace_with_mask(text, pa.array(mask), meant.filter(pa.array(changed)))


def _marked(text: pa.Array) -> bool:
    """Return whether some byte is a blank, an asterisk, a hyphen, or any other that stands before the digits."""
    held = text.buffers()[2]
    return bool(held) and int(np.frombuffer(held, np.uint8).min()) < ord("0")


def plain_vins(text: pa.Array) -> pa.Array:
    """Return numbers without the marks of a barcode around them and hyphens or spaces in them, as ``vin.normalise`` does of one.

    That is where a VIN's 17 characters are left, or a number that a maker may except.
    """
    bare = pc.replace_substring_regex(text, r"[\s*\-]+", "")
    bare = pc.replace_substring_regex(bare, rf"^[Ii](.{{{LENGTH}}})$", r"\1")
    whole = pc.equal(pc.utf8_length(bare), LENGTH)
    return pc.if_else(pc.or_(whole, vin_columns.name_vehicles(pc.utf8_upper(bare))), bare, text)
