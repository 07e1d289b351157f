"""The days that a person stated of a recall's first notices: who joined it by such a day counts as told where no letter says otherwise.

Lists of first notices and the clocks of owner letters read them here, so that neither takes for told whom the other one is owed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from renotify.campaigns.campaign import Campaign
from renotify.ledger.campaign_history import codes_of_number
from renotify.ledger.session import Session
from renotify.ledger.stated_days import MARK, Stated, stated

CLOSING = (
    "letters",
    f"letters{MARK}joined",
)  # both say of whom had joined by their day that they were told


def stated_first_notices(campaign: Campaign, own: Stated, by: date) -> tuple[date, ...]:
    """Return the days, up to ``by``, that are stated of a campaign's first notices, in order: ``first_notice_date``, and the clock's.

    ``own`` are the statements of its recall: of every code of its NHTSA number, and of the number. Of the clock its last day counts.
    """
    days = {campaign.first_notice_date, own.last_done(*CLOSING, by=by)}
    return tuple(sorted(day for day in days if day and day <= by))


def of_recalls(
    session: Session, campaigns: Mapping[str, Campaign], by: date
) -> dict[str, tuple[date, ...]]:
    """Return ``stated_first_notices`` by code: what was said of one code of a number was said of the recall."""
    every = stated(session)
    found = {}
    for code, one in campaigns.items():
        number = one.nhtsa_campaign_number
        subjects = {code, number, *(codes_of_number(session, number) if number else ())}
        found[code] = stated_first_notices(one, every.of(*subjects), by)
    return found
