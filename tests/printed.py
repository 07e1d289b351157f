"""What a command printed for a reader, taken apart: the cells of its tables, and its sentences."""

from __future__ import annotations

import re


def cells(line: str) -> list[str]:
    """Return the cells of a printed row: columns stand at least two spaces apart."""
    return re.split(r"\s{2,}", line.strip())


def rows(printed: str, *first: str) -> list[list[str]]:
    """Return the printed rows that begin with these cells."""
    found = [cells(line) for line in printed.splitlines()]
    return [row for row in found if row[: len(first)] == list(first)]


def row(printed: str, *first: str) -> list[str]:
    """Return the one printed row that begins with these cells."""
    (found,) = rows(printed, *first)
    return found


def sentences(printed: str) -> list[str]:
    """Return the sentences that stand below a table, each after a dash."""
    return [line.removeprefix("- ") for line in printed.splitlines() if line.startswith("- ")]


def refusal(printed: str) -> tuple[str, str]:
    """Return the sentence and the hint of a refusal; there is nothing else on stderr."""
    lines = printed.splitlines()
    assert lines[0].startswith("Refused: "), printed
    assert len(lines) in {1, 2}, printed
    hint = lines[1] if len(lines) == 2 else ""
    assert not hint or hint.startswith("  "), printed
    return lines[0].removeprefix("Refused: "), hint.strip()
