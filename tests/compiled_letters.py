"""Letter versions, compiled and checked once a process: for tests of what is done with letters, not of typesetting."""

from __future__ import annotations

from renotify.letters import compose
from renotify.letters.compose import compile_letter
from renotify.rules import load

KEPT = {}


def compiled(spec, *, rules_on, profile):
    """Return the version of a specification, compiled and checked the first time only."""
    digest = compose.recipe(spec, profile, load(rules_on)).digest
    if digest not in KEPT:
        KEPT[digest] = compile_letter(spec, rules_on=rules_on, profile=profile)
    return KEPT[digest]
