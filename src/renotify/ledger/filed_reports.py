"""The quarterly and annual reports that NHTSA has on file, as ``load`` took them from NHTSA's own files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from renotify.ledger import tables
from renotify.ledger.session import Session
from renotify.ledger.sources import named

TABLE = "filed_report"
COLUMNS = {  # of the table, each with NHTSA's name of the field, PERIOD for RPTQTR and RPT_PERIOD; the key first
    "nhtsa_campaign_number": "CAMPNO", "period": "PERIOD", "submitted_on": "SUBMDATE", "maker": "MFGTXT",
    "maker_code": "MFGCAMPNO", "subject": "RCLSUBJ", "first_notice_date": "ODATE", "last_notice_date": "ODATEEND",
    "report_number": "RPTNO", "involved": "INVOLVED", "remedied": "TTLREMEDIED", "unreachable": "TTLUNREACH",
    "removed": "TTLREMOVED",
}  # fmt: skip
KEY = ("nhtsa_campaign_number", "period", "submitted_on")


class Filed(NamedTuple):
    """A report as NHTSA has it on file, under NHTSA's names of the 13 fields; a blank figure or day is None.

    ``PERIOD`` is RPTQTR (2013-1) or RPT_PERIOD (2024-1 to 2024-4).
    """

    CAMPNO: str
    PERIOD: str
    SUBMDATE: date
    MFGTXT: str
    MFGCAMPNO: str
    RCLSUBJ: str
    ODATE: date | None
    ODATEEND: date | None
    RPTNO: int | None
    INVOLVED: int | None
    TTLREMEDIED: int | None
    TTLUNREACH: int | None
    TTLREMOVED: int | None


def filed(
    session: Session, number: str, period: str, known_at: datetime | None = None
) -> Filed | None:
    """Return the report submitted last of a recall's quarter (``2013-1``) or year (``2024-1 to 2024-4``); None without one.

    With ``known_at``, of those that had been recorded by that instant.
    """
    found = _of_number(session, number, known_at)
    return next((one for one in found if period == one.PERIOD), None)


def maker(session: Session, number: str, known_at: datetime | None = None) -> str:
    """Return the manufacturer's name of the report submitted last of a recall, as NHTSA has it; blank where none is on file."""
    return next((one.MFGTXT for one in _of_number(session, number, known_at) if one.MFGTXT), "")


def _of_number(session: Session, number: str, known_at: datetime | None) -> Iterator[Filed]:
    """Give a recall's reports that had been recorded by an instant, the one submitted last first."""
    rows = tables.read(
        session,
        TABLE,
        where="nhtsa_campaign_number = :number",
        order="submitted_on desc, period desc",
        number=number,
    ).to_pylist()
    recorded = {one.id: one.recorded_at for one in named(session, {r["source_id"] for r in rows})}
    for row in rows:
        if known_at is None or recorded[row["source_id"]] <= known_at:
            yield Filed(*(row[column] for column in COLUMNS))
