"""The same letter for web and e-mail: typeset alone by Typst, tagged, PDF/UA-1 and PDF/A-2a.

It is made from the sources that the version keeps, not from what is installed today, so that the
copy an owner reads is the letter that was mailed.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from renotify.errors import LetterRefused
from renotify.letters.fields import COLUMNS, Prepared, prepare_and_show
from renotify.letters.typesetting import ACCESSIBLE, compile_typst
from renotify.letters.version import LetterVersion


class SourceFolder:
    """The source files of a version, laid out in a folder that goes when nobody holds this any more."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="letter-sources-")
        self.root = Path(self._folder.name)
        for name, text in modules.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")


@functools.lru_cache(maxsize=16)
def _folder_of(modules: tuple[tuple[str, str], ...]) -> SourceFolder:
    return SourceFolder(dict(modules))


def sources_of(version: LetterVersion) -> SourceFolder:
    """Return the folder of a version's own sources; hold it for as long as its root is read.

    Two threads may ask at once: each then holds a folder of the same content.
    """
    return _folder_of(tuple(sorted(version.recipe.modules.items())))


def values(version: LetterVersion, row: Mapping[str, str]) -> dict[str, str]:
    """Return what stands in each slot for one row; LetterRefused names a misfit."""
    table = pa.table({name: [row.get(name) or ""] for name in COLUMNS})
    return values_of(table, *prepare_and_show(version, table))[0]


def values_of(rows: pa.Table, prepared: Prepared, shown: pa.Table) -> list[dict[str, str]]:
    """Return what stands in each slot for each of the rows that were prepared; LetterRefused names a misfit."""
    if prepared.exceptions.num_rows:
        reason = prepared.exceptions["reason"][0].as_py()
        raise LetterRefused(f"The letter cannot be made: {reason}.", "Correct the owner's row.")
    bars = prepared.bars.astype("U").tolist()
    return [
        {
            **{name: " ".join((row.get(name) or "").split(" ")).strip(" ") for name in COLUMNS},
            **texts,
            "imb": code,
        }
        for row, texts, code in zip(rows.to_pylist(), shown.to_pylist(), bars, strict=True)
    ]


def render_accessible(version: LetterVersion, row: Mapping[str, str]) -> bytes:
    """Return one letter as a tagged PDF (PDF/UA-1 and PDF/A-2a, as Typst claims them).

    ``row`` has the columns of ``fields.COLUMNS``; what the print run refuses is refused here too.
    """
    shown = {name: text for name, text in values(version, row).items() if name != "imb"}
    inputs = {
        "letter": version.recipe.inputs["letter"],
        "digest": version.short_digest,
        "output": "screen",
        "row": shown,
    }
    sources = sources_of(version)
    return compile_typst(version.recipe.source, inputs, pdf_standards=ACCESSIBLE, root=sources.root)
