"""A letter as a picture for a page: its first sheet, with the specimen's values, so that it names nobody; or a page as it was printed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock

import pypdfium2

from renotify.letters.specimen import printed
from renotify.letters.version import LetterVersion

DOTS = 90  # an inch: small letters can still be read
GREYS = 16
KEPT = 64  # letters of a process, some 100 kB each
_PDFIUM = Lock()  # the library may be used by one thread at a time


def first_page(version: LetterVersion) -> bytes:
    """Return the first page of a version as PNG, in few greys, as the writer prints it for the specimen owner."""
    return pages(version, 1)[0]


def pages(version: LetterVersion, most: int | None = None) -> list[bytes]:
    """Return the pages of a version that have something on them, at most the first of them, as PNG as of ``first_page``."""
    shown = range(min(version.page_count, most or version.page_count))
    return list(_of_a_specimen(printed(version), shown))


@lru_cache(maxsize=KEPT)
def _of_a_specimen(pdf: bytes, places: range) -> tuple[bytes, ...]:
    """Return pages that name nobody: drawn once a process, as a follow-up's page asks for the same one at each look."""
    return tuple(_drawn(pdf, places))


def printed_page(pdf: Path, number: int) -> bytes:
    """Return a page of a print file, counted from 1, as PNG in few greys: what its owner holds, name and address included."""
    return _drawn(pdf, [number - 1])[0]


def printed_words(pdf: bytes | Path) -> list[str]:
    """Return the words of each page of a print file, for whoever does not see its picture."""
    with _PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]
        finally:
            document.close()


def _drawn(pdf: bytes | Path, places: Iterable[int]) -> list[bytes]:
    with _PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [_picture(document[place]) for place in places]
        finally:
            document.close()


def _picture(page: pypdfium2.PdfPage) -> bytes:
    target = BytesIO()
    drawn = page.render(scale=DOTS / 72, grayscale=True).to_pil()
    drawn.quantize(GREYS).save(target, "png", optimize=True)
    return target.getvalue()
