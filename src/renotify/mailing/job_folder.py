"""The names of the files in the folder of a wave's print job; the ledger's wave says where the folder is."""

from __future__ import annotations

from pathlib import Path

from renotify.ledger import artifacts
from renotify.ledger.pieces import WaveRow
from renotify.ledger.session import Session

MANIFEST = "manifest.csv"
EXCEPTIONS = "exceptions.csv"
EVIDENCE_SAMPLE = "evidence-sample.csv"
CHANGES = "changes.csv"  # what was printed otherwise than its row stands: pieces, fields, reasons, nothing of a person


def later_manifests(session: Session, row: WaveRow) -> list[Path]:
    """Return the manifests of what was printed of a wave after its release, in order: in its folder, or in one of its name elsewhere."""
    known = map(
        Path, artifacts.of_follow_up(session, row.follow_up, "manifest")["path"].to_pylist()
    )
    place = Path(row.folder)
    return [
        path
        for path in known
        if path != place / MANIFEST
        and (path.is_relative_to(place) or path.parent.parent.name == place.name)
    ]


VOID = "VOID.txt"  # in the folder of a release that was called back
WITHDRAWN = "withdrawn.csv"  # only of a release that was begun, stopped and resumed
