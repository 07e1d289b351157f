"""The day stated of first notices is one: whom the clock of owner letters has for told, no list of first notices writes to."""

from __future__ import annotations

from datetime import date, timedelta

from corridors import world as w
from small_world import Desk, World, follow_up_file, vin

NUMBER = "13V001000"
FILED, STATED, JOINED, ASKED = (date(2013, 2, day) for day in (4, 15, 20, 27))
DUE = FILED + timedelta(days=60)  # 5 April
ONE, OTHER, LATER = (vin(number) for number in (41, 42, 43))


def listed(desk: Desk, name: str) -> dict[str, str]:
    """Make a list of first notices of the second code, and return why each vehicle is left out (blank: it is not)."""
    stated = w.SETTINGS | {"name": name, "kind": "initial", "campaigns": ("B",), "horizon_weeks": 4}
    response = {"share": w.SHARE, "scale_weeks": 1.0, "shape": 1.0, "background_per_week": 0}
    desk.run("followup", "new", follow_up_file(desk.folder / f"{name}.toml", response, **stated), "--on", ASKED)  # fmt: skip
    return dict(desk.sql(f"select vin, left_out from listed where follow_up = '{name}'"))


def owed(desk: Desk) -> tuple[str, int | None]:
    (found,) = (one for one in desk.do("deadlines", on=ASKED) if one["what"] == "owner letters")
    assert found["due"] == str(DUE)
    return found["state"], found["vehicles"]


def test_a_day_that_is_stated_of_one_code_speaks_for_every_code_of_its_number(ledger, tmp_path):
    desk = Desk(ledger, tmp_path / "desk")
    world = World(tmp_path / "in").dealer(w.EAST)
    for code, one in (("A", ONE), ("B", OTHER)):
        world.campaign(code, nhtsa_campaign_number=NUMBER, filed_date=FILED, first_notice_date=None)
        world.labour(code, 1.0).vehicle(one, code, dealer=w.EAST)
    desk.do("load", world.write(), on=FILED)
    desk.do("deadlines", "--filed", "A:letters", on=STATED)
    assert owed(desk)[0] == "ok"
    late = World(tmp_path / "late").vehicle(LATER, "B", dealer=w.EAST)
    desk.do("load", late.write(), on=JOINED)
    assert (
        owed(desk)[1] == 1
    )  # who joined on 20 February had none by the 15th: the clock and the list say so of the same vehicle
    assert listed(desk, "one") == {OTHER: "first_notice_stated", LATER: ""}
