"""A vehicle of two letters takes two places at the mail house; weeks of few letters are joined where a follow-up asks for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from cli_support import follow_up_file
from folder import ON, Folder, make_vin
from planner.cases import bundle, dealer, document, problem
from renotify.campaigns.follow_up_settings import read
from renotify.errors import BadInput
from renotify.ledger import intake, pieces
from renotify.ledger.session import Session
from renotify.planner import from_ledger, replay, weekly
from renotify.planner.plan_by_policy import plan
from renotify.planner.plan_check import verify
from renotify.planner.problem_json import from_json, to_document
from renotify.planner.remedy_weeks import split_by_pieces
from renotify.planner.replan import replan
from renotify.planner.wave_sizes import pieces_by_week
from renotify.plans.in_force import PlanInForce, PlannedBundle
from renotify.selection.freeze import freeze_follow_up

MONDAY = date(2013, 3, 4)
TWO = ("two", "d")
ONE = ("one", "d")


def leased(**changes):
    """Three leased vehicles of risk 3 and three others of risk 1; the mail house prints five pieces a week."""
    kinds = [bundle("two", risk=3, pieces=2), bundle("one")]
    return problem(kinds, [dealer()], {TWO: 3, ONE: 3}, **{"mail": 5, **changes})


# ---- the mail house


def test_two_leased_vehicles_and_one_other_fill_five_places():
    made = plan(leased())
    assert made.problem.bundles == ("two", "one")
    assert made.letters[:, 0].tolist() == [[2, 1, 0, 0], [1, 2, 0, 0]]
    assert pieces_by_week(made.problem, made.mailed).tolist() == [5, 4, 0, 0]


@pytest.mark.parametrize("policy", ["optimal", "exact", "greedy", "oldest-first", "zip-order"])
@pytest.mark.parametrize("mail", [2, 3, 5])
def test_no_policy_of_waves_prints_more_than_the_mail_house_can(policy, mail):
    made = plan(leased(mail=mail), policy)
    assert pieces_by_week(made.problem, made.mailed).max() <= mail
    assert not [breach for breach in verify(made.problem, made) if "mail" in breach.constraint]


def test_the_check_counts_pieces_where_all_go_at_once():
    messages = " ".join(plan(leased(), "all-at-once").messages)
    assert "week 0 has 9 pieces, 4 more than its capacity of 5." in messages


def test_a_vehicle_of_two_letters_is_held_where_one_place_is_left():
    made = plan(leased(mail=1))
    assert made.letters[:, 0].tolist() == [[0] * 4, [1, 1, 1, 0]]
    assert [(held.bundle, held.count, held.reason) for held in made.held] == [
        ("two", 3, "the mail house is full")
    ]


def test_interim_notices_by_a_lawful_date_are_counted_in_pieces():
    """No kit before week 3: by week 1 six pieces are due, and three fit in each week only as one vehicle and a half."""
    dated = [bundle("two", pieces=2, kits={"P": 1}, mail_by_week=1)]
    made = plan(problem(dated, [dealer()], {TWO: 3}, weeks=5, supply={"P": [0, 0, 0, 3]}, mail=3))
    assert made.interim is not None
    assert made.interim[0, 0, :2].tolist() == [1, 1]
    assert "2 more letters than the mail house can print in weeks 0 to 1" in " ".join(made.messages)
    assert pieces_by_week(made.problem, made.mailed).max() <= 3


def test_the_frozen_weeks_take_the_places_of_their_pieces():
    """Week 2 has five places, of which no frozen letter takes one; a frozen letter may not be joined by more than fit."""
    asked = leased(mail=[4, 4, 5, 5])
    last = np.zeros((2, 1, 4), np.int32)
    last[0, 0, 0] = 2
    again = replan(asked, last, churn_limit=1.0)
    assert again.plan.letters[:, 0].tolist() == [[2, 0, 1, 0], [0, 0, 3, 0]]


def test_a_document_states_the_pieces_of_a_vehicle_and_the_least_wave():
    asked = leased(least_wave=4)
    written = to_document(asked)
    assert [row.get("pieces") for row in written["bundles"]] == [2, None]
    assert written["least_wave"] == 4
    again = from_json(written)
    assert again.printed.tolist() == [2, 1]
    assert again.least_wave == 4
    assert not again.notes


def test_a_vehicle_without_a_letter_is_refused():
    wrong = document([bundle("two", pieces=0)], [dealer()], {TWO: 1})
    with pytest.raises(BadInput, match=r"bundles\[0\]\.pieces"):
        from_json(wrong)


# ---- from the ledger


def test_vehicles_of_two_letters_are_a_planning_bundle_of_their_own():
    whole = PlannedBundle("A:S/L", "A", ("S", "L"), 1.0, {}, (0.5,), 0.0)
    kinds = [{"bundle": "A", "model": m, "pieces": n} for m, n in (("S", 1), ("L", 1), ("L", 2))]
    own, leases = split_by_pieces([whole], kinds)
    assert own == whole
    assert leases == replace(whole, name="A:S/L, 2 letters", models=("L",), pieces=2)
    kept = PlanInForce("small", "optimal", MONDAY, 8, (own, leases))
    assert [kept.place_of("A", "L", None, n) for n in (1, 2)] == [0, 1]
    assert kept.place_of("A", "S", None, 2) == 0  # a plan made before it knew of the lease


def test_a_leased_vehicle_takes_two_places_in_the_waves_of_a_plan_and_of_its_replan(
    session: Session, folder: Folder, tmp_path: Path
) -> None:
    folder.campaign("9LA").dealer()
    folder.vehicle(make_vin(3), "9LA")
    for number in (1, 2):
        folder.vehicle(make_vin(number), "9LA", owner=None)
        folder.owner(make_vin(number), role="lessee")
        folder.owner(make_vin(number), role="lessor", name1="BANK EXAMPLE")
    intake.load(session, [folder.write()], on=ON, rejects_dir=tmp_path)
    settings = follow_up_file(tmp_path, ["9LA"], mail_house_letters_per_week=3, least_wave=3)
    freeze_follow_up(session, read(settings), ON)
    framed = from_ledger.frame(session, "small")
    assert framed.problem.bundles == ("9LA", "9LA:2 letters")
    assert framed.problem.owners.tolist() == [[1], [2]]
    assert framed.problem.printed.tolist() == [1, 2]
    assert framed.problem.least_wave == 3
    told = from_ledger.plan_follow_up(session, "small", "optimal")["messages"]
    assert "1 wave stays below the least of 3 pieces" in " ".join(told)
    assert [wave.planned for wave in pieces.waves(session, "small")] == [3, 2]
    weekly.replan_follow_up(session, "small", MONDAY)
    assert [wave.planned for wave in pieces.waves(session, "small")] == [3, 2]
    told = replay.simulate_follow_up(session, "small", runs=2)
    assert (
        told["breaks"]["all-at-once"]
        == "the mail house 1.7 times its letters in the week of 2013-03-04"
    )
