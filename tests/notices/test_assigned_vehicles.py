"""A vehicle without a dealer of its own stands in the notice of the dealer at which it is planned, and is seen by nobody else."""

from __future__ import annotations

from datetime import date

import pytest

from cli_support import DAY, RESPONSE
from notices.sample import dealer, occasion
from renotify.campaigns.follow_up_settings import read
from renotify.ledger import intake, status
from renotify.ledger.scope import ALL, Scope
from renotify.ledger.session import open_session
from renotify.notices import gather, memo, vehicles
from renotify.planner.from_ledger import plan_follow_up
from renotify.rules import load
from renotify.selection.freeze import freeze_follow_up
from small_world import World, follow_up_file, vin

NOTICE, FIRST_LETTER = date.fromisoformat(DAY), date(2013, 3, 5)
EAST, WEST = "D1", "D2"
OF_EAST, OF_WEST, NEAR_EAST, NEAR_WEST, NOWHERE, SOLD = (vin(number) for number in range(1, 7))
TORRANCE = {"city": "Torrance", "state": "CA", "zip": "90501"}
LISTED = {EAST: {OF_EAST, NEAR_EAST, SOLD}, WEST: {OF_WEST, NEAR_WEST}}
SCOPES = [
    (ALL, LISTED),
    (Scope(dealer=EAST), {EAST: LISTED[EAST]}),
    (Scope(area="W"), {WEST: LISTED[WEST]}),
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def planned(request, new_ledger, tmp_path_factory):
    """Two dealers, a vehicle of each, one near each, one whose owner no dealer is near, and one that a dealer sold to nobody knows whom."""
    folder = tmp_path_factory.mktemp("assigned")
    world = World(folder / "input").campaign("A").dealer(EAST).dealer(WEST, "W", **TORRANCE)
    world.vehicle(OF_EAST, "A", dealer=EAST).vehicle(OF_WEST, "A", dealer=WEST)
    world.vehicle(NEAR_EAST, "A", dealer="CAN01", owner=None)
    world.owner(NEAR_EAST, role="lessee", as_of=date(2009, 1, 2), name1="BEN EXAMPLE")
    world.owner(NEAR_EAST)
    world.vehicle(NEAR_WEST, "A", dealer="", owner=None).owner(NEAR_WEST, **TORRANCE)
    world.vehicle(NOWHERE, "A", dealer="", owner=None)
    world.owner(NOWHERE, city="APO", state="AE", zip="09096")
    world.vehicle(SOLD, "A", dealer=EAST).in_stock(SOLD, EAST, "used", date(2013, 1, 7), date(2013, 1, 21))  # fmt: skip
    settings = follow_up_file(
        folder / "followup.toml", RESPONSE, name="spring", kind="follow_up_voluntary",
        campaigns=["A"], notice_date=NOTICE, days_after_notice=7,
    )  # fmt: skip
    with new_ledger(request, folder, request.param) as url, open_session(url) as session:
        intake.load(session, [world.write()], on=NOTICE, rejects_dir=folder)
        freeze_follow_up(session, read(settings), NOTICE)
        plan_follow_up(session, "spring", "all-at-once")
        yield session


@pytest.mark.parametrize(("scope", "listed"), SCOPES)
def test_each_dealer_s_list_has_its_own_vehicles_and_those_planned_at_it(planned, scope, listed):
    found = vehicles.by_dealer(planned, "spring", ["A"], FIRST_LETTER, scope=scope)
    assert {code: set(table["vin"].to_pylist()) for code, table in found} == listed


@pytest.mark.parametrize(("scope", "listed"), SCOPES)
def test_its_count_of_open_vehicles_is_that_of_its_list(planned, scope, listed):
    shared = gather.occasion(planned, "spring", NOTICE)
    found = gather.dealers(planned, shared, scope)
    assert {one.code: one.open_vehicles for one in found} == {
        code: len(vins) for code, vins in listed.items()
    }
    assert all(one.open_by_campaign == {"A": one.open_vehicles} for one in found)


def test_the_owner_named_to_the_dealer_is_who_holds_the_vehicle(planned):
    ((_, table),) = vehicles.by_dealer(
        planned, "spring", ["A"], FIRST_LETTER, with_owners=True, scope=Scope(dealer=EAST)
    )
    owners = dict(zip(table["vin"].to_pylist(), table["owner"].to_pylist(), strict=True))
    assert owners == {OF_EAST: "ANA EXAMPLE", NEAR_EAST: "ANA EXAMPLE", SOLD: ""}


def test_a_dealer_that_sold_a_vehicle_to_nobody_knows_whom_is_asked_for_the_buyer(planned):
    ((_, table),) = vehicles.by_dealer(
        planned, "spring", ["A"], FIRST_LETTER, scope=Scope(dealer=EAST)
    )
    words = dict(zip(table["vin"].to_pylist(), table["letter"].to_pylist(), strict=True))
    assert words == {OF_EAST: "2013-03-05", NEAR_EAST: "2013-03-05", SOLD: "buyer unknown"}
    notice = memo.document(dealer(vehicles=vehicles.shown(table)), occasion(), load(NOTICE))
    assert "Buyer unknown: your stock report says sold" in notice["vehicles_text"]
    others = memo.document(
        dealer(vehicles=[[OF_EAST, "IS", "A", "Mar 5"]]), occasion(), load(NOTICE)
    )
    assert "Buyer unknown" not in others["vehicles_text"]


def test_a_vehicle_planned_at_a_dealer_does_not_belong_to_it(planned):
    """Figures of no follow-up go by the vehicle's own record."""
    assert {row.dealer: row.open for row in status.counts(planned, by="dealer")} == {
        EAST: 2, WEST: 1, "CAN01": 1, "(none)": 2,
    }  # fmt: skip
    (row,) = status.counts(planned, by="dealer", scope=Scope(dealer=WEST))
    assert row.open == 1


@pytest.mark.parametrize(("scope", "listed"), SCOPES)
def test_whose_mail_came_back_is_said_of_each_dealer_s_own_and_of_those_planned_at_it(
    planned, tmp_path, scope, listed
):
    """Letters of January to one vehicle of each dealer, and to one that is near the eastern one, came back (last: it loads them)."""
    back = {OF_EAST, NEAR_EAST, OF_WEST}
    world = World(tmp_path / "mail")
    days = {"mailed_date": date(2013, 1, 7), "returned_date": date(2013, 1, 21)}
    for one in sorted(back):
        world.add(
            "mail_events",
            vin=one,
            campaign_code="A",
            kind="mailed",
            mailed_date=days["mailed_date"],
        )
        world.add(
            "mail_events", vin=one, campaign_code="A", kind="returned", return_code="UTF", **days
        )
    intake.load(planned, [world.write()], on=NOTICE, rejects_dir=tmp_path)
    found = vehicles.by_dealer(planned, "spring", ["A"], FIRST_LETTER, on=NOTICE, scope=scope)
    told = {
        code: dict(zip(*(table[name].to_pylist() for name in ("vin", "letter")), strict=True))
        for code, table in found
    }
    came_back = {
        code: {vin for vin, word in words.items() if word == vehicles.CAME_BACK}
        for code, words in told.items()
    }
    assert came_back == {code: vins & back for code, vins in listed.items()}
