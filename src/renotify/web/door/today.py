"""The day of the house: today, or the day that ``renotify serve --on`` plays."""

from __future__ import annotations

from datetime import date

from django.conf import settings


def today() -> date:
    """Return the day that pages are of."""
    day: date | None = settings.RENOTIFY_DAY
    return day or date.today()  # noqa: DTZ011 - a day of the house is that of its own clock


def is_played() -> bool:
    """Tell whether the day is one that somebody plays."""
    return settings.RENOTIFY_DAY is not None
