"""Whether a caller's visit finds its kits: of the one that is booked, else of one more behind all that the dealer has booked.

The rooms that count kits are imported only where a visit takes some: most questions of a caller need none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from renotify.contact.vehicle_known import Known, VisitKits
from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.visits.needs import combined, needs


def kits_of(
    session: Session, vin: str, known: Known, codes: Sequence[str], on: date
) -> VisitKits | None:
    """Return how the kits of the vehicle's visit stand; None where it takes none, or no dealer is known. ``codes`` are to be done."""
    booked = known.appointments[0] if known.appointments else None
    dealer = booked.dealer_code if booked else known.dealer.dealer_code if known.dealer else ""
    bundle = combined({*booked.codes, *codes} if booked else codes)
    model = known.vehicle.model if known.vehicle else ""
    if not dealer or not bundle or not needs(session, [(bundle, model)]).taken[bundle, model]:
        return None
    from renotify.parts.kit_state import OneMore
    from renotify.parts.kits_at_one_dealer import kits_at_one_dealer

    one_more = None if booked else OneMore(dealer, bundle, model)
    plain = kits_at_one_dealer(session, dealer, vin, one_more)
    if plain is not None:
        return VisitKits(plain.state, None, plain.lacking)
    from renotify.parts.kits_of_visits import by_visit, kits_of_visits

    kits = by_visit(kits_of_visits(session, on, Scope(dealer=dealer), one_more)).to_pylist()
    own = [row for row in kits if row["vin"] == (vin if booked else "")]
    return VisitKits(own[0]["state"], own[0]["kits_from"], own[0]["lacking"]) if own else None
