"""When a recall was notified, by the letters: the day of the first that went out about each campaign, in whatever follow-up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pyarrow as pa

from renotify.campaigns.follow_up_settings import JOINED
from renotify.ledger.pieces import OUT_ON
from renotify.ledger.session import Session

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
