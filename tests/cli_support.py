"""A follow-up's settings file with the memo's dates, for tests that walk through commands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import small_world

DAY = "2013-02-26"
RESPONSE = {"share": 0.07, "scale_weeks": 6.0, "shape": 1.2, "background_per_week": 0.003}


def follow_up_file(
    folder: Path, campaigns: list[str], name: str = "small", **extra: object
) -> Path:
    """Write a followup.toml of the memo's dates for these campaigns."""
    settings = {
        "name": name,
        "kind": "follow_up_voluntary",
        "campaigns": campaigns,
        "notice_date": date.fromisoformat(DAY),
        "days_after_notice": 7,
        **extra,
    }
    return small_world.follow_up_file(folder / "followup.toml", RESPONSE, **settings)
