"""Fields: normal form, repertoire, exact width, one step-down, else the list of exceptions."""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from letters.samples import rows
from renotify.errors import BadInput
from renotify.letters import faces
from renotify.letters.fields import measure, prepare

NAMES = ("O’BRIEN", "NGUYỄN", "ŁUKASZ", "ÑÚÑEZ", "SIOBHÁN", "ÅSE-MARIE D’ARC", "JOSE\u0301")
LITERAL = ("(", "\\", "<<>> endstream endobj", "%b %d %s", "){}[]/Tj")
UNSEEN = {
    "A\x00B": "A BA", "A\nB": "A BA", "A\tB": "A BA", "\u202eEVIL": "EVILA", "\u200fA": "AA", "A\u200bB": "ABA",
    "A\u00adB": "ABA", "A\u00a0B": "A BA", "\U0001f600": "A", "Q\u0301": "QA", "\ufeffA": "AA", "\uff2a\U0001d428": "JoA",
}  # fmt: skip
BY_ITS_NAME = {"model_text": "Lexus", "dealer_name": "Any Lexus dealer"}


def shown(version, prepared, name, row=0):
    number = next(n for n, slot in enumerate(version.slots) if slot.name == name)
    return bytes.fromhex(prepared.values[number][row].decode()).decode("utf-16-be")


@pytest.mark.parametrize("name", NAMES)
def test_names_of_many_countries_print_as_they_are(version, name):
    prepared = prepare(version, rows(name1=name))
    assert prepared.exceptions.num_rows == 0
    assert shown(version, prepared, "line1") == unicodedata.normalize("NFC", name)


COLUMNS = ("name1", "addr2", "model_text", "dealer_name")


@pytest.mark.parametrize("column", COLUMNS)
def test_hostile_text_prints_literally(version, column):
    table = rows(len(LITERAL), **{column: [text + "A" for text in LITERAL]})
    prepared = prepare(version, table)
    assert (prepared.exceptions.num_rows, prepared.changes.num_rows) == (0, 0)


@pytest.mark.parametrize("column", COLUMNS)
def test_what_nobody_sees_and_the_face_does_not_have_is_left_out_and_noted(version, column):
    table = rows(len(UNSEEN), **{column: [text + "A" for text in UNSEEN]})
    prepared = prepare(version, table)
    assert prepared.exceptions.num_rows == 0
    assert set(prepared.changes["reason"].to_pylist()) == {
        f"{column}: marks or symbols left out that the face does not have"
    }
    if column.endswith(("_text", "_name")):
        got = [shown(version, prepared, column, row) for row in range(len(UNSEEN))]
        assert got == list(UNSEEN.values())


@pytest.mark.parametrize(("column", "printed"), BY_ITS_NAME.items())
def test_a_model_or_dealer_in_letters_that_the_face_does_not_have_falls_back(
    version, column, printed
):
    prepared = prepare(version, rows(**{column: "鈴木"}))
    assert prepared.exceptions.num_rows == 0
    assert shown(version, prepared, column) == printed


def test_a_street_in_letters_that_the_face_does_not_have_is_refused_by_field_and_character(version):
    (row,) = prepare(version, rows(addr2="鈴木")).exceptions.to_pylist()
    assert (row["field"], row["reason"]) == (
        "addr2",
        "addr2: the letter's face has no character U+9234",
    )


def test_ten_thousand_characters_go_to_the_registered_owner_and_harm_nothing(version):
    prepared = prepare(version, rows(2, name1=["A" * 10_000, "B"]))
    assert prepared.exceptions.num_rows == 0
    assert [shown(version, prepared, "line1", row) for row in range(2)] == ["REGISTERED OWNER", "B"]
    assert prepared.changes.to_pylist() == [
        {"piece_id": "P0000001", "field": "name1", "reason":
         "name1: to the registered owner, for want of a name that can be printed"}
    ]  # fmt: skip


def test_no_reason_repeats_what_stood_in_the_field(version):
    secret = "鈴木 SECRET STREET"
    reasons = prepare(version, rows(addr1=secret)).exceptions["reason"].to_pylist()
    assert reasons
    assert "SECRET" not in " ".join(reasons)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"addr1": ""}, "addr1"),
        ({"addr1": "", "addr2": "APT 4"}, "addr1"),
        ({"addr1": " .,"}, "addr1"),
        ({"city": ""}, "city"),
        ({"vin": "1M8GDM9AXKP0427889"}, "vin"),
        ({"vin": "1M8GDM9 XKP042788"}, "vin"),
        ({"state": "Illinois"}, "state"),
        ({"zip": "6270"}, "zip"),
        ({"zip4": "12"}, "zip4"),
        ({"imb_payload": "123"}, "imb_payload"),
        ({"reference": ""}, "reference"),
    ],
)
def test_a_missing_or_malformed_field_is_an_exception(version, change, field):
    prepared = prepare(version, rows(**change))
    assert len(prepared.piece_ids) == 0
    assert field in prepared.exceptions["field"][0].as_py().split("; ")


def test_several_faults_of_one_piece_are_one_exception(version):
    found = prepare(version, rows(city="鈴", addr1="")).exceptions.to_pylist()
    assert len(found) == 1
    assert set(found[0]["field"].split("; ")) == {"city", "addr1"}


def test_an_absent_second_line_leaves_no_gap(version):
    street = "1200 NORTH EXAMPLE AVENUE OF SAMPLES"  # 36 characters: a unit stands above it
    table = rows(4, name2=["", "TWO", "", "TWO"], addr1=street, addr2=["", "", "APT 4", "APT 4"])
    prepared = prepare(version, table)
    got = [[shown(version, prepared, f"line{n}", row) for n in range(1, 6)] for row in range(4)]
    one, city = "MARIA O’BRIEN", "SPRINGFIELD IL 62701-1234"
    assert got == [
        [one, street, city, "", ""],
        [one, "TWO", street, city, ""],
        [one, "APT 4", street, city, ""],
        [one, "TWO", "APT 4", street, city],
    ]


def test_an_address_is_printed_in_the_form_of_publication_28(version):
    table = rows(
        name1="Ana Núñez", addr1="12 Fictitious St., Apartment #4b", city="St. Louis", state="MO"
    )
    prepared = prepare(version, table)
    lines = [shown(version, prepared, f"line{n}") for n in range(1, 4)]
    assert lines == ["ANA NÚÑEZ", "12 FICTITIOUS ST APT 4B", "ST LOUIS MO 62701-1234"]


def test_a_bad_character_is_blamed_on_the_field_that_a_person_typed(version):
    found = prepare(version, rows(addr2="APT 鈴", city="東京")).exceptions.to_pylist()
    assert [row["field"] for row in found] == ["addr2; city"]


@pytest.mark.parametrize(
    ("payload", "agrees"),
    [
        ("00270123456789000001", True),
        ("0027012345678900000162701", True),
        ("00270123456789000001627011234", True),
        ("0027012345678900000162701123404", True),
        ("0027012345678900000162702", False),
        ("00270123456789000001627019999", False),
        ("0027012345678900000162701123405", False),
    ],
)
def test_a_barcode_for_another_place_than_the_address_is_an_exception(version, payload, agrees):
    found = prepare(version, rows(imb_payload=payload)).exceptions.to_pylist()
    reasons = [row["reason"] for row in found]
    assert reasons == ([] if agrees else ["imb_payload: another ZIP Code than the address"])


def test_a_row_without_a_dealer_names_any_dealer_of_the_make(version):
    prepared = prepare(version, rows(dealer_name="", dealer_address="", dealer_phone=""))
    assert prepared.exceptions.num_rows == 0
    assert shown(version, prepared, "dealer_name") == "Any Lexus dealer"
    assert shown(version, prepared, "dealer_address") == "Call us for the one nearest to you."
    assert (
        shown(version, prepared, "dealer_phone")
        == version.recipe.inputs["letter"]["sender"]["phone"]
    )


def test_a_row_without_a_model_names_the_make(version):
    prepared = prepare(version, rows(model_text=""))
    assert shown(version, prepared, "model_text") == "Lexus"


def test_a_missing_column_is_named_and_optional_ones_are_not(version):
    with pytest.raises(BadInput, match="'vin'"):
        prepare(version, rows().drop_columns(["vin"]))
    kept = prepare(version, rows().drop_columns(["name2", "addr2", "zip4", "delivery_point"]))
    assert kept.exceptions.num_rows == 0


def test_a_line_a_little_too_wide_is_condensed_once(version):
    slot = next(s for s in version.slots if s.name == "line1")
    letters = int(slot.width / (slot.size * faces.advances(faces.FACES[0])[ord("W")] / 1000))
    fits, condensed, wide = "W" * letters, "W" * (letters + 1), "W" * (letters + 6)
    prepared = prepare(version, rows(3, name1=[fits, condensed, wide]))
    number = next(n for n, s in enumerate(version.slots) if s.name == "line1")
    assert b"90 Tz" not in prepared.values[number][0]
    assert b"90 Tz" in prepared.values[number][1]
    over = [shown(version, prepared, f"line{n}", 2) for n in (1, 2)]
    assert over == [fits, "W" * 6]  # within a word that is wider than a line
    assert prepared.changes["reason"].to_pylist() == ["name1: over more than one line"]


@cache
def shipped_face():
    """The glyph of each letter, and the width of each glyph."""
    from fontTools.ttLib import TTFont

    from renotify.letters.typesetting import FONTS

    font = TTFont(FONTS / f"{faces.FACES[0]}.ttf", lazy=True)
    return font.getBestCmap(), dict(font["hmtx"].metrics)


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_no_accepted_string_is_wider_than_its_slot(version, names):
    """The width is summed glyph by glyph from the shipped face, not from the writer's table."""
    cmap, widths = shipped_face()
    prepared = prepare(version, rows(len(names), name1=names))
    number = next(n for n, s in enumerate(version.slots) if s.name == "line1")
    slot = version.slots[number]
    for body in prepared.values[number]:
        share = 0.9 if b"Tz" in body else 1.0
        text = body.split(b"Tz<")[1].split(b">")[0] if b"Tz" in body else body
        letters = bytes.fromhex(text.decode()).decode("utf-16-be")
        width = sum(widths[cmap[ord(letter)]][0] for letter in letters) * slot.size / 1000
        assert width * share <= slot.width + 1e-9
    assert len(prepared.piece_ids) + prepared.exceptions.num_rows == len(names)


@given(st.lists(st.text(max_size=20), max_size=10))
def test_measuring_a_column_agrees_with_measuring_each_string(texts):
    import pyarrow as pa

    column = pa.array(texts, pa.string())
    whole = measure(column)
    for row, text in enumerate(texts):
        own = measure(pa.array([text], pa.string()))
        assert (whole.bad[row] < 0) == (own.bad[0] < 0)
        if own.bad[0] < 0:
            assert whole.hexes[row] == own.hexes[0]
        face = faces.FACES[1]
        assert np.isclose(whole.widths(face)[row], own.widths(face)[0])
