"""What is private and no name, where a name should stand: an e-mail address, or a number in the form of a Social Security number.

It stays in the ledger as it came, for a person to correct, and goes nowhere from there: no letter prints it, no list has it.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from renotify.values.placeholders import NAMES

_WORD = r"[^\s<>(),;:\"@]+"
_EMAIL = rf"(?:\be-?mail\s*:?\s*)?{_WORD} ?@ ?{_WORD}\.[A-Za-z]{{2,}}"
_LABEL = r"(?:\b(?:SSN\b|SS ?#|S\.S\.N\.|SOC(?:IAL)? SEC(?:URITY)?\b)(?: ?(?:NO|NUM|NUMBER)\b)?\.? ?[:#]? ?)"
_PARTS = r"[0-9]{3}[-. \x{2010}-\x{2015}][0-9]{2}[-. \x{2010}-\x{2015}][0-9]{4}"
_NUMBER = rf"(^|[^0-9])(?:{_LABEL}?{_PARTS}|{_LABEL}[0-9]{{9}})([^0-9]|$)"
_PRIVATE = rf"(?i)(?:{_EMAIL}|{_NUMBER})"
_LEFT_OVER = re.compile(r"\(\s*\)|<\s*>|\[\s*\]")
_AROUND = " ,;:/|<>()[]-\"'"


def private_in(names: pa.ChunkedArray | pa.Array) -> pa.Array | pa.ChunkedArray:
    """Return which names hold something private; a null holds nothing."""
    return pc.fill_null(pc.match_substring_regex(names, _PRIVATE), False)


def without_private(names: pa.Array) -> pa.Array:
    """Return names without what is private in them; blank where nothing is left that is a name."""
    found = private_in(names)
    if not pc.any(found, min_count=0).as_py():
        return names
    bare = pc.replace_substring_regex(names.filter(found), rf"(?i){_EMAIL}", " ")
    bare = pc.replace_substring_regex(bare, rf"(?i){_NUMBER}", r"\1 \2")
    left = pa.array([_name(text) for text in bare.to_pylist()], names.type)
    return pc.replace_with_mask(names, found, left)


def names_only(rows: pa.Table, columns: tuple[str, ...] = NAMES) -> pa.Table:
    """Return rows whose columns of names hold nothing private."""
    for name in columns:
        at = rows.column_names.index(name)
        bare = without_private(rows[name].combine_chunks())
        rows = rows.set_column(at, rows.schema.field(name), bare)
    return rows


def _name(text: str) -> str:
    """Return what is left of a name without the marks around it; blank where no letter is in it."""
    plain = " ".join(_LEFT_OVER.sub(" ", text).split()).strip(_AROUND)
    return plain if any(map(str.isalpha, plain)) else ""
