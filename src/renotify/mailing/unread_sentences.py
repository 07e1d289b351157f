"""A sentence that the gate could not decide goes out by a signature alone: what comes near a denial, a charge, a limit or a sale.

The gate refuses what it surely reads, and only shows what comes near (severity ``should``). A letter with such a sentence is printed
once a person signed its text, which lists every sentence that is not the law's (decision 0128). Of letters that the law
has a maker send each is signed, whether a rule found something or not (decision 0064).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from renotify.errors import LetterRefused
from renotify.ledger import artifacts
from renotify.ledger.session import Session
from renotify.letters.checks.finding import Finding
from renotify.letters.checks.run_all import check
from renotify.letters.signoff import signoff_digest
from renotify.letters.version import LetterVersion
from renotify.mailing.versions import VersionKey, Versions
from renotify.rules import RulePack
from renotify.values.english import counted, one_a_line

OF_WORDS = "forbidden."  # how the codes of findings begin that a row read in a sentence


class Wanted(NamedTuple):
    """A signature that letters want before they are printed: ``words`` with the sentences, and what to do.

    A release refuses in these words; who asks before reads the same.
    """

    words: str
    next_step: str

    @property
    def sentence(self) -> str:
        """The words and what to do."""
        return f"{self.words} {self.next_step}"

    def document(self) -> dict[str, str]:
        """Return it for JSON."""
        return {"words": self.words, "next": self.next_step}


def wanted(name: str, told: Collection[str], unsigned: int = 0) -> Wanted | None:
    """Return the signature that letters of a follow-up want, None where they want none.

    ``told`` are the sentences of unsigned letters that no rule decides, ``unsigned`` how many letters nobody signed that all have to be.
    """
    told = list(dict.fromkeys(told))
    if not told:
        return _of_all(name, unsigned) if unsigned else None
    return Wanted(
        f"{counted(len(told), 'sentence')} that no rule decides {'stands' if len(told) == 1 else 'stand'} in letters that"
        f" nobody signed:{one_a_line([f'{one}.' for one in told])}",
        f"Read them and mend campaigns.toml, or sign the letters: renotify letter check {name}; renotify letter"
        f" approve {name} --by WHO.",
    )


def _of_all(name: str, unsigned: int) -> Wanted:
    versions = counted(unsigned, "letter version has", "letter versions have")
    return Wanted(
        f"{versions} sentences of the maker's own that nobody signed, and no rule reads all that a sentence can say (49 CFR 577.8).",
        f"Read them and sign the letters: renotify letter check {name}; renotify letter approve {name} --by WHO.",
    )


def is_undecided(one: Finding) -> bool:
    """Tell whether the gate could only show what it found, so that a person has to sign it."""
    return one.severity == "should" and one.code.startswith(OF_WORDS)


def undecided(version: LetterVersion, pack: RulePack) -> Iterator[str]:
    """Yield what a version says that the gate can only show to a person, each sentence with its text and rule."""
    for one in check(version, pack=pack):
        if is_undecided(one):
            yield f"{one.message} ({one.citation})"


class Unread:
    """The versions of a wave that nobody signed and that have to be: each version is looked at once.

    They are those that hold what the gate can only show, or all of them (``all_signed``: ``[readiness] versions = "refuse"``).
    """

    def __init__(self, session: Session, made: Versions, *, all_signed: bool = False) -> None:
        self._session, self._made, self._all_signed = session, made, all_signed
        self._known: dict[VersionKey, tuple[str, ...]] = {}

    def look(self, keys: Collection[VersionKey]) -> None:
        """Look at versions of these keys that nobody signed; takes a tenth of a second for each, and so stays out of transactions."""
        for key in _unsigned(self._session, self._made, keys):
            self._of(key)

    def wanted(self, name: str, keys: Collection[VersionKey]) -> Wanted | None:
        """Return the signature that these versions want, None where each that has to be signed is."""
        found = {key: self._of(key) for key in _unsigned(self._session, self._made, keys)}
        told = [words for some in found.values() for words in some]
        return wanted(name, told, len(found) if self._all_signed else 0)

    def refuse(self, name: str, keys: Collection[VersionKey]) -> None:
        """Raise LetterRefused where one of these versions has to be signed, and nobody signed its text."""
        asked = self.wanted(name, keys)
        if asked is not None:
            raise LetterRefused(asked.words, asked.next_step)

    def _of(self, key: VersionKey) -> tuple[str, ...]:
        if key not in self._known:
            self._known[key] = tuple(undecided(self._made.compiled[key], self._made.pack))
        return self._known[key]


def _unsigned(
    session: Session, made: Versions, keys: Collection[VersionKey]
) -> Mapping[VersionKey, LetterVersion]:
    signed = artifacts.approvals(session)
    return {
        key: made.compiled[key]
        for key in keys
        if key in made.compiled and signoff_digest(made.compiled[key], made.pack) not in signed
    }
