"""Addresses outside the mail of the United States: which country each is in.

A country column says so (blank is the United States, and so are its territories and any word that is no country), unless a
state of ours beside a ZIP Code of that state says otherwise: ``CA`` over ``IRVINE CA 92618`` is California. Without one, a
country's word in the place of the state that is no state of ours, a Canadian postal code without a state of ours above it, or a
province of Canada or state of Mexico that is no word of ours. A code of theirs that might be one of ours misspelt counts only
beside a city that says Mexico, or a postal code of that very state of Mexico (``TIJUANA BCN 22000``).
Military post (APO, FPO, DPO: AA, AE, AP) is domestic mail wherever it goes. The words are data (``postal_places``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from renotify.values.different_rows import of_each
from renotify.values.postal_places import (
    CANADA,
    COUNTRY_NAMES,
    COUNTRY_WORDS,
    MEXICAN_CODES,
    MEXICO,
    POSTCODE_FIRST,
    PREFIXES,
    PROVINCE_OF_LETTER,
    PROVINCES,
    STATE_WORDS,
    UNITED_STATES,
    country_code,
    state_code,
)

MILITARY = pa.array(["AA", "AE", "AP"])
# No D, F, I, O, Q, U in a letter's place; W and Z begin none (Canada Post, Addressing Guidelines).
POSTAL_CODE = r"^[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z][ .-]*\d[ABCEGHJ-NPRSTV-Z]\d$"
HALVES = r"^([A-Z]\d[A-Z])[ .-]*(\d[A-Z]\d)$"
# O, I and L for its digits: they stand in the second, fourth and sixth place alone
LIKE_CANADIAN = r"^\s*([A-Z])([0-9OIL])([A-Z])[ .-]*([0-9OIL])([A-Z])([0-9OIL])\s*$"
_DIGITS = str.maketrans("OIL", "011")
ZIP = r"^\d{5}(?:-?\d{4})?$"
INITIALS = r"^(?:\pL\. ?)+(?:\pL\.?)?$"  # B.C., N. L.: a province of Mexico by its letters
SAYS_MEXICO = r"(?i)\bM[EÉ]XICO\b"

OUR_STATES = pa.array(sorted(STATE_WORDS))


def _provinces(country: str, *, alone: bool) -> pa.Array:
    words = (
        row["word"]
        for row in PROVINCES
        if row["country"] == country and (not alone or row["alone"] == "yes")
    )
    return pa.array(sorted({*words} - STATE_WORDS.keys()), pa.string())


_CANADIAN = _provinces(CANADA, alone=True)
_PROVINCES = pa.array(sorted({row["word"] for row in PROVINCES} - STATE_WORDS.keys()))
_MEXICAN, _MEXICAN_ALONE = _provinces(MEXICO, alone=False), _provinces(MEXICO, alone=True)


# a state of ours that is a province of the country, too, contradicts it nowhere: Trento is TN 38121
_THEIRS = pa.array(sorted(row["country"] + row["word"] for row in PROVINCES))
_SHORT = {row["word"]: row["short"] for row in PROVINCES if row["short"]}
_OURS = pa.array(sorted(PREFIXES))
_MEXICAN_CODES = pa.array(sorted(MEXICAN_CODES))


def of_each_word(words: pa.Array, change: Callable[[str], str | None]) -> pa.Array:
    """Return what each different word gives, null for null: countries are few, and most rows name none."""
    if words.null_count == len(words):
        return pa.nulls(len(words), pa.string())
    read = of_each([pa.chunked_array([words])], change, pa.string()).combine_chunks()
    return pc.if_else(words.is_valid(), read, pa.scalar(None, pa.string()))


def country_codes(words: pa.Array) -> pa.Array:
    """Return the code of each country; blank for the United States and for what is no country, null for null."""
    return of_each_word(words, _abroad_code)


def _abroad_code(word: str) -> str:
    code = country_code(word)
    return "" if code == UNITED_STATES else code


def _looked_up(words: pa.Array, table: Mapping[str, str]) -> pa.Array:
    at = pc.index_in(words, pa.array(table.keys(), pa.string()))
    return pa.array(table.values(), pa.string()).take(at)


def contradicted(country: pa.Array, state: pa.Array, zip_code: pa.Array) -> pa.Array:
    """Return which countries stand over an address of ours; columns as ``countries`` takes them.

    Such is military mail, a ZIP Code of the state of ours beside it, and a ZIP Code without a state where Canada is said.
    """
    named = pc.not_equal(country, "")
    if not pc.any(named, min_count=0).as_py():
        return named
    place = pc.binary_join_element_wise(pc.utf8_slice_codeunits(zip_code, 0, 3), state, "")
    theirs = pc.is_in(pc.binary_join_element_wise(country, state, ""), _THEIRS)
    digits = pc.match_substring_regex(zip_code, ZIP)
    fits = pc.and_(pc.and_(pc.is_in(place, _OURS), digits), pc.invert(theirs))
    no_code_of_canada = pc.and_(pc.and_(pc.equal(country, CANADA), pc.equal(state, "")), digits)
    return pc.and_(named, pc.or_(pc.is_in(state, MILITARY), pc.or_(fits, no_code_of_canada)))


def countries(country: pa.Array, state: pa.Array, zip_code: pa.Array, city: pa.Array) -> pa.Array:
    """Return the code of each address's country, blank for the mail of the United States; text without nulls.

    ``country`` as ``country_codes`` gives it, ``state`` in capitals, all without outer spaces.
    """
    stated = pc.if_else(contradicted(country, state, zip_code), "", country)
    unclear = pc.and_(pc.equal(stated, ""), pc.invert(pc.is_in(state, OUR_STATES)))
    if not pc.any(unclear, min_count=0).as_py():
        return stated
    some = (column.filter(unclear) for column in (state, zip_code, city))
    return pc.replace_with_mask(stated, unclear, _by_its_words(*some))


def _by_its_words(state: pa.Array, zip_code: pa.Array, city: pa.Array) -> pa.Array:
    """Return the country of addresses of no country and no state of ours."""
    state = _one_space(state)
    canadian = pc.match_substring_regex(zip_code, POSTAL_CODE, ignore_case=True)
    ours = pc.match_substring_regex(zip_code, ZIP)
    canadian = pc.or_(canadian, pc.and_(pc.is_in(state, _CANADIAN), pc.invert(ours)))
    city_of_mexico = pc.match_substring_regex(city, SAYS_MEXICO)
    own = pc.is_in(_of_two_digits(state, zip_code), _MEXICAN_CODES)
    said = pc.or_(city_of_mexico, pc.and_(own, pc.match_substring_regex(zip_code, ZIP)))
    mexican = pc.or_(pc.is_in(state, _MEXICAN_ALONE), pc.and_(pc.is_in(state, _MEXICAN), said))
    word = _looked_up(state, COUNTRY_WORDS)
    return pc.coalesce(
        pc.if_else(canadian, pa.scalar(CANADA), pa.scalar(None, pa.string())), word,
        pc.if_else(mexican, pa.scalar(MEXICO), pa.scalar("")),
    )  # fmt: skip


def of_province(state: pa.Array) -> pa.BooleanArray:
    """Return which words in the place of the state, in capitals, are a province of another country and no state of ours."""
    return pc.is_in(_one_space(state), _PROVINCES)


def _of_two_digits(state: pa.Array, zip_code: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(state, pc.utf8_slice_codeunits(zip_code, 0, 2), "")


def _one_space(state: pa.Array) -> pa.Array:
    return pc.utf8_trim(pc.replace_substring_regex(state, r"[ .]+", " "), characters=" ")


def abroad(
    country: pa.Array, state: pa.Array, zip_code: pa.Array, city: pa.Array | None = None
) -> pa.BooleanArray:
    """Return which addresses are outside the mail of the United States; columns as ``countries`` takes them."""
    places = pa.array([""] * len(state), pa.string()) if city is None else city
    return pc.not_equal(countries(country, state, zip_code, places), "")


def canadian_as_meant(state: str, postcode: str) -> tuple[str, str]:
    """Return a province and its postal code (``LIKE_CANADIAN``) as they are meant: with its digits, and the province that the code begins
    with in the place of ``CA``. Below another state of ours both stay as they stand, trimmed.
    """
    state, postcode = state.strip(), postcode.strip()
    parts = re.match(LIKE_CANADIAN, postcode.upper())
    if parts is None or (state.upper() != CANADA and state_code(state)):
        return state, postcode
    code = "".join(
        part.translate(_DIGITS) if at % 2 else part for at, part in enumerate(parts.groups())
    )
    if not re.match(POSTAL_CODE, code):
        return state, postcode
    written = postcode if code == "".join(parts.groups()) else f"{code[:3]} {code[3:]}"
    return (PROVINCE_OF_LETTER.get(code[0], state) if state.upper() == CANADA else state), written


def country_lines(codes: pa.Array) -> pa.Array:
    """Return the last line of an address abroad: its country in English, in capitals (Publication 28, 35); blank at home."""
    return pc.utf8_upper(pc.coalesce(_looked_up(codes, COUNTRY_NAMES), codes))


def city_lines(codes: pa.Array, city: pa.Array, state: pa.Array, postcode: pa.Array) -> pa.Array:
    """Return the line above the country: the postal code before the city where that is the country's way.

    A country's word in the place of the state stands on its own line already. A province of Canada is its two letters, and the
    postal code there has its blank (Canada Post, Addressing Guidelines).
    """
    canadian, plain = pc.equal(codes, CANADA), _one_space(state)
    region = pc.if_else(pc.is_in(plain, pa.array(COUNTRY_WORDS.keys())), "", state)
    region = pc.if_else(canadian, pc.coalesce(_looked_up(plain, _SHORT), region), region)
    initials = pc.match_substring_regex(region, INITIALS)
    region = pc.if_else(initials, pc.replace_substring_regex(region, "[. ]", ""), region)
    apart = pc.replace_substring_regex(pc.utf8_upper(postcode), HALVES, r"\1 \2")
    postcode = pc.if_else(canadian, apart, postcode)
    first = pc.is_in(codes, pa.array(sorted(POSTCODE_FIRST)))
    before = pc.binary_join_element_wise(postcode, city, region, " ")
    after = pc.binary_join_element_wise(city, region, postcode, " ")
    return pc.if_else(first, before, after)
