"""The made-up maker's folder: complete, the same by seed, marked synthetic, the memo in small."""

from __future__ import annotations

import filecmp
import re
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pytest
from pyarrow import parquet

from renotify.campaigns import catalogue
from renotify.demo import scenario as scenarios
from renotify.demo.oem import write_input
from renotify.demo.scenario import Scenario
from renotify.errors import BadInput
from renotify.ledger.intake.contract import CONTRACTS
from renotify.rules import load
from renotify.rules.pack import spelling
from renotify.rules.reading_grade import reading_grade
from renotify.values import vin as vins
from renotify.values.vin_columns import faults

MEMO_DAY = date(2013, 2, 26)
VEHICLES = 12_000
REAL = {"9LA": 214_570, "ALE": 138_874, "BLB": 19_647, "BLG": 137_000}
EXAMPLE = Path(__file__).parents[2] / "examples" / "follow_up_2013"
EXAMPLE_SEED = 360
TEXTS = ("defect", "consequence", "precaution", "remedy")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maker")
    return folder, write_input(folder, vehicles=VEHICLES)


@pytest.fixture(scope="module")
def campaigns(made):
    return {c.campaign_code: c for c in catalogue.read(made[0] / "campaigns.toml")}


def read(folder, table):
    text = dict.fromkeys(CONTRACTS[table].names, pa.string())
    options = arrow_csv.ConvertOptions(column_types=text, strings_can_be_null=True)
    return arrow_csv.read_csv(folder / f"{table}.csv", convert_options=options)


def column(folder, table, name):
    return read(folder, table)[name].combine_chunks()


# The folder


def test_the_same_seed_writes_the_same_bytes(made, tmp_path):
    write_input(tmp_path, vehicles=VEHICLES)
    names = sorted(path.name for path in made[0].iterdir())
    assert filecmp.cmpfiles(made[0], tmp_path, names, shallow=False) == (names, [], [])


def test_another_seed_has_other_people(made, tmp_path):
    write_input(tmp_path, vehicles=VEHICLES, seed=7)
    names = [column(folder, "owners", "name1") for folder in (made[0], tmp_path)]
    assert not names[0].equals(names[1])


# decision 0009: the demo's files are the design's contract
ADDED = {
    "parts": {"superseded_by"},
    "population": {"vin_exception", "withdrawn"},
    "vehicle_status": {"withdrawn"},
    "owners": {"country", "end_date", "withdrawn"},
    "dealer_stock": {"withdrawn"},
    "repair_orders": {"withdrawn", "counts_for"},
    "mail_events": {"withdrawn"},
    "appointments": {"booked_on"},
    "part_supply": {"status"},
}
UNWRITTEN = {
    "part_shipments",
    "placeholder_words",
    "repair_disputes",
    "return_codes",
    "vin_exceptions",
}
WRITTEN = {name: contract for name, contract in CONTRACTS.items() if name not in UNWRITTEN}


def test_every_table_has_exactly_the_columns_of_the_contract(made):
    for table, contract in WRITTEN.items():
        header = (made[0] / f"{table}.csv").read_text("utf-8").splitlines()[0]
        wanted = [name for name in contract.names if name not in ADDED.get(table, ())]
        assert header.split(",") == wanted, table


def test_big_tables_can_be_parquet_and_the_other_form_goes_away(tmp_path):
    write_input(tmp_path, vehicles=600, file_format="csv")
    write_input(tmp_path, vehicles=600, file_format="parquet")
    assert not (tmp_path / "owners.csv").exists()
    assert parquet.read_table(tmp_path / "population.parquet").column_names == [
        name for name in CONTRACTS["population"].names if name not in ADDED["population"]
    ]
    assert (tmp_path / "dealers.csv").exists()


def test_progress_hears_of_every_table(tmp_path):
    heard = []
    write_input(tmp_path, vehicles=600, progress=lambda *step: heard.append(step))
    assert [done for _, done, _ in heard] == list(range(1, len(WRITTEN) + 1))
    assert heard[-1][2] == len(WRITTEN)


def test_a_maker_without_vehicles_is_refused(tmp_path):
    with pytest.raises(BadInput):
        write_input(tmp_path, vehicles=0)


# Vehicles


def test_every_vin_is_valid_unique_and_in_the_synthetic_block(made):
    vin = column(made[0], "vehicles", "vin")
    assert len(vin) == VEHICLES == len(vin.unique())
    assert not faults(vin).any()
    assert pc.all(pc.equal(pc.utf8_slice_codeunits(vin, 11, 12), "9")).as_py()


def test_the_synthetic_block_goes_on_with_letters(monkeypatch):
    from renotify.demo import fleet

    monkeypatch.setattr(fleet, "BLOCK", 40)
    vin = fleet.build(Scenario(3000, 1)).vin
    assert len(vin.unique()) == 3000
    assert not faults(vin).any()
    assert set(pc.utf8_slice_codeunits(vin, 11, 12).unique().to_pylist()) > {"9", "A"}


def test_the_vin_tells_the_model_year(made):
    vehicles = read(made[0], "vehicles").slice(0, VEHICLES).take(np.arange(0, VEHICLES, 97))
    for row in vehicles.to_pylist():
        assert vins.model_year(row["vin"]) == int(row["model_year"])


def test_populations_are_the_real_ones_scaled():
    whole = dict.fromkeys(REAL, 0)
    for cell in scenarios.cells():
        for code in set(cell.campaigns) & set(REAL):
            whole[code] += cell.vehicles
    assert whole == REAL


def test_the_demo_keeps_the_proportions_of_the_memo(made):
    counts = made[1]["campaigns"]
    for code, real in REAL.items():
        expected = real * VEHICLES / scenarios.memo_size()
        assert counts[code]["involved"] == pytest.approx(expected, rel=0.02, abs=5)


@pytest.mark.parametrize(
    ("model", "codes"),
    [
        ("GS 350", {"9LA", "ALE"}),
        ("IS 350", {"9LA", "ALE"}),
        ("LS 460", {"9LA", "ALE"}),
        ("GS 300 AWD", {"9LA", "BLB"}),
        ("GS 350 AWD", {"9LA", "ALE", "BLB"}),
    ],
)
def test_campaigns_overlap_as_in_the_memo(made, model, codes):
    vehicles, population = read(made[0], "vehicles"), read(made[0], "population")
    wanted = vehicles.filter(pc.equal(vehicles["model"], model))["vin"]
    rows = population.filter(pc.is_in(population["vin"], wanted.combine_chunks()))
    by_vin = {}
    for vin, code in zip(
        *(rows[name].to_pylist() for name in ("vin", "campaign_code")), strict=True
    ):
        by_vin.setdefault(vin, set()).add(code)
    assert codes in by_vin.values()


def test_population_built_dates_lie_within_the_scope_of_the_memo(made, campaigns):
    vehicles, population = read(made[0], "vehicles"), read(made[0], "population")
    carpets = population.filter(pc.equal(population["campaign_code"], "BLB"))["vin"]
    built = vehicles.filter(pc.is_in(vehicles["vin"], carpets.combine_chunks()))["build_date"]
    scope = campaigns["BLB"].scopes[0]
    assert scope.built_from.isoformat() <= min(built.to_pylist())
    assert max(built.to_pylist()) <= scope.built_to.isoformat()


# The past


def test_completion_lies_where_the_study_has_it(made):
    bands = {
        "9LA": (0.76, 0.84),
        "ALE": (0.74, 0.82),
        "BLB": (0.6, 0.74),
        "BLG": (0.5, 0.6),
        "CLB": (0.5, 0.68),
    }
    for code, (low, high) in bands.items():
        row = made[1]["campaigns"][code]
        assert low < row["repaired"] / row["involved"] < high, code


def test_about_a_quarter_is_open(made):
    counts = made[1]["campaigns"].values()
    share = sum(row["open"] for row in counts) / sum(row["involved"] for row in counts)
    assert 0.2 < share < 0.26


def test_the_older_the_vehicle_the_less_is_done(made):
    vehicles, orders = read(made[0], "vehicles"), read(made[0], "repair_orders")
    done = orders.filter(pc.is_in(orders["outcome"], pa.array(["remedied", "inspected_ok"])))
    population = read(made[0], "population")
    in_9la = population.filter(pc.equal(population["campaign_code"], "9LA"))["vin"].combine_chunks()
    done_9la = done.filter(pc.equal(done["campaign_code"], "9LA"))["vin"].combine_chunks()
    share = []
    for year in ("2006", "2008"):
        vin = vehicles.filter(pc.equal(vehicles["model_year"], year))["vin"]
        of_year = vin.filter(pc.is_in(vin, in_9la))
        share.append(pc.mean(pc.is_in(of_year, done_9la).cast(pa.float64())).as_py())
    assert share[0] < share[1]


def test_nothing_is_known_of_the_memos_day_or_later(made):
    known = {
        "repair_orders": "close_date",
        "owners": "as_of",
        "vehicle_status": "effective_date",
        "mail_events": "mailed_date",
        "dealer_stock": "in_date",
        "vehicles": "first_sale_date",
    }
    for table, name in known.items():
        assert pc.max(column(made[0], table, name)).as_py() < MEMO_DAY.isoformat(), table


def test_repairs_follow_the_first_letters(made, campaigns):
    orders = read(made[0], "repair_orders")
    for code, campaign in campaigns.items():
        days = orders.filter(pc.equal(orders["campaign_code"], code))["close_date"].to_pylist()
        assert min(days) > campaign.first_notice_date.isoformat()
        half = sorted(days)[len(days) // 2]
        assert (date.fromisoformat(half) - campaign.first_notice_date).days < 160, code


def test_the_past_has_what_makes_counting_hard(made):
    folder = made[0]
    assert set(column(folder, "vehicle_status", "status").unique().to_pylist()) == {
        "scrapped", "total_loss", "exported", "stolen", "registered"}  # fmt: skip
    assert set(column(folder, "repair_orders", "outcome").unique().to_pylist()) == {
        "remedied", "inspected_ok", "declined"}  # fmt: skip
    assert set(column(folder, "population", "remedy_version").unique().to_pylist()) == {"1", "2"}
    assert column(folder, "population", "removed_date").null_count < made[1]["rows"]["population"]
    assert "returned" in column(folder, "mail_events", "kind").to_pylist()


def test_return_codes_are_known_to_the_rule_pack(made):
    pack = load(MEMO_DAY)
    codes = column(made[0], "mail_events", "return_code").drop_null().unique().to_pylist()
    assert {pack.return_actions[spelling(code)] for code in codes} == {
        "skip_trace", "change_channel", "unreachable",  # a search that has ended
    }  # fmt: skip


# People and dealers


def test_owners_are_marked_synthetic_and_reachable_at_no_real_address(made):
    owners = read(made[0], "owners")
    assert owners["source"].unique().to_pylist() == ["synthetic"]
    assert pc.all(pc.match_substring_regex(owners["phone"].drop_null(), r"-555-01\d\d$")).as_py()
    assert pc.all(pc.ends_with(owners["email"].drop_null(), "@example.com")).as_py()


def test_names_hold_what_real_files_hold(made):
    owners = read(made[0], "owners")
    names = owners["name1"].to_pylist()
    assert any("’" in name for name in names)
    assert any(ord(letter) > 0x1E00 for name in names for letter in name if letter.isalpha())
    assert 0 < sum(any(letter > "\u3000" for letter in name) for name in names) < 20
    assert set(owners["role"].unique().to_pylist()) == {"owner", "lessee", "lessor"}
    assert set(owners["language"].unique().to_pylist()) == {"en", "es"}


def test_each_lessee_has_a_lessor_and_puerto_rico_reads_spanish(made):
    owners = read(made[0], "owners")
    by_role = {
        role: set(owners.filter(pc.equal(owners["role"], role))["vin"].to_pylist())
        for role in ("lessee", "lessor")
    }
    assert by_role["lessee"] == by_role["lessor"]
    island = owners.filter(
        pc.and_(pc.equal(owners["state"], "PR"), pc.not_equal(owners["role"], "lessor"))
    )
    assert island["language"].unique().to_pylist() == ["es"]


def test_places_are_real_triples(made):
    import zipcodes

    real = {(row["zip_code"], row["city"], row["state"]) for row in zipcodes.list_all()}
    for table in ("dealers", "owners"):
        rows = read(made[0], table).select(["zip", "city", "state"]).to_pylist()
        wrong = sum(tuple(row.values()) not in real for row in rows)
        assert wrong <= len(rows) * 0.006, table


def test_no_dealer_has_the_name_of_a_real_one(made):
    words = scenarios.read_toml("names.toml")["dealer"]
    allowed = {f"{first} {second} (demo)" for first in words["first"] for second in words["second"]}
    names = column(made[0], "dealers", "name").to_pylist()
    assert set(names) <= allowed
    assert len(set(names)) == len(names) == made[1]["dealers"]
    assert not any("lexus" in name.lower() for name in names)


def test_all_dealers_of_the_memo_are_there_at_the_demos_size(tmp_path):
    told = write_input(tmp_path, vehicles=23_100)
    assert told["dealers"] == 231
    assert set(column(tmp_path, "dealers", "area_code").unique().to_pylist()) == {
        "E",
        "S",
        "C",
        "W",
    }


def test_a_vehicles_dealer_is_in_the_area_of_its_owner(made):
    areas = dict(
        zip(
            *(column(made[0], "dealers", n).to_pylist() for n in ("dealer_code", "area_code")),
            strict=True,
        )
    )
    states = {
        line.split(",")[0]: line.split(",")[1]
        for line in scenarios.text("states.csv").splitlines()[1:]
    }
    dealer = dict(
        zip(
            *(column(made[0], "vehicles", n).to_pylist() for n in ("vin", "dealer_code")),
            strict=True,
        )
    )
    owners = read(made[0], "owners")
    now = owners.filter(
        pc.and_(pc.equal(owners["role"], "owner"), pc.greater(owners["as_of"], "2012-10-15"))
    )
    pairs = zip(now["vin"].to_pylist(), now["state"].to_pylist(), strict=True)
    assert all(areas[dealer[vin]] == states[state] for vin, state in pairs)


# Parts, hours, stock, appointments


def test_parts_and_hours_are_marked_as_made_up(made):
    assert pc.all(pc.match_substring(column(made[0], "parts", "part_no"), "DEMO")).as_py()
    assert column(made[0], "labor_times", "source").unique().to_pylist() == ["estimate"]
    hours = read(made[0], "labor_times")
    ale = [
        float(h) for h in hours.filter(pc.equal(hours["campaign_code"], "ALE"))["hours"].to_pylist()
    ]
    assert min(ale) == 7
    assert max(ale) == 22


def test_weeks_begin_on_monday_and_reach_beyond_the_horizon(made):
    for table in ("dealer_capacity", "part_supply"):
        weeks = [
            date.fromisoformat(day) for day in column(made[0], table, "week").unique().to_pylist()
        ]
        assert {day.weekday() for day in weeks} == {0}
        assert (max(weeks) - MEMO_DAY).days >= 26 * 7


def test_some_stock_vehicles_are_open_and_the_new_ones_have_no_owner(made):
    stock = read(made[0], "dealer_stock")
    assert {"new", "used", "loaner"} <= set(stock["stock_type"].unique().to_pylist())
    new = stock.filter(pc.equal(stock["stock_type"], "new"))["vin"].combine_chunks()
    assert not pc.any(pc.is_in(column(made[0], "owners", "vin"), new)).as_py()


def test_appointments_are_booked_on_working_days_for_open_campaigns(made):
    booked = read(made[0], "appointments").to_pylist()
    assert {row["status"] for row in booked} == {"booked", "cancelled", "no_show", "done"}
    for row in booked:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:[03]0", row["start"])
        assert set(row["campaign_codes"].split(";")) <= {*REAL, "CLB"}
        ahead = date.fromisoformat(row["start"][:10]) > MEMO_DAY
        assert ahead == (row["status"] == "booked")
        assert not ahead or date.fromisoformat(row["start"][:10]).weekday() < 5


# The words


def test_the_follow_up_is_the_memos(made):
    told = tomllib.loads((made[0] / "followup.toml").read_text("utf-8"))
    assert told["name"] == "follow-up-2013-02"
    assert told["kind"] == "follow_up_voluntary"
    assert told["campaigns"] == ["9LA", "ALE", "BLB", "BLG", "CLB"]
    assert told["notice_date"] == MEMO_DAY
    assert told["stated_start"] == date(2013, 2, 28)
    assert told["mail_house_letters_per_week"] == round(22_000 * VEHICLES / scenarios.memo_size())


def test_stated_counts_are_the_demos_own_and_the_records_stand_beside_them(made, campaigns):
    assert {code: c.involved for code, c in campaigns.items()} == {
        code: row["involved"] for code, row in made[1]["campaigns"].items()
    }
    assert "the record: 214,570" in (made[0] / "campaigns.toml").read_text("utf-8")


@pytest.mark.parametrize("key", TEXTS)
def test_owners_texts_are_plain_in_both_languages(campaigns, key):
    for code, campaign in campaigns.items():
        assert reading_grade(getattr(campaign, key), "en") <= 8, code
        assert reading_grade(campaign.spanish[key], "es") <= 8, code


def test_nothing_forbidden_is_said(campaigns):
    pack = load(MEMO_DAY)
    for campaign in campaigns.values():
        said = {
            "en": [
                *(getattr(campaign, key) for key in TEXTS),
                *(a.answer for a in campaign.answers),
            ],
            "es": list(campaign.spanish.values()),
        }
        rows = [row for language in said for row in pack.forbidden(language)]
        hits = [row.id for row in rows if any(row.find(text) for text in said[row.language])]
        assert not hits or campaign.family == "service", campaign.campaign_code


def test_the_risk_is_said_as_577_5_f_wants_it(campaigns):
    for code in ("ALE", "BLB"):
        assert "can cause a vehicle crash without prior warning" in campaigns[code].consequence
        assert "sin previo aviso" in campaigns[code].spanish["consequence"]
        assert not campaigns[code].warning
    assert (
        "If you do not heed the warning, a vehicle crash can occur" in campaigns["BLG"].consequence
    )
    assert "crash" not in campaigns["9LA"].consequence
    assert "kill people in the vehicle and people near it" in campaigns["9LA"].consequence


def test_staff_have_answers_and_dealers_the_instructions_in_force(campaigns):
    for campaign in campaigns.values():
        assert len(campaign.answers) >= 4
        for kind in ("technical_instructions", "dealer_cover_letter", "questions_and_answers"):
            assert campaign.current_document(kind, MEMO_DAY)


def test_the_readme_says_that_everything_is_made_up(made):
    text = (made[0] / "README.txt").read_text("utf-8")
    assert text.startswith("SYNTHETIC")
    assert "(demo)" in text


# The reading example


def test_the_example_is_what_the_generator_writes(tmp_path):
    write_input(tmp_path, vehicles=40, seed=EXAMPLE_SEED)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert sorted(path.name for path in EXAMPLE.iterdir()) == names
    assert filecmp.cmpfiles(EXAMPLE, tmp_path, names, shallow=False) == (names, [], [])


def test_the_example_has_something_of_everything():
    population = column(EXAMPLE, "population", "campaign_code")
    assert set(population.unique().to_pylist()) == {*REAL, "CLB"}
    assert len(read(EXAMPLE, "dealers")) == 4
    assert len(read(EXAMPLE, "vehicles")) == 40
    assert "booked" in column(EXAMPLE, "appointments", "status").to_pylist()
    assert "returned" in column(EXAMPLE, "mail_events", "kind").to_pylist()
