"""Parts of addresses taken as they are meant, where that is safe, and left alone where it is not."""

from __future__ import annotations

import pyarrow as pa
import pytest

from renotify.values.address_as_meant import as_meant
from renotify.values.characters import with_plain_characters


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
        ("XX", "62701", ("XX", "62701", None)), (None, "96799", (None, "96799", None)), ("QC", "H3A 2A6", ("QC", "H3A 2A6", None)),
        (None, "2210", (None, "2210", None)),
    ],
)  # fmt: skip
def test_zip_codes_and_states_are_read_where_that_is_safe(state, zip_code, meant):
    row, _ = read(state=state, zip=zip_code)
    assert (row["state"], row["zip"], row["zip4"]) == meant


@pytest.mark.parametrize(
    ("zip4", "meant"),
    [("0074", "0074"), ("74", "0074"), ("-1234", "1234"), ("0000", None), ("12AB", None), (None, None)],
)  # fmt: skip
def test_a_plus_4_has_four_digits_or_is_none(zip4, meant):
    assert read(zip4=zip4)[0]["zip4"] == meant


def test_a_plus_4_in_its_own_column_counts_before_the_one_beside_the_zip_code():
    assert read(zip="02108-1111", zip4="2222")[0]["zip4"] == "2222"


def test_an_address_that_names_another_country_is_left_alone():
    row, changed = read(state="N.Y.", zip="123456789", country="MX")
    assert (row["state"], row["zip"], changed) == ("N.Y.", "123456789", {})


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
        # something would be lost, or nothing is gained
        ("6th ½ St", "6th ½ St"), ("Lexus™ ®", "Lexus™ ®"), ("m²", "m²"), ("Ĳssel", "Ĳssel"), ("Müller", "Müller"), ("鈴木", "鈴木"),
    ],
)  # fmt: skip
def test_characters_that_nobody_sees_go_and_plain_ones_are_taken(typed, plain):
    assert with_plain_characters(pa.array(["x", typed, None])).to_pylist() == ["x", plain, None]
