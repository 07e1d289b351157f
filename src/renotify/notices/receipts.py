"""Receipts: which dealer acknowledged its notice, and the proof of 49 CFR 577.13(c)."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa

from renotify.errors import BadInput, UnknownName
from renotify.ledger import sources, tables
from renotify.ledger.intake.text_rows import text_rows
from renotify.ledger.kinds import SourceKind
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import Session
from renotify.notices import told_by_notices
from renotify.values.english import counted

COLUMNS = ("code", "acknowledged_at", "receipt")
RECEIPTS = pa.schema([(name, pa.string()) for name in ("audience", *COLUMNS)])


def acknowledge(session: Session, name: str, file: Path, on: date) -> dict[str, Any]:
    """Take in receipts, a CSV of code, acknowledged_at and receipt, as of a day; return what became of each.

    ``acknowledged`` counts notices that now have a receipt, ``unchanged`` receipts known before;
    ``rejected`` lists line, code and reason. A receipt for a notice that was never written is
    rejected (577.13(c)), a second one does not replace the first. The first receipt of a notice that was not stated as sent says that it
    was: its dealer is told by now. Raises BadInput, UnknownName.
    """
    sent = _sent(session, name)
    read = text_rows(file, COLUMNS)
    rejected = [
        {"line": b["row"], "code": "", "reason": b["reason"]} for b in read.broken.to_pylist()
    ]
    good = []
    for row in read.rows.to_pylist():
        reason = _fault(row, sent)
        if reason:
            rejected.append({"line": row["row"], "code": row["code"], "reason": reason})
        else:
            good.append(row | {"audience": sent[row["code"]]})
    taken, said = _write(session, name, good, on)
    noted = read.noted
    if said:
        noted = {**noted, "notes": [*noted.get("notes", ()), *said]}
    return {
        "acknowledged": taken,
        "unchanged": len(good) - taken,
        "rejected": sorted(rejected, key=itemgetter("line")),
        **noted,
    }


def state_sent(
    session: Session, name: str, on: date, codes: Collection[str] = ()
) -> dict[str, Any]:
    """Record that the notices of a follow-up were sent on a day: those to some codes, else all; return how many, and how many were before.

    The first day that is stated stands. Dealers are told by it what the notices tell as they were written last, so that notices that are
    written and sent again are stated again. Raises UnknownName for a follow-up or a code without a notice, BadInput for a day before the
    notice was written.
    """
    known = _sent(session, name)
    for code in codes:
        if code not in known:
            raise UnknownName(
                f"No notice of {name} to {code!r} was written.",
                f"Write it: renotify notices {name}.",
            )
    some = f" and code in {session.list_values('codes')}" if codes else ""
    asked = f"follow_up = :name{some}"
    named = {"name": name} | ({"codes": json.dumps(sorted(codes))} if codes else {})
    with session.transaction():
        early = session.scalar(
            f"select count(*) from notice where {asked} and sent_on is null and written_on > :on",
            on=on, **named,
        )  # fmt: skip
        if early:
            raise BadInput(
                f"{counted(early, 'notice')} of {name} {'was' if early == 1 else 'were'} written after {on}.",
                "State the day on which they were sent: --on DATE.",
            )
        stated = session.execute(
            f"update notice set sent_on = :on where {asked} and sent_on is null", on=on, **named
        )
        total = session.scalar(f"select count(*) from notice where {asked}", **named)
        notes = told_by_notices.tell(session, name, _codes(session, asked, **named), on)
        if stated:
            sources.record(session, SourceKind.COMMAND, f"notices {name} --sent --on {on}")
    return {
        "follow_up": name, "sent_on": on, "stated": stated, "unchanged": total - stated, "notes": notes
    }  # fmt: skip


def _codes(session: Session, asked: str, **named: str) -> set[str]:
    """Return the codes of notices by a condition on them."""
    found = session.read(
        f"select code from notice where {asked}", pa.schema([("code", pa.string())]), **named
    )
    return set(found["code"].to_pylist())


def _sent(session: Session, name: str) -> dict[str, str]:
    """Return the audience of each code with a notice; a code of both is the dealer's."""
    rows = tables.read(
        session,
        "notice",
        "code",
        "audience",
        where="follow_up = :name",
        order="audience",
        name=name,
    ).to_pylist()
    if not rows:
        raise UnknownName(
            f"No notice of a follow-up {name!r} was written.",
            f"Write them: renotify notices {name}.",
        )
    return {row["code"]: row["audience"] for row in reversed(rows)}


def _fault(row: dict[str, Any], sent: dict[str, str]) -> str:
    if row["code"] not in sent:
        return "no notice was sent to this code"
    try:
        datetime.fromisoformat(row["acknowledged_at"])
    except ValueError:
        return f"acknowledged_at {row['acknowledged_at']!r} is not a day or an instant (ISO 8601)"
    return ""


def _write(
    session: Session, name: str, rows: list[dict[str, Any]], on: date
) -> tuple[int, list[str]]:
    """Write the first receipts of notices; return how many they are, and what a person must know."""
    if not rows:
        return 0, []
    silent = "follow_up = :name and sent_on is null and acknowledged_at = ''"
    firsts = {row["code"]: row for row in reversed(rows)}
    plain = [{key: row[key] for key in RECEIPTS.names} for row in firsts.values()]
    with session.transaction():
        session.stage("receipt_read", pa.Table.from_pylist(plain, RECEIPTS))
        news = _codes(
            session, f"{silent} and code in (select code from receipt_read)", name=name
        )
        said = told_by_notices.tell(session, name, news, on)
        taken = session.execute(
            "update notice set acknowledged_at = r.acknowledged_at, receipt = r.receipt"
            " from receipt_read r where notice.follow_up = :name and notice.audience = r.audience"
            " and notice.code = r.code and notice.acknowledged_at = ''",
            name=name,
        )
        return taken, said


def unacknowledged(session: Session, name: str, scope: Scope = ALL) -> list[dict[str, Any]]:
    """Return the notices without a receipt: audience, code, written_on; dealers and areas, in a scope its own."""
    rows = tables.read(
        session, "notice", "audience", "code", "written_on",
        where=f"follow_up = :name and acknowledged_at = '' and {_in_scope(scope)}",
        order="audience desc, code", name=name, **scope.values,
    )  # fmt: skip
    return list(rows.to_pylist())


def _in_scope(scope: Scope) -> str:
    """The condition that a notice is one of the scope's: to its dealers, and for an area the area's own."""
    if scope.area:
        return f"(audience = 'dealer' and {scope.of('code')} or audience = 'area' and code = :scope_area)"
    return "true" if scope.is_all else f"audience = 'dealer' and {scope.of('code')}"


_SUMMARY = pa.schema(
    [
        *((name, pa.string()) for name in ("dealer_code", "name", "file", "sha256")),
        ("written_on", pa.date32()),
        ("sent_on", pa.date32()),
        ("acknowledged_at", pa.string()),
        ("receipt", pa.string()),
    ]
)


def sent_summary(session: Session, name: str, scope: Scope = ALL) -> dict[str, Any]:
    """Return what 577.13(c) asks to demonstrate: each known dealer, and when its notice was sent.

    ``missing`` are the known dealers without a notice; the proof is ``complete`` without any.
    """
    rows = session.read(
        "select d.dealer_code, d.name, n.file, n.sha256, n.written_on, n.sent_on, n.acknowledged_at,"
        " n.receipt from dealer d left join notice n on n.code = d.dealer_code"
        " and n.audience = 'dealer' and n.follow_up = :name"
        f" where {scope.of('d.dealer_code')} order by d.dealer_code",
        _SUMMARY,
        name=name,
        **scope.values,
    ).to_pylist()
    missing = [row["dealer_code"] for row in rows if row["written_on"] is None]
    sent = [row for row in rows if row["written_on"] is not None]
    return {
        "follow_up": name,
        "known_dealers": len(rows),
        "sent": len(sent),
        "first_sent": min((row["written_on"] for row in sent), default=None),
        "last_sent": max((row["written_on"] for row in sent), default=None),
        "acknowledged": sum(bool(row["acknowledged_at"]) for row in sent),
        "missing": missing,
        "not_stated_sent": sum(not (row["sent_on"] or row["acknowledged_at"]) for row in sent),
        "complete": bool(rows) and not missing,
        "dealers": rows,
    }
