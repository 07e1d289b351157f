"""Mailing addresses: the form of Publication 28 for print, and what keeps a piece from the mail.

Form is not deliverability: only CASS-certified matching against licensed data proves an address.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from renotify.values.abroad import city_lines, countries, country_codes, country_lines
from renotify.values.postal_places import ACROSS, PREFIXES, STATES, rows
from renotify.values.street_abbreviations import abbreviated
from renotify.values.street_lines import SPELLED, in_order

ZIP5 = "^[0-9]{5}$"

NO_STREET = "The delivery line (addr1) is empty."
NO_CITY = "The city is empty."
NO_STATE = "The state is not a USPS state code; of an address abroad, fill the column country."
NO_ZIP = "The ZIP Code does not have five digits."
WRONG_ZIP = "The ZIP Code does not belong to the state."


DESIGNATORS = {row["word"]: row["abbreviation"] for row in rows("designators.csv")}
NUMBERED = [row["word"] for row in rows("designators.csv") if row["takes_number"] == "yes"]
WORDS = pa.array(DESIGNATORS.keys())
ABBREVIATIONS = pa.array(DESIGNATORS.values())
# a unit is a number behind its designator, or a letter apart from it: LOTS is no lot S
_NUMBER = r"(?:\s*#?\s*|\s(?:NO|NUM|NUMBER)\s#?\s?)[0-9]"
_LETTER = rf"(?:\s*#\s*|\s)(?:[A-Z][0-9]*|{SPELLED})\b"
UNIT = (
    rf"^(?P<before>.*?)\b(?P<word>{'|'.join(NUMBERED)})"
    rf"(?P<number>{_NUMBER}[^ ]*|{_LETTER})(?P<after>.*)$"
)
_LONG = "|".join(word for word in NUMBERED if DESIGNATORS[word] != word)
_SHORT = "|".join(word for word in NUMBERED if DESIGNATORS[word] == word)
OTHERWISE_WRITTEN = (
    rf"\b(?:(?:{_LONG})(?:{_NUMBER}|{_LETTER})|(?:{_SHORT})(?:[0-9]|\s*#|\s(?:NO|NUM|NUMBER)\s))"
)
_BOX = r"\b(?:P ?O ?BOX|POST OFFICE BOX|P ?O ?B)\s*#?\s*([0-9])"
BOX_OTHERWISE = r"\b(?:P O ?BOX|POST OFFICE BOX|POBOX|P ?O ?B\s*#?\s*[0-9]|PO BOX(?:\s*#|[0-9]))"
LAST_LINE_BEHIND = rf" (?:{'|'.join(STATES)})(?: \d{{5}}(?:-\d{{4}})?)?$"
# made once: pyarrow looks for optional packages each time it is given a text instead
BLANK, SPACE, DASH = (pa.scalar(text, pa.string()) for text in ("", " ", "-"))
_CODES = pa.array(list(STATES))
_ACROSS = pa.array(sorted(ACROSS - PREFIXES))
_SERVED = pa.array(sorted(PREFIXES | ACROSS))
BLOCK = ("name1", "name2", "addr2", "addr1", "last_line", "country_line")


def address_blocks(table: pa.Table) -> pa.Table:
    """Return each row's address lines from top to bottom (``BLOCK``), blank where there is none.

    ``table`` has name1, name2, addr1, addr2, city, state, zip, zip4 as text without nulls, and country where it is known. The form
    is Publication 28's: capitals, one space, no punctuation, suffixes, directions and designators abbreviated. ``addr1`` is the
    delivery line, ``addr2`` what stands above it (``street_lines``). Abroad the last line is the country.
    Accents stay; characters that no face has are for the print run to refuse.
    """
    first, second = (standard_lines(table[name]).combine_chunks() for name in ("addr1", "addr2"))
    last, country = _last_and_country(table)
    away = pc.not_equal(country.combine_chunks(), BLANK)
    second = pc.if_else(_repeats_last_line(table, second, last), BLANK, second)
    first = _without_last_line(table, first)
    first, second = (abbreviated(line, away) for line in (first, second))
    ordered = in_order(first, second, _trimmed(table, "state"), away)
    upper, lower = (abbreviated(line, away) for line in ordered)  # a unit or box stood in the way
    return pa.table(
        [
            plain_lines(table["name1"]),
            plain_lines(table["name2"]),
            pa.chunked_array([upper]),
            pa.chunked_array([lower]),
            last,
            country,
        ],
        names=BLOCK,
    )


def _repeats_last_line(table: pa.Table, line: pa.Array, last: pa.ChunkedArray) -> pa.Array:
    """Return which lines say the city's line again, with its ZIP Code or without."""
    if not pc.any(pc.not_equal(line, BLANK), min_count=0).as_py():
        return pc.equal(line, last.combine_chunks())
    city = pc.binary_join_element_wise(plain_lines(table["city"]), table["state"], SPACE)
    with_zip = pc.binary_join_element_wise(city, table["zip"], SPACE)
    again = pc.or_(pc.equal(line, city), pc.equal(line, with_zip))
    return pc.or_(again, pc.equal(line, last)).combine_chunks()


def _without_last_line(table: pa.Table, line: pa.Array) -> pa.Array:
    """Return street lines without the city's line at their end: 12 OAK LN SPRINGFIELD IL 62701."""
    found = pc.match_substring_regex(line, LAST_LINE_BEHIND)
    if not pc.any(found, min_count=0).as_py():
        return line
    some = table.filter(found)
    city = plain_lines(some["city"])
    behind = pc.binary_join_element_wise("", city, some["state"], SPACE).to_pylist()
    zips = some["zip"].to_pylist()
    cut = [
        re.sub(rf"(?<=\S){re.escape(end)}(?: {re.escape(code)}(?:-\d{{4}})?)?$", "", text)
        for text, end, code in zip(line.filter(found).to_pylist(), behind, zips, strict=True)
    ]
    return pc.replace_with_mask(line, found, pa.array(cut, pa.string()))


def _last_and_country(table: pa.Table) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    codes, last = countries_of(table), last_lines(table)
    away = pc.not_equal(codes, BLANK)
    if not pc.any(away, min_count=0).as_py():
        return last, pa.chunked_array([codes])
    columns = (_trimmed(table, name) for name in ("city", "state", "zip"))
    written = plain_lines(pa.chunked_array([city_lines(codes, *columns)]))
    return pc.if_else(away, written, last), plain_lines(pa.chunked_array([country_lines(codes)]))


def countries_of(table: pa.Table) -> pa.StringArray:
    """Return the code of each row's country, blank for the mail of the United States; columns state, zip, city, and country if any."""
    known = "country" in table.column_names
    said = _trimmed(table, "country") if known else pa.array([""] * table.num_rows, pa.string())
    state, zip_code, city = (_trimmed(table, name) for name in ("state", "zip", "city"))
    return countries(country_codes(said), pc.utf8_upper(state), zip_code, city)


def last_lines(table: pa.Table) -> pa.ChunkedArray:
    """Return ``CITY ST 12345-6789`` (Publication 28, 211); columns city, state, zip, zip4."""
    dash = pc.if_else(pc.equal(table["zip4"], BLANK), BLANK, DASH)
    code = pc.binary_join_element_wise(table["zip"], dash, table["zip4"], BLANK)
    return pc.binary_join_element_wise(plain_lines(table["city"]), table["state"], code, SPACE)


def routing_digits(table: pa.Table) -> pa.ChunkedArray:
    """Return a barcode's routing digits, 0, 5, 9 or 11; columns zip, zip4, delivery_point.

    Eleven only with a delivery point, which comes from a CASS-certified match only (DMM 204).
    """
    five = pc.if_else(pc.match_substring_regex(table["zip"], ZIP5), table["zip"], BLANK)
    plus4 = pc.and_(
        pc.not_equal(five, BLANK), pc.match_substring_regex(table["zip4"], "^[0-9]{4}$")
    )
    four = pc.if_else(plus4, table["zip4"], BLANK)
    point = pc.and_(plus4, pc.match_substring_regex(table["delivery_point"], "^[0-9]{2}$"))
    two = pc.if_else(point, table["delivery_point"], BLANK)
    return pc.binary_join_element_wise(five, four, two, BLANK)


def plain_lines(lines: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return lines in capitals, with one space and without what Publication 28 drops; NFC."""
    upper = _capitals(lines)
    return _where(upper, r'[,;:"().]|  |^ | $', _without_punctuation)


def standard_lines(lines: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return delivery lines with designators abbreviated and no # after one of them, and post-office boxes as PO BOX.

    Where no designator is known the # stays, apart from its number (Publication 28, 213).
    """
    plain = _where(plain_lines(lines), BOX_OTHERWISE, _with_boxes)
    alone = pc.index_in(plain, value_set=WORDS)
    short = ABBREVIATIONS.take(alone.combine_chunks())
    numbered = _where(plain, OTHERWISE_WRITTEN, _with_short_units)
    apart = _where(numbered, "#", _with_number_signs_apart)
    return pc.coalesce(pa.chunked_array([short]), apart)


def _where(
    lines: pa.ChunkedArray, pattern: str, change: Callable[[pa.ChunkedArray], pa.ChunkedArray]
) -> pa.ChunkedArray:
    """Change the lines in which a pattern is found, and only those."""
    found = pc.match_substring_regex(lines, pattern)
    if not pc.any(found, min_count=0).as_py():
        return lines
    changed = change(lines.filter(found)).combine_chunks()
    return pa.chunked_array(
        [pc.replace_with_mask(lines.combine_chunks(), found.combine_chunks(), changed)]
    )


def _capitals(lines: pa.ChunkedArray) -> pa.ChunkedArray:
    if pc.all(pc.string_is_ascii(lines), min_count=0).as_py():
        return pc.ascii_upper(lines)
    sharp = pc.replace_substring(pc.utf8_normalize(lines, form="NFC"), "ß", "SS")
    return pc.utf8_upper(sharp)


def _without_punctuation(lines: pa.ChunkedArray) -> pa.ChunkedArray:
    """Take out punctuation; the point of 39.2 RD stays, held by a comma while the others go."""
    text = pc.replace_substring_regex(lines, r'[,;:"()]', " ")
    for _ in range(2):  # of two points around one digit, a pass sees the first only
        text = pc.replace_substring_regex(text, r"([0-9])\.([0-9])", r"\1,\2")
    text = pc.replace_substring(pc.replace_substring(text, ".", " "), ",", ".")
    return _one_space(text)


def _one_space(lines: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.utf8_trim(pc.replace_substring_regex(lines, " +", " "), characters=" ")


def _with_boxes(lines: pa.ChunkedArray) -> pa.ChunkedArray:
    numbered = pc.replace_substring_regex(lines, _BOX, r"PO BOX \1")
    return pc.replace_substring_regex(numbered, r"\b(?:P O ?BOX|POST OFFICE BOX|POBOX)\b", "PO BOX")


def _with_number_signs_apart(lines: pa.ChunkedArray) -> pa.ChunkedArray:
    return _one_space(pc.replace_substring(lines, "#", " # "))


def _with_short_units(lines: pa.ChunkedArray) -> pa.ChunkedArray:
    """Abbreviate each line's first unit, then what follows it, as often as a unit is found there."""
    parts = pc.extract_regex(lines, UNIT)
    before, word, number, after = (pc.struct_field(parts, n) for n in range(4))
    places = pc.index_in(word, value_set=WORDS)
    short = pa.chunked_array([ABBREVIATIONS.take(places.combine_chunks())])
    bare = pc.replace_substring_regex(number, r"^(?:\s*#|\s+(?:NO|NUM|NUMBER)\b|\s)*", "")
    rest = _where(after, OTHERWISE_WRITTEN, _with_short_units)
    changed = pc.binary_join_element_wise(
        pc.binary_join_element_wise(before, short, BLANK),
        pc.binary_join_element_wise(bare, rest, BLANK), SPACE,
    )  # fmt: skip
    return pc.coalesce(changed, lines)  # a # behind a designator may be followed by no unit


def address_problems(table: pa.Table) -> pa.StringArray:
    """Return per row why it cannot be mailed, else null; columns addr1, city, state, zip, country.

    Abroad street and city are all that must be known. A ZIP Code of a neighbouring state is no problem: a post office may serve
    places beyond its state's line (``across_a_line``).
    """
    columns = ("addr1", "city", "state", "zip")
    addr1, city, state, zip_code = (_trimmed(table, name) for name in columns)
    home, place = pc.equal(countries_of(table), ""), _place(state, zip_code)
    tests = {
        NO_STREET: pc.equal(addr1, ""),
        NO_CITY: pc.equal(city, ""),
        NO_STATE: pc.and_(home, pc.invert(pc.is_in(state, _CODES))),
        NO_ZIP: pc.and_(home, pc.invert(pc.match_substring_regex(zip_code, ZIP5))),
        WRONG_ZIP: pc.and_(home, pc.invert(pc.is_in(place, _SERVED))),
    }
    fails = pa.StructArray.from_arrays(list(tests.values()), names=list(tests))
    return pc.case_when(fails, *map(pa.scalar, tests))


def across_a_line(state: pa.Array, zip_code: pa.Array) -> pa.BooleanArray:
    """Return which ZIP Codes are a neighbouring state's: delivered, and worth a look; null where either is."""
    return pc.is_in(_place(state, zip_code), _ACROSS)


def _place(state: pa.Array, zip_code: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(pc.utf8_slice_codeunits(zip_code, 0, 3), state, "")


def _trimmed(table: pa.Table, name: str) -> pa.Array:
    text = table[name].cast(pa.string()).combine_chunks()
    return pc.utf8_trim_whitespace(pc.fill_null(text, ""))
