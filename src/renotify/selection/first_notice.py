"""Who is still owed a first notice, where an initial or interim letter went to the others (49 CFR 577.7(a)(1), (b)).

Asked of each open campaign of a vehicle. It is owed one unless a letter about it was mailed and has not come back
(``first_notice_sent``), or a list of first notices that is not over has it on its way (``in_first_notice``). Nobody owed is left out: a
piece that was withdrawn, set aside or spoiled leaves its campaign owed, and so does a letter that came back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import FIRST_KINDS, FollowUpSettings
from renotify.ledger import follow_ups, registry
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session
from renotify.ledger.status import in_campaigns
from renotify.values.arrow_sql import arrow_sql

SENT = "first_notice_sent"  # a letter about it was mailed and has not come back
ON_ITS_WAY = "in_first_notice"  # another list of first notices has it, and has not mailed it yet
REASONS = (ON_ITS_WAY, SENT)  # of several campaigns the first of these is the vehicle's

_IN_FORCE = "first_notice_in_force"
_TEXTS = ("vin", "campaign_code", "kind", "tail")
_LETTERS = pa.schema([*((name, pa.string()) for name in _TEXTS), ("occurred_on", pa.date32())])
_PIECES = pa.schema([(name, pa.string()) for name in ("vin", "bundle")])
_ON_ITS_WAY = f"""
    select p.vin, p.bundle from piece p join follow_up f on f.name = p.follow_up
    where f.name <> :name and f.kind in ({", ".join(f"'{kind}'" for kind in sorted(FIRST_KINDS))})
        and (p.state in ('released', 'printed')
            or p.state in ('listed', 'planned') and f.name in (select name from {_IN_FORCE}))"""
# What a return says belongs to the letter whose subject has the same tail; the fold reads it so too.
_JUDGED = """
    with sent as (
        select distinct m.vin, m.campaign_code from letter m
        anti join (from letter where kind = 'returned') r on r.vin = m.vin and r.campaign_code = m.campaign_code
            and r.tail = m.tail and r.occurred_on >= m.occurred_on
        where m.kind = 'mailed'),
    under_way as (select distinct vin, unnest(string_split(bundle, '+')) as campaign_code from piece)
    select s.vin, s.campaign_code, case when s.status <> 'open' or not list_contains($codes, s.campaign_code) then s.status
            when t.vin is not null then $sent when u.vin is not null then $way else s.status end as status, s.reason
    from standing s left join sent t using (vin, campaign_code) left join under_way u using (vin, campaign_code)"""


def owed(
    session: Session, standing: pa.Table, campaigns: Mapping[str, Campaign], name: str, on: date
) -> pa.Table:
    """Return ``standing`` (vin, campaign_code, status, reason) with one of ``REASONS`` as the status of each campaign that is open
    and owed no first notice by the follow-up ``name`` on a day.
    """
    where, values = in_campaigns(list(campaigns))
    letters = session.read(
        "select e.vin, e.campaign_code, e.kind, ltrim(e.subject, 'abcdefghijklmnopqrstuvwxyz_') as tail, e.occurred_on"
        f" from event e where e.kind in ('mailed', 'returned') and e.{where} and {stands('e')}",
        _LETTERS,
        **values,
    )
    in_force = pa.array(follow_ups.in_force(session, on), pa.string())
    session.stage(_IN_FORCE, pa.table({"name": in_force}))
    words: dict[str, Any] = {"sent": SENT, "way": ON_ITS_WAY, "codes": list(campaigns)}
    with arrow_sql() as arrow:
        arrow.register("standing", standing)
        arrow.register("letter", letters)
        arrow.register("piece", session.read(_ON_ITS_WAY, _PIECES, name=name))
        judged = arrow.sql(_JUDGED, params=words).to_arrow_table()
    return judged.select(standing.column_names).cast(standing.schema)


def not_sent(
    session: Session, standing: pa.Table, settings: FollowUpSettings, on: date
) -> pa.Table:
    """Return the standing of a wave's vehicles with ``SENT`` where another letter was mailed since the list was frozen."""
    campaigns = registry.campaigns(session, settings.campaigns)
    judged = owed(session, standing, campaigns, settings.name, on)
    status = pc.if_else(pc.equal(judged["status"], ON_ITS_WAY), "open", judged["status"])
    return judged.set_column(judged.column_names.index("status"), "status", status)
