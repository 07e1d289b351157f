"""What is done to fields that do not fit, so that the letter arrives: names, streets, models and dealers."""

from __future__ import annotations

import pytest

from letters.samples import rows
from letters.test_fields import shown
from renotify.letters.fields import prepare

TRUSTEE = (
    "WELLS FARGO DELAWARE TRUST COMPANY NA, NOT IN ITS INDIVIDUAL CAPACITY BUT SOLELY AS TRUSTEE"
    " OF THE FINANCIAL SERVICES VEHICLE TRUST"
)


def window(version, **row):
    """Return the lines of one row's window, and what was noted."""
    prepared = prepare(version, rows(**row))
    assert prepared.exceptions.to_pylist() == []
    lines = [shown(version, prepared, f"line{n}") for n in range(1, 6)]
    reasons = [reason.partition(": ") for reason in prepared.changes["reason"].to_pylist()]
    return [line for line in lines if line], {(field, what) for field, _, what in reasons}


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Иван Петров", "ИВАН ПЕТРОВ"), ("Γιώργος Παπαδόπουλος", "ΓΙΏΡΓΟΣ ΠΑΠΑΔΌΠΟΥΛΟΣ"),
        ("Kealiʻi Kaʻōpua", "KEALIʻI KAʻŌPUA"), ("Əli Məmmədov", "ƏLI MƏMMƏDOV"), ("D′Angelo", "D′ANGELO"),
        ("Xʼunei ʔaʔaa", "XʼUNEI ʔAʔAA"),  # this glottal stop has no capital
    ],
)  # fmt: skip
def test_names_in_letters_that_the_face_has_are_printed(version, typed, printed):
    lines, _ = window(version, name1=typed)
    assert lines[0] == printed


@pytest.mark.parametrize("name", ["", "  ", ".,", "鈴木 一郎", "דוד כהן", "PAT EX\ufffdMPLE"])
def test_a_blank_name_or_one_that_the_face_lacks_is_the_registered_owner_s(version, name):
    lines, noted = window(version, name1=name)
    assert lines == ["REGISTERED OWNER", "1200 EXAMPLE AVE APT 4", "SPRINGFIELD IL 62701-1234"]
    assert noted == {("name1", "to the registered owner, for want of a name that can be printed")}


def test_a_second_name_that_the_face_lacks_is_left_out(version):
    lines, noted = window(version, name2="鈴木")
    assert lines[:2] == ["MARIA O’BRIEN", "1200 EXAMPLE AVE APT 4"]
    assert noted == {("name2", "left out, for want of its letters in the face")}


WITHOUT_PRIVATE = "without an e-mail address or Social Security number in it"


@pytest.mark.parametrize("private", ["maria@example.com", "000-12-3456", "SSN 000-12-3456"])
def test_what_is_private_in_a_name_is_not_printed_and_the_name_is(version, private):
    lines, noted = window(version, name1=f"Maria O’Brien {private}", name2=private)
    assert lines == ["MARIA O’BRIEN", "1200 EXAMPLE AVE APT 4", "SPRINGFIELD IL 62701-1234"]
    assert noted == {("name1", WITHOUT_PRIVATE), ("name2", WITHOUT_PRIVATE)}


@pytest.mark.parametrize("private", ["maria@example.com", "000-12-3456"])
def test_a_name_that_is_private_alone_is_the_registered_owner_s(version, private):
    lines, noted = window(version, name1=private)
    assert lines[0] == "REGISTERED OWNER"
    assert noted == {
        ("name1", WITHOUT_PRIVATE), ("name1", "to the registered owner, for want of a name that can be printed"),
    }  # fmt: skip


def test_marks_and_symbols_that_no_letter_has_are_left_out_and_the_name_stays(version):
    lines, noted = window(version, name1="ADÉẸ\u0301 🙂 WHITE")
    assert lines[0] == "ADÉẸ WHITE"
    assert noted == {("name1", "marks or symbols left out that the face does not have")}


@pytest.mark.parametrize(
    ("typed", "printed"), [("John Smith ²ⁿᵈ™", "JOHN SMITH 2ND™"), ("Ann Lee ᴵᴵ", "ANN LEE II"), ("Ann ² Lee", "ANN ² LEE")]
)  # fmt: skip
def test_raised_letters_that_the_face_lacks_are_plain_ones(version, typed, printed):
    assert window(version, name1=typed)[0][0] == printed
    assert window(version, addr1="9 Elm St", addr2="Apt 3ᴮ")[0][1] == "9 ELM ST APT 3B"


def test_a_trustee_takes_the_free_lines(version):
    lines, noted = window(version, name1=TRUSTEE)
    assert len(lines) == 5
    assert " ".join(lines[:3]) == TRUSTEE.replace(",", "")
    assert lines[3:] == ["1200 EXAMPLE AVE APT 4", "SPRINGFIELD IL 62701-1234"]
    assert noted == {("name1", "over more than one line")}


def test_a_trustee_and_a_second_name_keep_the_first_where_lines_are_wanting(version):
    lines, noted = window(version, name1=TRUSTEE, name2="C/O SOMEBODY ELSE ENTIRELY AT A BANK")
    assert " ".join(lines[:3]) == TRUSTEE.replace(",", "")
    assert noted == {("name2", "left out, for want of a line")}


def test_of_a_name_longer_than_all_free_lines_the_first_are_printed(version):
    lines, noted = window(version, name1=f"{TRUSTEE} {TRUSTEE}", name2="ATTN FLEET")
    assert len(lines) == 5
    assert f"{TRUSTEE} {TRUSTEE}".replace(",", "").startswith(" ".join(lines[:3]))
    assert noted == {
        ("name1", "its first lines only, for want of more"), ("name2", "left out, for want of a line"),
    }  # fmt: skip


def test_a_second_name_that_is_lost_beside_the_registered_owner_s_is_noted(version):
    """A name of one word that no line holds gives way, and so does the second: one line is left."""
    street = "1234 South Old Reservation Boundary Road at the Corner of Mission School Lane behind the Mill"
    street += " and the Church of All Saints"
    lines, noted = window(version, name1="W" * 60, name2="ATTN FLEET", addr1=street)
    assert lines[0] == "REGISTERED OWNER"
    assert {
        ("name1", "to the registered owner, for want of a name that can be printed"), ("name2", "left out, for want of a line"),
    } <= noted  # fmt: skip


def test_what_stands_above_the_street_shares_its_line_before_a_name_is_lost(version):
    """Five lines: a trustee of three, one street, the city; care of leads the street's line, and a unit ends it."""
    for second, street in (("C/O B Ruiz", "C/O B RUIZ 9 ELM ST"), ("Apt 4", "9 ELM ST APT 4")):
        lines, noted = window(version, name1=TRUSTEE, addr1="9 Elm St", addr2=second)
        assert " ".join(lines[:3]) == TRUSTEE.replace(",", "")
        assert lines[3:] == [street, "SPRINGFIELD IL 62701-1234"]
    assert ("name1", "over more than one line") in noted


def test_a_country_that_the_address_contradicts_is_never_the_last_line(version):
    for word in ("Sangamon", "IL", "FALSE", "CA", "United States Of America (USA)"):
        assert window(version, country=word)[0][-1] == "SPRINGFIELD IL 62701-1234"


def test_a_long_street_takes_two_lines_and_nothing_of_it_is_lost(version):
    street = "1234 South Old Reservation Boundary Road at the Corner of Mission School Lane"
    lines, noted = window(version, addr1=street, addr2="Apartment 12")
    printed = street.upper().replace("SOUTH", "S").replace("LANE", "LN")
    assert " ".join(lines[1:-1]) == "APT 12 " + printed
    assert ("addr1", "over more than one line") in noted


def test_an_address_abroad_ends_with_its_country_and_has_no_barcode(version):
    abroad = {"city": "Montréal", "state": "QC", "zip": "H3A 2A6", "zip4": "", "imb_payload": ""}
    lines, _ = window(version, addr1="2001 boul. Robert-Bourassa", name2="C/O B Ruiz", **abroad)
    assert lines == ["MARIA O’BRIEN", "C/O B RUIZ", "2001 BOUL ROBERT-BOURASSA", "MONTRÉAL QC H3A 2A6", "CANADA"]  # fmt: skip
    german = {"city": "Berlin", "state": "", "zip": "10115", "zip4": "", "country": "DE", "imb_payload": ""}  # fmt: skip
    assert window(version, **german)[0][-2:] == ["10115 BERLIN", "GERMANY"]


def test_an_address_at_home_has_its_barcode_and_one_abroad_none(version):
    canada = {"city": "Montréal", "state": "QC", "zip": "H3A 2A6", "zip4": ""}
    for change in ({"imb_payload": ""}, canada):
        refused = prepare(version, rows(**change)).exceptions.to_pylist()
        assert [row["field"] for row in refused] == ["imb_payload"]


LONG = "2007 Mercedes-Benz SPRINTER 3500 CARGO VAN 170 WB HIGH ROOF"


@pytest.mark.parametrize(
    ("row", "field", "printed"),
    [
        ({"model_text": LONG, "model_short": "2007 Mercedes-Benz"}, "model_text", "2007 Mercedes-Benz"),
        ({"model_text": LONG}, "model_text", "Lexus"),
        ({"dealer_name": "Harborview Motors of Manchester, a Division of Northgate One Automotive of New Hampshire and Maine"},
         "dealer_name", "Any Lexus dealer"),
        ({"dealer_address": "Southeast Corner of State Highway 114 & Interstate 35 West Frontage Road, " * 2,
          "dealer_place": "Fort Worth, TX 76177"}, "dealer_address", "Fort Worth, TX 76177"),
        ({"dealer_phone": "1-800-555-0100 extension 12345, service drive, ask for the manager on duty"},
         "dealer_phone", "1-800-555-0100"),
        ({"dealer_name": "Lexus® of Kaʻū ™ Plaza"}, "dealer_name", "Lexus® of Kaʻū ™ Plaza"),
    ],
)  # fmt: skip
def test_no_letter_dies_of_a_model_s_or_a_dealer_s_name(version, row, field, printed):
    prepared = prepare(version, rows(**row))
    assert prepared.exceptions.num_rows == 0
    assert shown(version, prepared, field) == printed
    assert (prepared.changes.num_rows == 0) == (row[field] == printed)


@pytest.mark.parametrize(
    "phone", ["", "ask for the service manager on duty at the front desk any day"]
)
def test_the_box_of_a_dealer_without_a_number_has_the_maker_s_and_says_so(version, phone):
    prepared = prepare(version, rows(dealer_phone=phone))
    assert shown(version, prepared, "dealer_name") == rows()["dealer_name"][0].as_py()
    assert shown(version, prepared, "dealer_phone") == "1-800-555-0100"
    assert prepared.changes["reason"].to_pylist()[-1] == (
        "dealer_phone: the maker's own, for want of the dealer's"
    )


def test_any_dealer_has_no_other_dealer_s_street_or_number(version):
    prepared = prepare(version, rows(dealer_name="W" * 90))
    assert shown(version, prepared, "dealer_address") == "Call us for the one nearest to you."
    assert shown(version, prepared, "dealer_phone") == "1-800-555-0100"
