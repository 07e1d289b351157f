"""The one book of kits, by hand: delivered, left the pool, promised, expected by letters, free."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from renotify.ledger.session import Session, open_session
from renotify.parts.confirmed_supply import Supply, running_totals
from renotify.parts.pool_book import PoolBook, pool_book
from small_world import Desk, World, follow_up_file, vin

EAST, WEST, PIPE, OLD_PIPE = "D1", "D2", "PIPE", "PIPE-OLD"
ON = date(2013, 3, 12)
MONDAYS = [date(2013, 3, 11) + timedelta(weeks=week) for week in range(4)]
RECEIPT = date(2013, 2, 4)  # a Monday
BEFORE, AFTER = date(2013, 1, 20), date(2013, 3, 10)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Twelve kits by now and ten in two weeks; each repair takes two."""
    made = World(tmp_path / "input").dealer(EAST).dealer(WEST).campaign("9LA").part(PIPE)
    made.part(OLD_PIPE, superseded_by=PIPE).takes("9LA", PIPE, 2.0)
    return made.supply(OLD_PIPE, {RECEIPT: 12.0}).supply(PIPE, {MONDAYS[2]: 10.0})


def read(desk: Desk, world: World, **asked: object) -> PoolBook:
    desk.do("load", world.write(), on=ON)
    with open_session(desk.ledger) as session:
        return book_of(session, **asked)


def book_of(session: Session, **asked: object) -> PoolBook:
    return pool_book(session, MONDAYS[0], 4, **asked)


@pytest.fixture
def desk(ledger: str, tmp_path: Path) -> Desk:
    return Desk(ledger, tmp_path)


@pytest.fixture
def sqlite_desk(sqlite_ledger: str, tmp_path: Path) -> Desk:
    return Desk(sqlite_ledger, tmp_path)


def test_what_left_the_pool_is_derived_from_counts_and_repairs(desk: Desk, world: World) -> None:
    """EAST had 3 before the first receipt, has 4, and fitted 2 x 2 since its count: 5 came from the pool. WEST's 1 came from it too."""
    world.count(EAST, OLD_PIPE, BEFORE, 3.0).count(EAST, PIPE, AFTER, 4.0)
    world.count(EAST, OLD_PIPE, AFTER, 0.0).count(WEST, PIPE, AFTER, 1.0)
    for number, day in (
        (1, RECEIPT),
        (2, AFTER),
        (3, date(2013, 1, 15)),
    ):  # the last before the count
        world.vehicle(vin(number), "9LA", dealer=EAST).repair(vin(number), "9LA", day, dealer=EAST)
    part = read(desk, world).parts[PIPE]
    assert (part.on_shelf, part.fitted, part.opening, part.left) == (5.0, 4.0, 3.0, 5.0 + 1.0)
    assert part.delivered.tolist() == [12, 12, 22, 22]
    assert part.free.tolist() == part.for_orders.tolist() == [6, 6, 16, 16]


@pytest.mark.parametrize(
    ("pack", "free"),
    [(1, [9, 9, 19, 19]), (5, [5, 5, 15, 15]), (10, [0, 0, 10, 10]), (20, [0] * 4)],
)
def test_kits_that_fill_no_pack_are_free_for_no_letter(
    sqlite_desk: Desk, tmp_path: Path, pack: int, free: list[int]
) -> None:
    """Twelve kits and then ten, three of them at a dealer: nine are left, and nineteen. Orders ask for whole packs of what is left."""
    made = World(tmp_path / "input").dealer(EAST).campaign("9LA").part(PIPE, pack=pack)
    made.takes("9LA", PIPE, 2.0).supply(PIPE, {RECEIPT: 12.0, MONDAYS[2]: 10.0})
    made.count(EAST, PIPE, AFTER, 3.0)
    part = read(sqlite_desk, made).parts[PIPE]
    assert part.for_orders.tolist() == [9, 9, 19, 19]
    assert part.free.tolist() == part.free_as_promised.tolist() == free


def test_stated_shipments_take_the_place_of_what_is_derived(desk: Desk, world: World) -> None:
    world.count(EAST, PIPE, BEFORE, 3.0).count(EAST, PIPE, AFTER, 4.0)
    world.add("part_shipments", dealer_code=EAST, part_no=OLD_PIPE, ship_date=RECEIPT, qty=7)
    world.add("part_shipments", dealer_code=WEST, part_no=PIPE, ship_date=AFTER, qty=1)
    world.add(
        "part_shipments", dealer_code=WEST, part_no=PIPE, ship_date=BEFORE, qty=90
    )  # of earlier supply
    part = read(desk, world).parts[PIPE]
    assert (part.left, part.source) == (8.0, "part_shipments")
    assert part.free.tolist() == [4, 4, 14, 14]


def test_what_one_dealer_lost_is_not_made_up_by_what_another_received(
    sqlite_desk: Desk, world: World
) -> None:
    world.count(EAST, PIPE, BEFORE, 40.0).count(EAST, PIPE, AFTER, 3.0)
    world.count(WEST, PIPE, BEFORE, 0.0).count(WEST, PIPE, AFTER, 2.0)
    assert read(sqlite_desk, world).parts[PIPE].left == 2.0


def booked_at(world: World, *dealers: str) -> None:
    """Book an owner, whose visit takes two kits, at each of these dealers."""
    for number, dealer in enumerate(dealers, start=1):
        world.vehicle(vin(number), "9LA", dealer=dealer)
        world.appointment(vin(number), dealer, "9LA", day=MONDAYS[1])


def test_bookings_beyond_their_dealers_shelf_and_open_orders_come_off_the_pool(
    sqlite_desk: Desk, world: World
) -> None:
    """EAST has 1 of the 4 kits of two bookings: 3 promised. WEST has 5 and 3 on order for one booking of 2: 6 are free there."""
    world.count(EAST, PIPE, BEFORE, 1.0).count(WEST, PIPE, BEFORE, 5.0, on_order=3.0)
    booked_at(world, EAST, EAST, WEST)
    book = read(sqlite_desk, world)
    part = book.parts[PIPE]
    assert (part.booked, part.promised, part.on_order) == (6.0, 3.0, 3.0)
    assert part.for_orders.tolist() == [9, 9, 19, 19]
    assert part.free.tolist() == [6, 6, 16, 16]
    assert book.shelves.to_pylist() == [{"dealer_code": WEST, "part_no": PIPE, "kits": 6.0}]
    assert part.free[0] + 6.0 == 12 + (1 + 5) - 6  # delivered and on shelves, less booked: once


def test_a_kit_on_its_way_to_a_booked_owner_comes_off_the_pool_once(
    sqlite_desk: Desk, world: World
) -> None:
    """Of EAST's four kits one is on the shelf, two are on order, one is promised. It orders that one, and the plan leaves it the same."""
    world.count(EAST, PIPE, BEFORE, 1.0, on_order=2.0)
    booked_at(world, EAST, EAST)
    planned(sqlite_desk, world, "first")
    (line,) = sqlite_desk.do("parts", "pool", on=ON)
    assert (line["booked"], line["on_order"], line["promised"]) == (4, 2, 1)
    assert (line["for_orders"], line["free"], line["free_at_dealers"]) == (10, 9, 0)
    (order,) = sqlite_desk.do("parts", "order", on=ON)
    assert (order["order"], order["allotted"]) == (1, 1)
    assert sqlite_desk.problem("first")["supply"][PIPE] == [9, 9, 19, 19]


def test_open_orders_that_the_pool_cannot_fill_yet_are_no_kits_at_their_dealer(
    sqlite_desk: Desk, world: World
) -> None:
    """Fourteen on order and twelve there: WEST's letters may count on the three that bookings leave on its shelf, and on no other."""
    world.count(WEST, PIPE, BEFORE, 5.0, on_order=14.0)
    booked_at(world, WEST)
    book = read(sqlite_desk, world)
    assert book.parts[PIPE].free.tolist() == [0, 0, 8, 8]
    assert book.shelves.to_pylist() == [{"dealer_code": WEST, "part_no": PIPE, "kits": 3.0}]


def test_a_repair_of_a_campaign_that_is_inspected_first_took_its_whole_kit(
    sqlite_desk: Desk, world: World
) -> None:
    world.campaign("BLG", inspect_first=True).takes("BLG", PIPE, 3.0, take_rate=0.4)
    world.vehicle(vin(1), "BLG", dealer=EAST).repair(vin(1), "BLG", AFTER, dealer=EAST)
    world.vehicle(vin(2), "BLG", dealer=EAST).repair(
        vin(2), "BLG", AFTER, "inspected_ok", dealer=EAST
    )
    assert read(sqlite_desk, world).parts[PIPE].fitted == 3.0


def test_two_campaigns_done_in_one_visit_took_the_larger_quantity_once(
    sqlite_desk: Desk, world: World
) -> None:
    world.campaign("ALE").takes("ALE", PIPE, 5.0).vehicle(vin(1), "9LA", "ALE", dealer=EAST)
    for code in ("9LA", "ALE"):
        world.repair(vin(1), code, AFTER, dealer=EAST)
    assert read(sqlite_desk, world).parts[PIPE].fitted == 5.0


@pytest.mark.parametrize(
    ("shelf", "shipped", "fitted"),
    [
        (2.0, 6, 5.0),  # had 1 and got 6, has 2: five are gone
        (6.0, 6, 2.0),  # fewer than the visit of 9LA took
        (0.0, 40, 8.0),  # more than four visits can take: the rest is lost, not fitted
        (4.0, 6, 3.0),  # one of the three took half of its two
        (2.0, 0, 5.0),  # nothing is stated of shipments: 2 of 9LA, and half of 3 x 2 of BLG
    ],
)
def test_shipments_and_counts_say_what_repairs_took_of_a_part_that_some_need(
    sqlite_desk: Desk, world: World, shelf: float, shipped: int, fitted: float
) -> None:
    """EAST did 9LA once (two kits for sure) and BLG three times (two kits each, in half of the repairs)."""
    world.campaign("BLG").takes("BLG", PIPE, 2.0, take_rate=0.5)
    world.vehicle(vin(1), "9LA", dealer=EAST).repair(vin(1), "9LA", RECEIPT, dealer=EAST)
    for number in (2, 3, 4):
        world.vehicle(vin(number), "BLG", dealer=EAST)
        world.repair(vin(number), "BLG", RECEIPT, dealer=EAST)
    world.count(EAST, PIPE, BEFORE, 1.0).count(EAST, PIPE, AFTER, shelf)
    if shipped:
        world.add("part_shipments", dealer_code=EAST, part_no=PIPE, ship_date=RECEIPT, qty=shipped)
    part = read(sqlite_desk, world).parts[PIPE]
    assert (part.fitted, part.by_orders) == (fitted, 5.0)


def test_shipments_and_counts_rule_also_where_dealers_inspect_first(
    sqlite_desk: Desk, world: World
) -> None:
    """Three repairs of BLG, taken for two kits each; EAST got four and has two, so that one repair took the part and two did not."""
    world.campaign("BLG", inspect_first=True).takes("BLG", PIPE, 2.0, take_rate=0.5)
    for number in (2, 3, 4):
        world.vehicle(vin(number), "BLG", dealer=EAST)
        world.repair(vin(number), "BLG", RECEIPT, dealer=EAST)
    world.count(EAST, PIPE, BEFORE, 0.0).count(EAST, PIPE, AFTER, 2.0)
    world.add("part_shipments", dealer_code=EAST, part_no=PIPE, ship_date=RECEIPT, qty=4)
    part = read(sqlite_desk, world).parts[PIPE]
    assert (part.fitted, part.by_orders) == (2.0, 6.0)
    assert part.fitted + part.on_shelf == part.left


def test_what_is_not_counted_was_not_fitted_before_it_came(sqlite_desk: Desk, world: World) -> None:
    """WEST has no counts: of the six kits that three BLG repairs may have taken, and three that are expected, it got two."""
    world.campaign("BLG").takes("BLG", PIPE, 2.0, take_rate=0.5)
    for number in (2, 3, 4):
        world.vehicle(vin(number), "BLG", dealer=WEST)
        world.repair(vin(number), "BLG", AFTER, dealer=WEST)
    world.add("part_shipments", dealer_code=WEST, part_no=PIPE, ship_date=RECEIPT, qty=2)
    part = read(sqlite_desk, world).parts[PIPE]
    assert (part.fitted, part.by_orders, part.left) == (2.0, 3.0, 2.0)


def planned(desk: Desk, world: World, *names: str) -> None:
    """Freeze and plan follow-ups of four owners at EAST: half of those who answer at all do so in the week of the letter."""
    for number in range(4):
        world.vehicle(vin(number), "9LA", dealer=EAST)
    world.labour("9LA", 1.0)
    desk.do("load", world.write(), on=ON)
    for name in names:
        file = follow_up_file(
            desk.folder / f"{name}.toml",
            {"share": 1.0, "scale_weeks": 1.4426950408889634, "shape": 1.0, "background_per_week": 0.0},
            name=name, kind="follow_up_voluntary", campaigns=("9LA",), notice_date=date(2013, 3, 4), horizon_weeks=4,
            rest_weeks=0,
        )  # fmt: skip
        desk.do("followup", "new", file, on=date(2013, 3, 4))


def test_letters_of_another_follow_up_take_a_shelf_first_and_then_the_pool(
    desk: Desk, world: World
) -> None:
    """Four letters in week 0 ask for 2 x (2, 3, 3.5, 3.75) kits; a shelf of three goes first. What week 1 needs is not free in week 0."""
    world.count(EAST, PIPE, BEFORE, 3.0)
    planned(desk, world, "first", "second")
    desk.do("plan", "first", "--policy", "all-at-once", on=ON)
    with open_session(desk.ledger) as session:
        book, own = book_of(session), book_of(session, but="first")
    assert book.parts[PIPE].letters.tolist() == pytest.approx([1.0, 3.0, 4.0, 4.5])
    assert book.parts[PIPE].free.tolist() == pytest.approx([9.0, 9.0, 17.5, 17.5])
    assert book.shelves.num_rows == 0
    assert own.parts[PIPE].letters.tolist() == [0, 0, 0, 0]
    assert own.shelves.to_pylist() == [{"dealer_code": EAST, "part_no": PIPE, "kits": 3.0}]


def test_a_second_follow_up_is_planned_with_the_kits_that_the_first_leaves(
    sqlite_desk: Desk, world: World
) -> None:
    planned(sqlite_desk, world, "first", "second")
    sqlite_desk.do("plan", "first", "--policy", "all-at-once", on=ON)
    supply = sqlite_desk.problem("second")["supply"][PIPE]
    assert supply == pytest.approx([12 - 6.0, 12 - 6.0, 22 - 7.5, 22 - 7.5])
    assert sqlite_desk.problem("first")["supply"][PIPE] == [12, 12, 22, 22]


def test_orders_and_letters_read_the_same_pool(sqlite_desk: Desk, world: World) -> None:
    """Twelve delivered, of which eleven were fitted: one of the two kits of a booking is there, and no letter may count on any."""
    for number in range(10, 15):
        world.vehicle(vin(number), "9LA", dealer=WEST).repair(
            vin(number), "9LA", AFTER, dealer=WEST
        )
    world.campaign("ALE").takes("ALE", PIPE, 1.0).vehicle(vin(15), "ALE", dealer=WEST)
    world.repair(vin(15), "ALE", AFTER, dealer=WEST).appointment(
        vin(0), EAST, "9LA", day=MONDAYS[1]
    )
    planned(sqlite_desk, world, "first")
    lines = {row["dealer_code"]: row for row in sqlite_desk.do("parts", "order", on=ON)}
    assert (lines[EAST]["order"], lines[EAST]["allotted"]) == (2, 1)
    assert lines[EAST]["promise_week"] == MONDAYS[2].isoformat()
    assert sqlite_desk.problem("first")["supply"][PIPE] == [0, 0, 9, 9]


def test_the_command_shows_each_figure_and_from_what_it_is(sqlite_desk: Desk, world: World) -> None:
    world.count(EAST, PIPE, BEFORE, 3.0).count(EAST, PIPE, AFTER, 5.0)
    sqlite_desk.do("load", world.write(), on=ON)
    (line,) = sqlite_desk.do("parts", "pool", on=ON)
    assert (line["delivered"], line["left_pool"], line["free"]) == (12, 2, 10)
    assert [week["free"] for week in line["weeks"]] == [10, 10, 20]
    said = sqlite_desk.run("parts", "pool", OLD_PIPE, "--on", ON).out
    assert (
        f"- {PIPE}: 2 kits left the pool, derived dealer by dealer: 5 on shelves by the newest counts and what came and went since,"
        " 0 fitted by repair orders, less 3 on shelves before the first receipt."
    ) in said
    unknown = sqlite_desk.run("parts", "pool", "NONE", "--on", ON)
    assert unknown.code != 0
    assert f"Parts with supply: {PIPE}." in unknown.err


def test_what_is_promised_and_not_covered_is_told(sqlite_desk: Desk, world: World) -> None:
    world.count(EAST, PIPE, BEFORE, 0.0, on_order=25.0)
    sqlite_desk.do("load", world.write(), on=ON)
    said = sqlite_desk.run("parts", "pool", "--on", ON).out
    assert (
        f"- {PIPE}: promises and letters ask 3 kits more than all confirmed supply has by the week of {MONDAYS[2]}."
        in said
    )


def test_running_totals_begin_with_all_that_came_before() -> None:
    rows = [
        Supply(PIPE, RECEIPT, 1.0),
        Supply(PIPE, MONDAYS[1], 2.0),
        Supply(PIPE, MONDAYS[3], 4.0),
    ]
    assert running_totals(rows, MONDAYS[0])[PIPE].tolist() == [1, 3, 3, 7]
    assert running_totals(rows, MONDAYS[0], 2)[PIPE].tolist() == [1, 3]


def test_a_part_that_two_campaigns_share_is_fitted_once_a_visit_and_the_kits_saved_are_told(
    sqlite_desk: Desk, world: World
) -> None:
    """Two campaigns take two pipes each. Done in one visit they take two: two are saved; on two days they take four, and none is."""
    world.campaign("ALE").takes("ALE", PIPE, 2.0).count(EAST, PIPE, AFTER, 3.0)
    for number, days in ((1, (RECEIPT, RECEIPT)), (2, (RECEIPT, AFTER))):
        world.vehicle(vin(number), "9LA", "ALE", dealer=EAST)
        for campaign, day in zip(("9LA", "ALE"), days, strict=True):
            world.repair(vin(number), campaign, day, dealer=EAST)
    part = read(sqlite_desk, world).parts[PIPE]
    assert (part.fitted, part.saved, part.on_shelf, part.left) == (6, 2, 3, 9)
    said = " ".join(sqlite_desk.run("parts", "pool", "--on", ON).out.split())
    assert "PIPE: 2 kits saved by visits that took one kit for two campaigns" in said
    (line,) = sqlite_desk.do("parts", "pool", on=ON)
    assert line["left_pool"] + line["on_shelves_before"] == line["on_shelves"] + line["fitted"]


def test_a_kit_fitted_after_the_newest_count_is_off_its_shelf_and_left_the_pool_once(
    desk: Desk, world: World
) -> None:
    """EAST counted four and fitted two the day after: two are there, two are booked, and none is to be ordered. Four had left the pool."""
    world.count(EAST, PIPE, AFTER, 4.0).vehicle(vin(1), "9LA", dealer=EAST)
    world.repair(vin(1), "9LA", AFTER + timedelta(days=1), dealer=EAST)
    for number in (2, 3):
        world.vehicle(vin(number), "9LA", dealer=EAST)
        world.appointment(vin(number), EAST, "9LA", day=MONDAYS[1])
    part = read(desk, world).parts[PIPE]
    assert (part.on_shelf, part.fitted, part.left, part.promised) == (2.0, 2.0, 4.0, 2.0)
    (line,) = desk.do("parts", "order", on=ON)
    assert (line["on_hand"], line["booked"], line["order"]) == (2, 4, 2)


def test_what_was_shipped_after_the_newest_count_is_on_its_shelf_and_the_book_closes(
    desk: Desk, world: World
) -> None:
    """EAST had 3, counted 4 and 3 on order, got 3, and fitted 2: 5 on the shelf, none on order; 5 + 2 = 4 shipped + 3 before."""
    world.count(EAST, PIPE, BEFORE, 3.0).count(EAST, PIPE, AFTER, 4.0, on_order=3.0)
    world.add("part_shipments", dealer_code=EAST, part_no=OLD_PIPE, ship_date=RECEIPT, qty=1)
    world.add("part_shipments", dealer_code=EAST, part_no=PIPE, ship_date=ON, qty=3)
    world.vehicle(vin(1), "9LA", dealer=EAST).repair(vin(1), "9LA", ON, dealer=EAST)
    part = read(desk, world).parts[PIPE]
    assert (part.on_shelf, part.on_order, part.fitted, part.left, part.opening) == (5, 0, 2, 4, 3)
    assert part.on_shelf + part.fitted == part.left + part.opening


def test_what_is_fitted_beyond_the_newest_count_came_from_what_was_on_order(
    sqlite_desk: Desk, world: World
) -> None:
    """One was there and three on order, and two were fitted: one of the three has come, and two are left on order."""
    world.count(EAST, PIPE, AFTER, 1.0, on_order=3.0).vehicle(vin(1), "9LA", dealer=EAST)
    world.repair(vin(1), "9LA", ON, dealer=EAST)
    part = read(sqlite_desk, world).parts[PIPE]
    assert (part.on_shelf, part.on_order, part.left) == (0, 2, 2)
