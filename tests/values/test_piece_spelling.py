"""The sixteen letters of a piece's id, spelt again by hand from the digest; many pieces have many ids."""

from __future__ import annotations

import hashlib

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import at_once
from folder import make_vin
from renotify.errors import BadInput
from renotify.values.piece import piece_id, piece_ids

# Douglas Crockford's alphabet of base 32: no I, L, O or U
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x1f"), max_size=12)


def by_hand(*parts: str) -> str:
    """Take 80 bits of SHA-256 over the four parts and spell them five at a time."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    bits = f"{int.from_bytes(digest[:10], 'big'):080b}"
    return "".join(CROCKFORD[int(bits[at : at + 5], 2)] for at in range(0, 80, 5))


@given(names, names, names, names)
def test_an_id_is_the_first_eighty_bits_of_the_digest_in_crockford_s_letters(a, b, c, d):
    assert piece_id(a, b, c, d) == by_hand(a, b, c, d)


def columns(rows):
    return [pa.chunked_array([list(values)], pa.string()) for values in zip(*rows, strict=True)]


def test_two_hundred_thousand_pieces_have_two_hundred_thousand_ids():
    count = 50_000
    vins = pa.array([f"JTHBK2620629{n:05d}" for n in range(count)])
    ids = []
    for followup in ("spring", "autumn"):
        for family in ("safety", "service"):
            same = [pa.chunked_array([pa.array([word] * count)]) for word in (family, "owner")]
            ids.append(piece_ids(followup, pa.chunked_array([vins]), *same))
    every = pa.concat_arrays(ids)
    assert len(every.unique()) == 4 * count
    assert every[77].as_py() == by_hand("spring", "JTHBK262062900077", "safety", "owner")
    assert every[3 * count].as_py() == by_hand("autumn", "JTHBK262062900000", "service", "owner")


def test_the_id_of_a_piece_does_not_depend_on_the_pieces_beside_it():
    rows = [(make_vin(n), "safety", role) for n in range(20) for role in ("owner", "lessor")]
    together = piece_ids("spring", *columns(rows)).to_pylist()
    backwards = piece_ids("spring", *columns(rows[::-1])).to_pylist()
    chunked = piece_ids(
        "spring",
        *(pa.chunked_array([c.chunk(0).slice(0, 7), c.chunk(0).slice(7)]) for c in columns(rows)),
    ).to_pylist()
    assert together == backwards[::-1] == chunked


def test_parts_that_run_together_alike_are_still_different_pieces():
    ids = {
        piece_id("ab", "c", "d", "e"),
        piece_id("a", "bc", "d", "e"),
        piece_id("a", "b", "cd", "e"),
        piece_id("a", "b", "c", "de"),
        piece_id("", "abc", "d", "e"),
    }
    assert len(ids) == 5


def test_a_part_in_other_capitals_is_another_piece():
    assert piece_id("spring", make_vin(1), "safety", "owner") != piece_id(
        "Spring", make_vin(1), "safety", "owner"
    )


@at_once("place", range(4))
def test_the_separator_is_refused_in_every_part(place):
    parts = ["spring", make_vin(1), "safety", "owner"]
    parts[place] += "\x1f"
    with pytest.raises(BadInput, match="control character"):
        piece_id(*parts)
    followup, *row = parts
    with pytest.raises(BadInput, match="control character"):
        piece_ids(followup, *columns([tuple(row)]))
