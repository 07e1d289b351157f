"""A quarterly or annual report against the one that NHTSA has on file, where the ledger holds it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from renotify.campaigns.report_file import PERIOD_FIELD
from renotify.errors import UnknownName
from renotify.ledger import filed_reports
from renotify.ledger.session import Session

FILES = {"quarterly": "FLAT_RCL_Qrtly_Rpts", "annual": "FLAT_RCL_Annual_Rpts"}
COMPARED = (
    "ODATE", "ODATEEND", "RPTNO", "INVOLVED", "TTLREMEDIED", "TTLUNREACH", "TTLREMOVED",
)  # fmt: skip


def in_ledger(session: Session, report: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the report that NHTSA has on file of a report's recall and period. Raises UnknownName without one."""
    period = report[PERIOD_FIELD[report["kind"]]]
    filed = filed_reports.filed(session, report["CAMPNO"], period)
    if filed is None:
        raise UnknownName(
            f"The ledger has no filed report of {report['CAMPNO']} {period}.",
            f"Load NHTSA's {FILES[report['kind']]}, or name a file of it.",
        )
    return filed._asdict()


def messages(
    session: Session, report: Mapping[str, Any], known_at: datetime | None = None
) -> list[str]:
    """Say in one sentence which figures and days NHTSA has on file otherwise than a report; nothing where none is on file."""
    period = report[PERIOD_FIELD[report["kind"]]]
    filed = filed_reports.filed(session, report["CAMPNO"], period, known_at)
    if filed is None:
        return []
    held = filed._asdict()
    differ = [
        f"{name} {_words(held[name])} where the ledger has {_words(report[name])}"
        for name in COMPARED
        if held[name] != report[name]
    ]
    if not differ:
        return []
    return [f"NHTSA has on file for {period}, submitted {filed.SUBMDATE}: {'; '.join(differ)}."]


def _words(value: date | int | None) -> str:
    if value is None:
        return "blank"
    return f"{value:,}" if isinstance(value, int) else f"{value}"
