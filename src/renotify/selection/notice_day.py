"""Whether the day of a follow-up's notice can be meant: not before its recalls were known, and not so long past that no letter follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.errors import BadInput

BEFORE_REPORT = 14  # days: a maker may tell its dealers between its determination and the report, five working days later (49 CFR 573.6(b))
HINT = "State the day of the notice as it is meant: letters and their last days count from it."


def refuse_notice_day(
    settings: FollowUpSettings, campaigns: Mapping[str, Campaign], on: date
) -> None:
    """Raise BadInput where the notice's day is none that this list can have on the day ``on`` on which it is frozen.

    That is a day more than ``BEFORE_REPORT`` days before the first day that one of its campaigns states (report, first notice), and a day
    whose planned weeks are over: no letter could be planned by it.
    """
    day = settings.notice_date
    for code, campaign in campaigns.items():
        known = min(filter(None, (campaign.filed_date, campaign.first_notice_date)), default=None)
        if known is not None and day < known - timedelta(days=BEFORE_REPORT):
            raise BadInput(
                f"notice_date {day} is before the days of {code} itself: the first that it states is {known}.",
                HINT,
            )
    if settings.over_on() <= on:
        raise BadInput(
            f"notice_date {day} is long past: its {settings.horizon_weeks} weeks from the first letter of {settings.first_letter} were"
            f" over on {settings.over_on()}, and no letter can be planned.",
            HINT,
        )
