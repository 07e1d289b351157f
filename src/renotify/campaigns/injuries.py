"""The kind of injury that a text names, where no crash can occur (49 CFR 577.5(f)(2)): ``injury_words.toml`` lists the words."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from renotify.rules.wording import spelled_out
from renotify.values.stated_tables import read_toml

WORDS = Path(__file__).with_name("injury_words.toml")


def names_injury(text: str, language: str = "en") -> bool:
    """Tell whether a text names a kind of injury: the language's own words, small letters or capitals; a mere risk of injury is none."""
    said = " ".join(text.split())
    return speaks_of_injury(_pattern("no_kind", language).sub("", said), language)


def names_kind(text: str, language: str = "en") -> bool:
    """Tell whether a text names an injury and says of what kind: more than that people can be hurt (577.5(f)(2)(i))."""
    said = " ".join(text.split())
    if not names_injury(said, language):
        return False
    if _pattern("part", language).search(said):
        return True
    return names_injury(_pattern("general", language).sub("", said), language)


def speaks_of_injury(text: str, language: str = "en") -> bool:
    """Tell whether a text has a word of an injury, of whatever kind."""
    return _pattern("words", language).search(text) is not None


def denies_injury(text: str, language: str = "en") -> bool:
    """Tell whether a text says of an injury that none comes: a denial in the same breath as its word."""
    return _pattern("denied", language).search(" ".join(text.split())) is not None


@cache
def no_warning() -> tuple[str, ...]:
    """Return what an English consequence says where nothing warns, in small letters."""
    return tuple(read_toml(WORDS)["no_warning"])


@cache
def _pattern(name: str, language: str) -> re.Pattern[str]:
    """Return the words of a language, its denials of them or its risks of no kind, each from the beginning of a word."""
    own = read_toml(WORDS)[language]
    return re.compile(rf"(?<!\w)(?:{spelled_out(own[name], own)})", re.IGNORECASE)
