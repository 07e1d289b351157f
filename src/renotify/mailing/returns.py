"""Returned mail: each piece that came back, with the code on it; a code nobody knows is queued."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import pieces, sources
from renotify.ledger.intake.text_rows import text_rows
from renotify.ledger.kinds import SourceKind
from renotify.ledger.returned_mail import ASK, kept_codes, return_actions
from renotify.ledger.session import Session
from renotify.mailing import mail_events
from renotify.mailing.evidence import REJECTS, of_verdict, reasons, refused_rows, write_refused
from renotify.values.arrow_sql import arrow_sql

HEADER = ("piece_id", "returned_date")

_JUDGE = r"""
with stated as (
    select g.*, case when other_day is null or g.first_fits and not g.other_fits then first_day
                     when g.other_fits and not g.first_fits then other_day end as day
    from (select *, first_day <= $today as first_fits, other_day <= $today as other_fits from given) g
), meant as (  -- the letter bears its notice's number: what comes back is the newest attempt that was in the mail by then
    select s.*, max(q.piece_id) as attempt
    from stated s left join piece p using (piece_id)
    left join piece q on starts_with(q.piece_id, s.piece_id || '-') and q.mailed_on <= s.day
        and not (p.returned_on = s.day and p.return_code = s.return_code)
    group by all
), formed as (
    select s.* exclude (piece_id, attempt), coalesce(s.attempt, s.piece_id) as piece_id, p.vin, p.bundle,
        p.returned_on, p.return_code as known_code,
        case when s.piece_id = '' then 'no piece_id'
             when p.piece_id is null then 'no such piece'
             when s.day is null and s.other_day is not null
                then 'returned_date can be read as ' || s.first_day || ' or ' || s.other_day || ': write it as 2013-03-12'
             when s.day is null then 'returned_date is not a day written as 2013-03-12'
             when s.day > $today then 'returned_date lies in the future'
             when p.mailed_on is null then 'no evidence that the piece was mailed'
             when s.day < p.mailed_on then 'returned_date lies before the day of mailing'
             else '' end as fault
    from meant s left join piece p on p.piece_id = coalesce(s.attempt, s.piece_id)
), counted as (
    select *, row_number() over w as nth, first(return_code) over w as first_code,
           first(day) over w as said_day
    from formed window w as (partition by piece_id, fault = '' order by row)
)
select row, piece_id, vin, bundle, day, return_code,
       case when fault <> '' then fault
            when nth > 1 and (return_code <> first_code or day <> said_day)
                then 'an earlier row of this file says otherwise'
            when nth > 1 then 'unchanged'
            when day = returned_on and return_code = known_code then 'unchanged'
            else 'taken' end as verdict
from counted order by row
"""


def returned(
    session: Session, file: Path, *, on: date, rejects_dir: Path = REJECTS
) -> dict[str, Any]:
    """Take in returned mail: a CSV of piece_id, returned_date, return_code (DMM 507, Pub 8A).

    The code leads to one action of the rule pack; a blank one and one that it does not have is recorded all the
    same and listed under ``queue`` for a person. A later file about the same piece corrects the
    earlier; an earlier one loaded again does not. The vehicle stays open: somebody looks for the owner (``work``). Raises BadInput.
    """
    read = text_rows(file, HEADER, ("return_code",))
    with session.transaction():
        source = sources.record(
            session, SourceKind.FILE, file.name, sha256=read.sha256, table="mail_events"
        )
        judged = _judged(session, read.rows, on)
        taken = _take(session, of_verdict(judged, "taken"), source)
    said_before = of_verdict(judged, "taken").num_rows - taken.num_rows
    refused = refused_rows(judged, read.broken)
    written = write_refused(refused, rejects_dir, f"{file.stem}-refused.csv")
    actions = _actions(session, taken, on)
    return {
        "returned": taken.num_rows,
        "unchanged": len(of_verdict(judged, "unchanged")) + said_before,
        "rejected": refused.num_rows,
        "rejects": None if written is None else str(written),
        "reasons": reasons(refused),
        **read.noted,
        "actions": {name: len(ids) for name, ids in sorted(actions.items())},
        "queue": sorted(actions.get(ASK, [])),
        "follow_ups": sorted(pieces.by_id(session, taken)["follow_up"].unique().to_pylist()),
    }


def _judged(session: Session, rows: pa.Table, today: date) -> pa.Table:
    rows = mail_events.as_written(rows, "returned_date")
    known = pieces.with_attempts(session, rows)
    at = rows.column_names.index("return_code")
    rows = rows.set_column(at, "return_code", kept_codes(rows["return_code"]))
    with arrow_sql() as arrow:
        arrow.register("given", rows)
        arrow.register("piece", known)
        return arrow.sql(_JUDGE, params={"today": today}).to_arrow_table()


def _take(session: Session, taken: pa.Table, source: int) -> pa.Table:
    """Record returns, and return those that are news: what was said before and corrected since is none."""
    news = mail_events.record(session, "returned", taken, source)
    if news.num_rows:
        pieces.record_returned(session, news.append_column("returned_on", news["day"]))
    return news


def _actions(session: Session, taken: pa.Table, today: date) -> dict[str, list[str]]:
    """Return the pieces by the action that their code leads to."""
    known = return_actions(session, today)
    actions: dict[str, list[str]] = {}
    for code in taken["return_code"].unique().to_pylist():
        found = taken.filter(pc.equal(taken["return_code"], code))["piece_id"].to_pylist()
        actions.setdefault(known.of(code), []).extend(found)
    return actions
