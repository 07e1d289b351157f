"""Which campaigns the look-up has, and how old it may be: the years and days of the rule pack (49 CFR 573.15(b)(7), (9), (10))."""

from __future__ import annotations

from datetime import date

from renotify.campaigns.campaign import Campaign
from renotify.rules import Clock
from renotify.rules.pack import rows_of


def earliest_covered(on: date) -> date:
    """Return the first day of the calendar years that the look-up covers on a day."""
    return date(on.year - _clock("lookup_history", on).amount, 1, 1)


def stale_after_days(on: date) -> int:
    """Return the calendar days for which a look-up of a day holds."""
    return _clock("lookup_refresh", on).days


def is_covered(campaign: Campaign, earliest: date) -> bool:
    """Tell whether the look-up has a campaign: its owner notification began since ``earliest``, or has not begun (573.15(b)(4))."""
    return campaign.first_notice_date is None or campaign.first_notice_date >= earliest


def _clock(name: str, on: date) -> Clock:
    """Return the clock in force; before the rule came (2014) the first that was, so that a look-up of those days is one of ours."""
    rows = [row for row in rows_of("clocks") if row.id == name and isinstance(row, Clock)]
    in_force = [row for row in rows if row.in_force(on)]
    return in_force[0] if in_force else min(rows, key=lambda row: row.effective_from)
