"""Files that a run wrote, each with its SHA-256; and each time that owner data left the ledger.

Owner data comes from motor vehicle records: it may be used for the recall and for nothing else, and
whoever passes it on keeps for five years to whom and for what (18 USC 2721(b), (c)).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from renotify.errors import Refused
from renotify.ledger.session import Session

PERMITTED_PURPOSE = "recall"
YEARS_KEPT = 5
ARTIFACTS = pa.schema([(name, pa.string()) for name in ("path", "kind", "sha256", "follow_up")])
DISCLOSURES = pa.schema(
    [("at", pa.string()), ("recipient", pa.string()), ("purpose", pa.string()),
     ("what", pa.string()), ("vehicles", pa.int64()), ("vin_digest", pa.string())]
)  # fmt: skip
APPROVALS = pa.schema(
    [(name, pa.string()) for name in ("form_digest", "rule_digest", "approved_by")]
)
_BLOCK = 1 << 20


def digest(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    summed = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            summed.update(block)
    return summed.hexdigest()


def row(path: Path, kind: str, follow_up: str = "", *, sha256: str = "") -> dict[str, str]:
    """Return a finished file as a row of ``ARTIFACTS``."""
    return {
        "path": str(path.absolute()),
        "kind": kind,
        "sha256": sha256 or digest(path),
        "follow_up": follow_up,
    }


def record(session: Session, path: Path, kind: str, follow_up: str = "") -> str:
    """Record a finished file by its SHA-256 in the open transaction, and return that; a later file replaces it."""
    entry = row(path, kind, follow_up)
    record_all(session, [entry])
    return entry["sha256"]


def record_all(session: Session, rows: list[dict[str, str]]) -> None:
    """Record finished files (``row``) in the open transaction."""
    session.stage("file_written", pa.Table.from_pylist(rows, schema=ARTIFACTS))
    columns = ", ".join(ARTIFACTS.names)
    session.execute(
        f"insert into artifact ({columns}, written_at)"
        f" select {columns}, current_timestamp from file_written where true"
        " on conflict (path) do update set kind = excluded.kind, sha256 = excluded.sha256,"
        " follow_up = excluded.follow_up, written_at = excluded.written_at"
    )


def moved(session: Session, before: str, after: str) -> None:
    """Name in the open transaction the files below a folder by the folder that it becomes."""
    session.execute(
        "update artifact set path = :after || substr(path, cast(:rest as integer))"
        " where substr(path, 1, cast(:length as integer)) = :before",
        before=f"{before}/", after=f"{after}/", length=len(before) + 1, rest=len(before) + 2,
    )  # fmt: skip


def of_follow_up(session: Session, follow_up: str, kind: str = "") -> pa.Table:
    """Return the files of a follow-up (``ARTIFACTS``), of one kind when it is named."""
    sql = f"select {', '.join(ARTIFACTS.names)} from artifact where follow_up = :follow_up"
    if not kind:
        return session.read(f"{sql} order by path", ARTIFACTS, follow_up=follow_up)
    return session.read(
        f"{sql} and kind = :kind order by path", ARTIFACTS, follow_up=follow_up, kind=kind
    )


def vin_digest(vins: pa.ChunkedArray | pa.Array) -> tuple[int, str]:
    """Return how many different vehicles, and the SHA-256 over their VINs, sorted, one a line."""
    different = vins.unique().sort().to_pylist()
    return len(different), hashlib.sha256("\n".join(different).encode()).hexdigest()


def disclose(
    session: Session,
    recipient: str,
    purpose: str,
    what: str,
    vins: pa.ChunkedArray | pa.Array,
    on: date | None = None,
) -> None:
    """Record in the open transaction that owner data of these vehicles goes to a recipient (18 USC 2721(c)), on a day (None: now).

    Any purpose but ``recall`` is Refused: 18 USC 2721(b) permits this data for recalls and
    advisories; it is unlawful to use it for another purpose (2722). Call it before the data goes.
    """
    if purpose != PERMITTED_PURPOSE:
        raise Refused(
            f"Owner data may not be used for {purpose!r}.",
            "It was obtained for the recall only (18 USC 2721(b)); the purpose must be 'recall'.",
        )
    vehicles, summed = vin_digest(vins)
    at, day = "current_timestamp", {}
    if on is not None and on != datetime.now(UTC).date():
        at = (
            "datetime(:day)"
            if session.sqlite
            else "cast(cast(:day as date) as timestamp) at time zone 'utc'"
        )
        day = {"day": on}
    session.execute(
        "insert into disclosure (at, recipient, purpose, what, vehicles, vin_digest)"
        f" values ({at}, :recipient, :purpose, :what, :vehicles, :summed)",
        recipient=recipient,
        purpose=purpose,
        what=what,
        vehicles=vehicles,
        summed=summed,
        **day,
    )


def disclosures(session: Session) -> pa.Table:
    """Return every disclosure (``DISCLOSURES``), the oldest first; ``at`` is UTC text."""
    at = "at" if session.sqlite else "to_char(at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS')"
    return session.read(
        f"select {at} as at, recipient, purpose, what, vehicles, vin_digest"
        " from disclosure order by id",
        DISCLOSURES,
    )


def day_of(at: str) -> date:
    """Return the day of a disclosure by its instant."""
    return date.fromisoformat(at[:10])


def keep_until(on: date | None = None) -> date:
    """Return the day until which a disclosure made on ``on`` must be kept: five years."""
    day = on or datetime.now(UTC).date()
    try:
        return day.replace(year=day.year + YEARS_KEPT)
    except ValueError:  # 29 February
        return day.replace(year=day.year + YEARS_KEPT, month=3, day=1)


def approve(session: Session, form_digests: list[str], rule_digest: str, by: str) -> None:
    """Record in the open transaction who approved letter versions under a rule pack; a later approval takes its place."""
    rows = [
        {"form_digest": digest, "rule_digest": rule_digest, "approved_by": by}
        for digest in form_digests
    ]
    session.stage("signed", pa.Table.from_pylist(rows, schema=APPROVALS))
    session.execute(
        "insert into approval (form_digest, rule_digest, approved_by, approved_at)"
        " select form_digest, rule_digest, approved_by, current_timestamp"
        " from signed where true"
        " on conflict (form_digest) do update set rule_digest = excluded.rule_digest,"
        " approved_by = excluded.approved_by, approved_at = excluded.approved_at"
    )


def approvals(session: Session) -> dict[str, tuple[str, str]]:
    """Return by letter version who approved it and under which rule pack's digest."""
    rows = session.read("select form_digest, rule_digest, approved_by from approval", APPROVALS)
    return {r["form_digest"]: (r["approved_by"], r["rule_digest"]) for r in rows.to_pylist()}
