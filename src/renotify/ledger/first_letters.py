"""When a recall was notified, by the letters: the day of the first about each campaign; and which letter is a first notice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import FIRST_KINDS, JOINED
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session

FOLLOWING = (
    "follow_up",
    "remedy_available",
)  # the rule pack's kinds of letters that follow first notices
OF_FIRST = f"in ({', '.join(repr(kind) for kind in FIRST_KINDS)})"
# A letter of a follow-up is no first notice: a piece of one is known by its subject (mailing/mail_events).
# One that a file of letters told without a number, by campaign and day, is nobody's piece and needs no look at them.
FIRST_NOTICE = (
    "e.kind = 'mailed' and (substr(e.subject, 6, length(e.campaign_code) + 1) = e.campaign_code || '|' or not exists"
    " (select 1 from piece p join follow_up f on f.name = p.follow_up"
    f" where p.vin = e.vin and f.kind not {OF_FIRST} and e.subject = 'mail|' || p.piece_id || '|' || e.campaign_code))"
)


class _FirstOut(NamedTuple):
    bundle: str
    first: date


def first_letters(session: Session, codes: Iterable[str]) -> dict[str, date]:
    """Return by campaign the day of the first letter about it: a first notice that was mailed, or a piece of any list that went out.

    None of a campaign without one. It reads every letter.
    """
    from renotify.ledger.pieces import (
        OUT_ON,
    )  # with all that pieces need; a telephone call asks less

    rows = session.rows(
        _FirstOut,
        f"select bundle, min({OUT_ON}) as first from piece group by bundle having min({OUT_ON}) is not null",
    )
    asked = tuple(codes)
    mailed = _first_notices(session, asked, date.max)
    days = {
        code: [row.first for row in rows if code in row.bundle.split(JOINED)]
        + ([mailed[code]] if code in mailed else [])
        for code in asked
    }
    return {code: min(own) for code, own in days.items() if own}


class _Day(NamedTuple):
    day: date


def _first_notices(session: Session, codes: Iterable[str], by: date) -> dict[str, date]:
    """Return by campaign the day of its first notice, of those that were mailed up to a day; one look at an index each."""
    found = {}
    for code in codes:
        rows = session.rows(
            _Day,
            f"select e.occurred_on as day from event e where e.campaign_code = :code and {FIRST_NOTICE}"
            # the first day is in the words of the index of letters (last_letters)
            f" and e.occurred_on > '1900-01-01' and e.occurred_on <= :by and {stands('e')} order by e.occurred_on limit 1",
            code=code,
            by=by,
        )
        if rows:
            found[code] = rows[0].day
    return found


def _with_days(
    session: Session, campaigns: Mapping[str, Campaign], asked: Iterable[str], by: date
) -> dict[str, Campaign]:
    untold = [code for code in asked if campaigns[code].first_notice_date is None]
    days = _first_notices(session, untold, by)
    return {
        code: replace(one, first_notice_date=days[code]) if code in days else one
        for code, one in campaigns.items()
    }


def with_first_notices(
    session: Session, campaigns: Mapping[str, Campaign], kind: str, by: date
) -> dict[str, Campaign]:
    """Return campaigns as letters of a kind (of the rule pack's) are made of them: one that follows names the day of the first notice.

    What campaigns.toml states of it stands; where it states none, the first notice that the ledger holds up to ``by`` tells the day.
    """
    return _with_days(session, campaigns, campaigns if kind in FOLLOWING else (), by)


def as_free_as_noticed(
    session: Session, campaigns: Mapping[str, Campaign], by: date
) -> dict[str, Campaign]:
    """Return campaigns as the free remedy of a vehicle counts back from their first notice (49 USC 30120(g)(1)).

    That is asked of those alone that say to what extent a remedy that is no longer free is given (``voluntary_extent``): no sale
    decides of another. What is stated stands; else the first notice that the ledger holds up to ``by`` tells the day.
    """
    asked = [code for code, one in campaigns.items() if one.letter.get("voluntary_extent")]
    return _with_days(session, campaigns, asked, by)
