"""What the tests of a visit's needs share."""

from __future__ import annotations

from datetime import date

ON = date(2013, 2, 26)  # the memo's day
DEALER = "D0001"
