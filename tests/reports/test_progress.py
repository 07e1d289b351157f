"""Where completion is going: a forecast from weekly remedies, with intervals only where past ones held."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import two_dealers
from folder import ON, Folder, make_vin
from renotify.campaigns.follow_up_settings import read
from renotify.errors import WrongUse
from renotify.ledger import intake
from renotify.ledger.session import Session
from renotify.planner.response_posterior import share_answered
from renotify.reports import progress
from renotify.selection.freeze import freeze_follow_up
from small_world import World, follow_up_file

MAILED = date(2013, 3, 5)
THETA = np.array([[-1.0, 1.1, 0.2]])


def answered(
    session: Session, folder: Folder, dealers: int, owners: int, weeks: int, chances: list[float]
) -> date:
    """Owners of each dealer get a letter on one day and come in by the curve; returns the day of the report."""
    rng = np.random.default_rng(1)
    folder.campaign("9LA")
    number = 0
    for d in range(dealers):
        code = f"D{d:04d}"
        folder.dealer(code, area=f"A{d % 2}")
        share = (
            np.diff(share_answered(THETA, np.arange(weeks + 1.0))[0]) * chances[d % len(chances)]
        )
        came = rng.multinomial(owners, [*share, 1 - share.sum()])
        for week, count in enumerate(came.tolist()):
            for _ in range(count):
                vin = make_vin(number)
                folder.vehicle(vin, "9LA", dealer=code, owner=None)
                folder.add("mail_events", vin=vin, campaign_code="9LA", mailed_date=MAILED, kind="mailed")  # fmt: skip
                if week < weeks:
                    folder.repair(
                        vin, "9LA", MAILED + timedelta(weeks=week, days=3), dealer_code=code
                    )
                number += 1
    on = MAILED + timedelta(weeks=weeks)
    intake.load(session, [folder.write()], on=on)
    return on


def test_the_forecast_has_intervals_where_past_intervals_held(
    session: Session, folder: Folder
) -> None:
    rows = progress.progress(session, answered(session, folder, 12, 60, 13, [1.0]), "dealer")
    assert len(rows) == 12
    for row in rows:
        told = row["forecast"]
        assert told["note"] == ""
        assert row["repaired"] <= told["low"][-1] <= told["done"][-1] <= told["high"][-1]
        assert told["done"] == sorted(told["done"])


def test_too_few_past_forecasts_show_no_interval_and_say_why(
    sqlite_session: Session, folder: Folder
) -> None:
    on = answered(sqlite_session, folder, 2, 60, 9, [1.0])
    for row in progress.progress(sqlite_session, on, "area"):
        assert row["forecast"]["low"] is None
        assert "past forecasts could be checked" in row["forecast"]["note"]
        assert row["forecast"]["done"][-1] >= row["repaired"]
        assert row["forecast"]["weeks"][0] == (on + timedelta(weeks=1)).isoformat()


def test_intervals_that_did_not_hold_are_not_shown(sqlite_session: Session, folder: Folder) -> None:
    rows = progress.progress(
        sqlite_session, answered(sqlite_session, folder, 12, 100, 13, [3.0, 0.1]), "dealer"
    )
    assert all(row["forecast"]["low"] is None for row in rows)
    assert "past 90 % intervals" in rows[0]["forecast"]["note"]


def test_a_campaign_without_letters_has_no_forecast(
    sqlite_session: Session, folder: Folder
) -> None:
    folder.campaign("9LA").dealer().vehicle(make_vin(1), "9LA")
    intake.load(sqlite_session, [folder.write()], on=ON)
    (row,) = progress.progress(sqlite_session, ON, "campaign")
    assert row["forecast"]["done"] is None
    assert "No forecast" in row["forecast"]["note"]


def test_progress_by_another_word_is_refused(sqlite_session: Session) -> None:
    with pytest.raises(WrongUse):
        progress.progress(sqlite_session, ON, "colour")


def test_the_forecast_starts_from_what_the_newest_follow_up_states(
    sqlite_session: Session, folder: Folder, tmp_path: Path
) -> None:
    """A letter of last week to forty owners, nobody in yet: where 60 % within two weeks are stated more are expected than by default."""
    folder.campaign("9LA").dealer()
    for number in range(40):
        folder.vehicle(make_vin(number), "9LA")
        folder.add(
            "mail_events", vin=make_vin(number), campaign_code="9LA", mailed_date=ON, kind="mailed"
        )
    on = ON + timedelta(days=8)
    intake.load(sqlite_session, [folder.write()], on=on)
    (before,) = progress.progress(sqlite_session, on, "campaign")
    stated = follow_up_file(
        tmp_path / "followup.toml", {"share": 0.6, "scale_weeks": 2.0, "shape": 1.0}, name="small",
        kind="follow_up_voluntary", campaigns=["9LA"], notice_date=ON, days_after_notice=7,
        rest_weeks=0,
    )  # fmt: skip
    freeze_follow_up(sqlite_session, read(stated), ON)
    (after,) = progress.progress(sqlite_session, on, "campaign")
    assert after["forecast"]["done"][-1] > 2 * before["forecast"]["done"][-1] > 0


def booked(world: World, number: int, on: date, days: int, status: str = "booked") -> None:
    """An appointment of a vehicle, made on a day, so many days later."""
    world.add(
        "appointments", appointment_id=f"B{number}", dealer_code="D0001", vin=make_vin(number), campaign_codes="9LA",
        start=f"{on + timedelta(days=days)}T09:00", status=status, booked_on=on,
    )  # fmt: skip


def test_visits_that_are_booked_are_done_in_their_weeks_and_those_asked_for_later_as_long_after(
    sqlite_session: Session, folder: Folder
) -> None:
    """Thirty owners had a letter a week ago; ten of them booked visits of the week after next: none is done before it, and then all ten."""
    folder.campaign("9LA").dealer()
    for number in range(30):
        folder.vehicle(make_vin(number), "9LA")
        folder.add(
            "mail_events", vin=make_vin(number), campaign_code="9LA", mailed_date=ON, kind="mailed"
        )
    on = ON + timedelta(days=8)
    world = World(folder.path.parent / "booked")
    for number in range(10):
        booked(world, number, ON + timedelta(days=2), 21)
    intake.load(sqlite_session, [folder.write()], on=on)
    (before,) = progress.progress(sqlite_session, on, "campaign")
    intake.load(sqlite_session, [world.write()], on=on)
    (row,) = progress.progress(sqlite_session, on, "campaign")
    done = row["forecast"]["done"]
    assert done[:2] == [0.0, 0.0]  # visits come three weeks after they are asked for
    assert done[2] == 10.0
    assert done[3] > 10.0
    assert (
        before["forecast"]["done"][0] > 0
    )  # without a booking on file an answer is known by its repair


def test_owners_who_do_not_come_are_done_a_week_later(
    sqlite_session: Session, folder: Folder
) -> None:
    """Of forty visits on file ten were missed: of ten that are booked for this week 7.5 are done in it, 9.4 by the end of the next."""
    folder.campaign("9LA").dealer()
    world = World(folder.path.parent / "booked")
    for number in range(50):
        folder.vehicle(make_vin(number), "9LA")
        if number < 10:
            folder.add(
                "mail_events",
                vin=make_vin(number),
                campaign_code="9LA",
                mailed_date=ON,
                kind="mailed",
            )
            booked(world, number, ON + timedelta(days=1), 10)
        else:
            booked(world, number, ON - timedelta(days=90), 7, "no_show" if number < 20 else "done")
    on = ON + timedelta(days=8)
    intake.load(sqlite_session, [folder.write(), world.write()], on=on)
    (row,) = progress.progress(sqlite_session, on, "campaign")
    assert row["forecast"]["done"] == pytest.approx([7.5, 9.375, 9.84, 9.96], abs=0.25)


def test_an_interim_notice_by_a_plan_is_no_letter_that_asks_in(
    own_session: Session, tmp_path: Path
) -> None:
    """Guards: listed.interim -> letters of the forecast, those that are out and those to come."""
    day, on = date(2013, 3, 6), date(2013, 3, 18)
    told = World(tmp_path / "told")
    pieces = own_session.read(
        f"select piece_id from piece where bundle = 'PMP' and vin <> '{two_dealers.WEST_OPEN}'",
        pa.schema([("piece_id", pa.string())]),
    )["piece_id"].to_pylist()
    for piece in pieces:
        told.add("mail_events", piece_id=piece, kind="mailed", mailed_date=day)
    intake.load(own_session, [told.write()], on=on)

    def forecast() -> bool:
        (row,) = (
            one
            for one in progress.progress(own_session, on, "campaign")
            if one["campaign"] == "PMP"
        )
        return row["forecast"]["note"] != progress.NOTHING

    assert forecast()
    with own_session.transaction():
        own_session.execute("update listed set interim = true")
    assert not forecast()
    with own_session.transaction():  # one to come would be one to count
        own_session.execute(f"update listed set interim = (vin <> '{two_dealers.WEST_OPEN}')")
    assert forecast()
