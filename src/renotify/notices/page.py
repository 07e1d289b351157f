"""A notice's document to the bytes of its PDF: the same document gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from renotify.letters.typesetting import compile_typst


@cache
def _source() -> str:
    return (files("renotify.notices") / "typst" / "notice.typ").read_text("utf-8")


def pdf(document: Mapping[str, Any]) -> bytes:
    """Return the PDF/A of one notice (``memo.document``); LetterRefused for a glyph no face has."""
    return compile_typst(_source(), {"notice": document})


def write_all(tasks: Sequence[tuple[str, Mapping[str, Any]]]) -> int:
    """Write notices, (path, document) each, and return how many: work a process repeats at will."""
    for path, document in tasks:
        Path(path).write_bytes(pdf(document))
    return len(tasks)
