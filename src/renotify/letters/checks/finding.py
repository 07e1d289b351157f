"""What the checks find, and what they look at: one language of a finished letter, read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from renotify.errors import LetterRefused
from renotify.letters.letter_text import Placed
from renotify.letters.readback import PageText
from renotify.rules import normal


@dataclass(frozen=True)
class Finding:
    """What is wrong: a code, the rule it offends, one sentence, ``must`` (blocks) or ``should``."""

    code: str
    citation: str
    message: str
    severity: str = "must"


class RefusedByFindings(LetterRefused):
    """A letter that its checks refuse; ``findings`` are those that block it, in their order."""

    def __init__(self, message: str, hint: str = "", findings: Sequence[Finding] = ()) -> None:
        super().__init__(message, hint)
        self.findings = tuple(findings)


@dataclass(frozen=True)
class OwnText:
    """One text as the letter was given it: the campaign's code (of a wording of the house's, ``the letter``), the text's name and words.

    ``facts`` are what holds for the campaign in this letter.
    """

    campaign: str
    name: str
    text: str
    facts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Part:
    """One language of a letter, read back: its statements, its text, its place in the version.

    ``own_texts`` are the campaigns' own texts in it, ``house_texts`` those of its wording, ``telephones`` the ten digits of the
    sender's numbers.
    """

    language: str
    blocks: tuple[str, ...]
    text: str
    static: str
    pages: tuple[PageText, ...]
    expected: tuple[Placed, ...]
    own_texts: tuple[OwnText, ...] = ()
    telephones: frozenset[str] = frozenset()
    house_texts: tuple[OwnText, ...] = ()

    @cached_property
    def plain(self) -> str:
        """Return the text as statements are compared."""
        return normal(self.text)

    @property
    def paragraphs(self) -> str:
        """Return the text in comparable form with its paragraphs kept apart."""
        return "\n\n".join(normal(paragraph) for paragraph in self.text.split("\n\n"))
