"""The one definition of open, rule by rule, on both stores."""

from __future__ import annotations

from datetime import date

import pytest
from folder import make_vin
from ledger.history import Said, load, loaded_at, owners, register

V1, V2 = make_vin(1), make_vin(2)
ADDED = date(2009, 1, 16)


def added(vin=V1, campaign="9LA", version=1, day=ADDED):
    return Said(vin, "added", day, campaign, version)


def state(vin=V1, campaign="9LA"):
    """Return the current (version, status, reason, since) of a vehicle in a campaign."""
    from renotify.ledger import tables

    rows = tables.read(
        "state", where="vin = :vin and campaign_code = :code and current", vin=vin, code=campaign
    ).to_pylist()
    (row,) = rows
    return row["remedy_version"], row["status"], row["reason"], row["since"]


@pytest.fixture
def store(ledger):
    register("9LA", "ALE")
    return ledger


def test_a_vehicle_of_the_population_is_open(store):
    load([added()])
    assert state() == (1, "open", "", ADDED)
