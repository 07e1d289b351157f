"""The people of a world that answers do what is planted: owners, dealers, post, mail house and supplier, each counted by hand."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from renotify.answering.made_post import MadePost
from renotify.answering.made_supplier import MadeSupplier
from renotify.answering.owners_there import NEVER, OwnersThere
from renotify.answering.planted import (
    Booked,
    PartTaken,
    ReturnedBefore,
    SentBefore,
    Start,
    Truth,
    VehicleKind,
)
from renotify.answering.workshops import KitBooks, Workshops
from small_world import vin

MONDAY = date(2013, 3, 4)
EAST, WEST = "D0001", "D0002"
PIPE, VALVE = "PIPE", "VALVE"
SURE = VehicleKind(("9LA",), 2.0, (PartTaken(PIPE, "9LA"),), frozenset(), (0.0, 1.0))
CHECKED = VehicleKind(
    ("ALE",), 1.0, (PartTaken(VALVE, "ALE", 1.0, 0.0),), frozenset({"ALE"}), (1.0,)
)
QUIET = Truth(walk_ins=0.0, no_shows=0.0, elsewhere=0.0, moves=0.0, booked_ahead=1)


def there(count: int = 4, **other: Any) -> Start:
    """Vehicles of the first kind, every second at West of another area; five hours a week, and nothing on shelves."""
    start = Start(
        follow_up="spring", first_monday=MONDAY, first_letter=MONDAY, dealers=(EAST, WEST), areas=("E", "W"),
        hours=np.full((2, 1), 5.0), kinds=(SURE, CHECKED), vins=pa.array([vin(one) for one in range(count)]),
        names=pa.array(["ANA EXAMPLE"] * count), kind=np.zeros(count, np.int64), dealer=np.arange(count) % 2,
        shelf={}, pool={PIPE: 0.0}, supply={1: {PIPE: 3.0}},
    )  # fmt: skip
    return replace(start, **other)


def chance() -> np.random.Generator:
    return np.random.default_rng(1)


# ---- owners


def test_owners_ask_in_the_week_that_the_curve_says_after_their_letter() -> None:
    owners = OwnersThere(there(), QUIET, chance())
    owners.receive(np.array([0, 1, 1]), 3)  # two copies of one vehicle's letter are one
    assert owners.calls.tolist() == [4, 4, NEVER, NEVER]
    assert owners.call(3).vehicles.tolist() == []
    called = owners.call(4)
    assert called.vehicles.tolist() == [0, 1]
    assert not called.walked_in.any()
    assert owners.call(4).vehicles.tolist() == []  # they have a visit


def test_owners_of_an_area_answer_as_often_as_is_planted() -> None:
    owners = OwnersThere(there(), replace(QUIET, by_area={"W": 0.0}), chance())
    owners.receive(np.arange(4), 0)
    assert owners.calls.tolist() == [1, NEVER, 1, NEVER]
    assert owners.answered.tolist() == [True, False, True, False]


def test_whom_a_letter_did_not_move_a_second_one_moves_as_often_as_is_planted() -> None:
    """Three of four answer: of 400, about 300 their first letter, and a third of that share of the others their second one."""
    kind = replace(SURE, answers=(0.75,))
    start = there(400, kinds=(kind,))
    owners = OwnersThere(start, replace(QUIET, again=1 / 3), chance())
    moved = []
    for week in (0, 8):
        owners.receive(np.arange(400), week)
        called = owners.call(week)
        moved.append(len(called.vehicles))
        assert len(called.again) == len(called.vehicles)
        assert called.again.all() == (week == 8)
    assert moved[0] == pytest.approx(300, abs=35)
    assert moved[1] == pytest.approx(0.25 * (400 - moved[0]), abs=18)


def test_all_come_without_a_letter_where_that_is_planted_and_each_has_one_visit() -> None:
    owners = OwnersThere(there(), replace(QUIET, walk_ins=1.0), chance())
    called = owners.call(0)
    assert called.vehicles.tolist() == [0, 1, 2, 3]
    assert called.walked_in.all()
    owners.done(0)
    assert owners.call(1).vehicles.tolist() == []


def test_letters_that_are_out_are_answered_by_what_is_left_of_their_curve() -> None:
    """All answer in the second week after the letter: of one that is a week old that is this week, of one two weeks old never."""
    owners = OwnersThere(there(out=np.array([0, 1, 2, NEVER])), QUIET, chance())
    assert owners.calls.tolist() == [1, 0, NEVER, NEVER]
    assert owners.written.tolist() == [1, 1, 1, 0]


def test_who_moves_can_be_found_again_and_some_have_sold() -> None:
    owners = OwnersThere(there(), replace(QUIET, moves=1.0, sold=1.0), chance())
    owners.nowhere[:] = True
    gone = owners.move()
    assert (len(gone.vehicles), gone.sold.all(), owners.nowhere.any()) == (4, True, False)


# ---- dealers


def shop(start: Start, truth: Truth = QUIET) -> Workshops:
    return Workshops(start, truth, chance())


def test_visits_are_begun_while_there_are_hours_and_the_others_come_the_week_after() -> None:
    """Of four visits of two hours three are begun in five hours; the fourth waits, and an hour of the third is the next week's first."""
    shops = shop(there(4, dealer=np.zeros(4, np.int64), shelf={(EAST, PIPE): 9.0}))
    assert shops.book(np.arange(4), 0) == {EAST: 8.0}
    done, closed = shops.work(1)
    assert (closed, done.done, done.hours) == ([0, 1, 2], 3, {EAST: 5.0})
    assert done.without_hours == {EAST: 1}
    again, closed = shops.work(2)
    assert (closed, again.hours) == ([3], {EAST: 3.0})
    assert [row["status"] for row in shops.appointments()] == ["done"] * 3 + ["cancelled", "done"]
    assert shops.appointments() == []


def test_a_job_longer_than_a_week_of_its_dealer_takes_the_hours_of_the_weeks_after() -> None:
    start = there(
        2, dealer=np.zeros(2, np.int64), hours=np.full((2, 1), 1.5), shelf={(EAST, PIPE): 9.0}
    )
    shops = shop(start)
    shops.book(np.array([0]), 0)
    assert shops.work(1)[0].hours == {EAST: 1.5}
    shops.book(np.array([1]), 1)
    told, closed = shops.work(2)
    assert (closed, told.hours) == ([1], {EAST: 1.5})
    assert shops.work(3)[0].hours == {EAST: 1.0}


def test_a_visit_without_its_kit_is_not_done_and_takes_none() -> None:
    shops = shop(there(2, dealer=np.zeros(2, np.int64), shelf={(EAST, PIPE): 1.0}))
    shops.book(np.arange(2), 0)
    done, closed = shops.work(1)
    assert (closed, done.without_kits) == ([0], {PIPE: 1})
    assert (shops.books.shelf[EAST, PIPE], shops.books.fitted[PIPE]) == (0.0, 1.0)


def test_a_part_that_nobody_supplies_never_lacks() -> None:
    shops = shop(there(1, pool={}, supply={}))
    shops.book(np.array([0]), 0)
    assert shops.work(1)[1] == [0]


def test_a_vehicle_that_is_inspected_without_need_takes_no_part_and_is_told_so() -> None:
    shops = shop(there(1, kind=np.array([1])))
    shops.book(np.array([0]), 0)
    done, _ = shops.work(1)
    (order,) = shops.orders()
    assert (done.without_need, order["outcome"], order["campaign_code"]) == (
        1,
        "inspected_ok",
        "ALE",
    )
    assert shops.books.fitted == Counter()
    assert shops.orders() == []


def test_who_does_not_come_has_another_visit() -> None:
    shops = shop(there(1), replace(QUIET, no_shows=1.0))
    shops.book(np.array([0]), 0)
    done, closed = shops.work(1)
    assert (done.no_shows, closed) == (1, [])
    assert [row["status"] for row in shops.appointments()] == ["no_show", "booked"]


def test_a_visit_goes_to_another_dealer_of_the_area_and_nowhere_where_there_is_none() -> None:
    away = replace(QUIET, elsewhere=1.0)
    assert shop(there(2), away).book(np.arange(2), 0) == {EAST: 2.0, WEST: 2.0}
    one_area = there(2, areas=("E", "E"), dealer=np.zeros(2, np.int64))
    assert shop(one_area, away).book(np.arange(2), 0) == {WEST: 4.0}


def test_appointments_that_stand_when_the_play_begins_are_done_in_their_week() -> None:
    start = there(
        1, shelf={(EAST, PIPE): 1.0}, booked=(Booked("A1", 0, EAST, 0, f"{MONDAY}T09:00"),)
    )
    shops = shop(start)
    assert OwnersThere(start, QUIET, chance()).booked.tolist() == [True]
    assert shops.work(0)[1] == [0]
    assert shops.appointments()[0]["appointment_id"] == "A1"


def test_dealers_count_what_they_have_and_what_is_on_its_way() -> None:
    shops = shop(there(1, shelf={(EAST, PIPE): 2.0}))
    shops.books.coming[WEST, PIPE] = 3.0
    rows = {row["dealer_code"]: (row["on_hand"], row["on_order"]) for row in shops.counts(MONDAY)}
    assert rows == {EAST: (2.0, 0), WEST: (0, 3.0)}
    shops.unpack()
    assert shops.books.shelf[WEST, PIPE] == 3.0


# ---- supplier


def test_a_supplier_that_slips_says_so_on_its_monday_and_delivers_that_much_later() -> None:
    start = there(supply={0: {PIPE: 1.0}, 1: {PIPE: 3.0}, 2: {PIPE: 4.0}})
    supplier = MadeSupplier(start, replace(QUIET, slip_from=1, slip_weeks=2))
    books, told = KitBooks(), []
    for week in range(5):
        told.append({row["week"]: row["supply_qty"] for row in supplier.deliver(week, books)})
        assert books.delivered[PIPE] == (1.0, 1.0, 1.0, 4.0, 8.0)[week]
    monday = [start.monday(week) for week in range(5)]
    assert told[0] == {monday[0]: 1.0}
    assert told[1] == {monday[1]: 0.0, monday[2]: 0.0, monday[3]: 3.0, monday[4]: 4.0}
    assert (told[3], supplier.late) == ({monday[3]: 3.0}, 2)


def test_a_delivery_that_is_late_comes_later_once() -> None:
    supplier = MadeSupplier(there(), replace(QUIET, late={(PIPE, 1): 1}))
    books = KitBooks()
    for week, kits in enumerate((0.0, 0.0, 3.0, 3.0)):
        supplier.deliver(week, books)
        assert books.delivered[PIPE] == kits


# ---- post and mail house


@pytest.fixture
def job(tmp_path: Path) -> Path:
    lines = [f"P{place},{vin(place)}" for place in range(4)]
    (tmp_path / "manifest.csv").write_text("\n".join(["piece_id,vin", *lines]) + "\n")
    return tmp_path


def evidence(file: Path) -> list[tuple[str, str]]:
    with file.open(encoding="utf-8") as text:
        return [(row["status"], row["reason"]) for row in csv.DictReader(text)]


def test_pieces_that_the_mail_house_loses_do_not_arrive_and_it_says_so_once(job: Path) -> None:
    start, truth = there(), replace(QUIET, lost={1: 2}, evidence_weeks=(1, 3))
    owners, post = OwnersThere(start, truth, chance()), MadePost(start, truth, chance(), job)
    assert post.mail(("spring", 1, job), owners, 0, MONDAY).tolist() == [2, 3]
    assert post.lost == {0, 1}
    (told,) = post.evidence[3]  # the first wave's answer is late
    assert told.late
    assert evidence(told.file) == [("spoiled", "lost")] * 2 + [("accepted", "")] * 2
    assert post.mail(("spring", 1, job), owners, 4, MONDAY).tolist() == [
        0,
        1,
        2,
        3,
    ]  # printed again
    assert (post.lost, post.lost_ever) == (set(), 2)


@pytest.mark.parametrize(
    ("code", "found", "result"),
    [("ANK", 1.0, "found"), ("ANK", 0.0, "exhausted"), ("UNC", 0.0, "reached")],
)
def test_a_letter_that_comes_back_is_searched_and_comes_back_once(
    job: Path, code: str, found: float, result: str
) -> None:
    start, truth = there(), replace(QUIET, returned={code: 1.0}, found=found)
    owners, post = OwnersThere(start, truth, chance()), MadePost(start, truth, chance(), job)
    assert post.mail(("spring", 1, job), owners, 0, MONDAY).tolist() == []
    back = post.come_back(1)
    assert [row["return_code"] for row in back] == [code] * 4
    assert {row["result"] for row in post.found(2, owners)} == {result}
    assert owners.nowhere.any() == (result == "exhausted")
    assert (owners.calls != NEVER).any() == (result == "reached")  # who was telephoned has heard
    assert len(post.mail(("spring", 1, job), owners, 3, MONDAY)) == 4


def test_who_is_only_away_is_not_searched_and_an_unknown_code_is_settled_first(job: Path) -> None:
    for code, weeks in (("TA", ()), ("ZZ9", (3,))):
        start, truth = there(), replace(QUIET, returned={code: 1.0})
        owners, post = OwnersThere(start, truth, chance()), MadePost(start, truth, chance(), job)
        post.mail(("spring", 1, job), owners, 0, MONDAY)
        post.come_back(1)
        assert tuple(post.searched) == weeks
        assert [row["code"] for row in post.settled()] == ["ZZ9"] * len(weeks)
        assert post.settled() == []


# ---- letters of before the play


def sent(
    mailed_on: date | None, released_on: date, vehicles: tuple[int, ...] = (0, 1, NEVER)
) -> SentBefore:
    """A letter to each vehicle; NEVER is one that is not played."""
    pieces = pa.array([f"P{place}" for place in range(len(vehicles))])
    return SentBefore("spring", 3, released_on, mailed_on, pieces, np.array(vehicles))


def taken_over(folder: Path, truth: Truth, **other: Any) -> tuple[OwnersThere, MadePost]:
    start = there(**other)
    owners = OwnersThere(start, truth, chance())
    post = MadePost(start, truth, chance(), folder)
    post.take_over(owners)
    return owners, post


def test_what_waits_for_the_mail_house_is_answered_for_on_the_next_monday_if_it_is_overdue(
    tmp_path: Path,
) -> None:
    """Evidence comes three weeks after the release: of one a month ago on the first Monday on which files come, of last Wednesday's
    two weeks from now. All letters of a batch are answered for, those of vehicles that are done as well.
    """
    truth = replace(QUIET, evidence_weeks=(3,))
    for weeks, due, late in ((4, 1, True), (1, 2, False)):
        wednesday = MONDAY - timedelta(weeks=weeks) + timedelta(days=2)
        _, post = taken_over(tmp_path, truth, sent=(sent(None, wednesday),))
        ((week, (told,)),) = post.evidence.items()
        assert (week, told.follow_up, told.wave) == (due, "spring", 3)
        assert told.late == late
        assert evidence(told.file) == [("accepted", "")] * 3
        assert f"P2,accepted,{wednesday + timedelta(days=1)}," in told.file.read_text().replace(
            '"', ""
        )


def test_a_letter_that_is_in_the_mail_comes_back_in_the_play_unless_it_would_have_before(
    tmp_path: Path,
) -> None:
    """It takes four days: one mailed last Thursday comes back on the first Monday, one mailed the day before arrived."""
    truth = replace(QUIET, returned={"ANK": 1.0})
    for days, back in ((4, ["P0", "P1"]), (5, [])):
        mailed = MONDAY - timedelta(days=days)
        owners, post = taken_over(
            tmp_path, truth, sent=(sent(mailed, mailed),), out=np.array([1, 1, NEVER, NEVER])
        )
        assert [row["piece_id"] for row in post.come_back(1)] == back
        # all who read their letter ask a week after it, which is the first week of the play
        assert owners.call(0).vehicles.tolist() == ([] if back else [0, 1])
        assert not post.evidence


def test_who_is_looked_for_is_found_or_telephoned_and_has_read_no_letter(tmp_path: Path) -> None:
    truth = replace(QUIET, found=0.0)
    asked = (ReturnedBefore("N1", 1, "ANK", False), ReturnedBefore("N2", 2, "OTHER", True))
    owners, post = taken_over(tmp_path, truth, searched=asked, out=np.array([NEVER, 1, 1, NEVER]))
    assert owners.calls.tolist() == [NEVER] * 4
    told = {row["piece_id"]: row["result"] for row in post.found(1, owners)}
    assert told == {"N1": "exhausted", "N2": "reached"}
    assert owners.calls.tolist() == [NEVER, NEVER, 2, NEVER]


def test_a_letter_comes_back_no_sooner_than_it_can(tmp_path: Path) -> None:
    """Mailed on the Thursday of a first week that begins on a Wednesday: on the Monday after it is not back yet."""
    job = tmp_path
    (job / "manifest.csv").write_text(f"piece_id,vin\nP0,{vin(0)}\n")
    start, truth = (
        there(first_letter=MONDAY + timedelta(days=4)),
        replace(QUIET, returned={"TA": 1.0}),
    )
    owners, post = OwnersThere(start, truth, chance()), MadePost(start, truth, chance(), job)
    post.mail(("spring", 1, job), owners, 0, MONDAY + timedelta(days=4))
    assert post.come_back(1) == []
    assert [row["returned_date"] for row in post.come_back(2)] == [MONDAY + timedelta(days=9)]
