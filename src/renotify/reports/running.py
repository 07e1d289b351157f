"""Which clocks run: the ledger's campaigns, letters, notices and waves put to every rule."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from renotify.ledger import follow_ups, pieces, registry
from renotify.ledger.bulk import Bulk, bulk
from renotify.ledger.follow_ups import FollowUpSettings
from renotify.reports.deadlines import (
    FollowUpProgress,
    Mailed,
    in_order,
    of_campaign,
    of_follow_up,
)
from renotify.rules import load

_MAILED = pa.schema([("code", pa.string()), ("first", pa.date32()), ("last", pa.date32())])
_ADDRESSES = pa.schema([("n", pa.int64()), ("stale", pa.int64())])
_NOTICED = pa.schema([("noticed", pa.int64()), ("acknowledged", pa.int64()), ("on", pa.date32())])


def deadlines(on: date) -> list[dict[str, Any]]:
    """Return every clock that runs on a day: state, due, campaign, what, citation, sentence.

    Campaigns and follow-ups alike; overdue first, then soon (within 15 days), late (done after its
    day), ok. Clocks are the rule pack's (49 CFR 573.7, 573.8, 573.13, 577.7, 577.13).
    """
    campaigns = registry.campaigns()
    settings = [follow_ups.settings(name) for name in follow_ups.names()]
    with bulk() as using:
        mailed = _mailed(using, on)
        progress = [_progress(using, one) for one in settings]
    found = [
        deadline
        for code, campaign in campaigns.items()
        for deadline in of_campaign(campaign, mailed.get(code, Mailed()), on)
    ]
    found += [deadline for one in progress for deadline in of_follow_up(one, on)]
    return in_order(found)


def _mailed(using: Bulk, on: date) -> dict[str, Mailed]:
    rows = using.read(
        "select campaign_code as code, min(occurred_on) as first, max(occurred_on) as last"
        " from event where kind = 'mailed' and occurred_on <= :on group by campaign_code",
        _MAILED,
        on=on,
    )
    return {row["code"]: Mailed(row["first"], row["last"]) for row in rows.to_pylist()}


def _progress(using: Bulk, settings: FollowUpSettings) -> FollowUpProgress:
    name = settings.name
    campaigns = registry.campaigns(settings.campaigns, using)
    noticed = using.read(
        "select count(*) as noticed, coalesce(sum(case when acknowledged_at <> '' then 1 else 0"
        ' end), 0) as acknowledged, min(written_on) as "on"'
        " from notice where follow_up = :name and audience = 'dealer'",
        _NOTICED,
        name=name,
    ).to_pylist()[0]
    to_come = [wave for wave in pieces.waves(name, using=using) if not wave.released]
    last_wave = max((wave.week for wave in to_come), default=None)
    first_day = settings.notice_date + timedelta(days=settings.days_after_notice)
    addresses = _addresses(using, name, last_wave or settings.notice_date)
    return FollowUpProgress(
        name=name,
        bound=any(campaign.family == "safety" for campaign in campaigns.values()),
        first_day=first_day,
        dealers=int(using.scalar("select count(*) from dealer")),
        noticed=noticed["noticed"],
        acknowledged=noticed["acknowledged"],
        noticed_on=noticed["on"],
        next_wave=max(min(wave.week for wave in to_come), first_day) if to_come else None,
        last_wave=last_wave,
        addresses=addresses["n"],
        stale=addresses["stale"] or 0,
    )


def _addresses(using: Bulk, name: str, last_wave: date) -> dict[str, int]:
    """Count vehicles whose letters are to come, and those whose newest owner record is too old."""
    oldest = last_wave - timedelta(days=load(last_wave).clock("move_update").days)
    return using.read(  # type: ignore[no-any-return]
        "select count(*) as n, sum(case when newest < :oldest then 1 else 0 end) as stale from ("
        " select max(p.owner_as_of) as newest from piece p where p.follow_up = :name"
        " and p.state in ('listed', 'planned') and p.wave is not null group by p.vin) addresses",
        _ADDRESSES,
        name=name,
        oldest=oldest,
    ).to_pylist()[0]
