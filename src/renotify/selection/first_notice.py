"""Who is still owed a first notice: an initial or interim letter went to the others, or is to go (49 CFR 577.7(a)(1), (b)).

Asked of each open campaign of a vehicle. A list of kind ``initial``, and one of who is still owed theirs (``owed_of``), leaves it out under

    in_first_notice      a list of first notices that is not over has it, or has released its letter and the mail house has not answered
    planned_elsewhere    likewise another list: two letters about one recall would go
    first_notice_sent    a first notice about it was mailed and has not come back
    first_notice_stated  a person stated when its first notices went (``first_notice_date``, or the clock ``letters``), it was in the recall
                         then, and neither a letter of that time nor a list of first notices with it says otherwise

A letter of a follow-up, or one that says that the remedy has come, is no first notice. An interim list may tell owners again (a new day
of the remedy): it leaves out the first two alone. Nobody owed is left out: a piece that was withdrawn, set aside or spoiled leaves its
campaign owed, and so does a letter that came back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import FIRST_KINDS, FollowUpSettings
from renotify.ledger import follow_ups, registry
from renotify.ledger.first_letters import FIRST_NOTICE, OF_FIRST
from renotify.ledger.first_owned import EVER, sold_new
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session
from renotify.ledger.stated_first_notices import of_recalls
from renotify.ledger.status import in_campaigns
from renotify.selection.rest import PLANNED
from renotify.values.arrow_sql import arrow_sql
from renotify.values.english import counted

SENT = "first_notice_sent"  # one about it was mailed and has not come back
STATED = "first_notice_stated"  # a person stated the day of those of its campaign
ON_ITS_WAY = "in_first_notice"  # another list of first notices has it, and has not mailed it yet
REASONS = (
    ON_ITS_WAY,
    PLANNED,
    SENT,
    STATED,
)  # of several campaigns the first of these is the vehicle's
FOUND = pa.schema(
    [(name, pa.string()) for name in ("vin", "campaign_code", "reason", "follow_up")]
    + [("day", pa.date32())]
)  # ``day`` of the first notice, null while it is to come; ``follow_up`` blank where it is no piece of ours

_IN_FORCE = "first_notice_in_force"
_TEXTS = ("vin", "campaign_code", "kind", "tail", "follow_up")
_LETTERS = pa.schema([*((name, pa.string()) for name in _TEXTS), ("occurred_on", pa.date32())])
_EVENTS = f"""
    select e.vin, e.campaign_code, e.kind, ltrim(e.subject, 'abcdefghijklmnopqrstuvwxyz_') as tail, e.occurred_on,
        coalesce((select p.follow_up from piece p where p.vin = e.vin and e.kind = 'mailed'
            and e.subject = 'mail|' || p.piece_id || '|' || e.campaign_code), '') as follow_up
    from event e where (e.kind = 'returned' or {FIRST_NOTICE}) and {stands("e")} and e."""
_PIECES = pa.schema(
    [(name, pa.string()) for name in ("vin", "bundle", "follow_up")]
    + [(name, pa.bool_()) for name in ("first", "waits")]
)
_OF_OTHERS = f"""
    select p.vin, p.bundle, p.follow_up, f.kind {OF_FIRST} as first,
        p.state in ('released', 'printed') or p.state in ('listed', 'planned') and f.name in (select name from {_IN_FORCE}) as waits
    from piece p join follow_up f on f.name = p.follow_up where f.name <> :name"""
_JOINED = pa.schema([("vin", pa.string()), ("campaign_code", pa.string()), ("day", pa.date32())])
_STATED = pa.schema([_JOINED.field("campaign_code"), _JOINED.field("day")])
_JOINED_ON = f"""
    select s.vin, s.campaign_code, min(case when n.owned > s.added_on then n.owned else s.added_on end) as day
    from state s left join ({sold_new()}) n on n.vin = s.vin where s."""
# What a return says belongs to the letter whose subject has the same tail; the fold reads it so too.
_FOUND = """
    with mailed as (select * from letter where kind = 'mailed'),
    sent as (
        select m.* from mailed m
        anti join (from letter where kind = 'returned') r on r.vin = m.vin and r.campaign_code = m.campaign_code
            and r.tail = m.tail and r.occurred_on >= m.occurred_on),
    named as (select vin, unnest(string_split(bundle, '+')) as campaign_code, follow_up, first, waits from piece),
    told as (
        select d.* from stated d anti join mailed m on m.campaign_code = d.campaign_code and m.occurred_on <= d.day)
    select vin, campaign_code, if(bool_or(first), $way, $planned) as reason,
        coalesce(min(follow_up) filter (first), min(follow_up)) as follow_up, cast(null as date) as day
        from named where waits group by all
    union all
    select vin, campaign_code, $sent, arg_max(follow_up, occurred_on), max(occurred_on) from sent group by all
    union all
    select j.vin, j.campaign_code, $stated, '', max(t.day) from joined j
        join told t on t.campaign_code = j.campaign_code and j.day <= t.day
        anti join (from named where first) n on n.vin = j.vin and n.campaign_code = j.campaign_code group by j.vin, j.campaign_code"""
_JUDGED = """
    select s.vin, s.campaign_code, if(s.status = 'open', coalesce($reasons[f.place], s.status), s.status) as status, s.reason
    from standing s left join (
        select vin, campaign_code, min(list_position($reasons, reason)) as place from found group by all
    ) f using (vin, campaign_code)"""
_TOLD = """
    select l.left_out as reason, f.follow_up, count(distinct l.vin) as vehicles, min(f.day) as first_on, max(f.day) as last_on
    from listed l join found f on f.vin = l.vin and f.reason = l.left_out and list_contains(string_split(l.bundle, '+'), f.campaign_code)
    group by all order by all"""


def asked(settings: FollowUpSettings) -> tuple[str, ...]:
    """Return the reasons under which a list leaves out whose first notice is another's matter; none of a list of another kind."""
    if settings.kind == "initial" or settings.owed_of:
        return REASONS
    return (ON_ITS_WAY, PLANNED) if settings.kind in FIRST_KINDS else ()


def found(
    session: Session,
    campaigns: Mapping[str, Campaign],
    settings: FollowUpSettings,
    on: date,
    reasons: Sequence[str],
) -> pa.Table:
    """Return, of each vehicle and campaign, what is known of first notices beside a list on a day (``FOUND``), by some reasons."""
    if not reasons or not campaigns:
        return FOUND.empty_table()
    where, values = in_campaigns(list(campaigns))
    in_force = pa.array(follow_ups.in_force(session, on), pa.string())
    session.stage(_IN_FORCE, pa.table({"name": in_force}))
    days = _stated(session, campaigns, on) if STATED in reasons else _STATED.empty_table()
    joined = _JOINED.empty_table()
    if days.num_rows:
        by_vehicle = f"{_JOINED_ON}{where} group by s.vin, s.campaign_code"
        joined = session.read(by_vehicle, _JOINED, ever=EVER, **values)
    words = {"way": ON_ITS_WAY, "planned": PLANNED, "sent": SENT, "stated": STATED}
    with arrow_sql() as arrow:
        arrow.register("letter", session.read(f"{_EVENTS}{where}", _LETTERS, **values))
        arrow.register("piece", session.read(_OF_OTHERS, _PIECES, name=settings.name))
        arrow.register("joined", joined)
        arrow.register("stated", days)
        rows = arrow.sql(_FOUND, params=words).to_arrow_table().cast(FOUND)
    ours = pc.is_in(rows["campaign_code"], pa.array(list(campaigns), pa.string()))
    wanted = pc.is_in(rows["reason"], pa.array(reasons, pa.string()))
    return rows.filter(pc.and_(ours, wanted))


def _stated(session: Session, campaigns: Mapping[str, Campaign], on: date) -> pa.Table:
    """Return each day, up to ``on``, that a person stated of a campaign's first notices: campaign_code, day."""
    found = of_recalls(session, campaigns, on)
    rows = [{"campaign_code": code, "day": day} for code, days in found.items() for day in days]
    return pa.Table.from_pylist(rows, _STATED)


def owed(standing: pa.Table, known: pa.Table) -> pa.Table:
    """Return ``standing`` (vin, campaign_code, status, reason) with one of ``REASONS`` as the status of each campaign that is open
    and owed no first notice by what is ``known`` (``FOUND``).
    """
    with arrow_sql() as arrow:
        arrow.register("standing", standing)
        arrow.register("found", known)
        judged = arrow.sql(_JUDGED, params={"reasons": list(REASONS)}).to_arrow_table()
    return judged.select(standing.column_names).cast(standing.schema)


def not_sent(
    session: Session, standing: pa.Table, settings: FollowUpSettings, on: date
) -> pa.Table:
    """Return the standing of a wave's vehicles with ``SENT`` where another first notice was mailed since the list was frozen."""
    campaigns = registry.campaigns(session, settings.campaigns)
    return owed(standing, found(session, campaigns, settings, on, (SENT,)))


def told(listed: pa.Table, known: pa.Table) -> list[str]:
    """Say how many vehicles of a list (vin, bundle, left_out) are left out for their first notice, of which list or day."""
    with arrow_sql() as arrow:
        arrow.register("listed", listed)
        arrow.register("found", known)
        return [_said(row) for row in arrow.sql(_TOLD).to_arrow_table().to_pylist()]


def _said(row: Mapping[str, Any]) -> str:
    out = f"{counted(row['vehicles'], 'vehicle')} left out as {row['reason']}"
    first, last, name = row["first_on"], row["last_on"], row["follow_up"]
    if row["reason"] == ON_ITS_WAY:
        return f"{out}: a first notice of {name} is to come."
    if row["reason"] == PLANNED:
        return (
            f"{out}: a letter of {name} about the same recall is to come. Where a first notice is owed all the same, end {name} or wait for"
            " the mail house's answer, and make a list of those."
        )
    had = "it had its first notice" if row["vehicles"] == 1 else "they had their first notice"
    days = f"on {first}" if first == last else f"from {first} to {last}"
    by = " as campaigns.toml or the clock of owner letters states" if row["reason"] == STATED else f" ({name})" if name else ""  # fmt: skip
    return f"{out}: {had} {days}{by}. A further letter is a follow-up or a second notice."
