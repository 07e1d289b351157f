"""Reading a finished letter back: its text in reading order, its type, its ink.

Nothing here knows what was meant to be printed; the checks compare. Text of the slots is put where
the reader sees it: after the words that end where the slot begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

import numpy as np
import pikepdf
import pypdfium2
from numpy.typing import NDArray

from renotify.letters.page_characters import Characters, characters, slot_codes, slots_at
from renotify.letters.profile import Box
from renotify.letters.version import Slot

_PARAGRAPH = 1.5  # a base line further down than this many type sizes begins a paragraph

# what the reader reports for a hyphen that ends a line; letters are set without hyphenation, so it
# is the author's own
HYPHENS = dict.fromkeys((0x02, 0xFFFE), "-")


class Mark(NamedTuple):
    """One printed character: base line from the top, left and right edge, type size as it is seen, in points."""

    text: str
    x: float
    y: float
    right: float
    size: float


@dataclass(frozen=True)
class PageText:
    """One page read back: words in reading order with paragraphs, and each slot's text by index."""

    text: str
    marks: tuple[Mark, ...]
    static: tuple[Mark, ...]
    slots: dict[int, str]


def lines(marks: list[Mark]) -> str:
    """Return painted characters as text: lines by their base lines, paragraphs apart."""
    parts: list[str] = []
    last: Mark | None = None
    for mark in marks:
        if last is not None and abs(mark.y - last.y) > 0.5:
            down = mark.y - last.y
            near = 0 < down < _PARAGRAPH * last.size and abs(mark.size - last.size) < 0.2
            inner = "" if last.text == "-" else "\n"
            parts.append(inner if near else "\n\n")
        elif last is not None and mark.x - last.right > 0.25 * mark.size and mark.text != " ":
            parts.append("" if parts and parts[-1].endswith(" ") else " ")
        parts.append(mark.text)
        last = mark
    return "".join(parts)


def _spliced(static: list[Mark], own: dict[int, list[Mark]], slots: dict[int, Slot]) -> list[Mark]:
    """Put each slot's characters after the static one that ends where the slot begins."""
    result = list(static)
    loose: list[Mark] = []
    for number, marks in own.items():
        slot = slots[number]
        x, y, right = np.array([mark[1:4] for mark in result]).reshape(-1, 3).T
        level = np.abs(y - slot.y) < 0.6
        before = np.flatnonzero(level & (x < slot.x) & (slot.x - right < 6))
        if len(before):
            at = int(before[np.argmax(x[before])]) + 1
            result[at:at] = [mark._replace(y=result[at - 1].y) for mark in marks]
        else:
            loose += marks
    return result + loose


def read_page(page: pypdfium2.PdfPage, slots: dict[int, Slot]) -> PageText:
    """Return one page's text; ``slots`` are that page's, by their index in the version."""
    return _page_text(characters(page), slots)


def _page_text(found: Characters, slots: dict[int, Slot]) -> PageText:
    static: list[Mark] = []
    own: dict[int, list[Mark]] = {}
    columns = (found.x, found.y, found.right, found.height)
    texts = found.text.translate(HYPHENS)
    marks = map(Mark, texts, *(column.tolist() for column in columns))
    for mark, number in zip(marks, slots_at(found.x, found.y, slots).tolist(), strict=True):
        (static if number < 0 else own.setdefault(number, [])).append(mark)
    spliced = _spliced(static, own, slots)
    values = {number: "".join(m.text for m in marks) for number, marks in own.items()}
    return PageText(lines(spliced), tuple(spliced), tuple(static), values)


def slot_texts(page: pypdfium2.PdfPage, slots: dict[int, Slot]) -> dict[int, str]:
    """Return each slot's text on one page, by the slots' indices; quicker than ``read_page``."""
    return {
        number: "".join(map(chr, codes)).translate(HYPHENS)
        for number, codes in slot_codes(page, slots).items()
    }


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
    return bool((picture[top:bottom, left:right] < 200).any())


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
