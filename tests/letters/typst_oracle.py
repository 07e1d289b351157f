"""One letter as Typst itself sets it for print: what the writer's pages are compared with."""

from __future__ import annotations

from renotify.letters.accessible import sources_of, values
from renotify.letters.typesetting import compile_typst


def typeset_one(version, row):
    """Return one letter's PDF, compiled by Typst with the row's values in its slots."""
    inputs = {
        "letter": version.recipe.inputs["letter"],
        "digest": version.short_digest,
        "output": "print",
        "row": values(version, row),
    }
    sources = sources_of(version)
    return compile_typst(
        version.recipe.source, inputs, pdf_standards=(), tagged=False, root=sources.root
    )
