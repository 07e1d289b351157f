"""Which addresses lie outside the mail of the United States."""

from __future__ import annotations

import pyarrow as pa

from cases import at_once
from renotify.values.abroad import abroad, city_lines, country_codes


@at_once(
    ("word", "code"),
    [
        ("", ""), ("US", ""), ("usa", ""), (" United States ", ""), ("PR", ""), ("Guam", ""), ("APO", ""),
        ("CA", "CA"), ("CAN", "CA"), ("canada", "CA"), ("México", "MX"), ("Deutschland", "DE"),
        ("Россия", "RU"), ("Korea, Republic of", "KR"), ("U.A.E.", "AE"), ("FRA", "FR"), ("türkiye", "TR"),
        ("Freedonia", ""), ("Sangamon", ""), ("United States Of America (USA)", ""), ("UNITED  STATES", ""), ("0", ""),
    ],
)  # fmt: skip
def test_a_country_is_known_by_code_or_word_and_ours_is_blank(word, code):
    assert country_codes(pa.array([word])).to_pylist() == [code]


@at_once(
    ("country", "state", "zip_code", "away"),
    [
        ("", "MA", "02108", False),
        ("CA", "ON", "M5V 2T6", True),
        ("CA", "", "", True),
        ("MX", "CDMX", "06600", True),
        # a state of ours beside its own ZIP Code; Trento in Italy is TN 38121
        ("CA", "CA", "92618", False), ("DE", "DE", "19801", False), ("IL", "IL", "62701", False), ("CA", "", "92618", False),
        ("IT", "TN", "38121", True), ("DE", "", "19801", True), ("DE", "IL", "10115", True), ("CA", "ON", "12345", True),
        # Canadian without a word of it
        ("", "ON", "M5V 2T6", True), ("", "ON", "m5v2t6", True), ("", "QC", "H2X-1Y4", True),
        ("", "ONTARIO", "M5V 2T6", True), ("", "QUÉBEC", "G1R 4P5", True), ("", "", "V6B 1A1", True),
        ("", "ONT.", "M5V  2T6", True), ("", "CANADA", "M5V 2T6", True), ("", "CN", "M5V 2T6", True), ("", "B.C.", "V6B1A1", True),
        # a country in the place of the state; CA and DE are states of ours
        ("", "GERMANY", "10115", True), ("", "CANADA", "", True), ("", "CA", "90501", False), ("", "DE", "19901", False),
        ("", "CALIFORNIA", "M5V 2T6", False),
        # a state of Mexico beside a postal code of its own
        ("", "BCN", "22000", True), ("", "B.C.", "22000", True), ("", "JAL", "44100", True), ("", "NL", "64000", True),
        ("", "CHIH", "31000", True),
        ("", "JAL", "22000", False), ("", "BCN", "2200", False), ("", "MICH", "58000", False),
        # no postal code of Canada, or of no province
        ("", "ON", "12345", False), ("", "ON", "M5V", False), ("", "ON", "D5V 2T6", False),
        ("", "ON", "M5O 2T6", False), ("", "NY", "M5V 2T6", False),
        # military post goes abroad by our own mail
        ("DE", "AE", "09102", False), ("", "AP", "96201", False),
    ],
)  # fmt: skip
def test_an_address_is_abroad_by_its_country_or_by_a_canadian_postal_code(
    country, state, zip_code, away
):
    found = abroad(*(pa.array([text]) for text in (country, state, zip_code)))
    assert found.to_pylist() == [away]


@at_once(
    ("code", "state", "postcode", "line"),
    [
        ("CA", "ONTARIO", "M5V2T6", "TORONTO ON M5V 2T6"), ("CA", "P.E.I.", "c1a-1a1", "TORONTO PE C1A 1A1"),
        ("CA", "CANADA", "M5V 2T6", "TORONTO M5V 2T6"), ("DE", "", "10115", "10115 TORONTO"), ("MX", "SON", "22000", "22000 TORONTO SON"),
        ("MX", "B.C.", "22000", "22000 TORONTO BC"), ("MX", "N. L.", "64000", "64000 TORONTO NL"),
    ],
)  # fmt: skip
def test_a_province_of_canada_is_two_letters_and_its_postal_code_has_a_blank(
    code, state, postcode, line
):
    found = city_lines(*(pa.array([text]) for text in (code, "TORONTO", state, postcode)))
    assert " ".join(found[0].as_py().split()) == line
