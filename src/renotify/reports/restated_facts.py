"""What campaigns.toml stated otherwise after it was stated first: the number of vehicles of a recall, and which they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from renotify.ledger.campaign_history import histories
from renotify.ledger.kinds import Layer
from renotify.ledger.session import Session

# the facts of a report that are amended when they change (573.6(b), (c)(2), (c)(3)), by what a person calls them
REPORTED: Mapping[str, str] = {"involved": "involved", "scopes": "scope"}
Restated = Mapping[str, Mapping[date, tuple[str, ...]]]


def restated(session: Session, codes: Sequence[str] | None = None) -> Restated:
    """Return by campaign and day of the load which facts of its report campaigns.toml stated otherwise than before.

    What was not stated before is no correction. NHTSA's own file is not asked: it has what was amended.
    """
    found: dict[str, dict[date, tuple[str, ...]]] = {}
    for code, history in histories(session, codes).items():
        own = [one for one in history.statements if one.layer == Layer.CATALOGUE and one.said]
        for before, after in pairwise(own):
            then, now = before.said, after.said
            keys = [
                word
                for key, word in REPORTED.items()
                if then.get(key) and now.get(key) != then[key]
            ]
            if keys:
                days = found.setdefault(code, {})
                days[after.stated_on] = tuple(
                    dict.fromkeys((*days.get(after.stated_on, ()), *keys))
                )
    return found


def of_codes(every: Restated, codes: Sequence[str]) -> dict[date, tuple[str, ...]]:
    """Return what was stated otherwise of the codes of one recall, by day: ``involved of 9LA``."""
    found: dict[date, tuple[str, ...]] = {}
    for code in codes:
        for day, keys in every.get(code, {}).items():
            found[day] = (*found.get(day, ()), *(f"{key} of {code}" for key in keys))
    return found
