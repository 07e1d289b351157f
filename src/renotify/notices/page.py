"""A notice's document to the bytes of its PDF: the same document gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from renotify.letters.typesetting import compile_typst

PLACE = "(notice)"  # in the source, of the notice's JSON


@cache
def _source() -> tuple[str, str]:
    """Return the source before and after the place of the notice."""
    text = (files("renotify.notices") / "typst" / "notice.typ").read_text("utf-8")
    before, _, after = text.partition(PLACE)
    return before, after


def pdf(document: Mapping[str, Any]) -> bytes:
    """Return the PDF/A of one notice (``memo.document``); LetterRefused for a glyph no face has.

    The notice is one text of the source, and no input: with other inputs Typst forgets all that it has laid out, where what this notice
    shares with the one before need not be laid out again.
    """
    before, after = _source()
    text = json.dumps(document, ensure_ascii=False, default=str)
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return compile_typst(f"{before}{quoted}{after}", {})


def write_all(tasks: Sequence[tuple[str, Mapping[str, Any]]]) -> int:
    """Write notices, (path, document) each, and return how many: work a process repeats at will."""
    for path, document in tasks:
        Path(path).write_bytes(pdf(document))
    return len(tasks)
