"""Where the print job of a wave lies, and the names in it."""

from __future__ import annotations

from pathlib import Path

from renotify.ledger import artifacts

FOLDER = "wave_folder"  # the kind of artifact that records it, written with the intent to release
MANIFEST = "manifest.csv"


def job_folder(name: str, wave: int) -> Path | None:
    """Return where the print job of a wave belongs; None before its release."""
    for path in artifacts.of_follow_up(name, FOLDER)["path"].to_pylist():
        if Path(path).name == f"wave-{wave:02d}":
            return Path(path)
    return None
