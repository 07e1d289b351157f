"""A scanner in small: finds the bars of an Intelligent Mail barcode in a picture of a page, and measures them.

It knows nothing of the writer: dark columns are bars, what reaches above the short ones ascends, what reaches below descends.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pypdfium2

DPI = 400
BARS = 65


class Scan(NamedTuple):
    """The bars as letters, and in inches: their pitch, the full height, what is clear below them to the next ink."""

    letters: str
    pitch: float
    height: float
    clear_below: float


def picture(path: Path, page: int) -> np.ndarray:
    """Return a page of a PDF as ink or none, one row a raster line."""
    document = pypdfium2.PdfDocument(path)
    try:
        bitmap = document[page].render(scale=DPI / 72, grayscale=True)
        return np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width) < 128
    finally:
        document.close()


def _runs(ink: np.ndarray) -> list[tuple[int, int]]:
    """Return the stretches of a row that are inked: first, one past the last."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], ink.astype(int), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def scan(ink: np.ndarray) -> Scan:
    """Read the barcode of a page: the one line of ink on which 65 thin strokes stand in equal steps."""
    for middle in range(0, len(ink), 6):
        runs = _runs(ink[middle])[:BARS]  # what is printed beside it stands to the right
        if len(runs) == BARS and np.ptp(np.diff([left for left, _ in runs])) <= 2:
            return _measured(ink, middle, runs)
    raise ValueError("there is no barcode on the page")


def _measured(ink: np.ndarray, row: int, runs: list[tuple[int, int]]) -> Scan:
    ends = []
    for left, right in runs:
        column = ink[:, (left + right) // 2]
        top, bottom = row, row
        while column[top - 1]:
            top -= 1
        while column[bottom]:
            bottom += 1
        ends.append((top, bottom))
    highest, lowest = min(top for top, _ in ends), max(bottom for _, bottom in ends)
    third = (lowest - highest) / 6
    letters = "".join(
        {(True, True): "F", (True, False): "A", (False, True): "D", (False, False): "T"}[
            top < highest + third, bottom > lowest - third
        ]
        for top, bottom in ends
    )
    below = ink[lowest : lowest + DPI, runs[0][0] - DPI // 8 : runs[-1][1] + DPI // 8].any(axis=1)
    return Scan(
        letters,
        (runs[-1][0] - runs[0][0]) / (BARS - 1) / DPI,
        (lowest - highest) / DPI,
        int(np.argmax(below)) / DPI,
    )
