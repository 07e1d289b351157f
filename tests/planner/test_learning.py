"""What weekly bookings teach: the posterior takes the stated response's place where the data tell, and nowhere else."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from cli_support import follow_up_file
from folder import ON, Folder, make_vin
from renotify.campaigns.follow_up_settings import read
from renotify.errors import UnknownName
from renotify.ledger import follow_ups, intake
from renotify.ledger.session import Session
from renotify.planner import from_ledger, weekly
from renotify.planner.cohorts import cohorts
from renotify.planner.learning import Learned, learn
from renotify.plans.in_force import plan_in_force
from renotify.selection.freeze import freeze_follow_up

MAILED = date(2013, 3, 5)
OWNERS = 600
CURVE = [0.10, 0.08, 0.05, 0.03, 0.02, 0.01]  # share of the mailed who come in week 0, 1, ...


def mailed_and_planned(session: Session, folder: Folder, path: Path, mailed: int) -> str:
    """A planned follow-up of which the first ``mailed`` letters of the list went out on one day."""
    folder.campaign("9LA").dealer()
    for number in range(OWNERS):
        folder.vehicle(make_vin(number), "9LA")
    intake.load(session, [folder.write()], on=ON, rejects_dir=path)
    freeze_follow_up(session, read(follow_up_file(path, ["9LA"])), ON)
    from_ledger.plan_follow_up(session, "small", "optimal")
    with session.transaction():
        session.stage("out", pa.table({"vin": [make_vin(n) for n in range(mailed)]}))
        session.execute(
            "update piece set state = 'accepted', mailed_on = :day where vin in (select vin from out)",
            day=MAILED,
        )
        session.execute("update piece set state = 'planned' where mailed_on is null")
    return "small"


def bookings(
    session: Session, path: Path, first: int, mailed: int, curve: list[float], status: str = "done"
) -> None:
    """Owners from ``first`` on come in by the curve; each is one appointment."""
    later, number = Folder(path / "later"), first
    for week, share in enumerate(curve):
        for _ in range(round(share * mailed)):
            later.add(
                "appointments", appointment_id=f"A{number}", dealer_code="D0001", vin=make_vin(number), campaign_codes="9LA",
                start=f"{MAILED + timedelta(weeks=week, days=2)}T09:00", status=status,
                booked_on=MAILED + timedelta(weeks=week, days=2),
            )  # fmt: skip
            number += 1
    intake.load(session, [later.write()], on=MAILED + timedelta(weeks=len(curve)), rejects_dir=path)


def learned(session: Session, on: date) -> Learned:
    return learn(session, follow_ups.settings(session, "small"), on)


def kept_problem(session: Session, name: str) -> dict[str, Any]:
    """The problem that is kept beside the plan, to replay it."""
    return json.loads(follow_ups.plan_document(session, name))["problem"]


def test_weekly_bookings_replace_the_stated_response_of_a_replan(
    session: Session, folder: Folder, tmp_path: Path
) -> None:
    name = mailed_and_planned(session, folder, tmp_path, 400)
    (stated,) = plan_in_force(session, name).bundles
    bookings(session, tmp_path, 0, 400, CURVE)
    document = weekly.replan_follow_up(session, name, MAILED + timedelta(weeks=6))
    assert any(
        m.startswith("9LA: about ") and m.endswith("Learned from 400 letters; stated 7.0 %.")
        for m in document["messages"]
    )
    problem = kept_problem(session, name)
    (now,) = plan_in_force(session, name).bundles
    assert list(now.response) == problem["bundles"][0]["response"]
    assert sum(stated.response) < 0.08
    assert 0.24 < sum(now.response) < 0.40
    assert sum(row["count"] for row in document["letters"]) > 0


def test_an_interim_notice_is_no_letter_whose_answers_are_learned_from(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    mailed_and_planned(sqlite_session, folder, tmp_path, 40)
    bookings(sqlite_session, tmp_path, 0, 40, [0.05])
    with sqlite_session.transaction():
        sqlite_session.execute("update listed set interim = true")
    found = learned(sqlite_session, MAILED + timedelta(weeks=1))
    assert found.messages == (
        "The stated response stays. No letter has been out for a whole week.",
    )


def test_what_cannot_tell_leaves_the_stated_response_and_says_why(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    name = mailed_and_planned(sqlite_session, folder, tmp_path, 40)
    before, stated = kept_problem(sqlite_session, name), plan_in_force(sqlite_session, name)
    bookings(sqlite_session, tmp_path, 0, 40, [0.05])
    document = weekly.replan_follow_up(sqlite_session, name, MAILED + timedelta(weeks=1))
    assert any(
        "The stated response stays. These counts cannot tell" in m for m in document["messages"]
    )
    assert kept_problem(sqlite_session, name) == before
    assert plan_in_force(sqlite_session, name).bundles == stated.bundles


def test_a_letter_out_for_less_than_a_week_teaches_nothing(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    mailed_and_planned(sqlite_session, folder, tmp_path, 400)
    found = learned(sqlite_session, MAILED + timedelta(days=6))
    assert found.messages == (
        "The stated response stays. No letter has been out for a whole week.",
    )


def test_the_background_is_counted_in_waves_not_yet_mailed(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    mailed_and_planned(sqlite_session, folder, tmp_path, 300)
    bookings(sqlite_session, tmp_path, 0, 300, CURVE)
    quiet = learned(sqlite_session, MAILED + timedelta(weeks=6))
    bookings(sqlite_session, tmp_path, 300, 300, [0.02] * 6)
    busy = learned(sqlite_session, MAILED + timedelta(weeks=6))
    assert quiet.hazard < 0.002 < busy.hazard < 0.03
    assert any("counted in waves not yet mailed" in message for message in busy.messages)


def test_a_cancelled_appointment_is_no_answer(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    mailed_and_planned(sqlite_session, folder, tmp_path, 400)
    bookings(sqlite_session, tmp_path, 0, 400, CURVE, status="cancelled")
    found = learned(sqlite_session, MAILED + timedelta(weeks=6))
    assert found.of("9LA").shares(26).sum() < 0.02


def test_cohorts_count_first_answers_by_week_and_leave_out_who_came_before_the_letter() -> None:
    days = [MAILED + timedelta(days=n) for n in (-1, 0, 6, 7, 15)]
    table = pa.table(
        {"area": ["E"] * 7, "mailed_on": [MAILED] * 6 + [None], "answered_on": [*days, None, None]}
    )
    (cohort,) = cohorts(table, MAILED + timedelta(days=15), "area")[("E",)]
    assert cohort.mailed == 5
    assert np.array_equal(cohort.counts, [2, 1])  # the third week is still running


def test_a_follow_up_nobody_froze_teaches_nothing(sqlite_session: Session) -> None:
    with pytest.raises(UnknownName):
        learned(sqlite_session, MAILED)
