"""What letters cannot reach stands in the yard all the same: it is not done, and is held, at every desk alike."""

from __future__ import annotations

from datetime import date

import pytest

from folder import Folder
from folder import make_vin as vin
from small_world import Desk

ON = date(2013, 2, 26)
IN = date(2013, 1, 25)
LOST, RETURNED, REPAIRED, REMOVED, OPEN = (vin(n) for n in range(1, 6))
LOSSES = ("exported", "stolen", "scrapped", "total_loss")


@pytest.fixture
def desk(sqlite_ledger, tmp_path) -> Desk:
    return Desk(sqlite_ledger, tmp_path / "desk")


@pytest.fixture
def world(tmp_path) -> Folder:
    return Folder(tmp_path / "input").campaign("9LA").campaign("CLB").dealer().dealer("D0002")


def held(desk: Desk, *options: str) -> dict[str, tuple[str, str]]:
    return {
        row["vin"]: (row["campaigns"], row["basis"])
        for row in desk.do("stock", "holds", *options, on=ON)
    }


@pytest.mark.parametrize("loss", LOSSES)
def test_a_new_vehicle_once_reported_lost_is_held_by_law(desk, world, loss):
    world.vehicle(LOST, "9LA").in_stock(LOST, "D0001", "new", IN)
    desk.do("load", world.status(LOST, loss, date(2012, 5, 1)).write(), on=ON)
    assert held(desk, "--release-used") == {LOST: ("9LA", "law")}


def test_a_used_one_whose_owners_letter_came_back_is_held_by_policy(desk, world):
    world.vehicle(RETURNED, "9LA", "CLB").in_stock(RETURNED, "D0001", "used", IN)
    world.add(
        "mail_events", vin=RETURNED, campaign_code="9LA", kind="returned", mailed_date="2013-01-10",
        returned_date="2013-01-20", return_code="attempted_not_known",
    )  # fmt: skip
    desk.do("load", world.write(), on=ON)
    assert held(desk) == {RETURNED: ("9LA+CLB", "policy")}
    assert held(desk, "--release-used") == {}


def test_each_dealer_sees_its_own(desk, world):
    world.vehicle(LOST, "9LA").in_stock(LOST, "D0001", "new", IN)
    desk.do("load", world.status(LOST, "stolen", date(2012, 5, 1)).write(), on=ON)
    assert held(desk, "--dealer", "D0001") == {LOST: ("9LA", "law")}
    assert held(desk, "--dealer", "D0002") == {}


def test_what_is_done_or_out_of_the_campaign_is_free(desk, world):
    for one in (REPAIRED, REMOVED):
        world.vehicle(one, "9LA").in_stock(one, "D0001", "new", IN)
    world.rows["population"][1]["removed_date"] = "2012-01-01"
    world.repair(REPAIRED, "9LA", date(2012, 5, 5))
    desk.do("load", world.status(REPAIRED, "stolen", date(2012, 6, 1)).write(), on=ON)
    assert held(desk) == {}


def test_every_desk_gives_the_same_answers(desk, world):
    for one in (LOST, REPAIRED, REMOVED, OPEN):
        world.vehicle(one, "9LA").in_stock(one, "D0001", "new", IN)
    world.rows["population"][2]["removed_date"] = "2012-01-01"
    world.repair(REPAIRED, "9LA", date(2012, 5, 5)).status(LOST, "stolen", date(2012, 5, 1))
    desk.do("load", world.write(), on=ON)
    told = {
        LOST: (False, False, False), REPAIRED: (True, True, False), REMOVED: (None, True, False),
        OPEN: (False, False, True),
    }  # fmt: skip
    asked = ("done", "may_be_delivered", "gets_letters")
    for one, answers in told.items():
        (looked_up,) = desk.do("lookup", one, on=ON)
        said = [
            looked_up,
            desk.do("answer", one, on=ON),
            desk.do("explain", one, on=ON),
            desk.do("report", "vehicle", one, on=ON),
        ]
        for document in said:
            (campaign,) = document["campaigns"]
            assert tuple(campaign[key] for key in asked) == answers
        assert looked_up["may_be_delivered"] is answers[1]
        assert (one in held(desk)) is not answers[1]


def test_the_write_up_desk_reads_that_the_recall_is_not_done(desk, world):
    world.vehicle(LOST, "9LA")
    desk.do("load", world.status(LOST, "stolen", date(2012, 5, 1)).write(), on=ON)
    assert "unreachable (theft), not done" in desk.run("lookup", LOST, "--on", ON).out
    assert "The recall is not done." in desk.run("explain", LOST, "--on", ON).out
    assert "Not done." in desk.run("answer", LOST, "--on", ON).out


def test_a_vehicle_that_no_campaign_names_is_no_question_of_delivery(desk, world):
    desk.do("load", world.write(), on=ON)
    assert desk.do("lookup", vin(99), on=ON)[0]["may_be_delivered"] is None
