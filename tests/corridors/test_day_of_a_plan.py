"""A plan is made again as of a day that is not before what is on record of its letters."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from corridors import one_recall
from corridors import world as w
from small_world import Desk, write_csv

OUT = date(2013, 3, 6)


@pytest.fixture
def small(desk: Desk) -> Desk:
    one_recall.frozen(desk)
    desk.do("plan", "small", on=w.NOTICE)
    return desk


def refused(desk: Desk, on: date, *more: object) -> str:
    said = desk.run("replan", "small", *more, "--on", on)
    assert said.code == 1
    return " ".join(said.err.split())


@pytest.mark.parametrize("more", [(), ("--as", "draft")])
def test_a_day_before_a_release_is_refused_with_what_to_do(
    small: Desk, more: tuple[str, ...]
) -> None:
    small.do("mail", "release", "small", 1, "--out", "out", on=OUT)
    before = small.sql("select policy from plan")
    said = refused(small, OUT - timedelta(days=1), *more)
    assert "Letters of small were released on 2013-03-06, and 2013-03-05 is before it" in said
    assert "Plan again as of 2013-03-06 or later" in said
    assert small.sql("select policy from plan") == before
    assert small.do("replan", "small", on=OUT)["made_on"] == str(OUT)


def test_a_day_before_letters_were_mailed_is_refused(small: Desk) -> None:
    small.do("mail", "release", "small", 1, "--out", "out", on=OUT)
    pieces = small.sql("select piece_id from piece where wave = 1")
    mailed = OUT + timedelta(days=2)
    rows = [{"piece_id": piece, "status": "accepted", "mailed_date": mailed} for (piece,) in pieces]
    small.do(
        "mail", "accept", "small", 1, write_csv(small.folder / "evidence.csv", rows), on=mailed
    )
    assert "were mailed on 2013-03-08" in refused(small, mailed - timedelta(days=1))
    small.do("replan", "small", on=mailed)


def test_a_day_before_the_plan_in_force_is_told_loudly_and_taken(small: Desk) -> None:
    """Nothing is out: the plan of a later day may have been the mistake."""
    assert "BEWARE" not in small.do("replan", "small", on=w.MONDAYS[1])["messages"][0]
    again = small.do("replan", "small", on=w.FIRST_LETTER)
    assert again["messages"][0].startswith(
        "BEWARE: the plan of small in force until now was made as of 2013-03-11, after 2013-03-05"
    )


def test_a_plan_of_an_unchanged_ledger_is_the_same_on_its_week_and_the_days_before(
    small: Desk,
) -> None:
    """A re-plan kept no margin on parts for the letters of frozen weeks, and promised more than the plan had proven to be possible."""
    made = small.do("plan", "small", on=w.NOTICE)
    for on in (w.NOTICE, w.FIRST_LETTER):
        again = small.do("replan", "small", on=on)
        assert again["letters"] == made["letters"]
        assert [again[key] for key in ("objective", "bound")] == [made["objective"], made["bound"]]
        assert {one for one in made["messages"] if "binds" in one} <= set(again["messages"])


def test_a_release_is_recalled_by_either_name(small: Desk) -> None:
    why = ("--because", "wrong paper", "--by", "analyst")
    for name in ("recall", "call-back"):
        small.do("mail", "release", "small", 1, "--out", "out", on=OUT)
        assert small.do("mail", name, "small", 1, *why, on=OUT)["called_back"] == one_recall.A_WEEK
