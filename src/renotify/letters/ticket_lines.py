"""What the job ticket says of sheets: how many each file takes, and how the press must keep letters apart."""

from __future__ import annotations

from renotify.letters.version import LetterVersion


def sheet_counts(version: LetterVersion, letters: int) -> dict[str, int]:
    """Return the counts of one batch file: pages and sheets of a letter, pages and sheets of the file."""
    return {
        "pages_in_a_letter": version.page_count,
        "sheets_in_a_letter": version.sheets,
        "pages": letters * version.pages_in_file,
        "sheets": letters * version.sheets,
    }


def sheet_sentence(version: LetterVersion) -> str:
    """Return how a file's pages become sheets."""
    if version.profile.sides == 1:
        return "Print one side only: each page of a file is a sheet."
    return (
        "Print both sides, from the first page of a file on: each two pages are a sheet, and every letter begins on a"
        " sheet of its own. Where a letter ends on a front, the file has a blank page as its back: keep it, and print"
        " nothing on it."
    )
