"""How many weeks after they ask owners come, counted from the bookings on file."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from renotify.ledger import tables
from renotify.ledger.session import Session
from renotify.values.arrow_sql import arrow_sql

Floats = NDArray[np.float64]

LONGEST = 12  # weeks: who is booked for later is counted here
# Bookings that tell it: the mean of ten is off by a third of their spread. To say "the same week" until then is off by the whole wait.
ENOUGH = 10
# When an appointment was made: on the day that is stated, at the latest on that of the load that brought it first, and of the visit.
# The first list of a ledger says of none when it was made.
_LAGS = """
    with made as (
        select cast(left(start, 10) as date) as day, least(booked_on, first_loaded_on) as made_on
        from appointment where status <> 'cancelled'
        and (booked_on is not null or first_loaded_on > (select min(first_loaded_on) from appointment)))
    select least(date_diff('week', date_trunc('week', least(made_on, day)), date_trunc('week', day)), $longest) as weeks, count(*)
    from made group by 1 order by 1"""


def weeks_to_visit(session: Session) -> Floats:
    """Return the share of owners whose visit is 0, 1, .. weeks after the week in which they asked for it.

    With fewer than ``ENOUGH`` bookings that say it, each comes in the week in which it is asked for.
    """
    booked = tables.read(session, "appointment", "start", "status", "booked_on", "first_loaded_on")
    with arrow_sql() as arrow:
        arrow.register("appointment", booked)
        rows = arrow.sql(_LAGS, params={"longest": LONGEST}).fetchall()
    if sum(count for _, count in rows) < ENOUGH:
        return np.ones(1)
    shares = np.zeros(max(weeks for weeks, _ in rows) + 1)
    for weeks, count in rows:
        shares[weeks] = count
    part: Floats = shares / shares.sum()
    return part
