import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import at_once
from renotify.errors import BadInput
from renotify.values.piece import ALPHABET, piece_id, piece_ids

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x1f\x00"), max_size=9)


def columns(rows):
    return [pa.chunked_array([list(values)], pa.string()) for values in zip(*rows, strict=True)]


def test_a_piece_keeps_its_id_for_ever():
    assert piece_id("spring", "JTHBK262762000001", "safety", "owner") == "ZSADCPKY2Q7GTBY7"


def test_vehicle_family_role_and_followup_each_make_another_piece():
    one = ("spring", "JTHBK262762000001", "safety", "owner")
    others = [(*one[:at], one[at] + "x", *one[at + 1 :]) for at in range(4)]
    moved = ("springJ", "THBK262762000001", "safety", "owner")
    assert len({piece_id(*names) for names in [one, moved, *others]}) == 6


def test_an_id_can_be_read_over_the_telephone():
    made = piece_id("spring", "JTHBK262762000001", "safety", "owner")
    assert len(made) == 16
    assert set(made) <= set(ALPHABET.tobytes().decode())
    assert not set("ILOU") & set(ALPHABET.tobytes().decode())


@given(words, st.lists(st.tuples(words, words, words), min_size=1, max_size=20))
@settings(max_examples=25, deadline=None)
def test_a_wave_is_named_as_one_by_one(followup, rows):
    made = piece_ids(followup, *columns(rows)).to_pylist()
    assert made == [piece_id(followup, *row) for row in rows]


def test_an_empty_wave_has_no_ids():
    none = pa.chunked_array([], pa.string())
    assert piece_ids("spring", none, none, none).to_pylist() == []


@at_once("bad", [None, "a\x1fb"])
def test_a_piece_without_a_clear_name_is_refused(bad):
    with pytest.raises(BadInput):
        piece_ids("spring", *columns([("v", "f", "r"), ("v", bad, "r")]))


def test_a_followup_that_could_be_mistaken_is_refused():
    with pytest.raises(BadInput):
        piece_id("a\x1fb", "v", "f", "r")
    with pytest.raises(BadInput):
        piece_ids("a\x1fb", *columns([("v", "f", "r")]))
