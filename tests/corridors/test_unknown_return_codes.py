"""A letter that came back with a code that nobody knows: no follow-up writes to that address before a person has settled it."""

from __future__ import annotations

from datetime import date

import pytest

from corridors import one_recall
from corridors import world as w
from small_world import Desk, World, follow_up_file, vin, write_csv

BACK, AGAIN = date(2013, 3, 20), date(2013, 4, 2)
UNKNOWN = "ZZZ"


@pytest.fixture
def back(desk: Desk) -> Desk:
    """Four letters are mailed, and the first vehicle's comes back."""
    one_recall.frozen(desk)
    desk.do("plan", "small", on=w.NOTICE)
    desk.do("mail", "release", "small", 1, "--out", "out", on=w.FIRST_LETTER)
    pieces = dict(desk.sql("select vin, piece_id from piece where wave = 1"))
    rows = [
        {"piece_id": one, "status": "accepted", "mailed_date": w.FIRST_LETTER}
        for one in pieces.values()
    ]
    file = write_csv(desk.folder / "evidence.csv", rows)
    desk.do("mail", "accept", "small", 1, file, on=w.FIRST_LETTER)
    came = {"piece_id": pieces[vin(0)], "returned_date": BACK, "return_code": UNKNOWN}
    desk.do("mail", "returned", write_csv(desk.folder / "back.csv", [came]), on=BACK)
    return desk


def listed_again(desk: Desk, name: str) -> dict[str, str]:
    """Freeze another list of the same recall; return why each vehicle is left out, blank for one that is listed."""
    stated = w.SETTINGS | {
        "name": name, "campaigns": (w.A,), "notice_date": AGAIN, "rest_weeks": 0, "mail_house_letters_per_week": 40
    }  # fmt: skip
    file = follow_up_file(
        desk.folder / f"{name}.toml", {"share": 0.5, "scale_weeks": 2.0, "shape": 1.0}, **stated
    )
    desk.do("followup", "new", file, on=AGAIN)
    return dict(desk.sql(f"select vin, left_out from listed where follow_up = '{name}'"))


def settled(desk: Desk, action: str) -> None:
    world = World(desk.folder / action).add("return_codes", code=UNKNOWN, action=action)
    desk.do("load", world.write(), on=AGAIN)


def test_the_next_list_leaves_its_owner_out_until_the_code_is_known(back: Desk) -> None:
    asked = back.do("mail", "work", "small", on=AGAIN)
    assert [row["vin"] for row in asked["pieces"] if row["list"] == "ask"] == [vin(0)]
    assert listed_again(back, "again")[vin(0)] == "mail_returned"
    settled(back, "retry_same")
    assert listed_again(back, "settled")[vin(0)] == ""


def test_a_letter_that_was_listed_before_is_withdrawn_at_its_release(back: Desk) -> None:
    """The code is known when the list is frozen, and no longer when its wave goes: the letter does not go to that address."""
    settled(back, "retry_same")
    assert listed_again(back, "again")[vin(0)] == ""
    back.do("plan", "again", on=AGAIN)
    back.forget("return_code", "true")
    done = back.do("mail", "release", "again", 1, "--out", "out", on=date(2013, 4, 9))
    state = dict(
        back.sql("select vin, state || ' ' || reason from piece where follow_up = 'again'")
    )
    assert state[vin(0)] == "withdrawn mail_returned"
    assert done["withdrawn"] >= 1
