"""The faces that fields are written in: what they can show, how wide it is, and the fonts to embed.

A field's code for a character is the character's Unicode number (CIDFontType2, Identity-H, with a
CIDToGIDMap), so writing a field needs no look-up of glyphs, and reading it back needs none either.
Latin, Greek and Cyrillic are offered, with the letters that marks have no part in (okina, schwa, glottal stop): complex scripts
and marks that no letter is composed with need shaping, which fields do not do.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renotify.letters.profile import INCH, Barcode
from renotify.letters.typesetting import FONTS

FACES = ("NotoSans-Regular", "NotoSans-Bold")
CODES = 0x2200  # one past the highest code a field may use
KEPT = FONTS / "fields.npz"  # made by tools/field_faces.py


@functools.cache
def _kept() -> dict[str, NDArray[Any]]:
    """Return what ``face_building`` worked out once for the shipped faces."""
    with np.load(KEPT, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def repertoire() -> NDArray[np.bool_]:
    """Return for each code below ``CODES`` whether a field may hold it."""
    return _kept()["repertoire"]


def surely_shown(text: str) -> bool:
    """Tell whether a face has a glyph of its own for each character of a text, white space aside: nothing is left to shaping."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    return bool((codes < CODES).all() and (repertoire() | _white_space())[codes].all())


@functools.cache
def _white_space() -> NDArray[np.bool_]:
    white = np.zeros(CODES, dtype=np.bool_)
    white[[ord(blank) for blank in "\n\t\r\N{NO-BREAK SPACE}"]] = True
    return white


def advances(face: str) -> NDArray[np.int32]:
    """Return the advance of each code of the repertoire in thousandths of the type size, else 0."""
    return _kept()[f"advances {face}"]


def reach(face: str) -> tuple[float, float]:
    """Return how far a face's characters reach below and above the base line, in type sizes: (-0.27, 1.07).

    The highest are capitals with two accents (Ṓ, Ễ); a clear zone is kept from them, not from plain capitals.
    """
    low, high = _kept()[f"reach {face}"].tolist()
    return low, high


def field_font(face: str) -> tuple[bytes, bytes]:
    """Return the face cut down to the repertoire, and its CIDToGIDMap: two bytes for each code."""
    return _kept()[f"program {face}"].tobytes(), _kept()[f"glyphs {face}"].tobytes()


# the bar font: its advance is a whole number in PDF's thousandths, because readers round widths
BAR_UNITS = 2000
BAR_ADVANCE = 600
_PDF_ADVANCE = BAR_ADVANCE * 1000 // BAR_UNITS


def bar_pitch(code: Barcode) -> float:
    """Return the distance from bar to bar in points."""
    return INCH / code.bars_per_inch


def bar_size(code: Barcode) -> float:
    """Return the type size at which the bar font's advance is the pitch, in points."""
    return bar_pitch(code) * 1000 / _PDF_ADVANCE


def bar_name(code: Barcode) -> str:
    """Return the name under which a barcode's font is kept: its sizes."""
    sizes = (code.bars_per_inch, code.bar_width, code.full_height, code.tracker_height)
    return " ".join(("bars", *map(str, sizes)))


def bar_font(code: Barcode) -> bytes:
    """Return a font of four glyphs, F A D T, drawn to the profile's sizes.

    The base line is the foot of a full bar, so that a barcode's box is its full height.
    """
    name = bar_name(code)
    if name in _kept():
        return _kept()[name].tobytes()
    from renotify.letters import face_building  # a maker's own sizes: fontTools is needed

    return face_building.bar_font(code)
