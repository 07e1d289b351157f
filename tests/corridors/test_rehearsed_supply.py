"""A play slips promised kits itself: it begins with them in their weeks, however late the plan holds without them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corridors import world as w
from small_world import Desk, World, follow_up_file, vin

OWNERS = 20
FIRST, SECOND = w.MONDAYS[:2]
STATED = {"share": w.SHARE, "scale_weeks": w.HALF_LIFE, "shape": 1.0, "background_per_week": 0.0}


@pytest.fixture
def desk(sqlite_ledger: str, tmp_path: Path) -> Desk:
    """Twenty owners whose repair takes a pipe: two pipes are there in the first week, thirty are to come in the second."""
    desk = Desk(sqlite_ledger, tmp_path)
    world = World(desk.folder / "input").campaign(w.A, risk_weight=5.0)
    world.dealer(w.EAST).capacity(w.EAST, {FIRST: 400.0}).labour(w.A, 1.0)
    world.part(w.PIPE).takes(w.A, w.PIPE, 1).supply(w.PIPE, {FIRST: 2.0})
    for number in range(OWNERS):
        world.vehicle(vin(number), w.A, dealer=w.EAST)
    desk.do("load", world.write(), on=w.NOTICE)
    settings = w.SETTINGS | {"name": "small", "campaigns": (w.A,), "mail_house_letters_per_week": OWNERS}  # fmt: skip
    file = follow_up_file(desk.folder / "small.toml", STATED, **settings)
    desk.do("followup", "new", file, on=w.NOTICE)
    return desk


def told(desk: Desk, status: str) -> None:
    """Load the pipes of the second week as promised, or as confirmed."""
    world = World(desk.folder / status).part(w.PIPE)
    world.add("part_supply", part_no=w.PIPE, week=SECOND, supply_qty=30, status=status)
    desk.do("load", world.write(), on=w.NOTICE)


def played(desk: Desk, late: int) -> Any:
    document = desk.do(
        "rehearse", "small", "--runs", 30, "--workers", 1, "--late", late, on=w.FIRST_LETTER
    )
    return {key: document[key] for key in ("analyst", "parts", "dealers", "owner")}


@pytest.mark.parametrize("under_way", [False, True], ids=["before a release", "under way"])
def test_promised_kits_are_played_in_their_weeks_and_slip_by_what_is_asked(
    desk: Desk, under_way: bool
) -> None:
    """Half of the letters leave in the first week and half in the second, whatever kits there are: the same weeks are lived where
    the pipes are promised and where they are confirmed, in time and two weeks late.
    """
    told(desk, "promised")
    desk.do("plan", "small", "--policy", "uniform:2", on=w.NOTICE)
    if under_way:
        desk.do("mail", "release", "small", 1, "--out", "out", on=w.FIRST_LETTER)
    promised = {late: played(desk, late) for late in (0, 2)}
    told(desk, "confirmed")
    if not under_way:
        desk.do("plan", "small", "--policy", "uniform:2", on=w.NOTICE)
    assert promised == {late: played(desk, late) for late in (0, 2)}
    assert promised[0]["parts"] != promised[2]["parts"]
