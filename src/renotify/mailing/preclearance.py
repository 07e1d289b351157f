"""Letter and envelope before NHTSA first: asked for before the first piece of a follow-up, and kept with its clocks (577.5(a))."""

from __future__ import annotations

from datetime import date

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.errors import BadInput, Refused
from renotify.ledger import follow_ups, pieces, registry
from renotify.ledger.kinds import DayWord
from renotify.ledger.session import Session
from renotify.ledger.stated_days import MARK, state, stated
from renotify.rules import load
from renotify.rules.clocks import drafts_due, drafts_required

CLOCK = "preclearance"


def submitted(session: Session, name: str, day: date, on: date) -> None:
    """Keep the day on which letter and envelope of a follow-up were submitted. BadInput for a day that lies ahead; UnknownName."""
    follow_ups.settings(session, name)
    if day > on:
        raise BadInput(f"--cleared {day} lies ahead: today is {on}.", "State the day of submission.")  # fmt: skip
    with session.transaction():
        state(session, f"{name}{MARK}{CLOCK}", DayWord.STARTED, day, f"mail release {name} --cleared")  # fmt: skip


def check(session: Session, settings: FollowUpSettings, on: date) -> list[str]:
    """Return what a person must know of the drafts before the first piece of a follow-up.

    Refused before the first piece of a recall's first notice, or of a follow-up that was ordered, while no day of submission is
    stated or it is less than five Federal business days back. That a voluntary follow-up is bound is not established: there it
    is said, not refused. A follow-up of service campaigns is not asked, nor one whose first wave went.
    """
    name = settings.name
    if any(wave.released for wave in pieces.waves(session, name)) or not _bound(session, settings):
        return []
    fault = _fault(name, stated(session).of(name).started(CLOCK), on)
    if fault is None:
        return []
    if drafts_required(settings.kind):
        raise Refused(
            fault,
            f"State the day of submission: renotify mail release {name} 1 --cleared DATE; or wait.",
        )
    return [f"{fault} That this binds a voluntary follow-up is not established: ask counsel."]


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
            f"Letter and envelope of {name} were submitted on {day}: letters may go out from {clock.due(day)},"
            f" as the drafts are there {words}."
        )
    return None
