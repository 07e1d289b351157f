"""What an allotment gave is a promise: kept in the ledger, given once, broken by supply that slips, shipped when it has come."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from small_world import Desk, World, follow_up_file, vin

EAST, WEST, PIPE = "D1", "D2", "PIPE"
MONDAYS = [date(2013, 3, 11) + timedelta(weeks=week) for week in range(5)]
ON = MONDAYS[0] + timedelta(days=1)
LATER = MONDAYS[1] + timedelta(days=1)


def short_pool(folder: Path) -> World:
    """Three kits now and five in two weeks; EAST, whose code comes first, has booked two visits, WEST one, and each takes two kits."""
    made = World(folder / "input").dealer(EAST).dealer(WEST).campaign("9LA").labour("9LA", 1.0)
    made.part(PIPE, lead_days=7).takes("9LA", PIPE, 2.0)
    for number, dealer in enumerate((EAST, EAST, WEST), start=1):
        made.vehicle(vin(number), "9LA", dealer=dealer)
        made.appointment(vin(number), dealer, "9LA", day=MONDAYS[3])
    return made.supply(PIPE, {MONDAYS[0]: 3.0, MONDAYS[2]: 5.0})


def kept_at(ledger: str, folder: Path) -> Desk:
    desk = Desk(ledger, folder)
    desk.do("load", short_pool(folder).write(), on=ON)
    desk.do("parts", "order", "--keep", on=ON)
    return desk


@pytest.fixture
def desk(ledger: str, tmp_path: Path) -> Desk:
    return kept_at(ledger, tmp_path)


@pytest.fixture
def sqlite_desk(sqlite_ledger: str, tmp_path: Path) -> Desk:
    return kept_at(sqlite_ledger, tmp_path)


def load(desk: Desk, world: World, on: date) -> None:
    desk.do("load", world.write(), on=on)


def later(desk: Desk) -> World:
    return World(desk.folder / "later")


def promises(desk: Desk, on: date) -> list[tuple[str, float, str, str]]:
    rows = desk.do("parts", "promises", on=on)
    return [(row["dealer_code"], row["kits"], row["week"], row["state"]) for row in rows]


def orders(desk: Desk, on: date) -> dict[str, int]:
    return {row["dealer_code"]: row["order"] for row in desk.do("parts", "order", on=on)}


def test_an_allotment_is_promised_now_and_for_the_week_of_the_rest_and_given_once(
    desk: Desk,
) -> None:
    assert promises(desk, ON) == [
        (EAST, 3.0, str(MONDAYS[0]), "kept"),
        (EAST, 1.0, str(MONDAYS[2]), "kept"),
        (WEST, 2.0, str(MONDAYS[2]), "kept"),
    ]
    again = desk.do("parts", "order", "--keep", on=ON)
    assert [row["order"] for row in again] == [0, 0]
    assert len(promises(desk, ON)) == 3
    (pool,) = desk.do("parts", "pool", on=ON)
    assert (pool["on_order"], pool["promised"], pool["for_orders"]) == (6, 0, 0)
    assert pool["weeks"][2]["for_orders"] == 3 + 5 - 6


def test_a_new_order_gets_what_the_promises_leave(sqlite_desk: Desk) -> None:
    world = later(sqlite_desk).vehicle(vin(9), "9LA", dealer=WEST)
    load(sqlite_desk, world.appointment(vin(9), WEST, "9LA", day=MONDAYS[4]), ON)
    (line,) = (row for row in sqlite_desk.do("parts", "order", on=ON) if row["order"])
    assert (line["dealer_code"], line["order"], line["allotted"]) == (WEST, 2, 0)
    assert line["promise_week"] == str(MONDAYS[2])  # two of its five are left


def test_kits_that_come_are_taken_off_the_oldest_promise(sqlite_desk: Desk) -> None:
    """EAST counts three on the shelf a week later, and forgot to state what it still has on order: that is not asked for again."""
    load(sqlite_desk, later(sqlite_desk).count(EAST, PIPE, LATER, 3.0), LATER)
    assert promises(sqlite_desk, LATER)[:2] == [
        (EAST, 3.0, str(MONDAYS[0]), "shipped"),
        (EAST, 1.0, str(MONDAYS[2]), "kept"),
    ]
    assert orders(sqlite_desk, LATER) == {EAST: 0, WEST: 0}
    (pool,) = sqlite_desk.do("parts", "pool", on=LATER)
    assert (pool["left_pool"], pool["on_order"]) == (3, 1 + 2)


def test_kits_that_were_fitted_since_have_come(sqlite_desk: Desk) -> None:
    world = later(sqlite_desk).count(EAST, PIPE, LATER, 1.0, on_order=1.0)
    load(sqlite_desk, world.repair(vin(1), "9LA", MONDAYS[1], dealer=EAST), LATER)
    assert promises(sqlite_desk, LATER)[0] == (EAST, 3.0, str(MONDAYS[0]), "shipped")


def test_a_kit_that_was_fitted_on_the_day_of_its_promise_has_come(sqlite_desk: Desk) -> None:
    """EAST counted nothing that day, had two vehicles of two kits in it, and has counted since: its promises of four are done."""
    world = later(sqlite_desk).count(EAST, PIPE, ON, 0.0).count(EAST, PIPE, LATER, 0.0)
    for number in (1, 2):
        world.repair(vin(number), "9LA", ON, dealer=EAST)
    load(sqlite_desk, world, LATER)
    rows = sqlite_desk.do("parts", "promises", on=MONDAYS[2])
    assert [(row["dealer_code"], row["state"], row["what_to_do"]) for row in rows] == [
        (EAST, "shipped", ""), (EAST, "shipped", ""), (WEST, "kept", "")
    ]  # fmt: skip
    (pool,) = sqlite_desk.do("parts", "pool", on=MONDAYS[2])
    assert pool["on_order"] == 2  # what WEST is owed


def test_what_is_fitted_beyond_all_that_a_dealer_had_has_come_without_a_later_count(
    sqlite_desk: Desk,
) -> None:
    """One of the kits lay on the shelf: three of the four have come, and the first promise is done."""
    world = later(sqlite_desk).count(EAST, PIPE, ON, 1.0)
    for number in (1, 2):
        world.repair(vin(number), "9LA", ON + timedelta(days=2), dealer=EAST)
    load(sqlite_desk, world, LATER)
    assert [row[3] for row in promises(sqlite_desk, LATER)] == ["shipped", "kept", "kept"]


def test_stated_shipments_say_what_has_come(sqlite_desk: Desk) -> None:
    world = later(sqlite_desk)
    world.add("part_shipments", dealer_code=EAST, part_no=PIPE, ship_date=ON, qty=3)
    load(sqlite_desk, world, ON)
    assert [row[3] for row in promises(sqlite_desk, ON)] == ["shipped", "kept", "kept"]


def slipped(desk: Desk) -> None:
    """The five kits of the third week come in the fourth."""
    load(desk, later(desk).supply(PIPE, {MONDAYS[2]: 0.0, MONDAYS[3]: 5.0}), ON)


def test_supply_that_slips_breaks_the_promises_of_its_week(desk: Desk) -> None:
    slipped(desk)
    rows = desk.do("parts", "promises", on=ON)
    assert [row["state"] for row in rows] == ["kept", "broken", "broken"]
    assert [row["comes"] for row in rows[1:]] == [str(MONDAYS[3])] * 2
    assert str(MONDAYS[3]) in rows[1]["what_to_do"]
    printed = desk.run("parts", "promises", "--on", ON).out
    assert "2 promises of PIPE are broken by the supply as it is now, 3 kits to 2 dealers" in (
        " ".join(printed.split())
    )


def test_a_promise_that_is_taken_back_leaves_its_kits_to_others(sqlite_desk: Desk) -> None:
    taken = sqlite_desk.do("parts", "promises", "--withdraw", 1, "--because", "cancelled", on=ON)
    assert (taken["dealer_code"], taken["kits"]) == (EAST, 3.0)
    assert orders(sqlite_desk, ON) == {EAST: 3, WEST: 0}  # its bookings stand: it may order anew
    again = sqlite_desk.run("parts", "promises", "--withdraw", 1, "--because", "x", "--on", ON)
    assert "There is no promise 1, or it was taken back." in again.err
    assert sqlite_desk.run("parts", "promises", "--withdraw", 2, "--on", ON).code == 2


def test_a_dealer_sees_its_own_promises_alone(sqlite_desk: Desk) -> None:
    rows: list[dict[str, Any]] = sqlite_desk.do("parts", "promises", "--dealer", WEST, on=ON)
    assert [row["dealer_code"] for row in rows] == [WEST]


def test_a_replan_says_which_promises_are_broken_and_orders_hear_what_letters_will_ask(
    sqlite_desk: Desk,
) -> None:
    """Three letters in week 0 to owners who are not booked: half of them ask in it, a quarter in the next; lead time and review are two
    weeks. The three who are booked have asked.
    """
    desk = sqlite_desk
    more = World(desk.folder / "more").dealer(EAST).dealer(WEST).campaign("9LA")
    for number, dealer in enumerate((EAST, EAST, WEST), start=4):
        more.vehicle(vin(number), "9LA", dealer=dealer)
    load(desk, more, ON)
    file = follow_up_file(
        desk.folder / "small.toml",
        {"share": 1.0, "scale_weeks": 1.4426950408889634, "shape": 1.0, "background_per_week": 0.0},
        name="small", kind="follow_up_ordered", campaigns=("9LA",), notice_date=date(2013, 3, 4), horizon_weeks=5,
    )  # fmt: skip
    desk.do("followup", "new", file, on=date(2013, 3, 4))
    desk.do("plan", "small", "--policy", "all-at-once", on=ON)
    lines = {row["dealer_code"]: row for row in desk.do("parts", "order", on=ON)}
    assert lines[EAST]["expected"] == pytest.approx(2 * 2 * (0.5 + 0.25))
    assert lines[WEST]["expected"] == pytest.approx(1 * 2 * (0.5 + 0.25))
    assert lines[EAST]["order"] == 0  # it is information
    slipped(desk)
    again = desk.do("replan", "small", on=ON)
    assert any("2 promises of PIPE are broken" in said for said in again["messages"])
