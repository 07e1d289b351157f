"""Words that stand for nothing in a cell (NULL, N/A, UNKNOWN OWNER, NO ADDRESS ON FILE), and what they mean by column.

Which words they are is data: ``placeholders.toml``, and rows of the ledger's own that overrule it. A cell of such words only,
in whatever order, number and punctuation, says nothing: Anna Null is a name. Of owners' lines some words count beside others
too (a failed formula anywhere, NULL before a name, DO NOT MAIL behind a street). Mr Null exists, so that a name or address of
such words is never blanked: a person must look.
"""

from __future__ import annotations

import enum
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

ANY, ANY_TEXT, ANY_CODE = "any", "any text", "any code"
ASKED = ("name1", "addr1", "city")  # what must be known of an owner before anything is printed
PRINTED_TOO = ("name2", "addr2")
NAMES, ADDRESS = ("name1", "name2"), ("addr1", "addr2", "city")
OWNERS = "owners"
MARKS = " *<>[](){}'\"!?.,;:_=-/\\|"  # between and around words they say nothing
FEW = 256  # texts: Arrow reads a pattern anew at each call, which takes longer than Python needs to search them
_PART = re.compile(r"[A-Z0-9]+")
_MARK = rf"[\s{re.escape(MARKS)}]"


class Meaning(enum.StrEnum):
    """What a word for nothing means in a column; ``keep`` says that it is no such word here, in exactly this spelling."""

    BLANK = "blank"
    ASK = "ask"
    REFUSE = "refuse"
    KEEP = "keep"


class Place(enum.StrEnum):
    """Where in its cell a word counts; a filler stands beside words for nothing and says nothing itself (C/O, APT).

    ``NO_LETTERS`` has no word: digits and marks fill the cell.
    """

    ALONE = "alone"
    ANYWHERE = "anywhere"
    FIRST = "first"
    LAST = "last"
    OF_TWO = "of two"
    NO_LETTERS = "no letters"
    FILLER = "filler"


class Rule(NamedTuple):
    """A word and its meaning in a column, which is ``any``, ``any text``, ``any code``, a column's name, or table.column."""

    column: str
    word: str
    meaning: str
    place: str = Place.ALONE


@dataclass(frozen=True)
class ColumnWords:
    """The words for nothing of one column by meaning and place, and the spellings that are kept."""

    words: Mapping[Meaning, Mapping[Place, Sequence[str]]]
    fillers: Sequence[str]
    kept: pa.Array

    def __bool__(self) -> bool:
        return bool(self.words)

    def masks(self, texts: pa.Array) -> dict[Meaning, pa.Array]:
        """Return which texts say nothing, by what that means, where any does; a null is none."""
        if not self.words or (len(texts) <= FEW and not self._any_of_few(texts)):
            return {}
        maybe = _found(texts, self._sight)
        if not pc.any(maybe).as_py():
            return {}
        some = texts.filter(maybe)
        rest = pc.invert(pc.is_in(some, self.kept))
        masks: dict[Meaning, pa.Array] = {}
        for meaning, pattern in self._patterns:  # what fills its cell alone first
            found = pc.and_(_found(some, pattern), rest)
            if pc.any(found).as_py():
                rest = pc.and_not(rest, found)
                before = masks[meaning].filter(maybe) if meaning in masks else False
                masks[meaning] = pc.replace_with_mask(maybe, maybe, pc.or_(found, before))
        return masks

    def _any_of_few(self, texts: pa.Array) -> bool:
        """Return whether one of a few texts may say nothing: its own words are looked up, and no pattern is built for them."""
        return any(text and self._may_say_nothing(text) for text in texts.to_pylist())

    def _may_say_nothing(self, text: str) -> bool:
        """Return whether all parts of some word stand in a text; beyond ASCII, where letters and marks are others, it may."""
        parts = frozenset(_PART.findall(text.upper()))
        if not text.isascii() or parts <= self._parts_of_fillers:
            return True
        if self._any_digits and text.upper() == text.lower():
            return True
        return any(not any(map(parts.isdisjoint, word)) for word in self._parts_of_words)

    @cached_property
    def _any_digits(self) -> bool:
        return any(Place.NO_LETTERS in words for words in self.words.values())

    @cached_property
    def _parts_of_fillers(self) -> frozenset[str]:
        """What may stand beside a word of marks alone: C/O -."""
        return frozenset(run for word in self.fillers for part in _parts(word) for run in part)

    @cached_property
    def _parts_of_words(self) -> Sequence[Sequence[frozenset[str]]]:
        """Of each word its parts of letters and digits, each in all its spellings: in every text that the word is in, they stand apart."""
        every = {word for words in self.words.values() for own in words.values() for word in own}
        return [parts for word in sorted(every) if (parts := _parts(word))]

    @cached_property
    def _sight(self) -> str:
        """A pattern that is quick to look for, of all texts that may say nothing."""
        alone = {w for words in self.words.values() for w in words.get(Place.ALONE, ())}
        first = sorted({_word(word, first=True) for word in alone})
        if any(not word.strip(MARKS) for word in alone):
            first.append("$")
        sights = {f"^{_MARK}*{self._led}(?:{'|'.join(first)})"} if first else set()
        for words in self.words.values():
            if Place.NO_LETTERS in words:
                sights.add("^[^A-Za-z]+$")
            for place in set(words) - {Place.ALONE, Place.NO_LETTERS}:
                end = f"{_MARK}*$" if place is Place.LAST else ""
                sights |= {_longest_part(word) + end for word in words[place]}
        return "|".join(sorted(sights))

    @cached_property
    def _led(self) -> str:
        return f"(?:(?:{'|'.join(map(_word, self.fillers))}){_MARK}+)*" if self.fillers else ""

    @cached_property
    def _patterns(self) -> Sequence[tuple[Meaning, str]]:
        alone = [
            (meaning, self._alone(words[Place.ALONE]))
            for meaning, words in self.words.items()
            if Place.ALONE in words
        ]
        beside = [(meaning, _beside(words)) for meaning, words in self.words.items()]
        return [*alone, *(one for one in beside if one[1])]

    def _alone(self, words: Sequence[str]) -> str:
        one = "|".join(map(_word, words))
        more = "|".join(map(_word, (*words, *self.fillers)))
        pattern = f"^{_MARK}*{self._led}(?:{one})(?:{_MARK}+(?:{more}))*{_MARK}*$"
        return pattern if all(word.strip(MARKS) for word in words) else f"{pattern}|^{_MARK}+$"


def _parts(word: str) -> list[frozenset[str]]:
    """Return the letters and digits of each part of a word, in all spellings of the part; of a spelling of several runs the longest."""
    found = []
    for part in re.split(_MARK + "+", word):
        runs = [_PART.findall(one.upper()) for one in (part, *_spellings().get(part, ()))]
        if all(runs):
            found.append(frozenset(max(own, key=len) for own in runs))
    return found


def _found(texts: pa.Array, pattern: str) -> pa.Array:
    return pc.fill_null(pc.match_substring_regex(texts, pattern, ignore_case=True), False)


def _word(word: str, *, first: bool = False) -> str:
    """Return the pattern of a word that fills a cell, with any marks between its parts, or of its first part.

    Marks at its ends belong to it: <NA> is no NA, and (BLANK) no Mrs Blank.
    """
    if word[0] in MARKS or word[-1] in MARKS:
        return _literal(word)
    parts = [_spelled(part) for part in re.split(_MARK + "+", word)]
    return parts[0] + f"(?:{_MARK}|$)" if first else f"{_MARK}+".join(parts)


def _literal(word: str) -> str:
    return re.escape(word).replace(r"\#", r"#\s*")


def _spelled(part: str) -> str:
    every = [part, *_spellings().get(part, ())]
    return _literal(part) if len(every) == 1 else f"(?:{'|'.join(every)})"


def _longest_part(word: str) -> str:
    longest = max(word.split(), key=len)
    return _spelled(longest) if longest.isalnum() and len(longest) > 2 else _within(word)


def _beside(words: Mapping[Place, Sequence[str]]) -> str:
    """Return the pattern of texts in which words count beside others; blank where none does."""
    forms = {
        Place.ANYWHERE: "{0}", Place.FIRST: rf"^{_MARK}*{{0}}{_MARK}+\S", Place.LAST: rf"\S{_MARK}+{{0}}{_MARK}*$",
        Place.OF_TWO: r"^{0}[\s,]+[^\s,]+$|^[^\s,]+[\s,]+{0}$",
    }  # fmt: skip
    patterns = [r"^[^\pL]+$"] if Place.NO_LETTERS in words else []
    for place in set(forms) & set(words):
        every = "|".join(map(_within if place is Place.ANYWHERE else _word, words[place]))
        patterns.append(forms[place].replace("{0}", f"(?:{every})"))
    return "|".join(sorted(patterns))


def _within(word: str) -> str:
    """Return the pattern of a word within a text, its marks as they stand: N. A. Smith has initials, and no N/A."""
    spelled = f"{_MARK}+".join(_spelled(part) for part in word.split())
    return (r"\b" if word[0].isalnum() else "") + spelled + (r"\b" if word[-1].isalnum() else "")


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

    def of(self, table: str, column: str, *, text: bool, code: bool = False) -> ColumnWords:
        """Return the words of a column: the ledger's own before the packaged ones, the narrower before the wider.

        ``code``: the column is a key or another code that a row needs and no registry has.
        """
        if (table, column) not in self._read:
            wider = (ANY_TEXT,) if text else (ANY_CODE,) if code else ()
            places = (ANY, *wider, column, f"{table}.{column}")
            ruling = (
                rule
                for layer in self._by_column
                for place in places
                for rule in layer.get(place, ())
            )
            self._read[table, column] = _column_words(ruling)
        return self._read[table, column]

    def asked(
        self, owners: pa.Table, columns: Collection[str] = (*ASKED, *PRINTED_TOO)
    ) -> pa.Array:
        """Return per owner record whether it has words that may stand for nothing in one of some columns, of those given.

        In ADDRESS a person must look before it is written to; in NAMES the letter is the registered owner's meanwhile (577.7).
        """
        printed = [name for name in columns if name in owners.column_names]
        asked = pa.array(np.zeros(owners.num_rows, bool))
        for column in printed:
            words = self.of(OWNERS, column, text=True)
            masks = words.masks(owners[column].combine_chunks())
            asked = pc.or_(asked, masks[Meaning.ASK]) if Meaning.ASK in masks else asked
        return asked


def _column_words(rules: Iterable[Rule]) -> ColumnWords:
    """Return the words of rules of which a later one overrules an earlier one."""
    ruling: dict[tuple[str, str], Rule] = {}
    kept: list[str] = []
    for rule in rules:
        if rule.meaning == Meaning.KEEP:
            kept.append(rule.word)
        else:
            upper = rule._replace(word=rule.word.upper())
            alone = rule.place == Place.ALONE  # where marks between its parts make no other word
            ruling[_word(upper.word) if alone else upper.word, rule.place] = upper
    words: dict[Meaning, dict[Place, list[str]]] = {}
    for rule in ruling.values():
        if rule.place != Place.FILLER:
            places = words.setdefault(Meaning(rule.meaning), {})
            places.setdefault(Place(rule.place), []).append(rule.word)
    fillers = [rule.word for rule in ruling.values() if rule.place == Place.FILLER]
    return ColumnWords(words, fillers, pa.array(kept, pa.string()))


@cache
def _packaged() -> Mapping[str, Any]:
    text = (resources.files("renotify.values") / "placeholders.toml").read_text("utf-8")
    return tomllib.loads(text)


def _spellings() -> Mapping[str, Collection[str]]:
    """Return other spellings of words within the listed phrases, by the listed one."""
    spellings: Mapping[str, Collection[str]] = _packaged()["spellings"]
    return spellings


def _words_of(entry: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return the words of an entry's lists; one blank word where its place needs none."""
    words = [word for name in entry["lists"] for word in lists[name]]
    return [""] if entry.get("place") == Place.NO_LETTERS else words


@cache
def packaged() -> Placeholders:
    """Return the list that every ledger begins with (``placeholders.toml``)."""
    read = _packaged()
    return Placeholders(
        tuple(
            Rule(column, word, entry["means"], entry.get("place", Place.ALONE))
            for entry in read["meaning"]
            for column in entry["columns"]
            for word in _words_of(entry, read["lists"])
        )
    )
