"""The day as of which a plan is made again: not before what is on record of its letters, because the ledger is read as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from renotify.errors import Refused
from renotify.ledger.session import Session

MADE_ON = "made_on"  # of a plan's document
_NEWEST = "select max(checked_on) as released, max(mailed_on) as mailed from piece where follow_up = :name"


class _Newest(NamedTuple):
    released: date | None
    mailed: date | None


def refuse_before_letters(session: Session, name: str, on: date) -> None:
    """Raise Refused for a day before the last release of a follow-up, or before the last day on which its letters were mailed."""
    newest = session.rows(_Newest, _NEWEST, name=name)[0]
    for what, day in (("released", newest.released), ("mailed", newest.mailed)):
        if day is not None and on < day:
            raise Refused(
                f"Letters of {name} were {what} on {day}, and {on} is before it: a plan as of that day would take what has come since for"
                " what was known then.",
                f"Plan again as of {day} or later, today without --on. What was known on an earlier day: renotify status --as-of {on}.",
            )


def words(name: str, before: Mapping[str, Any], on: date) -> list[str]:
    """Say that the plan in force was made as of a later day than the one that takes its place."""
    made = before.get(MADE_ON)
    if not made or date.fromisoformat(made) <= on:
        return []
    later = f"BEWARE: the plan of {name} in force until now was made as of {made}, after {on}"
    return [
        f"{later}: this one reads the ledger as it is now. If the day is a mistake, plan again without --on."
    ]
