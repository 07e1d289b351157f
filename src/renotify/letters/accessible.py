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
from renotify.letters import imb
from renotify.letters.fields import COLUMNS, LINES, city_lines, prepare
from renotify.letters.typesetting import ACCESSIBLE, compile_typst
from renotify.letters.version import LetterVersion, Recipe


class _Sources:
    """The source files of a version, laid out in a folder that goes when the process goes."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="letter-sources-")
        self.root = Path(self._folder.name)
        for name, text in modules.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")


@functools.lru_cache(maxsize=16)
def _by_digest(digest: str) -> _Sources:
    return _Sources(_KNOWN[digest].modules)


_KNOWN: dict[str, Recipe] = {}


def _root(version: LetterVersion) -> Path:
    _KNOWN[version.digest] = version.recipe
    try:
        return _by_digest(version.digest).root
    finally:
        _KNOWN.clear()


def values(version: LetterVersion, row: Mapping[str, str]) -> dict[str, str]:
    """Return what stands in each slot for one row; LetterRefused names a misfit."""
    table = pa.table({name: [row.get(name) or ""] for name in COLUMNS})
    prepared = prepare(version, table)
    if prepared.exceptions.num_rows:
        reason = prepared.exceptions["reason"][0].as_py()
        raise LetterRefused(f"The letter cannot be made: {reason}.", "Correct the owner's row.")
    given = {name: " ".join((row.get(name) or "").split(" ")).strip(" ") for name in COLUMNS}
    given["dealer_name"] = given["dealer_name"] or version.any_dealer
    city = city_lines(table)[0].as_py()
    address = [given["name1"], given["name2"], given["addr1"], given["addr2"], city]
    lines = [line for line in address if line]
    return {
        **given,
        **dict(zip(LINES, lines, strict=False)),
        "imb": imb.encode([row["imb_payload"]])[0],
    }


def typeset_one(version: LetterVersion, row: Mapping[str, str]) -> bytes:
    """Return one letter as Typst sets it for the print run, to compare with the writer's."""
    inputs = {
        "letter": version.recipe.inputs["letter"],
        "digest": version.short_digest,
        "output": "print",
        "row": values(version, row),
    }
    return compile_typst(
        version.recipe.source, inputs, pdf_standards=(), tagged=False, root=_root(version)
    )


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
    return compile_typst(
        version.recipe.source, inputs, pdf_standards=ACCESSIBLE, root=_root(version)
    )
