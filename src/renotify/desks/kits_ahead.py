"""Whether one more visit at a dealer would find its kits, behind all that it has booked, and from which day ordered ones are there."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.parts.kit_state import KitState, OneMore
from renotify.parts.kits_at_one_dealer import kits_at_one_dealer
from renotify.parts.kits_of_visits import by_visit, kits_of_visits
from renotify.visits.needs import needs


class KitsAhead(NamedTuple):
    """How a visit stands with its kits: ``state`` a KitState, blank where it takes none; ``kits_from`` the Monday of those promised.

    ``lacking`` are the parts that are not on the shelf; ``ordered_from`` is the day on which they come when they are ordered today.
    """

    state: str = ""
    kits_from: date | None = None
    lacking: tuple[str, ...] = ()
    ordered_from: date | None = None

    def there_by(self, day: date) -> bool:
        """Tell whether a kit that nobody else has is there on a day."""
        if self.state == KitState.PROMISED:
            return self.kits_from is not None and self.kits_from <= day
        return self.state in ("", KitState.ON_SHELF)


def kits_ahead(session: Session, dealer: str, bundle: str, model: str, on: date) -> KitsAhead:
    """Return how one more visit of a model for a bundle would stand with its kits at a dealer on a day."""
    if not needs(session, [(bundle, model)]).taken[bundle, model]:
        return KitsAhead()
    one_more = OneMore(dealer, bundle, model)
    return _of(session, dealer, "", on, one_more)


def kits_booked(session: Session, dealer: str, vin: str, on: date) -> KitsAhead:
    """Return how the visit that a vehicle has booked at a dealer stands with its kits."""
    return _of(session, dealer, vin, on, None)


def _of(session: Session, dealer: str, vin: str, on: date, one_more: OneMore | None) -> KitsAhead:
    plain = kits_at_one_dealer(session, dealer, vin, one_more)
    if plain is not None:
        state, kits_from, names = plain.state, None, plain.lacking
    else:
        kits = kits_of_visits(session, on, Scope(dealer=dealer), one_more)
        own = [row for row in by_visit(kits).to_pylist() if row["vin"] == vin] if kits.num_rows else []  # fmt: skip
        if not own:
            return KitsAhead()
        state, kits_from, names = own[0]["state"], own[0]["kits_from"], own[0]["lacking"]
    lacking = tuple(names.split(", ")) if names else ()
    days = _lead_days(session, lacking) if lacking else 0
    return KitsAhead(state, kits_from, lacking, on + timedelta(days=days))


def _lead_days(session: Session, parts: Collection[str]) -> int:
    """Return the longest lead time of some parts, in days."""
    longest = session.scalar(
        f"select max(lead_days) from part where part_no in {session.list_values('parts')}",
        parts=json.dumps(sorted(parts)),
    )
    return int(longest or 0)
