"""A letter as a picture for a page: its first sheet, with the specimen's values, so that it names nobody; or a page as it was printed."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from threading import Lock

import pypdfium2

from renotify.letters.specimen import printed
from renotify.letters.version import LetterVersion

DOTS = 90  # an inch: small letters can still be read
GREYS = 16
_PDFIUM = Lock()  # the library may be used by one thread at a time


def first_page(version: LetterVersion) -> bytes:
    """Return the first page of a version as PNG, in few greys, as the writer prints it for the specimen owner."""
    return _drawn(printed(version), 0)


def printed_page(pdf: Path, number: int) -> bytes:
    """Return a page of a print file, counted from 1, as PNG in few greys: what its owner holds, name and address included."""
    return _drawn(pdf, number - 1)


def _drawn(pdf: bytes | Path, place: int) -> bytes:
    target = BytesIO()
    with _PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            page = document[place].render(scale=DOTS / 72, grayscale=True).to_pil()
        finally:
            document.close()
    page.quantize(GREYS).save(target, "png", optimize=True)
    return target.getvalue()
