"""From the ledger to cohorts: what is a request, whose visits are no background, and where the learned figures arrive."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from cli_support import follow_up_file
from folder import ON, Folder, make_vin
from renotify.campaigns.follow_up_settings import read
from renotify.ledger import intake, tables
from renotify.ledger.session import Session
from renotify.planner import from_ledger, weekly
from renotify.planner.cohorts import cohorts
from renotify.planner.learning import Learned, background_of, history
from renotify.planner.pooled_response import Pooled, fit
from renotify.planner.response_posterior import PRIOR
from renotify.plans.stated import stated_responses, walk_in_rates
from renotify.selection.freeze import freeze_follow_up

MAILED = date(2013, 3, 5)
WEEKS = 6
TODAY = MAILED + timedelta(weeks=WEEKS)
LISTED = 20
OUT = 10  # of them have a letter: the first ones


def day(week: int, days: int = 2) -> date:
    return MAILED + timedelta(weeks=week, days=days)


@pytest.fixture
def later(sqlite_session: Session, folder: Folder, tmp_path: Path) -> Folder:
    return started(sqlite_session, folder, tmp_path)


def started(session: Session, folder: Folder, tmp_path: Path) -> Folder:
    """A follow-up of which ten letters of twenty are out; what is put in comes in another folder."""
    folder.campaign("9LA").dealer()
    for number in range(LISTED):
        folder.vehicle(make_vin(number), "9LA")
    intake.load(session, [folder.write()], on=ON, rejects_dir=tmp_path)
    freeze_follow_up(session, read(follow_up_file(tmp_path, ["9LA"])), ON)
    with session.transaction():
        session.stage("out", pa.table({"vin": [make_vin(n) for n in range(OUT)]}))
        session.execute(
            "update piece set state = 'accepted', mailed_on = :day where vin in (select vin from out)",
            day=MAILED,
        )
    return Folder(tmp_path / "later")


def visit(later: Folder, number: int, start: date, **extra: object) -> None:
    later.add(
        "appointments", appointment_id=f"A{number}", dealer_code="D0001", vin=make_vin(number), campaign_codes="9LA",
        **({"start": f"{start}T09:00", "status": "booked"} | extra),
    )  # fmt: skip


def answers(session: Session, later: Folder, on: date = TODAY) -> tuple[int, list[int], float, int]:
    """Letters out, first answers by week, owner-weeks and bookings without a letter, once the folder is loaded."""
    if later.rows:
        intake.load(session, [later.write()], on=on)
    known = history(session, "small", TODAY)
    owners, background = known.owners, background_of(known, TODAY)
    (cohort,) = cohorts(owners, TODAY, "bundle")[("9LA",)]
    return (
        cohort.mailed, cohort.counts.tolist(), background["owner_weeks"], int(background["bookings"]),
    )  # fmt: skip


def in_weeks(*weeks: int) -> list[int]:
    return np.bincount(weeks, minlength=WEEKS).tolist()


WAITED = (TODAY - ON).days / 7 * (LISTED - OUT) + (
    MAILED - ON
).days / 7 * OUT  # weeks without a letter


def test_an_appointment_counts_on_the_day_it_was_made_however_late_the_visit(
    session: Session, folder: Folder, tmp_path: Path
) -> None:
    later = started(session, folder, tmp_path)
    visit(later, 0, start=day(1), booked_on=day(1))
    visit(later, 1, start=TODAY + timedelta(weeks=20), booked_on=day(2))
    assert answers(session, later) == (10, in_weeks(1, 2), pytest.approx(WAITED), 0)


def test_an_appointment_without_that_day_counts_on_the_day_of_the_load_that_brought_it(
    sqlite_session: Session, later: Folder
) -> None:
    """The same row in a later file, with another visit, keeps the day of the first."""
    visit(later, 0, start=day(30))
    intake.load(sqlite_session, [later.write()], on=day(1))
    later.rows["appointments"][0]["start"] = f"{day(40)}T10:00"
    assert answers(sqlite_session, later, on=day(4)) == (10, in_weeks(1), pytest.approx(WAITED), 0)
    (row,) = tables.read(sqlite_session, "appointment", "booked_on", "first_loaded_on").to_pylist()
    assert row == {"booked_on": None, "first_loaded_on": day(1)}


def test_a_visit_before_its_file_counts_on_its_own_day(
    sqlite_session: Session, later: Folder
) -> None:
    visit(later, 0, start=day(1), status="done")
    assert answers(sqlite_session, later, on=TODAY)[1] == in_weeks(1)


def test_whoever_comes_without_an_appointment_counts_on_the_day_of_the_repair_whichever_is_first(
    sqlite_session: Session, later: Folder
) -> None:
    later.repair(make_vin(0), "9LA", day(3)).repair(make_vin(1), "9LA", day(4))
    visit(later, 1, start=day(4), booked_on=day(2))
    visit(later, 2, start=day(1), booked_on=day(1), status="cancelled")
    later.repair(make_vin(2), "9LA", day(5))
    assert answers(sqlite_session, later)[1] == in_weeks(3, 2, 5)


def test_an_inspection_that_found_the_part_needed_is_an_answer(
    sqlite_session: Session, later: Folder
) -> None:
    later.repair(make_vin(0), "9LA", day(3), "needs_part")
    assert answers(sqlite_session, later)[1] == in_weeks(3)
    assert tables.read(sqlite_session, "state", "status", where="status <> 'open'").num_rows == 0


def test_a_visit_booked_at_the_freeze_is_neither_background_nor_an_answer(
    sqlite_session: Session, later: Folder
) -> None:
    """Owner 15 has no letter, owner 0 one: both were booked before, and came; 16 booked after the freeze, 17 cancelled."""
    for number in (15, 0):
        visit(later, number, start=day(1), booked_on=ON - timedelta(days=1), status="done")
        later.repair(make_vin(number), "9LA", day(1))
    visit(later, 16, start=day(2), booked_on=day(1))
    visit(later, 17, start=day(2), booked_on=ON - timedelta(days=1), status="cancelled")
    weeks = WAITED - (TODAY - ON).days / 7 - (MAILED - ON).days / 7 - (TODAY - day(1)).days / 7
    assert answers(sqlite_session, later) == (9, in_weeks(), pytest.approx(weeks), 1)


def test_a_visit_that_was_on_file_before_its_stated_day_was_made_when_it_came_in(
    sqlite_session: Session, later: Folder
) -> None:
    """The dealer's file gives the visit another day of booking when it tells that the owner came; the ledger had it a week before."""
    visit(later, 0, start=day(3))
    intake.load(sqlite_session, [later.write()], on=day(1))
    later.rows["appointments"][0] |= {"status": "done", "booked_on": day(3).isoformat()}
    assert answers(sqlite_session, later)[1] == in_weeks(1)


def test_a_visit_that_was_over_at_the_freeze_leaves_the_owner_in(
    sqlite_session: Session, later: Folder
) -> None:
    visit(
        later, 0, start=ON - timedelta(days=9), booked_on=ON - timedelta(days=30), status="no_show"
    )
    later.repair(make_vin(0), "9LA", day(0))
    assert answers(sqlite_session, later)[:2] == (10, in_weeks(0))


def test_a_booking_day_in_the_future_is_refused(sqlite_session: Session, later: Folder) -> None:
    visit(later, 0, start=day(9), booked_on=TODAY + timedelta(days=1))
    assert (
        intake.load(sqlite_session, [later.write()], on=TODAY).tables["appointments"].rejected == 1
    )


# ---- where the learned walk-ins arrive


def test_orders_and_reports_take_what_the_newest_follow_up_states(
    sqlite_session: Session, later: Folder
) -> None:
    assert walk_in_rates(sqlite_session, ["9LA", "ALE"]) == {"9LA": 0.003, "ALE": 0.003}
    assert stated_responses(sqlite_session, ["9LA"])["9LA"].share == 0.07


def test_orders_take_the_walk_ins_that_a_replan_has_learned(
    sqlite_session: Session, later: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_ledger.plan_follow_up(sqlite_session, "small", "optimal")
    assert walk_in_rates(sqlite_session, ["9LA"]) == {"9LA": 0.003}
    monkeypatch.setattr(
        weekly, "learn_from", lambda *_: Learned(Pooled({}, fit([])), {"": PRIOR}, 0.0123, 26, ())
    )
    weekly.replan_follow_up(sqlite_session, "small", TODAY)
    assert walk_in_rates(sqlite_session, ["9LA", "9LA+ALE"]) == {"9LA": 0.0123, "9LA+ALE": 0.003}
