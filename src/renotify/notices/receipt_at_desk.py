"""The receipt of one notice as somebody gives it at a desk: a row of the same file as dealers send, taken in by the same function."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from renotify.ledger.session import Session
from renotify.notices.receipts import COLUMNS, EDITION, acknowledge


def acknowledge_at_desk(
    session: Session, name: str, code: str, edition: int, *, person: str, on: date
) -> bool:
    """Take the receipt of an edition of a follow-up's notice by a person; False where it had one before, which stands."""
    row = {"code": code, "acknowledged_at": on.isoformat(), "receipt": f"at the desk by {person}", EDITION: str(edition)}  # fmt: skip
    with TemporaryDirectory(prefix="renotify-receipt-") as folder:
        file = Path(folder) / "receipts.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, [*COLUMNS, EDITION])
            writer.writeheader()
            writer.writerow(row)
        return bool(acknowledge(session, name, file, on)["acknowledged"])
