"""Letters that are out keep their visits, whatever models the letters are of that are left to plan."""

from __future__ import annotations

from typing import Any

from corridors import world as w
from corridors.one_recall import SHARE
from small_world import Desk, World, follow_up_file, vin

FIRST, LATER = 4, 4  # letters of week 0, of both models, and of week 1, of the small one alone


def two_models(desk: Desk) -> Desk:
    """Eight owners of one recall at one dealer, four pieces a week; models that take the same. The newest registrations go first."""
    world = World(desk.folder / "input").dealer(w.EAST).campaign(w.A, risk_weight=w.RISK[w.A])
    world.labour(w.A, 1.0).capacity(w.EAST, {w.MONDAYS[0]: 40.0})
    for number in range(FIRST + LATER):
        model = w.LARGE if number < FIRST - 1 else w.SMALL
        world.vehicle(vin(number), w.A, dealer=w.EAST, model=model, owner=None)
        world.owner(vin(number), as_of=f"2012-12-{30 - number}")
    desk.do("load", world.write(), on=w.NOTICE)
    stated = w.SETTINGS | {
        "name": "small",
        "campaigns": (w.A,),
        "mail_house_letters_per_week": FIRST,
    }
    response = {"share": SHARE, "scale_weeks": w.HALF_LIFE, "shape": 1.0, "background_per_week": 0}
    desk.do(
        "followup",
        "new",
        follow_up_file(desk.folder / "small.toml", response, **stated),
        on=w.NOTICE,
    )
    desk.do("plan", "small", on=w.NOTICE)
    return desk


def visits(desk: Desk) -> list[float]:
    rows: list[dict[str, Any]] = desk.do("workload", "small", on=w.MONDAYS[1])["rows"]
    return [row["appointments"] for row in rows]


def test_a_replan_forgets_no_model_whose_letters_are_all_out(desk: Desk) -> None:
    """Week 0 wrote to three of the large model and one of the small; what is left is small alone. All four still answer."""
    two_models(desk)
    desk.do("mail", "release", "small", 1, "--out", "out", on=w.FIRST_LETTER)
    before = visits(desk)
    # of four silent for a week, 1/3 of the rest: shares 0.25, 0.125, .. of 0.75; of four new letters 0.25
    assert before[0] == round(4 * (0.125 / 0.75) + 4 * 0.25, 2) == 1.67
    desk.do("replan", "small", on=w.MONDAYS[1])
    assert visits(desk) == before
