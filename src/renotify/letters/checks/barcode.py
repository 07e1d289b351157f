"""Whether a scanner can read the barcode: its bars and the clear zone around them, looked at on the rendered page.

The specimen's first line has the highest letters of the face, so that no owner's name stands nearer to the bars.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from renotify.letters import imb, readback
from renotify.letters.checks.finding import Finding
from renotify.letters.faces import bar_pitch
from renotify.letters.profile import INCH, Box
from renotify.letters.specimen import SPECIMEN
from renotify.letters.version import LetterVersion, Slot

DPI = 400  # 11 dots of clear zone above and below
INK = 128  # a dot darker than this is ink to a scanner
EDGE = 1.0  # dots at the edge of a bar that are grey and no finding


def zone(version: LetterVersion, slot: Slot) -> tuple[Box, Box]:
    """Return the bars' own box, and that box with the clear zone around it (USPS-B-3200), in points."""
    code = version.profile.barcode
    bars = Box(slot.x, slot.y - code.height, slot.x + code.width, slot.y)
    side, end = code.clear_side * INCH, code.clear_above_below * INCH
    around = Box(bars.left - side, bars.top - end, bars.right + side, bars.bottom + end)
    return bars, around


def seen(version: LetterVersion, body: bytes) -> Iterator[Finding]:
    """Nothing but the bars is in the clear zone, and each bar is the one that the specimen's digits make."""
    for slot in version.slots:
        if slot.name != "imb":
            continue
        bars, around = zone(version, slot)
        picture = readback.raster(body, slot.page - 1, DPI, around) < INK
        if _clear(picture, bars, around).any():
            yield Finding(
                "barcode.clear",
                "USPS-B-3200",
                "something is printed in the clear zone of the barcode",
            )
        if states(picture, version, bars, around) != imb.encode([SPECIMEN["imb_payload"]])[0]:
            yield Finding("barcode.bars", "USPS-B-3200", "the printed bars are not the barcode's")


def _clear(picture: NDArray[np.bool_], bars: Box, around: Box) -> NDArray[np.bool_]:
    """Return the ink of the clear zone alone."""
    scale, left = DPI / INCH, picture.copy()
    top, bottom = ((edge - around.top) * scale for edge in (bars.top, bars.bottom))
    first, last = ((edge - around.left) * scale for edge in (bars.left, bars.right))
    rows = slice(int(top - EDGE), int(np.ceil(bottom + EDGE)))
    left[rows, int(first - EDGE) : int(np.ceil(last + EDGE))] = False
    return left


def states(picture: NDArray[np.bool_], version: LetterVersion, bars: Box, around: Box) -> str:
    """Return the bars as letters F, A, D, T by the ink at the middle of each bar's thirds; ``?`` is no bar."""
    code, scale = version.profile.barcode, DPI / INCH
    pitch = bar_pitch(code)
    middles = bars.left - around.left + code.bar_width * INCH / 2 + pitch * np.arange(imb.BARS)
    heights = bars.top - around.top + code.height * np.array([1, 3, 5]) / 6
    upper, middle, lower = picture[
        (heights * scale).astype(int)[:, None], (middles * scale).astype(int)
    ]
    return "".join(
        "TADF"[int(up) + 2 * int(down)] if track else "?"
        for up, track, down in zip(upper, middle, lower, strict=True)
    )
