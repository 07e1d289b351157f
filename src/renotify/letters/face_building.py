"""What the shipped faces give to fields, worked out from their outlines with fontTools; ``faces`` reads what is kept of it.

``tools/field_faces.py`` writes it to the package, and a test holds the two together: a release of letters neither loads fontTools nor
cuts a face down anew.
"""

from __future__ import annotations

import functools
import io
from typing import Any

import numpy as np
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph
from numpy.typing import NDArray

from renotify.letters.faces import BAR_ADVANCE, BAR_UNITS, CODES, FACES, bar_name, bar_size
from renotify.letters.profile import INCH, Barcode
from renotify.letters.typesetting import FONTS

# Basic Latin to the letters of phonetics, modifier letters (okina), Greek, Cyrillic, Vietnamese and other additional Latin,
# Greek of many accents, and the marks of prose;
# controls, the no-break space, the soft hyphen and every bidirectional mark stay out
_RANGES = (
    (0x0020, 0x007E),
    (0x00A1, 0x00AC),
    (0x00AE, 0x0148),
    (0x014A, 0x02FF),
    (0x0370, 0x0482),
    (0x048A, 0x052F),
    (0x1E00, 0x1FFF),
    (0x2010, 0x2015),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x2032, 0x2033),
    (0x2039, 0x203A),
    (0x20AC, 0x20AC),
    (0x2116, 0x2116),
    (0x2122, 0x2122),
)


@functools.cache
def _cmap() -> dict[int, str]:
    """Return glyph names of the codes that every face has."""
    maps = [TTFont(FONTS / f"{face}.ttf", lazy=True).getBestCmap() for face in FACES]
    return {code: name for code, name in maps[0].items() if all(code in m for m in maps)}


@functools.cache
def repertoire() -> NDArray[np.bool_]:
    """Return for each code below ``CODES`` whether a field may hold it."""
    table = np.zeros(CODES, dtype=bool)
    for first, last in _RANGES:
        table[[code for code in range(first, last + 1) if code in _cmap()]] = True
    return table


def advances(face: str) -> NDArray[np.int32]:
    """Return the advance of each code of the repertoire in thousandths of the type size, else 0."""
    font = TTFont(FONTS / f"{face}.ttf", lazy=True)
    widths, names = font["hmtx"], font.getBestCmap()
    table = np.zeros(CODES, dtype=np.int32)
    for code in np.flatnonzero(repertoire()).tolist():
        table[code] = widths[names[code]][0]
    return table


def reach(face: str) -> tuple[float, float]:
    """Return how far a face's characters reach below and above the base line, in type sizes."""
    font = TTFont(FONTS / f"{face}.ttf", lazy=True)
    outlines, names = font["glyf"], font.getBestCmap()
    glyphs = (outlines[names[code]] for code in np.flatnonzero(repertoire()).tolist())
    drawn = [(glyph.yMin, glyph.yMax) for glyph in glyphs if glyph.numberOfContours]
    units = font["head"].unitsPerEm
    return min(low for low, _ in drawn) / units, max(high for _, high in drawn) / units


def _bytes(font: TTFont) -> bytes:
    target = io.BytesIO()
    font.save(target)
    return target.getvalue()


def field_font(face: str) -> tuple[bytes, bytes]:
    """Return the face cut down to the repertoire, and its CIDToGIDMap: two bytes for each code."""
    font = TTFont(FONTS / f"{face}.ttf", recalcTimestamp=False)
    for rules in ("GPOS", "GSUB", "GDEF"):  # of setting, which fields are written without
        if rules in font:
            del font[rules]
    codes = np.flatnonzero(repertoire()).tolist()
    options = Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=[1, 2, 4, 6])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    names, table = font.getBestCmap(), np.zeros(CODES, dtype=">u2")
    for code in codes:
        table[code] = font.getGlyphID(names[code])
    return _bytes(font), table.tobytes()


def _bar(width: float, bottom: float, top: float) -> Glyph:
    pen = TTGlyphPen(None)
    corners = [(0, bottom), (0, top), (width, top), (width, bottom)]
    pen.moveTo((0, round(bottom)))
    for x, y in corners[1:]:
        pen.lineTo((round(x), round(y)))
    pen.closePath()
    return pen.glyph()


def bar_font(code: Barcode) -> bytes:
    """Return a font of four glyphs, F A D T, drawn to the profile's sizes.

    The base line is the foot of a full bar, so that a barcode's box is its full height.
    """
    unit = bar_size(code) / BAR_UNITS
    full, tracker = code.full_height * INCH / unit, code.tracker_height * INCH / unit
    low = (full - tracker) / 2
    extents = {"F": (0, full), "A": (low, full), "D": (0, low + tracker), "T": (low, low + tracker)}
    names = [".notdef", *extents]
    builder = FontBuilder(BAR_UNITS, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(name): name for name in extents})
    glyphs = {name: _bar(code.bar_width * INCH / unit, *ends) for name, ends in extents.items()}
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), **glyphs})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (BAR_ADVANCE, 0)))
    builder.setupHorizontalHeader(ascent=round(full), descent=0)
    builder.setupNameTable({"familyName": "Renotify IMb", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.setupHead(unitsPerEm=BAR_UNITS, created=0, modified=0)
    builder.font.recalcTimestamp = False
    return _bytes(builder.font)


def kept(code: Barcode) -> dict[str, NDArray[Any]]:
    """Return all that ``faces`` reads, by its names there; ``code`` is the barcode of the shipped profile."""
    found: dict[str, NDArray[Any]] = {
        "repertoire": repertoire(),
        bar_name(code): _raw(bar_font(code)),
    }
    for face in FACES:
        program, glyphs = field_font(face)
        found |= {
            f"advances {face}": advances(face),
            f"reach {face}": np.array(reach(face)),
            f"program {face}": _raw(program),
            f"glyphs {face}": _raw(glyphs),
        }
    return found


def _raw(body: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(body, np.uint8)
