"""Nobody twice, nobody forgotten: what is done about a vehicle elsewhere, and who stays silent after a letter.

A follow-up that nobody is bound to send (``FollowUpSettings.rests``) leaves out who hears from another one, each under the first of

    planned_elsewhere    another follow-up that is not over has the vehicle on its list and has not written to it
    in_the_mail          a letter was released less than ``rest_weeks`` ago, and the mail house has not answered for it
    resting              a letter was mailed less than ``rest_weeks`` ago, by a follow-up or by somebody else
    visit_booked         another follow-up wrote to it, and a visit is booked that is not overdue by ``rest_weeks``
    not_silent           of a list of the silent: the follow-up whose silent are asked for did not write to it

A letter or visit counts for the campaigns that it names; weeks are counted from the Monday of its week. An owner whose letter came back
is not silent: somebody looks for them (``mail work``). First notices, second notices and ordered follow-ups are never withheld so: they
are owed by their day (``first_notice``, ``second_notice`` ask their own).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.campaigns.campaign import Campaign
from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.errors import NothingToDo, Refused
from renotify.ledger import follow_ups
from renotify.ledger.letters_out import letters_out
from renotify.ledger.pieces import OUT_ON
from renotify.ledger.session import Session
from renotify.ledger.status import in_campaigns
from renotify.values.arrow_sql import arrow_sql
from renotify.values.calendar import monday_of
from renotify.values.english import counted
from renotify.visits.booked import booked_vehicles

PLANNED = "planned_elsewhere"
IN_MAIL = "in_the_mail"
RESTING = "resting"
BOOKED = "visit_booked"
NOT_SILENT = "not_silent"
REASONS = (PLANNED, IN_MAIL, RESTING, BOOKED, NOT_SILENT)
ELSEWHERE = pa.schema(
    [(name, pa.string()) for name in ("vin", "campaign_code", "reason", "follow_up")]
    + [("free_on", pa.date32())]
)
SILENT = pa.schema([("vin", pa.string()), ("family", pa.string()), ("due", pa.date32())])

_IN_FORCE, _BOOKED = "follow_up_in_force", "booked_vehicle"
# Letters of a list that is not over, and those that are sent again in this week or a later one.
_PLANNED = f"""
    select p.vin, p.bundle, p.follow_up from piece p left join wave w on w.follow_up = p.follow_up and w.number = p.wave
    where p.state in ('listed', 'planned') and p.follow_up <> :but
        and (p.follow_up in (select name from {_IN_FORCE}) or w.week >= :monday)"""
_WRITTEN = f"""
    select distinct p.vin from {_BOOKED} a cross join piece p where p.vin = a.vin and {OUT_ON} is not null and p.follow_up <> :but"""
_ELSEWHERE = """
    select vin, unnest(string_split(bundle, '+')) as campaign_code, $planned as reason, follow_up, cast(null as date) as free_on
    from planned
    union all
    select vin, campaign_code, if(in_mail, $in_mail, $resting), follow_up,
        cast(date_trunc('week', written_on) as date) + cast($rest as integer) from letter
    union all
    select vin, unnest(string_split(bundle, '+')), $booked, '',
        cast(date_trunc('week', last_on) as date) + cast($rest as integer) as free from booked semi join written using (vin)
    where free > $on"""
# The open campaigns of vehicles that a follow-up wrote to, and asked in; its own are those of which its letter was the last.
_ASKED_IN = f"""
    with written as (
        select p.vin, p.family, p.bundle, {OUT_ON} as written_on from piece p
        join listed l on l.vin = p.vin and l.family = p.family and l.follow_up = p.follow_up
        where p.follow_up = :name and {OUT_ON} is not null and p.returned_on is null and not l.interim)
    select w.vin, w.family, s.campaign_code, w.written_on, case when '+' || w.bundle || '+' like '%+' || s.campaign_code || '+%'
        and not exists (select 1 from piece p where p.vin = w.vin and p.follow_up <> :name
            and {OUT_ON} > w.written_on and '+' || p.bundle || '+' like '%+' || s.campaign_code || '+%')
        then 1 else 0 end as own
    from written w join state s on s.vin = w.vin join campaign c on c.campaign_code = s.campaign_code
    where s.current and s.status = 'open' and c.family = w.family and s.{{campaigns}}"""
_LETTERS = pa.schema(
    [(name, pa.string()) for name in ("vin", "family", "campaign_code")]
    + [("written_on", pa.date32()), ("own", pa.bool_())]
)
_SILENT = """
    with judged as (
        select l.vin, l.family, bool_or(own) as own, max(cast(date_trunc('week', written_on) as date)) + cast($rest as integer) as due,
            max(e.free_on) as free_on, coalesce(bool_or(e.reason in ($planned, $booked)), false) as elsewhere
        from letters l left join elsewhere e using (vin, campaign_code) group by all)
    select vin, family, greatest(due, coalesce(free_on, due)) as due from judged where own and not elsewhere order by all"""
_NOT_SILENT = """
    select s.vin, s.campaign_code, $reason as reason, '' as follow_up, cast(null as date) as free_on
    from standing s join family using (campaign_code)
    anti join (from silent where due <= $on) d on d.vin = s.vin and d.family = family.family where s.status = 'open'"""
_TOLD = """
    select l.left_out as reason, e.follow_up, count(distinct l.vin) as vehicles, min(e.free_on) as free_on
    from listed l join elsewhere e on e.vin = l.vin and e.reason = l.left_out
        and list_contains(string_split(l.bundle, '+'), e.campaign_code)
    where e.follow_up <> '' group by all order by all"""


def elsewhere(session: Session, settings: FollowUpSettings, on: date, *, but: str) -> pa.Table:
    """Return what is done about vehicles elsewhere on a day (``ELSEWHERE``), a row a campaign; the follow-up ``but`` is not asked.

    ``free_on`` is the Monday from which the rest is over, null while a letter is planned; ``follow_up`` is blank of a booked visit
    and of a letter that is no piece of ours. The rest is that of ``settings``.
    """
    rest = 7 * settings.rest_weeks
    booked = booked_vehicles(session)
    session.stage(_BOOKED, booked.select(["vin"]))
    session.stage(
        _IN_FORCE, pa.table({"name": pa.array(follow_ups.in_force(session, on), pa.string())})
    )
    texts = pa.schema([(name, pa.string()) for name in ("vin", "bundle", "follow_up")])
    with arrow_sql() as arrow:
        arrow.register("planned", session.read(_PLANNED, texts, but=but, monday=monday_of(on)))
        arrow.register("letter", letters_out(session, settings.resting_since(on), but=but))
        arrow.register("booked", booked)
        arrow.register("written", session.read(_WRITTEN, pa.schema([texts.field("vin")]), but=but))
        words = {"planned": PLANNED, "in_mail": IN_MAIL, "resting": RESTING, "booked": BOOKED}
        found = arrow.sql(_ELSEWHERE, params={**words, "rest": rest, "on": on}).to_arrow_table()
    return found.cast(ELSEWHERE)


def silent(session: Session, name: str, on: date) -> pa.Table:
    """Return the vehicles (``SILENT``) whose owners a follow-up asked in and who have neither come nor booked, as of a day.

    ``due`` is the Monday from which another letter may go: ``rest_weeks`` after the last one, whoever wrote it. Those whose last letter
    was another follow-up's are its silent; those that another list has, or this one sends a letter again, are none: they are written to.
    """
    settings = follow_ups.settings(session, name, on)
    if settings.kind == "interim":  # its letters ask nobody in
        return SILENT.empty_table()
    where, values = in_campaigns(settings.campaigns)
    letters = session.read(_ASKED_IN.format(campaigns=where), _LETTERS, name=name, **values)
    words = {"planned": PLANNED, "booked": BOOKED, "rest": 7 * settings.rest_weeks}
    with arrow_sql() as arrow:
        arrow.register("letters", letters)
        arrow.register("elsewhere", elsewhere(session, settings, on, but=""))
        return arrow.sql(_SILENT, params=words).to_arrow_table().cast(SILENT)


def withheld(
    session: Session,
    standing: pa.Table,
    campaigns: Mapping[str, Campaign],
    settings: FollowUpSettings,
    on: date,
) -> pa.Table:
    """Return who may not be written to by a new list, campaign by campaign (``ELSEWHERE``); nobody where it is owed by its day.

    ``standing``: vin, campaign_code, status. Raises Refused for a list of the silent of whom nobody is due yet, with the day;
    NothingToDo where nobody is silent.
    """
    found = (
        elsewhere(session, settings, on, but=settings.name)
        if settings.rests
        else ELSEWHERE.empty_table()
    )
    if not settings.silent_of:
        return found
    asked = silent(session, settings.silent_of, on)
    _refuse_early(settings, asked, on)
    families = {code: one.family for code, one in campaigns.items()}
    with arrow_sql() as arrow:
        arrow.register("standing", standing)
        arrow.register("silent", asked)
        arrow.register(
            "family",
            pa.table({"campaign_code": list(families), "family": list(families.values())}),
        )
        others = arrow.sql(_NOT_SILENT, params={"reason": NOT_SILENT, "on": on}).to_arrow_table()
    return pa.concat_tables([found, others.cast(ELSEWHERE)])


def _refuse_early(settings: FollowUpSettings, asked: pa.Table, on: date) -> None:
    name = settings.silent_of
    if not asked.num_rows:
        raise NothingToDo(
            f"Nobody is silent whom {name} wrote to: who had its letter has come, has booked a visit or is in another list.",
            f"Letters that came back are worked, not repeated: renotify mail work {name}",
        )
    first: date = pc.min(asked["due"]).as_py()
    if first > on:
        vehicles = pc.sum(pc.equal(asked["due"], first)).as_py()
        raise Refused(
            f"No owner whom {name} wrote to is due another letter on {on}: {vehicles:,} of {counted(asked.num_rows, 'silent vehicle')}"
            f" {'is' if vehicles == 1 else 'are'} from the week of {first}, {counted(settings.rest_weeks, 'week')} after the last letter.",
            f"Freeze the list then: renotify followup new --silent-of {name} --on {first}",
        )


def told(listed: pa.Table, found: pa.Table) -> list[dict[str, Any]]:
    """Return how many vehicles of a list are left out for each other follow-up: reason, follow_up, vehicles, and the first ``free_on``.

    ``listed``: vin, bundle, left_out. ``found``: :func:`withheld`.
    """
    with arrow_sql() as arrow:
        arrow.register("listed", listed)
        arrow.register("elsewhere", found)
        rows: list[dict[str, Any]] = arrow.sql(_TOLD).to_arrow_table().to_pylist()
    return rows
