"""Takes the parts of an address as they are meant where that is safe: ZIP Codes, states, the place of the street.

ZIP+4 in the column of the ZIP Code, with or without its hyphen; zeros that a spreadsheet dropped, where the state settles them;
a state by its name or an older short form, or misspelt beside a ZIP Code of it; a blank state that the ZIP Code settles, ``CA`` over a
postal code of Canada, a state that the city's cell repeats, the
older states of military mail; a country that is none, or that state and ZIP Code contradict; a street in the second line. What is
not safe stays as it is, for the rules of the columns to refuse. A column in which nothing of the kind occurs costs one look.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from renotify.values.abroad import (
    LIKE_CANADIAN,
    canadian_as_meant,
    contradicted,
    country_codes,
    of_each_word,
)
from renotify.values.address import WORDS, across_a_line, plain_lines
from renotify.values.different_rows import of_each
from renotify.values.last_line_as_meant import city_alone, is_nothing, read_one
from renotify.values.postal_places import (
    ACROSS,
    PREFIXES,
    STATES,
    ZIP3,
    country_code,
    territory,
)

PARTS = ("addr1", "addr2", "city", "state", "zip", "zip4", "delivery_point", "country")
ZIP5, PLUS4, POINT = r"^\d{5}$", r"^\d{4}$", r"^\d{2}$"
JOINED = r"^\s*(\d{5})[-\x{2010}-\x{2015} ]?(\d{4})\s*$"
JOINED_ZIPS = "zip_plus4"
ZEROS = "zip_zeros"
OWN_ZEROS = "own_zeros"  # which the number of digits settles
STATES_READ = "state_read"
ZIP_READ = "zip_read"
NO_PLUS4 = "plus4_none"
ACROSS_LINE = "zip_across"
STREET_MOVED = "street_moved"
OTHER_PLUS4 = "plus4_other"
NO_COUNTRY = "country_none"
AT_HOME = "country_home"
CITY_ALONE = "city_alone"
MILITARY_READ = "military_state"
POSTAL_READ = "postal_digits"

MILITARY = ("AE", "AP", "AA")
UPPER = np.uint8(0xDF)  # of a letter's byte
_FIRST = np.frombuffer(b"AFDafd ", np.uint8)
_POST = re.compile(r"\s*([AFD]PO)\b.*", re.IGNORECASE | re.DOTALL)


@dataclass
class Reading:
    """Columns as they are meant, and how many cells of which column were read otherwise than they stand."""

    columns: dict[str, pa.Array]
    changed: dict[tuple[str, str], int] = field(default_factory=dict)

    def note(self, what: str, column: str, mask: pa.Array) -> None:
        """Count the cells of a mask."""
        count = int(pc.sum(mask).as_py() or 0)
        if count:
            self.changed[what, column] = self.changed.get((what, column), 0) + count


def as_meant(columns: Mapping[str, pa.Array]) -> Reading:
    """Return the columns of addresses as they are meant: state and zip, and of the other ``PARTS`` those given.

    Text, null where blank; an address whose country column names another country, and rightly so, is left alone.
    """
    reading = Reading(dict(columns))
    _plus4_and_point(reading)
    _military(reading)
    _canada(reading)
    _countries(reading)
    _joined_zips(reading)
    _one_by_one(reading)
    _cities(reading)
    _across(reading)
    _street(reading)
    return reading


def _text(column: pa.Array) -> pa.Array:
    return pc.fill_null(column.cast(pa.string()), "")


def _matches(column: pa.Array, pattern: str) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(column, pattern), True)


def _fixed(column: pa.Array, width: int, first: str, last: str) -> npt.NDArray[np.uint8] | None:
    """Return the bytes of a column of one width whose characters all lie between two, nulls left out; None for any other. [n, width]"""
    lengths = pc.min_max(pc.binary_length(column)).as_py()
    if {*lengths.values()} - {None, width} or column.buffers()[2] is None:
        return None
    ends = np.frombuffer(column.buffers()[1], np.int32)[column.offset :][: len(column) + 1]
    held = np.frombuffer(column.buffers()[2], np.uint8)[ends[0] : ends[-1]]
    inside = not held.size or (ord(first) <= held.min() and held.max() <= ord(last))
    return held.reshape(-1, width) if inside else None


def _every(mask: pa.Array) -> bool:
    return bool(pc.all(mask, min_count=0).as_py())


def _plus4_and_point(reading: Reading) -> None:
    """Give back dropped zeros; ``0000`` and what has no digits of that number are none."""
    for name, pattern, digits in (("zip4", PLUS4, 4), ("delivery_point", POINT, 2)):
        column = reading.columns.get(name)
        if column is None or column.null_count == len(column):
            continue
        whole = _fixed(column, digits, "0", "9")
        if whole is not None and (name != "zip4" or not (whole == ord("0")).all(axis=1).any()):
            continue
        good = _matches(column, pattern)
        if name == "zip4":
            good = pc.and_(good, pc.fill_null(pc.not_equal(column, "0000"), True))
        if not _every(good):
            reading.columns[name] = _digits(reading, name, column, pc.invert(good), digits)


def _digits(reading: Reading, name: str, column: pa.Array, bad: pa.Array, digits: int) -> pa.Array:
    given = pc.utf8_trim_whitespace(column.filter(bad))
    bare = pc.replace_substring_regex(given, r"^-|\.0+$", "")
    some = pc.match_substring_regex(bare, rf"^\d{{1,{digits}}}$")
    padded = pc.utf8_lpad(bare, digits, "0")
    some = pc.and_(some, pc.not_equal(padded, "0000"))
    meant = pc.if_else(some, padded, pa.scalar(None, pa.string()))
    reading.note(OWN_ZEROS, name, pc.and_(some, pc.not_equal(bare, padded)))
    reading.note(NO_PLUS4, name, pc.and_(pc.invert(some), pc.not_equal(given, "")))
    return pc.replace_with_mask(column, bad, meant)


def _joined_zips(reading: Reading) -> None:
    """Take ZIP+4 apart where it stands in the column of the ZIP Code; a +4 in its own column counts before it."""
    column, zip4 = reading.columns["zip"], reading.columns.get("zip4")
    if _fixed(column, 5, "0", "9") is not None:
        return
    joined = pc.fill_null(pc.match_substring_regex(column, JOINED), False)
    joined = pc.and_(joined, _at_home(reading))
    if not pc.any(joined).as_py():
        return
    some = column.filter(joined)
    five, four = (pc.replace_substring_regex(some, JOINED, part) for part in (r"\1", r"\2"))
    reading.columns["zip"] = pc.replace_with_mask(column, joined, five)
    reading.note(JOINED_ZIPS, "zip", joined)
    if zip4 is not None:
        four = pc.if_else(pc.equal(four, "0000"), pa.scalar(None, pa.string()), four)
        own = zip4.filter(joined)
        own = pc.if_else(pc.equal(_text(own), ""), pa.scalar(None, pa.string()), own)
        reading.note(OTHER_PLUS4, "zip", pc.fill_null(pc.not_equal(own, four), False))
        reading.columns["zip4"] = pc.replace_with_mask(zip4, joined, pc.coalesce(own, four))


def _at_home(reading: Reading) -> pa.Array:
    """Return which rows name no other country."""
    country = reading.columns.get("country")
    if country is None or country.null_count == len(country):
        return pa.repeat(pa.scalar(value=True), len(reading.columns["zip"]))
    return pc.equal(country_codes(_text(country)), "")


def _one_by_one(reading: Reading) -> None:
    """Read the different states and ZIP Codes that are not in their form yet."""
    state, zip_code = reading.columns["state"], reading.columns["zip"]
    letters = _fixed(state, 2, "A", "Z")
    in_form = (
        letters is not None
        and not state.null_count
        and _TWO_LETTERS[letters[:, 0], letters[:, 1]].all()
    )
    if in_form and _fixed(zip_code, 5, "0", "9") is not None:
        return
    odd = pc.invert(pc.and_(_matches(zip_code, ZIP5), _states_in_form(state)))
    odd = pc.and_(odd, _at_home(reading))
    if not pc.any(odd).as_py():
        return
    states, zips, fours = _read_of_each(odd, (state, zip_code), read_one, 3)
    _keep(reading, "state", odd, states, STATES_READ)
    _keep(reading, "zip", odd, zips, ZEROS)
    if "zip4" in reading.columns:
        own = reading.columns["zip4"]
        four = pc.coalesce(own.filter(odd), pc.if_else(pc.equal(fours, ""), None, fours))
        reading.columns["zip4"] = pc.replace_with_mask(own, odd, four)


def _states_in_form(state: pa.Array) -> pa.Array:
    return pc.and_(pc.is_in(pc.utf8_upper(state), pa.array(STATES)), state.is_valid())


def _keep(reading: Reading, name: str, where: pa.Array, read: pa.Array, what: str) -> None:
    before = reading.columns[name]
    given = pc.utf8_trim_whitespace(_text(before.filter(where)))
    reading.note(what, name, pc.not_equal(given, read))
    read = pc.if_else(pc.equal(read, ""), pa.scalar(None, pa.string()), read)
    reading.columns[name] = pc.replace_with_mask(before, where, read)


def _read_of_each(
    where: pa.Array, columns: tuple[pa.Array, ...], read: Callable[..., tuple[str, ...]], width: int
) -> list[pa.Array]:
    """Return what the different texts of some rows give, a column for each of the ``width`` texts of an answer; blank for null."""
    given = [pa.chunked_array([_text(column.filter(where))]) for column in columns]
    answers = of_each(given, read, pa.list_(pa.string())).combine_chunks()
    return [pc.list_element(answers, place) for place in range(width)]


# Military mail, countries, cities


def _bytes_from(column: pa.Array, place: int) -> npt.NDArray[np.uint8]:
    """Return the byte at a place of each text, counted from its end where negative; another text's where it is shorter. [n]"""
    held = column.buffers()[2]
    if held is None or not held.size:
        return np.zeros(len(column), np.uint8)
    ends = np.frombuffer(column.buffers()[1], np.int32)[column.offset :][: len(column) + 1]
    at = (ends[1:] if place < 0 else ends[:-1]) + place
    return np.frombuffer(held, np.uint8)[np.clip(at, 0, held.size - 1)]


def _two_letters() -> npt.NDArray[np.bool_]:
    table = np.zeros((256, 256), bool)
    for code in STATES:
        table[ord(code[0]), ord(code[1])] = True
    return table


_TWO_LETTERS = _two_letters()  # which two bytes are the code of a state


def _last_letters() -> npt.NDArray[np.bool_]:
    table = np.zeros((256, 256, 256), bool)
    for name in STATES.values():
        table[tuple(name.upper().encode()[-3:])] = True
    return table


_LAST_LETTERS = _last_letters()  # the last three letters of states' names
_NAMED_BEHIND = rf"(?i)\S[ ]+({'|'.join(STATES.values())})\s*$"


def _military(reading: Reading) -> None:
    """Give military mail its state (AE, AP, AA) by its ZIP Code; before these it was New York's, California's or Florida's."""
    city, names = reading.columns.get("city"), ("city", "state", "zip")
    if city is None:
        return
    post = np.isin(_bytes_from(city, 0), _FIRST)
    for place, letter in enumerate("PO", 1):
        post &= _bytes_from(city, place) & UPPER == ord(letter)
    if not post.any():
        return
    where = pa.array(post)
    read = _read_of_each(where, tuple(reading.columns[name] for name in names), _military_one, 2)
    for name, texts in zip(names[:2], read, strict=True):
        _keep(reading, name, where, texts, MILITARY_READ)


def _military_one(city: str, state: str, zip_code: str) -> tuple[str, str]:
    post = _POST.fullmatch(city)
    for code in MILITARY if post else ():
        _, five, _ = read_one(code, zip_code)
        if five[:3] in ZIP3[code] and post:
            return post[1].upper(), code
    return city.strip(), state.strip()


def _countries(reading: Reading) -> None:
    """Read a territory's word as its state; take out a country over an address of ours; count words that are no country."""
    country = reading.columns.get("country")
    if country is None or country.null_count == len(country):
        return
    blank = pc.equal(pc.utf8_trim_whitespace(_text(reading.columns["state"])), "")
    ours = of_each_word(country, lambda word: territory(word) or None)
    named = pc.and_(blank, ours.is_valid())
    if pc.any(named, min_count=0).as_py():
        _keep(reading, "state", named, ours.filter(named), STATES_READ)
    _over_ours(reading, country)
    none = pc.fill_null(of_each_word(country, _no_country).is_valid(), False)
    reading.note(NO_COUNTRY, "country", none)


def _canada(reading: Reading) -> None:
    """Give a postal code of Canada its digits back (O, I and L for 0 and 1), and its province where ``CA`` stands for the country."""
    zip_code = reading.columns["zip"]
    if _fixed(zip_code, 5, "0", "9") is not None:
        return
    where = pc.fill_null(pc.match_substring_regex(zip_code, LIKE_CANADIAN, ignore_case=True), False)
    if not pc.any(where, min_count=0).as_py():
        return
    columns = (reading.columns["state"], zip_code)
    states, zips = _read_of_each(where, columns, canadian_as_meant, 2)
    _keep(reading, "state", where, states, STATES_READ)
    _keep(reading, "zip", where, zips, POSTAL_READ)


def _no_country(word: str) -> str | None:
    """Return a word that says something and is no country; None for any other."""
    said = word.strip() and not is_nothing("country", word)
    return word if said and not country_code(word) else None


def _over_ours(reading: Reading, country: pa.Array) -> None:
    codes = _text(country_codes(country))
    named = pc.not_equal(codes, "")
    if not pc.any(named, min_count=0).as_py():
        return
    places = (reading.columns["state"], reading.columns["zip"])
    state, zip_code = _read_of_each(named, places, _as_stated, 2)
    wrong = contradicted(codes.filter(named), pc.utf8_upper(state), zip_code)
    mask = pc.replace_with_mask(named, named, wrong)
    reading.columns["country"] = pc.if_else(mask, pa.scalar(None, pa.string()), country)
    reading.note(AT_HOME, "country", mask)


def _as_stated(state: str, zip_code: str) -> tuple[str, str]:
    """Return a state and its ZIP Code as they are meant; a blank state stays blank: another country has five digits, too."""
    read, five, _ = read_one(state, zip_code)
    return (read if state.strip() else "", five)


def _cities(reading: Reading) -> None:
    """Leave off a state, and a ZIP Code behind it, that stands in the city's cell too; a blank one of them is taken from there."""
    city = reading.columns.get("city")
    if city is None or city.buffers()[2] is None:
        return
    third, second, last = (_bytes_from(city, place) for place in (-3, -2, -1))
    apart = (third == ord(" ")) | (third == ord(","))
    pointed = (second == ord(".")) | (second == ord(" "))  # Washington D.C, D C
    maybe = (
        apart & _TWO_LETTERS[second & UPPER, last & UPPER]
        | (last <= ord("9"))
        | pointed
        | _commas(city)
    )
    named = pa.array(_LAST_LETTERS[third & UPPER, second & UPPER, last & UPPER] & ~maybe)
    if pc.any(named, min_count=0).as_py():
        behind = pc.match_substring_regex(_text(city.filter(named)), _NAMED_BEHIND)
        maybe = maybe | pc.replace_with_mask(named, named, behind).to_numpy(zero_copy_only=False)
    where = pc.and_(pa.array(maybe), _at_home(reading))
    if not pc.any(where, min_count=0).as_py():
        return
    columns = (city, reading.columns["state"], reading.columns["zip"])
    cities, states, zips = _read_of_each(where, columns, city_alone, 3)
    _keep(reading, "city", where, cities, CITY_ALONE)
    _keep(reading, "state", where, states, STATES_READ)
    if pc.any(pc.and_(where, columns[2].is_null())).as_py():
        _keep(reading, "zip", where, zips, ZIP_READ)
        _joined_zips(reading)


def _commas(column: pa.Array) -> npt.NDArray[np.bool_]:
    held = np.frombuffer(column.buffers()[2], np.uint8)
    if not (held == ord(",")).any():
        return np.zeros(len(column), bool)
    found = pc.fill_null(pc.match_substring(column, ","), False)
    return np.asarray(found.to_numpy(zero_copy_only=False), bool)


def _place_numbers(
    letters: npt.NDArray[np.uint8], digits: npt.NDArray[np.uint8]
) -> npt.NDArray[np.int32]:
    """Return a number for each state and first three digits: quicker to look up in a column than their text."""
    one, two = (letters[:, place].astype(np.int32) - ord("A") for place in (0, 1))
    a, b, c = (digits[:, place].astype(np.int32) - ord("0") for place in (0, 1, 2))
    return np.asarray((one * 26 + two) * 1000 + a * 100 + b * 10 + c, np.int32)


def _neighbours() -> npt.NDArray[np.bool_]:
    table = np.zeros(26 * 26 * 1000, bool)
    text = "".join(sorted(ACROSS - PREFIXES)).encode()
    held = np.frombuffer(text, np.uint8).reshape(-1, 5)
    table[_place_numbers(held[:, 3:], held[:, :3])] = True
    return table


_NEIGHBOURS = _neighbours()


def _across(reading: Reading) -> None:
    """Count ZIP Codes of a neighbouring state; they are taken as they stand."""
    state, zip_code = reading.columns["state"], reading.columns["zip"]
    letters, digits = _fixed(state, 2, "A", "Z"), _fixed(zip_code, 5, "0", "9")
    if letters is not None and digits is not None:
        whole = len(letters) == len(digits) == len(state)
        if whole and not _NEIGHBOURS[_place_numbers(letters, digits)].any():
            return
    state = pc.utf8_upper(state)
    reading.note(ACROSS_LINE, "zip", pc.and_(across_a_line(state, zip_code), _at_home(reading)))


def _street(reading: Reading) -> None:
    """Take the second line for the street where the first is blank and the second is no unit."""
    first, second = reading.columns.get("addr1"), reading.columns.get("addr2")
    if first is None or second is None:
        return
    shortest = pc.min(pc.binary_length(first)).as_py()
    if not first.null_count and shortest and shortest > 1:
        return
    blank = pc.equal(pc.utf8_trim_whitespace(_text(first)), "")
    words = plain_lines(pa.chunked_array([_text(second)])).combine_chunks()
    unit = pc.is_in(pc.replace_substring_regex(words, r"[ #\d].*$", ""), WORDS)
    unit = pc.or_(unit, pc.starts_with(words, "#"))
    moved = pc.and_(pc.and_(blank, pc.not_equal(words, "")), pc.invert(unit))
    if pc.any(moved).as_py():
        reading.columns["addr1"] = pc.if_else(moved, second, first)
        reading.columns["addr2"] = pc.if_else(moved, pa.scalar(None, pa.string()), second)
        reading.note(STREET_MOVED, "addr1", moved)
