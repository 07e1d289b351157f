"""The made-up maker beside the memo: its campaigns' counts and days, vehicles that cannot exist, people who do not."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pytest

from cases import at_once
from renotify.campaigns import catalogue
from renotify.demo import scenario as scenarios
from renotify.demo.oem import write_input
from renotify.demo.random_streams import by_year, pick, spread, stream, threshold
from renotify.demo.scenario import Scenario
from renotify.ledger.intake.contract import CONTRACTS
from renotify.values import address, vin

VEHICLES = 3000
# the memo, sections 1 and 2: code, family, NHTSA number, population of the record; BLG's number was
# not found, and CLB has neither
MEMO = {
    "9LA": ("safety", "09V020000", 214_570),
    "ALE": ("safety", "10V309000", 138_874),
    "BLB": ("safety", "11V115000", 19_647),
    "BLG": ("safety", "", 137_000),
    "CLB": ("service", "", None),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maker")
    return folder, write_input(folder, vehicles=VEHICLES)


@pytest.fixture(scope="module")
def rows(made):
    """Return a table's rows as text, blank where there is nothing."""

    def read(table):
        text = dict.fromkeys(CONTRACTS[table].names, pa.string())
        options = arrow_csv.ConvertOptions(column_types=text)
        return arrow_csv.read_csv(made[0] / f"{table}.csv", convert_options=options).to_pylist()

    return read


def test_the_campaigns_are_the_memo_s_by_code_family_and_number(made):
    found = {c.campaign_code: c for c in catalogue.read(made[0] / "campaigns.toml")}
    assert {code: (c.family, c.nhtsa_campaign_number) for code, c in found.items()} == {
        code: facts[:2] for code, facts in MEMO.items()
    }


def test_a_vehicle_counts_once_in_each_of_its_campaigns(made, rows):
    population = rows("population")
    pairs = Counter(
        (row["vin"], row["campaign_code"])
        for row in population
        if row["remedy_version"] in ("", "1")
    )
    assert set(pairs.values()) == {1}
    counted = Counter(code for _, code in pairs)
    assert {code: counted[code] for code in MEMO} == {
        code: row["involved"] for code, row in made[1]["campaigns"].items()
    }
    assert made[1]["vehicle_campaigns"] == len(pairs)
    assert made[1]["vehicles"] == VEHICLES


def test_each_recall_has_its_share_of_the_vehicles_to_within_a_few(made):
    """3,000 of the memo's vehicles; rounding a cell of the fleet moves a count by less than one."""
    for code, (_, _, real) in MEMO.items():
        if real:
            cells = sum(code in cell.campaigns for cell in scenarios.cells())
            expected = real * VEHICLES / scenarios.memo_size()
            assert abs(made[1]["campaigns"][code]["involved"] - expected) <= cells, code


def test_what_is_open_is_what_was_neither_repaired_nor_lost(made):
    for code, row in made[1]["campaigns"].items():
        assert 0 < row["open"] < row["involved"], code
        assert row["repaired"] + row["open"] <= row["involved"], code


def test_no_row_names_a_vehicle_campaign_or_dealer_that_the_folder_does_not_have(rows):
    vehicles = {row["vin"] for row in rows("vehicles")}
    dealers = {row["dealer_code"] for row in rows("dealers")}
    parts = {row["part_no"] for row in rows("parts")}
    for table in CONTRACTS.keys() - {
        "part_shipments",
        "placeholder_words",
        "vin_exceptions",
        "return_codes",
        "repair_disputes",
    }:  # which it does not need
        for row in rows(table):
            assert row.get("vin", "") in vehicles | {""}, table
            assert row.get("dealer_code", "") in dealers | {""}, table
            assert row.get("part_no", "") in parts | {""}, table
            assert row.get("campaign_code", "") in {*MEMO, ""}, table


def test_every_vin_is_well_formed_of_the_maker_and_of_its_own_model_year(rows):
    for row in rows("vehicles"):
        assert vin.problem(row["vin"]) is None
        assert row["vin"].startswith(("JTH", "JTJ"))  # passenger cars and MPVs of the maker, Japan
        assert row["vin"][11] == "9"  # the block that is kept for made-up vehicles
        assert vin.model_year(row["vin"]) == int(row["model_year"])


def test_a_vehicle_is_built_before_it_is_sold_and_near_its_model_year(rows):
    for row in rows("vehicles"):
        built = date.fromisoformat(row["build_date"])
        assert built.year in {int(row["model_year"]) - 1, int(row["model_year"])}
        if row["first_sale_date"]:
            wait = date.fromisoformat(row["first_sale_date"]) - built
            assert timedelta(days=20) <= wait < timedelta(days=150)


def test_people_cannot_be_reached_and_their_addresses_are_marked_as_made_up(rows):
    owners = rows("owners")
    assert {row["source"] for row in owners} == {"synthetic"}
    for row in owners:
        assert row["phone"] == "" or row["phone"][-8:-2] == "555-01"
        assert row["email"] == "" or row["email"].endswith("@example.com")
    dealers = rows("dealers")
    assert all(row["name"].endswith("(demo)") for row in dealers)
    assert all("Example" in row["addr1"] for row in dealers)


def test_almost_every_owner_can_be_mailed_and_the_others_have_a_wrong_zip_code(rows):
    owners = pa.Table.from_pylist([row | {"country": ""} for row in rows("owners")])
    problems = Counter(address.address_problems(owners).to_pylist())
    assert set(problems) <= {None, address.WRONG_ZIP}
    assert problems[address.WRONG_ZIP] <= 0.01 * len(owners)


def test_a_repair_follows_the_letter_and_comes_before_the_memo_s_day(made, rows):
    notices = {
        c.campaign_code: c.first_notice_date for c in catalogue.read(made[0] / "campaigns.toml")
    }
    for row in rows("repair_orders"):
        day = date.fromisoformat(row["close_date"])
        assert notices[row["campaign_code"]] < day < date(2013, 2, 26)


def test_a_letter_that_came_back_was_mailed_before(rows):
    returned = [row for row in rows("mail_events") if row["kind"] == "returned"]
    assert returned
    for row in returned:
        assert row["return_code"]
        assert row["mailed_date"] < row["returned_date"] < "2013-02-26"


# Chance by seed


def test_whole_numbers_in_proportion_add_up_and_miss_their_share_by_less_than_one():
    assert spread(10, [1, 1, 1]).tolist() == [4, 3, 3]  # a third left over goes to the first
    assert spread(7, [2.0, 4.0, 1.0]).tolist() == [2, 4, 1]
    assert spread(10, [26, 37, 37]).tolist() == [
        2,
        4,
        4,
    ]  # 2.6, 3.7 and 3.7: the larger rests go up
    assert spread(0, [1, 2]).tolist() == [0, 0]
    weights = stream(1, "x").random(50)
    for total in (1, 49, 1000):
        found = spread(total, weights)
        assert found.sum() == total
        assert (abs(found - total * weights / weights.sum()) < 1).all()


def test_streams_are_the_same_by_seed_and_name_and_different_by_either():
    def first(seed, name):
        return stream(seed, name).integers(0, 1 << 62)

    assert first(1, "homes") == first(1, "homes")
    assert len({first(1, "homes"), first(2, "homes"), first(1, "leases")}) == 3


def test_picks_come_as_often_as_their_weights_and_never_where_there_is_none():
    drawn = np.bincount(pick(stream(1, "p"), np.array([1.0, 0.0, 3.0]), 40_000), minlength=3)
    assert drawn[1] == 0
    assert drawn[0] / 40_000 == pytest.approx(0.25, abs=0.01)


def test_a_year_that_is_not_named_counts_nothing():
    assert by_year({"2006": 0.5}, np.array([2006, 2007, 2006])).tolist() == [0.5, 0.0, 0.5]


def test_half_lies_below_the_middle_of_a_bell_and_its_quarters_are_alike():
    low, middle, high = threshold(np.array([0.25, 0.5, 0.75]))
    assert middle == pytest.approx(0)
    assert low == pytest.approx(-0.67449, abs=1e-5)
    assert high == pytest.approx(-low)


@at_once(
    ("vehicles", "dealers", "handful"),
    [
        (1, 4, True),
        (499, 4, True),
        (500, 5, False),
        (12_000, 120, False),
        (23_100, 231, False),
        (407_297, 231, False),
    ],
)
def test_a_small_demo_has_fewer_dealers_and_at_least_one_an_area(vehicles, dealers, handful):
    found = Scenario(vehicles, 1)
    assert (found.dealers, found.handful) == (dealers, handful)


def test_the_whole_memo_is_as_large_as_its_vehicles_and_mails_what_its_house_can():
    assert scenarios.memo_size() == 407_297
    whole = Scenario(407_297, 1)
    assert (whole.scale, whole.letters_per_week) == (1.0, 22_000)
    assert whole.rare(0.0003) == 0.0003
    assert Scenario(40, 1).rare(0.0003) == pytest.approx(0.0036)  # twelve times as often
    assert Scenario(40, 1).rare(0.05) == 0.12  # and never more often than that
    assert Scenario(40, 1).rare(0.25) == 0.25
