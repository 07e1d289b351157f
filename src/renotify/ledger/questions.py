"""The three questions that desks ask of a vehicle in a campaign, answered once, by its status alone.

Is it done? May the vehicle be delivered? Does its owner get letters of the campaign? Unreachable is a matter of letters, not of the
yard: a stolen or scrapped vehicle that stands in a dealer's stock is not done, and is held like any other.
"""

from __future__ import annotations

from typing import NamedTuple

from renotify.ledger.kinds import Status


class Answers(NamedTuple):
    """What a status means at the desks. ``done`` is None for a vehicle that the campaign does not ask anything of any more."""

    done: bool | None
    may_be_delivered: bool
    gets_letters: bool


OF_STATUS = {
    Status.OPEN: Answers(done=False, may_be_delivered=False, gets_letters=True),
    Status.UNREACHABLE: Answers(done=False, may_be_delivered=False, gets_letters=False),
    Status.REPAIRED: Answers(done=True, may_be_delivered=True, gets_letters=False),
    Status.INSPECTED_OK: Answers(done=True, may_be_delivered=True, gets_letters=False),
    Status.REMOVED: Answers(done=None, may_be_delivered=True, gets_letters=False),
}


def answers(status: str) -> Answers:
    """Return the answers for a status of the ledger."""
    return OF_STATUS[Status(status)]


def not_done(column: str) -> str:
    """Return the SQL condition that a column of statuses says: not done, and to be done."""
    words = ", ".join(f"'{status}'" for status, one in OF_STATUS.items() if one.done is False)
    return f"{column} in ({words})"


def not_deliverable(column: str) -> str:
    """Return the SQL condition that a column of statuses keeps a vehicle in stock (49 USC 30120(i), or our policy)."""
    words = ", ".join(
        f"'{status}'" for status, one in OF_STATUS.items() if not one.may_be_delivered
    )
    return f"{column} in ({words})"
