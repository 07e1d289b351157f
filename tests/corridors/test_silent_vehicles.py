"""Whose letter is out and who has not asked, with the chance that each asks in a week: worked out by hand on one recall."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridors import one_recall
from corridors import world as w
from renotify.ledger.scope import Scope
from renotify.ledger.session import open_session
from renotify.plans.expected import expected, silent_vehicles
from renotify.plans.in_force import plan_in_force
from small_world import Desk, World


def test_the_silent_are_those_behind_the_expected_visits(
    sqlite_ledger: str, tmp_path: Path
) -> None:
    """Four letters went out in week 0 and one owner has booked. A quarter asks in the letter's week, an eighth in the next one: of
    those who did not in the first, 0.125 / 0.75.
    """
    desk = one_recall.frozen(Desk(sqlite_ledger, tmp_path))
    desk.do("plan", "small", on=w.NOTICE)
    desk.do("mail", "release", "small", 1, "--out", "out", on=w.FIRST_LETTER)
    out = [vin for (vin,) in desk.sql("select vin from piece where state = 'printed' order by vin")]
    booked = World(desk.folder / "booked").appointment(out[0], w.EAST, w.A, day=w.MONDAYS[2])
    desk.do("load", booked.write(), on=w.MONDAYS[1])
    with open_session(sqlite_ledger) as session:
        plan = plan_in_force(session, "small")
        found = silent_vehicles(session, plan, w.MONDAYS[1]).to_pylist()
        nobody = silent_vehicles(session, plan, w.MONDAYS[1], Scope(dealer=w.WEST))
        brought = expected(session, plan, on=w.MONDAYS[1])
    assert [row["vin"] for row in found] == out[1:]
    assert [row["chance"] for row in found] == pytest.approx([0.125 / 0.75] * 3)
    assert {row["out_on"] for row in found} == {w.FIRST_LETTER}
    assert nobody.num_rows == 0
    # the other letters are due this week and not out: a quarter of their owners ask in it
    due = brought.asking[:, :, brought.now].sum()
    of_silent = brought.of_letters[:, :, brought.now].sum() - 0.25 * due
    assert of_silent == pytest.approx(sum(row["chance"] for row in found))
