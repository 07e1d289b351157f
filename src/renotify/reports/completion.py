"""Progress: completion by campaign, area and dealer, on any day."""

from __future__ import annotations

from datetime import date
from typing import Any

from renotify.ledger import status
from renotify.ledger.status import By


def progress(on: date, by: By = "area") -> list[dict[str, Any]]:
    """Return each campaign's counts and completion, by area (or dealer, or alone), as of a day.

    Rows are those of ``status.counts``: campaign, area, dealer where asked, involved, open,
    completion and the rest; the least complete first within a campaign.
    """
    rows = status.counts(by=by, as_of=on)
    return sorted(rows, key=lambda row: (row["campaign"], row["completion"], -row["open"]))
