"""The maker says again what was corrected, in new files and old ones; and of two files of events in one folder the newer rules."""

from __future__ import annotations

from datetime import date

import pytest

from folder import make_vin
from renotify.ledger import tables
from renotify.ledger.intake import Counts
from renotify.ledger.verify import verify
from small_world import write_csv

FIRST, SECOND, THIRD, OUTSIDE = (make_vin(number) for number in range(1, 5))
DONE = date(2012, 5, 5)
OLD_NEWS = "contradicts what was recorded since; nothing changed"


@pytest.fixture
def session(sqlite_session):
    """One store is enough: the SQL is that of the corrections, walked through on both stores."""
    return sqlite_session


@pytest.fixture(autouse=True)
def _base(folder, take):
    folder.campaign("9LA").campaign("ALE").dealer()
    folder.vehicle(FIRST, "9LA").vehicle(SECOND, "9LA").vehicle(THIRD, "9LA", "ALE")
    folder.vehicle(OUTSIDE)
    take(folder)


@pytest.fixture
def monthly(tmp_path, take):
    """Load several files of one folder, by name."""

    def loaded(number, **files):
        place = tmp_path / f"monthly-{number}"
        place.mkdir()
        for name, rows in files.items():
            write_csv(place / f"{name}.csv", rows)
        return take(place)

    return loaded


def order(vin=FIRST, number="R1", **said):
    row = {"ro_id": number, "dealer_code": "D0001", "vin": vin, "campaign_code": "9LA", "close_date": DONE, "outcome": "remedied",
           "hours": 1}  # fmt: skip
    return row | said


def removal(day, vin=FIRST):
    return {"campaign_code": "9LA", "vin": vin, "removed_date": day}


def report(said):
    return {"vin": FIRST, "effective_date": "2012-05-01", "status": said, "source": "dmv"}


def status(session, vin=FIRST):
    session.renew()
    rows = tables.read(session, "state", where="vin = :vin and current", vin=vin).to_pylist()
    return {row["campaign_code"]: row["status"] for row in rows}["9LA"]


def since(session, vin=FIRST):
    rows = tables.read(session, "state", where="vin = :vin and current", vin=vin).to_pylist()
    return rows[0]["since"]


class TestANewFileSaysAgainWhatWasCorrected:
    def other(self):
        return order(SECOND, "R9")  # makes the bytes of the file new

    def test_an_order_is_done_after_all(self, session, news):
        news(1, repair_orders=[order()])
        news(2, repair_orders=[order(outcome="declined")])
        loaded = news(3, repair_orders=[order(), self.other()])
        assert loaded.tables["repair_orders"] == Counts(accepted=2)
        assert status(session) == "repaired"
        assert verify(session)["ok"]

    def test_and_so_on_as_often_as_it_changes(self, session, news):
        for number, outcome in enumerate(["remedied", "declined", "remedied", "declined"]):
            more = [order(SECOND, f"R9{n}") for n in range(number)]
            news(number, repair_orders=[order(outcome=outcome), *more])
        assert status(session) == "open"
        news(9, repair_orders=[order(), order(SECOND, "R99")])
        assert status(session) == "repaired"

    def test_said_once_more_it_changes_nothing(self, session, news):
        for number, outcome in enumerate(["remedied", "declined", "remedied", "remedied"]):
            more = [order(SECOND, f"R9{n}") for n in range(number)]
            loaded = news(number, repair_orders=[order(outcome=outcome), *more])
        assert loaded.tables["repair_orders"] == Counts(accepted=1, unchanged=3)

    def test_a_vehicle_is_scrapped_after_all(self, session, news):
        news(1, vehicle_status=[report("scrapped")])
        news(2, vehicle_status=[report("registered")])
        assert status(session) == "open"
        news(3, vehicle_status=[report("scrapped"), report("registered") | {"vin": SECOND}])
        assert status(session) == "unreachable"

    def test_a_vehicle_is_removed_on_the_first_day_after_all(self, session, news):
        news(1, population=[removal("2013-02-01")])
        news(2, population=[removal("2012-02-01")])
        news(3, population=[removal("2013-02-01"), removal("", SECOND)])
        assert since(session) == date(2013, 2, 1)

    def test_within_one_file_the_later_row_rules(self, session, news):
        rows = [order(), order(outcome="declined"), order()]
        assert news(1, repair_orders=rows).tables["repair_orders"] == Counts(accepted=3)
        assert status(session) == "repaired"
        again = news(1, repair_orders=rows)
        assert (again.tables["repair_orders"], again.notes) == (Counts(unchanged=3), [])

    def test_a_stale_row_of_a_full_export_is_what_the_newest_file_says(self, session, news):
        news(1, repair_orders=[order()])
        news("the dealer's correction", repair_orders=[order(outcome="declined")])
        news("next week's export", repair_orders=[order(), self.other()])
        assert status(session) == "repaired"


class TestAnOldFileChangesNothingAndSaysSo:
    def test_an_order_that_was_corrected_since(self, session, news):
        news(1, repair_orders=[order()])
        news(2, repair_orders=[order(outcome="declined")])
        loaded = news(1, repair_orders=[order()])
        assert loaded.tables["repair_orders"] == Counts(unchanged=1)
        assert status(session) == "open"
        (note,) = loaded.notes
        assert note == (
            f"repair_orders: 1 row of a file that was loaded before {OLD_NEWS}. If they are right, export them anew or load them"
            " in a new file."
        )

    def test_a_blank_where_a_vehicle_was_removed_since(self, session, news):
        whole = [removal("", vin) for vin in (FIRST, SECOND)]
        news(1, population=whole)
        news(2, population=[removal("2012-01-01")])
        loaded = news(1, population=whole)
        assert loaded.tables["population"] == Counts(unchanged=2)
        assert OLD_NEWS in " ".join(loaded.notes)
        assert status(session) == "removed"

    def test_a_reversal_of_what_was_said_again_since(self, session, news):
        news(1, repair_orders=[order()])
        news(2, repair_orders=[order(withdrawn="yes")])
        news(3, repair_orders=[order(), order(SECOND, "R9")])
        loaded = news(2, repair_orders=[order(withdrawn="yes")])
        assert OLD_NEWS in " ".join(loaded.notes)
        assert status(session) == "repaired"

    def test_the_file_that_rules_has_nothing_to_be_told(self, news):
        news(1, repair_orders=[order()])
        news(2, repair_orders=[order(outcome="declined")])
        assert news(2, repair_orders=[order(outcome="declined")]).notes == []

    def test_beside_a_new_file_the_old_one_has_not_the_last_word(self, session, news, monthly):
        b = [order(outcome="declined")]
        monthly(1, repair_orders_b=[order()])
        monthly(2, repair_orders_b=b)
        monthly(3, repair_orders_a=[order(), order(SECOND, "R9")], repair_orders_b=b)
        assert status(session) == "repaired"


class TestOfTwoFilesOfOneFolderTheNewerRules:
    def test_a_blank_in_the_newer_list_takes_the_vehicle_in(self, session, monthly):
        loaded = monthly(
            1,
            population_2012_12=[removal("2012-11-01"), removal("", SECOND)],
            population_2013_01=[removal(""), removal("", SECOND)],
        )
        assert status(session) == "open"
        (note,) = loaded.notes
        assert note == (
            "population_2013_01.csv is newer than population_2012_12.csv: it stands where 1 row of population_2012_12.csv"
            " says otherwise."
        )

    def test_a_day_in_the_newer_list_takes_it_out(self, session, monthly):
        monthly(1, population_2012_12=[removal("")], population_2013_01=[removal("2012-11-01")])
        assert status(session) == "removed"

    def test_a_newer_list_without_the_column_says_nothing_of_removals(self, session, monthly):
        plain = {"campaign_code": "9LA", "vin": FIRST}
        monthly(1, population_2012_12=[removal("2012-11-01")], population_2013_01=[plain])
        assert status(session) == "removed"

    def test_the_year_comes_before_the_order_of_the_names(self, session, monthly):
        monthly(
            1,
            repair_orders_b_2012_12=[order()],
            repair_orders_a_2013_01=[order(outcome="declined")],
        )
        assert status(session) == "open"

    def test_an_order_is_where_the_newer_file_has_it(self, session, monthly):
        loaded = monthly(1, repair_orders_2012_12=[order()], repair_orders_2013_01=[order(SECOND)])
        assert loaded.tables["repair_orders"] == Counts(accepted=1, unchanged=1)
        assert (status(session), status(session, SECOND)) == ("open", "repaired")
        assert "repair_orders_2013_01.csv is newer" in loaded.notes[0]

    def test_it_moves_there_from_where_the_ledger_has_it(self, session, monthly, news):
        news(1, repair_orders=[order()])
        monthly(2, repair_orders_2012_12=[order()], repair_orders_2013_01=[order(SECOND)])
        assert (status(session), status(session, SECOND)) == ("open", "repaired")
        assert verify(session)["ok"]

    def test_three_months_end_as_the_last_one_says(self, session, monthly):
        rows = {"repair_orders_2012_11": [order()], "repair_orders_2012_12": [order(outcome="declined")],
                "repair_orders_2013_01": [order(), order(SECOND, "R9")]}  # fmt: skip
        monthly(1, **rows)
        assert status(session) == "repaired"
        assert monthly(2, **rows).tables["repair_orders"] == Counts(unchanged=4)

    def test_files_that_agree_have_nothing_to_be_told(self, monthly):
        both = [order()]
        assert monthly(1, repair_orders_2012_12=both, repair_orders_2013_01=both).notes == []


class TestAnOrderThatCannotMove:
    def test_the_reason_says_where_it_stays_and_how_to_take_it_back(self, session, news, rejected):
        news(1, repair_orders=[order()])
        loaded = news(2, repair_orders=[order(OUTSIDE)])
        assert rejected(loaded)[0]["reason"] == (
            f"The vehicle is not in the population of this campaign. The order is recorded under {FIRST} and stays there: if that"
            " work was never done on it, load its row with that VIN and yes in withdrawn."
        )
        news(3, repair_orders=[order(withdrawn="yes")])
        assert status(session) == "open"

    def test_of_an_order_that_nobody_has_there_is_no_more_to_say(self, news, rejected):
        news(1, repair_orders=[order()])
        news(2, repair_orders=[order(withdrawn="yes")])
        loaded = news(3, repair_orders=[order(OUTSIDE)])
        assert rejected(loaded)[0]["reason"].endswith("population of this campaign.")

    def test_taking_it_back_where_it_is_no_more_is_told(self, session, news, rejected):
        news(1, repair_orders=[order()])
        news(2, repair_orders=[order(SECOND)])
        loaded = news(3, repair_orders=[order(withdrawn="yes")])
        assert loaded.tables["repair_orders"] == Counts(rejected=1)
        assert f"it moved to {SECOND}, so nothing is taken back" in rejected(loaded)[0]["reason"]
        assert status(session, SECOND) == "repaired"


class TestWhatMovesQuartersIsNamed:
    def test_a_removal_that_is_undone(self, news):
        news(1, population=[removal("2012-05-01")])
        assert "This moves 2012Q2 to 2012Q4" in " ".join(news(2, population=[removal("")]).notes)

    def test_a_vehicle_that_never_belonged(self, news):
        loaded = news(1, population=[{"campaign_code": "9LA", "vin": FIRST, "withdrawn": "yes"}])
        (note,) = loaded.notes
        assert note == (
            "9LA: what was said of 1 vehicle was taken back or restated for days before 2013-01-01. This moves 2009Q1 to 2012Q4,"
            " which had ended: restate those that were reported."
        )

    def test_an_order_that_is_taken_back_and_said_again(self, news):
        news(1, repair_orders=[order()])
        loaded = news(2, repair_orders=[order(withdrawn="yes")])
        assert "This moves 2012Q2 to 2012Q4" in " ".join(loaded.notes)
        again = news(3, repair_orders=[order(), order(SECOND, "R9", outcome="declined")])
        assert "This moves 2012Q2 to 2012Q4" in " ".join(again.notes)

    def test_but_not_an_order_that_was_declined(self, news):
        news(1, repair_orders=[order(outcome="declined")])
        assert news(2, repair_orders=[order(outcome="declined", withdrawn="yes")]).notes == []


def test_a_removal_that_comes_after_the_claim_and_voids_it_is_told(session, news):
    news(1, repair_orders=[order(), order(SECOND, "R2", close_date="2011-05-05")])
    loaded = news(2, population=[removal("2012-01-01"), removal("2012-01-01", SECOND)])
    assert status(session) == "removed"
    assert "population: 1 row took a vehicle out of a campaign on or before the day of work" in " ".join(loaded.notes)  # fmt: skip


class TestWorkBeforeTheCarWasBuilt:
    def test_a_year_in_which_the_model_year_was_not_built_is_refused(self, news, rejected):
        loaded = news(1, repair_orders=[order(close_date="2004-12-31")])  # a car of 2006
        assert loaded.tables["repair_orders"] == Counts(rejected=1)
        line = rejected(loaded)[0]
        assert (line["column"], line["value"]) == ("close_date", "2004-12-31")
        assert line["reason"].startswith("The vehicle is of a later model year")

    def test_the_year_before_the_model_year_counts(self, news):
        loaded = news(1, repair_orders=[order(close_date="2005-01-01")])
        assert loaded.tables["repair_orders"] == Counts(accepted=1)
