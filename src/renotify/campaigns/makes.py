"""Makes of vehicles, as different files write one: ``MERCEDES-BENZ`` is ``Mercedes Benz``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


def make_key(make: str) -> str:
    """Return what two spellings of one make share: its letters and digits, without case and accents."""
    plain = unicodedata.normalize("NFKD", make).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def make_keys(makes: Iterable[str]) -> frozenset[str]:
    """Return the keys of makes; a blank is none."""
    return frozenset(key for key in map(make_key, makes) if key)


def names_make(maker: str, keys: Iterable[str]) -> bool:
    """Tell whether a manufacturer's name has a make among its words: ``Toyota Motor Engineering`` has Toyota."""
    words = [make_key(word) for word in re.split(r"[\s,.()/&]+", maker)]
    runs = {"".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, len(words) + 1)}
    return not runs.isdisjoint(keys)
