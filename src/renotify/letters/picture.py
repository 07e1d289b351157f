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
    target = BytesIO()
    document = pypdfium2.PdfDocument(printed(version))
    try:
        page = document[0].render(scale=DOTS / 72, grayscale=True).to_pil()
    finally:
        document.close()
    page.quantize(GREYS).save(target, "png", optimize=True)
    return target.getvalue()
