"""Returned mail: each piece that came back, with the code on it; a code nobody knows is queued."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger import pieces, sources
from renotify.ledger.intake.text_rows import TextRows, text_rows
from renotify.ledger.kinds import SourceKind
from renotify.ledger.mailed_after_all import mailed_after_all
from renotify.ledger.returned_mail import ASK, kept_codes, return_actions
from renotify.ledger.returns_without_piece import letters_of
from renotify.ledger.session import Session
from renotify.mailing import mail_events
from renotify.mailing.evidence import REJECTS, of_verdict, reasons, refused_rows, write_refused
from renotify.values.arrow_sql import arrow_sql
from renotify.values.english import counted, series

HEADER = ("piece_id", "returned_date")
_BACK = "piece_returned"
OF_VEHICLE = ("vin", "campaign_code")  # instead of a piece_id

_JUDGE = r"""
with stated as (
    select *, case when other_day is null then first_day end as day from given  -- of two days none is guessed
), meant as (  -- the letter bears its notice's number: what comes back is the newest attempt that was in the mail by then
    select s.*, max(q.piece_id) as attempt
    from stated s left join piece p using (piece_id)
    left join piece q on starts_with(q.piece_id, s.piece_id || '-')
        and (q.mailed_on <= s.day or q.state = 'printed' and q.checked_on < s.day)
        and not (p.returned_on = s.day and p.return_code = s.return_code)
    group by all
), formed as (
    select s.* exclude (piece_id, attempt, vin), coalesce(s.attempt, s.piece_id) as piece_id, coalesce(p.vin, s.vin) as known_vin,
        coalesce(p.bundle, s.bundles) as bundle,
        p.returned_on, p.return_code as known_code, p.state = 'printed' as early, case when p.state = 'spoiled' then u.undone end as undone,
        case when s.piece_id = '' and s.letters > 1 and s.day <= $today then ''
             when s.day is null and s.other_day is not null
                then 'returned_date can be read as two days: write ' || s.first_day || ' or ' || s.other_day
             when s.piece_id = '' and s.vin <> '' then 'no letter to this vehicle was in the mail by then'
             when s.piece_id = '' then 'no piece_id'
             when p.piece_id is null then 'no such piece'
             when s.day is null then 'returned_date is not a day written as 2013-03-12'
             when s.day > $today then 'returned_date lies in the future'
             when p.state = 'spoiled' and u.undone is not null and s.day >= u.undone then ''
             when p.state = 'printed' and s.day < p.checked_on then 'returned_date lies before the release'
             when p.state = 'printed' then ''  -- a letter that came back was in the mail, whenever its evidence comes
             when p.state = 'spoiled'
                then 'it was spoiled, the mail house says: load the evidence that it was mailed (mail accept), then this row again'
             when p.state = 'withdrawn' then 'the piece was withdrawn: ' || p.reason
             when p.state = 'exception' then 'the piece could not be printed: ' || p.reason
             when p.mailed_on is null then 'the piece was not printed yet'
             when s.day < p.mailed_on then 'returned_date lies before the day of mailing'
             else '' end as fault
    from meant s left join piece p on p.piece_id = coalesce(s.attempt, s.piece_id) left join undone u on u.piece_id = p.piece_id
), counted as (
    select *, row_number() over w as nth, first(return_code) over w as first_code,
           first(day) over w as said_day
    from formed window w as (partition by piece_id, case when piece_id = '' then known_vin end, fault = '' order by row)
)
select row, piece_id, known_vin as vin, bundle, day, return_code, undone, early,
       case when fault <> '' then fault
            when nth > 1 and (return_code <> first_code or day <> said_day)
                then 'an earlier row of this file says otherwise'
            when nth > 1 then 'unchanged'
            when piece_id = '' then 'unnamed'
            when day = returned_on and return_code = known_code and undone is null then 'unchanged'
            else 'taken' end as verdict
from counted order by row
"""


def returned(
    session: Session, file: Path, *, on: date, rejects_dir: Path = REJECTS
) -> dict[str, Any]:
    """Take in returned mail: a CSV of piece_id, returned_date, return_code (DMM 507, Pub 8A).

    Instead of a piece_id a row may have a vin, and a campaign_code: it is of the one letter that was in the mail to that vehicle; of
    several a person is asked (``unnamed``), and nobody writes to their address meanwhile. A letter that the mail house has not answered
    for yet was in the mail, since it came back (``before_evidence``): its return counts at once, and only the evidence says when it was
    mailed (decision 0121).
    The code leads to one action of the rule pack; a blank one and one that it does not have is recorded all the
    same and listed under ``queue`` for a person. A later file about the same piece corrects the
    earlier; an earlier one loaded again does not. The vehicle stays open: somebody looks for the owner (``work``). Raises BadInput.
    """
    read = _read(file)
    with session.transaction():
        source = sources.record(
            session, SourceKind.FILE, file.name, sha256=read.sha256, table="mail_events"
        )
        judged = _judged(session, read.rows, on)
        taken = _take(session, of_verdict(judged, "taken"), source)
        unnamed = of_verdict(judged, "unnamed")
        mail_events.record(session, "returned", unnamed, source)
    said_before = of_verdict(judged, "taken").num_rows - taken.num_rows
    refused = refused_rows(judged, read.broken)
    written = write_refused(refused, rejects_dir, f"{file.stem}-refused.csv")
    actions = _actions(session, taken, on)
    early = taken.filter(pc.fill_null(taken["early"], False))
    return {
        "returned": taken.num_rows,
        "unnamed": unnamed.num_rows,
        "before_evidence": early.num_rows,
        "unchanged": len(of_verdict(judged, "unchanged")) + said_before,
        "rejected": refused.num_rows,
        "rejects": None if written is None else str(written),
        "reasons": reasons(refused),
        **_noted(session, read, early),
        "actions": {name: len(ids) for name, ids in sorted(actions.items())},
        "queue": sorted(actions.get(ASK, [])),
        "follow_ups": sorted(pieces.by_id(session, taken)["follow_up"].unique().to_pylist()),
    }


def _noted(session: Session, read: TextRows, early: pa.Table) -> dict[str, list[str]]:
    """Return the notes of a reading, and which evidence letters that came back wait for."""
    notes = [*read.notes]
    if early.num_rows:
        of_waves = pieces.by_id(session, early).group_by(["follow_up", "wave"], use_threads=False)
        waves = of_waves.aggregate([]).sort_by([("follow_up", "ascending"), ("wave", "ascending")])
        asked = series(
            [f"renotify mail accept {row['follow_up']} {row['wave']}" for row in waves.to_pylist()]
        )
        told = counted(
            early.num_rows,
            "letter came back that the mail house has",
            "letters came back that the mail house has",
        )
        notes.append(
            f"{told} not answered for: each is worked as any other, and stays awaited until the evidence of its mailing is loaded, {asked}."
        )
    return {"notes": notes} if notes else {}


def _read(file: Path) -> TextRows:
    """Return the rows of a file of returned mail; one with neither piece_id nor vin is refused for its want of piece_id."""
    read = text_rows(file, HEADER[1:], (HEADER[0], *OF_VEHICLE, "return_code"))
    named = {HEADER[0], OF_VEHICLE[0]} & set(read.columns)
    return read if named else text_rows(file, HEADER)


def _judged(session: Session, rows: pa.Table, today: date) -> pa.Table:
    rows = mail_events.as_written(rows, "returned_date")
    at = rows.column_names.index("return_code")
    rows = rows.set_column(at, "return_code", kept_codes(rows["return_code"]))
    rows = _of_vehicles(session, rows, today)
    known = pieces.with_attempts(session, rows)
    with arrow_sql() as arrow:
        arrow.register("given", rows)
        arrow.register("piece", known)
        arrow.register("undone", mail_events.undone(session, known))
        return arrow.sql(_JUDGE, params={"today": today}).to_arrow_table()


def _of_vehicles(session: Session, rows: pa.Table, today: date) -> pa.Table:
    """Return rows with the letter that those without a piece_id are of, and of how many they may be (letters, bundles)."""
    vin = pc.utf8_upper(pc.utf8_trim_whitespace(rows["vin"]))
    loose = pc.equal(rows["piece_id"], "")
    later = pc.or_(pc.is_null(rows["first_day"]), pc.greater(rows["first_day"], pa.scalar(today)))
    given = pa.table(
        {
            "vin": vin,
            "campaign_code": rows["campaign_code"],
            "return_code": rows["return_code"],
            "mailed_date": pa.nulls(rows.num_rows, pa.date32()),
            "returned_date": pc.if_else(later, rows["other_day"], rows["first_day"]),
        }
    ).filter(loose)
    found = letters_of(given, pieces.of_vehicles(session, given["vin"].unique()))
    piece = pc.replace_with_mask(
        rows["piece_id"].combine_chunks(),
        loose.combine_chunks(),
        found["piece_id"].combine_chunks(),
    )
    more = {
        name: pc.replace_with_mask(
            pa.array([empty] * rows.num_rows, found.schema.field(name).type),
            loose.combine_chunks(), found[name].combine_chunks(),
        )
        for name, empty in (("letters", 0), ("bundles", ""))
    }  # fmt: skip
    kept = rows.drop_columns(["piece_id", "vin", "campaign_code"])
    return (
        kept.append_column("piece_id", piece)
        .append_column("vin", vin)
        .append_column("letters", more["letters"])
        .append_column("bundles", more["bundles"])
    )


def _take(session: Session, taken: pa.Table, source: int) -> pa.Table:
    """Record returns, and return those that are news: what was said before and corrected since is none.

    A piece that came back was mailed: that it was found spoiled takes its mailing back no more.
    """
    back = taken.filter(pc.is_valid(taken["undone"])).select(["vin", "piece_id", "day", "row"])
    if back.num_rows:
        session.stage(
            _BACK,
            back.rename_columns(["vin", "piece_id", "day", "source_row"]).append_column(
                "source_id", pa.array([source] * back.num_rows, pa.int64())
            ),
        )
        mailed_after_all(session, _BACK)
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
