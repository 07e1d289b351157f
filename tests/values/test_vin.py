import string

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import at_once
from renotify.errors import BadInput
from renotify.values import vin, vin_columns
from renotify.values.vin import VinFault

VALID = {
    # the regulation's own worked example, 565.15 Table VI
    "1G4AH59H45G118341": 2005,
    "1HGCM82633A004352": 2003,
    "JTHBK262762000001": 2006,
    "JTHBE262X65000001": 2006,
    "JTHBN96S965000001": 2006,
    "JTHCE96S570000001": 2007,
    "JTHBL46F275000001": 2007,
    "JTHDU46F385000001": 2008,
    "JTHBA30G645000001": 2004,
    "JTJHW31U860000001": 2006,
    "JTHKD5BH7B2000001": 2011,
    "JTHKD5BH5C2000001": 2012,
}
BUS = "1M8GDM9AXKP042788"
FAULTY = {
    "JTHBK262662000001": (
        VinFault.CHECK_DIGIT,
        "Position 9, the check digit, is 6; 7 is expected.",
    ),
    "JTHBK2627620000O1": (VinFault.CHARACTER, "Position 16 holds 'O', which no VIN contains"),
    "JTHBK26276200000": (VinFault.LENGTH, "A VIN has 17 characters; this one has 16."),
    "JTHBK2620U2000001": (
        VinFault.MODEL_YEAR,
        "Position 10 holds U, which stands for no model year.",
    ),
    "JTHBK2621Z2000001": (VinFault.MODEL_YEAR, "Position 10 holds Z"),
    "JTHBK262802000001": (VinFault.MODEL_YEAR, "Position 10 holds 0"),
    "JTHBK262062000A01": (
        VinFault.SERIAL,
        "Position 15 holds A; from position 14 on a VIN has digits only.",
    ),
    "WVGZZZ5NZEW069297": (VinFault.EUROPEAN, "Position 9 holds Z, no check digit of 49 CFR 565"),
    "VF1BA0F0518812345": (VinFault.EUROPEAN, "Position 9 holds 5, no check digit of 49 CFR 565"),
    "JMZBK12Z501234567": (VinFault.CHECK_DIGIT, "Position 9, the check digit, is 5"),
    "1Z878AS408888": (VinFault.OLD, "A VIN has 17 characters; this one has 13, and looks like"),
    "SE3P-116167": (VinFault.OLD, "A VIN has 17 characters; this one has 11, and looks like"),
}


def of(characters, count):
    return st.text(characters, min_size=count, max_size=count)


bodies = st.tuples(
    of(vin.ALPHABET, 9), of(vin.YEAR_CODES, 1), of(vin.ALPHABET, 3), of("0123456789", 4)
).map("".join)
any_characters = of(vin.ALPHABET, 17)
near_vins = st.one_of(
    bodies,
    bodies.map(vin.with_check_digit),
    any_characters,
    any_characters.map(vin.with_check_digit),
    st.tuples(of(vin.ALPHABET, 2), of("9", 1), of(vin.ALPHABET, 14))
    .map("".join)
    .map(vin.with_check_digit),
    st.text("0123456789SEPKZ-", min_size=3, max_size=16),
    st.text(vin.ALPHABET + "IOQioq é\x00", min_size=15, max_size=19),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)


@at_once("good", [*VALID, BUS, "1" * 17])
def test_a_vin_of_the_table_is_well_formed(good):
    assert vin.problem(good) is None
    assert vin.check_digit(good) == good[8]


@at_once(("good", "year"), VALID.items())
def test_position_7_tells_the_thirty_years_apart(good, year):
    assert vin.model_year(good) == year


def test_the_rule_of_position_7_does_not_bind_a_bus():
    assert vin.model_years(BUS) == (1989, 2019)
    with pytest.raises(BadInput, match="1989 and 2019"):
        vin.model_year(BUS, light=False)


def test_a_model_year_code_that_does_not_exist_is_refused():
    with pytest.raises(BadInput, match="Position 10"):
        vin.model_year("JTHBK2627U2000001")


@at_once(("bad", "expected"), FAULTY.items())
def test_a_bad_vin_is_refused_with_its_reason(bad, expected):
    fault, reason = expected
    assert vin.fault(bad) is fault
    assert vin.problem(bad).startswith(reason)


def test_a_letter_o_is_suggested_as_zero_but_never_corrected():
    assert "enter 0" in vin.problem("JTHBK2627620000O1")
    assert vin.normalise(" jthbk2627620000o1 ") == "JTHBK2627620000O1"


def test_a_row_of_ones_passes_the_check_digit_and_is_identity_for_nobody():
    assert vin.fault("1" * 17) is VinFault.OK


def test_a_zero_byte_at_the_check_digit_does_not_hide_a_wrong_character():
    assert vin_columns.faults(pa.array(["00000000\x000000000I"])).tolist() == [VinFault.CHARACTER]


@given(bodies)
def test_a_made_vin_passes_its_own_check(body):
    assert vin.problem(vin.with_check_digit(body)) is None


@given(bodies, st.sampled_from(vin.ALPHABET))
def test_changing_the_check_digit_is_always_noticed(body, other):
    good = vin.with_check_digit(body)
    changed = good[:8] + other + good[9:]
    assert (vin.fault(changed) is VinFault.OK) == (other == good[8])


def test_of_a_maker_of_few_vehicles_position_14_still_names_the_maker():
    """565.15(d): where position 3 is 9, positions 12 to 14 are the maker's, and the serial number has three digits."""
    assert vin.fault(vin.with_check_digit("1A9BK262062ABC001")) is VinFault.OK
    assert vin.fault(vin.with_check_digit("1A8BK262062ABC001")) is VinFault.SERIAL
    assert vin.problem(vin.with_check_digit("1A9BK262062ABCA01")).endswith(
        "Position 15 holds A; from position 15 on a VIN has digits only."
    )


@at_once("number", ["1Z878AS408888", "SE3P-116167", "WVGZZZ5NZEW069297", "KE20123", "1OIQ5678"])
def test_a_number_of_letters_digits_and_hyphens_can_be_a_vehicle_s_own(number):
    assert vin.names_a_vehicle(number)
    assert vin_columns.name_vehicles(pa.array([number])).to_pylist() == [True]


@at_once(
    "number", ["", "N/A", "NONE", "-12345", "1234", "SE3P 116167", "A" * 9, "1" * 18, "12345\n"]
)
def test_what_is_no_vehicle_s_number_cannot_be_excepted(number):
    assert not vin.names_a_vehicle(number)
    assert vin_columns.name_vehicles(pa.array([number, None])).to_pylist() == [False, False]


def test_check_digits_of_what_is_no_vin_are_refused():
    for bad in ("", "JTHBK26276200000", "JTHBK2627620000O1", "JTHBK2627620000é1"):
        with pytest.raises(BadInput):
            vin.check_digit(bad)


@given(st.lists(st.one_of(st.none(), near_vins), max_size=40), st.data())
@settings(max_examples=200, deadline=None)
def test_millions_are_judged_as_one_by_one(texts, data):
    expected = [VinFault.LENGTH if text is None else vin.fault(text) for text in texts]
    start = data.draw(st.integers(0, len(texts)))
    stop = data.draw(st.integers(start, len(texts)))
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        column = pa.array(texts, kind)
        assert vin_columns.faults(column).tolist() == expected
        assert (
            vin_columns.faults(column.slice(start, stop - start)).tolist() == expected[start:stop]
        )


def of_17_bytes(text):
    """The text cut or filled with zeros to 17 bytes."""
    cut = text.encode()[:17].decode(errors="ignore")
    return cut + "0" * (17 - len(cut.encode()))


@given(st.lists(near_vins.map(of_17_bytes), min_size=1), st.data())
@settings(deadline=None)
def test_columns_of_17_bytes_are_judged_without_a_copy(texts, data):
    start = data.draw(st.integers(0, len(texts)))
    column = pa.array(["x", *texts, "yy"]).slice(1 + start, len(texts) - start)
    assert vin_columns.faults(column).tolist() == [vin.fault(text) for text in texts[start:]]


def test_chunks_dictionaries_and_empty_columns_are_columns_too():
    texts = [*VALID, *FAULTY]
    expected = [vin.fault(text) for text in texts]
    chunked = pa.chunked_array([texts[:5], [], texts[5:]], pa.string())
    assert vin_columns.faults(chunked).tolist() == expected
    assert vin_columns.faults(chunked.dictionary_encode()).tolist() == expected
    assert vin_columns.faults(pa.array([], pa.string())).tolist() == []
    assert vin_columns.faults(pa.chunked_array([], pa.string())).tolist() == []
    assert vin_columns.faults(pa.nulls(3, pa.string())).tolist() == [VinFault.LENGTH] * 3


def test_blocks_join_without_a_seam():
    good, bad = "JTHBK262762000001", "JTHBK262662000001"
    count = 2 * vin_columns.BLOCK + 3
    judged = vin_columns.faults(pa.array([good] * (count - 1) + [bad]))
    assert np.flatnonzero(judged).tolist() == [count - 1]


@given(st.lists(bodies, min_size=1, max_size=20))
def test_check_digits_are_filled_in_by_the_million_as_one_by_one(texts):
    array = np.frombuffer("".join(texts).encode(), np.uint8).reshape(-1, 17)
    filled = vin_columns.with_check_digits(array)
    assert filled.tobytes().decode() == "".join(map(vin.with_check_digit, texts))


def test_check_digits_for_wrong_characters_are_refused():
    with pytest.raises(BadInput):
        vin_columns.with_check_digits(np.frombuffer(b"JTHBK2627620000O1", np.uint8).reshape(1, 17))


def test_every_fault_has_its_sentence():
    assert {vin.sentence(fault)[-1] for fault in VinFault} == {"."}
    assert set(vin.ALPHABET) == set(string.digits + string.ascii_uppercase) - set("IOQ")
