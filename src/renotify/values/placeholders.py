"""Words that stand for nothing in a cell (NULL, N/A, UNKNOWN OWNER, NO ADDRESS ON FILE), and what they mean by column.

Which words they are is data: ``placeholders.toml``, and rows of the ledger's own that overrule it. A word counts where it
fills its cell alone: Anna Null is a name. Mr Null exists, so that a name or address of such a word is never blanked: a person
must look.
"""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

ANY, ANY_TEXT = "any", "any text"
ASKED = ("name1", "addr1", "city")  # what must be known of an owner before anything is printed
OWNERS = "owners"
MARKS = " *<>[](){}'\"!?.,;:_=-"  # around a word of a name or address they say nothing


class Meaning(enum.StrEnum):
    """What a word for nothing means in a column; ``keep`` says that it is no such word here, in exactly this spelling."""

    BLANK = "blank"
    ASK = "ask"
    REFUSE = "refuse"
    KEEP = "keep"


class Rule(NamedTuple):
    """A word and its meaning in a column, which is ``any``, ``any text``, a column's name, or table.column."""

    column: str
    word: str
    meaning: str


@dataclass(frozen=True)
class ColumnWords:
    """The words for nothing of one column: in capitals by meaning, and the spellings that are kept."""

    words: Mapping[Meaning, pa.Array]
    kept: pa.Array

    def __bool__(self) -> bool:
        return any(len(words) for words in self.words.values())

    def mask(self, texts: pa.Array, *meanings: Meaning) -> pa.Array | None:
        """Return which texts are words of these meanings, or None where none is; a null is none."""
        words = pa.concat_arrays([self.words[meaning] for meaning in meanings])
        if not len(words):
            return None
        found = pc.is_in(pc.ascii_upper(texts), words)
        if not pc.any(found).as_py():
            return None
        return pc.and_(found, pc.invert(pc.is_in(texts, self.kept)))


@dataclass(frozen=True)
class Placeholders:
    """The rules of a ledger in the order in which they overrule each other: the packaged ones, then its own."""

    packaged: tuple[Rule, ...]
    own: tuple[Rule, ...] = ()

    @cached_property
    def _by_column(self) -> tuple[Mapping[str, Sequence[Rule]], ...]:
        layers: tuple[dict[str, list[Rule]], ...] = ({}, {})
        for layer, rules in zip(layers, (self.packaged, self.own), strict=True):
            for rule in rules:
                layer.setdefault(rule.column, []).append(rule)
        return layers

    @cached_property
    def _read(self) -> dict[tuple[str, str], ColumnWords]:
        return {}

    def of(self, table: str, column: str, *, text: bool) -> ColumnWords:
        """Return the words of a column: the ledger's own before the packaged ones, the narrower before the wider."""
        if (table, column) not in self._read:
            places = (ANY, *((ANY_TEXT,) if text else ()), column, f"{table}.{column}")
            ruling = (
                rule
                for layer in self._by_column
                for place in places
                for rule in layer.get(place, ())
            )
            self._read[table, column] = _column_words(ruling)
        return self._read[table, column]

    def asked(self, owners: pa.Table) -> pa.Array:
        """Return per owner record whether a person must look before it is printed; columns name1, addr1, city.

        Such a record has a word in its name, street or city that may stand for nothing, whatever marks are around it.
        """
        masks = [
            _alone(self.of(OWNERS, column, text=True), owners[column].combine_chunks())
            for column in ASKED
        ]
        return pc.or_(pc.or_(masks[0], masks[1]), masks[2])


def _column_words(rules: Iterable[Rule]) -> ColumnWords:
    """Return the words of rules of which a later one overrules an earlier one."""
    meanings: dict[str, str] = {}
    kept: list[str] = []
    for rule in rules:
        if rule.meaning == Meaning.KEEP:
            kept.append(rule.word)
        else:
            meanings[rule.word.upper()] = rule.meaning
    words = {
        meaning: _folded(word for word, one in meanings.items() if one == meaning)
        for meaning in Meaning
    }
    return ColumnWords(words, pa.array(kept, pa.string()))


def _folded(words: Iterable[str]) -> pa.Array:
    """Return words in capitals, also as they look where only their plain letters are in capitals."""
    every = {form for word in words for form in (word, _plain_capitals(word.lower()))}
    return pa.array(sorted(every), pa.string())


def _plain_capitals(word: str) -> str:
    return "".join(letter.upper() if letter.isascii() else letter for letter in word)


def _alone(words: ColumnWords, texts: pa.Array) -> pa.Array:
    """Return which texts are a word to ask about, as they stand or without the marks around them."""
    asked = words.words[Meaning.ASK]
    capitals = pc.ascii_upper(texts)
    bare = pc.ascii_trim(capitals, MARKS)
    found = pc.or_(pc.is_in(capitals, asked), pc.is_in(bare, asked))
    return pc.and_(found, pc.invert(pc.is_in(texts, words.kept)))


@cache
def packaged() -> Placeholders:
    """Return the list that every ledger begins with (``placeholders.toml``)."""
    text = (resources.files("renotify.values") / "placeholders.toml").read_text("utf-8")
    read = tomllib.loads(text)
    return Placeholders(
        tuple(
            Rule(column, word, entry["means"])
            for entry in read["meaning"]
            for column in entry["columns"]
            for name in entry["lists"]
            for word in read["lists"][name]
        )
    )
