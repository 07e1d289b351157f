"""The letter that most owners of a follow-up get, as a picture: what the page of a follow-up shows of its letters."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from renotify.errors import RenotifyError
from renotify.ledger.session import Session
from renotify.letters.picture import first_page
from renotify.mailing.approving import versions_needed
from renotify.mailing.versions import RECIPIENTS, VersionKey
from renotify.values.english import counted


class LetterPicture(NamedTuple):
    """The first page of a letter as PNG, and what it is in words; where it cannot be printed no picture, and why."""

    picture: bytes
    words: str


class LettersOf(NamedTuple):
    """How many letters go to one kind of holder, in one language, about one set of campaigns."""

    family: str
    bundle: str
    role: str
    language: str
    letters: int


def commonest_letter(session: Session, name: str, on: date) -> LetterPicture:
    """Return the first page of the letter about the campaigns, to the holder and in the language that most letters of a follow-up are.

    It is as on the first day from ``on`` on which it can go out, with the values of a specimen: it names nobody. What no letter can be
    printed without is told and no error.
    """
    most = session.rows(
        LettersOf,
        "select family, bundle, role, language, count(*) as letters from piece where follow_up = :name"
        " group by family, bundle, role, language order by count(*) desc, bundle, role, language limit 1",
        name=name,
    )
    if not most:
        return LetterPicture(b"", "No letter is planned yet.")
    try:
        known = versions_needed(session, name, on).versions
        key, made = next((one for one in known if _is_of(one[0], most[0])), known[0])
        made.compile([key])
        picture = first_page(made.compiled[key])
    except RenotifyError as refusal:
        return LetterPicture(b"", f"The letter cannot be printed: {refusal.message} {refusal.hint}")
    share = counted(most[0].letters, "letter is", "letters are")
    return LetterPicture(
        picture,
        f"{key.words[:1].upper()}{key.words[1:]}: {share} about these campaigns and in this language.",
    )


def _is_of(key: VersionKey, most: LettersOf) -> bool:
    asked = (most.family, most.bundle, RECIPIENTS[most.role], most.language)
    return (key.family, key.bundle, key.recipient, key.language) == asked
