"""Repairs since a day are few, orders of all years are many: those are read by the vehicles of these."""

from __future__ import annotations

import sqlite3

from renotify.ledger.scope import Scope
from renotify.ledger.session import Session
from renotify.visits.repair_visits import REPAIRED


def test_repairs_at_a_dealer_are_found_without_a_look_at_every_order(
    sqlite_session: Session,
) -> None:
    scope = Scope(dealer="01001")
    asked = f"explain query plan {REPAIRED.format(scope=scope.of('e.dealer_code'))}"
    ledger = sqlite3.connect(sqlite_session.store.file)
    steps = [row[3] for row in ledger.execute(asked, {"since": "2013-03-01", **scope.values})]
    ledger.close()
    orders = [one for one in steps if one.split()[1] == "e"]
    assert len(orders) == 1
    assert orders[0].startswith("SEARCH e ")
