"""A sample of each finished batch file, read back: every slot says what its owner's row says.

The other checks judge a version on a specimen, before it is printed; this one judges the file that
goes to the mail house, address block, barcode and sheets included (577.5(b)). PDFium works in one thread.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pypdfium2

from renotify.errors import Inconsistent
from renotify.letters import readback
from renotify.letters.accessible import values_of
from renotify.letters.checks.finding import Finding
from renotify.letters.fields import prepare_and_show
from renotify.letters.version import LetterVersion
from renotify.values.english import counted

LETTERS = 3  # of each file: the first, the last, and one between


def chosen(letters: int, count: int, seed: str) -> list[int]:
    """Return which letters of a file to look at: first, last, and some by the file's own seed."""
    if letters <= count:
        return list(range(letters))
    middle = random.Random(seed).sample(range(1, letters - 1), max(0, count - 2))  # noqa: S311
    return [0, *sorted(middle), letters - 1]


def sample(
    version: LetterVersion,
    path: Path,
    rows: pa.Table,
    manifest: pa.Table,
    *,
    count: int = LETTERS,
) -> list[Finding]:
    """Return where letters of a batch file do not say what their rows say (577.5(b)), or share a sheet.

    ``rows`` are the printed rows in the file's order, ``manifest`` the file's lines of it in the same order: each letter is
    looked for where its line says that it begins. Inconsistent when the file has another number of pages than these need.
    """
    document = pypdfium2.PdfDocument(path)
    try:
        needed = rows.num_rows * version.pages_in_file
        if len(document) != needed:
            raise Inconsistent(
                f"{path.name} has {counted(len(document), 'page')}, {counted(rows.num_rows, 'letter needs', 'letters need')} {needed:,}.",
                "Print the file again from the same rows.",
            )
        starts = manifest["first_page"].to_numpy()
        found = list(_sheets(version, manifest))
        if found:
            return found
        numbers = chosen(rows.num_rows, count, path.name + version.digest)
        looked_at = rows.take(numbers)
        wanted = values_of(looked_at, *prepare_and_show(version, looked_at))
        for number, letter in zip(numbers, wanted, strict=True):
            found += _letter(version, document, number, int(starts[number]) - 1, letter)
        return found
    finally:
        document.close()


def _sheets(version: LetterVersion, manifest: pa.Table) -> Iterator[Finding]:
    """No letter begins on the back of another's sheet, and the manifest counts pages and sheets alike."""
    sides = version.profile.sides
    pages, sheets = (manifest[name].to_numpy() - 1 for name in ("first_page", "first_sheet"))
    shared = np.flatnonzero(pages % sides)
    wrong = np.flatnonzero(pages != sheets * sides)
    for places, fault in (
        (shared, "begins on the back of another letter's sheet"),
        (wrong, "does not begin on the sheet that the manifest names"),
    ):
        if len(places):
            yield Finding("sample.sheet", "house rule", f"letter {int(places[0]) + 1} {fault}")


def _letter(
    version: LetterVersion,
    document: pypdfium2.PdfDocument,
    number: int,
    first: int,
    wanted: Mapping[str, str],
) -> Iterator[Finding]:
    for place in range(version.page_count, version.pages_in_file):
        if next(document[first + place].get_objects(max_depth=1), None) is not None:
            message = f"letter {number + 1}: the back of its last page is not blank"
            yield Finding("sample.back", "house rule", message)
    for page in range(version.page_count):
        printed = document[first + page]
        slots = {n: slot for n, slot in enumerate(version.slots) if slot.page == page + 1}
        texts, words = readback.slot_texts(printed, slots)
        for place, text in texts.items():
            name = slots[place].name
            if "".join(text.split()) != "".join(wanted.get(name, "").split()):
                message = f"letter {number + 1}, page {page + 1}: {name} is not its row's"
                yield Finding(f"sample.{name}", "49 CFR 577.5(b)", message)
        if version.short_digest not in "".join(words.split()):
            message = f"letter {number + 1}, page {page + 1} is of another version"
            yield Finding("sample.digest", "house rule", message)
