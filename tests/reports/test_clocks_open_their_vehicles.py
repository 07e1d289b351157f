"""The vehicles that a clock counts can be listed by its id: as many rows as the count says, each with why it is counted."""

from __future__ import annotations

from datetime import date

import pytest

from corridors import world as w
from opened_counts import clocks_opened
from reports.test_letters_of_left_vehicles import BEGUN, GONE, LATER, recalls
from small_world import Desk, World, follow_up_file, vin


@pytest.fixture
def desk(ledger, tmp_path):
    return Desk(ledger, tmp_path / "desk")


def listed(desk: Desk, name: str, on: date, *more: object) -> list[tuple[str, str, str]]:
    found = desk.do("deadlines", "--list", name, *more, on=on)
    assert found["total"] == len(found["rows"])
    return [(row["vin"], row["campaign"], row["counted"]) for row in found["rows"]]


def test_letters_that_are_owed_late_or_lost_are_named(desk, tmp_path):
    """Of SCR one vehicle was told on 1 February, one never, which is scrapped in April; of LAT the second was told in April."""
    desk.do("load", recalls(tmp_path / "in", "SCR", "LAT").write(), on=date(2024, 3, 15))
    assert listed(desk, "SCR:letters", date(2024, 3, 15)) == [
        (vin(1), "SCR", "open, and had no first notice")
    ]
    clocks_opened(desk, date(2024, 3, 15))
    more = World(tmp_path / "more").status(vin(1), "scrapped", GONE)
    more.add("mail_events", vin=vin(3), campaign_code="LAT", kind="mailed", mailed_date=GONE)
    desk.do("load", more.write(), on=LATER)
    assert listed(desk, "SCR:letters", LATER) == [
        (vin(1), "SCR", "left after the last day without a first notice")
    ]
    assert listed(desk, "LAT:letters", LATER) == [
        (vin(3), "LAT", "had its first notice after the last day")
    ]
    clocks_opened(desk, LATER)


def test_vehicles_that_joined_are_named_by_their_day_and_two_clocks_of_one_id_by_their_last_day(
    desk, tmp_path
):
    """Two joined on 10 March, one of them was repaired a day too late; a third joined on 12 March."""
    world = recalls(tmp_path / "in", "REP", untold=False)
    for number, day in ((7, 10), (8, 10), (9, 12)):
        joined = date(2024, 3, day)
        world.vehicle(vin(number), dealer="D1")
        world.add("population", campaign_code="REP", vin=vin(number), added_date=joined)
    world.repair(vin(7), "REP", date(2024, 5, 10), dealer="D1")
    desk.do("load", world.write(), on=date(2024, 6, 1))
    told = clocks_opened(desk, date(2024, 3, 14))
    assert "joined after the report" in told
    amended = [
        (one["list"], one["vehicles"])
        for one in desk.do("deadlines", on=date(2024, 3, 14))
        if one["id"] == "REP:report_573_amendment"
    ]
    assert [vehicles for _, vehicles in amended] == [2, 1]
    assert all(" --due 2024-03-" in command for command, _ in amended)
    assert {tuple(row) for row in listed(desk, "REP:letters:joined", date(2024, 6, 1))} == {
        (vin(number), "REP", "joined later, open, and had no first notice") for number in (8, 9)
    }
    desk.do("load", World(tmp_path / "w").labour("REP", 1.0).repair(vin(8), "REP", date(2024, 6, 2), dealer="D1")
            .repair(vin(9), "REP", date(2024, 6, 2), dealer="D1").write(), on=date(2024, 6, 3))  # fmt: skip
    lost = {"joined later, and left without a first notice"}
    assert {row[2] for row in listed(desk, "REP:letters:joined", date(2024, 6, 3))} == lost
    clocks_opened(desk, date(2024, 6, 3))


def test_letters_of_a_follow_up_are_named_before_and_after_they_went(desk, tmp_path):
    """Two letters: their addresses are of 2009, too old for any wave."""
    world = recalls(tmp_path / "in", "NEW", first_notice_date=BEGUN)
    desk.do("load", world.write(), on=LATER)
    stated = w.SETTINGS | {"name": "spring", "campaigns": ("NEW",), "notice_date": LATER}
    file = follow_up_file(desk.folder / "f.toml", {"share": 0.5}, **stated)
    desk.do("followup", "new", file, on=LATER)
    desk.do("plan", "spring", "--policy", "all-at-once", on=LATER)
    told = clocks_opened(desk, LATER)
    assert {"its letter is to come", "its address is too old for its letter"} <= told
    desk.do("mail", "release", "spring", 1, on=date(2024, 4, 17))
    assert "released, and the mail house has not told its mailing" in clocks_opened(
        desk, date(2024, 4, 20)
    )


def test_an_id_that_is_none_is_asked_back_and_a_day_without_a_clock_refused(desk, tmp_path):
    desk.do("load", recalls(tmp_path / "in", "SCR").write(), on=LATER)
    refused = desk.run("deadlines", "--list", "SCR:leters", "--on", LATER)
    assert (refused.code, "Did you mean SCR:letters" in refused.err) == (1, True)
    refused = desk.run("deadlines", "--list", "SCR:letters", "--due", "2024-01-01", "--on", LATER)
    assert (refused.code, "Known are 2024-03-02." in refused.err) == (1, True)
