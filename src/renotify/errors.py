"""The one error tree. The command line prints an error as one sentence and a hint, and exits with its code.

RenotifyError
├── Refused            a rule of the house or of the law says no            exit 1
│   ├── UnknownName    a campaign, follow-up, dealer or wave nobody has heard of
│   ├── BadInput       a file, row or problem that cannot be read as what it should be
│   ├── NothingToDo    an empty list where a list is needed
│   ├── AlreadyDone    a second release of one wave, a second follow-up of one name
│   ├── LetterRefused  a letter that lacks a statement, a translation or a glyph
│   └── Inconsistent   two ways of counting that must agree do not
└── WrongUse           the command was called in a way it does not have     exit 2
"""

from __future__ import annotations


class RenotifyError(Exception):
    """An error that a person can act on: ``message`` is one sentence, ``hint`` says what to do next."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Refused(RenotifyError):
    """A rule says no; nothing was written."""


class UnknownName(Refused):
    """A name (campaign code, follow-up, dealer, wave) is not in the ledger."""


class BadInput(Refused):
    """A file, row or document cannot be read as what it should be."""


class NothingToDo(Refused):
    """The list to work on is empty."""


class AlreadyDone(Refused):
    """The step was done before and may not be done twice."""


class LetterRefused(Refused):
    """A letter fails the gate: a statement, a translation or a glyph is missing."""


class Inconsistent(Refused):
    """Two ways of counting that must agree do not."""


class WrongUse(RenotifyError):
    """The command line was used in a way it does not have."""

    exit_code = 2
