"""The check digit and the model year, position by position, beside the tables of 49 CFR 565.15 typed out here."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import at_once
from renotify.errors import BadInput
from renotify.values import vin, vin_columns
from renotify.values.vin import VinFault

ZEROS = "0" * 17

# 565.15(c), Table III: the value of each letter; Table IV: the weight of each position
VALUE_GROUPS = {
    1: "1AJ", 2: "2BKS", 3: "3CLT", 4: "4DMU", 5: "5ENV", 6: "6FW", 7: "7GPX", 8: "8HY", 9: "9RZ", 0: "0",
}  # fmt: skip
VALUES = {character: value for value, group in VALUE_GROUPS.items() for character in group}
WEIGHT = {
    1: 8, 2: 7, 3: 6, 4: 5, 5: 4, 6: 3, 7: 2, 8: 10, 10: 9, 11: 8, 12: 7, 13: 6, 14: 5, 15: 4, 16: 3, 17: 2,
}  # fmt: skip

# 565.15(d), Table VII, as the regulation prints it
YEARS = {
    "A": 1980, "B": 1981, "C": 1982, "D": 1983, "E": 1984, "F": 1985, "G": 1986, "H": 1987, "J": 1988, "K": 1989,
    "L": 1990, "M": 1991, "N": 1992, "P": 1993, "R": 1994, "S": 1995, "T": 1996, "V": 1997, "W": 1998, "X": 1999,
    "Y": 2000, "1": 2001, "2": 2002, "3": 2003, "4": 2004, "5": 2005, "6": 2006, "7": 2007, "8": 2008, "9": 2009,
}  # fmt: skip

characters = st.sampled_from(sorted(VALUES))
years, digits = st.sampled_from(sorted(YEARS)), st.text("0123456789", min_size=4, max_size=4)
anything = st.text(characters, min_size=17, max_size=17)
bodies = st.tuples(anything, years, digits).map(lambda t: t[0][:9] + t[1] + t[0][10:13] + t[2])
EUROPEAN = "STUVWXYZ"  # the first characters of makers in Europe


def put(text: str, position: int, character: str) -> str:
    return text[: position - 1] + character + text[position:]


def remainder(text: str) -> str:
    """Work the check digit out position by position, as a person does with the two tables."""
    total = sum(VALUES[text[position - 1]] * weight for position, weight in WEIGHT.items())
    return "0123456789X"[total % 11]


def test_a_one_in_a_position_gives_that_position_s_weight():
    for position, weight in WEIGHT.items():
        expected = "X" if weight == 10 else str(weight)
        assert vin.check_digit(put(ZEROS, position, "1")) == expected, position


def test_position_nine_does_not_count_itself():
    for character in "0123456789X":
        assert vin.check_digit(put(ZEROS, 9, character)) == "0"


def test_each_letter_counts_as_the_digit_of_its_group():
    """In position 17, of weight 2: R counts 9, and 18 is 7 more than 11."""
    for value, group in VALUE_GROUPS.items():
        for character in group:
            expected = "X" if 2 * value == 10 else str(2 * value % 11)
            assert vin.check_digit(put(ZEROS, 17, character)) == expected, character


def test_the_worked_example_of_the_regulation_adds_up_to_its_own_check_digit():
    """1G4AH59H_5G118341, by hand.

    8 + 49 + 24 + 5 + 32 + 15 + 18 + 80, then 45 + 56 + 7 + 6 + 40 + 12 + 12 + 2, are 411 together,
    and 411 is 37 elevens and 4.
    """
    assert (
        8 + 49 + 24 + 5 + 32 + 15 + 18 + 80 + 45 + 56 + 7 + 6 + 40 + 12 + 12 + 2
        == 411
        == 37 * 11 + 4
    )
    assert vin.check_digit("1G4AH59H05G118341") == "4"
    assert vin.fault("1G4AH59H45G118341") is VinFault.OK


@given(bodies)
def test_any_check_digit_is_the_one_worked_out_by_the_two_tables(body):
    assert vin.check_digit(body) == remainder(body)
    assert vin.fault(put(body, 9, remainder(body))) is VinFault.OK


@given(bodies, st.sampled_from(sorted(WEIGHT)), characters)
def test_one_wrong_character_passes_only_where_it_has_the_same_value(body, position, character):
    good = vin.with_check_digit(body)
    changed = put(good, position, character)
    same = VALUES[character] == VALUES[good[position - 1]]
    year = position == 10 and character not in YEARS
    letter = position >= (15 if changed[2] == "9" else 14) and not character.isdigit()
    assert (vin.fault(changed) is VinFault.OK) == (same and not year and not letter)


@given(bodies)
def test_a_column_of_one_vin_is_judged_by_the_same_tables(body):
    foreign = body[0] in EUROPEAN or body[8] == "Z"
    wrong = VinFault.EUROPEAN if foreign else VinFault.CHECK_DIGIT
    expected = VinFault.OK if body[8] == remainder(body) else wrong
    assert vin_columns.faults(pa.array([body])).tolist() == [expected]


@at_once("position", [1, 2, 8, 9, 10, 16, 17])
@at_once("character", ["I", "O", "Q", "a", "z", "-", " ", "/", ":", "@", "["])
def test_a_character_that_no_vin_has_is_found_in_every_place_of_a_column(position, character):
    """The characters beside 0, 9, A and Z in ASCII are among them, and the two halves of a pair."""
    bad = put(vin.with_check_digit("JTHBK262062000001"), position, character)
    assert vin_columns.faults(pa.array([bad])).tolist() == [VinFault.CHARACTER]
    assert vin.fault(bad) is VinFault.CHARACTER


def test_the_x_of_a_check_digit_stands_for_ten():
    """An eight in position 8 has weight 10, and 80 is 7 elevens and 3; a one alone gives 10, X.

    Ones in positions 8, 10 (the year 2001) and 17: 10 + 9 + 2 are 21, one eleven and 10.
    """
    assert vin.check_digit(put(ZEROS, 8, "8")) == "3"
    assert vin.check_digit(put(ZEROS, 8, "1")) == "X"
    good, bad = "00000001X10000001", "00000001A10000001"
    assert vin.fault(good) is VinFault.OK
    assert vin_columns.faults(pa.array([good, bad])).tolist() == [
        VinFault.OK,
        VinFault.CHECK_DIGIT,
    ]


def test_what_is_wrong_is_said_of_its_own_position():
    assert vin.problem("JTHBK26206200000I") == (
        "Position 17 holds 'I', which no VIN contains; if 1 is meant, enter 1."
    )
    assert vin.problem("jTHBK262062000001") == (
        "Position 1 holds 'j', which no VIN contains; if J is meant, enter J."
    )
    assert vin.problem("JTHBK26206200000-") == "Position 17 holds '-', which no VIN contains."
    assert vin.problem("") == "A VIN has 17 characters; this one has 0."
    assert vin.problem("X" * 18) == "A VIN has 17 characters; this one has 18."


def test_the_first_fault_is_told_length_before_characters_before_check_digit():
    assert vin.fault("IOQ") is VinFault.LENGTH
    assert vin.fault("I" * 17) is VinFault.CHARACTER
    assert vin.fault("1" * 8 + "2" + "1" * 8) is VinFault.CHECK_DIGIT


def test_each_year_code_stands_for_its_year_and_the_one_thirty_later():
    for code, year in YEARS.items():
        assert vin.model_years(put(ZEROS, 10, code)) == (year, year + 30), code


@at_once("code", ["I", "O", "Q", "U", "Z", "0", "a", "-"])
def test_the_characters_left_out_of_the_table_of_years_are_no_year(code):
    with pytest.raises(BadInput, match="Position 10"):
        vin.model_years(put(ZEROS, 10, code))


def test_a_digit_in_position_seven_means_before_2010_and_a_letter_after():
    for code, year in YEARS.items():
        text = put(ZEROS, 10, code)
        assert vin.model_year(text) == year
        assert vin.model_year(put(text, 7, "A")) == year + 30


def test_a_text_too_short_for_a_year_is_refused():
    with pytest.raises(BadInput, match="Position 10"):
        vin.model_years("JTHBK2620")


@given(st.lists(bodies, min_size=1, max_size=12))
def test_filling_in_check_digits_changes_position_nine_only_and_keeps_what_was_given(texts):
    given_bytes = np.frombuffer("".join(texts).encode(), np.uint8).reshape(-1, 17)
    before = given_bytes.copy()
    filled = vin_columns.with_check_digits(given_bytes)
    assert (given_bytes == before).all()
    others = [place for place in range(17) if place != 8]
    assert (filled[:, others] == before[:, others]).all()
    assert bytes(filled[:, 8]).decode() == "".join(map(remainder, texts))
