"""A load, seen from outside: counts, repeats, order, strictness."""

from __future__ import annotations

from datetime import date

import pytest

from conftest import STORES
from folder import ON, Folder, make_vin
from renotify.errors import BadInput, NothingToDo
from renotify.ledger import registry, tables
from renotify.ledger.intake import Counts, load

FIRST, SECOND, THIRD = (make_vin(number) for number in range(3))


def filled(folder):
    """Two campaigns, three vehicles, and a little of everything."""
    folder.campaign("9LA").campaign("ALE").dealer()
    folder.vehicle(FIRST, "9LA", "ALE").vehicle(SECOND, "9LA").vehicle(THIRD, "ALE")
    folder.repair(FIRST, "9LA", date(2010, 5, 4))
    folder.add(
        "vehicle_status",
        vin=SECOND,
        effective_date="2012-01-01",
        status="scrapped",
        source="NMVTIS",
    )
    folder.add(
        "mail_events", vin=THIRD, campaign_code="ALE", kind="mailed", mailed_date="2012-03-05"
    )
    folder.add(
        "dealer_capacity", dealer_code="D0001", week="2013-03-04", hours_available=40, bays=""
    )
    folder.add(
        "dealer_stock", vin=THIRD, dealer_code="D0001", stock_type="new", in_date="2012-09-01"
    )
    folder.add("parts", part_no="13711-31", description="Spring", pack_qty=1, lead_days=14)
    folder.add(
        "campaign_parts", campaign_code="ALE", model="", part_no="13711-31", qty=12, take_rate=1
    )
    folder.add("part_supply", part_no="13711-31", week="2013-03-04", supply_qty=500)
    folder.add(
        "dealer_part_stock", dealer_code="D0001", part_no="13711-31", as_of="2013-02-25",
        on_hand=3, on_order=0,
    )  # fmt: skip
    folder.add(
        "labor_times", campaign_code="ALE", model="", op_code="ALE001", hours=7.5, source="estimate"
    )
    folder.add(
        "appointments", appointment_id="A1", dealer_code="D0001", vin=FIRST,
        campaign_codes="9LA;ALE", start="2013-03-11 08:30", status="booked",
    )  # fmt: skip
    return folder


@pytest.fixture
def memo(folder):
    return filled(folder)


def load_memo(session, path):
    load(session, [filled(Folder(path)).write()], on=ON)


class TestOnBothStores:
    def test_every_table_of_the_contract_comes_in(self, session, memo, take):
        loaded = take(memo)
        assert loaded.rejects is None
        assert len(loaded.tables) == 16
        assert all(counts.rejected == 0 for counts in loaded.tables.values())
        assert loaded.tables["population"] == Counts(accepted=4)
        states = {
            (row["vin"], row["campaign_code"]): row["status"]
            for row in tables.read(session, "state").to_pylist()
        }
        assert states == {
            (FIRST, "9LA"): "repaired", (FIRST, "ALE"): "open", (SECOND, "9LA"): "unreachable",
            (THIRD, "ALE"): "open",
        }  # fmt: skip

    def test_a_strict_load_with_one_bad_row_loads_nothing(self, memo, take, known, tmp_path):
        before = known()
        memo.add("population", campaign_code="ZZZ", vin=FIRST)
        with pytest.raises(BadInput, match="1 row was refused, so nothing was loaded") as refusal:
            take(memo, strict=True)
        assert known() == before
        assert tables.schema("event").names
        (file,) = (tmp_path / "rejects").iterdir()
        assert str(file) in refusal.value.hint
        assert "ZZZ" in file.read_text()

    def test_a_strict_load_without_a_bad_row_is_as_any_other(self, memo, take, known):
        loaded = take(memo, strict=True)
        assert loaded.tables["population"] == Counts(accepted=4)
        assert len(known()["state"]) == 4


class TestAfterALoad:
    """The memo was loaded: once a process and store, each test has a copy of that ledger."""

    @pytest.fixture(params=STORES)
    def session(self, request, session_on):
        return session_on(request.param, load_memo)

    def test_the_same_load_again_changes_nothing(self, session, memo, take, known):
        before, again = known(), take(memo)
        assert known() == before
        assert tables.read(session, "event")["source_id"].to_pylist() != []
        for table, counts in again.tables.items():
            assert counts == Counts(unchanged=len(memo.rows.get(table, memo.campaigns)))

    def test_the_same_load_on_a_later_day_changes_nothing(self, memo, take, known):
        before = known()
        take(memo, on=date(2013, 6, 3))
        assert known() == before

    def test_a_changed_reference_row_is_updated(self, session, memo, take):
        memo.rows["vehicles"][0]["dealer_code"] = "D0002"
        memo.dealer("D0002")
        assert take(memo).tables["vehicles"] == Counts(accepted=1, unchanged=2)
        assert tables.read(session, "vehicle", where="vin = :vin", vin=FIRST)[
            "dealer_code"
        ].to_pylist() == ["D0002"]

    def test_another_outcome_for_the_same_repair_order_is_a_correction(self, session, memo, take):
        memo.rows["repair_orders"][0]["outcome"] = "declined"
        assert take(memo).tables["repair_orders"] == Counts(accepted=1)
        (state,) = tables.read(
            session, "state", where="vin = :v and campaign_code = '9LA'", v=FIRST
        ).to_pylist()
        assert state["status"] == "open"
        assert tables.read(session, "event", where="subject like 'ro|%'").num_rows == 2

    def test_every_row_says_from_which_file_and_row_it_came(self, session):
        (event,) = tables.read(session, "event", where="kind = 'remedied'").to_pylist()
        assert event["source_row"] == 2
        (source,) = tables.read(
            session, "source", where="id = :id", id=event["source_id"]
        ).to_pylist()
        assert (source["name"], source["table_name"], len(source["sha256"])) == (
            "repair_orders.csv",
            "repair_orders",
            64,
        )


class TestSummary:
    @pytest.fixture
    def session(self, sqlite_session):
        """On SQLite only: the subject is not the store."""
        return sqlite_session

    def test_the_json_document_has_tables_rejects_and_notes(self, memo, take):
        memo.add("population", campaign_code="ZZZ", vin=FIRST)
        loaded = take(memo)
        document = loaded.to_json()
        assert set(document) == {"tables", "rejects", "refused", "notes"}
        assert document["tables"]["population"] == {"accepted": 4, "rejected": 1, "unchanged": 0}
        assert document["rejects"] == str(loaded.rejects)

    def test_a_load_without_rejects_writes_no_file(self, memo, take, tmp_path):
        assert take(memo).to_json()["rejects"] is None
        assert not (tmp_path / "rejects").exists()

    def test_the_same_rejects_go_to_the_same_file(self, memo, take):
        memo.add("population", campaign_code="ZZZ", vin=FIRST)
        assert take(memo).rejects == take(memo).rejects

    def test_a_population_that_differs_from_the_stated_one_is_noted(self, folder, take):
        folder.campaign("9LA", involved=7).vehicle(FIRST, "9LA").dealer()
        assert "9LA: the population has 1 vehicle, the campaign states 7." in take(folder).notes

    def test_a_new_version_of_the_remedy_without_rows_is_noted(self, folder, take):
        folder.campaign("9LA", remedy_version=2).vehicle(FIRST, "9LA").dealer()
        assert any("9LA: the remedy has version 2" in note for note in take(folder).notes)

    def test_progress_is_told_by_file_up_to_its_end(self, memo, take):
        said = []
        take(memo, progress=lambda name, done, total: said.append((name, done, total)))
        assert {name for name, _, _ in said} >= {"owners.csv", "population.csv"}
        assert all(0 < done <= total for _, done, total in said)


class TestOrder:
    @pytest.fixture
    def session(self, sqlite_session):
        """On SQLite only: the subject is not the store."""
        return sqlite_session

    def test_files_of_one_load_may_be_named_in_any_order(self, memo, take, known):
        path = memo.write()
        loaded = take(*sorted(path.iterdir(), reverse=True))
        assert all(counts.rejected == 0 for counts in loaded.tables.values())
        assert len(known()["state"]) == 4

    def test_a_population_before_its_campaign_is_refused_and_taken_later(
        self, memo, take, rejected
    ):
        path = memo.write()
        early = take(path / "population.csv")
        assert early.tables["population"] == Counts(rejected=4)
        assert "load campaigns.toml first" in rejected(early)[0]["reason"]
        take(path / "campaigns.toml")
        assert take(path / "population.csv").tables["population"] == Counts(accepted=4)

    def test_a_repair_before_its_population_is_refused_and_taken_later(self, memo, take, rejected):
        path = memo.write()
        take(path / "campaigns.toml", path / "dealers.csv")
        early = take(path / "repair_orders.csv")
        assert "not in the population" in rejected(early)[0]["reason"]
        assert take(path).tables["repair_orders"] == Counts(accepted=1)

    def test_a_file_named_twice_is_loaded_once(self, memo, take):
        path = memo.write()
        assert take(path, path / "population.csv").tables["population"] == Counts(accepted=4)

    def test_a_campaign_added_on_a_later_load_keeps_the_first(self, session, folder, take):
        take(folder.campaign("9LA"))
        take(folder.campaign("ALE"))
        assert sorted(registry.campaigns(session)) == ["9LA", "ALE"]


class TestFiles:
    @pytest.fixture
    def session(self, sqlite_session):
        """On SQLite only: the subject is not the store."""
        return sqlite_session

    @pytest.mark.parametrize(
        "name", ["owners.csv", "owners_2013.csv", "Owners-part2.csv", "owners2.csv", "owners.a.csv"]
    )
    def test_a_file_is_of_the_table_its_name_begins_with(self, folder, take, name):
        path = folder.owner(FIRST).write()
        (path / "owners.csv").rename(path / name)
        assert list(take(path).tables) == ["owners"]

    def test_the_longest_table_name_wins(self, folder, take):
        folder.dealer().add("parts", part_no="P1", description="x", pack_qty=1, lead_days=1)
        folder.add(
            "dealer_part_stock",
            dealer_code="D0001",
            part_no="P1",
            as_of="2013-01-07",
            on_hand=1,
            on_order=0,
        )
        path = folder.write()
        (path / "dealer_part_stock.csv").rename(path / "dealer_part_stock-east.csv")
        assert take(path).tables["dealer_part_stock"] == Counts(accepted=1)

    def test_several_files_of_a_table_are_counted_together(self, folder, take):
        path = folder.owner(FIRST).write()
        text = (path / "owners.csv").read_text()
        (path / "owners-2.csv").write_text(text.replace(FIRST, SECOND))
        assert take(path).tables["owners"] == Counts(accepted=2)

    def test_the_same_claim_in_two_files_is_one(self, memo, take):
        path = memo.write()
        (path / "repair_orders-copy.csv").write_bytes((path / "repair_orders.csv").read_bytes())
        assert take(path).tables["repair_orders"] == Counts(accepted=1, unchanged=1)

    def test_an_unknown_file_in_a_folder_is_noted(self, folder, take):
        path = folder.owner(FIRST).write()
        (path / "ownres.csv").write_text("a,b\n")
        (path / "followup.toml").write_text("")
        notes = take(path).notes
        assert "ownres.csv was passed over: did you mean owners.csv?" in notes
        assert not any("followup.toml was passed over" in note for note in notes)

    def test_an_unknown_file_by_name_is_refused(self, tmp_path, take):
        path = tmp_path / "owner_list.csv"
        path.write_text("vin\n")
        with pytest.raises(BadInput, match=r"owner_list\.csv is no file to load"):
            take(path)

    def test_a_follow_ups_settings_by_name_are_sent_to_their_own_command(self, tmp_path, take):
        path = tmp_path / "followup.toml"
        path.write_text("name = 'x'\n")
        with pytest.raises(BadInput) as refusal:
            take(path)
        assert "followup new" in refusal.value.hint

    def test_a_spreadsheet_is_refused_with_the_forms_that_are_read(self, tmp_path, take):
        path = tmp_path / "owners.xlsx"
        path.write_bytes(b"PK")
        with pytest.raises(BadInput) as refusal:
            take(path)
        assert ".csv or .parquet" in refusal.value.hint

    def test_a_missing_file_is_refused(self, tmp_path, take):
        with pytest.raises(BadInput, match=r"There is no file owners\.csv"):
            take(tmp_path / "owners.csv")

    def test_a_folder_without_a_known_file_is_refused(self, tmp_path, take):
        (tmp_path / "empty").mkdir()
        with pytest.raises(NothingToDo) as refusal:
            take(tmp_path / "empty")
        assert "population" in refusal.value.hint

    def test_a_bad_file_among_good_ones_stops_the_load_before_it_begins(self, memo, take, known):
        path = memo.write()
        (path / "appointments.csv").write_text("appointment_id,dealer_code,start,status\n")
        before = known()
        with pytest.raises(BadInput, match="no column vin"):
            take(path)
        assert known() == before

    def test_the_day_of_the_load_is_an_argument(self, folder, take):
        folder.owner(FIRST, as_of=ON)
        assert take(folder, on=date(2013, 2, 25)).tables["owners"] == Counts(rejected=1)
