"""An area's month: dealers ranked by vehicles that need help, with completion now and four weeks ago, counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from renotify.desks import area_month as area_month_room
from renotify.desks.area_month import area_month
from renotify.errors import UnknownName
from renotify.ledger.session import open_session
from renotify.parts.kits_of_visits import KITS
from small_world import Desk, World, vin

ON = date(2013, 3, 11)
NEAR, FAR, OTHER = "D1", "D2", "D3"


@pytest.fixture
def ledger_of_area(ledger: str, tmp_path: Path) -> str:
    """In area E, NEAR has 8 vehicles, 4 of them done, 3 since February 11; FAR has 8, 2 done long ago, books two visits without a kit,
    and holds a new vehicle for 60 days. OTHER is in area W.
    """
    made = World(tmp_path / "input").campaign("PMP")
    made.dealer(NEAR, "E").dealer(FAR, "E").dealer(OTHER, "W")
    made.part("PUMP").takes("PMP", "PUMP", 1).labour("PMP", 2.0)
    for number in range(8):
        made.vehicle(vin(number), "PMP", dealer=NEAR).vehicle(vin(10 + number), "PMP", dealer=FAR)
    made.repair(vin(0), "PMP", date(2013, 1, 7), dealer=NEAR)
    for number in (1, 2, 3):
        made.repair(vin(number), "PMP", date(2013, 2, 18), dealer=NEAR)
    for number in (10, 11):
        made.repair(vin(number), "PMP", date(2013, 1, 7), dealer=FAR)
    for number in (12, 13):
        made.appointment(vin(number), FAR, "PMP", day=ON + timedelta(days=number - 10))
    made.vehicle(vin(30), "PMP", dealer=FAR, owner=None)
    made.in_stock(vin(30), FAR, "new", ON - timedelta(days=60))
    made.vehicle(vin(40), "PMP", dealer=OTHER)
    Desk(ledger, tmp_path).do("load", made.write(), on=ON)
    return ledger


def test_dealers_are_ranked_by_the_vehicles_that_need_help(ledger_of_area: str) -> None:
    """Four weeks ago 7 were open at NEAR and 7 at FAR; three were done since: at that pace 1.5 at FAR, where none was."""
    with open_session(ledger_of_area) as session:
        month = area_month(session, "E", ON)
    first, second = month.dealers.to_pylist()
    assert (first["dealer"], second["dealer"]) == (FAR, NEAR)
    assert first["why"] == "kits, pace, holds"
    assert first["vehicles_concerned"] == 2 + 1.5 + 1
    assert (second["why"], second["vehicles_concerned"]) == ("", 0.0)
    assert (first["visits"], first["hours"], first["visits_without_kits"]) == (2.0, 4.0, 2)
    assert (first["holds"], first["holds_overdue"]) == (1, 1)


def test_completion_is_that_of_the_day_and_of_four_weeks_ago(ledger_of_area: str) -> None:
    with open_session(ledger_of_area) as session:
        month = area_month(session, "E", ON)
    rows = {row["dealer"]: row for row in month.dealers.to_pylist()}
    near, far = rows[NEAR], rows[FAR]
    assert (near["completion"], near["completion_before"], near["done_since"]) == (4 / 8, 1 / 8, 3)
    assert (far["completion"], far["completion_before"], far["done_since"]) == (2 / 9, 2 / 9, 0)
    trend = [row["done"] for row in month.trend.to_pylist() if row["dealer"] == NEAR]
    assert trend == [1, 4, 4]  # February 11 and 25, March 11


def test_a_vehicle_on_hold_whose_remedy_is_not_there_is_not_overdue(
    ledger_of_area: str, tmp_path: Path
) -> None:
    later = World(tmp_path / "later").campaign("PMP", remedy_available_date=date(2013, 6, 1))
    Desk(ledger_of_area, tmp_path).do("load", later.write(), on=ON)
    with open_session(ledger_of_area) as session:
        month = area_month(session, "E", ON)
    assert [row["holds_overdue"] for row in month.dealers.to_pylist()] == [0, 0]
    assert "holds" not in month.reasons["about"].to_pylist()


def test_an_area_sees_no_dealer_of_another(ledger_of_area: str) -> None:
    with open_session(ledger_of_area) as session:
        assert OTHER not in repr(area_month(session, "E", ON).document())
        with pytest.raises(UnknownName, match="There is no area X"):
            area_month(session, "X", ON)


def test_a_visit_whose_every_kit_is_promised_too_late_is_late_and_one_that_lacks_a_promise_is_not() -> (
    None
):
    """Of four visits in the month one has no promise for BOLT, one kits for the day after, one for the day itself; the last is in May."""
    day, after = date(2013, 3, 20), date(2013, 3, 25)

    def kit(number: int, part: str, comes: date | None, booked: date = day) -> dict[str, object]:
        state = "short" if comes is None else "promised"
        return {"dealer_code": NEAR, "vin": vin(number), "part_no": part, "kits": 1.0, "booked_on": booked,
                "state": state, "kits_from": comes}  # fmt: skip

    rows = [
        kit(1, "BOLT", None), kit(1, "PUMP", after), kit(2, "PUMP", after), kit(3, "PUMP", day),
        kit(4, "PUMP", date(2013, 6, 3), date(2013, 5, 6)),
    ]  # fmt: skip
    found = area_month_room._without_kits(pa.Table.from_pylist(rows, KITS), ON, date(2013, 4, 7))
    assert found == ({NEAR: (1, "BOLT")}, {NEAR: (1, "PUMP", after)})
