"""A sample of each finished batch file, read back: every slot says what its owner's row says.

The other checks judge a version on a specimen, before it is printed; this one judges the file that
goes to the mail house, address block and barcode included (577.5(b)). PDFium works in one thread.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pypdfium2

from renotify.errors import Inconsistent
from renotify.letters import readback
from renotify.letters.accessible import values
from renotify.letters.checks.finding import Finding
from renotify.letters.version import LetterVersion

LETTERS = 3  # of each file: the first, the last, and one between


def chosen(letters: int, count: int, seed: str) -> list[int]:
    """Return which letters of a file to look at: first, last, and some by the file's own seed."""
    if letters <= count:
        return list(range(letters))
    middle = random.Random(seed).sample(range(1, letters - 1), max(0, count - 2))  # noqa: S311
    return [0, *sorted(middle), letters - 1]


def sample(
    version: LetterVersion, path: Path, rows: pa.Table, *, count: int = LETTERS
) -> list[Finding]:
    """Return where letters of a batch file do not say what their rows say (577.5(b)).

    ``rows`` are the printed rows in the file's order, as the manifest lists them. Inconsistent when
    the file has another number of pages than these rows need.
    """
    document = pypdfium2.PdfDocument(path)
    try:
        if len(document) != rows.num_rows * version.page_count:
            raise Inconsistent(
                f"{path.name} has {len(document)} pages, "
                f"{rows.num_rows} letters need {rows.num_rows * version.page_count}.",
                "Print the file again from the same rows.",
            )
        found: list[Finding] = []
        for number in chosen(rows.num_rows, count, path.name + version.digest):
            row = rows.slice(number, 1).to_pylist()[0]
            found += _letter(version, document, number, row)
        return found
    finally:
        document.close()


def _letter(
    version: LetterVersion, document: pypdfium2.PdfDocument, number: int, row: Mapping[str, str]
) -> Iterator[Finding]:
    wanted = values(version, row)
    for page in range(version.page_count):
        printed = document[number * version.page_count + page]
        slots = {n: slot for n, slot in enumerate(version.slots) if slot.page == page + 1}
        for place, text in readback.slot_texts(printed, slots).items():
            name = slots[place].name
            if "".join(text.split()) != "".join(wanted.get(name, "").split()):
                message = f"letter {number + 1}, page {page + 1}: {name} is not its row's"
                yield Finding(f"sample.{name}", "49 CFR 577.5(b)", message)
        words = printed.get_textpage().get_text_range()
        if version.short_digest not in "".join(words.split()):
            message = f"letter {number + 1}, page {page + 1} is of another version"
            yield Finding("sample.digest", "house rule", message)
