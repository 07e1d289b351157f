"""What the ledger itself holds of the work that a stated clock asks for: a mailing that keeps an address day, notices to dealers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from renotify.ledger.session import Session
from renotify.reports.letter_clocks import Mailed

BY_MAILING = ("move_update", "address_match")  # the mailing is no later than their end
DEALERS = "dealer_notice"


class Evidence(NamedTuple):
    """The days of the work, whether all of it is done, and in words what shows it."""

    days: tuple[date, ...] = ()
    whole: bool = False
    closes: str = ""

    def done(self, start: date, following: date | None) -> date | None:
        """Return the day on which a run was done that began on ``start``; None while it is not.

        What begins anew on the day ``following`` is what later work goes by: the run before it is done by the last work until then,
        else by the new beginning itself.
        """
        own = [day for day in self.days if start <= day and (following is None or day < following)]
        if following is None and not self.whole:
            return None
        return max(own, default=following)


NOTHING: Mapping[str, Evidence] = {}
AGAIN: Mapping[
    str, Evidence
] = {  # started by the last of what is done again and again: the next start is the evidence
    "reimbursement_plan": Evidence(closes="the next update, stated as started"),
    **dict.fromkeys(BY_MAILING, Evidence()),
}


def by_mailing(days: Iterable[date], closes: str, *, whole: bool) -> dict[str, Evidence]:
    """Return the evidence of mailings for the clocks whose end is the last day for one."""
    one = Evidence(tuple(sorted(days)), whole, closes)
    return dict.fromkeys(BY_MAILING, one)


class _Day(NamedTuple):
    day: date


class _Noticed(NamedTuple):
    dealers: int
    noticed: int
    last: date | None


def of_follow_up(session: Session, name: str, on: date) -> dict[str, Evidence]:
    """Return what the ledger holds by a day of a follow-up's mailing and of its notices to dealers, by clock."""
    mailed = session.rows(
        _Day,
        "select distinct mailed_on as day from piece where follow_up = :name and state = 'accepted' and mailed_on <= :on",
        name=name,
        on=on,
    )
    to_come = session.scalar(
        "select count(*) from piece where follow_up = :name and (state in ('released', 'printed')"
        " or (state in ('listed', 'planned') and wave is not null) or (state = 'accepted' and mailed_on > :on))",
        name=name,
        on=on,
    )
    evidence = f"the mailing of its letters: renotify mail accept {name} WAVE EVIDENCE.csv"
    found = by_mailing([one.day for one in mailed], evidence, whole=not to_come)
    (told,) = session.rows(
        _Noticed,
        "select (select count(*) from dealer) as dealers, count(*) as noticed, max(coalesce(sent_on, written_on)) as last from notice"
        " where follow_up = :name and audience = 'dealer' and edition = 1 and (sent_on is not null or acknowledged_at <> '')",
        name=name,
    )
    days = (told.last,) if told.last and told.last <= on else ()
    sent = f"renotify notices {name} --sent"
    return found | {DEALERS: Evidence(days, told.noticed >= told.dealers, sent)}


def of_recall(letters: Sequence[Mailed], dealers: date | None) -> dict[str, Evidence]:
    """Return what the ledger holds of a recall, by clock: its letters, and the day on which the last dealer was told."""
    days = {day for one in letters for day in (one.first, one.last) if day}
    whole = bool(days) and not any(one.untold for one in letters)
    found = by_mailing(
        days, "the mailing of its letters: mail_events, or renotify mail accept", whole=whole
    )
    told = (dealers,) if dealers else ()
    return found | {
        DEALERS: Evidence(told, dealers is not None, "renotify notices of the first notice")
    }
