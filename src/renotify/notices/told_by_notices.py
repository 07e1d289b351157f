"""What notices tell of each week, in a file beside them; and that dealers were told it, once the notices are stated as sent.

Writing is a draft: nobody was told by a file on a disk. The file, whose SHA-256 the ledger keeps, holds what was written until then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.csv as arrow_csv

from renotify.ledger import artifacts, follow_ups, sources, told_weeks
from renotify.ledger.kinds import Audience
from renotify.ledger.letters_again import sent_again
from renotify.ledger.notice_editions import NEWEST
from renotify.ledger.session import Session
from renotify.notices.facts import Facts
from renotify.plans.expected import expected
from renotify.plans.in_force import plan_in_force
from renotify.values.calendar import monday_of
from renotify.values.english import counted

KIND = "notice_weeks"
FILE = "weeks.csv"
WEEKS = pa.schema(
    [("dealer_code", pa.string()), ("week", pa.date32()), ("letters", pa.int64()), ("visits", pa.float64()), ("hours", pa.float64()),
     ("booked_hours", pa.float64()), ("capacity", pa.float64()), ("extra_technician_days", pa.int64())]
)  # fmt: skip
Letters = Mapping[str, Mapping[date, int]]


class _Sent(NamedTuple):
    """A dealer's notice as written last: the folder it was written to is its file's."""

    code: str
    file: str


class _Written(NamedTuple):
    """A file as recorded: of which follow-up, its digest, and when (UTC)."""

    follow_up: str
    sha256: str
    written: str

    @property
    def written_at(self) -> datetime:
        return datetime.fromisoformat(self.written)


def write(folder: Path, facts: Iterable[Facts], on: date) -> Path:
    """Write what the dealers' notices tell, a line a dealer and week (``WEEKS``); return the file. Who is told of none has this week."""
    rows = [
        {
            "dealer_code": one.code, "week": week.week, "letters": week.letters, "visits": round(week.visits, 2),
            "hours": round(week.hours, 2), "booked_hours": round(week.booked, 2),
            "capacity": week.capacity, "extra_technician_days": week.days,
        }
        for one in facts
        if one.audience == Audience.DEALER
        for week in one.weeks
    ]  # fmt: skip
    silent = {one.code for one in facts if one.audience == Audience.DEALER and not one.weeks}
    nothing = dict.fromkeys(("letters", "extra_technician_days"), 0) | dict.fromkeys(
        ("visits", "hours", "booked_hours"), 0.0
    )
    rows += [
        {"dealer_code": code, "week": monday_of(on), **nothing, "capacity": None}
        for code in sorted(silent)
    ]
    rows.sort(key=lambda row: (row["dealer_code"], row["week"]))
    arrow_csv.write_csv(pa.Table.from_pylist(rows, WEEKS), folder / FILE)
    return folder / FILE


def tell(session: Session, name: str, codes: Collection[str], on: date) -> list[str]:
    """Record in the open transaction that dealers were told what their notices tell; return what a person must know.

    ``codes``: those whose notices went. A dealer that was told just this before keeps the day of it. Plans made since the notices were
    written count as moves. Where the file beside the notices is not what was written, dealers were told what the plan in force has; so
    it is, and nothing is said, where notices were written before there was such a file.
    """
    notices = session.rows(
        _Sent,
        f"select code, file from notice where follow_up = :name and audience = '{Audience.DEALER}' and {NEWEST} order by code",
        name=name,
    )
    folders: dict[Path, list[str]] = defaultdict(list)
    for one in notices:
        if one.code in codes:
            folders[Path(one.file).parent].append(one.code)
    said = []
    for folder, dealers in folders.items():
        path = folder / FILE
        made = _recorded(session, path)
        whole = made is not None and _stands(path, made, name)
        planned: Letters = {}
        if not whole or _planned_since(session, name, made):
            planned = _planned(session, name, dealers)
        if made is not None and not whole:
            lost = f"{path} is gone or is not what was written with the notices"
            said.append(
                f"{lost}: {counted(len(dealers), 'dealer')} told what the plan in force has. Write them again: renotify notices {name}"
            )
        told = _read(path, dealers) if whole else planned
        told_weeks.record(session, name, told, on, planned)
    return said


def days_written(
    session: Session, name: str, folder: Path
) -> Mapping[str, Mapping[date, int]] | None:
    """Return the extra technician-days by dealer and Monday of the notices written last; None where their file is another."""
    path = folder / FILE
    made = _recorded(session, path.absolute())
    if made is None or not _stands(path, made, name):
        return None
    found: dict[str, dict[date, int]] = defaultdict(dict)
    for row in _rows(path, "extra_technician_days"):
        found[row["dealer_code"]][row["week"]] = row["extra_technician_days"]
    return found


def _recorded(session: Session, path: Path) -> _Written | None:
    at = (
        "written_at"
        if session.sqlite
        else "to_char(written_at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS')"
    )
    found = session.rows(
        _Written,
        f"select follow_up, sha256, {at} as written from artifact where path = :path and kind = '{KIND}'",
        path=str(path),
    )
    return found[0] if found else None


def _stands(path: Path, made: _Written, name: str) -> bool:
    """Whether a file is what was written with the notices of a follow-up."""
    return made.follow_up == name and path.exists() and artifacts.digest(path) == made.sha256


def _planned_since(session: Session, name: str, made: _Written | None) -> bool:
    """Whether the plan in force was made after a file was written, or in the same second: the ledger knows no more of files."""
    (plan,) = sources.named(session, [follow_ups.plan_source(session, name)])
    planned_at = plan.recorded_at.replace(tzinfo=None)
    return made is None or planned_at >= made.written_at


def _read(path: Path, dealers: Collection[str]) -> Letters:
    told: dict[str, dict[date, int]] = defaultdict(dict)
    for row in _rows(path, "letters"):
        if row["dealer_code"] in dealers:
            told[row["dealer_code"]][row["week"]] = row["letters"]
    return told


def _rows(path: Path, column: str) -> list[dict[str, Any]]:
    """The dealers and weeks of a file with one column of it."""
    options = arrow_csv.ConvertOptions(
        column_types=dict(zip(WEEKS.names, WEEKS.types, strict=True))
    )
    read = arrow_csv.read_csv(path, convert_options=options)
    rows: list[dict[str, Any]] = read.select(["dealer_code", "week", column]).to_pylist()
    return rows


def _planned(session: Session, name: str, dealers: Collection[str]) -> Letters:
    """Return the letters of the plan in force by dealer and Monday, as notices tell them."""
    brought = expected(session, plan_in_force(session, name))
    letters = brought.letters.sum(axis=0)  # [D, T]
    at = {code: place for place, code in enumerate(brought.dealers)}
    told: dict[str, dict[date, int]] = {code: {} for code in dealers}
    for code in told.keys() & at.keys():
        for week in letters[at[code]].nonzero()[0].tolist():
            told[code][brought.plan.monday(week)] = int(letters[at[code], week])
    for (code, monday), count in sent_again(session, name).items():
        if code in told:
            told[code][monday] = told[code].get(monday, 0) + count
    return told
