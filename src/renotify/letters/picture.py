"""A letter as a picture for a page: its first sheet, with the specimen's values, so that it names nobody."""

from __future__ import annotations

from io import BytesIO

import pypdfium2

from renotify.letters.specimen import printed
from renotify.letters.version import LetterVersion

DOTS = 90  # an inch: small letters can still be read
GREYS = 16


def first_page(version: LetterVersion) -> bytes:
    """Return the first page of a version as PNG, in few greys, as the writer prints it for the specimen owner."""
    return pages(version, 1)[0]


def pages(version: LetterVersion, most: int | None = None) -> list[bytes]:
    """Return the pages of a version that have something on them, at most the first of them, as PNG as of ``first_page``."""
    document = pypdfium2.PdfDocument(printed(version))
    try:
        shown = range(min(version.page_count, most or version.page_count))
        return [_picture(document[place]) for place in shown]
    finally:
        document.close()


def _picture(page: pypdfium2.PdfPage) -> bytes:
    target = BytesIO()
    drawn = page.render(scale=DOTS / 72, grayscale=True).to_pil()
    drawn.quantize(GREYS).save(target, "png", optimize=True)
    return target.getvalue()
