"""A year of corrections, on both stores: each load undoes something, and the sum is always right."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from folder import Folder, make_vin
from renotify.ledger.explain import explain
from renotify.ledger.intake import Counts
from renotify.ledger.status import counts
from renotify.ledger.verify import verify

A, B, C = make_vin(1), make_vin(2), make_vin(3)
DAY = date(2012, 5, 5)


@pytest.fixture
def months(tmp_path: Path) -> list[Folder]:
    made = [Folder(tmp_path / f"month-{number}") for number in range(7)]
    first, claim, moved, back, undone, taken_back, again = made
    first.campaign("9LA").campaign("ALE").dealer()
    first.vehicle(A, "9LA").vehicle(B, "9LA").vehicle(C, "9LA", "ALE")
    for row in first.rows["population"][2:3]:
        row["removed_date"] = "2012-01-01"  # C's 9LA: ALE took its place
    claim.repair(A, "9LA", DAY, ro_id="R1").repair(C, "9LA", DAY, ro_id="R2", counts_for="ALE")
    moved.repair(B, "9LA", DAY, ro_id="R1")
    back.repair(A, "9LA", DAY, ro_id="R1").repair(B, "9LA", DAY, "declined", ro_id="R3")
    undone.add("population", campaign_code="9LA", vin=C, removed_date="")
    taken_back.repair(C, "9LA", DAY, ro_id="R2", withdrawn="yes")
    taken_back.add("population", campaign_code="9LA", vin=B, withdrawn="yes")
    again.add("population", campaign_code="9LA", vin=B)
    return made


def test_each_load_undoes_what_it_says(session, take, months):
    seen = []
    for month in months:
        take(month)
        nine, ale = counts(session)
        seen.append((nine.involved, nine.repaired, nine.removed, nine.open, ale.repaired, ale.open))
        assert verify(session)["ok"]
    assert seen == [
        (3, 0, 1, 2, 0, 1),
        (3, 1, 1, 1, 1, 0),  # R1 on A; R2 counts for ALE
        (3, 1, 1, 1, 1, 0),  # R1 on B
        (3, 1, 1, 1, 1, 0),  # and back on A
        (3, 2, 0, 1, 1, 0),  # C is in 9LA again, and its work counts there too
        (2, 1, 0, 1, 0, 1),  # R2 was no work, B never belonged
        (3, 1, 0, 2, 0, 1),  # B belongs after all
    ]
    for month in months:
        take(month)
    nine, ale = counts(session)
    assert (nine.involved, nine.repaired, nine.removed, nine.open, ale.open) == (3, 1, 0, 2, 1)


def test_what_contradicts_itself_or_takes_back_nothing_is_refused(session, take, months):
    take(months[0])
    claim = months[1]
    claim.repair(B, "9LA", DAY, ro_id="R1").repair(A, "9LA", DAY, ro_id="R9", withdrawn="yes")
    assert take(claim).tables["repair_orders"] == Counts(accepted=2, rejected=2)
    assert take(claim).tables["repair_orders"] == Counts(unchanged=2, rejected=2)


def test_the_trail_of_an_order_that_went_and_came_is_whole(session, take, months):
    for month in months[:4]:
        take(month)
    (told,) = explain(session, A, DAY)["campaigns"]
    assert [(e["kind"], e["note"]) for e in told["events"]] == [
        ("added", ""),
        ("remedied", "corrected"),
        ("withdrawn", f"moved to {B}, and said again since"),
        ("remedied", f"moved from {B}"),
    ]
