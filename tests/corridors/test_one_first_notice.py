"""A list of first notices leaves out, under named reasons, whose first notice of the recall is out or planned elsewhere (577.7(a)(1))."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest

from conftest import STORES
from corridors import world as w
from small_world import Answer, Desk, World, follow_up_file, vin

BY_LEDGER, BY_STATEMENT, BY_FOLLOW_UP = "N01", "N02", "N03"
AHEAD = date(2013, 3, 20)  # a first notice that is stated and still to come
FILED, STATED, MAILED, JOINED = (date(2013, 2, day) for day in (4, 15, 20, 27))
TOLD, *WAITING = (vin(number) for number in (1, 2, 3))
LATE = vin(4)
BEFORE, BEFORE_TOO, AFTER = (vin(number) for number in (5, 6, 7))
ASKED_IN = vin(8)
BOTH = vin(
    9
)  # of the second recall, whose first notices are stated, and of the first, of which it had none

CLOCK, FURTHER = (
    "the clock of owner letters states",
    "A further letter is a follow-up or a second notice.",
)


def new(desk: Desk, name: str, code: str, kind: str = "initial", *more: str) -> Answer:
    stated = w.SETTINGS | {
        "name": name,
        "kind": kind,
        "campaigns": (code, *more),
        "horizon_weeks": 4,
    }
    response = {"share": w.SHARE, "scale_weeks": 1.0, "shape": 1.0, "background_per_week": 0}
    file = follow_up_file(desk.folder / f"{name}.toml", response, **stated)
    return desk.run("followup", "new", file, "--on", JOINED, "--json")


def left_out(desk: Desk, name: str) -> dict[str, str]:
    return dict(desk.sql(f"select vin, left_out from listed where follow_up = '{name}'"))


@pytest.fixture(scope="module", params=STORES)
def desk(
    request: pytest.FixtureRequest,
    new_ledger: Callable[..., AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """Three recalls of one day: of one a letter is known, of one the day is stated, of one a follow-up is planned; two vehicles join."""
    folder: Path = tmp_path_factory.mktemp("first")
    with new_ledger(request, folder, request.param) as url:
        desk = Desk(url, folder / "desk")
        world = World(desk.folder / "input").dealer(w.EAST)
        for code, day in ((BY_LEDGER, None), (BY_STATEMENT, STATED), (BY_FOLLOW_UP, AHEAD)):
            world.campaign(code, filed_date=FILED, first_notice_date=day).labour(code, 1.0)
        for one in (TOLD, *WAITING):
            world.vehicle(one, BY_LEDGER, dealer=w.EAST)
        for one in (BEFORE, BEFORE_TOO):
            world.vehicle(one, BY_STATEMENT, dealer=w.EAST)
        world.vehicle(BOTH, BY_STATEMENT, BY_LEDGER, dealer=w.EAST)
        world.vehicle(ASKED_IN, BY_FOLLOW_UP, dealer=w.EAST)
        world.add(
            "mail_events", vin=TOLD, campaign_code=BY_LEDGER, kind="mailed", mailed_date=MAILED
        )
        desk.do("load", world.write(), on=w.NOTICE)
        yield desk


def test_a_letter_that_was_mailed_and_a_list_that_waits_each_leave_out_their_own(
    desk: Desk,
) -> None:
    """The list has the two without a letter; the next one has who joined since, and says of the others why not."""
    first = new(desk, "one", BY_LEDGER).json
    assert (first["listed"], first["left_out"]) == (3, {"first_notice_sent": 1})
    assert first["messages"] == [
        f"1 vehicle left out as first_notice_sent: it had its first notice on {MAILED}. {FURTHER}"
    ]
    late = World(desk.folder / "late").vehicle(LATE, BY_LEDGER, dealer=w.EAST)
    desk.do("load", late.write(), on=JOINED)
    second = new(desk, "two", BY_LEDGER).json
    assert left_out(desk, "two") == {
        LATE: "", TOLD: "first_notice_sent", **dict.fromkeys((*WAITING, BOTH), "in_first_notice"),
    }  # fmt: skip
    assert "3 vehicles left out as in_first_notice: a first notice of one is to come." in second["messages"]  # fmt: skip
    again = new(desk, "three", BY_LEDGER, "interim").json
    assert (again["listed"], again["left_out"]) == (1, {"in_first_notice": 4})
    assert left_out(desk, "three")[TOLD] == ""  # an interim list may tell of a new day


def test_the_stated_day_of_first_notices_speaks_for_who_was_in_the_recall(desk: Desk) -> None:
    """Two were in it on the day; one joined twelve days later. One of two recalls is left out alone: the letter is of the other."""
    late = World(desk.folder / "after").vehicle(AFTER, BY_STATEMENT, dealer=w.EAST)
    desk.do("load", late.write(), on=JOINED)
    done = new(desk, "four", BY_STATEMENT).json
    assert (done["listed"], done["left_out"]) == (1, {"first_notice_stated": 3})
    assert left_out(desk, "four")[AFTER] == ""
    assert done["messages"] == [
        f"3 vehicles left out as first_notice_stated: they had their first notice on {STATED} as campaigns.toml or {CLOCK}. {FURTHER}"
    ]


def test_a_vehicle_that_a_follow_up_has_planned_gets_no_second_letter_unsaid(desk: Desk) -> None:
    assert new(desk, "five", BY_FOLLOW_UP, "follow_up_voluntary").json["listed"] == 1
    refused = new(desk, "six", BY_FOLLOW_UP)
    assert refused.code == 1
    assert "Left out: 1 planned_elsewhere." in refused.err
    assert (
        "1 vehicle left out as planned_elsewhere: a letter of five about the same recall"
        in refused.err
    )
    desk.do("followup", "end", "five", "--because", "the first notice is owed", on=JOINED)
    assert new(desk, "seven", BY_FOLLOW_UP).json["listed"] == 1


def test_an_ordered_follow_up_goes_to_all_who_are_open(desk: Desk) -> None:
    assert new(desk, "eight", BY_STATEMENT, "follow_up_ordered").json["listed"] == 4
