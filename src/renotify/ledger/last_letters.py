"""The last owner letter of a recall, by which the period of reimbursement ends (49 CFR 573.13(c)(2)(i))."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.ledger.campaign_history import codes_of_number
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session
from renotify.ledger.stated_days import MARK, Stated, stated

_CLOSING = ("letters", "letters_ordered", f"letters{MARK}second", f"letters{MARK}joined")
# The first day is in the words of the index event_last_letter, which holds for all letters: it is taken where these stand, and nowhere
# else, so that no question about some vehicles goes through the letters of their campaign.
_LAST = f"""
select e.occurred_on as day from event e where e.kind = 'mailed' and e.campaign_code = :code and e.occurred_on > '1900-01-01'
    and e.occurred_on <= :on and {stands("e")} order by e.occurred_on desc limit 1"""


class _Day(NamedTuple):
    day: date


def last_letter(mailed: date | None, own: Stated, on: date) -> date | None:
    """Return the day of the last owner letter of a recall up to ``on``; None where none is known.

    ``mailed`` is the last one that the ledger holds, ``own`` what a person stated of the recall: a later day of letters counts too.
    """
    return max(filter(None, (mailed, own.last_done(*_CLOSING, by=on))), default=None)


def last_of_recalls(
    session: Session, campaigns: Mapping[str, Campaign], on: date
) -> dict[str, date]:
    """Return ``last_letter`` by campaign code, of the recall that each is: a letter about any code of its NHTSA number is one.

    An index answers, however many letters there are; a campaign without a letter has no entry.
    """
    every = stated(session)
    found = {}
    for code, campaign in campaigns.items():
        number = campaign.nhtsa_campaign_number
        codes = {code, *(codes_of_number(session, number) if number else ())}
        mailed = [row.day for one in codes for row in session.rows(_Day, _LAST, code=one, on=on)]
        last = last_letter(max(mailed, default=None), every.of(*codes, number), on)
        if last is not None:
            found[code] = last
    return found
