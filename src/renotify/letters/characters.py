"""The characters of a finished page, read once: several checks look at the same ones.

A page has some 2,500, and each question about one is a call of the reader: whoever wants a character's place, type or box asks here.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from renotify.letters.version import Slot

NEAR = 0.6  # points by which a character's origin may lie outside of its slot


class Characters(NamedTuple):
    """Characters in the order in which they were painted, made-up spaces left out; of the columns one row each, in points from top left.

    ``right`` is where the advance ends, ``height`` the type size upright and ``size`` the narrower way, both after every scaling,
    ``box`` the ink (left, top, right, bottom), ``index`` the number on the reader's page.
    """

    text: str
    index: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    right: NDArray[np.float64]
    height: NDArray[np.float64]
    size: NDArray[np.float64]
    box: NDArray[np.float64]

    @property
    def inked(self) -> NDArray[np.int64]:
        """The places of those that are no spaces."""
        return np.flatnonzero([not one.isspace() for one in self.text])


def characters(page: pypdfium2.PdfPage) -> Characters:
    """Return what a page prints."""
    text = page.get_textpage()
    raw, foot = text.raw, page.get_height()
    x, y, left, right, bottom, top = (ctypes.c_double() for _ in range(6))
    by, loose = pdfium.FS_MATRIX(), pdfium.FS_RECTF()
    codes, rows = [], []
    for index in range(text.count_chars()):
        if pdfium.FPDFText_IsGenerated(raw, index):
            continue
        pdfium.FPDFText_GetCharOrigin(raw, index, x, y)
        pdfium.FPDFText_GetLooseCharBox(raw, index, loose)
        pdfium.FPDFText_GetMatrix(raw, index, by)
        pdfium.FPDFText_GetCharBox(raw, index, left, right, bottom, top)
        codes.append(pdfium.FPDFText_GetUnicode(raw, index))
        rows.append((
            index, x.value, y.value, loose.right, pdfium.FPDFText_GetFontSize(raw, index), by.a, by.b, by.c, by.d,
            left.value, top.value, right.value, bottom.value,
        ))  # fmt: skip
    table = np.array(rows, dtype=np.float64).reshape(-1, 13)
    upright = np.hypot(table[:, 7], table[:, 8])
    return Characters(
        "".join(map(chr, codes)),
        table[:, 0].astype(np.int64),
        table[:, 1],
        foot - table[:, 2],
        np.maximum(table[:, 1], table[:, 3]),
        table[:, 4] * upright,
        table[:, 4] * np.minimum(np.hypot(table[:, 5], table[:, 6]), upright),
        np.column_stack((table[:, 9], foot - table[:, 10], table[:, 11], foot - table[:, 12])),
    )


def slots_at(
    x: NDArray[np.float64], y: NDArray[np.float64], slots: Mapping[int, Slot]
) -> NDArray[np.int64]:
    """Return the slot in which each origin lies, the first one of several, -1 for none."""
    found = np.full(len(x), -1, dtype=np.int64)
    for number, slot in reversed(slots.items()):
        level = np.abs(y - slot.y) < NEAR
        found[level & (slot.x - NEAR <= x) & (x <= slot.x + slot.width + NEAR)] = number
    return found


def slot_codes(page: pypdfium2.PdfPage, slots: Mapping[int, Slot]) -> dict[int, list[int]]:
    """Return the codes of each slot's characters on one page, by the slots' indices; nothing else is asked of the others."""
    text = page.get_textpage()
    raw, foot, count = text.raw, page.get_height(), text.count_chars()
    x, y = ctypes.c_double(), ctypes.c_double()
    across, up = [], []
    for index in range(count):
        pdfium.FPDFText_GetCharOrigin(raw, index, x, y)
        across.append(x.value)
        up.append(y.value)
    found: dict[int, list[int]] = {number: [] for number in slots}
    own = slots_at(np.array(across), foot - np.array(up), slots)
    for index in np.flatnonzero(own >= 0).tolist():
        if not pdfium.FPDFText_IsGenerated(raw, index):
            found[int(own[index])].append(pdfium.FPDFText_GetUnicode(raw, index))
    return found
