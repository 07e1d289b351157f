"""What is recorded of a piece's mail: one event for each campaign that its letter names.

A piece answers for all campaigns of its bundle at once; each gets its own event, because a vehicle
is reached or not reached campaign by campaign (49 CFR 573.7(b)(5)).
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import fold, tables
from renotify.ledger.rulings import ruling
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql
from renotify.values.notice_number import as_numbered
from renotify.values.written_days import written_days

COLUMNS = ("vin", "piece_id", "bundle", "day", "return_code", "row")
TRACE = "trace"  # what the search for an addressee came to: a return that takes nothing back of the letter's own
SUBJECTS = {"mailed": "mail", "returned": "return"}
SPOILED = "spoil"  # the day on which a piece was found spoiled: it takes back nothing by itself, and the last one rules
UNDONE = pa.schema(
    [("piece_id", pa.string()), ("undone", pa.date32()), ("spoiled_on", pa.date32())]
)

# The same subject and content as a file of mail_events gives, so that either way is one event; the
# fold pairs a letter with its return by what follows the subject's first word.
_EVENTS = """
select vin, $subject || '|' || case when piece_id = '' then code || '|' else piece_id || '|' || code end as subject,
       day || case when return_code = '' then '' else '|' || return_code end as content,
       code as campaign_code, $kind as kind, day as occurred_on, 0 as remedy_version,
       '' as dealer_code, null as hours, return_code, $source as source_id, row as source_row
from (select *, unnest(string_split(bundle, '+')) as code from pieces)
"""


# What was taken back is news when a new file says it; a file whose bytes were heard before undoes nothing.
_AGAIN = """
insert into {event} ({names})
select {again}
from mail_event m where exists (
    select 1 from ({ruling}) r where r.vin = m.vin and r.subject = m.subject and r.kind = 'withdrawn')
and not exists (select 1 from source s join source o
    on o.sha256 = s.sha256 and o.table_name = s.table_name and o.id < s.id where s.id = m.source_id and s.sha256 <> '')
"""


_TAKE_BACK = """
insert into {event} (vin, subject, content, campaign_code, kind, occurred_on, remedy_version, dealer_code, hours, return_code,
    source_id, source_row)
select r.vin, r.subject, 'withdrawn|' || m.source_id, r.campaign_code, 'withdrawn', r.occurred_on, r.remedy_version, r.dealer_code,
    r.hours, r.return_code, m.source_id, m.source_row
from ({ruling}) r join mail_event m on m.vin = r.vin and m.subject = r.subject
where r.kind <> 'withdrawn' on conflict (vin, subject, content) do nothing
"""
_FOUND_SPOILED = """
insert into {event} ({names})
select {plain} from mail_event m where true on conflict (vin, subject, content) do nothing
"""
_UNDONE = f"""
select w.piece_id, max(case when e.subject like 'mail|%' then e.occurred_on end) as undone,
    max(case when e.subject like '{SPOILED}|%' then e.occurred_on end) as spoiled_on
from undone_piece w join event e on e.vin = w.vin and e.kind = 'withdrawn'
    and (e.subject like 'mail|' || w.piece_id || '|%' or e.subject like '{SPOILED}|' || w.piece_id || '|%') group by w.piece_id
"""


def as_written(rows: pa.Table, dated: str) -> pa.Table:
    """Return rows of a file with piece numbers as we write them and the days that a column may mean (``first_day``, ``other_day``)."""
    at = rows.column_names.index("piece_id")
    days = written_days(rows[dated])
    numbered = rows.set_column(at, "piece_id", as_numbered(rows["piece_id"]))
    return numbered.append_column("first_day", days["day"]).append_column(
        "other_day", days["other_day"]
    )


def record(
    session: Session, kind: str, pieces: pa.Table, source: int, *, about: str = ""
) -> pa.Table:
    """Write ``mailed`` or ``returned`` events of pieces (``COLUMNS``) in the open transaction; a blank piece_id: of nobody knows which.

    ``about`` is the first word of their subjects where it is not the kind's own (``TRACE``). Return the pieces of which something is
    new. The kept state of their vehicles follows in the same transaction.
    """
    if not pieces.num_rows:
        return pieces
    _stage(session, pieces, {"kind": kind, "subject": about or SUBJECTS[kind], "source": source})
    names, event = ", ".join(tables.schema("event").names), session.kept("event")
    session.execute(
        f"insert into {event} ({names}) select {names} from mail_event where true"
        " on conflict (vin, subject, content) do nothing"
    )
    again = names.replace("content", "m.content || '|again|' || m.source_id")
    session.execute(
        _AGAIN.format(event=event, names=names, again=again, ruling=ruling("mail_event"))
    )
    fold.refold(session, "mail_vehicle")
    return pieces.filter(_is_new(session, pieces, source))


def take_back(session: Session, pieces: pa.Table, source: int) -> None:
    """Take back in the open transaction that pieces (``COLUMNS``) were mailed; the kept state of their vehicles follows."""
    if not pieces.num_rows:
        return
    _stage(session, pieces, {"kind": "mailed", "subject": SUBJECTS["mailed"], "source": source})
    session.execute(_TAKE_BACK.format(event=session.kept("event"), ruling=ruling("mail_event")))
    fold.refold(session, "mail_vehicle")


def found_spoiled(session: Session, pieces: pa.Table, source: int) -> None:
    """Keep in the open transaction the day on which pieces (``COLUMNS``) were found spoiled: evidence of a mailing may come later."""
    if not pieces.num_rows:
        return
    _stage(session, pieces, {"kind": "withdrawn", "subject": SPOILED, "source": source})
    names = tables.schema("event").names
    plain = ", ".join(
        "'spoiled|' || m.content" if name == "content" else f"m.{name}" for name in names
    )
    session.execute(
        _FOUND_SPOILED.format(event=session.kept("event"), names=", ".join(names), plain=plain)
    )
    fold.refold(session, "mail_vehicle")


def undone(session: Session, pieces: pa.Table) -> pa.Table:
    """Return of the pieces (vin, piece_id) that have one the last day of mailing that was taken back, and the last on which they were
    found spoiled (``UNDONE``).
    """
    session.stage("undone_piece", pieces.select(["vin", "piece_id"]))
    return session.read(_UNDONE, UNDONE)


def _stage(session: Session, pieces: pa.Table, named: dict[str, Any]) -> None:
    """Stage the events of pieces, and their vehicles."""
    schema = tables.schema("event")
    with arrow_sql() as arrow:
        arrow.register("pieces", pieces.select(COLUMNS))
        rows = arrow.sql(_EVENTS, params=named).to_arrow_table()
    session.stage("mail_event", rows.select(schema.names).cast(schema))
    session.stage("mail_vehicle", pieces.select(["vin"]))


def _is_new(session: Session, pieces: pa.Table, source: int) -> pa.ChunkedArray:
    """Tell the pieces with an event of this source. A subject names its piece between the first bar and the second."""
    said = session.read(
        "select distinct e.subject from mail_event m join event e on e.vin = m.vin and e.subject = m.subject"
        " and e.source_id = :source",
        pa.schema([("subject", pa.string())]),
        source=source,
    )["subject"]
    ids = pc.list_element(pc.split_pattern(said, "|"), 1) if len(said) else said
    return pc.is_in(pieces["piece_id"], ids.combine_chunks())
