"""The mail house's evidence: it alone says that a letter was mailed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from renotify.errors import BadInput
from renotify.ledger import pieces, sources
from renotify.ledger.intake.text_rows import TextRows, text_rows
from renotify.ledger.kinds import PieceState, SourceKind
from renotify.ledger.session import Session
from renotify.mailing import mail_events, wave_tables
from renotify.mailing.evidence_form import COLUMNS
from renotify.mailing.job_folder import EVIDENCE_SAMPLE
from renotify.mailing.trade_words import words_by_meaning
from renotify.values.arrow_sql import arrow_sql
from renotify.values.english import counted

SAYS = ("status", "mailed_date")  # a file has one of them at least
WORDS = Path(__file__).with_name("evidence_words.toml")
REJECTS = Path("out") / "rejects"
REFUSED = pa.schema([("row", pa.int64()), ("piece_id", pa.string()), ("reason", pa.string())])
VOID = "found spoiled since"
NOT_REFUSED = ("taken", "unchanged", "queued", "remade", "unanswered", "unnamed", "copy mailed", VOID)  # fmt: skip

# What each row is worth: taken, unchanged (already recorded), remade (spoiled, and its copy was mailed), copy mailed (the same, by a file
# that was read before), found spoiled since (mailed, and spoiled on a later day by this file or one that was read before), unanswered (no
# status, no day: a line of the manifest that nobody has filled in), or refused with a reason in words. The last day on which a piece was
# found spoiled takes back the mailings before it, in whatever order the files are read; of one that came back it takes back nothing.
_JUDGE = r"""
with stated as (  -- the letter bears its notice's number: in a wave that sends again it stands for the attempt of that wave
    select row, coalesce(q.piece_id, g.piece_id) as piece_id, status, g.reason, mailed_date, first_day, other_day,
           status = '' and mailed_date = '' and g.reason = '' as open
    from given g left join piece q
        on starts_with(q.piece_id, g.piece_id || '-') and q.follow_up = $name and q.wave = $wave
), placed as (
    select s.*, p.vin, p.state, p.bundle, p.mailed_on, p.reason as piece_reason, p.piece_id as known,
        p.follow_up, p.wave, p.checked_on, p.returned_on, u.undone, u.spoiled_on
    from stated s left join piece p using (piece_id) left join undone u using (piece_id)
), dated as (
    select *, case when other_day is null then first_day end as day from placed  -- of two days none is guessed
), spoilt as (  -- the last day on which the piece was found spoiled, by this file too
    select *, case when returned_on is null then greatest(spoiled_on, max(case when status = 'spoiled' and day between checked_on and $today
        then day end) over (partition by piece_id)) end as last_spoiled
    from dated
), formed as (
    select *, status = 'accepted' and coalesce(day < last_spoiled, false) as void,
        case when piece_id = '' then 'no piece_id'
             when known is null then 'no such piece'
             when follow_up <> $name or wave is distinct from $wave
                then 'a piece of wave ' || coalesce(wave, 0) || ' of ' || follow_up
             when open then ''
             when status not in ('accepted', 'spoiled')
                then 'status is neither accepted nor spoiled'
             when day is null and other_day is not null
                then 'mailed_date can be read as two days: write ' || first_day || ' or ' || other_day
             when day is null and (status = 'accepted' or mailed_date <> '')
                then 'mailed_date is not a day written as 2013-03-12'
             when day > $today then 'mailed_date lies in the future'
             when state in ('listed', 'planned', 'released') then 'the piece was not printed yet'
             when state = 'withdrawn' then 'the piece was withdrawn: ' || piece_reason
             when state = 'exception' then 'the piece could not be printed: ' || piece_reason
             when state in ('printed', 'spoiled') and day < checked_on
                then 'mailed_date lies before the release'
             when state = 'printed' and status = 'accepted' and day > returned_on
                then 'mailed_date lies after the day on which it came back, ' || returned_on
             when state = 'printed' and status = 'spoiled' and returned_on is not null
                then 'it came back on ' || returned_on
             when status = 'accepted' and (day = undone or day < last_spoiled) then ''
             when state = 'spoiled' and status = 'accepted' and day <= undone and returned_on is null
                then 'taken back before as mailed on ' || undone || ': state the day on which the copy was mailed'
             else '' end as fault
    from spoilt
), answered as (
    select *, not open and (status = 'spoiled' or void)
              and bool_or(status = 'accepted' and not void) over (partition by piece_id, fault = '') as remade
    from formed
), counted as (
    select *, row_number() over w as nth, first(status) over w as first_status,
           first(day) over w as said_day,
           first(case when remade and not void then reason end ignore nulls) over (partition by piece_id) as remade_reason
    from answered window w as (partition by piece_id, fault = '', open, remade, void order by row)
)
select row, piece_id, vin, bundle, day, status,
       state = 'accepted' and status = 'spoiled' as taken_back,
       case when state = 'spoiled' then 'remade after: ' || piece_reason
            when remade_reason is not null then piece_reason || '; remade after: '
                || coalesce(nullif(remade_reason, ''), 'no reason given')
            else piece_reason end as piece_reason,
       case when state = 'accepted' then 'accepted before as mailed on ' || mailed_on || '; ' else '' end
            || coalesce(nullif(reason, ''), 'no reason given') as spoiled_reason,
       case when fault <> '' then fault
            when open then 'unanswered'
            when remade then 'remade'
            when void and (state = 'accepted' and day <> mailed_on or day <= undone or nth > 1) then 'unchanged'
            when void then $void
            when nth > 1 and (status <> first_status or day is distinct from said_day)
                then 'an earlier row of this file says otherwise'
            when nth > 1 then 'unchanged'
            when state = 'accepted' and status = 'accepted' and day = mailed_on then 'unchanged'
            when status = 'accepted' and day = undone and returned_on is null then 'unchanged'
            when state = 'accepted' and status = 'spoiled' and returned_on is not null
                then 'mailed on ' || mailed_on || ': it came back on ' || returned_on
            when state = 'accepted' and status = 'spoiled' and day > mailed_on then 'taken'
            when state = 'accepted' and status = 'spoiled' then 'copy mailed'
            when state = 'accepted' then 'accepted before as mailed on ' || mailed_on
            when state = 'spoiled' and status = 'spoiled' then 'unchanged'
            else 'taken' end as verdict
from counted order by row
"""


def accept(
    session: Session, name: str, wave: int, evidence: Path, *, on: date, rejects_dir: Path = REJECTS
) -> dict[str, Any]:
    """Take in the mail house's evidence: a CSV of piece_id, status, mailed_date, reason, read as ``load`` reads its files.

    ``accepted`` sets the day of mailing, ``spoiled`` says that the piece was destroyed (``evidence_words.toml`` has the trade's
    other words); without a status a day of mailing says that it was mailed, so that the wave's manifest with a drop date is
    evidence, and a row without either is not answered. In a wave of letters sent again
    a notice's number is its attempt. Where a piece was spoiled and remade, the mailed copy counts, whichever file says so first. A
    piece accepted by mistake is taken
    back by a row that says spoiled, with the day on which that was found, later than that of mailing (``taken_back``), in whatever order
    the files are read; one that came back was mailed. A row about
    an unknown piece, another wave's, one never printed, a day before the release, or a second story
    about one piece is refused with its reason, and all others are taken. Repeating a file changes
    nothing. Pieces are counted, not rows: ``remade`` that are mailed in a copy, ``unanswered`` of the file that wait for an answer still,
    ``awaiting`` all of the wave that do. Where arms were drawn, ``arms`` counts what the file says was mailed by arm and day.
    Raises UnknownName, BadInput (not the header, or no row that answers).
    """
    read = _read(evidence)
    pieces.wave(session, name, wave)
    with session.transaction():
        source = sources.record(
            session, SourceKind.FILE, evidence.name, sha256=read.sha256, table="mail_events"
        )
        judged = _judged(session, read.rows, name, wave, on)
        taken = _take(session, judged, source)
        arms = _by_arm(session, judged, name)
        complete = pieces.record_wave_accepted(session, name, wave)
        waiting = pieces.only(pieces.of_wave(session, name, wave), PieceState.PRINTED)["piece_id"]
    refused = refused_rows(judged, read.broken)
    file = write_refused(refused, rejects_dir, f"{evidence.stem}-refused.csv")
    unchanged, copies, void = (
        len(of_verdict(judged, one)) for one in ("unchanged", "copy mailed", VOID)
    )
    news = _sentences(sum(taken.values()), unchanged, copies, void)
    return {
        "follow_up": name,
        "wave": wave,
        **taken,
        "unchanged": unchanged,
        "remade": len(of_verdict(judged, "remade")["piece_id"].unique()) + copies,
        "unanswered": len(_in_both(of_verdict(judged, "unanswered")["piece_id"], waiting)),
        "rejected": refused.num_rows,
        "rejects": None if file is None else str(file),
        "reasons": reasons(refused),
        **({"arms": arms} if arms else {}),
        **({"notes": [*read.notes, *news]} if read.notes or news else {}),
        "awaiting": len(waiting),
        "complete": complete or not len(waiting),
    }


def _sentences(taken: int, unchanged: int, copies: int, void: int) -> list[str]:
    """Return what a person must know of a file that says little that is new."""
    said = []
    if unchanged and not taken:
        rows = counted(unchanged, "row was", "rows were")
        said.append(f"Nothing is new: {rows} taken before.")
    if copies:
        told = counted(
            copies, "row says spoiled of a piece that is", "rows say spoiled of pieces that are"
        )
        said.append(
            f"{told} mailed by earlier evidence: the mailed copy counts. Of one that was not mailed after all give the later"
            " day on which it was found spoiled."
        )
    if void:
        told = counted(
            void, "row says mailed of a piece that was", "rows say mailed of pieces that were"
        )
        said.append(
            f"{told} found spoiled on a later day: not mailed. Of one that was remade give the day on which the copy was mailed."
        )
    return said


def _in_both(ids: pa.ChunkedArray, others: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the different ids that are among others."""
    return ids.unique().filter(pc.is_in(ids.unique(), value_set=others.combine_chunks()))


def _read(evidence: Path) -> TextRows:
    """Return the rows of a file of evidence; BadInput where none of them says anything."""
    hint = (
        "Beside each piece_id fill in status and mailed_date, or the day of mailing alone:"
        f" {EVIDENCE_SAMPLE} in the wave's folder shows how."
    )
    try:
        read = text_rows(evidence, COLUMNS[:1], COLUMNS[1:])
    except BadInput as error:
        raise BadInput(error.message, f"{error.hint} {hint}") from error
    if not set(SAYS) & set(read.columns):
        raise BadInput(f"{evidence.name} has neither a status nor a day of mailing.", hint)
    told = [pc.not_equal(read.rows[name], "") for name in COLUMNS[1:]]
    if read.rows.num_rows and not pc.any(pc.or_(pc.or_(*told[:2]), told[2])).as_py():
        raise BadInput(f"{evidence.name} answers for none of its pieces.", hint)
    return read


def _meant(rows: pa.Table) -> pa.Table:
    """Return rows with their status as one of ours and the days that mailed_date may mean; a day alone says mailed."""
    status = words_by_meaning(WORDS).of(rows["status"])
    dated = pc.and_(pc.equal(status, ""), pc.not_equal(rows["mailed_date"], ""))
    at = rows.column_names.index("status")
    rows = rows.set_column(at, "status", pc.if_else(dated, "accepted", status))
    return mail_events.as_written(rows, "mailed_date")


def _judged(session: Session, rows: pa.Table, name: str, wave: int, today: date) -> pa.Table:
    meant = _meant(rows)
    known = pieces.with_attempts(session, meant)
    with arrow_sql() as arrow:
        arrow.register("given", meant)
        arrow.register("piece", known)
        arrow.register("undone", mail_events.undone(session, known))
        return arrow.sql(
            _JUDGE, params={"name": name, "wave": wave, "today": today, "void": VOID}
        ).to_arrow_table()


def _take(session: Session, judged: pa.Table, source: int) -> dict[str, int]:
    with arrow_sql() as arrow:
        arrow.register("taken", of_verdict(judged, "taken"))
        accepted = arrow.sql(
            "select *, day as mailed_on, left(piece_reason, 255) as reason, '' as return_code"
            " from taken where status = 'accepted'"
        ).to_arrow_table()
        spoiled = arrow.sql(
            "select *, cast(null as date) as mailed_on, left(spoiled_reason, 255) as reason, '' as return_code"
            " from taken where status = 'spoiled'"
        ).to_arrow_table()
    pieces.record_evidence(session, PieceState.ACCEPTED, accepted)
    pieces.record_evidence(session, PieceState.SPOILED, spoiled)
    mail_events.record(session, "mailed", accepted, source)
    undone = spoiled.filter(spoiled["taken_back"])
    mail_events.take_back(session, undone, source)
    void = _of_events(of_verdict(judged, VOID))
    mail_events.record(session, "mailed", void, source)
    mail_events.take_back(session, void, source)
    mail_events.found_spoiled(session, _found_spoiled(judged), source)
    return {
        "accepted": accepted.num_rows,
        "spoiled": spoiled.num_rows,
        "taken_back": undone.num_rows,
    }


def _of_events(rows: pa.Table) -> pa.Table:
    return rows.append_column("return_code", pa.array([""] * rows.num_rows, pa.string()))


def _found_spoiled(judged: pa.Table) -> pa.Table:
    """Return the rows that say on which day a piece was found spoiled, refused ones left out."""
    kept = pc.is_in(judged["verdict"], pa.array(["taken", "unchanged", "copy mailed", "remade"]))
    said = pc.and_(pc.equal(judged["status"], "spoiled"), pc.is_valid(judged["day"]))
    return _of_events(judged.filter(pc.and_(kept, said)))


def _by_arm(session: Session, judged: pa.Table, name: str) -> dict[str, dict[str, int]]:
    """Return how many pieces were taken as mailed on each day, by arm; nothing where no arms were drawn."""
    pieces_of = pieces.by_id(session, of_verdict(judged, "taken"))
    mailed = pieces.only(pieces_of, PieceState.ACCEPTED)
    rows = pa.table({"arm": wave_tables.arms(session, mailed, name), "day": mailed["mailed_on"]})
    found: dict[str, dict[str, int]] = {}
    counts = rows.group_by(["arm", "day"]).aggregate([([], "count_all")])
    for row in counts.sort_by([("arm", "ascending"), ("day", "ascending")]).to_pylist():
        if row["arm"]:
            found.setdefault(row["arm"], {})[str(row["day"])] = row["count_all"]
    return found


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
                " where not list_contains($not_refused, verdict)"
                " union all select row, '' as piece_id, reason from broken order by row",
                params={"not_refused": list(NOT_REFUSED)},
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
