"""Letter and envelope before NHTSA first: asked for before the first piece of a follow-up, and kept with its clocks (577.5(a))."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import pyarrow as pa

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.errors import BadInput, Refused
from renotify.ledger import pieces, registry
from renotify.ledger.campaign_history import histories
from renotify.ledger.kinds import DayWord
from renotify.ledger.session import Session
from renotify.ledger.stated_days import MARK, state, state_each, stated
from renotify.letters.signoff import signoff_digest
from renotify.mailing.versions import Versions, wanted
from renotify.rules import load
from renotify.rules.clocks import drafts_due, drafts_required, letters_from
from renotify.values.english import series

CLOCK = "preclearance"
SHORT = 16  # hexadecimal digits of a digest that name a draft


class Draft(NamedTuple):
    """A letter version or an envelope front of a recall as it goes out: what it is, in words and as a key, and its text's digest."""

    words: str
    key: str
    digest: str

    def clock(self, name: str) -> str:
        """Return how the submission of this very text is stated: a clock of the follow-up's own."""
        return MARK.join((name, CLOCK, self.key, self.digest))


def drafts_of(made: Versions, released: pa.Table) -> list[Draft]:
    """Return what NHTSA is shown of the recalls' letters and envelopes of the pieces that go out; the mailing day is no part of a text."""
    fronts_needed = made.streams(released, "owner_state")
    letters = [
        Draft(
            key.words,
            _short(repr(key) + key.wording),
            signoff_digest(made.compiled[key], made.pack)[:SHORT],
        )
        for key in wanted(released)
        if key.family == "safety"
    ]
    fronts = [
        Draft(
            f"the envelope ({stream.language})", _short(repr(stream)), _short(made.fronts[stream])
        )
        for stream in fronts_needed
        if stream.family == "safety"
    ]
    return sorted([*letters, *fronts])


def _short(content: str | bytes) -> str:
    body = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(body).hexdigest()[:SHORT]


def keep(session: Session, name: str, day: date | None, drafts: Sequence[Draft]) -> None:
    """Keep the day of submission that is stated now, and what goes out under the one on file, in the open transaction of the release."""
    command = f"mail release {name} --cleared"
    if day is not None:
        state(session, f"{name}{MARK}{CLOCK}", DayWord.STARTED, day, command)
    filed = stated(session).of(name).started(CLOCK)
    if filed is not None:
        state_each(
            session, [draft.clock(name) for draft in drafts], DayWord.STARTED, filed, command
        )


def check_drafts(
    session: Session, settings: FollowUpSettings, drafts: Sequence[Draft], cleared: date | None
) -> list[str]:
    """Return what a person must know of letters and envelopes that are not those which went under the clearance on file.

    Refused where one says something else than what went under the day of submission and must be before NHTSA first, until the
    submission of the new text is stated. A day under which nothing went yet covers what goes out under it; what went under an
    earlier one that stands is known. One that went under no release yet is named: whether it was among what was submitted, nobody
    but a person knows.
    """
    name = settings.name
    own = stated(session).of(name)
    submitted = cleared or own.started(CLOCK)
    days = set(own.starts(CLOCK))
    held = [
        (*row.name.split(MARK)[1:], row.day)
        for row in own.rows
        if row.name.startswith(f"{CLOCK}{MARK}") and row.day in days
    ]
    known, texts = {key for key, _, day in held if day == submitted}, {text for _, text, _ in held}
    if not known:
        return []
    other = [draft for draft in drafts if draft.digest not in texts]
    changed = [draft.words for draft in other if draft.key in known]
    new = [draft.words for draft in other if draft.key not in known]
    unlike = f"Not as it was when it was submitted to NHTSA on {submitted}: {series(changed)}."
    if changed and drafts_required(settings.kind):
        raise Refused(
            unlike,
            f"Submit the new text, and state its day: renotify mail release {name} WAVE --cleared DATE.",
        )
    said = [unlike] if changed else []
    if new:
        said.append(
            f"Goes out for the first time: {series(new)}. Was it among what was submitted on {submitted}?"
        )
    return said


def check(
    session: Session, settings: FollowUpSettings, on: date, cleared: date | None = None
) -> list[str]:
    """Return what a person must know of the drafts before the first piece of a follow-up; nothing is kept (``keep``).

    ``cleared`` is the day of submission that is stated now. BadInput for one that lies ahead, and for another than the one on file,
    which is evidence: a person takes it back first; once a wave went, a later one is that of another text. Refused for each wave of a
    recall's first notice, or of a follow-up that was ordered, while no day of submission stands (the one on file may be taken back) or
    it is less than five Federal business days back. That a voluntary follow-up is bound is not established: there it is said once,
    not refused. A follow-up of service campaigns is not asked.
    """
    name = settings.name
    filed = stated(session).of(name).started(CLOCK)
    began = any(wave.released for wave in pieces.waves(session, name))
    again = began and filed is not None and cleared is not None and cleared > filed
    if not again:
        _refuse_day(name, filed, cleared, on)
    elif cleared is not None:
        _refuse_ahead(cleared, on)
    submitted = cleared or filed
    changed = _changed_since(session, settings, submitted) if submitted else []
    said_before = began and submitted is None and not drafts_required(settings.kind)
    if said_before or not _bound(session, settings):
        return changed
    fault = _fault(name, submitted, on)
    if fault is None:
        return changed
    if drafts_required(settings.kind):
        raise Refused(
            fault,
            f"State the day of submission: renotify mail release {name} {'WAVE' if began else 1} --cleared DATE; or wait.",
        )
    return [f"{fault} That this binds a voluntary follow-up is not established: ask counsel."]


def _refuse_ahead(cleared: date, on: date) -> None:
    if cleared > on:
        raise BadInput(
            f"--cleared {cleared} lies ahead: today is {on}.", "State the day of submission."
        )


def _refuse_day(name: str, filed: date | None, cleared: date | None, on: date) -> None:
    if cleared is None:
        return
    _refuse_ahead(cleared, on)
    if filed is not None and filed != cleared:
        raise BadInput(
            f"Letter and envelope of {name} are on file as submitted on {filed}, not on {cleared}.",
            f"If that was stated wrongly, take it back first: renotify deadlines --withdrawn {name}{MARK}{CLOCK}. If another draft"
            " was submitted since, take it back too, and state the new day.",
        )


def _changed_since(session: Session, settings: FollowUpSettings, submitted: date) -> list[str]:
    """Say of which recalls something was stated after the submission: the letter may be another than the draft."""
    found = histories(session, settings.campaigns)
    campaigns = registry.campaigns(session, settings.campaigns)
    changed = {
        code: max((one.stated_on for one in history.statements[1:]), default=submitted)
        for code, history in found.items()
        if campaigns[code].family == "safety"
    }
    return [
        f"What is stated of {code} changed on {day}, after letter and envelope of {settings.name} were submitted on {submitted}: if"
        " the letter says something else now, submit it again."
        for code, day in changed.items()
        if day > submitted
    ]


def _bound(session: Session, settings: FollowUpSettings) -> bool:
    campaigns = registry.campaigns(session, settings.campaigns)
    return any(campaign.family == "safety" for campaign in campaigns.values())


def _fault(name: str, day: date | None, on: date) -> str | None:
    clock, last = load(on).clock(CLOCK), drafts_due(on, on)
    words = f"{clock.amount} Federal business days before the first piece ({clock.citation})"
    if day is None:
        return (
            f"No day is stated on which letter and envelope of {name} were submitted to NHTSA: no later than {last},"
            f" {words}."
        )
    if day > last:
        return (
            f"Letter and envelope of {name} were submitted on {day}: letters may go out from {letters_from(day, on)},"
            f" as the drafts are there {words}."
        )
    return None
