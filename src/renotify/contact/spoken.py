"""The words of an answer in the languages of the desk: ``answer_words.toml`` has the same keys for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from renotify.values.stated_tables import read_toml

LANGUAGES = ("en", "es")
WORDS = Path(__file__).with_name("answer_words.toml")


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Return the words by language and key."""
    return read_toml(WORDS)


def say(language: str, key: str, **slots: object) -> str:
    """Return the words of a key with its slots filled."""
    return words()[language][key].format(**slots)


def listed(language: str, names: Sequence[str]) -> str:
    """Return names as a sentence lists them: ``9LA, ALE and BLB``, ``9LA, ALE y BLB``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {say(language, 'and')} {names[-1]}"
