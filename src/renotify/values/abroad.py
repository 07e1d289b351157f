"""Addresses outside the mail of the United States, which have no state and no ZIP Code of ours.

A country column says so (``countries.csv`` has its words; blank is the United States, and so are
its territories), or a Canadian postal code under a province does. Military post (APO, FPO, DPO:
AA, AE, AP) is domestic mail wherever it goes.
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
POSTAL_CODE = r"^[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d$"


def _rows(file: str) -> list[dict[str, str]]:
    text = (resources.files("renotify.values") / file).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


COUNTRIES: Mapping[str, str] = {row["word"]: row["code"] for row in _rows("countries.csv")}
PROVINCES = pa.array(
    sorted({word.upper() for row in _rows("provinces.csv") for word in (row["code"], row["name"])})
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
    stated = pc.and_(pc.not_equal(country, ""), pc.invert(pc.is_in(state, MILITARY)))
    canadian = pc.match_substring_regex(zip_code, POSTAL_CODE, ignore_case=True)
    of_canada = pc.or_(pc.is_in(state, PROVINCES), pc.equal(state, ""))
    return pc.or_(stated, pc.and_(canadian, of_canada))
