"""The mail house's evidence: it alone says that a letter was mailed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv

from renotify.ledger import pieces, sources
from renotify.ledger.intake.text_rows import text_rows
from renotify.ledger.kinds import PieceState, SourceKind
from renotify.ledger.session import Session
from renotify.mailing import mail_events
from renotify.values.arrow_sql import arrow_sql

HEADER = ("piece_id", "status", "mailed_date")
REJECTS = Path("out") / "rejects"
REFUSED = pa.schema([("row", pa.int64()), ("piece_id", pa.string()), ("reason", pa.string())])

# What each row is worth: taken, unchanged (already recorded), or refused with a reason in words
_JUDGE = r"""
with stated as (
    select row, piece_id, lower(status) as status, reason,
           case when regexp_full_match(mailed_date, '[0-9]{4}-[0-9]{2}-[0-9]{2}')
                then try_cast(mailed_date as date) end as day,
           mailed_date
    from given
), formed as (
    select s.*, p.vin, p.state, p.bundle, p.mailed_on, p.reason as piece_reason,
        case when s.piece_id = '' then 'no piece_id'
             when p.piece_id is null then 'no such piece'
             when p.follow_up <> $name or p.wave is distinct from $wave
                then 'a piece of wave ' || coalesce(p.wave, 0) || ' of ' || p.follow_up
             when s.status not in ('accepted', 'spoiled')
                then 'status is neither accepted nor spoiled'
             when s.day is null and (s.status = 'accepted' or s.mailed_date <> '')
                then 'mailed_date is not a day written as 2013-03-12'
             when s.day > $today then 'mailed_date lies in the future'
             when p.state in ('listed', 'planned', 'released') then 'the piece was not printed yet'
             when p.state = 'withdrawn' then 'the piece was withdrawn: ' || p.reason
             when p.state = 'exception' then 'the piece could not be printed: ' || p.reason
             when p.state = 'printed' and s.day < p.checked_on
                then 'mailed_date lies before the release'
             else '' end as fault
    from stated s left join piece p using (piece_id)
), counted as (
    select *, row_number() over w as nth, first(status) over w as first_status,
           first(day) over w as first_day
    from formed window w as (partition by piece_id, fault = '' order by row)
)
select row, piece_id, vin, bundle, day, status, piece_reason,
       coalesce(nullif(reason, ''), 'no reason given') as spoiled_reason,
       case when fault <> '' then fault
            when nth > 1 and (status <> first_status or day is distinct from first_day)
                then 'an earlier row of this file says otherwise'
            when nth > 1 then 'unchanged'
            when state = 'accepted' and status = 'accepted' and day = mailed_on then 'unchanged'
            when state = 'accepted' then 'accepted before as mailed on ' || mailed_on
            when state = 'spoiled' and status = 'spoiled' then 'unchanged'
            when state = 'spoiled' then 'spoiled before'
            else 'taken' end as verdict
from counted order by row
"""


def accept(
    session: Session, name: str, wave: int, evidence: Path, *, on: date, rejects_dir: Path = REJECTS
) -> dict[str, Any]:
    """Take in the mail house's evidence: a CSV of piece_id, status, mailed_date[, reason].

    ``accepted`` sets the day of mailing, ``spoiled`` says that the piece was destroyed. A row about
    an unknown piece, another wave's, one never printed, a day before the release, or a second story
    about one piece is refused with its reason, and all others are taken. Repeating a file changes
    nothing. Raises UnknownName, BadInput (not the header).
    """
    read = text_rows(evidence, HEADER, ("reason",))
    pieces.wave(session, name, wave)
    with session.transaction():
        source = sources.record(
            session, SourceKind.FILE, evidence.name, sha256=read.sha256, table="mail_events"
        )
        judged = _judged(session, read.rows, name, wave, on)
        taken = _take(session, judged, source)
        complete = pieces.record_wave_accepted(session, name, wave)
        awaiting = len(pieces.only(pieces.of_wave(session, name, wave), PieceState.PRINTED))
    refused = refused_rows(judged, read.broken)
    file = write_refused(refused, rejects_dir, f"{evidence.stem}-refused.csv")
    return {
        "follow_up": name,
        "wave": wave,
        **taken,
        "unchanged": len(of_verdict(judged, "unchanged")),
        "rejected": refused.num_rows,
        "rejects": None if file is None else str(file),
        "reasons": reasons(refused),
        **read.noted,
        "awaiting": awaiting,
        "complete": complete or not awaiting,
    }


def _judged(session: Session, rows: pa.Table, name: str, wave: int, today: date) -> pa.Table:
    known = pieces.by_id(session, rows)
    with arrow_sql() as arrow:
        arrow.register("given", rows)
        arrow.register("piece", known)
        return arrow.sql(
            _JUDGE, params={"name": name, "wave": wave, "today": today}
        ).to_arrow_table()


def _take(session: Session, judged: pa.Table, source: int) -> dict[str, int]:
    with arrow_sql() as arrow:
        arrow.register("taken", of_verdict(judged, "taken"))
        accepted = arrow.sql(
            "select *, day as mailed_on, piece_reason as reason, '' as return_code"
            " from taken where status = 'accepted'"
        ).to_arrow_table()
        spoiled = arrow.sql(
            "select vin, piece_id, cast(null as date) as mailed_on,"
            " left(spoiled_reason, 255) as reason from taken where status = 'spoiled'"
        ).to_arrow_table()
    pieces.record_evidence(session, PieceState.ACCEPTED, accepted)
    pieces.record_evidence(session, PieceState.SPOILED, spoiled)
    mail_events.record(session, "mailed", accepted, source)
    return {"accepted": accepted.num_rows, "spoiled": spoiled.num_rows}


def of_verdict(judged: pa.Table, verdict: str) -> pa.Table:
    """Return the rows of one verdict."""
    with arrow_sql() as arrow:
        arrow.register("judged", judged)
        return arrow.sql(
            "select * from judged where verdict = $verdict", params={"verdict": verdict}
        ).to_arrow_table()


def refused_rows(judged: pa.Table, broken: pa.Table) -> pa.Table:
    """Return the refused rows with the malformed ones, in the order of the file."""
    with arrow_sql() as arrow:
        arrow.register("judged", judged)
        arrow.register("broken", broken)
        return (
            arrow.sql(
                "select row, piece_id, verdict as reason from judged"
                " where verdict not in ('taken', 'unchanged', 'queued')"
                " union all select row, '' as piece_id, reason from broken order by row"
            )
            .to_arrow_table()
            .cast(REFUSED)
        )


def reasons(refused: pa.Table) -> dict[str, int]:
    """Return how many rows were refused for each reason."""
    counted = refused.group_by("reason").aggregate([("row", "count")]).to_pylist()
    return {row["reason"]: row["row_count"] for row in sorted(counted, key=lambda r: r["reason"])}


def write_refused(refused: pa.Table, folder: Path, name: str) -> Path | None:
    """Write refused rows to ``name`` in a folder and return the file; None when there are none."""
    if not refused.num_rows:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    arrow_csv.write_csv(refused, path)
    return path
