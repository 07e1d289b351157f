"""Reading an envelope's front back: each character with its type, face and colour, and the frames that are drawn around them."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from renotify.letters import readback
from renotify.letters.checks import legibility
from renotify.letters.checks.legibility import DPI, Glyphs
from renotify.letters.page_characters import characters
from renotify.letters.profile import Box
from renotify.rules import normal

Colour = tuple[int, int, int]


class Style(NamedTuple):
    """What tells type from other type besides its size: the face, and the colour in red, green and blue."""

    face: str
    colour: Colour


class Frame(NamedTuple):
    """A drawn shape: its extent without the line around it, and the colour that fills it, None for an empty one."""

    box: Box
    fill: Colour | None


@dataclass(frozen=True, eq=False)
class Front:
    """The front of an envelope as it is printed: characters without spaces, their styles, and the frames."""

    glyphs: Glyphs
    styles: tuple[Style, ...]
    frames: tuple[Frame, ...]
    picture: NDArray[np.uint8]

    def find(self, words: str) -> range | None:
        """Return the characters that make up words: as they are written, else in whatever case, else None."""
        wanted, text = "".join(normal(words).split()), self.glyphs.text
        start = text.find(wanted)
        if start < 0:
            start = text.lower().find(wanted.lower())
        return range(start, start + len(wanted)) if start >= 0 else None

    def text(self, places: range) -> str:
        """Return characters as they are printed, without spaces."""
        return self.glyphs.text[places.start : places.stop]

    def smallest(self, places: Sequence[int]) -> float:
        """Return the smallest type of some characters, in points as seen."""
        return float(self.glyphs.size[list(places)].min())

    def box(self, places: Sequence[int]) -> Box:
        """Return the ink of some characters together, in points from the top left."""
        boxes = self.glyphs.box[list(places)]
        return Box(*map(float, (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))))

    @cached_property
    def unseen(self) -> frozenset[int]:
        """The characters without ink of their own, and those that lie on others."""
        pale = legibility.pale(self.glyphs, self.picture)
        runs = {place + n for place in pale.tolist() for n in range(legibility.RUN)}
        return frozenset(runs | set(legibility.covered(self.glyphs).tolist()))

    def around(self, box: Box) -> list[Frame]:
        """Return the frames that hold a box, the smallest first."""
        held = [frame for frame in self.frames if box.inside(frame.box)]
        return sorted(held, key=lambda frame: _area(frame.box))


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)


def read(body: bytes) -> Front:
    """Return the first page of a finished PDF as an envelope's front."""
    document = pypdfium2.PdfDocument(body)
    try:
        page = document[0]
        text, found = page.get_textpage(), characters(page)
        return Front(
            legibility.glyphs(found),
            tuple(_style(text, index) for index in found.number[found.inked].tolist()),
            tuple(_frames(page)),
            readback.raster(body, 0, DPI),
        )
    finally:
        document.close()


def _style(text: pypdfium2.PdfTextPage, index: int) -> Style:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    pdfium.FPDFText_GetFillColor(text.raw, index, red, green, blue, alpha)
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(text.raw, index, name, len(name), flags)
    face = name.value.decode("utf-8", "replace").split("+")[-1]  # without the subset's tag
    return Style(face, (red.value, green.value, blue.value))


def _frames(page: pypdfium2.PdfPage) -> Iterator[Frame]:
    height = page.get_height()
    for shape in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH]):
        points = list(_corners(shape))
        if points:
            across, up = zip(*points, strict=True)
            box = Box(min(across), height - max(up), max(across), height - min(up))
            yield Frame(box, _fill(shape))


def _corners(shape: pypdfium2.PdfObject) -> Iterator[tuple[float, float]]:
    """Yield the points of a path where they stand on the page."""
    turned, x, y = shape.get_matrix(), ctypes.c_float(), ctypes.c_float()
    for number in range(pdfium.FPDFPath_CountSegments(shape.raw)):
        pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFPath_GetPathSegment(shape.raw, number), x, y)
        yield turned.on_point(x.value, y.value)


def _fill(shape: pypdfium2.PdfObject) -> Colour | None:
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(shape.raw, mode, stroked)
    if mode.value == pdfium.FPDF_FILLMODE_NONE:
        return None
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    pdfium.FPDFPageObj_GetFillColor(shape.raw, red, green, blue, alpha)
    return red.value, green.value, blue.value
