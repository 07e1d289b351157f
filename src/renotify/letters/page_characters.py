"""The characters of a finished page, read once: several checks look at the same ones.

A page has some 2,500, and each question about one is a call of the reader: whoever wants a character's place, type or box asks here.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Mapping
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from renotify.letters.version import Slot

NEAR = 0.6  # points by which a character's origin may lie outside of its slot


class Characters(NamedTuple):
    """Characters in the order in which they were painted, made-up spaces left out; of the columns one row each, in points from top left.

    ``right`` is where the advance ends, ``height`` the type size upright and ``size`` the narrower way, both after every scaling,
    ``box`` the ink (left, top, right, bottom), ``number`` its place on the reader's page.
    """

    codes: NDArray[np.uint32]
    number: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    right: NDArray[np.float64]
    height: NDArray[np.float64]
    size: NDArray[np.float64]
    box: NDArray[np.float64]

    @property
    def inked(self) -> NDArray[np.int64]:
        """The places of those that are no spaces."""
        return np.flatnonzero(~spaces(self.codes))


def as_text(codes: NDArray[np.uint32]) -> str:
    """Return characters by their Unicode numbers as text."""
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def spaces(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Tell which characters are white space."""
    different, places = np.unique(codes, return_inverse=True)
    blank = np.array([chr(code).isspace() for code in different.tolist()], dtype=bool)
    return np.asarray(blank[places], dtype=bool)


def _asked(function: Any, values: int = 0, result: type = ctypes.c_int) -> Any:  # noqa: ANN401 - ctypes makes its types
    """Return a function of the reader that is asked for each character: with addresses for ``values``, and no lock let go between."""
    kinds = (ctypes.c_void_p, ctypes.c_int, *[ctypes.c_void_p] * values)
    return ctypes.PYFUNCTYPE(result, *kinds)(ctypes.cast(function, ctypes.c_void_p).value or 0)


_IS_GENERATED = _asked(pdfium.FPDFText_IsGenerated)
_UNICODE = _asked(pdfium.FPDFText_GetUnicode, result=ctypes.c_uint)
_FONT_SIZE = _asked(pdfium.FPDFText_GetFontSize, result=ctypes.c_double)
_ORIGIN = _asked(pdfium.FPDFText_GetCharOrigin, 2)
_BOX = _asked(pdfium.FPDFText_GetCharBox, 4)
_LOOSE_BOX = _asked(pdfium.FPDFText_GetLooseCharBox, 1)
_MATRIX = _asked(pdfium.FPDFText_GetMatrix, 1)


class _Page:
    """A page's characters as the reader numbers them, asked in one sweep for each question."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._page = page.get_textpage()
        self.raw = ctypes.cast(self._page.raw, ctypes.c_void_p).value
        self.count = self._page.count_chars()
        self.foot = page.get_height()

    def words(self) -> str:
        """Return the page's text as the reader puts it together."""
        return str(self._page.get_text_range())

    def answers(self, function: Any) -> list[Any]:  # noqa: ANN401
        """Return what a function says of each character."""
        return list(map(function, repeat(self.raw), range(self.count)))

    def values(self, function: Any, width: int) -> NDArray[np.float64]:  # noqa: ANN401
        """Return what a function writes of each character, in points to so many places."""
        table = np.zeros((self.count, width))
        self._write(function, *(_places(table, column) for column in range(width)))
        return table

    def structures(self, function: Any, width: int) -> NDArray[np.float64]:  # noqa: ANN401
        """Return what a function writes of each character to a structure of so many floats."""
        table = np.zeros((self.count, width), dtype=np.float32)
        self._write(function, _places(table))
        return table.astype(np.float64)

    def _write(self, function: Any, *places: range) -> None:  # noqa: ANN401
        deque(map(function, repeat(self.raw), range(self.count), *places), maxlen=0)


def _places(table: NDArray[Any], column: int = 0) -> range:
    """Return the addresses of a column's cells."""
    first = table.ctypes.data + column * table.itemsize
    return range(first, first + table.nbytes, table.strides[0])


def characters(page: pypdfium2.PdfPage) -> Characters:
    """Return what a page prints."""
    of = _Page(page)
    printed = np.flatnonzero(np.array(of.answers(_IS_GENERATED), dtype=np.int64) == 0)
    codes = np.array(of.answers(_UNICODE), dtype=np.uint32)
    x, y = of.values(_ORIGIN, 2)[printed].T
    left, right, bottom, top = of.values(_BOX, 4)[printed].T
    advance_ends = of.structures(_LOOSE_BOX, 4)[printed, 2]
    a, b, c, d, _, _ = of.structures(_MATRIX, 6)[printed].T
    size, upright = np.array(of.answers(_FONT_SIZE))[printed], np.hypot(c, d)
    return Characters(
        codes[printed],
        printed,
        x,
        of.foot - y,
        np.maximum(x, advance_ends),
        size * upright,
        size * np.minimum(np.hypot(a, b), upright),
        np.column_stack((left, of.foot - top, right, of.foot - bottom)),
    )


def slots_at(
    x: NDArray[np.float64], y: NDArray[np.float64], slots: Mapping[int, Slot]
) -> NDArray[np.int64]:
    """Return the slot in which each origin lies, the first one of several, -1 for none."""
    found = np.full(len(x), -1, dtype=np.int64)
    for number, slot in reversed(list(slots.items())):
        level = np.abs(y - slot.y) < NEAR
        found[level & (slot.x - NEAR <= x) & (x <= slot.x + slot.width + NEAR)] = number
    return found


def slot_codes(
    page: pypdfium2.PdfPage, slots: Mapping[int, Slot]
) -> tuple[dict[int, list[int]], str]:
    """Return the codes of each slot's characters on one page, by the slots' indices, and its words; quicker than all that a page prints."""
    of = _Page(page)
    x, y = of.values(_ORIGIN, 2).T
    own = slots_at(x, of.foot - y, slots)
    found: dict[int, list[int]] = {number: [] for number in slots}
    for place in np.flatnonzero(own >= 0).tolist():
        if not _IS_GENERATED(of.raw, place):
            found[int(own[place])].append(_UNICODE(of.raw, place))
    return found, of.words()
