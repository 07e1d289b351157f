"""Addresses outside the mail of the United States: which country each is in.

A country column says so (blank is the United States, and so are its territories), or a country's word in the place of the
state that is no state of ours, or a Canadian postal code without a state of ours above it, or a province of Canada or state
of Mexico that is no word of ours. A code of theirs that might be one of ours misspelt counts only beside a city that says
Mexico. Military post (APO, FPO, DPO: AA, AE, AP) is domestic mail wherever it goes. The words are data (``postal_places``).
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from renotify.values.postal_places import (
    COUNTRIES,
    COUNTRY_NAMES,
    COUNTRY_WORDS,
    POSTCODE_FIRST,
    PROVINCES,
    STATE_WORDS,
    UNITED_STATES,
)

MILITARY = pa.array(["AA", "AE", "AP"])
# No D, F, I, O, Q, U in a letter's place; W and Z begin none (Canada Post, Addressing Guidelines).
POSTAL_CODE = r"^[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ .-]*\d[ABCEGHJ-NPRSTV-Z]\d$"
ZIP = r"^\d{5}(?:-?\d{4})?$"
SAYS_MEXICO = r"(?i)\bM[EÉ]XICO\b"
CANADA, MEXICO = "CA", "MX"

OUR_STATES = pa.array(sorted(STATE_WORDS))


def _provinces(country: str, *, alone: bool) -> pa.Array:
    words = (
        row["word"]
        for row in PROVINCES
        if row["country"] == country and (not alone or row["alone"] == "yes")
    )
    return pa.array(sorted({*words} - STATE_WORDS.keys()), pa.string())


_CANADIAN = _provinces(CANADA, alone=True)
_MEXICAN, _MEXICAN_ALONE = _provinces(MEXICO, alone=False), _provinces(MEXICO, alone=True)


def country_codes(words: pa.Array) -> pa.Array:
    """Return the code of each country; blank for the United States, what is unknown in capitals."""
    capitals = pc.utf8_upper(pc.utf8_trim_whitespace(words))
    code = pc.coalesce(_looked_up(capitals, COUNTRIES), capitals)
    return pc.if_else(pc.equal(code, UNITED_STATES), "", code)


def _looked_up(words: pa.Array, table: Mapping[str, str]) -> pa.Array:
    at = pc.index_in(words, pa.array(table.keys(), pa.string()))
    return pa.array(table.values(), pa.string()).take(at)


def countries(country: pa.Array, state: pa.Array, zip_code: pa.Array, city: pa.Array) -> pa.Array:
    """Return the code of each address's country, blank for the mail of the United States; text without nulls.

    ``country`` as ``country_codes`` gives it (what it does not know stays as written), ``state`` in capitals, all without outer
    spaces.
    """
    military = pc.is_in(state, MILITARY)
    stated = pc.if_else(military, "", country)
    unclear = pc.and_(pc.equal(stated, ""), pc.invert(pc.is_in(state, OUR_STATES)))
    if not pc.any(unclear, min_count=0).as_py():
        return stated
    some = (column.filter(unclear) for column in (state, zip_code, city))
    return pc.replace_with_mask(stated, unclear, _by_its_words(*some))


def _by_its_words(state: pa.Array, zip_code: pa.Array, city: pa.Array) -> pa.Array:
    """Return the country of addresses of no country and no state of ours."""
    state = pc.utf8_trim(pc.replace_substring_regex(state, r"[ .]+", " "), characters=" ")
    canadian = pc.match_substring_regex(zip_code, POSTAL_CODE, ignore_case=True)
    ours = pc.match_substring_regex(zip_code, ZIP)
    canadian = pc.or_(canadian, pc.and_(pc.is_in(state, _CANADIAN), pc.invert(ours)))
    city_of_mexico = pc.match_substring_regex(city, SAYS_MEXICO)
    mexican = pc.or_(
        pc.is_in(state, _MEXICAN_ALONE), pc.and_(pc.is_in(state, _MEXICAN), city_of_mexico)
    )
    word = _looked_up(state, COUNTRY_WORDS)
    return pc.coalesce(
        pc.if_else(canadian, pa.scalar(CANADA), pa.scalar(None, pa.string())), word,
        pc.if_else(mexican, pa.scalar(MEXICO), pa.scalar("")),
    )  # fmt: skip


def abroad(
    country: pa.Array, state: pa.Array, zip_code: pa.Array, city: pa.Array | None = None
) -> pa.BooleanArray:
    """Return which addresses are outside the mail of the United States; columns as ``countries`` takes them."""
    places = pa.array([""] * len(state), pa.string()) if city is None else city
    return pc.not_equal(countries(country, state, zip_code, places), "")


def country_lines(codes: pa.Array) -> pa.Array:
    """Return the last line of an address abroad: its country in English, in capitals (Publication 28, 35); blank at home."""
    return pc.utf8_upper(pc.coalesce(_looked_up(codes, COUNTRY_NAMES), codes))


def city_lines(codes: pa.Array, city: pa.Array, state: pa.Array, postcode: pa.Array) -> pa.Array:
    """Return the line above the country: the postal code before the city where that is the country's way.

    A country's word in the place of the state stands on its own line already.
    """
    region = pc.if_else(pc.is_in(state, pa.array(COUNTRY_WORDS.keys())), "", state)
    first = pc.is_in(codes, pa.array(sorted(POSTCODE_FIRST)))
    before = pc.binary_join_element_wise(postcode, city, region, " ")
    after = pc.binary_join_element_wise(city, region, postcode, " ")
    return pc.if_else(first, before, after)
