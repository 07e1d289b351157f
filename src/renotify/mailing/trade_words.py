"""The words that mail houses and skip-trace vendors write in a column, by what they mean to us (``*_words.toml``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyarrow as pa

from renotify.values.stated_tables import read_toml

MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class TradeWords:
    """What each word means, by its letters and digits."""

    meanings: Mapping[str, str]

    def of(self, column: pa.ChunkedArray) -> pa.Array:
        """Return what the texts of a column mean; unknown ones as they stand."""
        said = column.combine_chunks().dictionary_encode()
        known = [self.meanings.get(_plain(word), word) for word in said.dictionary.to_pylist()]
        return pa.array(known, pa.string()).take(said.indices)


@cache
def words_by_meaning(path: Path) -> TradeWords:
    """Return the words of a table of lists, each by its meaning."""
    table = read_toml(path)
    return TradeWords({_plain(word): meaning for meaning, words in table.items() for word in words})


def _plain(word: str) -> str:
    return MARKS.sub("", word.casefold())
