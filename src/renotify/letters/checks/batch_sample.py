"""Looking into a finished batch: do the pages of a letter carry that owner's row, and only that?

The checks judge a version on a specimen; this judges a print file on a sample of its own letters.
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


def chosen(letters: int, count: int, seed: str) -> list[int]:
    """Return which letters of a file to look at: first, last, and some by the file's own seed."""
    if letters <= count:
        return list(range(letters))
    middle = random.Random(seed).sample(range(1, letters - 1), max(0, count - 2))  # noqa: S311
    return [0, *sorted(middle), letters - 1]


def sample(version: LetterVersion, path: Path, rows: pa.Table, *, count: int = 12) -> list[Finding]:
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
        slots = {n: slot for n, slot in enumerate(version.slots) if slot.page == page + 1}
        text = readback.read_page(document[number * version.page_count + page], slots)
        for place, slot in slots.items():
            shown = "".join(text.slots.get(place, "").split())
            if shown != "".join(wanted.get(slot.name, "").split()):
                message = f"letter {number + 1}, page {page + 1}: {slot.name} is not its row's"
                yield Finding(f"sample.{slot.name}", "49 CFR 577.5(b)", message)
        if version.short_digest not in "".join(text.text.split()):
            yield Finding(
                "sample.digest",
                "house rule",
                f"letter {number + 1}, page {page + 1} is of another version",
            )
