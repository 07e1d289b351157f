"""Letter versions, compiled and checked once a run: for tests of what is done with letters, not of typesetting."""

from __future__ import annotations

import os
from pathlib import Path

from renotify.letters import compose
from renotify.letters.compose import compile_letter
from renotify.letters.version import LetterVersion
from renotify.rules import load

FOLDER = "RENOTIFY_TEST_LETTERS"  # where the processes of a run keep them for each other, by digest
KEPT = {}


def compiled(spec, *, rules_on, profile):
    """Return the version of a specification, compiled and checked the first time only."""
    digest = compose.recipe(spec, profile, load(rules_on)).digest
    if digest not in KEPT:
        kept = Path(os.environ[FOLDER]) / digest
        if kept.exists():
            KEPT[digest] = LetterVersion.load(kept)
        else:
            KEPT[digest] = compile_letter(spec, rules_on=rules_on, profile=profile)
            KEPT[digest].save(kept)
    return KEPT[digest]
