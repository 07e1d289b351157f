"""The vehicles behind an area's month: those in stock that may not be delivered, and booked visits whose kits are not on the shelf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from renotify.ledger.scope import area_scope
from renotify.ledger.session import Session
from renotify.parts.kit_state import KitState
from renotify.parts.kits_of_visits import kits_of_visits
from renotify.stock.delivery_hold import holds_of


@dataclass(frozen=True, eq=False)
class AreaLists:
    """``holds`` (``HOLDS``), the longest in stock first; ``kits``: the parts that booked visits lack (``KITS``), the next day first."""

    holds: pa.Table
    kits: pa.Table


def area_lists(session: Session, area: str, on: date) -> AreaLists:
    """Return an area's holds, and what its booked visits from the day on lack. Raises UnknownName for an area without dealers."""
    scope = area_scope(session, area)
    holds = holds_of(session, scope, on=on)
    kits = kits_of_visits(session, on, scope)
    lacking = pc.and_(
        pc.not_equal(kits["state"], str(KitState.ON_SHELF)),
        pc.greater_equal(kits["booked_on"], pa.scalar(on)),
    )
    order = [("booked_on", "ascending"), ("dealer_code", "ascending"), ("vin", "ascending"), ("part_no", "ascending")]  # fmt: skip
    return AreaLists(
        holds.sort_by([("days_in_stock", "descending"), ("vin", "ascending")]),
        kits.filter(lacking).sort_by(order),
    )
