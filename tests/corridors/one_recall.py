"""A follow-up small enough for pencil and paper: twelve owners of recall A at one dealer, four pieces a week, six weeks."""

from __future__ import annotations

from typing import Any

from corridors import world as w
from small_world import Desk, World, follow_up_file, vin

OWNERS, SHARE, A_WEEK = 12, 0.5, 4


def frozen(desk: Desk) -> Desk:
    """Load it and freeze its list: half of the owners answer, half of these in the letter's week; a visit takes an hour and a pipe."""
    world = World(desk.folder / "input").dealer(w.EAST).campaign(w.A, risk_weight=w.RISK[w.A])
    world.labour(w.A, 1.0).capacity(w.EAST, {w.MONDAYS[0]: 40.0})
    world.part(w.PIPE).takes(w.A, w.PIPE, 1).supply(w.PIPE, {w.MONDAYS[0]: 50.0})
    for number in range(OWNERS):
        world.vehicle(vin(number), w.A, dealer=w.EAST)
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {
        "name": "small", "campaigns": (w.A,), "mail_house_letters_per_week": A_WEEK
    }  # fmt: skip
    response = {"share": SHARE, "scale_weeks": w.HALF_LIFE, "shape": 1.0, "background_per_week": 0}
    file = follow_up_file(desk.folder / "small.toml", response, **stated)
    desk.do("followup", "new", file, on=w.NOTICE)
    return desk


def by_week(document: dict[str, Any]) -> dict[int, int]:
    """Return the letters of a plan's document by week."""
    found: dict[int, int] = {}
    for row in document["letters"]:
        found[row["week"]] = found.get(row["week"], 0) + row["count"]
    return found
