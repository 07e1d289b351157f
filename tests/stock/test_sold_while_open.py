"""What a dealer sold before its recall was done: reported by dealer, against the law or our policy, and the buyer asked for."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corridors.walk import pdf_text
from small_world import Desk, World, follow_up_file, vin

EAST, WEST = "D0001", "D0002"
RECALL, SERVICE = "9LA", "CLB"
ON = date(2013, 2, 26)
IN, SOLD = date(2013, 1, 7), date(2013, 2, 1)
NEW, USED, DONE_BEFORE, DONE_AFTER, BOUGHT, IN_STOCK, FILED_LATER, SERVICED = (
    vin(number) for number in range(1, 9)
)
FORMER = "FORMER EXAMPLE"


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def yard(
    request: pytest.FixtureRequest,
    new_ledger: Callable[..., AbstractContextManager[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("yard")
    with new_ledger(request, folder, request.param) as url:
        yield loaded(Desk(url, folder / "desk"), folder)


def loaded(desk: Desk, folder: Path) -> Desk:
    world = World(folder / "input").dealer(EAST).dealer(WEST, "W")
    world.campaign(RECALL).campaign(SERVICE, campaign_type="service_campaign")
    world.campaign("ALE", filed_date=date(2013, 2, 11), first_notice_date=date(2013, 2, 20))
    for one in (USED, DONE_BEFORE, DONE_AFTER, BOUGHT):
        world.vehicle(one, RECALL, dealer=EAST, owner=FORMER).in_stock(one, EAST, "used", IN, SOLD)
    world.owner(BOUGHT, name1="BUYER EXAMPLE", as_of=date(2013, 2, 5))
    world.repair(DONE_BEFORE, RECALL, date(2013, 1, 28), dealer=EAST)
    world.repair(DONE_AFTER, RECALL, date(2013, 2, 12), dealer=WEST)
    world.vehicle(NEW, RECALL, SERVICE, dealer=WEST, owner=None).in_stock(
        NEW, WEST, "new", IN, SOLD
    )
    world.vehicle(SERVICED, SERVICE, dealer=WEST, owner=None)
    world.in_stock(SERVICED, WEST, "new", IN, SOLD)
    world.vehicle(IN_STOCK, RECALL, dealer=EAST, owner=FORMER).in_stock(IN_STOCK, EAST, "used", IN)
    world.vehicle(FILED_LATER, "ALE", dealer=EAST, owner=None)
    world.in_stock(FILED_LATER, EAST, "new", IN, SOLD)
    desk.do("load", world.write(), on=ON)
    return desk


def sold(desk: Desk, *more: object, on: date = ON) -> dict[str, dict[str, Any]]:
    rows = desk.do("stock", "sold", *more, on=on)
    return {row["vin"]: row for row in rows}


def test_what_was_sold_with_a_campaign_not_done_is_listed_with_its_dealer(yard: Desk) -> None:
    found = sold(yard)
    assert set(found) == {NEW, USED, SERVICED, BOUGHT, DONE_AFTER}
    assert found[NEW] == {
        "dealer_code": WEST, "vin": NEW, "stock_type": "new", "campaigns": f"{RECALL}+{SERVICE}", "basis": "law",
        "sold_date": str(SOLD), "still_open": f"{RECALL}+{SERVICE}", "holder_known": False,
    }  # fmt: skip


def test_the_law_forbids_new_vehicles_with_a_recall_and_our_policy_all_others(yard: Desk) -> None:
    found = sold(yard)
    assert {one: row["basis"] for one, row in found.items() if row["basis"] == "law"} == {
        NEW: "law"
    }
    assert found[SERVICED]["basis"] == found[USED]["basis"] == "policy"


def test_work_that_was_done_after_the_sale_is_told_and_asks_nothing_any_more(yard: Desk) -> None:
    found = sold(yard)
    assert found[DONE_AFTER]["still_open"] == ""
    assert list(found)[-1] == DONE_AFTER


def test_on_the_day_before_the_sale_nothing_was_sold(yard: Desk) -> None:
    assert sold(yard, on=date(2013, 1, 31)) == {}


def test_a_dealer_is_told_of_its_own_vehicles_only(yard: Desk) -> None:
    assert set(sold(yard, "--dealer", WEST)) == {NEW, SERVICED}


def test_people_are_told_whose_buyer_to_ask_for(yard: Desk) -> None:
    printed = yard.run("stock", "sold", "--on", ON).out
    assert (
        "3 vehicles still open without a holder on record; what to do: renotify owners unknown"
        in printed
    )


def test_nobody_is_written_to_at_the_former_owner_s_and_the_dealers_are_told(yard: Desk) -> None:
    """The buyer on record gets a letter; of the others the notice asks the dealer."""
    settings = follow_up_file(
        yard.folder / "spring.toml", {"share": 0.1}, name="spring", kind="follow_up_voluntary", campaigns=[RECALL, SERVICE, "ALE"],
        notice_date=ON,
    )  # fmt: skip
    yard.do("followup", "new", settings, on=ON)
    reasons = dict(yard.sql("select vin, left_out from listed where family = 'safety'"))
    assert {one for one, reason in reasons.items() if not reason} == {BOUGHT}
    assert reasons[IN_STOCK] == "in_dealer_stock"
    assert reasons[USED] == "no_current_owner"
    yard.do("plan", "spring", on=ON)
    written = yard.do("notices", "spring", "--out", yard.folder / "out", on=ON)
    assert written["holds"] == 1
    told = {}
    for code in (EAST, WEST):
        file = Path(written["folder"]) / f"dealer-{code}-vehicles.csv"
        with file.open(encoding="utf-8") as rows:
            told |= {row["vin"]: row["letter"] for row in csv.DictReader(rows)}
    asked_for = {one for one, letter in told.items() if letter == "buyer unknown"}
    assert asked_for == {NEW, USED, SERVICED, FILED_LATER}
    assert IN_STOCK in " ".join(pdf_text(Path(written["folder"]) / f"dealer-{EAST}.pdf").split())
