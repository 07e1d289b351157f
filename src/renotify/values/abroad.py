"""Addresses outside the mail of the United States, which have no state and no ZIP Code of ours.

A country column says so (``countries.csv`` has its words; blank is the United States, and so are
its territories), or a country's word in the place of the state that is no state of ours, or a
Canadian postal code without a state of ours above it, whatever the province is written like. Military
post (APO, FPO, DPO: AA, AE, AP) is domestic mail wherever it goes.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib import resources

import pyarrow as pa
import pyarrow.compute as pc

UNITED_STATES = "US"
MILITARY = pa.array(["AA", "AE", "AP"])
# No D, F, I, O, Q, U in a letter's place; W and Z begin none (Canada Post, Addressing Guidelines).
POSTAL_CODE = r"^[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ .-]*\d[ABCEGHJ-NPRSTV-Z]\d$"


def _rows(file: str) -> list[dict[str, str]]:
    text = (resources.files("renotify.values") / file).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


COUNTRIES: Mapping[str, str] = {row["word"]: row["code"] for row in _rows("countries.csv")}
OUR_STATES = pa.array(
    sorted({word.upper() for row in _rows("states.csv") for word in (row["code"], row["name"])})
)
OTHER_COUNTRIES = pa.array(
    [word for word, code in COUNTRIES.items() if code != UNITED_STATES], pa.string()
)


def country_codes(words: pa.Array) -> pa.Array:
    """Return the code of each country; blank for the United States, what is unknown in capitals."""
    capitals = pc.utf8_upper(pc.utf8_trim_whitespace(words))
    at = pc.index_in(capitals, pa.array(COUNTRIES.keys()))
    known = pa.array(COUNTRIES.values(), pa.string()).take(at)
    code = pc.coalesce(known, capitals)
    return pc.if_else(pc.equal(code, UNITED_STATES), "", code)


def abroad(country: pa.Array, state: pa.Array, zip_code: pa.Array) -> pa.BooleanArray:
    """Return which addresses are outside the mail of the United States; text without nulls.

    ``country`` as ``country_codes`` gives it, ``state`` in capitals, without outer spaces.
    """
    ours = pc.is_in(state, OUR_STATES)
    stated = pc.and_(pc.not_equal(country, ""), pc.invert(pc.is_in(state, MILITARY)))
    in_place_of_state = pc.is_in(state, OTHER_COUNTRIES)
    canadian = pc.match_substring_regex(zip_code, POSTAL_CODE, ignore_case=True)
    return pc.or_(stated, pc.and_(pc.or_(in_place_of_state, canadian), pc.invert(ours)))
