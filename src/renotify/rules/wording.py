"""Statutory wording: text to print, and finding it again in text read back from a finished PDF."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache

from renotify.errors import Inconsistent, LetterRefused
from renotify.rules.quick_patterns import (
    in_small_letters,
    pattern_in_small_letters,
    words_first,
)
from renotify.rules.row import Row

Span = tuple[int, int]

STRAIGHT = str.maketrans("‘’‚‛“”„‟«»‐‑‒–—―−", "''''" + '""""' + '""' + "-------")
BROKEN_WORD = re.compile(r"(?<=[^\W\d_])-\s*\n\s*(?=[^\W\d_])")
BROKEN_NUMBER = re.compile(r"(?<=\d)-\s*\n\s*(?=\d)")
SOFT_HYPHEN = re.compile("[\u00ad\ufffe\x02]\\s*")
UNSEEN = re.compile(
    "[\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
OTHER_ALPHABETS = re.compile("[\u0370-\u052f]")  # Greek and Cyrillic
IN_WORD_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])", re.IGNORECASE)
SLOT = re.compile(r"\{([a-z_]+)\}")
# a vehicle's number, also one that the maker excepts: a digit tells it from a word
SLOT_PATTERNS = {"vin": "(?=[A-Z-]*[0-9])[A-Z0-9][A-Z0-9-]{3,15}[A-Z0-9]"}
ANYTHING = ".{1,900}?"


@lru_cache(maxsize=256)  # a page is looked through for every statement and every forbidden word
def normal(text: str) -> str:
    """Return text as statements are compared: NFKC, straight quotes and dashes, words rejoined over
    line ends, one space for all white space; without what nobody sees, and letters of another alphabet that look like Latin
    ones within a word read as Latin. Spans of ``find`` count in this form.
    """
    text = unicodedata.normalize("NFKC", SOFT_HYPHEN.sub("", text)).translate(STRAIGHT)
    text = BROKEN_NUMBER.sub("-", BROKEN_WORD.sub("", UNSEEN.sub("", text)))
    if OTHER_ALPHABETS.search(text):
        from renotify.values.look_alikes import as_latin  # few texts have such a letter

        text = as_latin(text)
    return " ".join(text.split())


@cache
def _compiled(matcher: str, *, capitals: bool) -> re.Pattern[str]:
    """Compile a matcher; a hyphen inside a word may be gone, because it stood at a line's end."""
    loose = IN_WORD_HYPHEN.sub("-?", matcher)
    filled = SLOT.sub(lambda slot: SLOT_PATTERNS.get(slot[1], ANYTHING), loose)
    return re.compile(filled, re.NOFLAG if capitals else re.IGNORECASE)


@cache
def _slots(wording: str) -> tuple[str, ...]:
    parsed = string.Formatter().parse(wording)
    return tuple(dict.fromkeys(name for _, name, _, _ in parsed if name))


@dataclass(frozen=True, kw_only=True)
class Statement(Row):
    """Wording that a letter, envelope or notice must carry, and to which of them it applies.

    ``kind`` is verbatim (the rule gives the words) or substance (the rule gives the meaning).
    ``when`` and ``unless`` name facts of the letter: it applies if all of ``when`` and none of
    ``unless`` hold. ``order`` ranks statements in the letter; the head must keep it (577.5(a)).
    ``together`` has the words for campaigns of which it says the same but for their codes. ``own_words`` find it in a campaign's own text,
    by language. With ``may_contest`` the maker may deny in it what 577.8 forbids elsewhere.
    """

    section: str
    kind: str
    order: int
    campaign_types: tuple[str, ...]
    letter_kinds: tuple[str, ...]
    recipients: tuple[str, ...]
    text: Mapping[str, str] = field(hash=False)
    matcher: Mapping[str, str] = field(hash=False)
    approved_by: Mapping[str, str] = field(hash=False)
    own_words: Mapping[str, str] = field(default_factory=dict, hash=False)
    together: Mapping[str, str] = field(default_factory=dict, hash=False)
    surface: str = "letter"
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    capitals: bool = False
    may_contest: bool = False

    def applies(
        self, *, campaign_type: str, kind: str, recipient: str, facts: Collection[str]
    ) -> bool:
        return (
            campaign_type in self.campaign_types
            and kind in self.letter_kinds
            and recipient in self.recipients
            and set(self.when) <= set(facts)
            and not set(self.unless) & set(facts)
        )

    def wording(self, language: str) -> str:
        """Return the text with its {slots}; LetterRefused where the language has no text."""
        if language not in self.text or language not in self.matcher:
            raise LetterRefused(
                f"Statement {self.id} ({self.citation}) has no text in language {language!r}.",
                "Add its wording, its matcher and who approved it to the rule pack.",
            )
        return self.text[language]

    def slots(self, language: str) -> tuple[str, ...]:
        """Return the names to be filled in, in the order of the text."""
        return _slots(self.wording(language))

    def render(self, language: str, facts: Mapping[str, str], *, campaign_code: str = "") -> str:
        """Return the text with its slots filled; LetterRefused, by campaign and language, when a slot has no value."""
        values = {name: facts.get(name, "").strip() for name in self.slots(language)}
        empty = [name for name, value in values.items() if not value]
        if empty:
            whose = f"Campaign {campaign_code}: statement" if campaign_code else "Statement"
            table = "" if language == "en" else f" under [campaign.{language}]"
            raise LetterRefused(
                f"{whose} {self.id} ({self.citation}) needs a value for {', '.join(empty)} in language {language!r}.",
                f"Give it in campaigns.toml{table}, in labor_times (labor_time) or under [sender] in followup.toml.",
            )
        return re.sub(r"([.!?])\.(?=\s|$)", r"\1", self.wording(language).format_map(values))

    def is_said_in(self, text: str, language: str) -> bool:
        """Tell whether a campaign's own text says the same in words of its own (``own_words``)."""
        pattern = self.own_words.get(language)
        return pattern is not None and bool(_compiled(pattern, capitals=False).search(normal(text)))

    def find(self, text: str, language: str) -> list[Span]:
        """Return where the statement stands in ``normal(text)``; capitals count only where the rule
        says so (P1, P12).
        """
        self.wording(language)
        pattern = _compiled(self.matcher[language], capitals=self.capitals)
        return [found.span() for found in pattern.finditer(normal(text))]


def words_used(patterns: Iterable[str], words: Mapping[str, str]) -> dict[str, str]:
    """Return the groups of words that patterns name in braces, and those that these name; Inconsistent for an unknown one."""
    found: dict[str, str] = {}
    asked = [name for pattern in patterns for name in SLOT.findall(pattern)]
    while asked:
        name = asked.pop()
        if name not in words:
            raise Inconsistent(f"A forbidden wording names the words {name!r}, and there are none.")
        if name not in found:
            found[name] = words[name]
            asked += SLOT.findall(words[name])
    return dict(sorted(found.items()))


def spelled_out(pattern: str, words: Mapping[str, str]) -> str:
    """Return a pattern with its groups of words in the place of their names."""
    while SLOT.search(pattern):
        pattern = SLOT.sub(lambda slot: f"(?:{words[slot[1]]})", pattern)
    return pattern


@dataclass(frozen=True, kw_only=True)
class Forbidden(Row):
    """Wording that may not appear: disclaimers (577.8), sales messages (18 USC 2721, 573.15(b)(3)).

    ``families`` are the letters it binds; with ``house_words_only`` it is not tried on the campaign's own facts.
    ``when`` names facts of the campaign's letter without which it does not bind, ``unless`` those with which it does not; ``not_in`` texts
    of the campaign's own that it does not look at: money is named there by right; ``only_in``, where there are any, those that it looks at
    alone.
    ``pattern`` and ``lawful`` name groups of ``words`` in braces. What ends within one of the ``lawful`` wordings may stand.
    """

    language: str
    pattern: str
    surfaces: tuple[str, ...]
    families: tuple[str, ...]
    lawful: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
    only_in: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    house_words_only: bool = False

    def holds_with(self, facts: Collection[str]) -> bool:
        """Tell whether it binds a campaign of which these facts hold."""
        return {*self.when} <= {*facts} and not {*self.unless} & {*facts}

    def looks_at(self, name: str) -> bool:
        """Tell whether a text of the campaign's own, by its key, is looked at."""
        return name not in self.not_in and (not self.only_in or name in self.only_in)

    def find(self, text: str) -> list[Span]:
        """Return where the forbidden wording stands in ``normal(text)``."""
        text = normal(text)
        hits = _spans(self.looked_for, text)
        allowed = [span for one in self.may_stand for span in _spans(one, text)] if hits else []
        return [hit for hit in hits if not any(first < hit[1] <= last for first, last in allowed)]

    @cached_property
    def looked_for(self) -> str:
        """The pattern with its groups of words."""
        return words_first(spelled_out(self.pattern, self.words))

    @cached_property
    def may_stand(self) -> tuple[str, ...]:
        """The lawful wordings with their groups of words."""
        return tuple(spelled_out(one, self.words) for one in self.lawful)


@lru_cache(maxsize=16384)  # the versions of a release share most of their sentences
def _spans(pattern: str, text: str) -> list[Span]:
    small = in_small_letters(text)
    if small is None:
        return [found.span() for found in _compiled(pattern, capitals=False).finditer(text)]
    quick = _compiled(pattern_in_small_letters(pattern), capitals=True)
    return [found.span() for found in quick.finditer(small)]
