"""Wordings that the gate refuses and a person accepts: counsel has read the sentence, and answers for it by name.

A grammar reads words, and refuses a lawful sentence some day. What it read in a sentence can be accepted, and nothing else: no missing
statement, no geometry, no key, no day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from renotify.campaigns.letter_faults import grammars
from renotify.errors import (
    AlreadyDone,
    BadInput,
    LetterRefused,
    Refused,
    UnknownName,
    WrongUse,
)
from renotify.ledger import accepted_wordings, follow_ups
from renotify.ledger.accepted_wordings import Accepted
from renotify.ledger.session import Session
from renotify.ledger.setting_changes import Decided
from renotify.ledger.wave_decisions import Decision
from renotify.letters.checks.finding import Finding, RefusedByFindings
from renotify.letters.checks.run_all import check
from renotify.mailing.accepted_words import as_read
from renotify.mailing.approving import versions_needed
from renotify.mailing.versions import VersionKey, Versions
from renotify.rules import load
from renotify.rules.read_wording import SHORT, ReadWording
from renotify.values.english import series
from renotify.values.progress_callback import Progress, silent

REFUSED, ACCEPTED, LAPSED = "refused", "accepted", "lapsed"
LEAST = 4  # digits by which a wording is named


class Wording(NamedTuple):
    """A wording that refuses letters of a follow-up or that a person accepted: how it stands, what was read, who accepted it and why.

    A lapsed one was accepted, and no letter has it now: text, rule or campaign are others, or it is printed nowhere.
    """

    stands: str
    read: ReadWording
    kept: Accepted | None = None

    def document(self) -> dict[str, Any]:
        """Return it as commands print it."""
        read, kept = self.read, self.kept
        return {
            "id": read.short, "stands": self.stands, "campaign": read.campaign_code, "key": read.key,
            "language": read.language, "where": read.where, "sentence": read.sentence, "rule": read.row_id, "title": read.title,
            "citation": read.citation, "accepted_by": kept.accepted_by if kept else "",
            "accepted_on": kept.accepted_on.isoformat() if kept else "", "reason": kept.reason if kept else "",
        }  # fmt: skip


def wordings(
    session: Session, name: str, *, on: date, progress: Progress | None = None
) -> list[Wording]:
    """Return the wordings that refuse letters of a follow-up as they go from a day on, then those that were accepted, each once."""
    report = progress or silent
    report("Versions that are needed", 0, None)
    needed = versions_needed(session, name, on).versions
    found: dict[str, ReadWording] = {}
    used: set[str] = (
        set()
    )  # also what is no finding any more: it was read before the letter was made
    unmade: set[str] = (
        set()
    )  # the letter is refused for something else: whether it has it is not known
    for done, (key, made) in enumerate(needed):
        report("Versions checked", done, len(needed))
        findings = _findings(key, made)
        found |= {one.read.handle: one.read for one in findings if one.read}
        used.update(made.spec(key).accepted)
        if key not in made.compiled:
            unmade.update(made.spec(key).accepted)
    settings = follow_ups.settings(session, name, on)
    known = accepted_wordings.accepted(session, settings.campaigns, name)
    kept = {one.handle: one for one in known if one.stands_on(on)}
    rows = [
        Wording(ACCEPTED if handle in kept else REFUSED, read, kept.get(handle))
        for handle, read in found.items()
    ]
    rows += [
        Wording(
            ACCEPTED
            if handle in unmade or (handle in used and one.row_id in grammars())
            else LAPSED,
            as_read(one),
            one,
        )
        for handle, one in kept.items()
        if handle not in found
    ]
    return sorted(rows, key=lambda one: (REFUSED, ACCEPTED, LAPSED).index(one.stands))


def _findings(key: VersionKey, made: Versions) -> Sequence[Finding]:
    try:
        made.compile([key])
    except RefusedByFindings as refusal:
        return refusal.findings
    except LetterRefused:
        return ()
    return check(made.compiled[key])


def accept(
    session: Session, name: str, asked: Collection[str], decision: Decision, *, on: date
) -> list[Wording]:
    """Record that a person accepts wordings of a follow-up's letters, and return them; one that is accepted already stays as it is.

    ``asked`` are the digits that name them. UnknownName for what no letter is refused for; WrongUse without a name or a reason.
    """
    known = [one for one in wordings(session, name, on=on) if one.stands != LAPSED]
    return keep(session, name, [one.read for one in _chosen(known, asked, name)], decision, on=on)


def keep(
    session: Session, name: str, found: Sequence[ReadWording], decision: Decision, *, on: date
) -> list[Wording]:
    """Record that a person accepts readings that stand in a follow-up's letters, and return them; what is accepted stays as it is."""
    stated = decision.checked("letter accept")
    _refuse_before(name, follow_ups.frozen_on(session, name), on)
    kept = {one.read.handle: one.kept for one in wordings_kept(session, name, on)}
    _refuse_later(name, [kept[one.handle] for one in found if one.handle in kept], on)
    new = [one for one in found if one.handle not in kept]
    if new:
        with session.transaction():
            accepted_wordings.accept(
                session, name, new, load(on).digest, Decided(stated.by, on, stated.reason)
            )
    handles = {one.handle for one in found}
    return [one for one in wordings_kept(session, name, on) if one.read.handle in handles]


def _refuse_before(name: str, frozen: date, on: date) -> None:
    """Refuse a day before the follow-up was made: nobody had its letters before them."""
    if on < frozen:
        raise Refused(
            f"{name} was made on {frozen}: nobody accepted a wording of its letters on {on}.",
            f"State the day on which it is accepted, {frozen} or later: --on DATE.",
        )


def _refuse_later(name: str, kept: Sequence[Accepted | None], on: date) -> None:
    """Refuse to accept what is accepted from a later day: one acceptance of a wording stands at a time."""
    for one in kept:
        if one is not None and not one.stands_on(on):
            raise AlreadyDone(
                f"{one.sentence!r} is accepted from {one.accepted_on} on, by {one.accepted_by}: it does not count on {on}.",
                "Take that back first, and accept it anew:"
                f" renotify letter accept {name} {one.handle[:SHORT]} --withdrawn --by WHO --because REASON.",
            )


def take_back(
    session: Session, name: str, asked: Collection[str], decision: Decision, *, on: date
) -> list[Wording]:
    """Record that a person takes acceptances back, and return them as they stood; it takes no check of a letter."""
    stated = decision.checked("letter accept --withdrawn")
    chosen = list(_chosen(wordings_kept(session, name, on), asked, name))
    with session.transaction():
        accepted_wordings.take_back(
            session,
            name,
            [one.read.handle for one in chosen],
            Decided(stated.by, on, stated.reason),
        )
    return chosen


def wordings_kept(session: Session, name: str, on: date) -> list[Wording]:
    """Return what is accepted of a follow-up's letters and stands, from a later day too, whether or not a letter has it."""
    settings = follow_ups.settings(session, name, on)
    known = accepted_wordings.accepted(session, settings.campaigns, name)
    return [Wording(ACCEPTED, as_read(one), one) for one in known if one.stands]


def _chosen(known: Sequence[Wording], asked: Collection[str], name: str) -> Iterator[Wording]:
    """Yield the wording that each of some digits names."""
    for digits in dict.fromkeys(one.strip().lower() for one in asked):
        if len(digits) < LEAST:
            raise WrongUse(
                f"{digits!r} names no wording: it takes {LEAST} digits or more.",
                f"See them with: renotify letter accept {name}.",
            )
        found = [one for one in known if one.read.handle.startswith(digits)]
        if not found:
            raise UnknownName(
                f"No wording {digits!r} stands in the letters of {name}: text, rule or campaign may be others by now.",
                f"See which do with: renotify letter accept {name}.",
            )
        if len(found) > 1:
            raise BadInput(
                f"{digits!r} names {series([one.read.handle[: SHORT * 2] for one in found])}.",
                "Name one of them.",
            )
        yield found[0]
