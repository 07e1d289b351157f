"""Letter versions, compiled and checked once a run: for tests of what is done with letters, not of typesetting.

A version is kept as it was judged, so that no process of the run reads it back again; what refuses a letter is kept like a version.
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path

from renotify.errors import LetterRefused
from renotify.letters import compose
from renotify.letters.compose import compile_letter
from renotify.letters.version import LetterVersion
from renotify.rules import load

FOLDER = "RENOTIFY_TEST_LETTERS"  # where the processes of a run keep them for each other, by digest
KEPT: dict[str, LetterVersion] = {}
_REFUSED: dict[str, bytes] = {}  # a refusal is raised anew each time


def compiled(spec, *, rules_on, profile):
    """Return the version of a specification or raise what refuses it; it is compiled and checked the first time only."""
    digest = compose.recipe(spec, profile, load(rules_on)).digest
    if digest not in KEPT and digest not in _REFUSED:
        kept = Path(os.environ[FOLDER]) / digest
        if not kept.exists():
            half = kept.with_suffix(f".{os.getpid()}")
            half.write_bytes(_made(spec, rules_on, profile))
            half.rename(kept)
        made = pickle.loads(kept.read_bytes())  # noqa: S301 - our own file of this run
        if isinstance(made, LetterVersion):
            KEPT[digest] = made
        else:
            _REFUSED[digest] = kept.read_bytes()
    if digest in _REFUSED:
        raise pickle.loads(_REFUSED[digest])  # noqa: S301 - likewise
    return KEPT[digest]


def _made(spec, rules_on, profile):
    try:
        return pickle.dumps(compile_letter(spec, rules_on=rules_on, profile=profile))
    except LetterRefused as refusal:
        return pickle.dumps(refusal)
