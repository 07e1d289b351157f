"""A letter as people look at it before they sign: its pages in each language beside each other, and what the gate finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from renotify.errors import UnknownName
from renotify.ledger.session import Session
from renotify.letters.picture import pages
from renotify.mailing.approving import check_version, versions_needed
from renotify.mailing.versions import VersionKey


@dataclass(frozen=True)
class LetterShown:
    """A version: its place among those that its follow-up needs, its pages as PNG (none: it is refused), and rows of ``check_letters``."""

    place: int
    key: VersionKey
    mail_date: date
    pages: tuple[bytes, ...]
    findings: tuple[dict[str, Any], ...]


def letters_beside(session: Session, name: str, place: int, on: date) -> tuple[LetterShown, ...]:
    """Return a version of a follow-up by its place in ``versions_needed``, and beside it those that differ in language alone.

    They name nobody: values are the specimen's. Raises UnknownName for a place that none has.
    """
    needed = versions_needed(session, name, on).versions
    if not 0 <= place < len(needed):
        raise UnknownName(f"{name} has no letter version {place + 1}.", f"It has {len(needed)}.")
    asked, made = needed[place]
    found = []
    for at, (key, own) in enumerate(needed):
        if _but_language(key) != _but_language(asked) or own.mail_date != made.mail_date:
            continue
        findings = tuple(check_version(key, own))
        version = own.compiled.get(key)
        drawn = tuple(pages(version)) if version is not None else ()
        found.append(LetterShown(at, key, own.mail_date, drawn, findings))
    return tuple(found)


def _but_language(key: VersionKey) -> tuple[str, ...]:
    return tuple(value for name, value in vars(key).items() if name != "language")
