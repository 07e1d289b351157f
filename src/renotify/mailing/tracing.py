"""The exchange with the skip-trace vendor: to whom letters did not get, out; where they live now, or that nobody knows, in.

What goes out holds names and addresses: its file is for its owner's eyes alone, and each is a disclosure (18 USC 2721(c)). What
comes in as found is loaded as an owner record, by the same checks as any other; as exhausted, it is the end of the search.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from renotify.errors import NothingToDo
from renotify.ledger import artifacts, intake, pieces, sources
from renotify.ledger.intake.refused_rows import private
from renotify.ledger.intake.text_rows import text_rows
from renotify.ledger.kinds import SourceKind
from renotify.ledger.placeholder_words import placeholders
from renotify.ledger.returned_mail import FOUND_BY_SEARCH
from renotify.ledger.session import Session
from renotify.mailing import mail_events
from renotify.mailing.evidence import REJECTS, of_verdict, reasons, refused_rows, write_refused
from renotify.mailing.return_work import SKIP_TRACE, of_list, work
from renotify.mailing.trade_words import words_by_meaning
from renotify.values.address import address_problems
from renotify.values.address_as_meant import PARTS, as_meant
from renotify.values.arrow_sql import arrow_sql
from renotify.values.placeholders import ADDRESS as PLACES
from renotify.values.private_in_names import names_only

WORDS = Path(__file__).with_name("trace_words.toml")
ENDS = {
    "exhausted": "SKIP_TRACE_EXHAUSTED",
    "reached": "OWNER_REACHED",
}  # results that end the work, by the code that is kept
ADDRESS = ("name1", "name2", "addr1", "addr2", "city", "state", "zip", "zip4", "country")
SAYS_NOTHING = "A word in addr1, addr2 or city stands for nothing."
TO_DO = " Write the whole address, or the result exhausted where the search ended without one."
OUT = ("piece_id", "role", *ADDRESS, "mailed_date", "returned_date", "return_code")
IN = ("piece_id", "result", "result_date")
_ASKED = f"""
select p.piece_id, p.role, {", ".join(f"o.{name}" for name in ADDRESS)},
    p.mailed_on as mailed_date, p.returned_on as returned_date, p.return_code, p.vin
from piece p join owner o on o.vin = p.vin and o.role = p.role and o.as_of = p.owner_as_of
where p.piece_id in (select piece_id from traced_piece) order by p.piece_id
"""
_DAYS = ("mailed_date", "returned_date")
_OUT = pa.schema([(name, pa.date32() if name in _DAYS else pa.string()) for name in (*OUT, "vin")])

_JUDGE = r"""
with stated as (
    select *, result as outcome, case when other_day is null then first_day end as day from given  -- of two days none is guessed
), meant as (  -- the letter bears its notice's number: what was searched is the newest attempt that had come back by then
    select s.*, max(q.piece_id) as attempt
    from stated s left join piece q on starts_with(q.piece_id, s.piece_id || '-') and q.returned_on <= s.day
    group by all
), formed as (
    select s.* exclude (piece_id, attempt), coalesce(s.attempt, s.piece_id) as piece_id,
        p.vin, p.role, p.bundle, p.owner_as_of, p.language as piece_language,
        case when s.piece_id = '' then 'no piece_id'
             when p.piece_id is null then 'no such piece'
             when p.returned_on is null then 'the piece did not come back'
             when s.outcome = '' then 'no result: write found, reached or exhausted'
             when s.outcome not in ('found', 'exhausted', 'reached') then 'result is neither found, reached nor exhausted'
             when s.day is null and s.other_day is not null
                then 'result_date can be read as two days: write ' || s.first_day || ' or ' || s.other_day
             when s.day is null then 'result_date is not a day written as 2013-03-12'
             when s.day > $today then 'result_date lies in the future'
             when s.day < p.returned_on then 'result_date lies before the day on which the piece came back'
             when s.outcome = 'found' and (s.addr1 = '' or s.city = '') then 'found, and no address: addr1 and city are needed'
             when s.outcome = 'found' and s.unreached is not null
                then 'found, and no address that a letter can reach: ' || s.unreached || $to_do
             else '' end as fault
    from meant s left join piece p on p.piece_id = coalesce(s.attempt, s.piece_id)
), counted as (
    select *, row_number() over (partition by piece_id, fault = '' order by row) as nth from formed
)
select * exclude (nth, fault, outcome, result, unreached), outcome as result,
    case outcome when 'exhausted' then $exhausted when 'reached' then $reached else '' end as return_code,
    case when fault <> '' then fault when nth > 1 then 'an earlier row of this file is about the same piece'
         else 'taken' end as verdict
from counted order by row
"""
_OWNER_ROWS = """
select f.row, f.vin, f.role, coalesce(nullif(f.name1, ''), o.name1) as name1,
    case when f.name1 = '' then o.name2 else f.name2 end as name2, f.addr1, f.addr2, f.city, f.state, f.zip, f.zip4, f.country,
    f.day as as_of, $source as source, o.language
from found f join written o on o.vin = f.vin and o.role = f.role and o.as_of = f.owner_as_of order by f.row
"""
_WRITTEN = """
select o.vin, o.role, o.as_of, o.name1, o.name2, o.language from owner o
where o.vin in (select vin from found_piece)
"""
_WRITTEN_SCHEMA = pa.schema(
    [("vin", pa.string()), ("role", pa.string()), ("as_of", pa.date32())]
    + [(name, pa.string()) for name in ("name1", "name2", "language")]
)


def write(session: Session, name: str, vendor: str, on: date, out: Path) -> dict[str, Any]:
    """Write the addresses to search from (``OUT``) for a vendor, disclosed first, and return the file and its count.

    The same day writes the same file anew. Raises NothingToDo, UnknownName.
    """
    asked = of_list(work(session, name, on), SKIP_TRACE)
    if not asked.num_rows:
        raise NothingToDo(
            f"No returned letter of {name!r} waits for a skip trace.",
            f"See what is to be done: renotify mail work {name}.",
        )
    session.stage("traced_piece", asked.select(["piece_id"]))
    rows = names_only(session.read(_ASKED, _OUT))
    folder = out.absolute() / name / "returned"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"skip-trace-{on}.csv"
    with session.transaction():
        artifacts.disclose(
            session, vendor, artifacts.PERMITTED_PURPOSE, f"skip trace of {name}", rows["vin"], on
        )
    with private(target) as file:
        arrow_csv.write_csv(rows.select(OUT), file)
    with session.transaction():
        artifacts.record(session, target, "skip_trace", name)
    return {"follow_up": name, "vendor": vendor, "pieces": rows.num_rows, "file": str(target)}


def traced(
    session: Session, file: Path, *, on: date, rejects_dir: Path = REJECTS
) -> dict[str, Any]:
    """Take in what the search came to: a CSV of piece_id, result, result_date, and the address where found.

    ``found``: the address becomes an owner record (a blank name1 is the addressee's own name). ``exhausted``: nobody knows.
    ``reached``: the owner was told by other means, and the piece is settled. A notice's number stands for its newest attempt that had
    come back by result_date.
    The trade's other words for them are known (``trace_words.toml``). Found without an address that a letter can reach is refused, and
    ends nothing. Repeating a file changes nothing. Raises BadInput (not the header).
    """
    read = text_rows(file, IN, ADDRESS)
    given = mail_events.as_written(_meant(session, read.rows), "result_date")
    known = pieces.with_attempts(session, given)
    with arrow_sql() as arrow:
        arrow.register("given", given)
        arrow.register("piece", known)
        judged = arrow.sql(_JUDGE, params={"today": on, "to_do": TO_DO, **ENDS}).to_arrow_table()
    good = of_verdict(judged, "taken")
    ended = {one: _end(session, _of_result(good, one), file, read.sha256) for one in ENDS}
    loaded = _load_found(session, _of_result(good, "found"), file, on, rejects_dir)
    refused = refused_rows(judged, read.broken)
    written = write_refused(refused, rejects_dir, f"{file.stem}-refused.csv")
    return {
        **ended,
        **loaded,
        "rejected": refused.num_rows,
        "rejects": None if written is None else str(written),
        "reasons": reasons(refused),
        **read.noted,
    }


def _meant(session: Session, rows: pa.Table) -> pa.Table:
    """Return rows with their result as one of ours, and why no letter can reach their address (``unreached``; null where one can).

    Beside a blank result addr1 may say that nothing was found.
    """
    known = words_by_meaning(WORDS)
    result, street = (known.of(rows[name]) for name in ("result", "addr1"))
    ended = pc.and_(pc.equal(result, ""), pc.equal(street, "exhausted"))
    at = rows.column_names.index("result")
    outcome = pc.if_else(ended, "exhausted", pc.utf8_lower(result))
    return rows.set_column(at, "result", outcome).append_column(
        "unreached", _unreached(session, rows)
    )


def _unreached(session: Session, rows: pa.Table) -> pa.Array:
    written = {name: rows[name].combine_chunks() for name in PARTS if name in rows.column_names}
    blanks = {name: pc.if_else(pc.equal(text, ""), None, text) for name, text in written.items()}
    read = as_meant(blanks).columns
    address = pa.table({name: pc.fill_null(column, "") for name, column in read.items()})
    nothing = placeholders(session).asked(address, PLACES)
    return pc.if_else(nothing, SAYS_NOTHING, address_problems(address))


def _of_result(good: pa.Table, result: str) -> pa.Table:
    return good.filter(pc.equal(good["result"], result))


def _end(session: Session, ended: pa.Table, file: Path, sha256: str) -> int:
    """Record how the work on pieces ended; return of how many that is news."""
    if not ended.num_rows:
        return 0
    with session.transaction():
        source = sources.record(
            session, SourceKind.FILE, file.name, sha256=sha256, table="mail_events"
        )
        news = mail_events.record(session, "returned", ended, source, about=mail_events.TRACE)
    return int(news.num_rows)


def _load_found(
    session: Session, found: pa.Table, file: Path, on: date, rejects_dir: Path
) -> dict[str, Any]:
    """Load the addresses that were found as owner records; the lines keep their numbers, so that a refused row is found again."""
    if not found.num_rows:
        return {"found": 0, "unchanged": 0, "addresses_refused": 0}
    session.stage("found_piece", found.select(["vin"]))
    with arrow_sql() as arrow:
        arrow.register("found", found)
        arrow.register("written", session.read(_WRITTEN, _WRITTEN_SCHEMA))
        rows = arrow.sql(_OWNER_ROWS, params={"source": FOUND_BY_SEARCH}).to_arrow_table()
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"owners-{file.stem}.csv"
        with private(path) as out:
            out.write(_lines(rows))
        loaded = intake.load(session, [path], on=on, rejects_dir=rejects_dir)
    counts = loaded.tables["owners"]
    return {
        "found": counts.accepted,
        "unchanged": counts.unchanged,
        "addresses_refused": counts.rejected,
        "address_rejects": str(loaded.rejects) if loaded.rejects else None,
    }


def _lines(rows: pa.Table) -> bytes:
    """Return rows as CSV, each on the line of its number; blank lines between them are no rows."""
    text = pa.BufferOutputStream()
    arrow_csv.write_csv(rows.drop_columns(["row"]), text)
    written: bytes = text.getvalue().to_pybytes()
    header, *lines = written.decode().splitlines()
    numbers = rows["row"].combine_chunks()
    before = pa.concat_arrays([pa.array([1], pa.int64()), numbers[:-1]])
    blanks = pc.binary_repeat("\n", pc.subtract(pc.subtract(numbers, before), 1))
    padded = pc.binary_join_element_wise(blanks, pa.array(lines, pa.string()), "")
    return "\n".join([header, *padded.to_pylist(), ""]).encode()
