"""Letters that are out: when a vehicle was last written to about a campaign, by any follow-up or by somebody else.

A piece is out from its release on: the day of its mailing counts as soon as the mail house has told it, the day of the release until
then. One that was withdrawn, set aside or spoiled is not out. One that came back is still: its follow-up works it (``mail work``), and
sends it again. A letter that is no piece of a follow-up (``mail_events``) counts by its day of mailing, unless it came back.
"""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.pieces import OUT_ON
from renotify.ledger.rulings import stands
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql

EVER = date(1900, 1, 1)
LETTER = pa.schema(
    [(name, pa.string()) for name in ("vin", "campaign_code", "follow_up")]
    + [("written_on", pa.date32()), ("in_mail", pa.bool_())]
)

_PIECES = f"""
select p.vin, p.bundle as campaign_code, p.follow_up, {OUT_ON} as written_on,
    case when p.state = 'accepted' then 0 else 1 end as in_mail
from {{asked}} and p.follow_up <> :but and {OUT_ON} >= :since
"""
# What nobody corrected stands, and a subject that does not end with the campaign is no piece's: most rows are decided by these alone.
_UNCORRECTED = """not exists (select 1 from event other where other.vin = e.vin and other.subject = e.subject
            and other.content <> e.content)"""
_OF_NO_PIECE = """(substr(e.subject, length(e.subject) - length(e.campaign_code)) <> '|' || e.campaign_code or not exists (
            select 1 from piece p
            where p.vin = e.vin and e.subject = 'mail|' || p.piece_id || '|' || e.campaign_code))"""
_OTHERS = f"""
select e.vin, e.campaign_code, e.occurred_on as written_on
from {{asked}} and e.kind = 'mailed' and e.occurred_on >= :since and ({_UNCORRECTED} or {stands("e")}) and {_OF_NO_PIECE}
"""
# A letter that is told by its campaign and day alone can only be withdrawn: most are, and nothing else is looked up of them.
# The condition of the day is that of event_last_letter: SQLite reads that index, which has all these columns, and not all events.
_PLAIN = """e.subject = 'mail|' || e.campaign_code || '|' || cast(e.occurred_on as text) and e.content = cast(e.occurred_on as text)
    and not exists (select 1 from event w where w.vin = e.vin and w.subject = e.subject and w.kind = 'withdrawn')"""
_OF_ALL = f"""
select e.vin, e.campaign_code, e.occurred_on as written_on, case when {_PLAIN} then null else e.subject end as subject
from event e where e.kind = 'mailed' and e.occurred_on > '1900-01-01' and e.occurred_on >= :since
"""
_LOOKED_AT = "letter_looked_at"
_ONE_BY_ONE = f"""{_LOOKED_AT} a cross join event e where e.vin = a.vin and e.subject = a.subject"""
_OTHER = pa.schema([LETTER.field(name) for name in ("vin", "campaign_code", "written_on")])
_OF_SUBJECT = _OTHER.append(pa.field("subject", pa.string()))
_STAYED = f"""
    and not exists (select 1 from event r where r.vin = e.vin and r.campaign_code = e.campaign_code and r.kind = 'returned'
        and r.occurred_on >= e.occurred_on and {stands("r")})
"""
# The same of one row of a query: its vehicle was written to about its campaign on a day or later, whether or not the letter came back.
_WRITTEN = f"""(exists (
    select 1 from event e where e.vin = {{vin}} and e.campaign_code = {{campaign}} and e.kind = 'mailed' and e.occurred_on >= {{since}}
        and ({_UNCORRECTED} or {stands("e")}) and {_OF_NO_PIECE})
    or exists (
    select 1 from piece p where p.vin = {{vin}} and '+' || p.bundle || '+' like '%+' || {{campaign}} || '+%' and {OUT_ON} >= {{since}}))"""
_VEHICLES = f"""
select vin from event where kind = 'mailed' and occurred_on >= {{since}} union all select vin from piece where {OUT_ON} >= {{since}}"""
_BY_CAMPAIGN = """
select vin, unnest(string_split(campaign_code, '+')) as campaign_code, follow_up, written_on, in_mail from pieces
union all by name select vin, campaign_code, '' as follow_up, written_on, false as in_mail from others"""


def written_since(vin: str, campaign: str, since: str) -> str:
    """Return the condition, as SQL, that a vehicle was written to about a campaign on a day or later: a letter that came back counts.

    ``vin``, ``campaign`` and ``since`` are SQL: columns, and a parameter.
    """
    return _WRITTEN.format(vin=vin, campaign=campaign, since=since)


def written_vehicles(since: str) -> str:
    """Return the SQL of the vehicles that may have been written to since a day: all that were, about whatever campaign."""
    return _VEHICLES.format(since=since)


def letters_out(
    session: Session, since: date, *, but: str = "", vehicles: str = "", came_back: bool = False
) -> pa.Table:
    """Return the letters that are out since a day (``LETTER``), a row a campaign that they name; those of the follow-up ``but`` left out.

    ``in_mail``: released, and not answered for by the mail house. ``follow_up`` is blank where the letter is no piece of ours.
    ``vehicles`` names a staged table (vin) of those that are asked for; blank: all. With ``came_back`` a letter that came back counts
    although it is no piece of ours: somebody wrote.
    """

    def asked(table: str, name: str) -> str:
        if not vehicles:
            return f"{table} {name} where true"
        return f"{vehicles} a cross join {table} {name} where {name}.vin = a.vin"

    pieces = session.read(_PIECES.format(asked=asked("piece", "p")), LETTER, since=since, but=but)
    stayed = "" if came_back else _STAYED
    others = (
        session.read(_OTHERS.format(asked=asked("event", "e")) + stayed, _OTHER, since=since)
        if vehicles
        else _others_of_all(session, since, stayed)
    )
    with arrow_sql() as arrow:
        arrow.register("pieces", pieces)
        arrow.register("others", others)
        return arrow.sql(_BY_CAMPAIGN).to_arrow_table().cast(LETTER)


def _others_of_all(session: Session, since: date, stayed: str) -> pa.Table:
    """Return the letters that are no pieces of ours, of all vehicles: those not told plainly are looked up one by one."""
    told = session.read(_OF_ALL + stayed, _OF_SUBJECT, since=since)
    plain = told.filter(pc.is_null(told["subject"])).select(_OTHER.names)
    if plain.num_rows == told.num_rows:
        return plain
    others = told.filter(pc.is_valid(told["subject"]))
    session.stage(_LOOKED_AT, others.group_by(["vin", "subject"]).aggregate([]))
    others = session.read(_OTHERS.format(asked=_ONE_BY_ONE) + stayed, _OTHER, since=since)
    return pa.concat_tables([plain, others])
