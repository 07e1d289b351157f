"""Reading a finished letter back: its text in reading order, its type, its ink.

Nothing here knows what was meant to be printed; the checks compare. Text of the slots is put where
the reader sees it: after the words that end where the slot begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
import pikepdf
import pypdfium2
from numpy.typing import NDArray

from renotify.letters.page_characters import (
    Characters,
    as_text,
    characters,
    slot_codes,
    slots_at,
)
from renotify.letters.profile import Box
from renotify.letters.version import Slot

INKED = 200  # grey levels below it are print
_PARAGRAPH = 1.5  # a base line further down than this many type sizes begins a paragraph

# what the reader reports for a hyphen that ends a line; letters are set without hyphenation, so it
# is the author's own
HYPHENS = (0x02, 0xFFFE)
_HYPHEN = dict.fromkeys(HYPHENS, "-")


class Marks(NamedTuple):
    """Printed characters in reading order, one row each: Unicode numbers, base line from the top, left and right edge, type size as
    it is seen, in points.
    """

    codes: NDArray[np.uint32]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    right: NDArray[np.float64]
    size: NDArray[np.float64]

    @property
    def text(self) -> str:
        """Return the characters one after the other, as they were painted."""
        return as_text(self.codes)

    def at(self, places: NDArray[np.intp] | NDArray[np.bool_]) -> Marks:
        """Return the characters at some places, or those that a mask names."""
        return Marks(
            self.codes[places],
            self.x[places],
            self.y[places],
            self.right[places],
            self.size[places],
        )


@dataclass(frozen=True)
class PageText:
    """One page read back: words in reading order with paragraphs, and each slot's text by index."""

    text: str
    marks: Marks
    static: Marks
    slots: dict[int, str]


def with_hyphens(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return characters with a hyphen for each that the reader reports at a line's end."""
    ends = np.logical_or.reduce([codes == code for code in HYPHENS])
    return np.where(ends, np.uint32(ord("-")), codes)


def lines(marks: Marks) -> str:
    """Return painted characters as text: lines by their base lines, paragraphs apart."""
    text, last = marks.text, marks.size[:-1]
    down = np.diff(marks.y)
    turns = np.abs(down) > 0.5
    near = (down > 0) & (down < _PARAGRAPH * last) & (np.abs(np.diff(marks.size)) < 0.2)
    blank = marks.codes == ord(" ")
    gaps = marks.x[1:] - marks.right[:-1] > 0.25 * marks.size[1:]
    gaps &= ~(turns | blank[1:] | blank[:-1])
    joined = turns & near & (marks.codes[:-1] == ord("-"))
    between = np.where(turns, np.where(near, "\n", "\n\n"), " ")
    ends = np.flatnonzero((turns | gaps) & ~joined)
    bounds = [0, *(ends + 1).tolist(), len(text)]
    parts = [text[first:last] for first, last in pairwise(bounds)]
    return "".join(chain.from_iterable(zip(parts, [*between[ends].tolist(), ""], strict=True)))


def _spliced(marks: Marks, own: NDArray[np.int64], slots: dict[int, Slot]) -> Marks:
    """Put each slot's characters (``own``: the slot of each, -1 for none) after the static one that ends where the slot begins."""
    order, y = np.flatnonzero(own < 0), marks.y.copy()
    loose = []
    filled, firsts = np.unique(own[own >= 0], return_index=True)
    for number in filled[np.argsort(firsts)].tolist():
        slot, inner = slots[number], np.flatnonzero(own == number)
        x, right = marks.x[order], marks.right[order]
        level = np.abs(y[order] - slot.y) < 0.6
        before = np.flatnonzero(level & (x < slot.x) & (slot.x - right < 6))
        if len(before):
            at = int(before[np.argmax(x[before])])
            y[inner] = y[order[at]]
            order = np.insert(order, at + 1, inner)
        else:
            loose.append(inner)
    return marks._replace(y=y).at(np.concatenate([order, *loose]))


def read_page(page: pypdfium2.PdfPage, slots: dict[int, Slot]) -> PageText:
    """Return one page's text; ``slots`` are that page's, by their index in the version."""
    return _page_text(characters(page), slots)


def _page_text(found: Characters, slots: dict[int, Slot]) -> PageText:
    codes = with_hyphens(found.codes)
    marks = Marks(codes, found.x, found.y, found.right, found.height)
    own = slots_at(found.x, found.y, slots)
    spliced = _spliced(marks, own, slots)
    values = {number: as_text(codes[own == number]) for number in np.unique(own[own >= 0]).tolist()}
    return PageText(lines(spliced), spliced, marks.at(own < 0), values)


def slot_texts(page: pypdfium2.PdfPage, slots: dict[int, Slot]) -> tuple[dict[int, str], str]:
    """Return each slot's text on one page, by the slots' indices, and the page's words; quicker than ``read_page``."""
    found, words = slot_codes(page, slots)
    texts = {number: "".join(map(chr, codes)).translate(_HYPHEN) for number, codes in found.items()}
    return texts, words


@lru_cache(maxsize=2)
def _document(body: bytes) -> pypdfium2.PdfDocument:
    """Return a finished letter opened; the checks of one letter look at it, one after the other."""
    return pypdfium2.PdfDocument(body)


@lru_cache(maxsize=8)
def _page(body: bytes, number: int) -> pypdfium2.PdfPage:
    return _document(body)[number]


@lru_cache(maxsize=8)
def characters_of(body: bytes, page: int) -> Characters:
    """Return the characters of a page of a finished PDF, counted from 0; several checks look at the same ones."""
    return characters(_page(body, page))


def read(body: bytes, slots: tuple[Slot, ...], pages: int) -> list[PageText]:
    """Return the first ``pages`` pages of a finished PDF, read back."""
    return [
        _page_text(
            characters_of(body, page),
            {n: slot for n, slot in enumerate(slots) if slot.page == page + 1},
        )
        for page in range(pages)
    ]


@lru_cache(maxsize=16)
def raster(body: bytes, page: int, dpi: float = 100, area: Box | None = None) -> NDArray[np.uint8]:
    """Return a page, or an ``area`` of it, as grey levels, 255 white, one row a raster line; several checks look at one picture."""
    shown = _page(body, page)
    width, height = shown.get_size()
    cut = (area.left, height - area.bottom, width - area.right, area.top) if area else None
    bitmap = shown.render(scale=dpi / 72, grayscale=True, crop=cut or (0, 0, 0, 0))
    picture = np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)
    picture.flags.writeable = False
    return picture


def inked(picture: NDArray[np.uint8], box: Box, dpi: float = 100) -> bool:
    """Tell whether anything is printed inside a box, a pixel of its edge left out."""
    scale = dpi / 72
    left, top = (max(0, int(np.ceil(edge * scale)) + 1) for edge in box[:2])
    right, bottom = (max(0, int(edge * scale) - 1) for edge in box[2:])
    return bool((picture[top:bottom, left:right] < INKED).any())


def area_inked(body: bytes, page: int, area: Box) -> bool:
    """Tell the same of an area of a page of which nothing else is looked at: it alone is drawn."""
    return bool((raster(body, page, area=area)[1:-1, 1:-1] < INKED).any())


def _fonts(resources: pikepdf.Object, seen: set[tuple[int, int]]) -> Iterable[pikepdf.Object]:
    yield from (font for font in resources.get("/Font", {}).values())
    for form in resources.get("/XObject", {}).values():
        if form.objgen in seen or "/Resources" not in form:
            continue
        seen.add(form.objgen)
        yield from _fonts(form.Resources, seen)


def unembedded_fonts(body: bytes) -> list[str]:
    """Return the names of fonts that a PDF uses without carrying them."""
    missing = []
    with pikepdf.open(BytesIO(body)) as pdf:
        seen: set[tuple[int, int]] = set()
        for page in pdf.pages:
            resources = page.obj.get("/Resources") or page.obj.Parent.get("/Resources")
            for font in _fonts(_inherited(page.obj) if resources is None else resources, seen):
                inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
                descriptor = inner.get("/FontDescriptor", pikepdf.Dictionary())
                if not any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3")):
                    missing.append(str(font.BaseFont))
    return missing


def _inherited(node: pikepdf.Object) -> pikepdf.Object:
    while "/Resources" not in node:
        node = node.Parent
    return node.Resources
