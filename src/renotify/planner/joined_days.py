"""When the vehicles of planned first notices joined their recalls: after the last day of the others they have one of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.ledger.first_owned import EVER, sold_new
from renotify.ledger.session import Session
from renotify.planner.lawful_weeks import JoinedDays, last_day, last_full_week
from renotify.visits.needs import JOINED

_EARLIEST = f"""
select p.bundle, s.campaign_code as code, min(case when n.owned > s.added_on then n.owned else s.added_on end) as day
from piece p join state s on s.vin = p.vin and '{JOINED}' || p.bundle || '{JOINED}' like '%{JOINED}' || s.campaign_code || '{JOINED}%'
left join ({sold_new()}) n on n.vin = p.vin
where p.follow_up = :name and (n.owned is null or n.owned < :ever)
"""
TO_PLAN = ("listed", "planned")
TO_MAIL = (*TO_PLAN, "released", "printed")


class _Earliest(NamedTuple):
    bundle: str
    code: str
    day: date


def joined_days(
    session: Session,
    settings: FollowUpSettings,
    campaigns: Mapping[str, Campaign],
    first_week: date,
    wave: int | None = None,
    states: Sequence[str] = TO_PLAN,
) -> JoinedDays:
    """Return by bundle the first day on which one of the vehicles that wait for their letter (of a ``wave``) joined each campaign.

    ``states`` are those of the pieces that wait. A vehicle joins when it comes into the campaign, or has its first owner. Empty,
    unasked, where a week still ends by the last day of the recalls themselves: nobody can have joined after it.
    """
    due = [day for one in campaigns.values() if (day := last_day([one], settings)) is not None]
    if all(last_full_week(day, first_week) >= 0 for day in due):
        return {}
    of_wave = "" if wave is None else " and p.wave = :wave"
    of_states = ", ".join(repr(state) for state in states)
    named = {} if wave is None else {"wave": wave}
    rows = session.rows(
        _Earliest,
        f"{_EARLIEST}{of_wave} and p.state in ({of_states}) group by p.bundle, s.campaign_code",
        name=settings.name,
        ever=EVER,
        **named,
    )
    found: dict[str, dict[str, date]] = {}
    for row in rows:
        found.setdefault(row.bundle, {})[row.code] = row.day
    return found
