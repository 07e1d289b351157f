"""Progress: completion by campaign, area and dealer, on any day, and where it is going."""

from __future__ import annotations

from datetime import date
from typing import Any

from renotify.ledger import status
from renotify.ledger.status import By
from renotify.reports.forecast import with_forecasts


def progress(on: date, by: By = "area") -> list[dict[str, Any]]:
    """Return each campaign's counts and completion, by area (or dealer, or alone), as of a day.

    Rows are those of ``status.counts``: campaign, area, dealer where asked, involved, open,
    completion and the rest; ``forecast`` of the coming weeks; the least complete first within a campaign.
    """
    rows = with_forecasts(status.counts(by=by, as_of=on), on, by)
    return sorted(rows, key=lambda row: (row["campaign"], row["completion"], -row["open"]))
