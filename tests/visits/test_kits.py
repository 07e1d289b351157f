"""Inspect-first campaigns: what the inspections have shown takes the stated take rate's place, in orders and in plans alike."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from renotify.campaigns.follow_up_settings import read
from renotify.ledger import status
from renotify.ledger.intake import load
from renotify.ledger.session import Session
from renotify.parts.dealer_orders import booked_kits
from renotify.planner import from_ledger
from renotify.selection.freeze import freeze_follow_up
from renotify.visits.kits import ENOUGH, Kits, kits_of_repairs
from small_world import World, follow_up_file, vin
from visits.sample import DEALER, ON

CAMPAIGN = "BLB"
QTY = 2
OPEN = vin(900)


def inspected(
    session: Session,
    world: World,
    needed: int,
    spared: int,
    *rates: float,
    inspect_first: bool = True,
) -> None:
    """Load a campaign with the outcomes of its repair orders, one vehicle open and booked, and a part for each stated rate."""
    world.campaign(CAMPAIGN, inspect_first=inspect_first).dealer(DEALER).labour(CAMPAIGN, 1.0)
    for number in range(needed + spared):
        outcome = "remedied" if number < needed else "inspected_ok"
        world.vehicle(vin(number), CAMPAIGN, dealer=DEALER, owner=None)
        world.repair(vin(number), CAMPAIGN, date(2012, 5, 2), outcome, dealer=DEALER)
    world.vehicle(OPEN, CAMPAIGN, dealer=DEALER)
    world.appointment(OPEN, DEALER, CAMPAIGN, day=date(2013, 3, 1))
    for number, rate in enumerate(rates):
        world.part(f"K{number}").takes(CAMPAIGN, f"K{number}", QTY, take_rate=rate)
    load(session, [world.write()], on=ON)


def rates_of(kits: Kits) -> list[float]:
    return [row.take_rate for row in kits.rows]


def learned(stated: float, needed: int, spared: int) -> float:
    """The stated rate is worth ten repair orders, with half an order on either side."""
    return (0.5 + 10 * stated + needed) / (11 + needed + spared)


def test_orders_and_plans_take_the_learned_rate_and_the_plan_says_so(
    session: Session, world: World, tmp_path: Path
) -> None:
    inspected(session, world, 4, 36, 0.5)
    rate = 9.5 / 51
    assert rate == learned(0.5, 4, 36)
    assert booked_kits(session)["kits"].to_pylist() == [pytest.approx(QTY * rate)]
    settings = follow_up_file(
        tmp_path / "followup.toml", {}, name="small", kind="follow_up_voluntary", campaigns=[CAMPAIGN],
        notice_date=ON, days_after_notice=7,
    )  # fmt: skip
    freeze_follow_up(session, read(settings), ON)
    document = from_ledger.plan_follow_up(session, "small", "optimal")
    assert document["messages"][0] == (
        "Of 40 inspected vehicles of BLB, 4 took the part or wait for it: kits are planned at a take rate of 0.19 in place of the"
        " stated 0.50."
    )
    problem = from_ledger.frame(session, "small").problem
    assert problem.parts == ("K0",)
    assert problem.kits.tolist() == [[pytest.approx(QTY * rate)]]


def test_a_repair_takes_the_quantity_times_the_rate(sqlite_session: Session, world: World) -> None:
    inspected(sqlite_session, world, 0, 0, 0.5, inspect_first=False)
    (row,) = kits_of_repairs(sqlite_session).rows
    assert (row.part_no, row.qty, row.take_rate, row.kits) == ("K0", QTY, 0.5, 1.0)


@pytest.mark.parametrize(("needed", "spared"), [(0, 40), (20, 20), (40, 0)])
def test_only_a_campaign_that_is_inspected_first_learns(
    sqlite_session: Session, world: World, needed: int, spared: int
) -> None:
    inspected(sqlite_session, world, needed, spared, 0.5, inspect_first=False)
    found = kits_of_repairs(sqlite_session)
    assert (rates_of(found), found.messages) == ([0.5], {})


def test_one_outcome_less_than_enough_leaves_the_stated_rate_and_says_nothing(
    sqlite_session: Session, world: World
) -> None:
    inspected(sqlite_session, world, 4, ENOUGH - 5, 0.5)
    found = kits_of_repairs(sqlite_session)
    assert (rates_of(found), found.messages) == ([0.5], {})


def test_enough_outcomes_are_learned_from(sqlite_session: Session, world: World) -> None:
    inspected(sqlite_session, world, 4, ENOUGH - 4, 0.5)
    assert rates_of(kits_of_repairs(sqlite_session)) == [pytest.approx(9.5 / 41)]


def test_a_learned_rate_that_reads_like_the_stated_one_is_taken_without_a_word(
    sqlite_session: Session, world: World
) -> None:
    inspected(sqlite_session, world, 24, 16, 0.6)
    found = kits_of_repairs(sqlite_session)
    assert (rates_of(found), found.messages) == ([pytest.approx(30.5 / 51)], {})  # 0.598


def test_a_learned_rate_a_hundredth_away_from_the_stated_one_is_told(
    sqlite_session: Session, world: World
) -> None:
    inspected(sqlite_session, world, 23, 17, 0.59)
    found = kits_of_repairs(sqlite_session)
    assert rates_of(found) == [pytest.approx(29.4 / 51)]  # 0.576
    assert found.messages[CAMPAIGN].endswith("rate of 0.58 in place of the stated 0.59.")


def test_a_campaign_that_spares_nobody_learns_that(sqlite_session: Session, world: World) -> None:
    inspected(sqlite_session, world, 40, 0, 0.5)
    assert rates_of(kits_of_repairs(sqlite_session)) == [pytest.approx(45.5 / 51)]


def test_a_part_that_every_repair_takes_stays_so_beside_one_that_some_take(
    sqlite_session: Session, world: World
) -> None:
    inspected(sqlite_session, world, 4, 36, 1.0, 0.5)
    assert rates_of(kits_of_repairs(sqlite_session)) == [1.0, pytest.approx(9.5 / 51)]


def test_two_parts_of_one_stated_rate_learn_it_together(
    sqlite_session: Session, world: World
) -> None:
    inspected(sqlite_session, world, 4, 36, 0.5, 0.5)
    assert rates_of(kits_of_repairs(sqlite_session)) == [pytest.approx(9.5 / 51)] * 2


def test_outcomes_cannot_tell_two_stated_rates_apart(sqlite_session: Session, world: World) -> None:
    inspected(sqlite_session, world, 4, 36, 0.5, 0.3)
    found = kits_of_repairs(sqlite_session)
    assert rates_of(found) == [0.5, 0.3]
    assert found.messages == {
        CAMPAIGN: "BLB is inspected first and states several take rates (0.3, 0.5): outcomes cannot tell which was meant,"
        " and each stands as stated."
    }


def test_full_kits_for_inspections_are_told_until_outcomes_are_in(
    sqlite_session: Session, world: World
) -> None:
    inspected(sqlite_session, world, 4, ENOUGH - 5, 1.0)
    found = kits_of_repairs(sqlite_session)
    assert rates_of(found) == [1.0]
    assert found.messages == {
        CAMPAIGN: "BLB is inspected first and states no take rate below 1: each inspection is planned with a full kit"
        " until 30 outcomes are in."
    }


def test_full_kits_are_corrected_by_outcomes_too(sqlite_session: Session, world: World) -> None:
    inspected(sqlite_session, world, 4, 36, 1.0)
    assert rates_of(kits_of_repairs(sqlite_session)) == [pytest.approx(14.5 / 51)]


def test_an_open_vehicle_and_one_out_of_reach_are_no_outcomes(
    sqlite_session: Session, world: World
) -> None:
    for number in range(100, 140):
        world.vehicle(vin(number), CAMPAIGN, dealer=DEALER)
        world.status(vin(number), "scrapped" if number % 2 else "registered", date(2012, 5, 2))
    inspected(sqlite_session, world, 4, ENOUGH - 5, 0.5)
    assert rates_of(kits_of_repairs(sqlite_session)) == [0.5]


def test_outcomes_of_another_campaign_teach_nothing(sqlite_session: Session, world: World) -> None:
    world.campaign("ALE", inspect_first=True).part("K9").takes("ALE", "K9", 1, take_rate=0.5)
    inspected(sqlite_session, world, 4, 36, 0.5)
    assert rates_of(kits_of_repairs(sqlite_session)) == [0.5, pytest.approx(9.5 / 51)]


def test_rows_come_under_the_live_part_number(sqlite_session: Session, world: World) -> None:
    world.part("K-NEW")
    world.part("K-OLD", superseded_by="K-NEW").takes(CAMPAIGN, "K-OLD", 1)
    inspected(sqlite_session, world, 0, 0, inspect_first=False)
    assert [row.part_no for row in kits_of_repairs(sqlite_session).rows] == ["K-NEW"]


def test_a_ledger_without_parts_says_nothing_of_take_rates(
    sqlite_session: Session, world: World
) -> None:
    inspected(sqlite_session, world, 4, 36)
    assert kits_of_repairs(sqlite_session) == Kits((), {})


def test_who_waits_for_the_part_needs_it_and_stays_open(session: Session, world: World) -> None:
    """40 inspected: 4 took the part, 20 were sent home without it, 16 need it and wait; without those it would be 4 of 24."""
    for number in range(100, 116):
        world.vehicle(vin(number), CAMPAIGN, dealer=DEALER, owner=None)
        world.repair(vin(number), CAMPAIGN, date(2012, 5, 2), "needs_part", dealer=DEALER)
    inspected(session, world, 4, 20, 0.3)
    found = kits_of_repairs(session)
    assert rates_of(found) == [pytest.approx(learned(0.3, 4 + 16, 20))]
    assert (
        "Of 40 inspected vehicles of BLB, 20 took the part or wait for it"
        in found.messages[CAMPAIGN]
    )
    assert status.counts(session)[0].open == 16 + 1


def test_an_inspection_counts_once_its_part_is_fitted_or_what_it_found_is_corrected(
    sqlite_session: Session, world: World
) -> None:
    """One vehicle comes back for its part, of another the same order says that it needed none: 41 outcomes, 5 + 1 of them needed."""
    for number, then in ((100, "remedied"), (101, "inspected_ok"), (102, "")):
        world.vehicle(vin(number), CAMPAIGN, dealer=DEALER, owner=None)
        world.repair(
            vin(number), CAMPAIGN, date(2012, 5, 2), "needs_part", dealer=DEALER, ro_id=f"N{number}"
        )
        if then:
            order = "L100" if then == "remedied" else "N101"
            world.repair(vin(number), CAMPAIGN, date(2012, 6, 2), then, dealer=DEALER, ro_id=order)
    corrected = world.rows["repair_orders"].pop(3)
    inspected(sqlite_session, world, 4, 34, 0.5)
    later = World(world.path / "later")
    later.rows["repair_orders"] = [corrected]
    load(sqlite_session, [later.write()], on=ON)
    assert rates_of(kits_of_repairs(sqlite_session)) == [pytest.approx(learned(0.5, 4 + 2, 34 + 1))]


def test_those_that_wait_for_a_part_are_found_by_the_index_of_them_alone() -> None:
    """A dealer's pages ask it with every request: a walk through the open vehicles takes 0.1 s of 510,000."""
    from renotify import ledger
    from renotify.visits import kits

    empty = sqlite3.connect(":memory:")
    empty.executescript(Path(ledger.__file__).with_name("empty_ledger.sql").read_text())
    asked = kits._OUTCOMES.format(codes="('BLB')")
    steps = empty.execute(f"explain query plan {asked}").fetchall()
    assert any("event_needs_part" in detail for *_, detail in steps)
