"""Which booked visit finds its kits: the shelf serves visits in the order of their days, promises come in the order of their weeks."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import open_session
from renotify.parts.kit_state import KitState
from renotify.parts.kits_at_one_dealer import kits_at_one_dealer
from renotify.parts.kits_of_visits import KITS, OneMore, by_visit, kits_of_visits
from small_world import Desk, World, vin

EAST, WEST, PIPE, SEAL = "D1", "D2", "PIPE", "SEAL"
MONDAYS = [date(2013, 3, 11) + timedelta(weeks=week) for week in range(5)]
ON = MONDAYS[0] + timedelta(days=1)


def world(folder: Path, visits: int, take_rate: float = 1.0) -> World:
    """EAST has booked visits on the days after ON, one a day; each takes a pipe."""
    made = World(folder / "input").dealer(EAST).dealer(WEST).campaign("9LA").labour("9LA", 1.0)
    made.part(PIPE).takes("9LA", PIPE, 1.0, take_rate=take_rate)
    for number in range(visits):
        made.vehicle(vin(number), "9LA", dealer=EAST)
        made.appointment(vin(number), EAST, "9LA", day=ON + timedelta(days=number))
    return made


def states(
    ledger: str, scope: Scope = ALL, one_more: OneMore | None = None
) -> list[tuple[str, str, date | None]]:
    with open_session(ledger) as session:
        rows = kits_of_visits(session, ON, scope, one_more).to_pylist()
    return [(row["vin"], row["state"], row["kits_from"]) for row in rows]


def test_the_shelf_serves_the_first_visits_and_what_is_on_order_the_next_ones(
    ledger: str, tmp_path: Path
) -> None:
    made = world(tmp_path, 4).count(EAST, PIPE, ON, on_hand=1, on_order=1)
    Desk(ledger, tmp_path).do("load", made.write(), on=ON)
    assert states(ledger) == [
        (vin(0), "on_shelf", None),
        (vin(1), "on_order", None),
        (vin(2), "short", None),
        (vin(3), "short", None),
    ]


def test_of_two_visits_of_one_day_the_earlier_hour_has_the_kit_then_who_booked_first(
    sqlite_ledger: str, tmp_path: Path
) -> None:
    """One kit is on order. The vehicles' numbers stand against the order of the hours, and of the days of booking."""
    desk = Desk(sqlite_ledger, tmp_path)
    for hours, asked, first in (
        ("10:30", "09:00", 1), ("09:00", "09:00", 1), ("09:00", "10:30", 0)
    ):  # fmt: skip
        made = world(tmp_path / f"{hours}{asked}".replace(":", ""), 0).count(
            EAST, PIPE, ON, on_hand=0, on_order=1
        )
        for number, (hour, booked) in enumerate(((hours, "2013-02-21"), (asked, "2013-02-20"))):
            made.vehicle(vin(number), "9LA", dealer=EAST)
            made.add("appointments", appointment_id=f"A{number}", vin=vin(number), dealer_code=EAST, campaign_codes="9LA",
                     start=f"{ON}T{hour}", status="booked", booked_on=booked)  # fmt: skip
        desk.do("load", made.write(), on=ON)
        told = {number: state for number, state, _ in states(sqlite_ledger)}
        assert told == {vin(first): "on_order", vin(1 - first): "short"}
        with open_session(sqlite_ledger) as session:
            for number in (0, 1):
                found = kits_at_one_dealer(session, EAST, vin(number), None)
                assert found
                assert found.state == told[vin(number)]


def test_promised_kits_come_in_their_weeks(ledger: str, tmp_path: Path) -> None:
    """Two kits are ordered: the pool has one now, and five more in two weeks."""
    made = world(tmp_path, 3).count(EAST, PIPE, ON, on_hand=1)
    desk = Desk(ledger, tmp_path)
    desk.do(
        "load",
        made.supply(PIPE, {MONDAYS[0] - timedelta(weeks=1): 2, MONDAYS[2]: 5}).write(),
        on=ON,
    )
    desk.do("parts", "order", "--keep", on=ON)
    assert states(ledger) == [
        (vin(0), "on_shelf", None),
        (vin(1), "promised", MONDAYS[0]),
        (vin(2), "promised", MONDAYS[2]),
    ]


def test_visits_that_take_half_a_kit_share_one_and_a_whole_one_is_needed_for_the_third(
    sqlite_ledger: str, tmp_path: Path
) -> None:
    made = world(tmp_path, 3, take_rate=0.5).count(EAST, PIPE, ON, on_hand=1)
    Desk(sqlite_ledger, tmp_path).do("load", made.write(), on=ON)
    assert [state for _, state, _ in states(sqlite_ledger)] == ["on_shelf", "on_shelf", "short"]


def test_a_caller_without_a_booking_is_behind_all_who_have_one(
    sqlite_ledger: str, tmp_path: Path
) -> None:
    made = world(tmp_path, 1).count(EAST, PIPE, ON, on_hand=1).count(WEST, PIPE, ON, on_hand=1)
    Desk(sqlite_ledger, tmp_path).do("load", made.write(), on=ON)
    at_east = states(sqlite_ledger, Scope(dealer=EAST), OneMore(EAST, "9LA", "IS 250"))
    assert at_east == [(vin(0), "on_shelf", None), ("", "short", None)]
    at_west = states(sqlite_ledger, Scope(dealer=WEST), OneMore(WEST, "9LA", "IS 250"))
    assert at_west == [("", "on_shelf", None)]  # another dealer's kits are not EAST's


def test_a_visit_is_as_bad_as_its_worst_part_and_names_what_it_lacks(
    sqlite_ledger: str, tmp_path: Path
) -> None:
    made = world(tmp_path, 1).part(SEAL).takes("9LA", SEAL, 2.0)
    made.count(EAST, PIPE, ON, on_hand=1).count(EAST, SEAL, ON, on_hand=1)
    Desk(sqlite_ledger, tmp_path).do("load", made.write(), on=ON)
    with open_session(sqlite_ledger) as session:
        (row,) = by_visit(kits_of_visits(session, ON)).to_pylist()
    assert (row["state"], row["kits_from"], row["lacking"]) == ("short", None, SEAL)


def test_a_visit_that_takes_no_part_is_no_row(sqlite_ledger: str, tmp_path: Path) -> None:
    made = (
        World(tmp_path / "input").dealer(EAST).campaign("9LA").vehicle(vin(1), "9LA", dealer=EAST)
    )
    made.appointment(vin(1), EAST, "9LA", day=ON)
    Desk(sqlite_ledger, tmp_path).do("load", made.write(), on=ON)
    assert states(sqlite_ledger) == []


def test_where_a_part_is_short_those_that_come_by_the_day_of_the_visit_are_not_lacking() -> None:
    """Of a visit on a Thursday A is promised for its Monday, B for the Monday after, C is short; another finds A alone in time."""
    thursday, monday = date(2024, 4, 25), date(2024, 4, 22)
    a_week = timedelta(weeks=1)
    rows = [
        ("V1", "A", KitState.PROMISED, monday), ("V1", "B", KitState.PROMISED, monday + a_week), ("V1", "C", KitState.SHORT, None),
        ("V1", "D", KitState.ON_SHELF, None), ("V2", "A", KitState.PROMISED, monday), ("V2", "D", KitState.ON_SHELF, None),
        ("V3", "A", KitState.PROMISED, monday), ("V3", "B", KitState.PROMISED, monday + a_week),
    ]  # fmt: skip
    kits = pa.Table.from_pylist(
        [
            {"dealer_code": "D2", "vin": vin, "part_no": part, "kits": 1.0, "booked_on": thursday, "state": str(state), "kits_from": day}
            for vin, part, state, day in rows
        ],
        KITS,
    )  # fmt: skip
    found = {row["vin"]: (row["kits_from"], row["lacking"]) for row in by_visit(kits).to_pylist()}
    assert found == {"V1": (None, "B, C"), "V2": (monday, "A"), "V3": (monday + a_week, "B")}
