"""A frozen list as a planning problem, a plan as a wave for every vehicle, and the weekly re-plan."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from cli_support import follow_up_file
from folder import ON, Folder, make_vin
from renotify.campaigns.follow_up_settings import read
from renotify.errors import AlreadyDone, NothingToDo
from renotify.ledger import follow_ups, intake, pieces, tables
from renotify.ledger.session import Session
from renotify.mailing import releasing
from renotify.planner import from_ledger, replay, weekly
from renotify.selection.freeze import freeze_follow_up

MONDAY = date(2013, 3, 4)  # of the first lawful letter: 26 February + 7 days is Tuesday 5 March


def freeze(
    session: Session, folder: Folder, path: Path, campaigns: list[str], **settings: object
) -> str:
    intake.load(session, [folder.write()], on=ON, rejects_dir=path)
    freeze_follow_up(session, read(follow_up_file(path, campaigns, **settings)), ON)
    return "small"


def three_is_350(folder: Folder) -> Folder:
    folder.campaign("9LA").campaign("ALE").dealer()
    for number in (1, 2, 3):
        folder.vehicle(make_vin(number, "JTHBE262"), "9LA", "ALE", model="IS 350")
    folder.vehicle(make_vin(4), "9LA")
    folder.add(
        "labor_times", campaign_code="9LA", model="", op_code="A1", hours=2.0, source="estimate"
    )
    folder.add(
        "labor_times",
        campaign_code="ALE",
        model="IS 350",
        op_code="B1",
        hours=8.0,
        source="estimate",
    )
    folder.add(
        "labor_times", campaign_code="ALE", model="", op_code="B2", hours=20.0, source="estimate"
    )
    folder.add("parts", part_no="K1", description="made-up kit", pack_qty=1, lead_days=3)
    folder.add("parts", part_no="SEAL", description="made-up seal", pack_qty=1, lead_days=3)
    folder.add("campaign_parts", campaign_code="ALE", model="", part_no="K1", qty=1, take_rate=1.0)
    folder.add(
        "campaign_parts", campaign_code="ALE", model="", part_no="SEAL", qty=2, take_rate=1.0
    )
    return folder.add(
        "campaign_parts", campaign_code="9LA", model="", part_no="SEAL", qty=1, take_rate=0.5
    )


def test_a_part_without_a_row_of_supply_is_told_by_name_with_what_to_load(
    session: Session, folder: Folder, tmp_path: Path
) -> None:
    folder = three_is_350(folder)
    folder.add("part_supply", part_no="SEAL", week=MONDAY, supply_qty=0)
    name = freeze(session, folder, tmp_path, ["9LA", "ALE"])
    told = [m for m in from_ledger.frame(session, name).messages if "supply" in m]
    assert told[0] == (
        "No supply is loaded for K1, which 9LA+ALE takes: its kits are planned as endless. Load its weeks in part_supply.csv"
        " (supply_qty 0 where none is confirmed)."
    )
    assert len(told) == 1
    messages = from_ledger.plan_follow_up(session, name, "greedy")["messages"]
    assert [m for m in messages if "endless" in m] == told


def test_a_bundle_is_one_visit_with_the_models_hours_and_the_union_of_kits(
    session: Session, folder: Folder, tmp_path: Path
) -> None:
    name = freeze(session, three_is_350(folder), tmp_path, ["9LA", "ALE"])
    framed = from_ledger.frame(session, name)
    alone, both = framed.bundles
    assert (alone.name, alone.hours, alone.kits) == ("9LA", 2.0, {"SEAL": 0.5})
    assert both.name == "9LA+ALE"
    assert both.hours == 10.0  # 2 + 8: the model's own labour time, not the 20 of the others
    assert both.kits == {"K1": 1.0, "SEAL": 2.0}
    assert framed.problem.bundles == ("9LA", "9LA+ALE")
    assert framed.problem.labour.tolist() == [2.0, 10.0]
    assert framed.problem.parts == ("K1", "SEAL")
    assert framed.problem.kits.tolist() == [[0.0, 1.0], [0.5, 2.0]]
    assert framed.problem.dealers == ("D0001",)
    assert framed.problem.owners.tolist() == [[1], [3]]


def test_hours_after_the_last_week_repeat_it_as_long_as_owners_may_wait(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    """Three weeks of letters, and three more in which the last owners may still come."""
    three_is_350(folder).dealer("D0002").vehicle(make_vin(5), "9LA", dealer="D0002")
    folder.capacity("D0001", {MONDAY + timedelta(weeks=week): 10 + 10 * week for week in range(3)})
    name = freeze(
        sqlite_session, folder, tmp_path, ["9LA", "ALE"], horizon_weeks=3, wait_bound_weeks=3
    )
    problem = from_ledger.frame(sqlite_session, name).problem
    stated, unstated = problem.hours.tolist()
    assert stated == [10, 20, 30, 30, 30, 30]
    assert unstated == [np.inf] * 6


@pytest.mark.parametrize(("quantile", "wait"), [(0.75, 0), (0.6, 5)])
def test_the_margin_on_parts_and_the_longest_wait_are_those_of_the_settings(
    sqlite_session: Session, folder: Folder, tmp_path: Path, quantile: float, wait: int
) -> None:
    name = freeze(
        sqlite_session, three_is_350(folder), tmp_path, ["9LA", "ALE"],
        horizon_weeks=4, parts_quantile=quantile, parts_count_spread=quantile / 2, wait_bound_weeks=wait,
    )  # fmt: skip
    problem = from_ledger.frame(sqlite_session, name).problem
    assert problem.parts_count_spread == quantile / 2
    assert (problem.parts_quantile, problem.wait_bound) == (quantile, wait)
    assert problem.hours.shape == (1, 4 + wait)


def test_a_follow_up_that_states_no_margin_and_no_wait_has_nine_in_ten_and_two_weeks(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    name = freeze(sqlite_session, three_is_350(folder), tmp_path, ["9LA", "ALE"])
    problem = from_ledger.frame(sqlite_session, name).problem
    assert (problem.parts_quantile, problem.wait_bound) == (0.9, 2)
    assert problem.parts_count_spread == 1.0


def test_supply_adds_up_from_the_week_of_the_first_lawful_letter(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    three_is_350(folder)
    for weeks, quantity in ((-2, 5), (0, 7), (2, 1)):
        folder.add(
            "part_supply", part_no="K1", week=MONDAY + timedelta(weeks=weeks), supply_qty=quantity
        )
    framed = from_ledger.frame(
        sqlite_session, freeze(sqlite_session, folder, tmp_path, ["9LA", "ALE"])
    )
    assert framed.first_week == MONDAY
    assert framed.problem.parts == ("K1", "SEAL")
    assert framed.problem.supply[0, :4].tolist() == [12, 12, 13, 13]
    assert np.isinf(framed.problem.supply[1]).all()  # a part without supply rows does not bind


def test_every_listed_vehicle_has_its_wave_and_the_counts_are_the_plans(
    session: Session, folder: Folder, tmp_path: Path
) -> None:
    name = freeze(
        session, three_is_350(folder), tmp_path, ["9LA", "ALE"], mail_house_letters_per_week=2
    )
    document = from_ledger.plan_follow_up(session, name, "optimal")
    waves = pieces.waves(session, name)
    assert [(wave.number, wave.week, wave.planned) for wave in waves] == [
        (1, MONDAY, 2),
        (2, MONDAY + timedelta(weeks=1), 2),
    ]
    assert sorted(tables.read(session, "piece", "wave")["wave"].to_pylist()) == [1, 1, 2, 2]
    assert sum(row["count"] for row in document["letters"]) == 4


def test_a_stated_start_before_the_lawful_day_is_flagged_and_the_later_day_kept(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    folder.campaign("9LA").dealer().vehicle(make_vin(1), "9LA")
    path = follow_up_file(tmp_path, ["9LA"])
    path.write_text("stated_start = 2013-02-28\n" + path.read_text())

    intake.load(sqlite_session, [folder.write()], on=ON)
    freeze_follow_up(sqlite_session, read(path), ON)
    document = from_ledger.plan_follow_up(sqlite_session, "small", "all-at-once")
    assert document["first_letter"] == "2013-03-05"
    assert any(
        "2013-02-28" in message and "2013-03-05" in message for message in document["messages"]
    )


def test_a_follow_up_that_is_not_planned_cannot_be_planned_again(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    name = freeze(sqlite_session, three_is_350(folder), tmp_path, ["9LA", "ALE"])
    with pytest.raises(NothingToDo):
        weekly.replan_follow_up(sqlite_session, name, date(2013, 3, 12))


def test_a_replan_drops_owners_who_came_in_and_keeps_what_was_released(
    session: Session, folder: Folder, tmp_path: Path
) -> None:
    name = freeze(
        session, three_is_350(folder), tmp_path, ["9LA", "ALE"], mail_house_letters_per_week=1
    )
    from_ledger.plan_follow_up(session, name, "optimal")
    releasing.release(session, name, 1, on=date(2013, 3, 5), out=tmp_path / "out")
    came_in = {
        row["vin"] for row in follow_ups.listed(session, name).to_pylist() if row["week"] == 3
    }
    later = Folder(tmp_path / "later")
    for vin in came_in:
        for code in ("9LA", "ALE"):
            later.repair(vin, code, date(2013, 3, 11))
    loaded = intake.load(session, [later.write()], on=date(2013, 3, 12), rejects_dir=tmp_path)
    assert loaded.tables["repair_orders"].accepted >= 1
    document = weekly.replan_follow_up(session, name, date(2013, 3, 12))
    assert sum(row["count"] for row in document["letters"]) == 3
    assert pieces.waves(session, name)[0].released
    said: list[str] = []
    with pytest.raises(AlreadyDone):
        from_ledger.plan_follow_up(
            session, name, "optimal", progress=lambda what, *_: said.append(what)
        )
    assert said == []  # refused at once: to plan what is refused took ten seconds


def test_a_letter_of_a_campaign_that_is_done_is_dropped_though_another_campaign_is_open(
    session: Session, folder: Folder, tmp_path: Path
) -> None:
    """The recall is repaired before its letter; the service campaign's letter of the same vehicle stays planned."""
    folder.campaign("9LA").campaign("CLB").dealer().vehicle(make_vin(1), "9LA", "CLB")
    name = freeze(session, folder, tmp_path, ["9LA", "CLB"])
    from_ledger.plan_follow_up(session, name, "optimal")
    later = Folder(tmp_path / "later").repair(make_vin(1), "9LA", date(2013, 3, 1))
    intake.load(session, [later.write()], on=date(2013, 3, 4), rejects_dir=tmp_path)
    document = weekly.replan_follow_up(session, name, date(2013, 3, 4))
    assert [(row["bundle"], row["count"]) for row in document["letters"]] == [("CLB", 1)]


def test_a_replay_compares_the_plan_with_the_plain_policies_by_one_seed(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    name = freeze(sqlite_session, three_is_350(folder), tmp_path, ["9LA", "ALE"])
    from_ledger.plan_follow_up(sqlite_session, name, "optimal")
    told = replay.simulate_follow_up(sqlite_session, name, runs=4, seed=1)
    assert [row["policy"] for row in told["rows"]][:2] == ["optimal", "uniform:8"]
    again = replay.simulate_follow_up(sqlite_session, name, runs=4, seed=1)
    assert (told["rows"], told["said"]) == (again["rows"], again["said"])
    assert told["replay"].policies == again["replay"].policies
    assert (told["replay"].repaired == again["replay"].repaired).all()


def test_a_replay_shows_what_the_margin_on_parts_costs_and_saves(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    three_is_350(folder).add("part_supply", part_no="K1", week=MONDAY, supply_qty=1)
    name = freeze(sqlite_session, folder, tmp_path, ["9LA", "ALE"])
    from_ledger.plan_follow_up(sqlite_session, name, "optimal")
    told = replay.simulate_follow_up(sqlite_session, name, runs=4, seed=1)
    assert told["rows"][-1]["policy"] == "optimal, parts at the mean"
    assert told["said"][-1].startswith("Planning parts with a margin costs ")
