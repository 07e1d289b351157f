"""The last line of one address as it is meant: city, state, ZIP Code and its +4, each as a cell that may hold more or less than that.

``address_as_meant`` asks these of the different cells that are not in their form; what is not safe stays as it stands.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from renotify.values.characters import plain_characters
from renotify.values.placeholders import packaged
from renotify.values.postal_places import (
    STATES,
    UNITED_STATES,
    ZIP3,
    country_code,
    misspelt_state,
    state_code,
    state_of_zip,
)

# what a spreadsheet or a form puts around a ZIP Code
_AROUND = re.compile(
    r"^ZIP(?:\s*CODE)?[:\s]*|[,\s]*U\.?\s?S\.?\s?(?:A\.?)?$|\.0+$|-$|\s+", re.IGNORECASE
)
_STATE_BEFORE = re.compile(r"([A-Z]{2})[\s,-]*(?=\d)", re.IGNORECASE)
_DASH = re.compile("[\u2010-\u2015\u2212]")
_WHOLE = re.compile(
    r"(\d{5})(?:-?(\d{4}))?(?:\d\d)?", re.ASCII
)  # also the eleven digits of a barcode
_CUT = re.compile(r"(\d{5})-\d{1,3}", re.ASCII)
_SHORT = re.compile(r"(\d{3,4})(?:-(\d{4}))?|(\d{7,8})", re.ASCII)
_ZIP_BEHIND = re.compile(r"[\s,]*\b(\d{5})(?:-\d{4})?\s*$", re.ASCII)

_POINTED = re.compile(
    r"[\s,]([A-Z])(?:\.\s?|\s)([A-Z])\.?$", re.IGNORECASE
)  # a state's code: D.C., D C


def read_one(state: str, zip_code: str) -> tuple[str, str, str]:
    """Return a state, its ZIP Code and its +4 as they are meant; what cannot be read safely as it stands, trimmed.

    Zeros are given back where the ZIP Code that they make is one of that state's.
    """
    state, zip_code = state.strip(), zip_code.strip()
    code = state_code(plain_characters(state))
    state = (
        "" if not code and (country_code(state) == UNITED_STATES or _says_nothing(state)) else state
    )
    digits = _DASH.sub("-", plain_characters(zip_code))
    before = _STATE_BEFORE.match(digits)
    if before and before[1].upper() in {code, "US"} | (set() if state else {*STATES}):
        digits = digits[before.end() :]
        code = code or (before[1].upper() if before[1].upper() in STATES else "")
    five, four = _zip_of(_AROUND.sub("", digits), code)
    if not five:
        return (code or state, zip_code, "")
    read = code or misspelt_state(state, five) or state or state_of_zip(five)
    return (read, five, "" if four == "0000" else four)


def _says_nothing(state: str) -> bool:
    """Tell whether a state has no letter, or is a word for nothing in every ledger (``N/A``)."""
    return not any(map(str.isalpha, state)) or is_nothing("state", state)


def _zip_of(written: str, state: str) -> tuple[str, str]:
    """Return the five digits and the +4 of a ZIP Code, blank where they cannot be told."""
    whole = _WHOLE.fullmatch(written)
    if whole and not (len(written) == 7 and not whole[2]):
        return whole[1], whole[2] or ""
    cut = _CUT.fullmatch(written)
    if cut:
        return cut[1], ""
    short = _SHORT.fullmatch(written)
    if not short:
        return "", ""
    digits = (short[1] or "").zfill(5) + (short[2] or "") if short[1] else short[3].zfill(9)
    return (digits[:5], digits[5:]) if digits[:3] in ZIP3.get(state, ()) else ("", "")


def is_nothing(column: str, word: str) -> bool:
    """Tell whether a word stands for nothing in a column of owners, by the packaged list (``values.placeholders``)."""
    nothing = packaged().of("owners", column, text=True).masks(pa.array([word.strip()]))
    return any(pc.any(mask).as_py() for mask in nothing.values())


def city_alone(city: str, state: str, zip_code: str) -> tuple[str, str, str]:
    """Return a city without its state behind it, the state: the one given, else the city's where the ZIP Code is of it, and the ZIP
    Code: the one given, else the city's where it is of that state.

    A state counts as two letters or in words, in words without a comma only where it is the given one and the ZIP Code's: New York
    NY is a city of that name.
    """
    city, state = city.strip(), state.strip()
    behind, given = _ZIP_BEHIND.search(city), zip_code
    zip_code = zip_code or (behind[0].strip(" ,") if behind else "")
    bare = city[: behind.start()] if behind and behind[1] == zip_code[:5] else city
    head, comma, word = bare.rpartition(",")
    pointed = _POINTED.search(bare)
    if pointed:
        head, word = bare[: pointed.start()], pointed[1] + pointed[2]
    elif not comma:
        head, _, word = bare.rpartition(" ")
        name = STATES.get(state.upper(), "") if zip_code[:3] in ZIP3.get(state.upper(), ()) else ""
        if name and bare.upper().endswith(f" {name.upper()}"):
            head, word = bare[: -len(name)], name
        elif word.upper() not in STATES:
            word = ""
    code, head = state_code(word), head.strip(" ,")
    own = state or (code if zip_code[:3] in ZIP3.get(code, ()) else "")
    if not (head and code and code == own.upper()):
        return city, state, given
    return head, own, given or (zip_code if zip_code[:3] in ZIP3.get(code, ()) else "")
