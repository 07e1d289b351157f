"""Addresses: the form of Publication 28, set-wise, and what keeps a piece from the mail."""

import re
import unicodedata

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import at_once
from renotify.values import address
from renotify.values.address import (
    BLOCK,
    STATES,
    address_blocks,
    address_problems,
    plain_lines,
    routing_digits,
    standard_lines,
)

HOME = {
    "name1": "Ana Núñez", "name2": "", "addr1": "123 Main St.", "addr2": "", "city": "Torrance",
    "state": "CA", "zip": "90501", "zip4": "", "delivery_point": "",
    "country": "",
}  # fmt: skip


def table(*changes):
    return pa.Table.from_pylist([HOME | change for change in changes])


def block(**change):
    """Return the lines of one address from top to bottom, without the blank ones."""
    (row,) = address_blocks(table(change)).select(BLOCK).to_pylist()
    return [line for line in row.values() if line]


def standard(line):
    return standard_lines(pa.chunked_array([pa.array([line], pa.string())]))[0].as_py()


def test_an_address_is_printed_as_publication_28_wants_it():
    lines = block(addr2="Apartment #4b", zip4="1234")
    assert lines == ["ANA NÚÑEZ", "123 MAIN ST APT 4B", "TORRANCE CA 90501-1234"]


def test_a_unit_that_does_not_fit_stands_above_its_street():
    street = "12345 N Old Country Schoolhouse Blvd W"
    lines = block(name2="c/o B. Ruiz", addr1=street, addr2="Unit 7")
    assert lines[1:4] == ["C/O B RUIZ", "UNIT 7", street.upper()]


@at_once(("letters", "lines"), [(34, 1), (35, 2)])
def test_a_line_of_forty_characters_is_the_longest_with_its_unit(letters, lines):
    """34 letters, a space and ``APT 4`` are 40 characters; one letter more is too many."""
    assert len(block(addr1="X" * letters, addr2="Apt 4")) == 2 + lines


def test_a_long_street_without_a_unit_is_one_line():
    assert block(addr1="X" * 41) == ["ANA NÚÑEZ", "X" * 41, "TORRANCE CA 90501"]


def test_a_city_is_written_without_its_points():
    assert block(city="St. Louis", state="MO", zip="63101")[-1] == "ST LOUIS MO 63101"


def test_no_addresses_have_no_lines():
    assert address_blocks(table({}).slice(0, 0)).num_rows == 0


TYPED = [
    ("100 Oak Ave, Suite #12", "100 OAK AVE STE 12"),
    ("100 Oak Ave # 12", "100 OAK AVE # 12"),
    ("100 Oak Ave #12", "100 OAK AVE # 12"),
    ("floor 3", "FL 3"),
    ("Rear", "REAR"),
    ("Penthouse", "PH"),
    ("12 Front St", "12 FRONT ST"),
    ("5 Lower Key West Rd", "5 LOWER KEY WEST RD"),
    ("39.2 Rd", "39.2 RD"),
    ("1.2.3 Rd.", "1.2.3 RD"),
    ("PO Box 12", "PO BOX 12"),
    ("12 Keys Rd Lots Ln", "12 KEYS RD LOTS LN"),
    ("12 Oak St Apt4", "12 OAK ST APT 4"),
    ("12 Oak St Suite B", "12 OAK ST STE B"),
    ("12 Oak St Apt #", "12 OAK ST APT #"),
    ("Apt # Room 5", "APT # RM 5"),
    ("URB Las Gladiolas", "URB LAS GLADIOLAS"),
    ("Building 4, Apartment 5b, Room C", "BLDG 4 APT 5B RM C"),
    ("Hauptstraße 5", "HAUPTSTRASSE 5"),
    ("  a   b ", "A B"),
    ("", ""),
]


@at_once(("typed", "printed"), TYPED)
def test_designators_are_abbreviated_and_streets_left_alone(typed, printed):
    assert standard(typed) == printed
    assert standard(printed) == printed


def test_a_column_of_lines_is_written_as_each_line_alone():
    typed, printed = zip(*TYPED, strict=True)
    assert standard_lines(pa.chunked_array([list(typed)])).to_pylist() == list(printed)


@at_once("character", ["\n", "\t", "\u00a0", "\u200b", "鈴"])
def test_a_character_that_cannot_be_printed_stays_for_the_print_run_to_refuse(character):
    assert plain_lines(pa.chunked_array([[f"a{character}b"]])).to_pylist() == [f"A{character}B"]


def one_by_one(line):
    """Write one delivery line by the words of Publication 28, with Python's regular expressions."""
    text = re.sub(r"[,;:\"()]|(?<![0-9])\.|\.(?![0-9])", " ", line.upper())
    text = " ".join(part for part in text.split(" ") if part)
    if text in address.DESIGNATORS:
        return address.DESIGNATORS[text]
    number, letter = r"\s*#?\s*([0-9][^ ]*)", r"(?:\s*#\s*|\s)([A-Z][0-9]*\b)"
    unit = re.compile(rf"\b({'|'.join(address.NUMBERED)})(?:{number}|{letter})")
    text = unit.sub(lambda found: f"{address.DESIGNATORS[found[1]]} {found[2] or found[3]}", text)
    return " ".join(text.replace("#", " # ").split())


words = st.sampled_from(
    [*address.DESIGNATORS, "12", "5b", "B", "#", "#7", "Oak", ".", "3.5", ",", ""]
)


@given(st.lists(st.lists(words, max_size=7).map(" ".join), max_size=6))
@settings(deadline=None)
def test_a_column_is_written_as_the_rule_says_line_by_line(lines):
    column = pa.chunked_array([pa.array(lines, pa.string())])
    assert standard_lines(column).to_pylist() == [one_by_one(line) for line in lines]


@given(st.lists(st.text(st.characters(max_codepoint=0x17F, exclude_characters="ŉ")), max_size=5))
@settings(deadline=None)
def test_names_are_in_capitals_and_keep_their_accents(names):
    column = pa.chunked_array([pa.array(names, pa.string())])
    for name, printed in zip(names, plain_lines(column).to_pylist(), strict=True):
        capitals = unicodedata.normalize("NFC", name).upper()
        assert [c for c in printed if c.isalpha()] == [c for c in capitals if c.isalpha()]
        assert "  " not in printed


@at_once(
    ("change", "reason"),
    [
        ({}, None),
        ({"addr1": " "}, address.NO_STREET),
        ({"city": ""}, address.NO_CITY),
        ({"state": "XX"}, address.NO_STATE),
        ({"zip": "9050"}, address.NO_ZIP),
        ({"zip": "9050O"}, address.NO_ZIP),
        ({"zip": "10001"}, address.WRONG_ZIP),
        ({"state": "PR", "zip": "00901"}, None),
        ({"state": "AE", "zip": "09021"}, None),
        ({"state": "NY", "zip": "06390"}, None),
        ({"state": "DC", "zip": "20590"}, None),
        ({"state": "ON", "zip": "M5V 2T6"}, None),
        ({"state": "ON", "zip": "12345"}, address.NO_STATE),
        ({"state": "", "zip": "06600", "country": "MX"}, None),
        ({"state": "AE", "zip": "09021", "country": "DE"}, None),
    ],
)
def test_an_address_that_cannot_be_mailed_says_why(change, reason):
    assert address_problems(table(change)).to_pylist() == [reason]


def test_a_problem_names_no_person_and_no_street():
    (sentence,) = address_problems(table({"state": "XX"})).to_pylist()
    assert not any(part in sentence for part in ("Núñez", "Main", "Torrance"))


@at_once(
    ("zip4", "point", "routing"),
    [
        ("", "", "90501"),
        ("1234", "", "905011234"),
        ("1234", "23", "90501123423"),
        ("", "23", "90501"),
        ("12a4", "23", "90501"),
    ],
)
def test_eleven_digits_are_given_only_with_a_delivery_point(zip4, point, routing):
    row = table({"zip4": zip4, "delivery_point": point})
    assert routing_digits(row).to_pylist() == [routing]


def test_no_digits_are_given_without_a_zip_code():
    assert routing_digits(table({"zip": "", "zip4": "1234"})).to_pylist() == [""]


def test_states_are_the_usps_codes():
    assert len(STATES) == 50 + 1 + 8 + 3
    assert {"DC", "PR", "GU", "VI", "AS", "MP", "AA", "AE", "AP"} < set(STATES)


fields = st.one_of(st.none(), st.sampled_from(["", " ", "CA", "NY", "ca", "90501", "10001", "x"]))


def reason(row):
    """Judge one row by the rule in plain Python."""
    addr1, city, state, code = (
        (row[name] or "").strip() for name in ("addr1", "city", "state", "zip")
    )
    if not addr1:
        return address.NO_STREET
    if not city:
        return address.NO_CITY
    if state not in STATES:
        return address.NO_STATE
    if not re.fullmatch("[0-9]{5}", code):
        return address.NO_ZIP
    return None if code[:3] + state in address.PREFIXES else address.WRONG_ZIP


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(("addr1", "city", "state", "zip"), fields))))
@settings(deadline=None)
def test_a_population_is_judged_as_one_by_one(rows):
    kinds = pa.schema(
        [(name, pa.string()) for name in ("addr1", "city", "state", "zip", "country")]
    )
    population = pa.Table.from_pylist(rows, schema=kinds)
    reasons = [reason(row) for row in rows]
    assert address_problems(population).to_pylist() == reasons
