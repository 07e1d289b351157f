"""Where rows come from: every file loaded and every command that writes is a Source with an id and an instant."""

from __future__ import annotations

from datetime import UTC, datetime

from renotify.ledger.models import Source


def record(kind: str, name: str, *, sha256: str = "", table: str = "") -> int:
    """Record a source (``file`` or ``command``) as of now and return its id."""
    source = Source.objects.create(
        kind=kind, name=name, sha256=sha256, table_name=table, recorded_at=datetime.now(UTC)
    )
    return int(source.id)
