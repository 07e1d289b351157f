"""What the checks find, and what they look at: one language of a finished letter, read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from renotify.errors import LetterRefused
from renotify.letters.letter_text import Placed
from renotify.letters.readback import PageText
from renotify.rules import normal
from renotify.rules.read_wording import OF_LETTER, ReadWording

MEND = (
    "Mend what is named, and check again: renotify letter check. Where counsel holds a wording for lawful all the same, it is listed"
    " with its id: renotify letter accept."
)
HOUSE = "the letter"  # whose the house's own words are, as findings say it


@dataclass(frozen=True)
class Finding:
    """What is wrong: a code, the rule it offends, one sentence, ``must`` (blocks) or ``should``.

    ``read`` is what a row of forbidden wording read in a sentence, where that refuses: a person can accept it, and nothing else.
    """

    code: str
    citation: str
    message: str
    severity: str = "must"
    read: ReadWording | None = None

    @property
    def sentence(self) -> str:
        """Return the message with its rule, as a refusal says it."""
        return f"{self.message} ({self.citation})." if self.citation else self.message


class RefusedByFindings(LetterRefused):
    """A letter that its checks refuse; ``findings`` are those that block it, in their order."""

    def __init__(self, message: str, hint: str = "", findings: Sequence[Finding] = ()) -> None:
        super().__init__(message, hint)
        self.findings = tuple(findings)


@dataclass(frozen=True)
class OwnText:
    """One text as the letter was given it: the campaign's code (of a wording of the house's, ``the letter``), the text's name and words.

    ``facts`` are what holds for the campaign in this letter, ``texts`` the digest of all of its texts in the language.
    """

    campaign: str
    name: str
    text: str
    facts: frozenset[str] = frozenset()
    texts: str = ""

    @property
    def code(self) -> str:
        """The campaign's code; blank for words of the house's."""
        return "" if self.campaign == HOUSE else self.campaign


@dataclass(frozen=True, order=True)
class MakersSentence:
    """A sentence of a letter that is not the law's: where it stands, as a person is told, and its words."""

    language: str
    campaign: str
    key: str
    text: str

    @property
    def where(self) -> str:
        """Which text it is of, in words: ``the en remedy of 9LA``, ``the en letter`` (the house's templates)."""
        if self.key == OF_LETTER:
            return f"the {self.language} letter"
        return f"the {self.language} {self.key} of {self.campaign}"


@dataclass(frozen=True)
class Part:
    """One language of a letter, read back: its statements, its text, its place in the version.

    ``own_texts`` are the campaigns' own texts in it, ``house_texts`` those of its wording, ``telephones`` the ten digits of the
    sender's numbers, ``accepted`` the handles of readings that a person accepted,
    ``template_texts`` the sentences of the house's templates.
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
    accepted: frozenset[str] = frozenset()
    template_texts: tuple[OwnText, ...] = ()

    @property
    def makers_texts(self) -> tuple[OwnText, ...]:
        """Every text of the letter that is not the law's: the campaigns', the wording's, the templates'."""
        return (*self.own_texts, *self.house_texts, *self.template_texts)

    @cached_property
    def plain(self) -> str:
        """Return the text as statements are compared."""
        return normal(self.text)

    @property
    def paragraphs(self) -> str:
        """Return the text in comparable form with its paragraphs kept apart."""
        return "\n\n".join(normal(paragraph) for paragraph in self.text.split("\n\n"))
