"""The last lawful week of first notices: a wave is mailed within its week, so it is the last week that ends by their last day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.planner.problem import NO_DATE
from renotify.plans.in_force import PlannedBundle
from renotify.rules.clocks import letters_due
from renotify.values.calendar import last_mailing_day
from renotify.visits.needs import JOINED

JoinedDays = Mapping[
    str, Mapping[str, date]
]  # by bundle and code: the first day on which one of its vehicles joined
NOBODY: JoinedDays = MappingProxyType({})


def last_day(
    campaigns: Sequence[Campaign],
    settings: FollowUpSettings,
    joined: Mapping[str, date] | None = None,
) -> date | None:
    """Return ``first_notices_due`` of a follow-up of first notices; None of another."""
    return None if settings.is_follow_up else first_notices_due(campaigns, joined)


def first_notices_due(
    campaigns: Sequence[Campaign], joined: Mapping[str, date] | None = None
) -> date | None:
    """First notices of safety recalls are due by the rule pack's clock after the 573 report (49 CFR 577.7(a)(1)).

    ``joined`` is the first day, by code, on which one of the vehicles joined: where it is after the last day, the clock counts from it.
    The rule names no day for these; that is our reading, the strict one. None where no report of a recall is known.
    """
    filed = {
        c.campaign_code: c.filed_date for c in campaigns if c.family == "safety" and c.filed_date
    }
    return min(
        (_own_due(day, (joined or {}).get(code)) for code, day in filed.items()), default=None
    )


def _own_due(filed: date, joined: date | None) -> date:
    due = letters_due(filed)
    return due if joined is None or joined <= due else letters_due(joined)


def last_full_week(due: date, first_week: date) -> int:
    """Return the last week, counted from the first, whose wave is mailed by the last day."""
    return (due - last_mailing_day(first_week)).days // 7


def last_week_of(
    campaigns: Sequence[Campaign],
    settings: FollowUpSettings,
    first_week: date,
    weeks: int,
    joined: Mapping[str, date] | None = None,
) -> int:
    """Return the last lawful week of a plan by :func:`last_day`: the first where none ends by it, NO_DATE beyond the horizon."""
    due = last_day(campaigns, settings, joined)
    by = NO_DATE if due is None else max(last_full_week(due, first_week), 0)
    return by if by < weeks else NO_DATE


def without_a_full_week(
    bundles: Sequence[PlannedBundle],
    campaigns: Mapping[str, Campaign],
    settings: FollowUpSettings,
    first_week: date,
    joined: JoinedDays = NOBODY,
) -> Iterator[str]:
    """Say which first notices are due before the first week ends; ``joined`` as :func:`last_day` takes it, by bundle."""
    for bundle in bundles:
        own = [campaigns[code] for code in bundle.campaigns.split(JOINED)]
        due = last_day(own, settings, joined.get(bundle.campaigns))
        if due is not None and last_full_week(due, first_week) < 0:
            yield (
                f"No week ends by {due}, the last day for first notices of {bundle.name}: they stand in the first week, of"
                f" {first_week}. Mail them by that day, or as soon after it as you can."
            )
