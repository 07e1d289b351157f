"""The last lawful week of first notices: a wave is mailed within its week, so it is the last week that ends by their last day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.plans.in_force import PlannedBundle
from renotify.rules.clocks import letters_due
from renotify.visits.needs import JOINED

FRIDAY = timedelta(days=4)  # of a week, after its Monday: the last day on which its wave is mailed


def last_day(campaigns: Sequence[Campaign], settings: FollowUpSettings) -> date | None:
    """First notices of safety recalls are due by the rule pack's clock after the 573 report (49 CFR 577.7(a)(1))."""
    filed = [c.filed_date for c in campaigns if c.family == "safety" and c.filed_date]
    if settings.is_follow_up or not filed:
        return None
    return min(letters_due(day) for day in filed)


def last_mailing_day(week: date) -> date:
    """Return the day by which a wave of the week (its Monday) is mailed: within its week, not on its Monday alone. The only place."""
    return week + FRIDAY


def last_full_week(due: date, first_week: date) -> int:
    """Return the last week, counted from the first, whose wave is mailed by the last day."""
    return (due - last_mailing_day(first_week)).days // 7


def without_a_full_week(
    bundles: Sequence[PlannedBundle],
    campaigns: Mapping[str, Campaign],
    settings: FollowUpSettings,
    first_week: date,
) -> Iterator[str]:
    """Say which first notices are due before the first week ends."""
    for bundle in bundles:
        due = last_day([campaigns[code] for code in bundle.campaigns.split(JOINED)], settings)
        if due is not None and last_full_week(due, first_week) < 0:
            yield (
                f"No week ends by {due}, the last day for first notices of {bundle.name}: they stand in the first week, of"
                f" {first_week}. Mail them by that day, or as soon after it as you can."
            )
