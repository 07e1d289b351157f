"""Parts of addresses taken as they are meant, where that is safe, and left alone where it is not."""

from __future__ import annotations

import pyarrow as pa
import pytest

from cases import at_once
from renotify.values.address_as_meant import as_meant
from renotify.values.characters import with_plain_characters
from renotify.values.look_alikes import with_latin_words


def read(**row):
    given = {"state": "MA", "zip": "02108", "zip4": None} | row
    reading = as_meant({name: pa.array([text], pa.string()) for name, text in given.items()})
    return {name: column[0].as_py() for name, column in reading.columns.items()}, reading.changed


@pytest.mark.parametrize(
    ("state", "zip_code", "meant"),
    [
        ("GA", "31902-1200", ("GA", "31902", "1200")), ("CO", "806201226", ("CO", "80620", "1226")),
        ("CO", "80620–1226", ("CO", "80620", "1226")), ("CO", "80620 1226", ("CO", "80620", "1226")),
        ("CO", "80620122634", ("CO", "80620", "1226")), ("MI", "49546-0000", ("MI", "49546", None)),
        ("MI", "49546-", ("MI", "49546", None)), ("CA", "90210-12", ("CA", "90210", None)),
        ("ＩＬ", "６２７０１", ("IL", "62701", None)),
        ("MA", "2210", ("MA", "02210", None)), ("PR", "601", ("PR", "00601", None)), ("MA", "2210.0", ("MA", "02210", None)),
        ("MA", "22101234", ("MA", "02210", "1234")), ("NJ", "7102-1234", ("NJ", "07102", "1234")),
        ("N.Y.", "10451", ("NY", "10451", None)), ("Alabama", "35630", ("AL", "35630", None)),
        ("new  mexico", "88063", ("NM", "88063", None)), ("Calif.", "90501", ("CA", "90501", None)),
        (None, "62701", ("IL", "62701", None)), ("Puerto Rico", "926", ("PR", "00926", None)),
        # not safe: another state's zeros, digits cut off, letters, a state that is none, two states
        ("IL", "2210", ("IL", "2210", None)), ("CA", "9021", ("CA", "9021", None)), ("IL", "627O1", ("IL", "627O1", None)),
        ("XX", "62701", ("XX", "62701", None)), ("IK", "62701", ("IK", "62701", None)),
        (None, "96799", (None, "96799", None)), ("QC", "H3A 2A6", ("QC", "H3A 2A6", None)),
        (None, "2210", (None, "2210", None)),
        ("IL - Illinois", "62701", ("IL", "62701", None)), ("US-IL", "62701", ("IL", "62701", None)),
        ("IL/IN", "62701", ("IL/IN", "62701", None)), ("IL", "IL 62701", ("IL", "62701", None)),
        (None, "IL 62701-1234", ("IL", "62701", "1234")), ("IL", "62701 USA", ("IL", "62701", None)),
        ("IL", "IN 62701", ("IL", "IN 62701", None)), ("IL", "US-62701", ("IL", "62701", None)), ("USA", "62701", ("IL", "62701", None)),
    ],
)  # fmt: skip
def test_zip_codes_and_states_are_read_where_that_is_safe(state, zip_code, meant):
    row, _ = read(state=state, zip=zip_code)
    assert (row["state"], row["zip"], row["zip4"]) == meant


@at_once(
    ("state", "zip_code", "meant"),
    [
        # letters turned round, missing, doubled; a digit for a letter; cut off; more than the state
        ("ILLINIOS", "62701", "IL"), ("Massachusets", "02108", "MA"), ("CALIFRONIA", "90501", "CA"), ("New Yrok", "10001", "NY"),
        ("LI", "62701", "IL"), ("IIL", "62701", "IL"), ("1L", "62701", "IL"), ("ILL1NOIS", "62701", "IL"), ("0H", "43215", "OH"),
        ("PENNSYLV", "19101", "PA"), ("STATE OF ILLINOIS", "62701", "IL"), ("IL USA", "62701", "IL"),
        # nothing said: the ZIP Code settles it, as it does a blank
        ("N/A", "62701", "IL"), ("--", "62701", "IL"), ("17", "62701", "IL"),
        # the ZIP Code is of another state, as like two states, of another country
        ("ILLINIOS", "90210", "ILLINIOS"), ("CAROLINA", "28201", "CAROLINA"),
        ("Bayern", "80331", "Bayern"), ("Navarra", "31001", "Navarra"),
        ("NO", "28100", "NO"), ("JAL", "22000", "JAL"), ("Mexico", "87501", "Mexico"),
    ],
)  # fmt: skip
def test_a_misspelt_state_is_read_where_the_zip_code_is_of_it(state, zip_code, meant):
    assert read(state=state, zip=zip_code)[0]["state"] == meant


@at_once(
    ("state", "postcode", "meant"),
    [
        ("CA", "M5V 2T6", ("ON", "M5V 2T6")), ("ca", "h3a2a6", ("QC", "h3a2a6")), ("CA", "V6B-1A1", ("BC", "V6B-1A1")),
        ("ON", "L4M 1AO", ("ON", "L4M 1A0")), ("CA", "M5V 2TG", ("CA", "M5V 2TG")), ("ON", "MIV 2T6", ("ON", "M1V 2T6")),
        # a state of ours but for CA says that one of the two is wrong
        ("NY", "M5V 2T6", ("NY", "M5V 2T6")), ("CALIFORNIA", "M5V 2T6", ("CA", "M5V 2T6")), ("CA", "D5V 2T6", ("CA", "D5V 2T6")),
    ],
)  # fmt: skip
def test_a_postal_code_of_canada_makes_ca_the_country_and_has_its_digits(state, postcode, meant):
    row, _ = read(state=state, zip=postcode)
    assert (row["state"], row["zip"]) == meant


@pytest.mark.parametrize(
    ("zip4", "meant"),
    [("0074", "0074"), ("74", "0074"), ("-1234", "1234"), ("0000", None), ("12AB", None), (None, None)],
)  # fmt: skip
def test_a_plus_4_has_four_digits_or_is_none(zip4, meant):
    assert read(zip4=zip4)[0]["zip4"] == meant


def test_a_plus_4_in_its_own_column_counts_before_the_one_beside_the_zip_code():
    assert read(zip="02108-1111", zip4="2222")[0]["zip4"] == "2222"


def test_an_address_that_names_another_country_is_left_alone():
    row, changed = read(state="N.L.", zip="123456789", country="MX")
    assert (row["state"], row["zip"], changed) == ("N.L.", "123456789", {})


@at_once(
    ("country", "state", "zip_code", "kept", "noted"),
    [
        # a code that is a state's, or a country by default, over an address of ours
        ("IL", "IL", "62701", None, "country_home"), ("CA", "Calif.", "92618-1234", None, "country_home"),
        ("DE", "DE", "19801", None, "country_home"), ("Canada", None, "92618", None, "country_home"),
        ("Germany", "IL", "62701", None, "country_home"), ("KR", "AP", "96266", None, "country_home"),
        # what is no country
        ("Sangamon", "IL", "62701", "Sangamon", "country_none"), ("FALSE", "IL", "62701", "FALSE", "country_none"),
        ("Unites States", "IL", "62701", "Unites States", "country_none"),
        # words for nothing are blanked, and noted, where all columns' are
        ("N/A", "IL", "62701", "N/A", None), ("UNKNOWN", "IL", "62701", "UNKNOWN", "country_none"),
        # ours, and theirs
        ("UNITED  STATES", "IL", "62701", "UNITED  STATES", None), ("E.U.A.", "IL", "62701", "E.U.A.", None),
        ("United States Of America (USA)", "IL", "62701", "United States Of America (USA)", None),
        ("CA", "ON", "M5V 2T6", "CA", None), ("DE", None, "19801", "DE", None), ("IT", "TN", "38121", "IT", None),
        ("MX", "BC", "22000", "MX", None), ("DE", "IL", "10115", "DE", None),
    ],
)  # fmt: skip
def test_a_country_over_an_address_of_ours_is_taken_out_and_a_word_that_is_none_is_counted(
    country, state, zip_code, kept, noted
):
    row, changed = read(country=country, state=state, zip=zip_code)
    assert row["country"] == kept
    assert {what for what, column in changed if column == "country"} == ({noted} - {None})


def test_a_territory_in_the_column_of_countries_is_its_state():
    row, changed = read(country="Guam", state=None, zip="96910")
    assert (row["state"], changed) == ("GU", {("state_read", "state"): 1})


@at_once(
    ("city", "state", "zip_code", "meant"),
    [
        ("SPRINGFIELD, IL", None, "62701", ("SPRINGFIELD", "IL")), ("Springfield IL", "IL", "62701", ("Springfield", "IL")),
        ("Springfield, Illinois 62701", "il", "62701", ("Springfield", "il")), ("Washington, D.C.", "DC", "20001", ("Washington", "DC")),
        ("Washington D.C.", "D.C.", "20006", ("Washington", "DC")), ("WASHINGTON D C", "DC", "20006", ("WASHINGTON", "DC")),
        ("Washington D.C", None, "20006", ("Washington", "DC")), ("Buffalo N.Y.", "NY", "14201", ("Buffalo", "NY")),
        ("St. C. D.", "MO", "63101", ("St. C. D.", "MO")),
        ("SAIPAN, MP", None, "96950", ("SAIPAN", "MP")),
        # a city's own name, another state's, no city besides
        ("NEW YORK", "NY", "10001", ("NEW YORK", "NY")), ("SANTA FE", "NM", "87501", ("SANTA FE", "NM")),
        ("SPRINGFIELD ILLINOIS", "IL", "62701", ("SPRINGFIELD", "IL")), ("Fargo North Dakota", "ND", "58102", ("Fargo", "ND")),
        ("San Juan Puerto Rico 00901", "PR", "00901", ("San Juan", "PR")), ("New York", "NY", "10001", ("New York", "NY")),
        ("New York New York", "NY", "10001", ("New York", "NY")), ("Port Washington", "WI", "53074", ("Port Washington", "WI")),
        ("Fort Washington", "WA", "20744", ("Fort Washington", "WA")), ("Illinois", "IL", "62701", ("Illinois", "IL")),
        ("SPRINGFIELD, IL", "MO", "65801", ("SPRINGFIELD, IL", "MO")), ("IL", "IL", "62701", ("IL", "IL")),
        # military mail, its older states, and a country over it
        ("APO", "NY", "09096", ("APO", "AE")), ("FPO", "CA", "96620-2820", ("FPO", "AP")), ("apo", "FL", "34012", ("APO", "AA")),
        ("APO AE", None, "9096", ("APO", "AE")), ("APO NEW YORK", "NY", "09096", ("APO", "AE")),
        ("Apollo", "PA", "15613", ("Apollo", "PA")), ("FPO", "CA", "92618", ("FPO", "CA")),
    ],
)  # fmt: skip
def test_a_state_that_stands_in_the_city_s_cell_is_printed_once(city, state, zip_code, meant):
    row, _ = read(city=city, state=state, zip=zip_code, country="DE" if meant[1] == "AE" else None)
    assert (row["city"], row["state"]) == meant


@at_once(
    ("city", "state", "meant"),
    [
        ("Springfield IL 62701", None, ("Springfield", "IL", "62701", None)),
        ("Springfield, Illinois 62701-1234", None, ("Springfield", "IL", "62701", "1234")),
        ("SPRINGFIELD IL 62701", "IL", ("SPRINGFIELD", "IL", "62701", None)),
        # another state's ZIP Code, or no state at all: a person must say
        ("Springfield IL 02108", None, ("Springfield IL 02108", None, None, None)),
        ("Springfield IL 62701", "MO", ("Springfield IL 62701", "MO", None, None)),
        ("Springfield IL", "IL", ("Springfield", "IL", None, None)),
        ("Camp 12345", None, ("Camp 12345", None, None, None)),
    ],
)  # fmt: skip
def test_a_city_s_cell_that_holds_the_whole_last_line_is_taken_apart(city, state, meant):
    row, _ = read(city=city, state=state, zip=None)
    assert (row["city"], row["state"], row["zip"], row["zip4"]) == meant


def test_zeros_that_their_own_number_settles_are_counted_apart_from_those_that_the_state_does():
    changed = read(zip="2108", zip4="12", delivery_point="5")[1]
    assert changed == {
        ("zip_zeros", "zip"): 1,
        ("own_zeros", "zip4"): 1,
        ("own_zeros", "delivery_point"): 1,
    }


def test_a_plus_4_that_another_column_overrules_is_counted():
    assert read(zip="02108-1111", zip4="2222")[1]["plus4_other", "zip"] == 1
    assert ("plus4_other", "zip") not in read(zip="02108-2222", zip4="2222")[1]


@pytest.mark.parametrize(
    ("street", "second", "first"),
    [(None, "742 Evergreen Ter", "742 Evergreen Ter"), ("", "PO Box 12", "PO Box 12"), (None, "Apt 4", None), (None, "# 4", None),
     ("1 Elm St", "2 Oak St", "1 Elm St")],
)  # fmt: skip
def test_a_street_in_the_second_line_is_the_street_and_a_unit_is_none(street, second, first):
    row, _ = read(addr1=street, addr2=second)
    assert (row["addr1"] or None, row["addr2"]) == (first, None if first == second else second)


def test_what_was_read_otherwise_is_counted_and_what_was_not_is_the_same_column():
    state, zips = ["MA", "CT", "CA", "N.Y."], ["2210", "06006-0001", "97635", "10451"]
    reading = as_meant({"state": pa.array(state), "zip": pa.array(zips)})
    assert reading.changed == {
        ("zip_zeros", "zip"): 1, ("zip_plus4", "zip"): 1, ("zip_across", "zip"): 1, ("state_read", "state"): 1,
    }  # fmt: skip
    clean = {"state": pa.array(["MA"]), "zip": pa.array(["02108"])}
    assert all(as_meant(clean).columns[name] is column for name, column in clean.items())


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("a\u00a0b", "a b"), ("\u200b12 Elm", "12 Elm"), ("\u202eEVIL", "EVIL"), ("\ufeffANNA", "ANNA"), ("soft\u00adly", "softly"),
        ("Geoﬀrey ﬁn", "Geoffrey fin"), ("ＪＯＨＮ　１２", "JOHN 12"), ("𝐉𝐨𝐡𝐧 𝟏", "John 1"), ("Henry Ⅷ", "Henry VIII"), ("1−2", "1-2"),
        ("Ⓐⓝⓝ", "Ann"),
        # something would be lost, or nothing is gained
        ("6th ½ St", "6th ½ St"), ("Lexus™ ®", "Lexus™ ®"), ("m²", "m²"), ("Ĳssel", "Ĳssel"), ("Müller", "Müller"), ("鈴木", "鈴木"),
    ],
)  # fmt: skip
def test_characters_that_nobody_sees_go_and_plain_ones_are_taken(typed, plain):
    assert with_plain_characters(pa.array(["x", typed, None])).to_pylist() == ["x", plain, None]


@at_once(
    ("typed", "read"),
    [
        ("SM\u0406TH", "SMITH"), ("An\u0430 Lopez", "Ana Lopez"), ("\u041e'BRIEN", "O'BRIEN"), ("12 \u039cAIN ST", "12 MAIN ST"),
        # as it is written: another letter, no Latin one, words each of its own alphabet
        ("SM\u0416TH", "SM\u0416TH"), ("\u0418\u0432a\u043d", "\u0418\u0432a\u043d"), ("\u0421\u041e\u041c", "\u0421\u041e\u041c"),
        ("Anna \u041e\u0412\u0410", "Anna \u041e\u0412\u0410"), ("José", "José"),
    ],
)  # fmt: skip
def test_a_latin_word_with_look_alikes_of_another_alphabet_is_read_as_latin(typed, read):
    assert with_latin_words(pa.array(["x", typed, None])).to_pylist() == ["x", read, None]
