"""When a recall was notified, by the letters: the day of the first about each campaign; and which letter is a first notice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import pyarrow as pa

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import FIRST_KINDS, JOINED
from renotify.ledger.pieces import OUT_ON
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
_FIRST = pa.schema([("bundle", pa.string()), ("first", pa.date32())])


def first_letters(session: Session, codes: Iterable[str]) -> dict[str, date]:
    """Return by campaign the day of the first letter about it that went out: none of a campaign without one. It reads every letter."""
    rows = session.read(
        f"select bundle, min({OUT_ON}) as first from piece group by bundle having min({OUT_ON}) is not null",
        _FIRST,
    ).to_pylist()
    days = {
        code: [row["first"] for row in rows if code in row["bundle"].split(JOINED)]
        for code in codes
    }
    return {code: min(own) for code, own in days.items() if own}


class _Day(NamedTuple):
    day: date


def with_first_notices(
    session: Session, campaigns: Mapping[str, Campaign], kind: str, by: date
) -> dict[str, Campaign]:
    """Return campaigns as letters of a kind (of the rule pack's) are made of them: one that follows names the day of the first notice.

    What campaigns.toml states of it stands; where it states none, the first notice that the ledger holds up to ``by`` tells the day.
    """
    found = dict(campaigns)
    for code, one in campaigns.items() if kind in FOLLOWING else ():
        if one.first_notice_date is not None:
            continue
        rows = session.rows(
            _Day,
            f"select e.occurred_on as day from event e where e.campaign_code = :code and {FIRST_NOTICE}"
            # the first day is in the words of the index of letters (last_letters)
            f" and e.occurred_on > '1900-01-01' and e.occurred_on <= :by and {stands('e')} order by e.occurred_on limit 1",
            code=code,
            by=by,
        )
        if rows:
            found[code] = replace(one, first_notice_date=rows[0].day)
    return found
