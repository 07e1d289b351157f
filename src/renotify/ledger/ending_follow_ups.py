"""A follow-up is ended: letters that nobody has released are withdrawn, and other lists may have their vehicles."""

from __future__ import annotations

from datetime import date

from renotify.campaigns.follow_up_settings import VOLUNTARY
from renotify.errors import NothingToDo, Refused
from renotify.ledger import follow_ups, sources
from renotify.ledger.kinds import SourceKind
from renotify.ledger.session import Session

LONGEST_REMARK = 255  # characters of a source's name


def has_begun(session: Session, name: str) -> bool:
    """Whether a wave of the follow-up was released."""
    return bool(
        session.scalar("select count(released_at) from wave where follow_up = :name", name=name)
    )


def given_up(session: Session, on: date) -> set[str]:
    """Return the follow-ups that were ended by a day before any letter of them went: nothing of them is owed."""
    return {
        name
        for name in follow_ups.names(session)
        if (follow_ups.ended_on(session, name) or date.max) <= on and not has_begun(session, name)
    }


def end(session: Session, name: str, why: str, on: date) -> int:
    """Withdraw every letter of a follow-up that nobody has released, in the open transaction, and return how many; ``why`` is kept.

    What was released stays, and is answered for as before; other lists may have the vehicles. Raises UnknownName, NothingToDo where no
    letter is left, Refused where the others are owed by their day and the first have gone: a list of which nothing went owes nothing
    that its campaigns do not owe without it.
    """
    stated = follow_ups.settings(session, name)
    follow_ups.refuse_ended(session, name)
    if stated.kind != VOLUNTARY and has_begun(session, name):
        raise Refused(
            f"Letters of {name} went out, and the others are owed by their day: a follow-up of kind {stated.kind} is not ended then.",
            f"Release them: renotify followup show {name}.",
        )
    unwritten = (
        "follow_up = :name and exists (select 1 from piece p where p.vin = listed.vin and p.follow_up = listed.follow_up"
        " and p.family = listed.family and p.state in ('listed', 'planned'))"
    )
    sources.record(session, SourceKind.COMMAND, f"followup end {name}: {why}"[:LONGEST_REMARK])
    session.execute(f"update listed set week = null where {unwritten}", name=name)
    ended = follow_ups.withdraw_ended(session, name, on)
    if not ended:
        raise NothingToDo(
            f"Every letter of {name} is released or withdrawn: nothing is left to end.",
            f"See what became of them: renotify mail reconcile {name}.",
        )
    return ended
