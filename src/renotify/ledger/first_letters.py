"""When a recall was notified, by the letters: the day of the first about each campaign; and which letter is a first notice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pyarrow as pa

from renotify.campaigns.follow_up_settings import FIRST_KINDS, JOINED
from renotify.ledger.pieces import OUT_ON
from renotify.ledger.session import Session

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
