"""Where rows come from: every file loaded and every command that writes is a source with an id and an instant."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from renotify.ledger.kinds import SourceKind
from renotify.ledger.session import Session


def record(
    session: Session, kind: SourceKind, name: str, *, sha256: str = "", table: str = ""
) -> int:
    """Record a source in the open transaction, as of now, and return its id."""
    at, instant = now(session)
    return int(
        session.scalar(
            "insert into source (kind, name, sha256, table_name, recorded_at)"
            f" values (:kind, :name, :sha, :table, {at}) returning id",
            kind=kind,
            name=name,
            sha=sha256,
            table=table,
            at=instant,
        )
    )


def now(session: Session) -> tuple[str, str]:
    """Return SQL of this instant and its value ``:at``: to the microsecond, so that what was recorded first is the earlier."""
    at = ":at" if session.sqlite else "cast(:at || '+00' as timestamptz)"
    return at, datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def recorded_by(session: Session, known_at: datetime) -> tuple[str, str]:
    """Return a condition on a source's ``recorded_at`` with its value ``:instant`` (UTC where no zone is named)."""
    instant = (known_at if known_at.tzinfo else known_at.replace(tzinfo=UTC)).astimezone(UTC)
    asked = ":instant" if session.sqlite else "cast(:instant || '+00' as timestamptz)"
    return f"recorded_at <= {asked}", instant.strftime("%Y-%m-%d %H:%M:%S.%f")


class Source(NamedTuple):
    """A file as loaded or a command as run, and the instant at which it was recorded (UTC)."""

    id: int
    name: str
    sha256: str
    recorded: str

    @property
    def recorded_at(self) -> datetime:
        return datetime.fromisoformat(self.recorded).replace(tzinfo=UTC)


def named(session: Session, ids: Iterable[int]) -> list[Source]:
    """Return the sources of some ids."""
    at = "recorded_at" if session.sqlite else "cast(recorded_at at time zone 'utc' as text)"
    return session.rows(
        Source,
        f"select id, name, sha256, {at} as recorded from source"
        f" where cast(id as text) in {session.list_values('ids')}",
        ids=json.dumps(sorted(str(one) for one in ids)),
    )
