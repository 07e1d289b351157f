"""Everybody the law means: vehicles without a dealer, ended leases, owners abroad, work abroad and before the filing.

One recall of 2 hours a visit. The dealers are EAST in Boston and WEST in Los Angeles; owners answer as in the small world: of those
who answer at all (0.8), half come in the week of the letter, a quarter in the next. Nothing binds, so every letter goes in week 0.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corridors import world as w
from corridors.walk import pdf_text
from small_world import SENDER, Desk, World, follow_up_file, vin

RECALL = w.A
FILED = date(2010, 1, 4)
BOSTON = {"city": "Boston", "state": "MA", "zip": "02109"}
TORRANCE = {"city": "Torrance", "state": "CA", "zip": "90501"}
# under its old state, and a country that it is not mail of
ARMY = {"addr1": "CMR 467 Box 7000", "city": "APO", "state": "NY", "zip": "09096", "country": "DE"}
TORONTO = {"city": "Toronto", "state": "ON", "zip": "M5V 2T6"}

OF_EAST, BOUGHT = vin(1), vin(2)
BLANK, NOT_LOADED, NO_ROW, IN_THE_ARMY = vin(3), vin(4), vin(5), vin(6)
IN_TORONTO, GIVEN_BACK = vin(7), vin(8)
BEFORE_FILING, IN_CANADA = vin(9), vin(10)
AT_EAST, AT_WEST = (OF_EAST, BOUGHT, NOT_LOADED), (BLANK, NO_ROW)
NO_DEALER = "(none)"
HOURS = 2.0
FIRST_WEEK = w.SHARE / 2  # of a letter's owners


def world(folder: Path) -> World:
    made = World(folder).campaign(RECALL, filed_date=FILED).labour(RECALL, HOURS)
    made.dealer(w.EAST, "E").dealer(w.WEST, "W", city="Los Angeles", state="CA", zip="90012")
    made.vehicle(OF_EAST, RECALL, dealer=w.EAST).vehicle(BOUGHT, RECALL, dealer=w.EAST)
    for role in ("lessor", "lessee"):  # in the file after the owner of December 2012
        made.owner(BOUGHT, role=role, as_of=date(2009, 1, 2), name1="BEN EXAMPLE")
    for vehicle, dealer, home in (
        (BLANK, "", TORRANCE), (NOT_LOADED, "CAN01", BOSTON), (IN_THE_ARMY, "", ARMY), (IN_TORONTO, "", TORONTO),
    ):  # fmt: skip
        made.vehicle(vehicle, RECALL, dealer=dealer, owner=None).owner(vehicle, **home)
    made.add("population", campaign_code=RECALL, vin=NO_ROW).owner(NO_ROW, **TORRANCE)
    made.vehicle(GIVEN_BACK, RECALL, dealer=w.EAST, owner=None)
    made.owner(GIVEN_BACK, role="lessee", end_date=date(2013, 1, 31))
    for vehicle, day, dealer in (
        (BEFORE_FILING, date(2009, 12, 1), w.EAST), (IN_CANADA, date(2012, 1, 10), "CAN01"),
    ):  # fmt: skip
        made.vehicle(vehicle, RECALL, dealer=w.EAST).repair(vehicle, RECALL, day, dealer=dealer)
    return made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> str:
    """Whatever stands in a ledger is told alike on both stores."""
    return request.param


@pytest.fixture(scope="module")
def said(shared_desk: Desk) -> dict[str, Any]:
    """What each command says, from the load to the release of the first wave."""
    desk = shared_desk
    said = {"load": desk.do("load", world(desk.folder / "input").write(), on=w.NOTICE)}
    stated = w.SETTINGS | {
        "name": "all", "campaigns": (RECALL,), "mail_house_letters_per_week": 100,
    }  # fmt: skip
    general = {key: value for key, value in w.RESPONSE.items() if key != w.BOTH}
    settings = follow_up_file(
        desk.folder / "all.toml", general | {"background_per_week": 0.0}, **stated
    )
    said["frozen"] = desk.do("followup", "new", settings, on=w.NOTICE)
    said["problem"] = desk.problem("all")
    said["plan"] = desk.do("plan", "all")
    said["workload"] = desk.do("workload", "all", on=w.NOTICE)
    said["notices"] = desk.do("notices", "all", "--out", desk.folder / "out", on=w.NOTICE)
    said["released"] = desk.do(
        "mail", "release", "all", 1, "--out", desk.folder / "out", on=w.FIRST_LETTER
    )
    return said


def test_no_row_is_refused_and_what_is_unusual_is_told(said) -> None:
    assert {counts["rejected"] for counts in said["load"]["tables"].values()} == {0}
    assert [note.partition(";")[0] for note in said["load"]["notes"]] == [
        "vehicles: 3 rows without a dealer_code and 1 row with a dealer_code that no dealer has (CAN01)",
        "owners: country: 1 cell named a country over a state of ours and a ZIP Code of that state, taken as the United States.",
        "owners: state: 1 cell of military mail (APO, FPO, DPO) read as the ZIP Code says: APO, FPO or DPO, and AE, AP or AA.",
        "repair_orders: 1 row with a dealer_code that no dealer has (CAN01)",
        f"repair_orders: 1 row of work done before the campaign was filed ({RECALL} 1, the first on 2009-12-01)",
    ]


def test_everybody_is_listed_or_left_out_under_a_reason(said) -> None:
    assert said["frozen"] == {
        "follow_up": "all", "listed": 7, "pieces": 7, "bundles": {RECALL: 7}, "languages": {"en": 7},
        "left_out": {"no_current_owner": 1, "repaired": 2}, "unwritten_owners": {},
        "nearest_dealer": 3, "no_dealer": 2, "no_vehicle_row": 1, "missing": said["frozen"]["missing"], "searched_in": [], "arms": {},
        "elsewhere": [], "messages": [],
    }  # fmt: skip
    assert (
        len(said["frozen"]["missing"]) == 2
    )  # conditions and the address for claims: told, and no hindrance


def test_who_is_left_out_for_a_person_can_be_seen(said, shared_desk: Desk) -> None:
    (row,) = shared_desk.do("followup", "show", "all", "--left-out", "no_current_owner")
    assert row["vin"] == GIVEN_BACK


def test_a_vehicle_without_a_dealer_is_planned_at_the_one_nearest_to_its_owner(said) -> None:
    planned = {row["dealer"]: row["count"] for row in said["problem"]["owners"]}
    assert planned == {w.EAST: len(AT_EAST), w.WEST: len(AT_WEST), NO_DEALER: 2}
    letters = {(row["dealer"], row["week"]): row["count"] for row in said["plan"]["letters"]}
    assert letters == {(w.EAST, 0): 3, (w.WEST, 0): 2, (NO_DEALER, 0): 2}


@pytest.mark.parametrize(("dealer", "vehicles"), [(w.EAST, 3), (w.WEST, 2), (NO_DEALER, 2)])
def test_its_visit_and_its_hours_are_that_dealer_s(said, dealer: str, vehicles: int) -> None:
    """Of 3 letters 3 x 0.4 = 1.2 owners come in the first week, for 2.4 hours."""
    first = next(row for row in said["workload"]["rows"] if row["dealer"] == dealer)
    assert first["week"] == str(w.MONDAYS[0])
    assert first["appointments"] == pytest.approx(vehicles * FIRST_WEEK)
    assert first["hours"] == pytest.approx(vehicles * FIRST_WEEK * HOURS)


def test_a_plan_with_owners_near_no_dealer_is_read_back_made_again_and_replayed(
    said, shared_desk: Desk
) -> None:
    again = shared_desk.do("plan", "--problem", shared_desk.folder / "all-problem.json")
    assert again["letters"] == said["plan"]["letters"]
    assert shared_desk.do("simulate", "all", "--runs", 2)["rows"]


def test_its_dealer_s_notice_counts_and_lists_it_and_nobody_lists_it_twice(said) -> None:
    folder = Path(said["notices"]["folder"])
    for dealer, vehicles in ((w.EAST, (*AT_EAST, GIVEN_BACK)), (w.WEST, AT_WEST)):
        with (folder / f"dealer-{dealer}-vehicles.csv").open(encoding="utf-8") as rows:
            listed = {row["vin"]: row["letter"] for row in csv.DictReader(rows)}
        assert set(listed) == set(vehicles)
        words = pdf_text(folder / f"dealer-{dealer}.pdf")
        assert all(vehicle in words for vehicle in vehicles)
    assert listed[NO_ROW] == str(w.FIRST_LETTER)


@pytest.fixture(scope="module")
def letters(said) -> dict[str, str]:
    """The text of each letter by its VIN, read back from the print file."""
    folder = Path(said["released"]["folder"])
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        vin: words
        for name in {row["file"] for row in rows}
        for vin, words in _of_file(folder, name, [row for row in rows if row["file"] == name])
    }


def _of_file(folder: Path, name: str, rows: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    pages = pdf_text(folder / name).split("\f")
    rows = sorted(rows, key=lambda row: int(row["first_page"]))
    starts = [int(row["first_page"]) - 1 for row in rows]
    for row, start, end in zip(rows, starts, [*starts[1:], len(pages)], strict=True):
        yield row["vin"], " ".join(" ".join(pages[start:end]).split())


def test_a_letter_names_the_vehicle_s_own_dealer_or_says_how_to_find_one(said, letters) -> None:
    assert (said["released"]["printed"], said["released"]["exceptions"]) == (7, 0)
    own = {OF_EAST, BOUGHT}
    for vehicle, words in letters.items():
        assert vehicle in words
        assert (f"Made-up Dealer {w.EAST}" in words) == (vehicle in own)
        help_to_find = (
            f"Telephone {SENDER['phone']} Any Lexus dealer Call us for the one nearest to you."
        )
        assert (help_to_find in words) == (vehicle not in own)
        assert f"Made-up Dealer {w.WEST}" not in words
    assert set(letters) == {*own, NOT_LOADED, BLANK, NO_ROW, IN_THE_ARMY, IN_TORONTO}


def test_a_letter_abroad_ends_with_its_country_and_is_a_stream_without_a_barcode(
    said, letters
) -> None:
    folder = Path(said["released"]["folder"])
    assert all(
        line in letters[IN_TORONTO] for line in ("12 ELM ST", "TORONTO ON M5V 2T6", "CANADA")
    )
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        codes = {row["vin"]: (row["imb"], row["file"]) for row in csv.DictReader(file)}
    assert "APO AE 09096" in letters[IN_THE_ARMY]
    assert "GERMANY" not in letters[IN_THE_ARMY]
    barcode, file_name = codes.pop(IN_TORONTO)
    assert barcode == ""
    assert all(imb and name != file_name for imb, name in codes.values())
    ticket = json.loads(next(folder.glob("*-job-ticket.json")).read_text("utf-8"))
    streams = {s["destination"]: (s["mail_class"], s["letters"]) for s in ticket["streams"]}
    assert streams == {
        "United States": ("First-Class Mail", 6),
        "abroad": ("First-Class Mail International", 1),
    }


def test_a_letter_about_a_vehicle_without_a_row_names_the_make(letters) -> None:
    """The vehicle stands beside the address, so that its lines are read between the owner's."""
    assert " Lexus ANA EXAMPLE Vehicle" in letters[NO_ROW]
    assert " 2006 Lexus IS 250 ANA EXAMPLE Vehicle" in letters[BLANK]


def test_explain_says_where_it_is_planned_and_that_early_work_counts(
    said, shared_desk: Desk
) -> None:
    (listed,) = shared_desk.do("explain", BLANK)["follow_ups"]
    assert listed["sentence"].endswith(f"Planned at {w.WEST}, the dealer nearest to its owner.")
    (campaign,) = shared_desk.do("explain", BEFORE_FILING)["campaigns"]
    assert campaign["sentence"].endswith(
        "That was before the campaign was filed on 2010-01-04; it counts."
    )


def test_a_dealer_loaded_later_takes_its_vehicle_over_in_the_notice(
    said, letters, shared_desk: Desk
) -> None:
    """The plan stays as it is; the list of vehicles is the dealer's who has the vehicle now."""
    later = World(shared_desk.folder / "later").vehicle(BLANK, dealer=w.EAST, owner=None)
    shared_desk.do("load", later.write(), on=w.FIRST_LETTER)
    folder = Path(
        shared_desk.do("notices", "all", "--out", shared_desk.folder / "again", on=w.FIRST_LETTER)[
            "folder"
        ]
    )
    with (folder / f"dealer-{w.WEST}-vehicles.csv").open(encoding="utf-8") as rows:
        assert [row["vin"] for row in csv.DictReader(rows)] == [NO_ROW]
