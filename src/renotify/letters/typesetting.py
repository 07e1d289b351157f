"""Typst as a function: source and inputs in, the bytes of a PDF out, in the shipped Noto Sans only.

The theme shared by letters and notices is ``/theme.typ``; a source reaches it by
``#import "/theme.typ": *``. Nothing of the machine enters: no system font, no clock, no network,
so the same source gives the same bytes.
"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from renotify.errors import LetterRefused

ROOM = Path(str(files("renotify.letters")))
FONTS = ROOM.parent / "fonts"
SOURCES = ROOM / "typst"

# 1 January 2000, so that the creation date in the file never depends on the day it is made
TIMESTAMP = 946_684_800

COMPILERS = 32  # roots to keep warm: the sources, and those of versions being copied

# PDF/A-2b is the default: under it Typst refuses a glyph the face lacks instead of printing a box
ARCHIVE = ("a-2b",)
ACCESSIBLE = ("a-2a", "ua-1")


class _Local(threading.local):
    """A compiler keeps what it has laid out, so each thread reuses its own, one for each root."""

    def __init__(self) -> None:
        self.compilers: dict[Path, typst.Compiler] = {}


_LOCAL = _Local()


@functools.cache
def shipped_fonts() -> typst.Fonts:
    """Return the two faces of Noto Sans that stand in the package; no other font is ever used."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )


def _compiler(root: Path) -> Any:  # noqa: ANN401 -- its stubs take literal names only
    if len(_LOCAL.compilers) > COMPILERS:
        _LOCAL.compilers.clear()
    if root not in _LOCAL.compilers:
        _LOCAL.compilers[root] = typst.Compiler(
            root=str(root), font_paths=shipped_fonts(), ignore_system_fonts=True
        )
    return _LOCAL.compilers[root]


def _texts(inputs: Mapping[str, object]) -> dict[str, str]:
    """Typst takes text only: the rest travels as JSON, read with ``json(bytes(sys.inputs.x))``."""
    return {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        for key, value in inputs.items()
    }


def _refusal(error: Exception) -> LetterRefused:
    message = str(getattr(error, "message", error))
    first = message.split("error: ", 1)[-1].splitlines()[0]
    if "could not be displayed with font" in first:
        return LetterRefused(
            f"The text cannot be typeset: {first}.", "Write it with characters that Noto Sans has."
        )
    return LetterRefused(f"The text cannot be typeset: {first}.", _place(error))


def _place(error: Exception) -> str:
    return str(getattr(error, "diagnostic", error)).strip()


def compile_typst(
    source: str,
    inputs: Mapping[str, object],
    *,
    pdf_standards: Sequence[str] | None = None,
    tagged: bool = True,
    root: Path = SOURCES,
) -> bytes:
    """Return the PDF of a Typst ``source`` with ``inputs`` as ``sys.inputs``.

    ``pdf_standards`` are Typst's names; None is PDF/A-2b, an empty sequence claims nothing and then
    does not look for missing glyphs. A missing glyph or a mistake in the source is LetterRefused.
    The same source and inputs give the same bytes.
    """
    standards = list(ARCHIVE if pdf_standards is None else pdf_standards)
    try:
        result = _compiler(root).compile(
            source.encode(),
            format="pdf",
            sys_inputs=_texts(inputs),
            pdf_standards=standards,
            timestamp=TIMESTAMP,
            pdf_tags=tagged,
        )
    except RuntimeError as error:
        raise _refusal(error) from error
    return bytes(result)
