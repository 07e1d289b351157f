"""How a visit stands with its kits, in words that a desk can import without the rooms that count kits."""

from __future__ import annotations

import enum
from datetime import date
from typing import NamedTuple

BEHIND_ALL = date(9999, 12, 31)  # the day of a visit that is not booked: behind all that are


class KitState(enum.StrEnum):
    """How a visit stands with its kits, the best first."""

    ON_SHELF = "on_shelf"
    PROMISED = "promised"
    ON_ORDER = "on_order"  # no day is promised
    SHORT = "short"  # neither there nor on order


class OneMore(NamedTuple):
    """A visit that is not booked yet, and would be behind all that are; its row has no VIN."""

    dealer_code: str
    bundle: str
    model: str
