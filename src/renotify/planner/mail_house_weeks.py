"""What the mail house takes in each week of a plan: by the settings of the day, and by changes of days to come."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from renotify.campaigns.follow_up_settings import FollowUpSettings
from renotify.ledger import setting_changes
from renotify.ledger.session import Session
from renotify.parts.pool_book import PoolBook
from renotify.planner.problem import UNLIMITED, Floats

CAPACITY = "mail_house_letters_per_week"


def mail_capacity(session: Session, settings: FollowUpSettings, book: PoolBook, on: date) -> Floats:
    """Return the pieces that the mail house takes in each week of the book, as known on a day; inf does not bind. [T]

    A change from a later day on holds from the first week that begins on it or after it.
    """
    capacity = np.full(book.weeks, _pieces(settings.mail_house_letters_per_week))
    for one in setting_changes.ahead(session, settings.name, CAPACITY, on):
        first = max(-((book.monday - one.from_day) // timedelta(weeks=1)), 0)
        capacity[first:] = _pieces(one.stated.value)
    return capacity


def _pieces(stated: int | None) -> float:
    return UNLIMITED if stated is None else float(stated)
