"""Owners of whom a visit stands are neither walk-ins nor answers of a plan, and their letters wait or go without kits."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from cli_support import follow_up_file
from folder import ON, Folder, make_vin
from renotify.campaigns.follow_up_settings import read
from renotify.ledger import follow_ups, intake, tables
from renotify.ledger.session import Session
from renotify.notices.vehicles import by_dealer
from renotify.planner import from_ledger, weekly
from renotify.planner.booked_owners import WAITS
from renotify.planner.letter_plan import LetterPlan
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import broken, verify
from renotify.planner.plan_comparison import compare
from renotify.planner.problem_json import from_json
from renotify.planner.replay import letters_of_plan
from renotify.selection.freeze import freeze_follow_up

OWN = 10  # owners without a visit
BOOKED = 40
RESPONSE = {"share": 0.3, "scale_weeks": 3.0, "shape": 1.2, "background_per_week": 0.004}
MONDAY = date(2013, 3, 4)


def a_dealer(path: Path, booked: int) -> Folder:
    """A dealer with a kit on the shelf for each booked owner, and six in the pool for ten others."""
    folder = Folder(path / "in").campaign("9LA").dealer()
    for number in range(OWN):
        folder.vehicle(make_vin(number), "9LA")
    folder.add(
        "labor_times", campaign_code="9LA", model="", op_code="A1", hours=1.0, source="estimate"
    )
    folder.add("parts", part_no="K1", description="made-up kit", pack_qty=1, lead_days=3)
    folder.add("campaign_parts", campaign_code="9LA", model="", part_no="K1", qty=1, take_rate=1.0)
    folder.add("part_supply", part_no="K1", week=MONDAY, supply_qty=6)
    folder.add("dealer_part_stock", dealer_code="D0001", part_no="K1", as_of="2013-02-25", on_hand=booked, on_order=0)  # fmt: skip
    for number in range(OWN, OWN + booked):
        folder.vehicle(make_vin(number), "9LA")
        book(folder, number)
    return folder


def book(folder: Folder, number: int, status: str = "booked") -> Folder:
    return folder.add(
        "appointments", appointment_id=f"A{number}", dealer_code="D0001", vin=make_vin(number),
        campaign_codes="9LA", start="2013-03-12T10:00", status=status,
    )  # fmt: skip


def frozen(session: Session, path: Path, booked: int, **stated: object) -> None:
    intake.load(session, [a_dealer(path, booked).write()], on=ON, rejects_dir=path)
    file = follow_up_file(path, ["9LA"], **stated)
    settings = replace(read(file), response=RESPONSE)
    freeze_follow_up(session, settings, ON)


def letters(session: Session) -> dict[str, int | None]:
    """The weeks of the letters, by vehicle."""
    listed = tables.read(session, "listed", "vin", "week").to_pylist()
    return {row["vin"]: row["week"] for row in listed}


def test_of_fifty_owners_forty_have_a_visit_and_walk_ins_are_those_of_the_ten(
    sqlite_session: Session, tmp_path: Path
) -> None:
    frozen(sqlite_session, tmp_path, BOOKED)
    framed = from_ledger.frame(sqlite_session, "small")
    assert framed.problem.bundles == ("9LA", "9LA:visit booked")
    assert framed.problem.owners.ravel().tolist() == [OWN, BOOKED]
    assert framed.problem.background[:, 0].tolist() == pytest.approx([OWN * 0.004])
    asking = framed.problem.response.sum(axis=1)
    assert asking[0] > 0.2
    assert asking[1] == 0
    told = from_ledger.frame(sqlite_session, "small", visits_known=False).problem
    assert told.owners.ravel().tolist() == [OWN + BOOKED]  # as strata of the outreach


def test_forty_booked_owners_with_kits_on_the_shelf_change_nothing_for_the_ten_others(
    sqlite_session: Session, tmp_path: Path
) -> None:
    frozen(sqlite_session, tmp_path, BOOKED)
    made = from_ledger.plan_follow_up(sqlite_session, "small")
    problem = from_ledger.frame(sqlite_session, "small").problem
    alone = {"owners": problem.owners * np.array([[1], [0]])}
    ten = plan(replace(problem, **alone))
    weeks = letters(sqlite_session)
    assert made["objective"] == pytest.approx(ten.objective)
    assert sum(week is not None for week in weeks.values()) == int(ten.letters.sum()) > 0
    assert all(weeks[make_vin(number)] is None for number in range(OWN, OWN + BOOKED))
    held = {(one["bundle"], one["count"], one["reason"]) for one in made["held"]}
    assert ("9LA:visit booked", BOOKED, WAITS) in held


@pytest.mark.parametrize("policy", ["all-at-once", "oldest-first", "zip-order", "greedy", "exact"])
def test_no_policy_writes_to_who_has_a_visit_and_no_place_at_the_mail_house_is_theirs(
    sqlite_session: Session, tmp_path: Path, policy: str
) -> None:
    """Ten a week: the ten without a visit fill one week, or as much of it as six kits allow."""
    frozen(sqlite_session, tmp_path, BOOKED, mail_house_letters_per_week=OWN)
    made = from_ledger.plan_follow_up(sqlite_session, "small", policy)
    assert {one["bundle"] for one in made["letters"]} == {"9LA"}
    if policy not in ("greedy", "exact"):
        assert [(one["week"], one["count"]) for one in made["letters"]] == [(0, OWN)]
    assert ("9LA:visit booked", BOOKED, WAITS) in {
        (one["bundle"], one["count"], one["reason"]) for one in made["held"]
    }


def test_a_letter_that_must_be_sent_goes_to_an_owner_with_a_visit_too(
    sqlite_session: Session, tmp_path: Path
) -> None:
    frozen(sqlite_session, tmp_path, BOOKED, kind="follow_up_ordered")
    made = from_ledger.plan_follow_up(sqlite_session, "small")
    went = sum(one["count"] for one in made["letters"] if one["bundle"] == "9LA:visit booked")
    assert went == BOOKED
    assert not [one for one in made["held"] if one["bundle"] == "9LA:visit booked"]
    (row,) = compare(sqlite_session, "small", (), ON).rows
    assert row["letters"] == sum(one["count"] for one in made["letters"])
    assert row["risk_weeks"] == pytest.approx(
        made["objective"], abs=0.05
    )  # those to booked owners remove nothing


def test_who_books_after_the_plan_waits_and_gets_a_letter_again_when_the_visit_is_called_off(
    sqlite_session: Session, tmp_path: Path
) -> None:
    frozen(sqlite_session, tmp_path, 0)
    from_ledger.plan_follow_up(sqlite_session, "small")
    late = [vin for vin, week in letters(sqlite_session).items() if week is None or week >= 2]
    assert late  # six kits are fewer than all may ask for
    for status, waits in (("booked", True), ("cancelled", False)):
        folder = Folder(tmp_path / status).add(
            "appointments", appointment_id="A1", dealer_code="D0001", vin=late[0],
            campaign_codes="9LA", start="2013-04-02T10:00", status=status,
        )  # fmt: skip
        intake.load(sqlite_session, [folder.write()], on=ON, rejects_dir=tmp_path)
        again = weekly.replan_follow_up(sqlite_session, "small", MONDAY)
        assert any(one["reason"] == WAITS for one in again["held"]) is waits
        if waits:
            assert letters(sqlite_session)[late[0]] is None


def test_the_dealer_s_notice_says_whose_letter_waits_for_a_visit_and_whose_is_held(
    sqlite_session: Session, tmp_path: Path
) -> None:
    """Of 40 booked owners one called off since the plan: its letter has no week until the plan is made again."""
    frozen(sqlite_session, tmp_path, BOOKED)
    from_ledger.plan_follow_up(sqlite_session, "small")
    off = book(Folder(tmp_path / "off"), OWN, "cancelled")
    intake.load(sqlite_session, [off.write()], on=ON, rejects_dir=tmp_path)
    ((_, listed),) = by_dealer(sqlite_session, "small", ["9LA"], date(2013, 3, 5))
    said = Counter(listed["letter"].to_pylist())
    weeks = letters(sqlite_session)
    short = sum(weeks[make_vin(number)] is None for number in range(OWN))  # of the ten others
    assert (said["visit booked"], said["held"]) == (BOOKED - 1, 1 + short)
    assert sum(said.values()) == OWN + BOOKED


def test_the_plan_replayed_from_its_first_week_knows_whose_visit_was_called_off_and_who_booked_since(
    sqlite_session: Session, tmp_path: Path
) -> None:
    """Of 40 booked owners 15 call off, one of the ten others books: 10 + 15 - 1 may answer, and the kits of 14 visits are free."""
    frozen(sqlite_session, tmp_path, BOOKED)
    from_ledger.plan_follow_up(sqlite_session, "small")
    first = from_json(json.loads(follow_ups.plan_document(sqlite_session, "small"))["problem"])
    assert (first.owners.ravel().tolist(), first.stock.tolist()) == ([OWN, BOOKED], [[0.0]])
    folder = Folder(tmp_path / "since")
    for number in range(OWN, OWN + 15):
        book(folder, number, "cancelled" if number % 2 else "no_show")
    book(folder, 0)
    intake.load(sqlite_session, [folder.write()], on=ON, rejects_dir=tmp_path)
    again = weekly.replan_follow_up(sqlite_session, "small", MONDAY)
    whole = from_json(json.loads(follow_ups.plan_document(sqlite_session, "small"))["problem"])
    assert whole.owners.ravel().tolist() == [OWN + 15 - 1, BOOKED - 15 + 1]
    assert whole.stock.tolist() == [[14.0]]
    assert whole.supply[0].tolist() == first.supply[0].tolist()
    assert whole.background.sum(axis=0).tolist() == pytest.approx([24 * 0.004] * whole.weeks)
    planned = {one["bundle"]: one["count"] for one in again["letters"]}
    assert planned.get("9LA", 0) <= OWN + 15 - 1
    assert not broken(verify(whole, LetterPlan(whole, "", letters_of_plan(again, whole)[1])))


def test_letters_that_wait_for_a_visit_whose_day_is_past_are_counted_until_it_is_reported(
    sqlite_session: Session, tmp_path: Path
) -> None:
    """The visits are of March 12: on that day they are to come, on the 13th nobody has said a word; two are reported then."""
    frozen(sqlite_session, tmp_path, BOOKED)
    from_ledger.plan_follow_up(sqlite_session, "small")
    told = " letters wait for a visit whose day is past; nobody has reported it as done, missed or cancelled."
    said = {
        day: [
            one.partition(told)[0]
            for one in from_ledger.frame(sqlite_session, "small", date(2013, 3, day)).messages
            if told in one
        ]
        for day in (12, 13)
    }
    assert said == {12: [], 13: [str(BOOKED)]}
    folder = Folder(tmp_path / "reported")
    for number, status in ((OWN, "no_show"), (OWN + 1, "cancelled")):
        book(folder, number, status)
    intake.load(sqlite_session, [folder.write()], on=ON, rejects_dir=tmp_path)
    after = from_ledger.frame(sqlite_session, "small", date(2013, 3, 13)).messages
    assert [one.partition(told)[0] for one in after if told in one] == [str(BOOKED - 2)]
