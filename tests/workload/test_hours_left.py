"""The hours that are left for letters: those of visits that a rehearsal plays are there, those of other booked visits are not."""

from __future__ import annotations

from datetime import timedelta

import pytest

import two_dealers as w
from renotify.ledger.session import Session
from renotify.workload.hours_left import hours_left

EVERY_WEEK = 4.0  # at East
WEEKS = 3


@pytest.mark.parametrize(
    ("but", "second"),
    [((), EVERY_WEEK - 2.7), ((w.EAST_BOTH,), EVERY_WEEK), ((w.WEST_BOOKED,), EVERY_WEEK - 2.7)],
)
def test_a_booked_visit_takes_its_hours_unless_it_is_played(
    planned_session: Session, but: tuple[str, ...], second: float
) -> None:
    """EAST_BOTH is booked for the second week: 2.7 hours are stated for both campaigns."""
    first = w.FIRST_WEEK
    name = planned_session.scalar("select min(follow_up) from plan")
    left = hours_left(planned_session, name, [w.EAST], first, WEEKS, first + timedelta(days=1), but=but)  # fmt: skip
    assert left.hours[0].tolist() == pytest.approx([EVERY_WEEK, second, EVERY_WEEK])
