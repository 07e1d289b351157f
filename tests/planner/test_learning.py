"""What weekly bookings teach: the posterior takes the stated response's place where the data tell, and nowhere else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from cli_support import follow_up_file
from folder import ON, Folder, make_vin
from renotify.campaigns.follow_up_settings import read
from renotify.errors import UnknownName

MAILED = date(2013, 3, 5)
OWNERS = 600
CURVE = [0.10, 0.08, 0.05, 0.03, 0.02, 0.01]  # share of the mailed who come in week 0, 1, ...


def mailed_and_planned(folder: Folder, path: Path, mailed: int) -> str:
    """A planned follow-up of which the first ``mailed`` letters of the list went out on one day."""
    from renotify.ledger import intake
    from renotify.ledger.bulk import bulk
    from renotify.planner import from_ledger
    from renotify.selection.freeze import freeze_follow_up

    folder.campaign("9LA").dealer()
    for number in range(OWNERS):
        folder.vehicle(make_vin(number), "9LA")
    intake.load([folder.write()], on=ON, rejects_dir=path)
    freeze_follow_up(read(follow_up_file(path, ["9LA"])), ON)
    from_ledger.plan_follow_up("small", "optimal")
    with bulk() as using:
        using.stage("out", pa.table({"vin": [make_vin(n) for n in range(mailed)]}))
        using.execute(
            "update piece set state = 'accepted', mailed_on = :day where vin in (select vin from out)",
            day=MAILED,
        )
        using.execute("update piece set state = 'planned' where mailed_on is null")
    return "small"


def bookings(path: Path, first: int, mailed: int, curve: list[float], status: str = "done") -> None:
    """Owners from ``first`` on come in by the curve; each is one appointment."""
    from renotify.ledger import intake

    later, number = Folder(path / "later"), first
    for week, share in enumerate(curve):
        for _ in range(round(share * mailed)):
            later.add(
                "appointments", appointment_id=f"A{number}", dealer_code="D0001", vin=make_vin(number), campaign_codes="9LA",
                start=f"{MAILED + timedelta(weeks=week, days=2)}T09:00", status=status,
            )  # fmt: skip
            number += 1
    intake.load([later.write()], on=MAILED, rejects_dir=path)


def learned(on: date) -> object:
    from renotify.ledger import follow_ups
    from renotify.planner.from_ledger import stated_response
    from renotify.planner.learning import learn

    settings = follow_ups.settings("small")
    return learn(settings, on, stated_response(settings))


def test_weekly_bookings_replace_the_stated_response_of_a_replan(
    ledger: str, folder: Folder, tmp_path: Path
) -> None:
    from renotify.ledger import follow_ups
    from renotify.planner import weekly

    name = mailed_and_planned(folder, tmp_path, 400)
    stated = follow_ups.plan(name).document["problem"]["bundles"][0]["response"]
    bookings(tmp_path, 0, 400, CURVE)
    document = weekly.replan_follow_up(name, MAILED + timedelta(weeks=6))
    assert any(
        "Learned from 400 letters; it replaces the stated 7 %" in m for m in document["messages"]
    )
    problem = follow_ups.plan(name).document["problem"]
    now = problem["bundles"][0]["response"]
    assert sum(stated) < 0.08
    assert 0.24 < sum(now) < 0.40
    assert problem["response_spread"] > 0
    assert sum(row["count"] for row in document["letters"]) > 0


def test_what_cannot_tell_leaves_the_stated_response_and_says_why(
    sqlite_ledger: str, folder: Folder, tmp_path: Path
) -> None:
    from renotify.ledger import follow_ups
    from renotify.planner import weekly

    name = mailed_and_planned(folder, tmp_path, 40)
    before = follow_ups.plan(name).document["problem"]
    bookings(tmp_path, 0, 40, [0.05])
    document = weekly.replan_follow_up(name, MAILED + timedelta(weeks=1))
    assert any(
        "The stated response stays. These counts cannot tell" in m for m in document["messages"]
    )
    assert follow_ups.plan(name).document["problem"] == before


def test_a_letter_out_for_less_than_a_week_teaches_nothing(
    sqlite_ledger: str, folder: Folder, tmp_path: Path
) -> None:
    mailed_and_planned(folder, tmp_path, 400)
    found = learned(MAILED + timedelta(days=6))
    assert found.messages == (
        "The stated response stays. No letter has been out for a whole week.",
    )


def test_the_background_is_counted_in_waves_not_yet_mailed(
    sqlite_ledger: str, folder: Folder, tmp_path: Path
) -> None:
    mailed_and_planned(folder, tmp_path, 300)
    bookings(tmp_path, 0, 300, CURVE)
    quiet = learned(MAILED + timedelta(weeks=6))
    bookings(tmp_path, 300, 300, [0.02] * 6)
    busy = learned(MAILED + timedelta(weeks=6))
    assert quiet.hazard < 0.002 < busy.hazard < 0.03
    assert any("counted in waves not yet mailed" in message for message in busy.messages)


def test_a_cancelled_appointment_is_no_answer(
    sqlite_ledger: str, folder: Folder, tmp_path: Path
) -> None:
    mailed_and_planned(folder, tmp_path, 400)
    bookings(tmp_path, 0, 400, CURVE, status="cancelled")
    found = learned(MAILED + timedelta(weeks=6))
    assert found.shared is None or found.shared.shares(26).sum() < 0.02


def test_cohorts_count_first_answers_by_week_and_leave_out_who_came_before_the_letter() -> None:
    from renotify.planner.cohorts import cohorts

    days = [MAILED + timedelta(days=n) for n in (-1, 0, 6, 7, 15)]
    table = pa.table(
        {"area": ["E"] * 7, "mailed_on": [MAILED] * 6 + [None], "answered_on": [*days, None, None]}
    )
    (cohort,) = cohorts(table, MAILED + timedelta(days=15), "area")[("E",)]
    assert cohort.mailed == 5
    assert np.array_equal(cohort.counts, [2, 1])  # the third week is still running


def test_a_follow_up_nobody_froze_teaches_nothing(sqlite_ledger: str) -> None:
    with pytest.raises(UnknownName):
        learned(MAILED)
