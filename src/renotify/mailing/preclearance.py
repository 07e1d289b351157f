"""Letter and envelope before NHTSA first: asked for before the first piece of a follow-up, and kept with its clocks (577.5(a))."""

from __future__ import annotations

from datetime import date

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.errors import BadInput, Refused
from renotify.ledger import pieces, registry
from renotify.ledger.campaign_history import histories
from renotify.ledger.kinds import DayWord
from renotify.ledger.session import Session
from renotify.ledger.stated_days import MARK, state, stated
from renotify.rules import load
from renotify.rules.clocks import drafts_due, drafts_required

CLOCK = "preclearance"


def keep(session: Session, name: str, day: date | None) -> None:
    """Keep the day on which letter and envelope of a follow-up were submitted, in the open transaction of what goes out on it."""
    if day is not None:
        state(session, f"{name}{MARK}{CLOCK}", DayWord.STARTED, day, f"mail release {name} --cleared")  # fmt: skip


def check(
    session: Session, settings: FollowUpSettings, on: date, cleared: date | None = None
) -> list[str]:
    """Return what a person must know of the drafts before the first piece of a follow-up; nothing is kept (``keep``).

    ``cleared`` is the day of submission that is stated now. BadInput for one that lies ahead, and for another than the one on file,
    which is evidence: a person takes it back first. Refused before the first piece of a recall's first notice, or of a follow-up that
    was ordered, while no day of submission is stated or it is less than five Federal business days back. That a voluntary
    follow-up is bound is not established: there it is said, not refused. A follow-up of service campaigns is not asked, nor one
    whose first wave went.
    """
    name = settings.name
    filed = stated(session).of(name).started(CLOCK)
    _refuse_day(name, filed, cleared, on)
    submitted = cleared or filed
    changed = _changed_since(session, settings, submitted) if submitted else []
    if any(wave.released for wave in pieces.waves(session, name)) or not _bound(session, settings):
        return changed
    fault = _fault(name, submitted, on)
    if fault is None:
        return changed
    if drafts_required(settings.kind):
        raise Refused(
            fault,
            f"State the day of submission: renotify mail release {name} 1 --cleared DATE; or wait.",
        )
    return [f"{fault} That this binds a voluntary follow-up is not established: ask counsel."]


def _refuse_day(name: str, filed: date | None, cleared: date | None, on: date) -> None:
    if cleared is None:
        return
    if cleared > on:
        raise BadInput(
            f"--cleared {cleared} lies ahead: today is {on}.", "State the day of submission."
        )
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
            f"Letter and envelope of {name} were submitted on {day}: letters may go out from {clock.due(day)},"
            f" as the drafts are there {words}."
        )
    return None
