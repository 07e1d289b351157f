"""The analyst of a play signs the letters of a wave, in whichever words its release asks for a signature."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailing.follow_up import NAME, plan, small_follow_up, vehicle
from renotify.answering.analyst import SIGNED_BY, Analyst, Monday
from renotify.ledger.session import Session
from small_world import Desk

TUESDAY = date(2013, 3, 5)


@pytest.mark.parametrize(
    ("rule", "defect"),
    [
        ("ask", "A pump can break."),  # held: versions are not signed off
        ("refuse", "A pump can break."),  # refused: nobody signed
        (
            "tell",
            "A pump can break. A leak is highly unlikely.",
        ),  # refused: no rule decides a sentence
    ],
)
def test_a_wave_that_waits_for_a_signature_is_signed_and_goes(
    rule: str, defect: str, sqlite_session: Session, sqlite_ledger: str, tmp_path: Path
) -> None:
    world = small_follow_up(tmp_path / "input", ALE={"defect": defect})
    vehicle(world, 1, "ALE")
    plan(sqlite_session, world, readiness={"notices": "tell", "versions": rule})
    desk = Desk(sqlite_ledger, tmp_path / "desk")
    monday = Monday(TUESDAY)
    Analyst(desk, NAME, tell_weekly=False, silent_from=99)._release(NAME, monday)
    assert monday.held == []
    assert [one["printed"] for one in monday.released] == [1]
    assert set(desk.sql("select approved_by from approval")) == {(SIGNED_BY,)}
